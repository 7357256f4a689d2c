package banks

import (
	"context"
	"testing"
	"time"

	"dangshi/content"
)

// undoable is a library that keeps what undoes some acts.
type undoable struct {
	Data
	kept map[string]bool
}

func (u undoable) CanUndo(_ context.Context, act string, _ time.Time) (bool, error) {
	return u.kept[act], nil
}

// TestLoadsInOneSecond: each load has an act, and a list, of its own; that of another
// account takes none away.
func TestLoadsInOneSecond(t *testing.T) {
	u := undoable{kept: map[string]bool{}}
	noon := time.Date(2026, 7, 1, 4, 0, 0, 0, time.UTC)
	for i, c := range []struct {
		by    string
		later time.Duration
	}{{"甲", 0}, {"甲", time.Second}, {"乙", 0}, {"甲", 2 * time.Second}} {
		h, err := OwnSecond(t.Context(), u, content.Hand{By: c.by, At: noon})
		if err != nil || u.kept[h.Act] || !h.At.Equal(noon.Add(c.later)) || h.Act != loadAct(handOf(c.by), h.At.Unix()) {
			t.Errorf("%d: %+v %v", i, h, err)
		}
		u.kept[h.Act] = true
	}
}
