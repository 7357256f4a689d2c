package quiz

// Honours is the list with which a season is closed: who won, and all that an
// outsider needs to compute it again. It names nobody: a pseudonym stands for
// each member, so that erasing a person leaves the place. Once published it never
// changes; what was revoked later is kept beside it.
type Honours struct {
	Format  string       `json:"format"` // HonoursFormat
	Season  Season       `json:"season"`
	Weights Weights      `json:"weights"`
	Rule    []string     `json:"rule"` // in words, see HonoursRule
	Top     int          `json:"top"`  // places that were to be named
	Ties    Ties         `json:"ties"`
	Commits []Commitment `json:"commits"` // what was published before, oldest first; the last one binds
	Seed    string       `json:"seed"`    // revealed: 64 hexadecimal digits
	Entropy string       `json:"entropy"` // the public text that was mixed into the draw
	Began   int64        `json:"began"`   // Unix seconds: the season was frozen
	Ranked  int          `json:"ranked"`  // members in the ranking
	Ledger  string       `json:"ledger"`  // SHA-256 of the ledger's file, in hexadecimal
	Places  []Honour     `json:"places"`
	Line    *Line        `json:"line,omitempty"` // nil: nobody was equal to the last place
	Seal    string       `json:"seal"`           // SHA-256 of this file with an empty seal; shows damage, proves nothing
}

// Ties says what becomes of those who are equal to the last place.
type Ties string

// The two ways: exactly as many places as were to be named, or everyone.
const (
	TiesDraw Ties = "draw"
	TiesAll  Ties = "all"
)

// DefaultTop is how many places an honours list names.
const DefaultTop = 100

// MaxTop bounds how many places a list may name; with TiesAll there may be more.
const MaxTop = 10_000

// Commitment is what was published before the draw, so that nobody can choose the
// seed or invent pseudonyms once the public number is known.
type Commitment struct {
	At      int64  `json:"at"`      // Unix seconds
	Seed    string `json:"seed"`    // SHA-256 of the seed's 32 bytes, in hexadecimal
	List    string `json:"list"`    // SHA-256 of the ranked pseudonyms in order, each ended by a line feed
	Members int    `json:"members"` // pseudonyms on the list
}

// Line are those who are equal to the last place that was named, in the order of
// the draw: the first Named of them have a place.
type Line struct {
	Points  int     `json:"points"` // in 1/Unit points
	Days    int     `json:"days"`
	Longest int     `json:"longest"`
	Named   int     `json:"named"`
	Drawn   []Drawn `json:"drawn"`
}

// Drawn is one of those for whom a lot was drawn.
type Drawn struct {
	Pseudonym string `json:"pseudonym"`
	Lot       string `json:"lot"`
}

// Honour is one place of an honours list.
type Honour struct {
	Place     int         `json:"place"` // from 1, no two alike after the draw
	Pseudonym string      `json:"pseudonym"`
	Points    int         `json:"points"` // in 1/Unit points
	Days      int         `json:"days"`
	Longest   int         `json:"longest"`
	Lot       string      `json:"lot,omitempty"`     // what was drawn, in hexadecimal; empty: nobody was equal
	Revoked   *Revocation `json:"revoked,omitempty"` // never in the published list, which does not change
}

// score is the packed ranking score.
func (h Honour) score() int64 {
	return Totals{Points: h.Points, Days: h.Days, Longest: h.Longest}.Rank()
}

// Revocation takes an honour back. The place stays, and says so.
type Revocation struct {
	At     int64  `json:"at"` // Unix seconds
	By     string `json:"by"`
	Reason string `json:"reason"`
}

// Revoked is one entry of the history of revocations of a season.
type Revoked struct {
	Place    int  `json:"place"`
	Restored bool `json:"restored,omitempty"` // the honour was given back
	Revocation
}

// RevokedNow is what the history says of a place in the end; nil: it stands.
func RevokedNow(history []Revoked, place int) *Revocation {
	var now *Revocation
	for i := range history {
		if r := &history[i]; r.Place == place {
			now = &r.Revocation
			if r.Restored {
				now = nil
			}
		}
	}
	return now
}

// Award is an honour with the person behind it, as a certificate shows it.
type Award struct {
	Season Season
	Honour Honour
	Code   string // of the certificate: /verify/CODE; cannot be guessed
	Closed int64  // Unix seconds of the season's close
	Name   string // as the member gave it; empty: none was given, or the person was erased
	Branch string // code of the branch; empty: none
	Erased bool   // the person was erased: the place stays
}

// CertificateCode is the number of a certificate: 16 characters, 80 bits that
// nobody can work out without the installation's secret.
func CertificateCode(secret []byte, season string, h Honour) string {
	return crockford.EncodeToString(tag(secret, "certificate", season, h.Pseudonym)[:10])
}
