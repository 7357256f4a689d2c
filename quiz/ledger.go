package quiz

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"dangshi/content"
)

// A ledger holds all from which a season's ranking can be computed again, and
// names nobody. It is a text of lines, each JSON:
//
//	head     what is asked of everyone: see LedgerHead
//	members  one line each, in the order of pseudonyms: see LedgerLine
//	end      how many lines there were, and the SHA-256 of all before: see LedgerEnd
//
// The same season always gives the same bytes: no time stands in it, nor anything
// that goes on after the season (papers left unfinished, the streak on display).

// LedgerFormat names the format of a ledger.
const LedgerFormat = "dangshi-ledger 1"

// LedgerHead is the first line of a ledger.
type LedgerHead struct {
	Format  string         `json:"format"` // LedgerFormat
	Season  Season         `json:"season"`
	Weights Weights        `json:"weights"`
	Voids   []LedgerVoid   `json:"voids"`
	Rulings []LedgerRuling `json:"rulings"` // in the order in which they came: a later one of the same question counts
	Papers  []LedgerPaper  `json:"papers"`
}

// LedgerVoid is a voided day.
type LedgerVoid struct {
	Day  Day    `json:"day"`
	Void string `json:"void"` // dropped or kept
}

// LedgerRuling is what was ruled of a key that was wrong.
type LedgerRuling struct {
	AskedAs
	Ruling Ruling `json:"ruling"`
}

// LedgerPaper is a day's paper at one version, with the keys alone.
type LedgerPaper struct {
	Day       Day         `json:"day"`
	Version   int         `json:"version"`
	Weights   *Weights    `json:"weights,omitempty"` // where they are not the season's
	Questions []LedgerKey `json:"questions"`
}

// LedgerKey is a question with the key with which it was asked.
type LedgerKey struct {
	AskedAs
	Type   content.Type `json:"type"`
	Key    string       `json:"key,omitempty"`    // letters of the canonical order: A is also a judge's right, B its wrong
	Accept []string     `json:"accept,omitempty"` // blank
}

var voidWords = map[Void]string{Dropped: "dropped", Kept: "kept"}

// NewLedgerHead makes the first line. Only what belongs to the papers comes in;
// papers and voids may stand in any order.
func NewLedgerHead(season Season, w Weights, papers []*Paper, voids Voids, rulings []Correction) LedgerHead {
	h := LedgerHead{Format: LedgerFormat, Season: season, Weights: w, Voids: []LedgerVoid{}, Rulings: []LedgerRuling{}, Papers: []LedgerPaper{}}
	asked := map[AskedAs]bool{}
	last := season.To
	for _, p := range papers {
		lp := LedgerPaper{Day: p.Day, Version: p.Version}
		if p.Weights != w {
			lp.Weights = &p.Weights
		}
		for _, q := range p.Questions {
			asked[AskedAsOf(q)] = true
			k := LedgerKey{AskedAs: AskedAsOf(q), Type: q.Type, Accept: q.Answer.Accept}
			if q.Type != content.Blank {
				k.Key = q.Answer.Letters.String()
			}
			lp.Questions = append(lp.Questions, k)
		}
		h.Papers = append(h.Papers, lp)
		last = max(last, p.Day)
	}
	slices.SortFunc(h.Papers, func(a, b LedgerPaper) int {
		if a.Day != b.Day {
			return int(a.Day - b.Day)
		}
		return a.Version - b.Version
	})
	for day, v := range voids {
		if word, ok := voidWords[v]; ok && season.From <= day && day <= last {
			h.Voids = append(h.Voids, LedgerVoid{day, word})
		}
	}
	slices.SortFunc(h.Voids, func(a, b LedgerVoid) int { return int(a.Day - b.Day) })
	for _, c := range rulings {
		if asked[c.AskedAs] {
			h.Rulings = append(h.Rulings, LedgerRuling{c.AskedAs, c.Ruling})
		}
	}
	return h
}

// Encode writes the line, line feed included.
func (h LedgerHead) Encode() ([]byte, error) { return ledgerJSON(h) }

func ledgerJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}

// LedgerLine is one pseudonym.
type LedgerLine struct {
	Pseudonym string
	Out       bool // was on the list that was committed, and stands in the ranking no more; the rest is zero
	Rank      int  // 1 + the members with a strictly higher score
	Points    int  // in 1/Unit points
	Days      int
	Longest   int
	Entries   []Entry // finished days alone; the pace is left out
}

// Append writes the line, line feed included. Days are counted from the season's
// first one:
//
//	{"p":"0123456789","rank":1,"points":252000,"days":1,"longest":1,"log":"0=A,B,AC,#8fa3,D"}
//	{"p":"1123456789","out":true}
//
// An entry is the day (and after a point the version of its paper, where it is not
// the first), then the answers: letters of the canonical order, or the hash of what
// was typed into a blank.
func (l LedgerLine) Append(b []byte, from Day) []byte {
	b = append(b, `{"p":"`...)
	b = append(b, l.Pseudonym...)
	if l.Out {
		return append(b, "\",\"out\":true}\n"...)
	}
	b = append(b, `","rank":`...)
	b = strconv.AppendInt(b, int64(l.Rank), 10)
	b = append(b, `,"points":`...)
	b = strconv.AppendInt(b, int64(l.Points), 10)
	b = append(b, `,"days":`...)
	b = strconv.AppendInt(b, int64(l.Days), 10)
	b = append(b, `,"longest":`...)
	b = strconv.AppendInt(b, int64(l.Longest), 10)
	b = append(b, `,"log":"`...)
	first := true
	for _, e := range l.Entries {
		if e.Lapsed {
			continue
		}
		if !first {
			b = append(b, ' ')
		}
		first = false
		b = appendLedgerEntry(b, from, e)
	}
	return append(b, "\"}\n"...)
}

func appendLedgerEntry(b []byte, from Day, e Entry) []byte {
	b = strconv.AppendInt(b, int64(e.Day-from), 10)
	if e.Version != 1 {
		b = append(b, '.')
		b = strconv.AppendInt(b, int64(e.Version), 10)
	}
	b = append(b, '=')
	for i, g := range e.Given {
		if i > 0 {
			b = append(b, ',')
		}
		switch {
		case g.Hash != 0:
			b = append(b, '#')
			b = strconv.AppendUint(b, uint64(g.Hash), 16)
		case g.Letters == 0:
			b = append(b, '-')
		default:
			b = append(b, g.Letters.String()...)
		}
	}
	return b
}

// LedgerEnd writes the last line of a ledger, line feed included: how many members
// are ranked and how many are not any more, and the SHA-256 of all lines before,
// which shows damage and proves nothing.
func LedgerEnd(ranked, out int, sum string) []byte {
	return fmt.Appendf(nil, "{\"end\":%q,\"ranked\":%d,\"out\":%d,\"sha256\":%q}\n", LedgerFormat, ranked, out, sum)
}
