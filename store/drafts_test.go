package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// TestReviewOfWhatWasRead: who approves another revision than was shown writes nothing.
func TestReviewOfWhatWasRead(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		q := aQuestion("a", "one")
		q.State = content.Approved
		_, err := s.PutQuestions(t.Context(), []content.Question{q})
		must(t, err)
		q.Stem, q.State = "two", content.Draft
		_, err = s.PutQuestions(t.Context(), []content.Question{q})
		must(t, err)
		approve := ReviewRequest{Act: content.Approve, Hand: handOf("甲", 1), Filter: content.Filter{IDs: []string{"a"}}, Seen: map[string]content.Seen{"a": {Revision: 1, State: content.Draft}}}
		if _, _, err := s.ReviewQuestions(t.Context(), approve); !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("approving what was not read: %v", err)
		}
		approve.Seen["a"] = content.Seen{Revision: 2, State: content.Reviewed} // another one has taken it back
		if _, _, err := s.ReviewQuestions(t.Context(), approve); !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("approving what is in another state than was shown: %v", err)
		}
		approve.Seen["a"] = content.Seen{Revision: 2, State: content.Draft}
		if lines, missing, err := s.ReviewQuestions(t.Context(), approve); err != nil || len(missing) > 0 || len(lines) != 1 || lines[0].Verdict != content.Moved {
			t.Errorf("%+v %v %v", lines, missing, err)
		}
		var seen []string
		must(t, s.EachQuestion(t.Context(), func(sheet content.Sheet[content.Question]) { seen = append(seen, sheet.Value.Stem) }))
		if !slices.Equal(seen, []string{"two"}) {
			t.Errorf("%q", seen)
		}
	})
}

// TestDrafts: one for each owner, gone when dropped; what another window has written
// meanwhile is neither overwritten nor dropped.
func TestDrafts(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		read := func(owner, want string) (v quiz.Version) {
			t.Helper()
			got, v, err := s.Draft(t.Context(), owner)
			if err != nil || string(got) != want || (v == "") != (want == "") {
				t.Errorf("%s: %q %v", owner, got, err)
			}
			return v
		}
		must(t, s.KeepDraft(t.Context(), "甲", []byte("one"), ""))
		must(t, s.KeepDraft(t.Context(), "乙", []byte("two"), ""))
		must(t, s.DropDraft(t.Context(), "乙", read("乙", "two")))
		read("乙", "")
		read("丙", "")
		first := read("甲", "one")
		must(t, s.KeepDraft(t.Context(), "甲", []byte("three"), first))
		for what, err := range map[string]error{
			"of none": s.KeepDraft(t.Context(), "甲", []byte("x"), ""), "of an older one": s.KeepDraft(t.Context(), "甲", []byte("x"), first),
			"dropping an older one": s.DropDraft(t.Context(), "甲", first), "of one that is gone": s.KeepDraft(t.Context(), "乙", []byte("x"), first),
		} {
			if !errors.Is(err, quiz.ErrConflict) {
				t.Errorf("%s: %v", what, err)
			}
		}
		read("甲", "three")
		if left := s.client.TTL(t.Context(), draftKey(hashed("甲"))).Val(); left <= 0 || left > time.Hour {
			t.Errorf("it is kept for %s", left)
		}
	})
}
