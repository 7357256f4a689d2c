package ranking

import (
	"slices"
	"testing"
)

// TestPrintedOf: every place is in one file.
func TestPrintedOf(t *testing.T) {
	for places, want := range map[int][]Printed{
		0: nil, 1: {{From: 1, To: 1}}, perFile: {{From: 1, To: perFile}},
		perFile + 1: {{From: 1, To: perFile}, {From: perFile + 1, To: perFile + 1}},
	} {
		if got := printedOf(places); !slices.Equal(got, want) {
			t.Errorf("%d places: %v, want %v", places, got, want)
		}
	}
}
