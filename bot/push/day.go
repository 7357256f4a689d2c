package push

import (
	"slices"
	"time"

	"dangshi/quiz"
)

// State is what became of a send.
type State string

// The states of a send.
const (
	Planned State = "planned" // not sent yet, or tried and surely not sent
	Sending State = "sending" // staged: a crash now leaves it open whether it was sent
	Sent    State = "sent"
	Unknown State = "unknown" // it may have been sent
	Refused State = "refused" // not sent: Reason
)

// Send is one thing to be sent.
type Send struct {
	ID      string    `json:"id"` // the same for ever: 2026-11-22/mass
	Channel string    `json:"channel"`
	State   State     `json:"state"`
	Tries   int       `json:"tries,omitempty"`
	Doubt   bool      `json:"doubt,omitempty"` // an earlier try may have been sent: only a success ends that
	First   time.Time `json:"first,omitzero"`  // of the first try that is in doubt, by the product's clock
	Final   bool      `json:"final,omitempty"` // that is too long ago, or nobody knows how long: never repeated; or refused afterwards
	At      time.Time `json:"at,omitzero"`     // of the last try
	Message string    `json:"message_id,omitempty"`
	Reason  string    `json:"reason,omitempty"` // why it was refused, or failed the last time
	Spent   bool      `json:"spent,omitempty"`  // refused since the mass messages are used up: it may be published
	Link    string    `json:"link,omitempty"`   // at which it was published, for good
	Counts  *Counts   `json:"counts,omitempty"` // once WeChat has reported
	Answer  string    `json:"answer,omitempty"` // of WeChat, asked after it since no report came
	Each    *Reach    `json:"each,omitempty"`   // of a send to members one by one: how far it had come
	Begun   bool      `json:"begun,omitempty"`  // such a send has a ledger for each shard
	Moves   string    `json:"moves,omitempty"`  // of ids, as Roll gives them, when it was begun
}

// Outcome is what became of a day.
type Outcome string

// The outcomes. The last five are never stored: they follow from the setting and
// the time.
const (
	Open       Outcome = ""        // not settled
	DaySent    Outcome = "sent"    //
	DayUnknown Outcome = "unknown" // one send may have been made, and cannot be repeated
	DayRefused Outcome = "refused" // by every channel
	DayNothing Outcome = "nothing" // the library holds nothing to send
	DayMissed  Outcome = "missed"  // no replica was there in time
	DayPartly  Outcome = "partly"  // sent to some members, and the time is over
	DayOff     Outcome = "off"     // switched off, or before the baseline
	DayAhead   Outcome = "ahead"   // its time has not come
)

// Day is the document of one day.
type Day struct {
	Day     quiz.Day `json:"day"`
	Claim   Claim    `json:"claim,omitzero"`
	Title   string   `json:"title,omitempty"` // of what is sent
	Sends   []Send   `json:"sends,omitempty"`
	Outcome Outcome  `json:"outcome,omitempty"`
	Note    string   `json:"note,omitempty"`    // what went wrong last, besides the sends
	Reports []Counts `json:"reports,omitempty"` // on mass messages that no send is known to have made
}

// next is the send to make now and its channel. Where there is none the outcome
// says what the day has come to.
//
// One bulletin goes by one channel: the next channel is tried only after the one
// before refused, and never where something may have been sent.
func (d *Day) next(channels []Channel) (Send, Channel, Outcome) {
	if i := slices.IndexFunc(d.Sends, func(s Send) bool { return s.State == Sent }); i >= 0 {
		return d.Sends[i], nil, DaySent
	}
	if i := slices.IndexFunc(d.Sends, func(s Send) bool { return s.State == Refused && s.Final }); i >= 0 {
		return d.Sends[i], nil, DayRefused // afterwards, perhaps by an administrator: nobody goes round that
	}
	if i := slices.IndexFunc(d.Sends, Send.uncertain); i >= 0 {
		s := d.Sends[i]
		if c := named(channels, s.Channel); c != nil && c.Repeatable() && !s.Final {
			return s, c, Open
		}
		return s, nil, DayUnknown
	}
	for _, s := range d.Sends {
		switch c := named(channels, s.Channel); {
		case c != nil && (s.State == Planned || s.State == Sending): // the latter: members, one by one
			return s, c, Open
		case c == nil && s.Begun && s.State != Refused: // the settings were changed meanwhile
			return s, nil, DayUnknown
		}
	}
	for _, c := range channels {
		s := Send{ID: d.Day.String() + "/" + c.Name(), Channel: c.Name(), State: Planned}
		if d.find(s.ID) == nil {
			return s, c, Open
		}
	}
	return Send{}, nil, DayRefused
}

// uncertain: it may have been sent. Of a send to members one by one its own ledger
// knows, unless that is an older one out of a backup.
func (s Send) uncertain() bool {
	return (s.Each == nil || s.Final) && (s.State == Sending || s.State == Unknown)
}

func named(channels []Channel, name string) Channel {
	for _, c := range channels {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

func (d *Day) find(id string) *Send {
	for i := range d.Sends {
		if d.Sends[i].ID == id {
			return &d.Sends[i]
		}
	}
	return nil
}

// interrupted marks what was staged and not resolved: its replica died, or could
// not write any more.
func (d *Day) interrupted() {
	for i := range d.Sends {
		if s := &d.Sends[i]; s.uncertain() && s.State == Sending {
			s.State, s.Doubt, s.Reason = Unknown, true, "发送途中断开，结果不明"
		}
	}
}

// WeChat knows a mass send again for 24 hours, by its own clock. A send in doubt is
// repeated for half of them; the other half is for clocks that are wrong. One that
// was set back by more than setBack is not believed: see Push.rewound.
const (
	repeatFor = 12 * time.Hour
	setBack   = 2 * time.Hour
)

// age ends the time in which what is in doubt may be repeated. It does not begin
// again, whatever becomes of the clock.
func (d *Day) age(now time.Time) (changed bool) {
	return d.finishThose(func(s Send) bool { return s.tooOld(now) })
}

func (s Send) tooOld(now time.Time) bool { return now.Sub(s.First) > repeatFor }

// finish ends it at once.
func (d *Day) finish() (changed bool) {
	return d.finishThose(func(Send) bool { return true })
}

func (d *Day) finishThose(over func(Send) bool) (changed bool) {
	for i := range d.Sends {
		if s := &d.Sends[i]; s.uncertain() && !s.Final && over(*s) {
			s.Final, changed = true, true
		}
	}
	return changed
}

// reopen lets an operator try again what was refused.
func (d *Day) reopen() {
	if d.Outcome != DayNothing && d.Outcome != DayRefused {
		return
	}
	d.Outcome = Open
	for i := range d.Sends {
		switch s := &d.Sends[i]; {
		case s.State == Refused && s.Final:
			s.Final = false // what WeChat knows by its clientmsgid is not sent again; other channels may
		case s.State == Refused && s.Counts == nil:
			s.State = Planned
		}
	}
}

// settle writes down what the day has come to, and ends the claim with it.
func (d *Day) settle(channels []Channel) (settled bool) {
	if d.Outcome != DayNothing {
		_, _, d.Outcome = d.next(channels)
	}
	if d.Outcome == Open {
		return false
	}
	for i := range d.Sends {
		if s := &d.Sends[i]; d.Outcome == DaySent && s.State == Planned {
			s.State = Refused // it failed, or was reopened by an operator, and is not needed any more
		}
	}
	d.Claim, d.Note = Claim{}, ""
	return true
}
