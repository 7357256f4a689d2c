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

// TestRevise: who edits or reviews something else than was read writes nothing.
func TestRevise(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		q := aQuestion("a", "one")
		q.State = content.Approved
		made, err := s.ReviseQuestion(t.Context(), handOf("甲", 1), q, 0)
		if err != nil || made.Revision() != 1 || made.State() != content.Approved {
			t.Fatalf("%+v %v", made, err)
		}
		q.Stem, q.State = "two", content.Draft
		if _, err := s.ReviseQuestion(t.Context(), handOf("乙", 1), q, 0); !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("over one that is there: %v", err)
		}
		if edited, err := s.ReviseQuestion(t.Context(), handOf("乙", 1), q, 1); err != nil || edited.Revision() != 2 || edited.Standing == nil {
			t.Errorf("%+v %v", edited, err)
		}
		q.Stem = "three"
		if now, err := s.ReviseQuestion(t.Context(), handOf("甲", 1), q, 1); !errors.Is(err, quiz.ErrConflict) || now.Value.Stem != "two" {
			t.Errorf("over what was not read: %+v %v", now, err)
		}
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
		it := content.Item{ID: "i", Kind: content.Story, Title: "一", Text: "一。", State: content.Draft}
		if _, err := s.ReviseItem(t.Context(), handOf("甲", 1), it, 0); err != nil {
			t.Error(err)
		}
		if _, err := s.ReviseItem(t.Context(), handOf("甲", 1), it, 3); !errors.Is(err, quiz.ErrConflict) {
			t.Error(err)
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
