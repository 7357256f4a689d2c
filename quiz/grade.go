package quiz

import (
	"hash/fnv"

	"dangshi/content"
)

// Choice is what a member answered, as it was read from a message.
type Choice struct {
	Letters content.Letters // single, multiple, judge: letters as they were shown to this member
	Text    string          // blank: what was typed, normalised by content.Normalise
}

// Right reports whether a canonical answer is right: for single, multiple and
// judge exactly the letters of the key (all or nothing), for a blank any of the
// accepted spellings, compared after normalising.
func Right(q content.Question, g Given) bool {
	if q.Type != content.Blank {
		return g.Letters == q.Answer.Letters
	}
	for _, a := range q.Answer.Accept {
		if BlankHash(a) == g.Hash {
			return true
		}
	}
	return false
}

// BlankHash is how the log keeps what was typed into a blank: 15 bits of a hash
// of the normalised text under a set top bit. It keeps no personal text, and a
// spelling that is accepted later can still be credited; one wrong text in
// 32,768 passes for a given right one.
func BlankHash(text string) uint16 {
	h := fnv.New32a()
	h.Write([]byte(content.Normalise(text)))
	sum := h.Sum32()
	return uint16(sum>>16) ^ uint16(sum) | 0x8000
}

// given puts a choice into the canonical order of options. order[i] is the
// canonical index of the option shown at place i.
func (c Choice) given(q content.Question, order []int, pace Pace) Given {
	g := Given{Pace: pace}
	if q.Type == content.Blank {
		g.Hash = BlankHash(c.Text)
		return g
	}
	for shown, canonical := range order {
		if c.Letters.Has(shown) {
			g.Letters |= 1 << canonical
		}
	}
	return g
}
