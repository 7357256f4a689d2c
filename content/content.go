// Package content holds what members learn: items (党史上的今天, 党史百问,
// 党史小故事, audio), the questions of the bank, and the readers of the files in
// which both circulate. It knows nothing of members, Redis or WeChat.
//
// Everything that others wrote comes in through a reader of this package, and
// each fault that a reader finds names file, row and field (see Fault).
package content

// State is where a question or an item stands in its review. Only approved
// material reaches members.
type State string

// The review states, in the order in which material passes through them.
const (
	Draft    State = "draft"
	Reviewed State = "reviewed"
	Approved State = "approved"
	Retired  State = "retired"
)

// Valid reports whether s is one of the four states.
func (s State) Valid() bool {
	switch s {
	case Draft, Reviewed, Approved, Retired:
		return true
	}
	return false
}

// Grade says how far the source of a fact can be trusted.
type Grade string

// Official sources are pages of an authority, a national medium or an academic
// house; secondary ones are to be checked by an editor first.
const (
	Official  Grade = "official"
	Secondary Grade = "secondary"
)

// Kind is the kind of an item.
type Kind string

// The kinds of items and the word with which a member asks for them.
const (
	Today Kind = "today" // 今天: belongs to a day of the year
	QA    Kind = "qa"    // 百问
	Story Kind = "story" // 故事
	Audio Kind = "audio" // 听
)

// Valid reports whether k is one of the four kinds.
func (k Kind) Valid() bool {
	switch k {
	case Today, QA, Story, Audio:
		return true
	}
	return false
}

// Item is something to read or to hear: one day's “党史上的今天”, an answer of
// the 百问, a story or an episode.
type Item struct {
	ID       string `json:"id"`
	Kind     Kind   `json:"kind"`
	Series   string `json:"series,omitempty"`  // 百人百声: episodes that are read one after another; its name is the word for them
	Episode  int    `json:"episode,omitempty"` // of the series, from 1
	Date     string `json:"date,omitempty"`    // today: MM-DD every year, or YYYY-MM-DD for one day, which wins; episode: YYYY-MM-DD from which on it is given
	Year     int    `json:"year,omitempty"`    // of the event, Gregorian; 0: not said
	Category string `json:"category,omitempty"`
	Title    string `json:"title"`
	Text     string `json:"text"`
	Source   string `json:"source,omitempty"`
	URL      string `json:"url,omitempty"`
	Grade    Grade  `json:"grade,omitempty"`
	Picture  string `json:"picture,omitempty"`     // https address, or MediaPath and the name of what was uploaded
	Audio    string `json:"audio,omitempty"`       // likewise
	Question string `json:"question_id,omitempty"` // the bank's question that belongs to it
	State    State  `json:"state"`
	Revision int    `json:"revision,omitempty"`
}

// ShownSource is the source as members may see it: empty unless the grade is
// official, since a secondary source has not been checked by an editor.
func (it Item) ShownSource() string {
	if it.Grade != Official {
		return ""
	}
	return it.Source
}
