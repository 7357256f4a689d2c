package quiz

import (
	"slices"
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
		Early  bool // typed or spoken, and sent before the message that made the question open
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
		Kind content.Kind
		ID   string
	}
	// Remind sets the minute of the day at which to be reminded; -1: never.
	Remind struct{ Minute int }
	// Nudge is the time to remind of today's paper, at that minute of the day.
	Nudge struct{ Minute int }
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
func (Rank) event()     {}
func (AskErase) event() {}
func (Erase) event()    {}
func (Hear) event()     {}
func (Withdraw) event() {}

// Situation is the world in which a step happens.
type Situation struct {
	ID    string    // openid: decides the order of options
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
	Early                     // words that arrived before the open question was shown: nothing was graded
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
	case Rank:
		return rank(m, ev, s)
	case AskErase:
		return askErase(m, s)
	case Erase:
		return erase(m, s)
	case Withdraw:
		return withdraw(m)
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

// current reports whether the member's attempt can still be answered.
func (s Situation) current(a Attempt) bool {
	return a.Opened() && s.Open != nil && len(a.Given) < len(s.Open.Questions) &&
		!a.Day.Lapsed(s.Now) && s.Voids[a.Day] == Stands
}

func begin(m Member, s Situation) (Member, Outcome) {
	if s.current(m.Open) {
		return m, Outcome{Status: Asking, Asked: s.ask(m.Open), Late: m.Open.Day < DayOf(s.Now)}
	}
	today := DayOf(s.Now)
	if s.Voids[today] != Stands {
		return m, Outcome{Status: Voided}
	}
	if m.Last.Day >= today { // later only where the clock was set back
		return m, Outcome{Status: Already, Result: m.Last}
	}
	if m.Begun > today {
		return m, Outcome{Status: NoPaper} // the clock was set back: the log must stay in order of days
	}
	if s.Today == nil {
		return m, Outcome{Status: NoPaper}
	}
	out := Outcome{Status: Asking, Changed: true, Fresh: true, Log: s.lapse(m.Open)}
	m = s.join(m)
	m.Unfollowed = false // an event may have been lost: who answers, follows
	m.Begun = today
	m.Open = Attempt{Day: today, Version: s.Today.Version, AskedAt: s.shown()}
	s.Open = s.Today
	out.Asked = s.ask(m.Open)
	return m, out
}

// lapse is the log entry of an attempt that can no longer be finished. It
// scores nothing; the answers that were given count for the statistics of their
// questions.
func (s Situation) lapse(a Attempt) *LogWrite {
	if len(a.Given) == 0 {
		return nil
	}
	return s.log(Entry{Day: a.Day, Version: a.Version, Lapsed: true, Given: a.Given})
}

func (s Situation) log(e Entry) *LogWrite {
	// The paper says which season it belongs to: what the settings say by now
	// must not part the log from the board.
	if s.Open == nil || s.Open.Season == "" {
		return nil // between seasons nothing is counted, so nothing is kept
	}
	return &LogWrite{Season: s.Open.Season, Entry: AppendEntry(nil, s.Open.From, e)}
}

// stall is the longest time, in seconds, for which a message can have waited while
// another one was being counted. A greater difference is a clock that was set
// back, which must not silence anybody.
const stall = 10

// early reports whether a message arrived before the question of a was shown: on
// a slow day people send their answer again, and mean the question they see.
func (s Situation) early(a Attempt) bool {
	ahead := a.AskedAt - s.Now.Unix()
	return ahead > 0 && ahead <= stall
}

// shown is the time from which a question counts as shown, in Unix seconds.
func (s Situation) shown() int64 {
	if s.Shown.IsZero() {
		return s.Now.Unix()
	}
	return s.Shown.Unix()
}

// Asked is the question that m can answer now, nil if there is none.
func (s Situation) Asked(m Member) *Asked {
	if !s.current(m.Open) {
		return nil
	}
	return s.ask(m.Open)
}

// Left is the question that m left open, whether it can still be answered or not;
// nil if there is none.
func (s Situation) Left(m Member) *Asked {
	if !m.Open.Opened() || s.Open == nil || len(m.Open.Given) >= len(s.Open.Questions) {
		return nil
	}
	return s.ask(m.Open)
}

func (s Situation) ask(a Attempt) *Asked {
	i := len(a.Given)
	q := s.Open.Told(i)
	return &Asked{
		Ref:      Ref{Day: a.Day, Question: i},
		Of:       len(s.Open.Questions),
		Question: Shown(q, s.Open.Order(s.ID, i)),
	}
}

func answer(m Member, ev Answer, s Situation) (Member, Outcome) {
	if !s.current(m.Open) {
		return m, s.notOpen(m)
	}
	i := len(m.Open.Given)
	if r := ev.Ref; r != nil && (r.Day != m.Open.Day || r.Question != i) {
		return m, Outcome{Status: Stale, Asked: s.ask(m.Open)}
	}
	if ev.Ref == nil && (ev.Early || s.early(m.Open)) {
		return m, Outcome{Status: Early, Asked: s.ask(m.Open)}
	}
	q := s.Open.Questions[i]
	order := s.Open.Order(s.ID, i)
	pace := PaceOf(time.Duration(s.Now.Unix()-m.Open.AskedAt) * time.Second)
	given := ev.Choice.given(q, order, pace)
	out := Outcome{
		Status:  Asking,
		Changed: true,
		Late:    m.Open.Day < DayOf(s.Now),
		Graded:  s.Open.graded(i, given, order),
	}
	m.Open.Given = append(slices.Clone(m.Open.Given), given)
	m.Open.AskedAt = s.shown()
	if len(m.Open.Given) < len(s.Open.Questions) {
		out.Asked = s.ask(m.Open)
		return m, out
	}
	return s.finish(m, out)
}

// notOpen says why an answer has no question to answer.
func (s Situation) notOpen(m Member) Outcome {
	today := DayOf(s.Now)
	switch {
	case m.Open.Opened() && m.Open.Day.Lapsed(s.Now):
		return Outcome{Status: Lapsed}
	case s.Voids[today] != Stands, m.Open.Opened() && s.Voids[m.Open.Day] != Stands:
		return Outcome{Status: Voided}
	case m.Last.Day == today:
		return Outcome{Status: Already, Result: m.Last}
	}
	return Outcome{Status: NothingOpen}
}

// finish closes a paper: the day counts for the day on which it began.
func (s Situation) finish(m Member, out Outcome) (Member, Outcome) {
	a := m.Open
	out.Status = Finished
	out.Result = s.Open.Result(a.Given)
	out.Log = s.log(Entry{Day: a.Day, Version: a.Version, Given: a.Given})
	before, change := m.Streak, s.Open.change(a.Given)
	m.Streak, out.Streak = m.Streak.Finish(a.Day, s.Voids)
	if s.Open.Season != "" {
		if m.Totals.Season != s.Open.Season {
			m.Amends = m.Amends.leave(m.Totals)
			m.Totals, m.Carry = Totals{Season: s.Open.Season}, before
		}
		m.Totals = m.Totals.credit(out.Result, s.Voids)
	}
	m.Amends = m.Amends.finish(s.Rulings.Staged(), m.Totals.Season, s.Open.Season != "", change)
	if s.Open.Season != "" && !m.OptOut {
		out.Board = &BoardSet{Season: m.Totals.Season, Score: m.Totals.Rank(), Amend: m.ahead()}
	}
	m.Last = out.Result
	m.Open = Attempt{}
	return m, out
}
