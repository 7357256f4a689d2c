package store

import (
	"fmt"
	"reflect"
	"sync"
	"testing"

	"dangshi/content"
)

func aQuestion(id, stem string) content.Question {
	return content.Question{
		ID: id, Type: content.Single, Stem: stem, Options: []string{"a", "b"},
		Answer: content.Key{Letters: 1}, State: content.Approved,
	}
}

func anItem(id, title string) content.Item {
	return content.Item{ID: id, Kind: content.Story, Title: title, Text: "…", State: content.Approved}
}

// revisions gives id → stem and revision of the whole bank.
func revisions(t *testing.T, s *Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, q := range get[[]content.Question](t)(s.Questions(t.Context())) {
		all[q.ID] = fmt.Sprint(q.Stem, " ", q.Revision)
	}
	return all
}

func TestPutQuestions(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		retired := aQuestion("a", "one")
		retired.State = content.Retired
		for i, step := range []struct {
			put   []content.Question
			want  Put
			after map[string]string
		}{
			{nil, Put{}, map[string]string{}},
			{[]content.Question{aQuestion("a", "one"), aQuestion("b", "two")}, Put{Added: 2}, map[string]string{"a": "one 1", "b": "two 1"}},
			{[]content.Question{aQuestion("a", "one"), aQuestion("b", "zwei")}, Put{Changed: 1, Same: 1}, map[string]string{"a": "one 1", "b": "zwei 2"}},
			{[]content.Question{retired}, Put{Changed: 1}, map[string]string{"a": "one 1", "b": "zwei 2"}},
			{[]content.Question{aQuestion("c", "x"), aQuestion("c", "y")}, Put{Added: 1}, map[string]string{"a": "one 1", "b": "zwei 2", "c": "y 1"}},
		} {
			if got, err := s.PutQuestions(t.Context(), step.put); got != step.want || err != nil {
				t.Errorf("step %d: %+v, %v; want %+v", i, got, err, step.want)
			}
			if got := revisions(t, s); !reflect.DeepEqual(got, step.after) {
				t.Errorf("step %d: the bank is %v, want %v", i, got, step.after)
			}
		}
		for _, s := range []*Store{s, other} {
			eventually(t, func() bool {
				l, err := s.Library(t.Context())
				return err == nil && len(l.Questions()) == 2 // a is retired
			})
		}
		if got, err := s.PutQuestions(t.Context(), []content.Question{aQuestion("d", "x"), aQuestion(" ", "no id")}); err == nil {
			t.Errorf("a question without an id: %+v", got)
		}
		if got := revisions(t, s); got["d"] != "" {
			t.Error("half of a load was kept")
		}
	})
}

// Items and questions are written together, or neither.
func TestPutLibrary(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		put := func(items []content.Item, questions []content.Question) (string, error) {
			i, q, err := s.PutLibrary(t.Context(), items, questions)
			return fmt.Sprint(i, q), err
		}
		// The same id on both shelves is two entries.
		if got, err := put([]content.Item{anItem("a", "one"), anItem("b", "two")}, []content.Question{aQuestion("a", "x")}); got != "{2 0 0} {1 0 0}" || err != nil {
			t.Errorf("%s, %v", got, err)
		}
		before := get[[]content.Item](t)(s.ItemsNow(t.Context()))
		if got, err := put([]content.Item{anItem("a", "one"), anItem("b", "zwei")}, []content.Question{aQuestion("a", "x"), aQuestion("c", "z")}); got != "{0 1 1} {1 0 1}" || err != nil {
			t.Errorf("%s, %v", got, err)
		}
		if _, err := put([]content.Item{anItem("d", "half")}, []content.Question{aQuestion(" ", "no id")}); err == nil {
			t.Error("a question without an id was taken")
		}
		items := get[[]content.Item](t)(s.Items(t.Context()))
		if len(items) != 2 || items[1].Title != "zwei" || items[1].Revision != 2 || !reflect.DeepEqual(revisions(t, s), map[string]string{"a": "x 1", "c": "z 1"}) {
			t.Errorf("%+v %v", items, revisions(t, s))
		}
		if lately := get[[]content.Item](t)(s.ItemsNow(t.Context())); !reflect.DeepEqual(lately, items) || before[1].Title != "two" {
			t.Errorf("what was read lately: %+v, before the change %+v", lately, before)
		}
	})
}

// Two who change the same question at once: none of the changes gets lost in
// the revision.
func TestPutTogether(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		var wg sync.WaitGroup
		for i, s := range []*Store{s, other} {
			wg.Go(func() {
				for n := range 20 {
					if _, err := s.PutItems(t.Context(), []content.Item{anItem("x", fmt.Sprint(i, n)), anItem(fmt.Sprint(i, n), "y")}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		items := get[[]content.Item](t)(s.Items(t.Context()))
		if last := items[len(items)-1]; len(items) != 41 || last.ID != "x" || last.Revision != 40 {
			t.Errorf("%d items, the last %+v", len(items), last)
		}
	})
}

// Starter material is added and brought up to date, and never takes the place
// of what the organisation did.
func TestSeed(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		if _, err := s.PutQuestions(t.Context(), []content.Question{aQuestion("theirs", "own")}); err != nil {
			t.Fatal(err)
		}
		seed := func(s *Store, version string, stems ...string) {
			t.Helper()
			var questions []content.Question
			for i, id := range []string{"theirs", "touched", "untouched", "taken away", "new"} {
				if i < len(stems) {
					questions = append(questions, aQuestion(id, stems[i]))
				}
			}
			if err := s.Seed(t.Context(), version, []content.Item{anItem("item", version)}, questions); err != nil {
				t.Error(err)
			}
		}
		var wg sync.WaitGroup
		for i := range 6 { // replicas that start together
			wg.Go(func() { seed([]*Store{s, other}[i%2], "v1", "s1", "s1", "s1", "s1") })
		}
		wg.Wait()
		want := map[string]string{"theirs": "own 1", "touched": "s1 1", "untouched": "s1 1", "taken away": "s1 1"}
		if got := revisions(t, s); !reflect.DeepEqual(got, want) {
			t.Fatalf("after v1: %v", got)
		}
		if _, err := s.PutQuestions(t.Context(), []content.Question{aQuestion("touched", "mended")}); err != nil {
			t.Fatal(err)
		}
		s.client.HDel(t.Context(), questionsKey(), "taken away")
		seed(other, "v1", "x", "x", "x", "x", "x") // the same version again: nothing
		seed(other, "v2", "s2", "s2", "s2", "s2", "s2")
		want = map[string]string{"theirs": "own 1", "touched": "mended 2", "untouched": "s2 2", "new": "s2 1"}
		if got := revisions(t, s); !reflect.DeepEqual(got, want) {
			t.Errorf("after v2: %v, want %v", got, want)
		}
		l := get[*content.Library](t)(other.Library(t.Context()))
		if items := l.Items(content.Story); len(items) != 1 || items[0].Title != "v2" || items[0].Revision != 2 {
			t.Errorf("items %+v", items)
		}
	})
}

// A start that died between the entries and the version is gone through again.
func TestSeedResumes(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	questions := []content.Question{aQuestion("a", "x"), aQuestion("b", "y")}
	if err := seedAll(t.Context(), s, shelfQuestions, questions[:1]); err != nil {
		t.Fatal(err)
	}
	if err := s.Seed(t.Context(), "v1", nil, questions); err != nil {
		t.Fatal(err)
	}
	if got := revisions(t, s); !reflect.DeepEqual(got, map[string]string{"a": "x 1", "b": "y 1"}) {
		t.Errorf("%v", got)
	}
}
