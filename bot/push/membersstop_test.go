package push_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

// TestMembersAndErrcodes: what WeChat's refusals mean for a run.
func TestMembersAndErrcodes(t *testing.T) {
	type want struct {
		outcome push.Outcome
		sent    int
		refused int
		says    string // the reason of the send
	}
	const people = 6
	for name, c := range map[string]struct {
		fault fakeapi.Fault
		first want // at 07:30
		later want // at 07:45, all being well again
	}{
		"48 hours are over":        {fakeapi.Fault{Code: 45015, Times: 1}, want{push.DaySent, people - 1, 1, ""}, want{push.DaySent, people - 1, 1, ""}},
		"has had enough":           {fakeapi.Fault{Code: 45047, Times: 2}, want{push.DaySent, people - 2, 2, ""}, want{push.DaySent, people - 2, 2, ""}},
		"no follower":              {fakeapi.Fault{Code: 43004, Times: -1}, want{push.DayRefused, 0, people, "没有可以逐个送达"}, want{push.DayRefused, 0, people, ""}},
		"no right":                 {fakeapi.Fault{Code: 48001, Times: -1}, want{push.DayRefused, 0, 0, "接口权限"}, want{push.DayRefused, 0, 0, ""}},
		"calls of the day used up": {fakeapi.Fault{Code: 45009, Times: -1}, want{push.DayRefused, 0, 0, "调用次数已用完"}, want{push.DayRefused, 0, 0, ""}},
		"too fast, once":           {fakeapi.Fault{Code: 45011, Times: 1}, want{push.DaySent, people, 0, ""}, want{push.DaySent, people, 0, ""}},
		"too fast for long":        {fakeapi.Fault{Code: 45011, Times: -1}, want{push.Open, 0, 0, "调用过快"}, want{push.DaySent, people, 0, ""}},
		"address not listed":       {fakeapi.Fault{Code: 40164, Times: -1}, want{push.Open, 0, 0, "IP 白名单"}, want{push.DaySent, people, 0, ""}},
		"token expired":            {fakeapi.Fault{Code: 42001, Times: 1}, want{push.DaySent, people, 0, ""}, want{push.DaySent, people, 0, ""}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t, "", false)
			s.channel, s.atOnce = []string{"custom"}, 1
			for i := range people {
				if err := s.member(string(rune('a' + i))).writes("答题"); err != nil {
					t.Fatal(err)
				}
			}
			p := s.process("a")
			if err := p.start(); err != nil {
				t.Fatal(err)
			}
			s.setTime(s.at.On(quiz.DayOf(s.Now())))
			c.fault.Path = customPath
			s.wechat.Fail(c.fault)
			look := func(when string, want want) {
				t.Helper()
				d := s.today()
				each := d.Sends[0].Each
				refused := 0
				for _, n := range each.Refused {
					refused += n
				}
				if d.Outcome != want.outcome || each.Reached() != want.sent || len(s.got(0)) != want.sent || refused != want.refused ||
					each.Unknown != 0 || !strings.Contains(d.Sends[0].Reason, want.says) || d.Claim != (push.Claim{}) {
					t.Errorf("%s: %q, %+v, %+v, want %+v", when, d.Outcome, each, d.Sends[0], want)
				}
			}
			err := p.run()
			if (err != nil) != (c.first.outcome == push.Open) {
				t.Errorf("the schedule hears of %v", err)
			}
			look("first", c.first)
			s.wechat.ClearFaults()
			s.setTime(s.at.On(quiz.DayOf(s.Now())).Add(45 * time.Minute))
			if err := p.run(); err != nil {
				t.Error(err)
			}
			look("later", c.later)
		})
	}
}

// TestMembersStopInTheMiddle: the calls of the day are used up half-way: the rest is
// left for today, and the ledger says how many. An operator's push sends none twice.
func TestMembersStopInTheMiddle(t *testing.T) {
	s := newStation(t, "", false)
	s.channel, s.atOnce, s.batch = []string{"custom", "draft"}, 1, 3
	for i := range 10 {
		if err := s.member(string(rune('a' + i))).writes("答题"); err != nil {
			t.Fatal(err)
		}
	}
	p := s.process("a")
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now())))
	n := 0
	p.then = func(point string) {
		if point == "custom" {
			if n++; n == 7 {
				s.wechat.Fail(fakeapi.Fault{Path: customPath, Code: 45009, Times: -1})
			}
		}
	}
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	d := s.today()
	if each := d.Sends[0].Each; d.Outcome != push.DaySent || len(d.Sends) != 1 || each.Reached() != 7 || each.Total != 10 || !strings.Contains(d.Sends[0].Reason, "45009") {
		t.Errorf("%+v, %+v", d, each)
	}
	s.wechat.ClearFaults()
	if _, err := p.send(); err != nil {
		t.Fatal(err)
	}
	if got := s.got(0); len(got) != 7 || slices.Contains(slices.Collect(maps.Values(got)), "custom custom") {
		t.Errorf("%v", got)
	}
}

// TestMembersStopAtNoon: a run that is not through by the end of catching up stops, and
// the ledger says so; so does one whose push is switched off.
func TestMembersStopAtNoon(t *testing.T) {
	for name, c := range map[string]struct {
		stop    func(s *station)
		outcome push.Outcome
	}{
		"noon": {func(s *station) { s.setTime(quiz.DayOf(s.Now()).Start().Add(12 * time.Hour)) }, push.DayPartly},
		"off": {func(s *station) {
			s.setTime(s.Now().Add(time.Minute)) // it is looked at when the claim is renewed
			if err := s.operator().Switch(s.t.Context(), false); err != nil {
				s.t.Error(err)
			}
		}, push.Open},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t, "", false)
			s.channel, s.atOnce, s.batch = []string{"custom"}, 1, 3
			for i := range 10 {
				if err := s.member(string(rune('a' + i))).writes("答题"); err != nil {
					t.Fatal(err)
				}
			}
			p := s.process("a")
			if err := p.start(); err != nil {
				t.Fatal(err)
			}
			s.setTime(s.at.On(quiz.DayOf(s.Now())))
			n := 0
			p.then = func(point string) {
				if point == "custom" {
					if n++; n == 5 {
						c.stop(s)
					}
				}
			}
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
			d := s.today()
			if n := len(s.got(0)); d.Outcome != c.outcome || n < 5 || n > 6 || d.Sends[0].Each.Reached() != n || d.Note == "" {
				t.Errorf("%d arrived, %+v, %+v", n, d, d.Sends[0].Each)
			}
		})
	}
}

// TestMembersLedgerIsLost: where a run has begun and its ledger is gone, as after a
// backup was restored, nobody is sent to again.
func TestMembersLedgerIsLost(t *testing.T) {
	s := newStation(t, "", false)
	s.channel, s.atOnce, s.batch = []string{"custom"}, 1, 3
	s.crowd(10)
	p := s.process("a")
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now())))
	post := newPost(0)
	p.customs = post
	n := 0
	p.fate = func(point string) doom {
		if n++; point == "custom" && n > 20 {
			return diesAfter
		}
		return lives
	}
	_ = p.run()
	if len(post.got) == 0 || !p.dead.Load() {
		t.Fatalf("%v", post.got)
	}
	if err := s.store.PushRuns().Drop(t.Context(), 0, quiz.DayOf(s.Now()).String(), 1); err != nil {
		t.Fatal(err)
	}
	before := len(post.got)
	b := s.process("b")
	b.customs = post
	if err := b.run(); err != nil {
		t.Fatal(err)
	}
	if d := s.today(); len(post.got) != before || d.Outcome != push.DaySent || d.Sends[0].Each.Lost != 1 {
		t.Errorf("%d arrived, before %d: %+v, %+v", len(post.got), before, d, d.Sends[0].Each)
	}
}

// TestMembersLedgersAreDropped: those of the last days are kept, older ones are not,
// also where there was no run on some days.
func TestMembersLedgersAreDropped(t *testing.T) {
	s := newStation(t, "", false)
	s.channel = []string{"custom"}
	s.crowd(3)
	if err := s.process("first").start(); err != nil {
		t.Fatal(err)
	}
	first := quiz.DayOf(s.Now())
	days := []quiz.Day{first, first + 1, first + 2, first + 5, first + 9, first + 10}
	for _, day := range days {
		s.setTime(s.at.On(day))
		s.crowd(3) // who write each day
		p := s.process("a")
		p.customs = newPost(1)
		if err := p.run(); err != nil {
			t.Fatal(err)
		}
	}
	for _, day := range days {
		value, _, err := s.store.PushRuns().Load(t.Context(), 0, day.String())
		marks, err2 := s.store.PushRuns().Marks(t.Context(), 0, day.String(), 0)
		if err != nil || err2 != nil || (value != nil) != (day > first+2) || (len(marks) == 3*8) != (day > first+2) {
			t.Errorf("%s: %q, %d marks, %v, %v", day, value, len(marks)/8, err, err2)
		}
	}
}

// TestMembersOfACluster: 64 shards, three of which lose their replica in the middle.
func TestMembersOfACluster(t *testing.T) {
	s := newStation(t, servers.Cluster(t).URL, false)
	s.channel, s.batch = []string{"custom"}, 8
	const n = 600
	now := s.Now()
	var all []string
	for i := range n {
		id := crowdID(i)
		record := quiz.Record{Member: quiz.Member{Joined: quiz.DayOf(now)}, Recent: []quiz.Delivery{{Key: 1, Sent: now.Unix()}}}
		if _, err := s.store.Commit(t.Context(), id, quiz.Change{Record: record}); err != nil {
			t.Fatal(err)
		}
		all = append(all, id)
	}
	if err := s.process("first").start(); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.at.On(quiz.DayOf(now)))
	post := newPost(0)
	for _, death := range []int{50, 100, 150, 0} {
		p := s.process("a")
		p.customs = post
		p.fate = diesAfterCustom(death)
		_ = p.run()
	}
	each := s.today().Sends[0].Each
	got := 0
	for _, id := range all {
		if post.got[id] > 1 {
			t.Errorf("%s got it %d times", id, post.got[id])
		}
		got += post.got[id]
	}
	if each.Seen != n || each.Reached()+each.Unknown != n || each.Unknown > 3*s.batch || got < n-each.Unknown {
		t.Errorf("%d got it: %+v", got, each)
	}
}
