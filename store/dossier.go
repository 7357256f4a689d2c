package store

import (
	"context"
	"slices"

	"dangshi/quiz"
)

// Dossier is one member's season as staff show it to somebody who says “I did
// answer”: the record, the log day by day, and what the board says.
type Dossier struct {
	ID     string
	Self   quiz.Self
	Season quiz.Season
	Member quiz.Member
	Days   []quiz.KeptDay // of the log, oldest first
	Totals quiz.Totals    // replayed from the log

	Board int64 // packed score on the board; 0: not on it
	Must  int64 // score that the board must show; 0: must not be on it
	Agree bool  // board and record are what the log says
	Fault error // record or log are damaged: then Days and Must are not known
}

// Dossier reads one member's season. known is false where there is no record.
// Errors: quiz.ErrUnavailable; a paper that is lost is a Fault.
func (s *Store) Dossier(ctx context.Context, season quiz.Season, id string) (d Dossier, known bool, err error) {
	t, err := s.truth(ctx, season)
	if err != nil {
		return d, false, err
	}
	v := &verifying{truth: t, seen: map[uint64]bool{}}
	st, difference, err := v.closely(ctx, id)
	if err != nil || st.raw == "" {
		return d, false, err
	}
	d = Dossier{ID: id, Self: st.self, Season: season, Member: st.record.Member, Totals: st.totals, Must: st.ranked(), Agree: difference == nil, Fault: st.fault}
	if d.Board = d.Must; difference != nil {
		d.Board = difference.Board
	}
	if d.Fault != nil {
		r, _ := decodeRecord([]byte(st.raw))
		d.Member = r.Member
		return d, true, nil
	}
	d.Days, err = s.dossierDays(t, st)
	return d, true, err
}

// dossierDays are the days of a log that was read and replayed.
func (s *Store) dossierDays(t truth, st state) ([]quiz.KeptDay, error) {
	carry := quiz.Streak{}
	if st.record.Member.Totals.Season == t.season.ID {
		carry = st.record.Member.Carry
	}
	lines, _, err := quiz.DayByDay(t.past, carry, st.log)
	if err != nil {
		return nil, err
	}
	days := make([]quiz.KeptDay, len(lines))
	for i, line := range lines {
		p, err := t.past.Paper(line.Day, line.Version)
		if err != nil {
			return nil, err
		}
		days[i] = quiz.KeptDay{DayLine: line, Answers: line.Shown(p, st.self)}
		if !line.Lapsed {
			days[i].Receipt = quiz.Receipt(s.pin.Secret, st.self, t.season.From, line.Entry)
		}
	}
	return days, nil
}

// On is the day of that date; ok is false where the log has none.
func (d Dossier) On(day quiz.Day) (line quiz.KeptDay, ok bool) {
	i := slices.IndexFunc(d.Days, func(l quiz.KeptDay) bool { return l.Day == day })
	if i < 0 {
		return quiz.KeptDay{}, false
	}
	return d.Days[i], true
}
