package bot

import (
	"errors"
	"strings"
)

// Phrase is a sentence with places such as {name}, split once when it is loaded.
type Phrase struct {
	text  []string // one more than names
	names []string
}

// parsePhrase splits a sentence at its places.
func parsePhrase(s string) (Phrase, error) {
	var p Phrase
	for {
		before, rest, found := strings.Cut(s, "{")
		p.text = append(p.text, before)
		if !found {
			return p, nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || strings.ContainsAny(name, "{\n") {
			return Phrase{}, errors.New("里的 { 没有配对的 }")
		}
		p.names = append(p.names, name)
		s = after
	}
}

// With fills the places; pairs are a name and its text, in turn.
func (p Phrase) With(pairs ...string) string {
	if len(p.names) == 0 {
		return p.String()
	}
	var b strings.Builder
	b.Grow(p.size(pairs))
	for i, name := range p.names {
		b.WriteString(p.text[i])
		for k := 0; k+1 < len(pairs); k += 2 {
			if pairs[k] == name {
				b.WriteString(pairs[k+1])
				break
			}
		}
	}
	b.WriteString(p.text[len(p.names)])
	return b.String()
}

// size is at least what With writes where no place comes twice.
func (p Phrase) size(pairs []string) (n int) {
	for _, text := range p.text {
		n += len(text)
	}
	for k := 1; k < len(pairs); k += 2 {
		n += len(pairs[k])
	}
	return n
}

// String is the phrase with its places left out.
func (p Phrase) String() string {
	if len(p.text) == 1 {
		return p.text[0]
	}
	return strings.Join(p.text, "")
}
