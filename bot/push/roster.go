package push

import (
	"bytes"
	"slices"
)

// roster is the members of one shard in the order of their ids, each once: an order
// that stays, whoever reads it when. A million of them take 40 MB.
type roster struct {
	text [][]byte // blocks of ids, end to end
	ids  []place
}

// place is where an id lies: block, offset and length.
type place struct {
	block  uint32
	offset uint16
	length uint16
}

// blockBytes bounds a block, so that an offset fits.
const blockBytes = 1<<16 - 1

func (r *roster) add(id string) {
	last := len(r.text) - 1
	if last < 0 || len(r.text[last])+len(id) > blockBytes {
		r.text = append(r.text, make([]byte, 0, blockBytes))
		last++
	}
	r.ids = append(r.ids, place{uint32(last), uint16(len(r.text[last])), uint16(len(id))})
	r.text[last] = append(r.text[last], id...)
}

func (r *roster) bytes(p place) []byte {
	return r.text[p.block][p.offset : p.offset+p.length]
}

// sort puts the ids in order and drops those that were added twice.
func (r *roster) sort() {
	slices.SortFunc(r.ids, func(a, b place) int { return bytes.Compare(r.bytes(a), r.bytes(b)) })
	r.ids = slices.CompactFunc(r.ids, func(a, b place) bool { return bytes.Equal(r.bytes(a), r.bytes(b)) })
}

// behind is how many ids come up to an id, which need not be there; "": none.
func (r *roster) behind(id string) int {
	at, found := slices.BinarySearchFunc(r.ids, []byte(id), func(p place, id []byte) int { return bytes.Compare(r.bytes(p), id) })
	if found {
		at++
	}
	return at
}

// page gives the ids from one place to another.
func (r *roster) page(from, to int) []string {
	all := make([]string, 0, to-from)
	for _, p := range r.ids[from:to] {
		all = append(all, string(r.bytes(p)))
	}
	return all
}
