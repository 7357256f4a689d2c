package quiz

import (
	"time"

	"dangshi/content"
)

// Event is something that a member did and that may change the record.
type Event interface{ event() }

// The events.
type (
	// Begin asks for the day's next open question.
	Begin struct{}
	// Answer answers the open question.
	Answer struct {
		Choice Choice
		Ref    *Ref // the tapped question; nil: the answer was typed or spoken
		Early  bool // sent before the message that made the question open, or tapped before the record began
	}
	// Follow joins or comes back to the account, perhaps by a branch's code.
	Follow struct{ Branch string }
	// Unfollow leaves the account.
	Unfollow struct{}
	// Claim gives a name and a branch, which count once they are confirmed.
	Claim struct{ Binding }
	// Confirm confirms what was claimed.
	Confirm struct{}
	// Read takes an item of a kind: the next one follows it.
	Read struct {
		Kind   content.Kind
		ID     string
		Series bool   // it is an episode of a series
		Before string // the episode of that series that was read last; empty: none
	}
	// Remind sets the minute of the day at which to be reminded; -1: never.
	Remind struct{ Minute int }
	// Nudge is the time to remind of today's paper, at that minute of the day.
	Nudge struct {
		Minute int
		Spend  bool // by a subscribe message, which uses up consent
	}
	// Agree takes what the member decided about subscribe messages.
	Agree struct{ Consent }
	// Refuse takes all consent to them back.
	Refuse struct{}
	// Spend uses up consent to one of them.
	Spend struct{}
	// Rank leaves the ranking of the season that is running, or rejoins it.
	Rank struct {
		Out    bool
		Season string // ID; empty: between seasons
	}
	// AskErase asks to be erased, and Erase confirms it.
	AskErase struct{}
	Erase    struct{}
	// Hear tells what is to be told, and changes nothing else.
	Hear struct{}
	// Unbind is staff taking a wrong name, branch or both out of a binding, by
	// themselves; the member is told.
	Unbind struct{ Unbound }
	// Correct is staff writing down a name and a branch at the wish of a member, in
	// place of what they saw there; what the member has changed since then stays.
	Correct struct{ From, To Binding }
	// Reply tells of answers to the member's objections: so many were given in all.
	Reply struct{ Turns int }
	// Withdraw takes back what was claimed or asked and is not confirmed.
	Withdraw struct{}
)

func (Begin) event()    {}
func (Answer) event()   {}
func (Follow) event()   {}
func (Unfollow) event() {}
func (Claim) event()    {}
func (Confirm) event()  {}
func (Read) event()     {}
func (Remind) event()   {}
func (Nudge) event()    {}
func (Agree) event()    {}
func (Refuse) event()   {}
func (Spend) event()    {}
func (Rank) event()     {}
func (AskErase) event() {}
func (Erase) event()    {}
func (Hear) event()     {}
func (Withdraw) event() {}
func (Unbind) event()   {}
func (Correct) event()  {}
func (Reply) event()    {}

// Situation is the world in which a step happens.
type Situation struct {
	ID    Self      // decides the order of options
	Now   time.Time // when the message arrived, by the injected clock
	Shown time.Time // when the reply leaves, later than Now where the store was slow; zero: Now
	Today *Paper    // the paper of DayOf(Now); nil: there is none
	Open  *Paper    // the paper of the member's open attempt; nil: no attempt
	Voids Voids

	Rulings *Rulings // papers are read together with them; nil: nothing was ever ruled
}

// Status says how a step ended.
type Status uint8

// What can come of a step.
const (
	Done        Status = iota // the event needs no question
	Asking                    // Asked is the open question
	Finished                  // the paper is finished: Result
	Already                   // today's paper was finished before: Result
	NoPaper                   // there is no paper today
	Voided                    // the day was voided
	NothingOpen               // an answer, and no question is open
	Lapsed                    // an answer to a paper that could be finished until 00:30
	Stale                     // a tap on another question than the open one: nothing was graded
	Early                     // sent before the open question was shown: nothing was graded
	Unasked                   // Confirm without a Claim, Erase without AskErase: nothing was done
)

// Asked is a question as it is shown to the member.
type Asked struct {
	Ref      Ref
	Of       int              // number of questions of the paper
	Question content.Question // options in the member's order
}

// Graded is what became of an answer.
type Graded struct {
	Right    bool
	Key      content.Letters   // the right letters as the member saw them
	Also     []content.Letters // where several answers are right, the others
	Void     bool              // the question is void: every answer counts as right
	Question content.Question  // options in the member's order
}

// Outcome is what a step found. The facts in it may be told only after the
// record is stored.
type Outcome struct {
	Status  Status
	Changed bool    // the record is to be stored
	Erase   bool    // all that is kept of the member is to be erased
	Fresh   bool    // the attempt began with this step
	Asked   *Asked  // the open question, if any
	Graded  *Graded // the answer that was graded, if any
	Result  Result  // Finished, Already
	Streak  StreakChange
	Late    bool // the paper belongs to the day before (grace after midnight)
	Log     *LogWrite
	Board   *BoardSet
}

// Step is the whole of the quiz: what an event makes of a member. It changes
// nothing in place. What rulings changed of the member is taken over: one that
// comes back unchanged need not be stored for it.
func Step(m Member, ev Event, s Situation) (Member, Outcome) {
	m = m.Amended(s.Rulings.Published())
	s.Open, s.Today = s.Open.Under(s.Rulings), s.Today.Under(s.Rulings)
	switch ev := ev.(type) {
	case Begin:
		return begin(m, s)
	case Answer:
		return answer(m, ev, s)
	case Follow:
		return follow(m, ev, s)
	case Unfollow:
		changed := m.Known() && !m.Unfollowed
		m.Unfollowed = m.Known()
		return m, Outcome{Changed: changed}
	case Claim:
		return claim(m, ev, s)
	case Confirm:
		return confirm(m)
	case Read:
		return read(m, ev, s)
	case Remind:
		return remind(m, ev, s)
	case Nudge:
		return nudge(m, ev, s)
	case Agree:
		return agree(m, ev, s)
	case Refuse:
		return refuse(m)
	case Spend:
		return spend(m)
	case Rank:
		return rank(m, ev, s)
	case AskErase:
		return askErase(m, s)
	case Erase:
		return erase(m, s)
	case Withdraw:
		return withdraw(m)
	case Unbind:
		return unbind(m, ev)
	case Correct:
		return correct(m, ev)
	case Reply:
		changed := m.Known() && ev.Turns > m.Replies
		if changed {
			m.Replies = ev.Turns
		}
		return m, Outcome{Changed: changed}
	case Hear:
		return m, Outcome{}
	}
	panic("quiz: unknown event") // a new event without a case here: a fault of the program
}

// follow keeps a record only where there is something to keep: a branch's code
// or an earlier record. Whoever merely follows is not recorded.
func follow(m Member, ev Follow, s Situation) (Member, Outcome) {
	if ev.Branch == "" && !m.Known() {
		return m, Outcome{}
	}
	before := m
	m = s.join(m)
	m.Unfollowed = false
	if ev.Branch != "" {
		m.Branch = ev.Branch
	}
	changed := before.Joined != m.Joined || before.Unfollowed || before.Branch != m.Branch
	return m, Outcome{Changed: changed}
}

// join begins the record of someone who has none.
func (s Situation) join(m Member) Member {
	if !m.Known() {
		m.Joined = DayOf(s.Now)
	}
	return m
}
