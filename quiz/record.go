package quiz

import (
	"errors"
	"slices"
)

// What can become of a read or a write of the store. Absent records are no
// error: they read as the zero Record.
var (
	// ErrConflict: nothing was written, someone else replaced the record since
	// it was read. Load again and step again.
	ErrConflict = errors.New("the record was replaced meanwhile")
	// ErrUnknown: the connection broke after the write was sent, it may or may
	// not have happened. Load again and look; never guess.
	ErrUnknown = errors.New("the outcome of the write is unknown")
	// ErrUnavailable: the store could not be reached, nothing was written.
	ErrUnavailable = errors.New("the store cannot be reached")
)

// RecentMessages is how many messages a record remembers.
const RecentMessages = 16

// Delivery names one message: its key among the messages of its member, and
// when WeChat says it was sent, in Unix seconds.
type Delivery struct {
	Key  uint64
	Sent int64
}

// Version is the opaque state of a record as it was read: a commit succeeds
// only while the record still has it. Empty: the record did not exist.
type Version string

// Record is a member as the store keeps it.
type Record struct {
	Member  Member
	Recent  []Delivery // the messages that changed it last, oldest first
	Version Version
	Extra   []byte // fields that a newer program wrote and this one does not know: carried along unread
}

// Seen reports whether the message was counted already.
func (r Record) Seen(key uint64) bool {
	return slices.ContainsFunc(r.Recent, func(d Delivery) bool { return d.Key == key })
}

// TooOld reports whether a message that is not among the recent ones is older
// than all of them, so that it may have been counted and forgotten: it is never
// graded.
func (r Record) TooOld(d Delivery) bool {
	return len(r.Recent) >= RecentMessages && r.Follows(d.Sent)
}

// Follows reports whether all messages that the record knows of came after one that
// was sent then, in Unix seconds. With fewer than RecentMessages the record itself
// was begun after it: its member may have been erased, and come back.
func (r Record) Follows(sent int64) bool {
	return len(r.Recent) > 0 && !slices.ContainsFunc(r.Recent, func(kept Delivery) bool { return kept.Sent <= sent })
}

// Newest is when the last message that changed the record was sent, in Unix
// seconds by WeChat's clock.
func (r Record) Newest() (sent int64) {
	for _, d := range r.Recent {
		sent = max(sent, d.Sent)
	}
	return sent
}

// Remember adds a message and forgets the one that was sent first.
func (r Record) Remember(d Delivery) []Delivery {
	recent := append(append(make([]Delivery, 0, len(r.Recent)+1), r.Recent...), d)
	if len(recent) <= RecentMessages {
		return recent
	}
	oldest := 0
	for i, kept := range recent {
		if kept.Sent < recent[oldest].Sent {
			oldest = i
		}
	}
	return slices.Delete(recent, oldest, oldest+1)
}

// Change is what one commit writes, all of it or nothing.
type Change struct {
	Record Record    // the new member and messages, with the Version that was read
	Key    uint64    // the message for which Reply is kept for repeats
	Reply  string    // kept for two minutes
	Log    *LogWrite // nil: the log stays as it is
	Board  *BoardSet // nil: the board stays as it is
	Erase  bool      // instead of all that: erase what is kept of the member, and keep only the reply
}

// LogWrite appends one entry to a season's answer log.
type LogWrite struct {
	Season string
	Entry  []byte // as AppendEntry writes it
}

// BoardSet sets a member's score on a season's board: set, never incremented.
type BoardSet struct {
	Season string
	Score  int64 // Totals.Rank
	Amend  int64 // what the ruling that is about to be published adds to Score; see Rulings
	Remove bool  // take the member off the board instead
}

// Standing is one member's place on a board. Equal scores share a rank.
type Standing struct {
	ID    string // openid
	Score int64
	Rank  int // 1 + the number of members with a strictly higher score
}

// Loaded is what a read of one member gives.
type Loaded struct {
	Record Record
	Reply  string // what was said to the message asked for; empty: it was not counted, or over two minutes ago
}
