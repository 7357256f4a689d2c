package bot

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"dangshi/quiz"
)

// smallUnit is the number of members below which a branch is not shown: its
// figures would tell of persons. shownUnits is how many one message lists.
const (
	smallUnit  = 5
	shownUnits = 20
)

// unit is one branch as it is shown.
type unit struct {
	code    string
	average int // points a member, in 1/quiz.BranchTally
	quiz.BranchTally
}

// units shows how the branches stand: by points a member, so that a small one is
// not behind for its size. Nobody is named.
func (b *Bot) units(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	w := b.Wording
	season, ok := b.Seasons.At(quiz.DayOf(now))
	if b.Units == nil || !ok {
		return w.UnitsOff.String(), nil
	}
	tally, ok, err := b.Units.Tally(ctx, season.ID)
	if err != nil {
		return "", err
	}
	all := b.ordered(tally)
	if !ok || len(all) == 0 {
		return w.UnitsNone.String(), nil
	}
	at := time.Unix(tally.At, 0).In(quiz.Zone)
	note := w.UnitsNote.With("date", b.date(quiz.DayOf(at)), "time", at.Format("15:04"))
	text := w.Units.With("season", season.ID)
	rank := 0
	for i, u := range all[:min(shownUnits, len(all))] {
		if i == 0 || u.average < all[i-1].average {
			rank = i + 1
		}
		more := lines(text, w.UnitPlace.With(
			"rank", strconv.Itoa(rank), "branch", b.unitName(u.code), "n", strconv.Itoa(u.Members),
			"percent", strconv.Itoa(100*u.Active/u.Members), "points", quiz.Score(u.average)))
		if len(more)+len(note)+2 > MaxReply {
			break
		}
		text = more
	}
	return compose("", "", text, note), nil
}

// ordered are the branches that may be shown, the one with the most points a
// member first.
func (b *Bot) ordered(t quiz.Tally) (all []unit) {
	for code, u := range t.Branches {
		if _, known := b.Branches[code]; known && u.Members >= smallUnit {
			all = append(all, unit{code, u.Points / u.Members, u})
		}
	}
	slices.SortFunc(all, func(x, y unit) int { return cmp.Or(cmp.Compare(y.average, x.average), cmp.Compare(x.code, y.code)) })
	return all
}
