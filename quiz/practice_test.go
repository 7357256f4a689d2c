package quiz_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	fsrs "github.com/open-spaced-repetition/go-fsrs/v3"
	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
)

// TestReviewIsFSRS: the days after which a card comes back are those of the
// scheduler itself, asked directly with the same reviews.
func TestReviewIsFSRS(t *testing.T) {
	p := fsrs.DefaultParam()
	p.EnableShortTerm = false
	for _, c := range []struct {
		reviews string // g: good, a: again, on the day on which the card is due
		days    []int
	}{
		{"a", []int{1}},
		{"ag", []int{1, 3}},
		{"agggg", []int{1, 3, 7, 18, 43}},
		{"aagggg", []int{1, 1, 3, 5, 12, 25}},
		{"agggagg", []int{1, 3, 7, 18, 3, 7, 15}},
		{"aaaaaa", []int{1, 1, 1, 1, 1, 1}},
		{"ggggg", []int{3, 11, 35, 101, 269}},
	} {
		card, theirs := quiz.Card{ID: "q"}, fsrs.NewCard()
		day := quiz.Date(2026, 3, 1)
		at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		var ours, want []int
		for _, r := range c.reviews {
			card = card.Review(r == 'g', day)
			theirs = fsrs.NewFSRS(p).Next(theirs, at, map[rune]fsrs.Rating{'a': fsrs.Again, 'g': fsrs.Good}[r]).Card
			ours = append(ours, int(card.Due-day))
			want = append(want, int(theirs.ScheduledDays))
			if d := math.Abs(float64(card.Stability)/theirs.Stability - 1); d > 1e-4 {
				t.Errorf("%s: stability %v, FSRS says %v", c.reviews, card.Stability, theirs.Stability)
			}
			day, at = card.Due, theirs.Due
		}
		if !slices.Equal(ours, want) || !slices.Equal(ours, c.days) {
			t.Errorf("%s: days %v, FSRS says %v, the table %v", c.reviews, ours, want, c.days)
		}
	}
}

// TestReviewBounds: whatever comes, also days that run backwards, a card stays
// one, is due after its last review, and two runs give the same.
func TestReviewBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := quiz.Card{ID: "q"}, quiz.Card{ID: "q"}
		for range rapid.IntRange(1, 300).Draw(t, "reviews") {
			day := quiz.Day(rapid.IntRange(20000, 20400).Draw(t, "day"))
			right := rapid.IntRange(0, 3).Draw(t, "right") == 0
			a, b = a.Review(right, day), b.Review(right, day)
			if a != b {
				t.Fatalf("%+v and %+v of the same reviews", a, b)
			}
			if a.Due <= a.Last || a.Last < day {
				t.Fatalf("reviewed on %s: %+v", day, a)
			}
			p := quiz.Practice{Cards: []quiz.Card{a}}
			if got, err := quiz.ParsePractice(quiz.AppendPractice(nil, p)); err != nil || !reflect.DeepEqual(got, p) {
				t.Fatalf("%+v comes back as %+v, %v", p, got, err)
			}
		}
	})
}

// practiceWorld is one member and a bank.
type practiceWorld struct {
	bank map[string]content.Question
	now  time.Time
	p    quiz.Practice
}

func newPracticeWorld() *practiceWorld {
	w := &practiceWorld{bank: map[string]content.Question{}, now: quiz.Date(2026, 3, 1).Start().Add(9 * time.Hour)}
	for _, q := range testBank(300) {
		q.Revision = 1
		w.bank[q.ID] = q
	}
	return w
}

func (w *practiceWorld) situation() quiz.PracticeSituation {
	return quiz.PracticeSituation{
		Situation: quiz.Situation{ID: "member", Now: w.now},
		Begun:     quiz.DayOf(w.now),
		Question:  func(id string) (content.Question, bool) { q, ok := w.bank[id]; return q, ok },
	}
}

// answer is a right or wrong answer to what is shown, found by its text alone.
func (w *practiceWorld) answer(x *quiz.Exercise, right bool) quiz.Choice {
	q := w.bank[w.p.Open]
	if q.Type == content.Blank {
		return quiz.Choice{Text: map[bool]string{true: q.Answer.Accept[0], false: "不知"}[right]}
	}
	var l content.Letters
	for i, option := range x.Question.Choices() {
		if q.Answer.Letters.Has(slices.Index(q.Choices(), option)) {
			l |= 1 << i
		}
	}
	if !right {
		l ^= 1
	}
	return quiz.Choice{Letters: l}
}

// TestPracticeDays: whoever practises for weeks is asked what is due, the longest
// due first, never more than MaxCards are kept, each answer is reviewed once, and
// what is stored reads the same.
func TestPracticeDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newPracticeWorld()
		for range rapid.IntRange(1, 20).Draw(t, "days") {
			w.now = w.now.AddDate(0, 0, rapid.IntRange(1, 9).Draw(t, "days later"))
			today := quiz.DayOf(w.now)
			var mistakes []quiz.Mistake
			for range rapid.IntRange(0, 40).Draw(t, "mistakes") {
				mistakes = append(mistakes, quiz.Mistake{ID: fmt.Sprintf("q-%06d", rapid.IntRange(0, 320).Draw(t, "question")), Day: today})
			}
			w.p, _ = w.p.Collect(mistakes, today)
			if len(w.p.Cards) > quiz.MaxCards {
				t.Fatalf("%d cards", len(w.p.Cards))
			}
			if rapid.IntRange(0, 4).Draw(t, "retired") == 0 {
				delete(w.bank, fmt.Sprintf("q-%06d", rapid.IntRange(0, 299).Draw(t, "which")))
			}
			w.practise(t, rapid.IntRange(0, 120).Draw(t, "answers"))
		}
	})
}

func (w *practiceWorld) practise(t *rapid.T, answers int) {
	today := quiz.DayOf(w.now)
	next, out := w.p.Ask(w.situation())
	var last quiz.Card
	for range answers {
		w.p = next
		if got, err := quiz.ParsePractice(quiz.AppendPractice(nil, w.p)); err != nil || !reflect.DeepEqual(got, w.p) && len(w.p.Cards) > 0 {
			t.Fatalf("%+v comes back as %+v, %v", w.p, got, err)
		}
		if out.Exercise == nil {
			if i := slices.IndexFunc(w.p.Cards, func(c quiz.Card) bool { return c.Due <= today }); i >= 0 {
				t.Fatalf("%+v is due and not asked", w.p.Cards[i])
			}
			return
		}
		card := w.p.Cards[slices.IndexFunc(w.p.Cards, func(c quiz.Card) bool { return c.ID == w.p.Open })]
		if card.Due > today || card.Due < last.Due {
			t.Fatalf("asked %+v after %+v on %s", card, last, today)
		}
		last = card
		w.now = w.now.Add(20 * time.Second)
		right := rapid.Bool().Draw(t, "right")
		done, asked := w.p.Done, w.p.Asked
		before := w.p
		next, out = w.p.Answer(w.answer(out.Exercise, right), w.situation())
		if out.Graded == nil || out.Graded.Right != right || next.Done != done+1 && before.Day == today {
			t.Fatalf("graded %+v, %d after %d", out.Graded, next.Done, done)
		}
		if out.Exercise != nil && next.Asked <= asked {
			t.Fatal("two askings have one name")
		}
		if len(before.Cards) > 0 && slices.IndexFunc(before.Cards, func(c quiz.Card) bool { return c == card }) < 0 {
			t.Fatal("what was read was changed in place")
		}
	}
	w.p = next
}

// TestPracticeFull: of more cards than fit those known best go, a new mistake never.
func TestPracticeFull(t *testing.T) {
	day := quiz.Date(2026, 3, 1)
	var p quiz.Practice
	for i := range quiz.MaxCards {
		c := quiz.Card{ID: fmt.Sprintf("old-%03d", i)}.Review(false, day)
		for range i % 4 {
			c = c.Review(true, c.Due)
		}
		p.Cards = append(p.Cards, c)
	}
	var best float32
	for _, c := range p.Cards {
		best = max(best, c.Stability)
	}
	p, _ = p.Collect([]quiz.Mistake{{ID: "new", Day: day + 400}}, day+400)
	had := 0
	for _, c := range p.Cards {
		if c.Stability == best {
			had++
		}
	}
	if len(p.Cards) != quiz.MaxCards || had != quiz.MaxCards/4-1 || !slices.ContainsFunc(p.Cards, func(c quiz.Card) bool { return c.ID == "new" }) {
		t.Errorf("%d cards, %d of the best known", len(p.Cards), had)
	}
}

// TestMistakes: finished and lapsed days count, voided ones and those taken over
// before do not.
func TestMistakes(t *testing.T) {
	from := quiz.Date(2026, 1, 1)
	paper := func(d quiz.Day, _ int) (*quiz.Paper, error) {
		p := &quiz.Paper{Day: d, Version: 1}
		for i := range 3 {
			p.Questions = append(p.Questions, content.Question{ID: fmt.Sprintf("%s-%d", d.MonthDay(), i), Type: content.Judge, Answer: content.Key{Letters: 1}})
		}
		return p, nil
	}
	entries := []quiz.Entry{
		{Day: from, Given: []quiz.Given{{Letters: 2}, {Letters: 2}, {Letters: 2}}},
		{Day: from + 1, Given: []quiz.Given{{Letters: 1}, {Letters: 2}, {Letters: 2}}},
		{Day: from + 2, Given: []quiz.Given{{Letters: 2}, {Letters: 2}, {Letters: 2}}},
		{Day: from + 3, Lapsed: true, Given: []quiz.Given{{Letters: 2}}},
		{Day: from + 4, Given: []quiz.Given{{Letters: 1}, {Letters: 1}, {Letters: 1}}},
	}
	got, upTo, err := quiz.Mistakes(entries, from, paper, quiz.Voids{from + 2: quiz.Kept})
	want := []quiz.Mistake{{"01-02-1", from + 1}, {"01-02-2", from + 1}, {"01-04-0", from + 3}}
	if err != nil || upTo != from+4 || !slices.Equal(got, want) {
		t.Errorf("%v up to %s, %v", got, upTo, err)
	}
	lost := func(quiz.Day, int) (*quiz.Paper, error) { return nil, nil }
	if _, _, err := quiz.Mistakes(entries, from, lost, nil); err == nil {
		t.Error("a lost paper has no mistakes")
	}
	long := make([]quiz.Entry, 200)
	for i := range long {
		long[i] = quiz.Entry{Day: from + quiz.Day(i), Given: entries[0].Given}
	}
	got, upTo, err = quiz.Mistakes(long, 0, paper, nil)
	if err != nil || upTo != from+199 || len(got) < quiz.MaxCards || got[len(got)-1].Day != from+199 || got[0].Day < from+160 {
		t.Errorf("of a long log: %d mistakes from %v, %v", len(got), got[0], err)
	}
}

// TestPracticeAsksAfresh: an edited question is another one, a retired one is
// gone, and words are no answer after a paper was begun or the next morning.
func TestPracticeAsksAfresh(t *testing.T) {
	w := newPracticeWorld()
	today := quiz.DayOf(w.now)
	w.p, _ = w.p.Collect([]quiz.Mistake{{"q-000005", today - 1}, {"q-000006", today - 1}}, today-1)
	var out quiz.PracticeOutcome
	w.p, out = w.p.Ask(w.situation())
	first := out.Exercise.Ref
	if again, out := w.p.Ask(w.situation()); out.Changed || out.Exercise.Ref != first || again.Asked != w.p.Asked {
		t.Error("asked again at once, it has another name")
	}
	if !w.p.Listens(w.situation()) {
		t.Error("words are no answer to a question just asked")
	}
	if s := w.situation(); true {
		s.Begun++
		if w.p.Listens(s) {
			t.Error("words answer it after a paper was begun")
		}
		s.Begun, s.Now = s.Begun-1, s.Now.Add(13*time.Hour)
		if w.p.Listens(s) {
			t.Error("words answer it half a day later")
		}
	}

	q := w.bank[w.p.Open]
	q.Revision++
	w.bank[q.ID] = q
	if w.p.Exercise(w.situation()) != nil {
		t.Error("an edited question can be answered in its old letters")
	}
	w.p, out = w.p.Ask(w.situation())
	if out.Exercise == nil || w.p.Open != q.ID || out.Exercise.Ref == first {
		t.Errorf("after an edit: %+v", out)
	}
	delete(w.bank, q.ID)
	w.p, out = w.p.Ask(w.situation())
	if out.Exercise == nil || w.p.Open == q.ID || len(w.p.Cards) != 1 || out.Exercise.Left != 1 {
		t.Errorf("after it was retired: %+v", w.p)
	}
	if next, changed := w.p.Leave(); !changed || next.Listens(w.situation()) || next.Exercise(w.situation()) != nil {
		t.Errorf("left: %+v", next)
	}
}

// TestPracticeRef: no number belongs to practice and to a paper, and each asking
// of a member has its own.
func TestPracticeRef(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := quiz.PracticeRef{Asked: rapid.Int64Range(0, 4_000_000_000).Draw(t, "asked"), Submit: rapid.Bool().Draw(t, "submit")}
		n := want.Number()
		got, ok := quiz.ParsePracticeRef(n)
		if !ok || got.Submit != want.Submit || !got.Names(want.Asked) || got.Names(want.Asked+1) {
			t.Fatalf("%+v is %d, which is %+v", want, n, got)
		}
		if r, ok := quiz.ParseRef(n); ok {
			t.Fatalf("%d is also %+v", n, r)
		}
		if n < 1_000_000_000 || n > math.MaxInt32 {
			t.Fatalf("%d has not ten digits or more than 31 bits", n)
		}
		day := quiz.Day(rapid.IntRange(int(quiz.Date(2000, 1, 1)), int(quiz.Date(2999, 12, 31))).Draw(t, "day"))
		if r, ok := quiz.ParsePracticeRef(quiz.Ref{Day: day, Question: 9, Submit: want.Submit}.Number()); ok {
			t.Fatalf("the number of a paper is also %+v", r)
		}
	})
	for _, n := range []int64{math.MinInt64, -1, 0, 999_999_999, 2_000_000_000, math.MaxInt64} {
		if r, ok := quiz.ParsePracticeRef(n); ok {
			t.Errorf("%d is taken for %+v", n, r)
		}
	}
}

// fullPractice is as large as it gets, with ids of 24 characters.
func fullPractice() quiz.Practice {
	p := quiz.Practice{
		UpTo: quiz.Date(2026, 3, 1), Open: "q", Revision: 7, Asked: 1_772_000_000, Begun: quiz.Date(2026, 3, 1),
		Day: quiz.Date(2026, 3, 1), Done: 20, Right: 10,
	}
	for i := range quiz.MaxCards {
		c := quiz.Card{ID: fmt.Sprintf("bank-2026-history-%06d", i)}.Review(false, p.UpTo)
		p.Cards = append(p.Cards, c.Review(true, c.Due+100))
	}
	for i := range quiz.RecentMessages {
		p.Recent = append(p.Recent, quiz.Delivery{Key: 1<<63 + uint64(i), Sent: 1_772_000_000})
	}
	return p
}

func TestPracticeSize(t *testing.T) {
	p := fullPractice()
	if n := len(quiz.AppendPractice(nil, p)); n > 40*quiz.MaxCards+320 {
		t.Errorf("%d cards take %d bytes", quiz.MaxCards, n)
	}
}

// FuzzParsePractice: what is damaged is refused or read, never a panic; what is
// read has no more than it may and writes back to the same.
func FuzzParsePractice(f *testing.F) {
	f.Add(quiz.AppendPractice(nil, fullPractice()))
	f.Add(quiz.AppendPractice(nil, quiz.Practice{}))
	f.Add([]byte{2})
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := quiz.ParsePractice(data)
		if err != nil {
			return
		}
		if len(p.Cards) > quiz.MaxCards || len(p.Recent) > quiz.RecentMessages {
			t.Fatalf("%d cards, %d messages", len(p.Cards), len(p.Recent))
		}
		again, err := quiz.ParsePractice(quiz.AppendPractice(nil, p))
		if err != nil || !reflect.DeepEqual(p, again) {
			t.Fatalf("%+v comes back as %+v, %v", p, again, err)
		}
		for _, c := range p.Cards {
			if c = c.Review(true, c.Due); c.Due <= c.Last || math.IsNaN(float64(c.Stability)) {
				t.Fatalf("reviewed, it is %+v", c)
			}
		}
	})
}
