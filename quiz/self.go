package quiz

// Self is whom a member's receipts, pseudonyms, labels and orders of options
// belong to: the openid with which the member began. Where the account moves to
// another subject every openid changes; what was given out before stays true.
// Member.Self makes one from a record; nothing else knows of earlier openids.
type Self string

// Self is who the member is that is kept under id now.
func (m Member) Self(id string) Self {
	if len(m.Former) > 0 {
		return Self(m.Former[0])
	}
	return Self(id)
}
