package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

// Asked is one revision of a question, with the papers in which it was asked.
type Asked struct {
	Question content.Question // as it was frozen
	Times    []AskedIn        // in order of days
}

// AskedIn is one paper in which a question was asked.
type AskedIn struct {
	Season  string // ID; empty: between seasons
	Day     quiz.Day
	Version int
	Place   int // its number in the paper, from 1
}

// Asked finds the papers of seasons in which a question was asked, by revision,
// the oldest first; those that were replaced after their issue are among them.
// Errors: quiz.ErrUnavailable.
func (s *Store) Asked(ctx context.Context, id string, seasons []quiz.Season) ([]Asked, error) {
	byRevision := map[int]*Asked{}
	for _, season := range seasons {
		err := s.eachPaper(ctx, season, func(p *quiz.Paper) {
			for i, q := range p.Questions {
				if q.ID != id {
					continue
				}
				a := byRevision[q.Revision]
				if a == nil {
					a = &Asked{Question: q}
					byRevision[q.Revision] = a
				}
				a.Times = append(a.Times, AskedIn{p.Season, p.Day, p.Version, i + 1})
			}
		})
		if err != nil {
			return nil, err
		}
	}
	var all []Asked
	for _, a := range byRevision {
		slices.SortFunc(a.Times, func(a, b AskedIn) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Version, b.Version)) })
		all = append(all, *a)
	}
	slices.SortFunc(all, func(a, b Asked) int { return cmp.Compare(a.Question.Revision, b.Question.Revision) })
	return all, nil
}

// eachPaper hands over the papers of a season, at each version that was issued.
func (s *Store) eachPaper(ctx context.Context, season quiz.Season, visit func(*quiz.Paper)) error {
	to := season.To
	if to < season.From { // the settings no longer name it
		to = season.From + quiz.MaxSeasonDays
	}
	const page = 50
	for day := season.From; day <= to; day += page {
		ids, err := s.issued(ctx, day, min(day+page-1, to))
		if err != nil {
			return err
		}
		papers, err := s.readPapers(ctx, ids)
		if err != nil {
			return err
		}
		for _, p := range papers {
			if p.Season == season.ID {
				visit(p)
			}
		}
	}
	return nil
}

// issued lists the papers of some days at each version up to the present one.
func (s *Store) issued(ctx context.Context, from, to quiz.Day) (ids []paperID, err error) {
	var pointers []string
	for day := from; day <= to; day++ {
		pointers = append(pointers, paperKey(day))
	}
	current, err := s.client.MGet(ctx, pointers...).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	for i, text := range current {
		text, ok := text.(string)
		if !ok {
			continue
		}
		day := from + quiz.Day(i)
		last, err := parseVersion(day, text)
		if err != nil {
			return nil, err
		}
		for version := 1; version <= last; version++ {
			ids = append(ids, paperID{day, version})
		}
	}
	return ids, nil
}

// RegradeRequest is what an operator asks for.
type RegradeRequest struct {
	Question string // ID
	Revision int    // 0: the only one that was asked
	Proposal quiz.Proposal
	By, Why  string
	At       int64         // Unix seconds
	Seasons  []quiz.Season // in which to look: all that have begun
}

// ErrRequest means that a regrade cannot be as it was asked for; the text is for
// operators.
var ErrRequest = errors.New("请核对要更正的题")

// PlanRegrade finds where the question was asked and makes the correction, which
// nothing is written of yet. Errors: ErrRequest, quiz.ErrUnavailable.
func (s *Store) PlanRegrade(ctx context.Context, r RegradeRequest) (Regrade, Asked, error) {
	all, err := s.Asked(ctx, r.Question, r.Seasons)
	if err != nil {
		return Regrade{}, Asked{}, err
	}
	a, err := chooseRevision(all, r)
	if err != nil {
		return Regrade{}, Asked{}, fmt.Errorf("%w：%w", ErrRequest, err)
	}
	l, err := s.readLedger(ctx)
	if err != nil {
		return Regrade{}, a, err
	}
	last := a.Times[len(a.Times)-1]
	c := quiz.Correction{
		AskedAs: quiz.AskedAsOf(a.Question), Before: quiz.AsFrozen(a.Question),
		At: r.At, By: r.By, Why: r.Why, Day: last.Day, Place: last.Place,
	}
	if now, ok := l.rulings().Of(c.AskedAs); ok {
		c.Before = now
	}
	if c.Ruling, err = r.Proposal.Ruling(a.Question, c.Before); err != nil {
		return Regrade{}, a, fmt.Errorf("%w：%w", ErrRequest, err)
	}
	plan := Regrade{Correction: c, Times: a.Times}
	for _, season := range r.Seasons {
		switch _, closed := l.Closed[season.ID]; {
		case !slices.ContainsFunc(a.Times, func(t AskedIn) bool { return t.Season == season.ID }):
		case closed:
			plan.Closed = append(plan.Closed, season.ID)
		default:
			plan.Seasons = append(plan.Seasons, season)
		}
	}
	if len(plan.Seasons) == 0 {
		return Regrade{}, a, fmt.Errorf("%w：只在已经结赛的赛季（%s）里出过这道题，荣誉名单已经公布，成绩不再变", ErrRequest, strings.Join(plan.Closed, "、"))
	}
	return plan, a, nil
}

func chooseRevision(all []Asked, r RegradeRequest) (Asked, error) {
	var revisions []int
	for _, a := range all {
		revisions = append(revisions, a.Question.Revision)
		if a.Question.Revision == r.Revision {
			return a, nil
		}
	}
	switch {
	case len(all) == 0:
		return Asked{}, fmt.Errorf("没有哪天的卷子里有题目 %s，用不着更正成绩；改题库请用 bank load", r.Question)
	case r.Revision != 0:
		return Asked{}, fmt.Errorf("题目 %s 的第 %d 版没有出过，出过的是第 %d 版", r.Question, r.Revision, revisions)
	case len(all) > 1:
		return Asked{}, fmt.Errorf("题目 %s 出过几个版本：%d，请用 --revision 指明哪一版", r.Question, revisions)
	}
	return all[0], nil
}
