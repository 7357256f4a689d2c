package store

import "testing"

func TestParseGeneration(t *testing.T) {
	for text, want := range map[string]generation{"1": {1, 0}, "1 2": {1, 2}, "7 12": {7, 12}} {
		if g, err := parseGeneration(text); g != want || err != nil || g.String() != text {
			t.Errorf("%q is %v, %v", text, g, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "01", "1 ", " 1", "1 2 3", "1  2", "1 0", "1 -2", "2 1", "2 2", "+1", "x", "1 x", "1,2"} {
		if g, err := parseGeneration(text); err == nil {
			t.Errorf("%q was read as %v", text, g)
		}
	}
}
