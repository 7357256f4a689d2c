package quiz

// OwnData is everything that is kept of one member, for the member.
type OwnData struct {
	ID         string // openid
	Member     Member
	Recent     []Delivery        // the messages that changed the record last
	Seasons    []KeptSeason      // the oldest first
	Practice   Practice          // the zero value: never practised
	Unread     bool              // what is practised, or an objection, cannot be read: staff must look at it
	Objections Objections        // with the answers
	Awards     []Award           // places of closed seasons
	Pseudonyms map[string]string // by season: how lists that leave the organisation name the member
}

// KeptSeason is one season's log, read by the rules.
type KeptSeason struct {
	Season Season
	Totals Totals
	Days   []KeptDay // oldest first
	Broken bool      // the log cannot be read: staff must look at it
}

// KeptDay is one day of a log.
type KeptDay struct {
	DayLine
	Answers []ShownAnswer
	Receipt string // empty: the paper was not finished
}
