package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dangshi/admin/board"
	"dangshi/admin/frame"
	"dangshi/admin/ranking"
	"dangshi/quiz"
	"dangshi/store"
)

// recentDays is how many days back questions are offered to be corrected.
const recentDays = 7

// Recent is of ranking.Keys.
func (r rankingData) Recent(ctx context.Context) ([]ranking.Recent, error) {
	var all []ranking.Recent
	today := quiz.DayOf(r.now())
	for day := today; day > today-recentDays; day-- {
		p, err := r.data.CurrentPaper(ctx, day)
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue
		}
		for i, q := range p.Questions {
			all = append(all, ranking.Recent{Day: day.String(), Number: i + 1, Question: q})
		}
	}
	return all, nil
}

// Asked is of ranking.Keys.
func (r rankingData) Asked(ctx context.Context, question string) ([]ranking.Asked, error) {
	seasons, err := r.app.begunSeasons(ctx, r.data)
	if err != nil {
		return nil, err
	}
	found, err := r.data.Asked(ctx, question, seasons)
	if err != nil {
		return nil, err
	}
	rulings, err := r.data.Rulings(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]ranking.Asked, len(found))
	for i, a := range found {
		key, ruled := rulings.Of(quiz.AskedAsOf(a.Question))
		if !ruled {
			key = quiz.AsFrozen(a.Question)
		}
		all[i] = askedText(a, key, ruled)
	}
	return all, nil
}

func askedText(a store.Asked, key quiz.Ruling, ruled bool) ranking.Asked {
	x := ranking.Asked{Question: a.Question, Key: key.KeyText(a.Question), Ruled: ruled}
	for _, t := range a.Times[max(0, len(a.Times)-maxTimes):] {
		x.Times = append(x.Times, fmt.Sprintf("%s 第 %d 题", t.Day, t.Place))
	}
	return x
}

// words parts what was given as several answers.
func words(text string) []string {
	var all []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、;；", r) }) {
		if word = strings.TrimSpace(word); word != "" {
			all = append(all, word)
		}
	}
	return all
}

// planned is a proposal of the console as bank regrade makes it.
func (r rankingData) planned(ctx context.Context, p ranking.Proposal) (store.Regrade, store.Asked, error) {
	var proposal quiz.Proposal
	switch p.Way {
	case "key":
		if proposal.Key = p.Key; p.Key == "" {
			return store.Regrade{}, store.Asked{}, frame.Bad("请选或写正确的答案。")
		}
	case "accept":
		if proposal.Accept = words(p.Accept); len(proposal.Accept) == 0 {
			return store.Regrade{}, store.Asked{}, frame.Bad("请写都算对的答案，用逗号隔开。")
		}
	case "void":
		proposal.Void = true
	default:
		return store.Regrade{}, store.Asked{}, frame.Bad("请选怎样更正。")
	}
	plan, asked, err := r.app.planRegrade(ctx, r.data, store.RegradeRequest{
		Question: p.Question, Revision: p.Revision, Proposal: proposal, By: p.By, Why: p.Reason, At: r.now().Unix(),
	})
	if errors.Is(err, store.ErrRequest) {
		err = frame.Bad(strings.TrimPrefix(err.Error(), store.ErrRequest.Error()+"：") + "。")
	}
	return plan, asked, err
}

// Plan is of ranking.Keys.
func (r rankingData) Plan(ctx context.Context, p ranking.Proposal) (ranking.Plan, error) {
	plan, asked, err := r.planned(ctx, p)
	if err != nil {
		return ranking.Plan{}, err
	}
	c := plan.Correction
	x := ranking.Plan{Asked: askedText(asked, c.Before, !c.Before.Equal(quiz.AsFrozen(asked.Question))), To: c.Ruling.KeyText(asked.Question), Closed: plan.Closed}
	x.Seasons = seasonIDs(plan.Seasons)
	return x, nil
}

// JudgedUnder is of ranking.Keys.
func (r rankingData) JudgedUnder(ctx context.Context, seasons []string) (string, error) {
	return r.data.Basis(ctx, seasons)
}

// Preview is of ranking.Keys.
func (r rankingData) Preview(ctx context.Context, p ranking.Proposal, tell func(done, of int)) ([]board.Impact, error) {
	plan, _, err := r.planned(ctx, p)
	if err != nil {
		return nil, err
	}
	var all []board.Impact
	for _, season := range plan.Seasons {
		impact, err := r.data.PreviewRegrade(ctx, plan, season, r.app.prizes().Top, func(n int) { tell(n, 0) })
		if err != nil {
			return nil, err
		}
		all = append(all, board.ImpactOf(impact))
	}
	return all, nil
}

// Regrade is of ranking.Keys.
func (r rankingData) Regrade(ctx context.Context, p ranking.Proposal, work string, tell func(done, of int)) error {
	plan, _, err := r.planned(ctx, p)
	if err != nil {
		return err
	}
	a := r.app.quiet(ctx)
	o := store.RebuildOptions{Damaged: a.damaged, Progress: func(n int) { tell(n, 0) }}
	plan.Work = work
	switch err = a.publish(r.data, func(ctx context.Context) error { return r.data.PublishRegrade(ctx, plan, o) }); {
	case errors.Is(err, store.ErrRulingMoved):
		return frame.Bad("这道题刚刚有人更正过，或赛季刚刚结赛，这一次没有发布。请重新预览。")
	case errors.Is(err, store.ErrRekeying):
		return frame.Bad("公众号迁移的记录还没有搬完，这一次没有发布。请等它搬完。")
	}
	return err
}

// Pending is of ranking.Keys.
func (r rankingData) Pending(ctx context.Context) (what, work string, err error) {
	left, ok, err := r.data.Staged(ctx)
	if err != nil || !ok {
		return "", "", err
	}
	return stagedText(left), left.Work, nil
}

// Rulings is of ranking.Keys.
func (r rankingData) Rulings(ctx context.Context) ([]ranking.Ruling, error) {
	history, err := r.data.Corrections(ctx)
	var all []ranking.Ruling
	for _, c := range slices.Backward(history) {
		all = append(all, ranking.Ruling{At: c.At, Question: c.Question, Revision: c.Revision, From: keyText(c.Before), To: keyText(c.Ruling), By: c.By, Why: c.Why})
	}
	return all, err
}
