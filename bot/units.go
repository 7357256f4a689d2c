package bot

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// shownUnits is how many one message lists.
const shownUnits = 20

// unit is one branch as it is shown.
type unit struct {
	code    string
	average int // points a member, in 1/quiz.BranchTally
	quiz.BranchTally
}

// units shows how the branches stand: by points a member, so that a small one is
// not behind for its size. Nobody is named. Of a tree it shows those beside the
// member's own, each with all that is below it.
func (b *Bot) units(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	w := b.Wording
	season, ok := b.Seasons.At(quiz.DayOf(now))
	if b.Units == nil || !ok {
		return w.UnitsOff.String(), nil
	}
	d, err := b.directory(ctx)
	if err != nil {
		return "", err
	}
	above, err := b.level(ctx, m, d)
	if err != nil {
		return "", err
	}
	tally, ok, err := b.Units.Tally(ctx, season.ID)
	if err != nil {
		return "", err
	}
	all := d.ordered(tally, above)
	switch {
	case !ok, len(tally.Branches) == 0:
		return w.UnitsNone.String(), nil
	case len(all) == 0:
		return w.UnitsFew.String(), nil
	}
	at := time.Unix(tally.At, 0).In(quiz.Zone)
	note := w.UnitsNote.With("date", b.date(quiz.DayOf(at)), "time", at.Format("15:04"))
	text := w.Units.With("season", season.ID)
	if above != "" {
		text = w.UnitsBelow.With("season", season.ID, "branch", d.unitName(above))
	}
	rank := 0
	for i, u := range all[:min(shownUnits, len(all))] {
		if i == 0 || u.average < all[i-1].average {
			rank = i + 1
		}
		more := lines(text, w.UnitPlace.With(
			"rank", strconv.Itoa(rank), "branch", d.unitName(u.code), "n", strconv.Itoa(u.Members),
			"percent", strconv.Itoa(100*u.Active/u.Members), "points", quiz.Score(u.average)))
		if len(more)+len(note)+2 > MaxReply {
			break
		}
		text = more
	}
	return compose("", "", text, note), nil
}

// level is the branch below which a member's own stands, empty for the top.
// Where only one stands at the top, those below it are meant.
func (b *Bot) level(ctx context.Context, m Message, d *directory) (above string, err error) {
	all := d.tree.All()
	if !slices.ContainsFunc(all, func(x content.Branch) bool { return x.Parent != "" }) {
		return "", nil
	}
	loaded, err := b.load(ctx, m.From, m.Key())
	if err != nil {
		return "", err
	}
	own, _ := d.tree.Get(loaded.Record.Member.Branch)
	if own.Parent != "" {
		return own.Parent, nil
	}
	if slices.IndexFunc(all[1:], func(x content.Branch) bool { return x.Parent == "" }) < 0 {
		return all[0].Code, nil
	}
	return "", nil
}

// ordered are the branches of a level that may be shown, the one with the most
// points a member first.
func (d *directory) ordered(t quiz.Tally, above string) (all []unit) {
	rolled := t.Rolled(d.tree)
	told := d.tree.Told(quiz.Members(rolled), quiz.NoSum, nil)
	for _, x := range d.tree.All() {
		if u := rolled[x.Code]; x.Parent == above && told[x.Code] {
			all = append(all, unit{x.Code, u.Points / u.Members, u})
		}
	}
	slices.SortFunc(all, func(x, y unit) int { return cmp.Or(cmp.Compare(y.average, x.average), cmp.Compare(x.code, y.code)) })
	return all
}
