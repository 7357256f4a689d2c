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

// TestPrintedName: the first of several files is not called as all would be, and a hundred
// winners are not in one file, which takes a megabyte for each while it is made.
func TestPrintedName(t *testing.T) {
	for _, c := range []struct {
		p     Printed
		parts bool
		want  string
	}{
		{Printed{From: 1, PDF: true}, false, "2026-证书.pdf"},
		{Printed{From: 1, PDF: true}, true, "2026-证书-1起.pdf"},
		{Printed{From: 51}, true, "2026-证书-51起.zip"},
		{Printed{From: 51}, false, "2026-证书-51起.zip"},
	} {
		if got := c.p.name("2026", c.parts); got != c.want {
			t.Errorf("%+v: %s, want %s", c.p, got, c.want)
		}
	}
	if n := len(printedOf(100)); n != 2 {
		t.Errorf("a hundred certificates are in %d files", n)
	}
}
