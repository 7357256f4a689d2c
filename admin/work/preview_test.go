package work

import (
	"context"
	"encoding/json"
	"testing"
	"time"
)

// TestPreview: what was counted holds for some minutes, and only under what it was
// counted under; two previews are told apart.
func TestPreview(t *testing.T) {
	under := "one"
	do := Previewing(func(context.Context) (string, error) { return under, nil }, func(context.Context, func(int, int)) (int, error) {
		under = "two" // meanwhile
		return 12, nil
	})
	result, err := do(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_800_000_000, 0)
	p, err := ReadPreview[int](Work{Result: text, Beat: at})
	if err != nil || p.Value != 12 || !p.At.Equal(at) {
		t.Fatalf("%+v %v", p, err)
	}
	for _, c := range []struct {
		age   time.Duration
		basis string
		want  bool
	}{{0, "one", true}, {previewFor, "one", true}, {previewFor + 1, "one", false}, {0, "two", false}} {
		if got := p.Holds(Work{found: at.Add(c.age)}, c.basis); got != c.want {
			t.Errorf("after %s, under %s: %v", c.age, c.basis, got)
		}
	}
	later := p
	if later.At = at.Add(time.Second); later.Bound() == p.Bound() {
		t.Error("a later one is taken for this")
	}
	if _, err := ReadPreview[int](Work{Result: []byte("[1]")}); err == nil {
		t.Error("what is no preview is read as one")
	}
}
