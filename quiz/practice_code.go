package quiz

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// A member's practice is written as
//
//	layout   1 byte: 1
//	head     varints: UpTo, Asked, Begun, Day, Done, Right, Revision
//	open     1 byte of length, id
//	recent   1 byte: number of messages; 16 bytes each: key, seconds, big endian
//	cards    1 byte: number; each: length (1), id, stability and difficulty as
//	         32-bit floats, varints Last, Due minus Last, Lapses
//
// so that a card takes 15 bytes beside the id of its question.
const practiceLayout = 1

// ErrPractice means that stored practice cannot be read: it is damaged, or a
// newer program with another layout wrote it.
var ErrPractice = errors.New("stored practice cannot be read")

// AppendPractice appends p as ParsePractice reads it.
func AppendPractice(b []byte, p Practice) []byte {
	b = append(b, practiceLayout)
	for _, n := range p.head() {
		b = binary.AppendVarint(b, n)
	}
	b = appendShort(b, p.Open)
	b = append(b, byte(len(p.Recent)))
	for _, d := range p.Recent {
		b = binary.BigEndian.AppendUint64(b, d.Key)
		b = binary.BigEndian.AppendUint64(b, uint64(d.Sent))
	}
	b = append(b, byte(len(p.Cards)))
	for _, c := range p.Cards {
		b = appendShort(b, c.ID)
		b = binary.BigEndian.AppendUint32(b, math.Float32bits(c.Stability))
		b = binary.BigEndian.AppendUint32(b, math.Float32bits(c.Difficulty))
		b = binary.AppendVarint(b, int64(c.Last))
		b = binary.AppendVarint(b, int64(c.Due-c.Last))
		b = binary.AppendVarint(b, int64(c.Lapses))
	}
	return b
}

func (p Practice) head() [7]int64 {
	return [...]int64{int64(p.UpTo), p.Asked, int64(p.Begun), int64(p.Day), int64(p.Done), int64(p.Right), int64(p.Revision)}
}

func appendShort(b []byte, s string) []byte { return append(append(b, byte(len(s))), s...) }

// ParsePractice reads what AppendPractice writes; an empty value is the zero
// Practice. The error is ErrPractice and names nothing of the member.
func ParsePractice(data []byte) (Practice, error) {
	if len(data) == 0 {
		return Practice{}, nil
	}
	r := practiceReader{rest: data}
	if layout := r.byte(); layout != practiceLayout {
		return Practice{}, fmt.Errorf("%w: its layout is %d", ErrPractice, layout)
	}
	p := Practice{
		UpTo: r.day(), Asked: r.varint(math.MaxInt64), Begun: r.day(),
		Day: r.day(), Done: r.int(), Right: r.int(), Revision: r.int(),
	}
	p.Open = r.short()
	recent := int(r.byte())
	for range min(recent, RecentMessages) {
		p.Recent = append(p.Recent, Delivery{Key: r.uint64(), Sent: int64(r.uint64())})
	}
	cards := int(r.byte())
	for range min(cards, MaxCards) {
		c := Card{
			ID:        r.short(),
			Stability: math.Float32frombits(r.uint32()), Difficulty: math.Float32frombits(r.uint32()),
			Last: r.day(),
		}
		c.Due = c.Last + r.day()
		c.Lapses = r.int()
		if !r.bad && (!c.valid() || p.card(c.ID) >= 0) {
			return Practice{}, fmt.Errorf("%w: a card is none", ErrPractice)
		}
		p.Cards = append(p.Cards, c)
	}
	if r.bad || recent > RecentMessages || cards > MaxCards || len(r.rest) > 0 {
		return Practice{}, fmt.Errorf("%w: %d bytes", ErrPractice, len(data))
	}
	return p, nil
}

// practiceReader reads values one after another; bad stays set once one is
// missing or too large, and all that follow are zero.
type practiceReader struct {
	rest []byte
	bad  bool
}

func (r *practiceReader) take(n int) []byte {
	if r.bad || n > len(r.rest) {
		r.bad, r.rest = true, nil
		return make([]byte, n)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *practiceReader) byte() byte     { return r.take(1)[0] }
func (r *practiceReader) uint32() uint32 { return binary.BigEndian.Uint32(r.take(4)) }
func (r *practiceReader) uint64() uint64 { return binary.BigEndian.Uint64(r.take(8)) }
func (r *practiceReader) short() string  { return string(r.take(int(r.byte()))) }
func (r *practiceReader) int() int       { return int(r.varint(math.MaxInt32)) }
func (r *practiceReader) day() Day       { return Day(r.varint(1 << 24)) } // far from where days overflow

// varint reads a number of at most limit either side of zero.
func (r *practiceReader) varint(limit int64) int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 || v > limit || v < -limit {
		n, v = len(r.rest)+1, 0
	}
	r.take(n)
	return v
}
