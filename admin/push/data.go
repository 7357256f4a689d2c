package push

import (
	"context"
	"time"

	"dangshi/quiz"
)

// Data is the daily push as the pages show it. Errors of all: quiz.ErrUnavailable.
type Data interface {
	// State is the setting with the last days, today first.
	State(ctx context.Context, days int) (State, error)
	// Plan is what would be sent on a day. It reads no members.
	Plan(ctx context.Context, day quiz.Day) (Plan, error)
	// Forecast counts whom sending one by one would reach now. It reads all members.
	Forecast(ctx context.Context) (Forecast, error)
	// Reminders are those of today, at a moment of it.
	Reminders(ctx context.Context, now time.Time) (Reminders, error)
	// ByRef is the member for whom an address stands; ok is false where none does.
	ByRef(ref string) (id string, ok bool)
	// Who is a member's name; known is false for one who is gone.
	Who(ctx context.Context, id string) (name string, known bool, err error)
}

// Acts are what may be done. Each is noted in the audit log once it is done.
type Acts interface {
	// Switch turns the daily push on or off, for all replicas.
	Switch(ctx context.Context, on bool, by string, at time.Time) error
	// Send makes today's push, or goes on with it, if that is what was seen, see
	// Plan.Seen. What was sent is not sent again. It may take minutes.
	Send(ctx context.Context, by string, at time.Time, seen string) (Sent, error)
	// Try sends a day's bulletin to one member. why says for people that it was not
	// sent; "": it was, in the way of how.
	Try(ctx context.Context, day quiz.Day, id, by string, at time.Time) (how, why string, err error)
}

// State is how the push stands.
type State struct {
	Works     bool // it can send at all: the account's secret is set
	On        bool
	Since     time.Time // when that was set
	At        string    // 07:30
	Baseline  quiz.Day  // the first day that may be pushed
	Channels  []Channel // in order of preference
	MassUsed  int       // mass messages of this month, as far as the ledger knows
	MassDay   bool      // one of them today
	Days      []Day
	EachByOne bool // a channel reaches members one by one
}

// Channel is one way of sending.
type Channel struct{ Name, Does string }

// Day is what has become of one day.
type Day struct {
	Day     quiz.Day
	Outcome Outcome
	Text    string // the outcome in words
	Title   string
	Note    string
	Sends   []Send
}

// Outcome is what has become of a day.
type Outcome uint8

// The outcomes.
const (
	Quiet   Outcome = iota // nothing was due, or it is not its time
	Running                // it is being sent, or will be tried again
	Good
	Doubtful // it may have been sent, or partly
	Bad
)

// Send is one try of a day by one channel.
type Send struct {
	Channel string
	State   Outcome
	Text    string // the state in words
	At      time.Time
	Tries   int
	Reason  string // why it was refused, with what to do about it
	Link    string // at which it was published
	Counts  *Counts
	Each    *Each
}

// Counts are what WeChat reports of a mass send.
type Counts struct {
	Status              string
	Total, Sent, Failed int
}

// Each is how far a send to members one by one is.
type Each struct {
	Total, Seen, Sent, Unknown, Beyond, Lost int
	Refused                                  []Refused
}

// Refused is one reason for which members were not reached.
type Refused struct {
	Reason string
	N      int
}

// Plan is what would be sent on a day.
type Plan struct {
	Day               quiz.Day
	Due               time.Time
	Channel, Audience string // "": by none
	Article           bool   // it is an article; else a text
	EachByOne         bool   // members are reached one by one
	Mass              bool   // it uses up a mass message
	Why               string // why it would not be sent at its time; "": it would
	Ready             bool   // there is something to send
	Title, Digest     string
	Text, Question    string
	Link              string
	Picture           string // address; "": none
	Seen              string // tells this from anything else, whole and to whom
}

// Forecast is whom sending one by one would reach.
type Forecast struct {
	Reached, Beyond int
}

// Reminders are those of today.
type Reminders struct {
	Works bool
	Next  string // the next time at which somebody wants one today; "": nobody
	Over  string // why none is sent any more today; "": they are
}

// Sent is what became of sending.
type Sent struct {
	Text string `json:"text"`
	Good bool   `json:"good"`
}
