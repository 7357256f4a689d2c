package bot

import (
	"context"
	"slices"
	"strconv"
	"time"

	"dangshi/quiz"
)

// How much of the ranking one message shows.
const (
	topPlaces  = 10
	neighbours = 2 // above and below the member
)

// board shows the first ten, masked, and the member's own place among its
// neighbours.
func (b *Bot) board(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	season, ok := b.Seasons.At(quiz.DayOf(now))
	if !ok {
		return b.Wording.OffSeason.String(), nil
	}
	loaded, err := b.load(ctx, m.From, m.Key())
	if err != nil {
		return "", err
	}
	member := loaded.Record.Member
	top, err := b.Boards.Top(ctx, season.ID, topPlaces)
	if err != nil {
		return "", err
	}
	var total int
	var around []quiz.Standing
	ranked := member.Totals.Season == season.ID && member.Totals.Days > 0 && !member.OptOut
	if _, total, err = b.Boards.Rank(ctx, season.ID, 0); err != nil {
		return "", err
	}
	inTop := slices.ContainsFunc(top, func(s quiz.Standing) bool { return s.ID == m.From })
	if ranked && !inTop { // tied with the tenth, perhaps
		if around, err = b.Boards.Around(ctx, season.ID, m.From, member.Totals.Rank(), neighbours); err != nil {
			return "", err
		}
	}
	labels, err := b.labels(ctx, season, slices.Concat(top, around))
	if err != nil {
		return "", err
	}
	text := b.boardText(season, m.From, top, around, labels, total, ranked, member.OptOut)
	if member.OptOut {
		text = compose("", "", text, b.Wording.LeftRanking.String())
	}
	return b.tell(ctx, m, now, member, text)
}

// labels are the masked names of members, by id.
func (b *Bot) labels(ctx context.Context, season quiz.Season, standings []quiz.Standing) (map[string]string, error) {
	ids := make([]string, len(standings))
	for i, s := range standings {
		ids[i] = s.ID
	}
	selves, err := b.Members.Selves(ctx, ids)
	if err != nil {
		return nil, err
	}
	labels := make(map[string]string, len(ids))
	for i, id := range ids {
		labels[id] = quiz.Label(b.Secret, season.ID, selves[i])
	}
	return labels, nil
}

func (b *Bot) boardText(season quiz.Season, id string, top, around []quiz.Standing, labels map[string]string, total int, ranked, out bool) string {
	w := b.Wording
	if len(top) == 0 {
		return w.BoardEmpty.String()
	}
	text := w.Board.With("season", season.ID, "of", strconv.Itoa(total))
	for _, s := range top {
		text = lines(text, b.place(id, s, labels))
	}
	var tail string
	for _, s := range around {
		tail = lines(tail, b.place(id, s, labels))
	}
	if tail != "" {
		tail = lines(w.Around.String(), tail)
	}
	if !ranked && !out {
		tail = w.NotRanked.String()
	}
	return compose("", "", text, tail)
}

// place is one line of the ranking. Others are masked.
func (b *Bot) place(id string, s quiz.Standing, labels map[string]string) string {
	name := b.Wording.You.String()
	if s.ID != id {
		name = b.Wording.Someone.With("code", labels[s.ID])
	}
	points, _, _ := quiz.UnpackRank(s.Score)
	return b.Wording.Place.With("rank", strconv.Itoa(s.Rank), "name", name, "points", quiz.Score(points))
}
