package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// TestEdited: what was changed meanwhile is not overwritten, two entries are written
// together or not at all, and the log names what was done.
func TestEdited(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		hand := content.Hand{By: "李娟", At: time.Unix(1_800_000_000, 0), Signatures: 1}
		_, none, ok, err := s.ItemSheet(t.Context(), "a")
		if ok || none != "" || err != nil {
			t.Fatalf("an absent item: %v, %q, %v", ok, none, err)
		}
		must(t, s.Edited(t.Context(), "item.edit", hand, []Edit[content.Item]{{Value: anItem("a", "one")}}, nil))
		sheet, first, ok, err := s.ItemSheet(t.Context(), "a")
		if !ok || err != nil || sheet.Value.Title != "one" || len(sheet.Review.Signed) != 1 {
			t.Fatalf("the item is %+v, %v, %v", sheet, ok, err)
		}
		if err := s.Edited(t.Context(), "item.edit", hand, []Edit[content.Item]{{Value: anItem("a", "again")}}, nil); !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("a second new one: %v", err)
		}
		must(t, s.Edited(t.Context(), "item.edit", hand, []Edit[content.Item]{{Value: anItem("a", "two"), Seen: first}}, nil))
		both := s.Edited(t.Context(), "item.move", hand, []Edit[content.Item]{{Value: anItem("a", "three"), Seen: first}}, []Edit[content.Question]{{Value: aQuestion("q", "new")}})
		if !errors.Is(both, quiz.ErrConflict) || len(revisions(t, s)) != 0 {
			t.Errorf("an old version beside a new question: %v, and the bank is %v", both, revisions(t, s))
		}
		var did []string
		must(t, s.EachAudited(t.Context(), func(a Audited) bool { did = append(did, a.Did+" "+a.On+" "+a.By); return true }))
		if want := []string{"item.edit a 李娟", "item.edit a 李娟"}; !slices.Equal(did, want) {
			t.Errorf("the log says %v, want %v", did, want)
		}
	})
}

// TestPinnedPapers: a choice is found again, taken back, and never overwritten unseen.
func TestPinnedPapers(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		must(t, s.PinPaper(t.Context(), testDay, []string{"b", "a"}, "", Audited{By: "李娟", Did: "paper.pin"}))
		questions, v, err := s.PinnedPaper(t.Context(), testDay)
		if !slices.Equal(questions, []string{"b", "a"}) || err != nil {
			t.Fatalf("chosen: %v, %v", questions, err)
		}
		if err := s.PinPaper(t.Context(), testDay, nil, "", Audited{By: "李娟", Did: "paper.unpin"}); !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("unseen: %v", err)
		}
		must(t, s.PinPaper(t.Context(), testDay+2, []string{"c"}, "", Audited{}))
		must(t, s.PinPaper(t.Context(), testDay, nil, v, Audited{}))
		days := get[map[quiz.Day][]string](t)(s.PinnedPapers(t.Context(), testDay-1, testDay+3))
		if len(days) != 1 || !slices.Equal(days[testDay+2], []string{"c"}) {
			t.Errorf("the days are %v", days)
		}
	})
}
