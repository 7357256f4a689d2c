package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store/storetest"
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
		approve := ReviewRequest{Act: content.Approve, Hand: handOf("甲", 1), Filter: content.Filter{IDs: []string{"a"}}, Seen: map[string]int{"a": 1}}
		if _, _, err := s.ReviewQuestions(t.Context(), approve); !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("approving what was not read: %v", err)
		}
		approve.Seen["a"] = 2
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

// TestDrafts: one for each owner, gone when dropped.
func TestDrafts(t *testing.T) {
	s := openTest(t, "redis://"+storetest.Miniredis(t).Addr()+"/0")
	must(t, s.KeepDraft(t.Context(), "甲", []byte("one")))
	must(t, s.KeepDraft(t.Context(), "乙", []byte("two")))
	must(t, s.DropDraft(t.Context(), "乙"))
	for owner, want := range map[string]string{"甲": "one", "乙": "", "丙": ""} {
		if got, err := s.Draft(t.Context(), owner); err != nil || string(got) != want {
			t.Errorf("%s: %q %v", owner, got, err)
		}
	}
	if left := s.client.TTL(t.Context(), draftKey(hashed("甲"))).Val(); left <= 0 || left > time.Hour {
		t.Errorf("it is kept for %s", left)
	}
}
