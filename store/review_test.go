package store

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/content"
)

func handOf(by string, signatures int) content.Hand {
	return content.Hand{By: by, At: time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC), Signatures: signatures}
}

func do(t *testing.T, s *Store, h content.Hand, a content.Act, f content.Filter) []ReviewLine {
	t.Helper()
	lines, missing, err := s.ReviewQuestions(t.Context(), ReviewRequest{Act: a, Hand: h, Filter: f})
	if err != nil || len(missing) > 0 {
		t.Fatal(missing, err)
	}
	return lines
}

// given gives the stem that members get of each question.
func given(t *testing.T, s *Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, q := range get[*content.Library](t)(s.Library(t.Context())).Questions() {
		all[q.ID] = fmt.Sprint(q.Stem, " ", q.Revision)
	}
	return all
}

// TestReview: from the file to the members and back, with what is noted of it.
func TestReview(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		load := func(by, stem string, state content.State) Put {
			t.Helper()
			q := aQuestion("a", stem)
			q.State = state
			_, put, err := s.EditLibrary(t.Context(), handOf(by, 2), nil, []content.Question{q})
			must(t, err)
			return put
		}
		want := func(what string, want map[string]string) {
			t.Helper()
			if got := given(t, s); len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
				t.Errorf("%s: members get %v, want %v", what, got, want)
			}
		}
		load("甲", "one", content.Approved)
		want("one signature of two", nil)
		if lines := do(t, s, handOf("甲", 2), content.Approve, content.Filter{All: true}); lines[0].Verdict != content.Twice {
			t.Errorf("%+v", lines)
		}
		want("the same person again", nil)
		do(t, s, handOf("乙", 2), content.Approve, content.Filter{IDs: []string{"a"}})
		want("both", map[string]string{"a": "one 1"})
		load("甲", "two", content.Draft)
		want("while the new text waits", map[string]string{"a": "one 1"})
		if put := load("甲", "two", content.Draft); put != (Put{Same: 1}) {
			t.Errorf("loaded again: %+v", put)
		}
		dry := ReviewRequest{Act: content.Retire, Hand: handOf("丙", 2), Filter: content.Filter{All: true}, DryRun: true}
		lines, _, err := s.ReviewQuestions(t.Context(), dry)
		must(t, err)
		if l := lines[0]; !l.WasLive || l.Live || l.From != content.Draft || l.To != content.Retired {
			t.Errorf("%+v", l)
		}
		want("after a trial run", map[string]string{"a": "one 1"})
		dry.DryRun, dry.Filter.IDs = false, []string{"a", "no-such"}
		if _, missing, err := s.ReviewQuestions(t.Context(), dry); err != nil || !reflect.DeepEqual(missing, []string{"no-such"}) {
			t.Errorf("%v %v", missing, err)
		}
		want("with an id that is not there", map[string]string{"a": "one 1"})
		do(t, s, handOf("丙", 2), content.Retire, content.Filter{All: true})
		want("retired", nil)

		pages, now, err := s.QuestionHistory(t.Context(), "a")
		must(t, err)
		var told []string
		for _, p := range pages {
			told = append(told, fmt.Sprint(p.Revision, " ", p.State, " ", p.Value.Stem, " ", p.By, " ", len(p.Signed)))
		}
		if got := strings.Join(told, ", "); now != 0 || got != "1 reviewed one 甲 1, 1 approved one 乙 2, 2 draft two 甲 0, 2 retired two 丙 0" {
			t.Errorf("history %s, %d in use", got, now)
		}
		if pages, _, err := s.QuestionHistory(t.Context(), "b"); err != nil || pages != nil {
			t.Errorf("%v %v", pages, err)
		}
		var did []string
		must(t, s.EachAudited(t.Context(), func(a Audited) bool {
			did = append(did, a.By+" "+a.Did+" "+a.On)
			return true
		}))
		if got := strings.Join(did, ", "); got != "丙 question.retire a, 甲 library.load a, 乙 question.approve a, 甲 library.load a" {
			t.Errorf("audit log: %s", got)
		}
		if _, _, err := s.ReviewQuestions(t.Context(), ReviewRequest{Act: content.Approve, Filter: content.Filter{All: true}}); err == nil {
			t.Error("nobody has approved")
		}
	})
}

// TestReviewAtOnce: people who sign at the same time all sign, and none twice.
func TestReviewAtOnce(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		var bank []content.Question
		for i := range 30 {
			q := aQuestion(fmt.Sprint(i), fmt.Sprint("stem ", i))
			q.State = content.Draft
			bank = append(bank, q)
		}
		get[Put](t)(s.PutQuestions(t.Context(), bank))
		var wg sync.WaitGroup
		for i, by := range []string{"甲", "乙", "丙", "甲"} {
			wg.Go(func() {
				_, _, err := []*Store{s, other}[i%2].ReviewQuestions(t.Context(), ReviewRequest{Act: content.Sign, Hand: handOf(by, 2), Filter: content.Filter{All: true}})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		sheets := get[[]content.Sheet[content.Question]](t)(s.QuestionSheets(t.Context(), ids(bank)))
		for _, sheet := range sheets {
			if sheet.State() != content.Reviewed || len(sheet.Review.Signed) != 3 {
				t.Fatalf("%+v", sheet)
			}
		}
		if len(sheets) != len(bank) {
			t.Errorf("%d of %d", len(sheets), len(bank))
		}
	})
}

// TestStarterIsReviewed: how much of the pack the organisation has not answered
// for, whatever it did with it; and what an older installation uses stays in use.
func TestStarterIsReviewed(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		pack := func(state content.State, stems ...string) (all []content.Question) {
			for i, stem := range stems {
				q := aQuestion(string(rune('a'+i)), stem)
				q.State = state
				all = append(all, q)
			}
			return all
		}
		left := func(want int) {
			t.Helper()
			if _, n, err := s.Unreviewed(t.Context()); n != want || err != nil {
				t.Errorf("%d are left to review (%v), want %d", n, err, want)
			}
		}
		must(t, s.Seed(t.Context(), "v1", nil, pack(content.Approved, "a", "b", "c", "d", "e")))
		left(5)
		do(t, s, handOf("甲", 1), content.Approve, content.Filter{IDs: []string{"a"}})
		do(t, s, handOf("甲", 1), content.Retire, content.Filter{IDs: []string{"b"}})
		left(3)
		do(t, s, handOf("甲", 1), content.Reopen, content.Filter{IDs: []string{"c"}})
		left(3)
		get[Put](t)(s.PutQuestions(t.Context(), []content.Question{aQuestion("own", "x")}))
		// New material comes as drafts: what nobody touched stays in use until then.
		must(t, s.Seed(t.Context(), "v2", nil, pack(content.Draft, "a2", "b2", "c2", "d2", "e", "f")))
		left(4)
		if got, want := given(t, s), map[string]string{"a": "a 1", "d": "d 1", "e": "e 1", "own": "x 1"}; !reflect.DeepEqual(got, want) {
			t.Errorf("members get %v, want %v", got, want)
		}
		if lines := do(t, s, handOf("乙", 1), content.Approve, content.Filter{Starter: true}); len(lines) != 6 {
			t.Errorf("%d lines", len(lines))
		}
		left(0)
		if got, want := given(t, s), map[string]string{"a": "a 1", "c": "c 1", "d": "d2 2", "e": "e 1", "f": "f 1", "own": "x 1"}; !reflect.DeepEqual(got, want) {
			t.Errorf("members get %v, want %v", got, want)
		}
	})
}
