package content

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func TestLibraryToday(t *testing.T) {
	day := func(id, date string, state State) Item { return Item{ID: id, Kind: Today, Date: date, State: state} }
	lib := NewLibrary([]Item{
		day("b", "11-22", Approved), day("a", "11-22", Approved), day("0", "11-22", Draft),
		day("special", "2026-11-22", Approved), day("leap", "02-29", Approved), day("off", "01-01", Retired),
	}, nil)
	for _, c := range []struct{ date, want string }{
		{"2026-11-22", "special"}, {"2027-11-22", "a"}, {"2028-02-29", "leap"},
		{"2026-01-01", ""}, {"2026-01-02", ""}, {"11-22", ""}, {"", ""}, {"2026-11-22x", ""},
	} {
		it, ok := lib.Today(c.date)
		if it.ID != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q %v, want %q", c.date, it.ID, ok, c.want)
		}
	}
}

func TestLibraryHoldsApprovedOnesInOrder(t *testing.T) {
	lib := NewLibrary(
		[]Item{{ID: "s2", Kind: Story, State: Approved}, {ID: "s1", Kind: Story, State: Approved}, {ID: "s0", Kind: Story, State: Reviewed}},
		[]Question{
			{ID: "q3", Stem: "旧", State: Approved}, {ID: "q1", State: Approved}, {ID: "q2", State: Draft},
			{ID: "q3", Stem: "新", State: Approved}, {ID: "q4", State: Approved}, {ID: "q4", State: Retired},
		})
	if got := lib.Items(Story); len(got) != 2 || got[0].ID != "s1" || got[1].ID != "s2" || lib.Items(QA) != nil {
		t.Errorf("stories: %v", got)
	}
	ids := ""
	for _, q := range lib.Questions() {
		ids += q.ID + q.Stem + " "
	}
	if ids != "q1 q3新 " {
		t.Errorf("questions: %s", ids)
	}
	if q, ok := lib.Question("q3"); !ok || q.Stem != "新" {
		t.Errorf("q3: %v %v", q, ok)
	}
	for _, id := range []string{"q2", "q4", "q5", ""} {
		if q, ok := lib.Question(id); ok {
			t.Errorf("%s: %v", id, q)
		}
	}
}

func TestLibraryLeavesItsInputAlone(t *testing.T) {
	in := []Question{{ID: "b", State: Approved}, {ID: "a", State: Draft}, {ID: "a", State: Approved}}
	lib := NewLibrary(nil, in)
	if in[0].ID != "b" || in[1].State != Draft || in[2].ID != "a" {
		t.Errorf("the input is now %v", in)
	}
	_ = append(lib.Questions(), Question{ID: "c"})
	if n := len(lib.Questions()); n != 2 {
		t.Errorf("%d questions after an append elsewhere", n)
	}
}

// With gives what NewLibrary makes of everything, and leaves the library before as it was.
func TestLibraryWith(t *testing.T) {
	states := []State{Draft, Approved, Approved, Retired}
	r := rand.New(rand.NewPCG(7, 9))
	some := func(n int) (items []Item, questions []Question) {
		for range r.IntN(n) {
			id, title := string(rune('a'+r.IntN(9))), fmt.Sprint(r.IntN(1000))
			items = append(items, Item{ID: id, Title: title, Kind: []Kind{Today, Story}[r.IntN(2)], Date: fmt.Sprintf("01-%02d", 1+r.IntN(4)), Series: []string{"", "一起", "二起"}[r.IntN(3)], Episode: r.IntN(5), State: states[r.IntN(4)]})
		}
		for range r.IntN(n) {
			questions = append(questions, Question{ID: string(rune('a' + r.IntN(20))), Stem: fmt.Sprint(r.IntN(1000)), State: states[r.IntN(4)]})
		}
		return items, questions
	}
	for range 500 {
		items, questions := some(12)
		moreItems, moreQuestions := some(6)
		before := NewLibrary(items, questions)
		got := before.With(moreItems, moreQuestions)
		if want := NewLibrary(append(slices.Clip(items), moreItems...), append(slices.Clip(questions), moreQuestions...)); !reflect.DeepEqual(got, want) {
			t.Fatalf("%v %v\nwith %v %v\nis %+v\nwant %+v", items, questions, moreItems, moreQuestions, got, want)
		}
		if !reflect.DeepEqual(before, NewLibrary(items, questions)) {
			t.Fatalf("the library before is now %+v", before)
		}
	}
}

func bank(n int) []Question {
	questions := make([]Question, n)
	for i, at := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		questions[i] = Question{ID: fmt.Sprintf("bank-%06d", at), Type: Single, Stem: "题干", Options: []string{"甲", "乙"},
			Answer: Key{Letters: 1}, State: Approved}
	}
	return questions
}

func BenchmarkNewLibrary100k(b *testing.B) {
	questions := bank(100_000)
	b.ReportAllocs()
	for b.Loop() {
		NewLibrary(nil, questions)
	}
}

func BenchmarkLibraryWith100k(b *testing.B) {
	lib := NewLibrary(nil, bank(100_000))
	b.ReportAllocs()
	for b.Loop() {
		lib.With(nil, []Question{{ID: "bank-050000", Stem: "新", State: Approved}})
	}
}

func BenchmarkLibraryQuestion(b *testing.B) {
	lib := NewLibrary(nil, bank(100_000))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := lib.Question("bank-050000"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkReadQuestions(b *testing.B) {
	var text bytes.Buffer
	if err := WriteQuestions(&text, bank(10_000)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadQuestions("bank", bytes.NewReader(text.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}
