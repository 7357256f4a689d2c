package population

import (
	"slices"
	"strconv"
	"strings"

	"dangshi/bot"
)

// pattern finds a phrase of the account's wording in what it said, and what stands in
// its places: whatever the words are, members read them.
type pattern struct {
	parts []string // one more than places
	names []string // of the places, in order
}

// mark stands for the n-th name while a phrase is taken apart; no wording has it.
func mark(n int) string { return "\x00" + string(rune('a'+n)) }

func newPattern(p bot.Phrase, names ...string) pattern {
	var pairs []string
	for i, name := range names {
		pairs = append(pairs, name, mark(i))
	}
	var out pattern
	for i, piece := range strings.Split(p.With(pairs...), "\x00") {
		if i > 0 {
			out.names = append(out.names, names[piece[0]-'a'])
			piece = piece[1:]
		}
		out.parts = append(out.parts, piece)
	}
	return out
}

// found is what stood in the places of a phrase.
type found struct {
	names, values []string
}

// find looks for the phrase at the beginning of a line. A place never goes beyond its
// line; one at the end of the phrase takes the rest of it.
func (p pattern) find(text string) (f found, ok bool) {
	for {
		if rest, begins := strings.CutPrefix(text, p.parts[0]); begins {
			if values, ok := p.match(rest); ok {
				return found{p.names, values}, true
			}
		}
		line := strings.IndexByte(text, '\n')
		if line < 0 {
			return found{}, false
		}
		text = text[line+1:]
	}
}

// match reads the places of a phrase whose first part ended where text begins.
func (p pattern) match(text string) (values []string, ok bool) {
	for _, part := range p.parts[1:] {
		end := strings.Index(text, part)
		if part == "" {
			end = len(text)
			if line := strings.IndexByte(text, '\n'); line >= 0 {
				end = line
			}
		}
		if end < 0 || strings.Contains(text[:end], "\n") {
			return nil, false
		}
		values = append(values, text[:end])
		text = text[end+len(part):]
	}
	return values, true
}

// text is what stood in a place; empty where the phrase has none of that name.
func (f found) text(name string) string {
	if i := slices.Index(f.names, name); i >= 0 {
		return f.values[i]
	}
	return ""
}

// number is a place as a number; -1 where it is none.
func (f found) number(name string) int {
	n, err := strconv.Atoi(f.text(name))
	if err != nil {
		return -1
	}
	return n
}
