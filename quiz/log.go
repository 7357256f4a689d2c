package quiz

import (
	"encoding/binary"
	"errors"
	"fmt"

	"dangshi/content"
)

// Entry is one day of one member in a season's answer log.
type Entry struct {
	Day     Day
	Version int     // of the day's paper
	Lapsed  bool    // the paper was begun and not finished: it scores nothing
	Given   []Given // one a question answered
}

// An entry is written as
//
//	offset   uvarint: days since the season began (1 byte up to 127, else 2)
//	head     1 byte: number of answers (4 bits), lapsed (1), version (3)
//	version  uvarint, only where the three bits are 7: version minus 7
//	answers  1 byte each: letters A to D (4 bits), pace (4 bits);
//	         letters 0: two more bytes, either the letters A to H or, with
//	         the top bit set, the hash of a blank
//
// so that a day of five questions of four options takes 7 or 8 bytes.
const (
	headLapsed  = 1 << 3
	headVersion = 7

	bytesOfDay = 7 // of five questions, at least
)

// AppendEntry appends e to the log of a season that begins on from.
func AppendEntry(log []byte, from Day, e Entry) []byte {
	log = binary.AppendUvarint(log, uint64(e.Day-from))
	head := byte(len(e.Given)) << 4
	if e.Lapsed {
		head |= headLapsed
	}
	log = append(log, head|byte(min(e.Version, headVersion)))
	if e.Version >= headVersion {
		log = binary.AppendUvarint(log, uint64(e.Version-headVersion))
	}
	for _, g := range e.Given {
		if g.Hash == 0 && g.Letters > 0 && g.Letters < 16 {
			log = append(log, byte(g.Letters)<<4|byte(g.Pace))
			continue
		}
		wide := g.Hash
		if wide == 0 {
			wide = uint16(g.Letters)
		}
		log = binary.BigEndian.AppendUint16(append(log, byte(g.Pace)), wide)
	}
	return log
}

// ErrLog means that a log is damaged.
var ErrLog = errors.New("answer log is damaged")

// ParseLog reads a season's log. The entries lie in the order in which the days
// were finished, each day once.
func ParseLog(log []byte, from Day) ([]Entry, error) {
	if len(log) == 0 {
		return nil, nil
	}
	entries := make([]Entry, 0, len(log)/bytesOfDay+1)
	given := make([]Given, 0, len(log)) // of all entries: an answer takes a byte or more
	last := Day(-1 << 31)
	for at := 0; at < len(log); {
		e, n, err := parseEntry(log[at:], from, given[len(given):])
		if err == nil && e.Day <= last {
			err = fmt.Errorf("%s stands after %s", e.Day, last)
		}
		if err != nil {
			return nil, fmt.Errorf("%w at byte %d: %w", ErrLog, at, err)
		}
		entries = append(entries, e)
		given = given[:len(given)+len(e.Given)]
		last = e.Day
		at += n
	}
	return entries, nil
}

var errShort = errors.New("it ends in the middle of an entry")

// parseEntry reads the entry with which b begins; its answers are put into room, as
// long as b or longer.
func parseEntry(b []byte, from Day, room []Given) (e Entry, n int, err error) {
	offset, n := binary.Uvarint(b)
	if n <= 0 || n == len(b) {
		return e, 0, errShort
	}
	if offset > MaxSeasonDays {
		return e, 0, fmt.Errorf("day %d of a season", offset)
	}
	e.Day = from + Day(offset)
	head := b[n]
	n++
	e.Lapsed = head&headLapsed != 0
	e.Version = int(head & headVersion)
	if e.Version == headVersion {
		more, k := binary.Uvarint(b[n:])
		if k <= 0 || more > 1<<20 {
			return e, 0, errShort
		}
		e.Version += int(more)
		n += k
	}
	answers := int(head >> 4)
	if answers > MaxQuestions {
		return e, 0, fmt.Errorf("%d answers", answers)
	}
	if answers > len(b)-n {
		return e, 0, errShort
	}
	e.Given = room[:answers:answers]
	for i := range e.Given {
		if n >= len(b) {
			return e, 0, errShort
		}
		g := &e.Given[i]
		g.Letters, g.Pace = content.Letters(b[n]>>4), Pace(b[n]&15)
		n++
		if g.Letters != 0 {
			continue
		}
		if n+2 > len(b) {
			return e, 0, errShort
		}
		wide := binary.BigEndian.Uint16(b[n:])
		n += 2
		if wide&0x8000 != 0 {
			g.Hash = wide
		} else {
			g.Letters = content.Letters(wide)
		}
	}
	return e, n, nil
}
