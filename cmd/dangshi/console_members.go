package main

import (
	"context"
	"errors"
	"time"

	"dangshi/admin/members"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/web/mydata"
)

// membersData is what the console's pages on members show and do.
type membersData struct {
	*data
	app *app
}

func (s *service) membersSection() *members.Members {
	d := membersData{s.data, s.app}
	return members.New(s.app.ctx, s.now, s.turn, d, d)
}

// Seek is part of members.Data.
func (d membersData) Seek(ctx context.Context, code string, day quiz.Day, progress func(int)) ([]members.Hit, error) {
	found, _, err := d.Find(ctx, store.Query{Text: code, Day: day, Most: maxFound, Progress: progress})
	var hits []members.Hit
	for _, f := range found {
		if f.By == store.ByReceipt || f.By == store.ByPseudonym {
			hits = append(hits, members.Hit{ID: f.ID, Season: f.Season, Day: f.Day})
		}
	}
	return hits, err
}

// Standing is part of members.Data.
func (d membersData) Standing(ctx context.Context, season quiz.Season, id string) (s members.Standing, err error) {
	x, known, err := d.Dossier(ctx, season, id)
	if err != nil || !known {
		return s, err
	}
	if x.Fault != nil {
		s.Fault = "这名学员的记录或日志已损坏，请技术人员运行 dangshi board verify。"
		return s, nil
	}
	s.Agree = x.Agree
	if x.Board > 0 {
		s.Rank, s.Of, err = d.Rank(ctx, season.ID, x.Board)
	}
	return s, err
}

// AllObjections is part of members.Data.
func (d membersData) AllObjections(ctx context.Context) ([]members.Filed, error) {
	filed, err := d.EachObjections(ctx, false)
	all := make([]members.Filed, len(filed))
	for i, f := range filed {
		all[i] = members.Filed{ID: f.ID, Objection: f.Objection}
	}
	return all, err
}

// Branches is part of members.Data.
func (d membersData) Branches(ctx context.Context) (*quiz.Branches, error) {
	return d.merged.Branches(ctx)
}

// Season is part of members.Data.
func (d membersData) Season(ctx context.Context, now time.Time) (quiz.Season, error) {
	if season, ok := d.app.file.Seasons.At(quiz.DayOf(now)); ok {
		return season, nil
	}
	begun, err := d.Seasons(ctx)
	var last quiz.Season
	for id, terms := range begun {
		if terms.From >= last.From {
			last = quiz.Season{ID: id, From: terms.From}
		}
	}
	return last, err
}

// Pseudonym is part of members.Data.
func (d membersData) Pseudonym(season string, self quiz.Self) string {
	return quiz.Pseudonym(d.Secret(), season, self)
}

// File is part of members.Data.
func (d membersData) File(own quiz.OwnData, at time.Time) ([]byte, error) {
	return mydata.File(own, at, d.app.branchNames(d.data))
}

func storeAct(a members.Act) store.Act { return store.Act{By: a.By, Why: a.Why, At: a.At} }

// memberError tells the pages why an act was not done.
func memberError(err error) error {
	switch {
	case errors.Is(err, store.ErrNames):
		return members.ErrNames
	case errors.Is(err, store.ErrStranger):
		return members.ErrGone
	}
	return err
}

// Correct is part of members.Acts.
func (d membersData) Correct(ctx context.Context, season, id string, from, to quiz.Binding, act members.Act) (bool, error) {
	changed, err := d.Store.Correct(ctx, season, id, from, to, storeAct(act))
	return changed, memberError(err)
}

// Unbind is part of members.Acts.
func (d membersData) Unbind(ctx context.Context, season, id string, what quiz.Unbound, act members.Act) (quiz.Member, bool, error) {
	before, changed, err := d.Store.Unbind(ctx, season, id, what, storeAct(act))
	return before, changed, memberError(err)
}

// SetRanked is part of members.Acts.
func (d membersData) SetRanked(ctx context.Context, season, id string, ranked bool, act members.Act) (bool, error) {
	changed, err := d.Store.SetRanked(ctx, season, id, ranked, storeAct(act))
	return changed, memberError(err)
}

// Erase is part of members.Acts.
func (d membersData) Erase(ctx context.Context, season, id string, act members.Act) error {
	return memberError(d.EraseFor(ctx, season, id, storeAct(act)))
}

// Object is part of members.Acts.
func (d membersData) Object(ctx context.Context, season, id string, o quiz.Objection, act members.Act) (quiz.Objection, error) {
	o, err := d.Store.Object(ctx, season, id, o, storeAct(act))
	return o, memberError(err)
}

// Answer is part of members.Acts.
func (d membersData) Answer(ctx context.Context, season, id string, number int, text string, act members.Act) error {
	_, err := d.AnswerOf(ctx, season, id, number, text, storeAct(act))
	return memberError(err)
}

// HandedOut is part of members.Acts.
func (d membersData) HandedOut(ctx context.Context, season, id string, act members.Act) error {
	return memberError(d.NoteHandedOut(ctx, season, id, storeAct(act)))
}
