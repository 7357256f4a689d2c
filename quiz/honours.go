package quiz

// Honours is the list with which a season is closed: who won, and all that an
// outsider needs to compute it again. It names nobody: a pseudonym stands for
// each member, so that erasing a person leaves the place.
type Honours struct {
	Season  Season   `json:"season"`
	Places  []Honour `json:"places"`
	Entropy string   `json:"entropy"` // the public text that was mixed into the draw
}

// Honour is one place of an honours list.
type Honour struct {
	Place     int         `json:"place"` // from 1, no two alike after the draw
	Pseudonym string      `json:"pseudonym"`
	Points    int         `json:"points"` // in 1/Unit points
	Days      int         `json:"days"`
	Longest   int         `json:"longest"`
	Lot       string      `json:"lot,omitempty"` // what was drawn, in hexadecimal; empty: nobody was equal
	Revoked   *Revocation `json:"revoked,omitempty"`
}

// Revocation takes an honour back. The place stays, and says so.
type Revocation struct {
	At     int64  `json:"at"` // Unix seconds
	By     string `json:"by"`
	Reason string `json:"reason"`
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
