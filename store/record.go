package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"google.golang.org/protobuf/encoding/protowire"

	"dangshi/content"
	"dangshi/quiz"
)

// A record is written as
//
//	version   8 bytes, others with each change
//	recent    1 byte: number of messages (5 bits), layout (3 bits, 0);
//	          12 bytes each: key (8), Unix seconds of sending (4), big endian
//	member    fields in protobuf wire format, zero ones left out
//
// Fields that this program does not know come from a newer one: they are kept
// (quiz.Record.Extra) and written back, so that nothing is lost while old and
// new programs run side by side.
const (
	versionBytes = 8
	recentBytes  = 12
	recentMask   = 1<<5 - 1
)

// ErrRecord means that a stored record cannot be read: it is damaged, or a
// newer program with another layout wrote it.
var ErrRecord = errors.New("stored record cannot be read")

// field is one field of a member: its number on the wire and where it lies.
type field struct {
	number protowire.Number
	place  any // *int, *int64, *bool, *quiz.Day, *string, *[]string, *[]quiz.Given or *quiz.Amends
}

// fieldsOf lists the fields of a member in ascending order. A number is never
// used again for something else.
func fieldsOf(m *quiz.Member) [48]field {
	return [...]field{
		{1, &m.Joined}, {2, &m.Branch}, {3, &m.Unfollowed}, {4, &m.OptOut}, {5, &m.Begun},
		{6, &m.Open.Day}, {7, &m.Open.Version}, {8, &m.Open.Given}, {9, &m.Open.AskedAt},
		{10, &m.Streak.Length}, {11, &m.Streak.Toward}, {12, &m.Streak.Freezes}, {13, &m.Streak.Last},
		{14, &m.Totals.Season}, {15, &m.Totals.Points}, {16, &m.Totals.Days}, {17, &m.Totals.Longest}, {18, &m.Totals.Run},
		{19, &m.Totals.Last}, {20, &m.Totals.Correct}, {21, &m.Totals.Asked},
		{22, &m.Last.Day}, {23, &m.Last.Correct}, {24, &m.Last.Questions}, {25, &m.Last.Points},
		{26, &m.Carry.Length}, {27, &m.Carry.Toward}, {28, &m.Carry.Freezes}, {29, &m.Carry.Last},
		{30, &m.Name}, {31, &m.Claim.Name}, {32, &m.Claim.Branch}, {33, &m.Remind}, {34, &m.Reminded},
		{35, &m.Read.QA}, {36, &m.Read.Story}, {37, &m.Read.Audio}, {38, &m.EraseAsked},
		{39, &m.ClaimAsked}, {40, &m.Amends}, {41, &m.Former},
		{42, &m.Unbound.Name}, {43, &m.Unbound.Branch}, {44, &m.Replies}, {45, &m.Heard}, {46, &m.Read.Series},
		{50, &m.Consent.Times}, {51, &m.Consent.Always},
	}
}

// newVersion is a version that no record had before: 64 random bits. A counter
// would not do, since a replica may hold a record in memory for long: after an
// erasure or a restored backup another record could reach the same count.
func newVersion() quiz.Version {
	var b [versionBytes]byte
	binary.BigEndian.PutUint64(b[:], rand.Uint64())
	return quiz.Version(b[:])
}

// encodeRecord writes r under its Version. Of more messages than a record
// remembers, the last ones are kept.
func encodeRecord(r quiz.Record) []byte {
	recent := r.Recent[max(0, len(r.Recent)-quiz.RecentMessages):]
	b := make([]byte, 0, versionBytes+1+recentBytes*len(recent)+96+len(r.Extra))
	b = append(b, r.Version...)
	b = append(b, byte(len(recent)))
	for _, d := range recent {
		b = binary.BigEndian.AppendUint64(b, d.Key)
		b = binary.BigEndian.AppendUint32(b, uint32(min(max(d.Sent, 0), math.MaxUint32)))
	}
	fields := fieldsOf(&r.Member)
	for i := range fields {
		b = fields[i].append(b)
	}
	return append(b, r.Extra...)
}

func (f *field) append(b []byte) []byte {
	var n int64
	switch p := f.place.(type) { // the most common kinds first
	case *int:
		n = int64(*p)
	case *quiz.Day:
		n = int64(*p)
	case *string:
		return appendBytes(b, f.number, []byte(*p))
	case *int64:
		n = *p
	case *bool:
		n = int64(protowire.EncodeBool(*p))
	case *[]string:
		return appendBytes(b, f.number, packStrings(*p))
	case *[]quiz.Given:
		return appendBytes(b, f.number, packGiven(*p))
	case *quiz.Amends:
		return appendBytes(b, f.number, packAmends(p))
	}
	if n == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, f.number, protowire.VarintType), uint64(n))
}

func appendBytes(b []byte, number protowire.Number, value []byte) []byte {
	if len(value) == 0 {
		return b
	}
	return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), value)
}

// decodeRecord reads what encodeRecord writes; an empty value is the zero
// Record. The error is ErrRecord and names nothing of the member.
func decodeRecord(b []byte) (quiz.Record, error) {
	var r quiz.Record
	if len(b) == 0 {
		return r, nil
	}
	if len(b) < versionBytes+1 {
		return r, fmt.Errorf("%w: it has %d bytes", ErrRecord, len(b))
	}
	r.Version = quiz.Version(b[:versionBytes])
	head := b[versionBytes]
	b = b[versionBytes+1:]
	n := int(head & recentMask)
	if head&^recentMask != 0 || n > quiz.RecentMessages || len(b) < n*recentBytes {
		return quiz.Record{}, fmt.Errorf("%w: its layout is %#x", ErrRecord, head)
	}
	if n > 0 {
		r.Recent = make([]quiz.Delivery, n)
	}
	for i := range r.Recent {
		r.Recent[i] = quiz.Delivery{Key: binary.BigEndian.Uint64(b), Sent: int64(binary.BigEndian.Uint32(b[8:]))}
		b = b[recentBytes:]
	}
	if err := decodeFields(b, &r); err != nil {
		return quiz.Record{}, err
	}
	return r, nil
}

func decodeFields(b []byte, r *quiz.Record) error {
	fields := fieldsOf(&r.Member)
	at := 0
	for len(b) > 0 {
		number, typ, head := protowire.ConsumeTag(b)
		if head < 0 {
			return fmt.Errorf("%w: %w", ErrRecord, protowire.ParseError(head))
		}
		size := protowire.ConsumeFieldValue(number, typ, b[head:])
		if size < 0 {
			return fmt.Errorf("%w: field %d: %w", ErrRecord, number, protowire.ParseError(size))
		}
		if at == len(fields) || fields[at].number > number {
			at = 0 // usually they come in ascending order
		}
		for at < len(fields) && fields[at].number < number {
			at++
		}
		if at == len(fields) || fields[at].number != number {
			r.Extra = append(r.Extra, b[:head+size]...)
		} else if !fields[at].read(typ, b[head:head+size]) {
			return fmt.Errorf("%w: the value of field %d", ErrRecord, number)
		}
		b = b[head+size:]
	}
	return nil
}

// read sets the field; it reports whether the value fits.
func (f field) read(typ protowire.Type, value []byte) bool {
	switch p := f.place.(type) {
	case *string:
		text, n := protowire.ConsumeBytes(value)
		*p = string(text)
		return typ == protowire.BytesType && n >= 0
	case *[]string:
		packed, n := protowire.ConsumeBytes(value)
		return typ == protowire.BytesType && n >= 0 && unpackStrings(packed, p)
	case *[]quiz.Given:
		packed, n := protowire.ConsumeBytes(value)
		return typ == protowire.BytesType && n >= 0 && unpackGiven(packed, p)
	case *quiz.Amends:
		packed, n := protowire.ConsumeBytes(value)
		return typ == protowire.BytesType && n >= 0 && unpackAmends(packed, p)
	}
	v, n := protowire.ConsumeVarint(value)
	if typ != protowire.VarintType || n < 0 {
		return false
	}
	signed := int64(v)
	switch p := f.place.(type) {
	case *int:
		*p = int(signed)
		return int64(*p) == signed
	case *int64:
		*p = signed
	case *quiz.Day:
		*p = quiz.Day(signed)
		return int64(*p) == signed
	case *bool:
		*p = v != 0
	}
	return true
}

func packStrings(all []string) (b []byte) {
	for _, s := range all {
		b = protowire.AppendString(b, s)
	}
	return b
}

func unpackStrings(b []byte, all *[]string) bool {
	*all = nil
	for len(b) > 0 {
		s, n := protowire.ConsumeString(b)
		if n < 0 {
			return false
		}
		*all = append(*all, s)
		b = b[n:]
	}
	return true
}

// packGiven writes answers as varints: hash (16 bits), letters (8), pace (8).
func packGiven(given []quiz.Given) []byte {
	var b []byte
	for _, g := range given {
		b = protowire.AppendVarint(b, uint64(g.Hash)<<16|uint64(g.Letters)<<8|uint64(g.Pace))
	}
	return b
}

func unpackGiven(b []byte, given *[]quiz.Given) bool {
	*given = nil
	for len(b) > 0 {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 || v > math.MaxUint32 || len(*given) == quiz.MaxQuestions {
			return false
		}
		*given = append(*given, quiz.Given{Hash: uint16(v >> 16), Letters: content.Letters(v >> 8), Pace: quiz.Pace(v)})
		b = b[n:]
	}
	return true
}
