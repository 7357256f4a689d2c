package main

import (
	"strings"

	"golang.org/x/text/width"
)

// cells is the width of a text on a terminal, where a Chinese character takes
// two cells.
func cells(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// padded fills a text with spaces up to a width; toRight puts them before it.
func padded(s string, to int, toRight bool) string {
	fill := strings.Repeat(" ", max(0, to-cells(s)))
	if toRight {
		return fill + s
	}
	return s + fill
}

// clipped shortens a text to a width.
func clipped(s string, to int) string {
	if cells(s) <= to {
		return s
	}
	n := 0
	for i, r := range s {
		if n += cells(string(r)); n > to-2 {
			return s[:i] + "…"
		}
	}
	return s
}
