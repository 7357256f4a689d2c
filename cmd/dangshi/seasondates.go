package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"dangshi/quiz"
)

// misdated are the faults of the settings' seasons beside those that have begun and
// those that are closed.
func (a *app) misdated(ctx context.Context, d *data) ([]error, error) {
	begun, err := d.Seasons(ctx)
	if err != nil {
		return nil, err
	}
	closed, err := d.ClosedSeasons(ctx)
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, id := range slices.Sorted(maps.Keys(begun)) {
		if err := a.moved(id, begun[id]); err != nil {
			faults = append(faults, err)
		}
		if over := a.covering(id, begun[id]); over.ID != "" {
			faults = append(faults, usagef("赛季 %s 从 %s 起已经有人答题，赛季 %s 不能延长到 %s；请把它的 to 改到那以前", id, begun[id].From, over.ID, over.To))
		}
		then, isClosed := closed[id]
		if now, ok := a.file.Seasons.ByID(id); isClosed && ok && now.To != then.To {
			faults = append(faults, usagef("赛季 %s 已经结赛，最后一天是 %s，设置里写的却是 %s；请改回去，或给新赛季另起一个 id", id, then.To, now.To))
		}
	}
	return faults, nil
}

// covering is the season of the settings that reaches over the beginning of another
// one that has begun: its days would go back and forth between the two.
func (a *app) covering(id string, begun quiz.Terms) quiz.Season {
	for _, s := range a.file.Seasons {
		if s.ID != id && s.From < begun.From && begun.From <= s.To {
			return s
		}
	}
	return quiz.Season{}
}

// unclosed is the latest season that has begun, is over and was not closed; empty:
// there is none.
func (a *app) unclosed(ctx context.Context, d *data, now time.Time) (string, error) {
	states, err := d.SeasonStates(ctx)
	if err != nil {
		return "", err
	}
	for i := len(states) - 1; i >= 0; i-- {
		if st := states[i]; st.Honours == nil && a.lastDay(st) != 0 && a.lastDay(st).Lapsed(now) {
			return st.ID, nil
		}
	}
	return "", nil
}

// announceSeason says which season is in force, and which waits for its close.
func (a *app) announceSeason(s *service, say func(format string, args ...any)) error {
	now := s.now()
	if season, ok := a.file.Seasons.At(quiz.DayOf(now)); ok {
		say("赛季：%s，%s 到 %s。", season.ID, season.From, season.To)
	} else {
		say("赛季：今天不在任何赛季里，答题不进排行榜。")
	}
	waiting, err := a.unclosed(a.ctx, s.data, now)
	if err != nil {
		return fmt.Errorf("seasons: %w", err)
	}
	if waiting != "" {
		say("赛季 %s 已经结束，还没有结赛：先 season commit，再 season close，见 docs/season.md。", waiting)
	}
	return nil
}
