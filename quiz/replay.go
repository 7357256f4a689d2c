package quiz

import "fmt"

// Past is what a season is computed from again, but for the answer log.
type Past struct {
	Season  Season
	Paper   func(Day, int) (*Paper, error) // the paper of a day at a version, Under the rulings; one that is lost is an error
	Voids   Voids
	Rulings *Rulings
}

// Mended is m with all that a season's log decides computed again: totals,
// streak and last result, where they are still those of that season. After a day
// was voided or a key corrected it is what the member would have had the ruling
// been known from the start. What a staged ruling will change comes into Amends.
// The season's totals come along, whichever season the record has reached by now,
// and what the staged ruling will add to their packed score.
func (m Member) Mended(past Past, entries []Entry) (mended Member, totals Totals, ahead int64, err error) {
	totals, next, err := past.replay(entries)
	if err != nil {
		return m, Totals{}, 0, err
	}
	m = m.Amended(past.Rulings.Published())
	ahead = Totals{Points: next.points}.Rank()
	if m.Totals.Season != past.Season.ID {
		m.Amends = m.Amends.ofOther(past, m.Totals.Season, totals, next)
		return m, totals, ahead, nil
	}
	m.Totals = totals
	a := Amends{Ruling: past.Rulings.Staged(), Season: past.Season.ID, Points: next.points, Correct: next.correct}
	streak, last := m.Carry, Entry{}
	for _, e := range entries {
		if !e.Lapsed {
			streak, _ = streak.Finish(e.Day, past.Voids)
			last = e
		}
	}
	if m.Streak.Last == last.Day && last.Day != 0 { // else days between seasons came after it, which no log holds
		p, err := past.paper(last)
		if err != nil {
			return m, totals, 0, err
		}
		c := p.change(last.Given)
		m.Streak, m.Last = streak, p.Result(last.Given)
		a.LastPoints, a.LastCorrect = c.points, c.correct
	}
	m.Amends = a.kept(m.Amends.Untold)
	return m, totals, ahead, nil
}

// kept is what is kept of a: where the staged ruling changes nothing, only what
// was not told.
func (a Amends) kept(u Untold) Amends {
	if a.Ruling == 0 || a.empty() {
		a = Amends{}
	}
	a.Untold = u
	return a
}

// ofOther is a with what is staged of a season that is no longer the member's
// current one: it is only to be told, and the current one's comes first.
func (a Amends) ofOther(past Past, current string, totals Totals, next change) Amends {
	switch {
	case a.Ruling == past.Rulings.Staged() && a.Season == current:
		return a
	case a.Season != past.Season.ID && next == change{}:
		return a
	}
	return Amends{
		Ruling: past.Rulings.Staged(), Season: past.Season.ID, Base: totals.Points, Points: next.points, Correct: next.correct,
	}.kept(a.Untold)
}

// Replay computes a season's totals from the answer log alone: what the board
// must show. paper finds the frozen paper of a day at a version; a log that
// names a paper which is lost is an error, never a guess.
func Replay(season Season, entries []Entry, paper func(Day, int) (*Paper, error), voids Voids) (Totals, error) {
	totals, _, err := Past{Season: season, Paper: paper, Voids: voids}.replay(entries)
	return totals, err
}

// replay gives the totals, and what the staged ruling will change of them.
func (past Past) replay(entries []Entry) (totals Totals, next change, err error) {
	totals = Totals{Season: past.Season.ID}
	for _, e := range entries {
		if e.Lapsed {
			continue
		}
		p, err := past.paper(e)
		if err != nil {
			return Totals{}, change{}, err
		}
		if len(e.Given) != len(p.Questions) {
			return Totals{}, change{}, fmt.Errorf("%w: %s has %d answers to %d questions", ErrLog, e.Day, len(e.Given), len(p.Questions))
		}
		totals = totals.credit(p.Result(e.Given), past.Voids)
		if past.Voids[e.Day] != Dropped {
			next = next.add(p.change(e.Given))
		}
	}
	return totals, next, nil
}

// paper is the paper that an entry answers.
func (past Past) paper(e Entry) (*Paper, error) {
	p, err := past.Paper(e.Day, e.Version)
	if err != nil {
		return nil, fmt.Errorf("paper %s version %d: %w", e.Day, e.Version, err)
	}
	return p, nil
}

// credit adds one finished day. Days come in order. A voided day neither adds
// to nor breaks the run; its points and the day itself count only where they
// are kept.
func (t Totals) credit(r Result, voids Voids) Totals {
	void := voids[r.Day]
	if void == Dropped {
		return t
	}
	t.Points += r.Points
	t.Days++
	t.Correct += r.Correct
	t.Asked += r.Questions
	if void == Kept {
		return t
	}
	if t.Last == 0 || voids.missed(t.Last, r.Day) > 0 {
		t.Run = 0
	}
	t.Run++
	t.Longest = max(t.Longest, t.Run)
	t.Last = r.Day
	return t
}
