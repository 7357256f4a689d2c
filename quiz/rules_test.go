package quiz_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
)

// TestZone compares the fixed zone with the time zone database for every hour
// of a century in which the product may run.
func TestZone(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2100; at = at.Add(time.Hour) {
		_, want := at.In(shanghai).Zone()
		if _, got := at.In(quiz.Zone).Zone(); got != want {
			t.Fatalf("%s: offset %d, the database says %d", at, got, want)
		}
	}
}

func TestDay(t *testing.T) {
	for _, c := range []struct {
		at   string
		want string
	}{
		{"2026-11-22T15:59:59Z", "2026-11-22"},
		{"2026-11-22T16:00:00Z", "2026-11-23"},
		{"2028-02-28T16:00:00Z", "2028-02-29"},
		{"2026-12-31T16:00:00Z", "2027-01-01"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := quiz.DayOf(at).String(); got != c.want {
			t.Errorf("%s is %s, want %s", c.at, got, c.want)
		}
	}
	for _, bad := range []string{"", "2026-02-29", "2026-1-1", "26-01-01", "2026-01-01 "} {
		if d, err := quiz.ParseDay(bad); err == nil {
			t.Errorf("ParseDay(%q) = %s, want an error", bad, d)
		}
	}
}

// TestPoints: every share of a paper of 1 to 10 questions is an integer.
func TestPoints(t *testing.T) {
	for n := quiz.MinQuestions; n <= quiz.MaxQuestions; n++ {
		for finish := 0; finish <= 100; finish++ {
			w := quiz.Weights{Finish: finish, Correct: 100 - finish}
			for right := range n + 1 {
				if w.Correct*quiz.Unit*right%n != 0 {
					t.Fatalf("%d of %d right at %+v does not divide evenly", right, n, w)
				}
			}
			if got := w.Points(n, n); got != 100*quiz.Unit {
				t.Fatalf("a perfect paper of %d at %+v is worth %d", n, w, got)
			}
		}
	}
	if got := quiz.Score(quiz.DefaultWeights.Points(2, 3)); got != "80" {
		t.Errorf("2 of 3 right: %s points, want 80", got)
	}
	if got := quiz.Score(quiz.DefaultWeights.Points(5, 7)); got != "82.8" {
		t.Errorf("5 of 7 right: %s points, want 82.8", got)
	}
}

// TestRankOrder: the packed score orders as points, then days, then streak, and
// a double keeps it.
func TestRankOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) quiz.Totals {
			return quiz.Totals{
				Points:  rapid.IntRange(0, quiz.MaxSeasonDays*100*quiz.Unit).Draw(t, name+" points"),
				Days:    rapid.IntRange(0, quiz.MaxSeasonDays).Draw(t, name+" days"),
				Longest: rapid.IntRange(0, quiz.MaxSeasonDays).Draw(t, name+" longest"),
			}
		}
		a, b := draw("a"), draw("b")
		want := slices.Compare([]int{a.Points, a.Days, a.Longest}, []int{b.Points, b.Days, b.Longest})
		got := 0
		if a.Rank() < b.Rank() {
			got = -1
		} else if a.Rank() > b.Rank() {
			got = 1
		}
		if got != want {
			t.Fatalf("%+v and %+v compare as %d, packed as %d", a, b, want, got)
		}
		if a.Rank() >= 1<<53 || int64(float64(a.Rank())) != a.Rank() {
			t.Fatalf("%d does not survive as a double", a.Rank())
		}
		if p, d, l := quiz.UnpackRank(a.Rank()); p != a.Points || d != a.Days || l != a.Longest {
			t.Fatalf("%+v unpacks to %d, %d, %d", a, p, d, l)
		}
	})
}

func TestRefRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := quiz.Ref{
			Day:      quiz.Day(rapid.IntRange(int(quiz.Date(2000, 1, 1)), int(quiz.Date(2999, 12, 31))).Draw(t, "day")),
			Question: rapid.IntRange(0, quiz.MaxQuestions-1).Draw(t, "question"),
			Submit:   rapid.Bool().Draw(t, "submit"),
		}
		if got, ok := quiz.ParseRef(want.Number()); !ok || got != want {
			t.Fatalf("%+v comes back as %+v, %v", want, got, ok)
		}
	})
	for _, n := range []int64{0, -1, 1, 2026_13_01_01, 2026_02_30_01, 2026_01_01_00, 2026_01_01_11, 2026_01_01_50, 2026_01_01_61, 1 << 62} {
		if r, ok := quiz.ParseRef(n); ok {
			t.Errorf("%d is taken for %+v", n, r)
		}
	}
}

// TestStreakAgainstModel compares Streak with a model that lives day by day.
func TestStreakAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		voids := quiz.Voids{}
		var s quiz.Streak
		length, toward, freezes, started := 0, 0, 0, false
		for day := quiz.Day(20000); day < 20120; day++ {
			if rapid.IntRange(0, 9).Draw(t, "void") == 0 {
				voids[day] = quiz.Dropped
				continue
			}
			if rapid.IntRange(0, 5).Draw(t, "skip") == 0 {
				switch {
				case !started:
				case freezes > 0:
					freezes--
				default:
					length, toward = 0, 0
				}
				continue
			}
			started = true
			length++
			toward++
			if toward == 7 {
				toward = 0
				freezes = min(freezes+1, 2)
			}
			s, _ = s.Finish(day, voids)
			if s.Length != length || s.Toward != toward || s.Freezes != freezes {
				t.Fatalf("%s: %+v, the model has length %d, toward %d, freezes %d", day, s, length, toward, freezes)
			}
		}
	})
}

// TestReplayAgainstSteps lives random days, with pauses, grace and set-back
// clocks; after each step the log must replay to the record.
func TestReplayAgainstSteps(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		at := quiz.Date(2026, 12, 20).Start().Add(8 * time.Hour)
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			hours := rapid.SampledFrom([]int{0, 0, 0, 1, 15, 16, 24, 24, 24, 50, -3, -30}).Draw(rt, "hours")
			at = at.Add(time.Duration(hours)*time.Hour + time.Duration(rapid.IntRange(0, 40).Draw(rt, "minutes"))*time.Minute)
			w.act(at, rapid.SampledFrom([]string{"begin", "right", "right", "wrong", "whole", "whole"}).Draw(rt, "verb"), nil)
			w.check(0)
		}
	})
}

// TestDraw draws 300 days in a row from a bank in which each calendar day has a
// question of its own.
func TestDraw(t *testing.T) {
	bank := testBank(100)
	for d := quiz.Date(2028, 1, 1); d <= quiz.Date(2028, 12, 31); d++ {
		bank = append(bank, content.Question{ID: "today-" + d.MonthDay(), Type: content.Judge, Stem: d.MonthDay(), Answer: content.Key{Letters: 1}, State: content.Approved, Day: d.MonthDay()})
	}
	bank = append(bank, content.Question{ID: "draft", Type: content.Judge, State: content.Draft, Answer: content.Key{Letters: 1}})
	asked := map[string]quiz.Day{}
	for day := quiz.Date(2026, 11, 1); day < quiz.Date(2027, 9, 1); day++ {
		d := quiz.Drawing{Day: day, Size: 5, First: "today-" + day.MonthDay(), Bank: bank, Asked: asked, Seed: []byte("s"), Weights: quiz.DefaultWeights}
		p, err := quiz.Draw(d)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := quiz.Draw(d); fmt.Sprint(again) != fmt.Sprint(p) {
			t.Fatalf("%s is drawn differently the second time", day)
		}
		if len(p.Questions) != 5 || p.Questions[0].ID != d.First {
			t.Fatalf("%s: %d questions, first %s", day, len(p.Questions), p.Questions[0].ID)
		}
		if n := blanks(p); n > 1 {
			t.Errorf("%s asks %d blanks", day, n)
		}
		for i, q := range p.Questions {
			if last, ok := asked[q.ID]; ok && day-last < quiz.RepeatAfter {
				t.Errorf("%s asks %s again after %d days", day, q.ID, day-last)
			}
			for ahead := quiz.Day(1); ahead <= quiz.RepeatAfter; ahead++ {
				if i > 0 && q.Day == (day+ahead).MonthDay() {
					t.Errorf("%s asks the question of %s", day, day+ahead)
				}
			}
			if q.ID == "draft" {
				t.Errorf("%s asks a draft", day)
			}
			asked[q.ID] = day
		}
	}
}

// TestDrawPinned: what was chosen is the paper, in that order, whenever it was last
// asked; what was taken out of the bank since is replaced; what is chosen for a coming
// day is left for it.
func TestDrawPinned(t *testing.T) {
	bank := testBank(30)
	chosen := []string{bank[7].ID, bank[2].ID, bank[9].ID}
	d := quiz.Drawing{Day: 20000, Size: 5, First: bank[3].ID, Pinned: chosen, Bank: bank, Asked: map[string]quiz.Day{chosen[1]: 19999}, Weights: quiz.DefaultWeights}
	asked := func(p *quiz.Paper) (ids []string) {
		for _, q := range p.Questions {
			ids = append(ids, q.ID)
		}
		return ids
	}
	p, err := quiz.Draw(d)
	if err != nil || !slices.Equal(asked(p), chosen) {
		t.Errorf("chosen %v, the paper is %v, %v", chosen, asked(p), err)
	}
	bank[2].State = content.Retired
	p, err = quiz.Draw(d)
	if got := asked(p); err != nil || len(got) != 3 || !slices.Equal(got[:2], []string{chosen[0], chosen[2]}) || got[2] != d.First {
		t.Errorf("one retired, the paper is %v, %v", got, err)
	}
	d.Pinned, d.Coming = nil, map[string]bool{}
	for _, q := range bank[:20] {
		d.Coming[q.ID] = true
	}
	if p, err = quiz.Draw(d); err != nil {
		t.Fatal(err)
	}
	for _, id := range asked(p)[1:] {
		if d.Coming[id] {
			t.Errorf("the paper has %s, which is chosen for a coming day", id)
		}
	}
}

func blanks(p *quiz.Paper) (n int) {
	for _, q := range p.Questions {
		if q.Type == content.Blank {
			n++
		}
	}
	return n
}

func TestDrawFromSmallBanks(t *testing.T) {
	asked := map[string]quiz.Day{}
	for day := quiz.Day(20000); day < 20010; day++ {
		p, err := quiz.Draw(quiz.Drawing{Day: day, Size: 5, Bank: testBank(7), Asked: asked, Weights: quiz.DefaultWeights})
		if err != nil || len(p.Questions) != 5 {
			t.Fatalf("7 questions give a paper of %v, %v", p, err)
		}
		for _, q := range p.Questions {
			asked[q.ID] = day
		}
	}
	for _, n := range []int{1, 3} {
		p, err := quiz.Draw(quiz.Drawing{Day: 20000, Size: 5, Bank: testBank(n), Weights: quiz.DefaultWeights})
		if err != nil || len(p.Questions) != n {
			t.Errorf("%d questions give %v, %v", n, p, err)
		}
	}
	if _, err := quiz.Draw(quiz.Drawing{Day: 20000, Size: 5, Weights: quiz.DefaultWeights}); err != quiz.ErrNoQuestions {
		t.Errorf("an empty bank gives %v", err)
	}
}

func TestKeepsOrder(t *testing.T) {
	plain := content.Question{Type: content.Single, Stem: "谁?", Options: []string{"毛泽东", "朱德", "周恩来", "陈毅"}, Explain: "见史料。"}
	if quiz.KeepsOrder(plain) {
		t.Error("plain options keep their order")
	}
	for _, o := range []string{"以上都对", "A和B", "A、C", "上述各项", "都不对", "前两项", "①和②", "Ａ与Ｃ", "甲、乙", "以上皆是", "B"} {
		q := plain
		q.Options = []string{"毛泽东", "朱德", "周恩来", o}
		if !quiz.KeepsOrder(q) {
			t.Errorf("with the option %q the options would be shuffled", o)
		}
	}
	for _, e := range []string{"B项错在年份。", "选项C有误。", "第二个说法正确。"} {
		q := plain
		q.Explain = e
		if !quiz.KeepsOrder(q) {
			t.Errorf("with the explanation %q the options would be shuffled", e)
		}
	}
	for _, o := range []string{"APEC会议", "WTO", "T-34坦克"} {
		q := plain
		q.Options = []string{"毛泽东", "朱德", "周恩来", o}
		if quiz.KeepsOrder(q) {
			t.Errorf("with the option %q the options keep their order", o)
		}
	}
}

// TestOrder: members see different orders, a member always the same one, and
// each order is a permutation.
func TestOrder(t *testing.T) {
	q := content.Question{Type: content.Single, Options: []string{"一", "二", "三", "四"}}
	p := &quiz.Paper{Day: 20000, Questions: []content.Question{q, q}, Fixed: []bool{false, true}}
	first := make([]int, 4)
	for i := range 4000 {
		id := fmt.Sprint("o", i)
		order := p.Order(quiz.Self(id), 0)
		first[order[0]]++
		if !slices.Equal(order, p.Order(quiz.Self(id), 0)) {
			t.Fatalf("%s sees two orders", id)
		}
		sorted := slices.Sorted(slices.Values(order))
		if !slices.Equal(sorted, []int{0, 1, 2, 3}) {
			t.Fatalf("%v is no permutation", order)
		}
		if !slices.Equal(p.Order(quiz.Self(id), 1), []int{0, 1, 2, 3}) {
			t.Fatal("a fixed question is shuffled")
		}
	}
	for i, n := range first {
		if n < 850 || n > 1150 { // 1000 expected, 5.5 standard deviations
			t.Errorf("option %d comes first %d times of 4000", i, n)
		}
	}
}

// TestImpatient: the store is slow, and a member sends the answer three times
// before the reply to the first one comes. One question is answered, not three.
func TestImpatient(t *testing.T) {
	p := &quiz.Paper{Day: 20000, Version: 1, Season: "s", From: 20000, Weights: quiz.DefaultWeights, Questions: testBank(40)[5:9], Fixed: make([]bool, 4)}
	at := quiz.Day(20000).Start().Add(9 * time.Hour)
	s := quiz.Situation{ID: "o", Now: at, Today: p, Open: p}
	m, _ := quiz.Step(quiz.Member{}, quiz.Begin{}, s)
	answer := quiz.Answer{Choice: quiz.Choice{Letters: 1}}
	s.Now, s.Shown = at.Add(10*time.Second), at.Add(14*time.Second)
	m, out := quiz.Step(m, answer, s)
	if out.Graded == nil {
		t.Fatal("the first one is not graded")
	}
	for _, again := range []time.Duration{11 * time.Second, 13 * time.Second} {
		s.Now = at.Add(again)
		if m, out = quiz.Step(m, answer, s); out.Status != quiz.Early || out.Changed || out.Asked.Ref.Question != 1 {
			t.Errorf("sent again after %s: %+v", again, out)
		}
	}
	tap := quiz.Answer{Choice: answer.Choice, Ref: &quiz.Ref{Day: 20000, Question: 1}}
	if _, out = quiz.Step(m, tap, s); out.Graded == nil {
		t.Error("a tap on the question itself is refused")
	}
	s.Now, s.Shown = at.Add(20*time.Second), at.Add(20*time.Second)
	if m, out = quiz.Step(m, answer, s); out.Graded == nil {
		t.Error("the answer after it was shown is refused")
	}
	s.Now = at.Add(-time.Hour)
	if _, out = quiz.Step(m, answer, s); out.Graded == nil {
		t.Error("after the clock was set back nobody can answer")
	}
}

func TestSeasons(t *testing.T) {
	for _, bad := range []quiz.Seasons{
		{{ID: "", From: 1, To: 2}},
		{{ID: "a b", From: 1, To: 2}},
		{{ID: "a", From: 2, To: 1}},
		{{ID: "a", From: 1, To: 600}},
		{{ID: "a", From: 1, To: 10}, {ID: "b", From: 10, To: 20}},
		{{ID: "a", From: 1, To: 2}, {ID: "a", From: 5, To: 6}},
	} {
		if bad.Check() == nil {
			t.Errorf("%v is accepted", bad)
		}
	}
	if s, ok := quiz.Seasons(nil).ByID("2028"); !ok || s.To-s.From != 365 {
		t.Errorf("2028 is %v, %v", s, ok)
	}
	for _, bad := range []string{"", "26", "02026", "1999", "2026x", "-2026"} {
		if s, ok := quiz.Seasons(nil).ByID(bad); ok {
			t.Errorf("%q is the season %v", bad, s)
		}
	}
}
