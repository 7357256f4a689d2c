package quiz

import (
	"time"

	"dangshi/content"
)

// current reports whether the member's attempt can still be answered.
func (s Situation) current(a Attempt) bool {
	return a.Opened() && s.Open != nil && len(a.Given) < len(s.Open.Questions) &&
		!a.Day.Lapsed(s.Now) && s.Voids[a.Day] == Stands
}

func begin(m Member, s Situation) (Member, Outcome) {
	if s.current(m.Open) {
		return m, s.asking(Outcome{Status: Asking, Late: m.Open.Day < DayOf(s.Now)}, m.Open)
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
	return m, s.asking(out, m.Open)
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

// Asks reports whether there is a question that m can answer now.
func (s Situation) Asks(m Member) bool { return s.current(m.Open) }

// Told is the question that m can answer now as it is written, its options in nobody's
// order; ok is false if there is none.
func (s Situation) Told(m Member) (q content.Question, ok bool) {
	if !s.current(m.Open) {
		return content.Question{}, false
	}
	return s.Open.Told(len(m.Open.Given)), true
}

// Asked is the question that m can answer now; ok is false if there is none.
func (s Situation) Asked(m Member) (a Asked, ok bool) {
	if !s.current(m.Open) {
		return Asked{}, false
	}
	return s.ask(m.Open), true
}

// Left is the question that m left open, whether it can still be answered or not;
// ok is false if there is none.
func (s Situation) Left(m Member) (a Asked, ok bool) {
	if !m.Open.Opened() || s.Open == nil || len(m.Open.Given) >= len(s.Open.Questions) {
		return Asked{}, false
	}
	return s.ask(m.Open), true
}

func (s Situation) ask(a Attempt) Asked {
	i := len(a.Given)
	q := s.Open.Told(i)
	return Asked{
		Ref:      Ref{Day: a.Day, Question: i},
		Of:       len(s.Open.Questions),
		Question: Shown(q, s.Open.Order(s.ID, i)),
	}
}

// asking is an outcome that puts the open question of a to the member.
func (s Situation) asking(out Outcome, a Attempt) Outcome {
	asked := s.ask(a)
	out.Asked = &asked
	return out
}

func answer(m Member, ev Answer, s Situation) (Member, Outcome) {
	if !s.current(m.Open) {
		return m, s.notOpen(m)
	}
	i := len(m.Open.Given)
	if r := ev.Ref; r != nil && (r.Day != m.Open.Day || r.Question != i) {
		return m, s.asking(Outcome{Status: Stale}, m.Open)
	}
	if ev.Early || ev.Ref == nil && s.early(m.Open) {
		return m, s.asking(Outcome{Status: Early}, m.Open)
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
	m.Open.Given = append(append(make([]Given, 0, len(s.Open.Questions)), m.Open.Given...), given)
	m.Open.AskedAt = s.shown()
	if len(m.Open.Given) < len(s.Open.Questions) {
		return m, s.asking(out, m.Open)
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
