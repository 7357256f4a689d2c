package quiz

import (
	"hash/fnv"
	"slices"

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
	m := markOf(&q, nil)
	return m.right(g)
}

// mark says which answers to one question are right. To make one costs more than
// to grade by it: who grades many answers keeps it.
type mark struct {
	void    bool              // every answer is
	key     content.Letters   // these letters are; 0: none
	letters []content.Letters // each of these is, too
	hashes  []uint16          // blank: each of these is, by BlankHash
}

// markOf is what is right by a ruling, or where it is nil by the key.
func markOf(q *content.Question, r *Ruling) mark {
	switch {
	case r != nil && r.Void:
		return mark{void: true}
	case q.Type == content.Blank && r == nil:
		return mark{hashes: hashed(q.Answer.Accept)}
	case q.Type == content.Blank:
		return mark{hashes: hashed(r.Accept)}
	case r == nil:
		return mark{key: q.Answer.Letters}
	}
	return mark{letters: r.Keys}
}

func (m *mark) right(g Given) bool {
	if m.key != 0 {
		return g.Letters == m.key
	}
	return m.void || slices.Contains(m.letters, g.Letters) || slices.Contains(m.hashes, g.Hash)
}

func hashed(accept []string) []uint16 {
	hashes := make([]uint16, len(accept))
	for i, a := range accept {
		hashes[i] = BlankHash(a)
	}
	return hashes
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
