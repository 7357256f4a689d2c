package quiz

import "fmt"

// Mended is m with all that a season's log decides computed again: totals,
// streak and last result, where they are still those of that season. After a day
// was voided or a key corrected it is what the member would have had the ruling
// been known from the start. The season's totals come along, whichever season
// the record has reached by now.
func (m Member) Mended(season Season, entries []Entry, paper func(Day, int) (*Paper, error), voids Voids) (Member, Totals, error) {
	totals, err := Replay(season, entries, paper, voids)
	if err != nil || m.Totals.Season != season.ID {
		return m, totals, err
	}
	m.Totals = totals
	streak, last := m.Carry, Entry{}
	for _, e := range entries {
		if !e.Lapsed {
			streak, _ = streak.Finish(e.Day, voids)
			last = e
		}
	}
	if m.Streak.Last != last.Day || last.Day == 0 {
		return m, totals, nil // days between seasons came after it, which no log holds
	}
	p, err := paper(last.Day, last.Version)
	if err != nil {
		return m, totals, fmt.Errorf("paper %s version %d: %w", last.Day, last.Version, err)
	}
	m.Streak, m.Last = streak, p.Result(last.Given)
	return m, totals, nil
}

// Replay computes a season's totals from the answer log alone: what the board
// must show. paper finds the frozen paper of a day at a version; a log that
// names a paper which is lost is an error, never a guess.
func Replay(season Season, entries []Entry, paper func(Day, int) (*Paper, error), voids Voids) (Totals, error) {
	totals := Totals{Season: season.ID}
	for _, e := range entries {
		if e.Lapsed {
			continue
		}
		p, err := paper(e.Day, e.Version)
		if err != nil {
			return Totals{}, fmt.Errorf("paper %s version %d: %w", e.Day, e.Version, err)
		}
		if len(e.Given) != len(p.Questions) {
			return Totals{}, fmt.Errorf("%w: %s has %d answers to %d questions", ErrLog, e.Day, len(e.Given), len(p.Questions))
		}
		totals = totals.credit(p.Result(e.Given), voids)
	}
	return totals, nil
}

// Result grades a whole paper.
func (p *Paper) Result(given []Given) Result {
	r := Result{Day: p.Day, Questions: len(p.Questions)}
	for i, g := range given {
		if Right(p.Questions[i], g) {
			r.Correct++
		}
	}
	if p.Season != "" {
		r.Points = p.Weights.Points(r.Correct, r.Questions)
	}
	return r
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
