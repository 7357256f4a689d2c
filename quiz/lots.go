package quiz

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SeedBytes is the length of the secret seed of a draw.
const SeedBytes = 32

// Urn draws the lots of a season's close: HMAC-SHA256 over the pseudonym, under a
// key that is itself the HMAC-SHA256 of the public text under the seed. Whoever
// knows seed and text computes the same with any tool.
type Urn struct{ key []byte }

// NewUrn mixes the seed, whose hash was published before, with a public text that
// nobody could know then.
func NewUrn(seed []byte, entropy string) Urn {
	h := hmac.New(sha256.New, seed)
	h.Write([]byte(entropy))
	return Urn{h.Sum(nil)}
}

// Lot is what is drawn for a pseudonym: 64 hexadecimal digits. The lower one goes
// first.
func (u Urn) Lot(pseudonym string) string {
	h := hmac.New(sha256.New, u.key)
	h.Write([]byte(pseudonym))
	return hex.EncodeToString(h.Sum(nil))
}

// maxEntropy bounds the public text, in characters.
const maxEntropy = 200

// CleanEntropy is the public text as it is mixed in: without spaces around it, so
// that whoever types it off a page gets the same. The error is for operators.
func CleanEntropy(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", errors.New("公开的随机数是空的")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return "", errors.New("公开的随机数应为一行文字")
	case utf8.RuneCountInString(text) > maxEntropy:
		return "", fmt.Errorf("公开的随机数最多 %d 个字", maxEntropy)
	}
	return text, nil
}

// SeedHash is what is published of a seed before the draw.
func SeedHash(seed []byte) string {
	sum := sha256.Sum256(seed)
	return hex.EncodeToString(sum[:])
}

// Candidate is a member of a closed season's ranking.
type Candidate struct {
	Pseudonym string
	Score     int64 // Totals.Rank
}

// Prizes say how many places are named, and what becomes of those who are equal
// to the last of them.
type Prizes struct {
	Top  int  `json:"top" yaml:"top"`
	Ties Ties `json:"ties" yaml:"ties"`
}

// DefaultPrizes name exactly a hundred.
var DefaultPrizes = Prizes{DefaultTop, TiesDraw}

// Check says, for operators, what is wrong with the prizes.
func (p Prizes) Check() error {
	if p.Top < 1 || p.Top > MaxTop {
		return fmt.Errorf("top 应为 1 到 %d，现在是 %d", MaxTop, p.Top)
	}
	if p.Ties != TiesDraw && p.Ties != TiesAll {
		return fmt.Errorf("ties 应为 draw（抽签，正好这么多人）或 all（并列的都算），现在是 %q", string(p.Ties))
	}
	return nil
}

// Listed is how many members a list for handing out prizes has, of asked first places
// (0: it was not said), where the honours list names so many (0: the season is not
// closed): nobody else has won.
func (p Prizes) Listed(asked, named int) int {
	switch {
	case named > 0 && (asked == 0 || asked > named):
		return named
	case asked == 0:
		return p.Top
	}
	return asked
}

// AtLine is how many members are equal to the last place that is named, and how many of
// them exactly Top places have room for; 0 where nobody is left out. above are those who
// stand above it, level those and all who are equal to it.
func (p Prizes) AtLine(above, level int) (equal, room int) {
	if equal, room = level-above, p.Top-above; equal <= room {
		return 0, 0
	}
	return equal, room
}

// Award orders the candidates, draws where some are equal, and names the places;
// the order in which they come decides nothing. Only those who can have a place
// are looked at closely, so that a million candidates cost little.
func (p Prizes) Award(candidates []Candidate, u Urn) (places []Honour, line *Line) {
	scores := make([]int64, len(candidates))
	for i, c := range candidates {
		scores[i] = c.Score
	}
	slices.Sort(scores)
	if len(scores) == 0 || p.Top < 1 {
		return nil, nil
	}
	last := scores[max(0, len(scores)-p.Top)]
	var near []Candidate
	for _, c := range candidates {
		if c.Score >= last {
			near = append(near, c)
		}
	}
	drawn := u.order(near)
	named := len(drawn)
	if p.Ties != TiesAll {
		named = min(named, p.Top)
	}
	for i, d := range drawn[:named] {
		points, days, longest := UnpackRank(d.Score)
		places = append(places, Honour{Place: i + 1, Pseudonym: d.Pseudonym, Points: points, Days: days, Longest: longest, Lot: d.lot})
	}
	return places, lineOf(drawn, named)
}

// lotted is a candidate with what was drawn; empty where nobody is equal.
type lotted struct {
	Candidate
	lot string
}

// order puts candidates into the order of the list.
func (u Urn) order(near []Candidate) []lotted {
	equal := map[int64]int{}
	for _, c := range near {
		equal[c.Score]++
	}
	all := make([]lotted, len(near))
	for i, c := range near {
		all[i].Candidate = c
		if equal[c.Score] > 1 {
			all[i].lot = u.Lot(c.Pseudonym)
		}
	}
	slices.SortFunc(all, func(a, b lotted) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.lot, b.lot))
	})
	return all
}

// lineOf are those who are equal to the last one that is named, nil where nobody is.
func lineOf(drawn []lotted, named int) *Line {
	last := drawn[named-1]
	if last.lot == "" {
		return nil
	}
	l := &Line{}
	l.Points, l.Days, l.Longest = UnpackRank(last.Score)
	for i, d := range drawn {
		if d.Score != last.Score {
			continue
		}
		l.Drawn = append(l.Drawn, Drawn{d.Pseudonym, d.lot})
		if i < named {
			l.Named++
		}
	}
	return l
}
