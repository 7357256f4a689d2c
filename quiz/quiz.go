// Package quiz holds the rules: which day it is, which questions a day's paper
// has, what is right, what a day is worth, how a streak is kept, who stands
// where. It is pure: time is an argument, nothing is read, written or logged.
//
// The shell around it loads a Member, calls Step with what happened, stores the
// member that comes back in one atomic commit, and only then tells the person
// what the Outcome says. Replay computes a season's totals from the answer log
// alone, with the same code: what Step counts, Replay counts.
package quiz

import "dangshi/content"

// Member is what the quiz remembers of one person. The zero value is someone
// who has never taken part. It holds no name of WeChat and no openid: the store
// knows under which key it lies.
type Member struct {
	Joined     Day     // first day on which a record was kept; 0: never
	Branch     string  // code of the unit that the member belongs to; empty: none
	Unfollowed bool    // has unfollowed the account and not come back
	OptOut     bool    // wants to stand in no ranking
	Begun      Day     // last day on which a paper was begun
	Open       Attempt // the paper being answered; zero: none
	Streak     Streak  // consecutive days, over the turn of seasons
	Carry      Streak  // the streak before the first finished day of Totals' season: from it the log replays
	Totals     Totals  // of the season of the last finished day
	Last       Result  // the last finished day

	Name       string  // as the member gave and confirmed it, for the honours list; empty: none
	Claim      Binding // what the member gave and has not confirmed; zero: nothing
	Remind     int     // minute of the day, plus 1, at which to remind of an open paper; 0: never
	Reminded   Day     // last day on which the member was reminded
	Read       Reading
	EraseAsked int64 // Unix seconds at which the member asked to be erased; 0: did not
	ClaimAsked int64 // Unix seconds at which Claim was shown back; 0: there is none, or an older program kept it
	Amends     Amends
	Former     []string // openids under which the account knew the member before it moved, oldest first; see Self
	Unbound    Unbound  // what staff took out of the binding, until the member is told
	Replies    int      // objections of the member that were answered
	Heard      int      // of Replies, how many the member was told
	Consent    Consent
}

// Binding is a person's name and the code of their branch, as a member gives
// them for the honours list.
type Binding struct {
	Name   string
	Branch string // empty: none
}

// Unbound says which parts of a wrong binding staff took out.
type Unbound struct {
	Name, Branch bool
}

// Reading holds, for each kind of item that is read in turn, the id of the last
// one that the member was given.
type Reading struct {
	QA, Story, Audio string
	Series           []string // for each series the last episode, the series read last at the end
}

// Consent is what a member has agreed to get by the account's subscribe message
// (订阅通知).
type Consent struct {
	Times  int  // messages left, one for each time that the member agreed
	Always bool // for good, as an account with a long-term template is given it
}

// Given reports whether a message may be sent.
func (c Consent) Given() bool { return c.Always || c.Times > 0 }

// Known reports whether a record was ever kept for the member.
func (m Member) Known() bool { return m.Joined != 0 }

// Attempt is a paper that was begun and neither finished nor let lapse.
type Attempt struct {
	Day     Day     // the day on which it began and for which it counts; 0: no attempt
	Version int     // of the day's paper, from 1
	Given   []Given // the answers so far, one a question
	AskedAt int64   // Unix seconds at which the open question was first shown
}

// Opened reports whether there is an attempt.
func (a Attempt) Opened() bool { return a.Day != 0 }

// Given is one answer as the log keeps it, in the canonical order of options,
// so that a corrected key can be applied years later.
type Given struct {
	Letters content.Letters // options chosen; 0 for a blank
	Hash    uint16          // blank: BlankHash of what was typed; 0 for the others
	Pace    Pace            // how long the member took
}

// Result is what one finished day came to.
type Result struct {
	Day       Day
	Correct   int // questions answered right
	Questions int // questions of the paper
	Points    int // in units of 1/Unit point
}

// Totals are the sums of one season. They are derived: Replay computes them
// from the log.
type Totals struct {
	Season  string // ID of the season; empty: none yet
	Points  int    // in units of 1/Unit point
	Days    int    // days finished
	Longest int    // longest run of finished days, freezes not counted
	Run     int    // the run that is still going, or ended with Last
	Last    Day    // last day that counted for the run; 0: none
	Correct int    // questions answered right
	Asked   int    // questions of finished papers
}
