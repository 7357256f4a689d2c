package push_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/content"
	"dangshi/quiz"
)

// TestSwitchedOffMeanwhile: a replica waits for the claim of one that died. Before
// it is its turn the push is switched off, at once for all.
func TestSwitchedOffMeanwhile(t *testing.T) {
	s, p := readyAt(t, 7*60+30)
	p.fate = at("mass", "before")
	_ = p.run()
	b := s.process("b")
	looks := 0
	b.then = func(point string) {
		if looks++; looks == 10 {
			if err := s.operator().Switch(t.Context(), false); err != nil {
				t.Error(err)
			}
		}
	}
	if err := b.run(); err != nil {
		t.Fatal(err)
	}
	if d := s.today(); s.arrived() != 0 || d.Note != push.SwitchedOff || d.Claim != (push.Claim{}) {
		t.Errorf("it arrived %d times: %+v", s.arrived(), d)
	}
}

// TestLateRefusal: a replica that was taken for dead hears that its try is refused.
// By then another one has tried again, and nobody knows whether that was taken: the
// refusal says nothing about it, and no other channel is used.
func TestLateRefusal(t *testing.T) {
	s, _ := readyAt(t, 7*60+30)
	s.channel = []string{"mass", "draft"}
	p := s.process("slow")
	s.check()
	s.wechat.Fail(fakeapi.Fault{Path: massPath, Code: 48001})
	p.then = func(point string) {
		if point == "mass" {
			p.then = nil
			s.setTime(s.Now().Add(2 * time.Minute))
			s.wechat.Fail(fakeapi.Fault{Path: massPath, Drop: true, After: true, Times: -1})
			if err := s.process("b").run(); err == nil {
				t.Error("the other one knows")
			}
		}
	}
	if err := p.run(); err == nil {
		t.Error("the slow one goes on when the other has given up, and knows")
	}
	s.wechat.ClearFaults()
	if d := s.today(); s.arrived() != 1 || len(d.Sends) != 1 || d.Sends[0].State != push.Unknown {
		t.Fatalf("it arrived %d times: %+v", s.arrived(), d)
	}
	s.setTime(s.Now().Add(15 * time.Minute))
	if err := p.run(); err != nil || s.today().Outcome != push.DaySent || s.arrived() != 1 {
		t.Fatalf("%v: it arrived %d times: %+v", err, s.arrived(), s.today())
	}
}

// TestPlanStagesNothing: a dry run leaves the ledger and WeChat as they are, before
// the first start and later.
func TestPlanStagesNothing(t *testing.T) {
	s := newStation(t, "", false)
	look := func() string {
		t.Helper()
		ledger := s.store.PushLedger()
		names, err := ledger.Names(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, name := range names {
			value, version, err := ledger.Load(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, name+" "+string(version)+" "+string(value))
		}
		return strings.Join(all, "\n")
	}
	plan := func() {
		t.Helper()
		s.outbox() // what WeChat tells of it is written down, too
		before, today := look(), quiz.DayOf(s.Now())
		for day := today - 2; day < today+3; day++ {
			r, err := s.operator().Plan(t.Context(), day)
			if err != nil || r.Day.Day != day || !r.Due.Equal(s.at.On(day)) || r.Bulletin == nil {
				t.Fatalf("%+v, %v", r, err)
			}
			if text := r.Bulletin.Text; !strings.Contains(text, "大事") || len(text) > bot.MaxReply {
				t.Fatalf("%q", text)
			}
		}
		if _, err := s.operator().Status(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
		if after := look(); after != before {
			t.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
		if calls := s.wechat.Calls(); s.arrived() == 0 && len(calls) != 0 {
			t.Errorf("WeChat was called: %+v", calls)
		}
	}
	plan()
	p := s.process("a")
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	plan()
	s.setTime(s.at.On(quiz.DayOf(s.Now())))
	plan()
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	plan()
}

// TestNothingToSend: an empty library settles the day, until an operator asks for
// it again; one that cannot be read does not.
func TestNothingToSend(t *testing.T) {
	w := newWorld(quiz.Date(2026, 11, 20).Start().Add(7*time.Hour), true)
	r := newReplica(w, "a", 7*60+30)
	run := func(p *push.Push) error { return p.Run(t.Context(), w.now) }
	today := func() push.Day {
		t.Helper()
		var days []push.Day
		err := r.alone(func(p *push.Push) (err error) {
			days, err = p.Status(t.Context(), 1)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return days[0]
	}
	if err := r.alone(run); err != nil {
		t.Fatal(err)
	}
	w.pass(30 * time.Minute)
	w.unreadable = true
	if err := r.alone(run); !errors.Is(err, quiz.ErrUnavailable) {
		t.Fatal(err)
	}
	if d := today(); d.Outcome != push.Open || d.Note == "" || len(d.Sends) != 0 || d.Claim != (push.Claim{}) {
		t.Fatalf("%+v", d)
	}
	w.unreadable, w.nothing = false, true
	w.pass(15 * time.Minute)
	if err := r.alone(run); err != nil {
		t.Fatal(err)
	}
	if d := today(); d.Outcome != push.DayNothing || d.Note != "" {
		t.Fatalf("%+v", d)
	}
	w.nothing = false
	if err := r.alone(run); err != nil || today().Outcome != push.DayNothing {
		t.Fatalf("%v, %+v", err, today())
	}
	var report push.Report
	err := r.alone(func(p *push.Push) (err error) {
		report, err = p.Send(t.Context(), quiz.DayOf(w.now))
		return err
	})
	if err != nil || report.Day.Outcome != push.DaySent || w.reached()[quiz.DayOf(w.now).String()] != 1 {
		t.Fatalf("%v, %+v", err, report)
	}
}

// TestDamagedLedger: a document that cannot be read is no empty one. Nothing is
// sent over it.
func TestDamagedLedger(t *testing.T) {
	s, p := readyAt(t, 7*60+30)
	day := quiz.DayOf(s.Now()).String()
	if _, err := s.store.PushLedger().Save(t.Context(), day, []byte(`{"day":`), ""); err != nil {
		t.Fatal(err)
	}
	err := p.run()
	if err == nil || !strings.Contains(err.Error(), "推送台账 "+day+" 已损坏") || s.arrived() != 0 {
		t.Fatalf("%v; it arrived %d times", err, s.arrived())
	}
}

// TestOnlyTodayIsSent: by hand, too.
func TestOnlyTodayIsSent(t *testing.T) {
	s, p := readyAt(t, 7*60+30)
	today := quiz.DayOf(s.Now())
	for _, day := range []quiz.Day{today - 1, today + 1, today + 365} {
		err := p.do(func(ctx context.Context, p *push.Push) error {
			_, err := p.Send(ctx, day)
			return err
		})
		if err == nil || s.arrived() != 0 {
			t.Errorf("%s: %v", day, err)
		}
	}
}

// TestWhatIsSent: the day's item, its question and how to take part, as a text and
// as an article.
func TestWhatIsSent(t *testing.T) {
	s, p := readyAt(t, 7*60+30)
	if _, err := s.store.PutItems(t.Context(), []content.Item{{
		ID: "own", Kind: content.Today, Date: "2026-11-21", Year: 1949, Title: "这一年的这一天", Text: "只在这一天。",
		Source: "人民日报", Grade: content.Official, State: content.Approved,
	}}); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.at.On(quiz.Date(2026, 11, 21)))
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	paper, err := s.store.CurrentPaper(t.Context(), quiz.Date(2026, 11, 21))
	if err != nil || paper == nil {
		t.Fatalf("no paper: %v", err)
	}
	text := s.outbox()[0].Content
	for _, part := range []string{"这一年的这一天", "只在这一天。", "人民日报", paper.Questions[0].Stem, s.bot.Wording.PushHow.String()} {
		if !strings.Contains(text, part) {
			t.Errorf("%q lacks %q", text, part)
		}
	}
	s.channel = []string{"draft"}
	s.setTime(s.at.On(quiz.Date(2026, 11, 22)))
	if err := s.process("b").run(); err != nil {
		t.Fatal(err)
	}
	drafts, err := s.wechat.Drafts(t.Context())
	if err != nil || len(drafts) != 1 {
		t.Fatalf("%d drafts, %v", len(drafts), err)
	}
	a := drafts[0].Articles[0]
	if !strings.Contains(a.Title, "11-22 的大事") || !strings.Contains(a.Content, "<p") || !strings.Contains(a.Content, s.bot.Wording.PushHow.String()) || a.Digest == "" {
		t.Errorf("%+v", a)
	}
}
