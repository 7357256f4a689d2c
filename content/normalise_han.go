package content

import (
	_ "embed"
	"strings"
	"sync"
)

//go:generate go run normalise_gen.go

//go:embed normalise_t2s.txt
var t2sPairs string

// firstHan is where the first key of the table lies: below it nothing is
// looked up, so texts without Chinese never load the table.
const firstHan = 0x2E80

// t2s is the table of normalise_t2s.txt, read at its first use.
//
// The OpenCC package itself takes 40 ms to load and 10 µs with 42 allocations
// for a short sentence; its rules for phrases only choose between spellings
// (乾隆, 干燥), which a form for comparison does not need. This table takes
// about 0.2 ms and 75 KB, once.
var t2s = sync.OnceValue(func() map[rune]rune { return readPairs(t2sPairs) })

func readPairs(text string) map[rune]rune {
	table := make(map[rune]rune, len(text)/6)
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		from := rune(0)
		for _, r := range strings.TrimSuffix(line, "\n") {
			if from == 0 {
				from = r
				continue
			}
			table[from], from = r, 0
		}
	}
	return table
}

// simplified is the simplified form of a character, or r itself.
func simplified(r rune) rune {
	if r < firstHan {
		return r
	}
	if s, ok := t2s()[r]; ok {
		return s
	}
	return r
}
