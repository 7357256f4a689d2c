package quiz

import (
	"fmt"

	"dangshi/content"
)

// DayLine is one day of a member's season as the log has it, with what each rule
// made of it: what staff show to somebody who asks why.
type DayLine struct {
	Entry          // as it stands in the log
	Void      Void // what became of the day
	Missed    int  // days before it, since the last finished one, that were missed and not voided
	Answers   []Answered
	Questions int // of the paper; more than Answers where it was not finished
	Correct   int // of Answers

	Points int // that it adds to the sum, in 1/Unit point: 0 where it lapsed or was dropped
	Was    int // what it would add by the keys with which it was asked
	Sum    int // points of the season after it

	Streak  Streak       // after it
	Change  StreakChange // what it did to the streak
	Run     int          // finished days in a row without freezes, in this season
	Longest int          // the longest such run so far
}

// Answered is one answer of a day.
type Answered struct {
	Question content.Question // as it was frozen: with the key with which it was asked
	Given    Given
	Right    bool
	Was      bool    // it was right by the key with which it was asked
	Ruling   *Ruling // in force on the question; nil: none
}

// Counts reports whether the day is one of the season's finished days.
func (d DayLine) Counts() bool { return !d.Lapsed && d.Void != Dropped }

// DayByDay is a season's log in lines, oldest first, and the totals, which are
// those of Replay. carry is the streak with which the member came into the season:
// Member.Carry where Member.Totals are those of the season, else it is not known
// and zero. Errors are those of Replay.
func DayByDay(past Past, carry Streak, entries []Entry) ([]DayLine, Totals, error) {
	lines := make([]DayLine, 0, len(entries))
	totals, streak := Totals{Season: past.Season.ID}, carry
	for _, e := range entries {
		p, err := past.paper(e)
		if err != nil {
			return nil, Totals{}, err
		}
		if n := len(p.Questions); len(e.Given) > n || !e.Lapsed && len(e.Given) != n {
			return nil, Totals{}, fmt.Errorf("%w: %s has %d answers to %d questions", ErrLog, e.Day, len(e.Given), n)
		}
		line := DayLine{Entry: e, Void: past.Voids[e.Day], Questions: len(p.Questions)}
		line.answers(p)
		if streak.Last != 0 {
			line.Missed = past.Voids.missed(streak.Last, e.Day)
		}
		if !e.Lapsed {
			if line.Void != Dropped {
				line.Points = p.Result(e.Given).Points
				line.Was = p.result(e.Given, nil, nil).Points
			}
			totals = totals.credit(p.Result(e.Given), past.Voids)
			streak, line.Change = streak.Finish(e.Day, past.Voids)
		}
		line.Sum, line.Streak, line.Run, line.Longest = totals.Points, streak, totals.Run, totals.Longest
		lines = append(lines, line)
	}
	return lines, totals, nil
}

// answers grades what was answered, by the rulings in force and without them.
func (d *DayLine) answers(p *Paper) {
	for i, g := range d.Given {
		a := Answered{Question: p.Questions[i], Given: g, Right: p.Right(i, g), Was: Right(p.Questions[i], g), Ruling: p.ruling(i)}
		if a.Right {
			d.Correct++
		}
		d.Answers = append(d.Answers, a)
	}
}

// Deciding is what put one member of a board before another.
type Deciding uint8

// What decides, in the order in which it is looked at.
const (
	ByPoints Deciding = iota
	ByDays
	ByLongest
	ByNothing // they share their place, until the draw
)

// Decides says what tells two packed ranking scores apart.
func Decides(a, b int64) Deciding {
	pa, da, la := UnpackRank(a)
	pb, db, lb := UnpackRank(b)
	switch {
	case pa != pb:
		return ByPoints
	case da != db:
		return ByDays
	case la != lb:
		return ByLongest
	}
	return ByNothing
}
