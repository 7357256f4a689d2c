package main

import (
	"context"
	"errors"
	"time"

	"dangshi/admin/banks"
	"dangshi/admin/work"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// bankDesk is what the console's pages of the bank work on.
type bankDesk struct {
	*store.Store
	service *service
}

func (s *service) banks() *banks.Banks { return banks.New(bankDesk{s.data.Store, s}) }

// Review is of banks.Library.
func (d bankDesk) Review(ctx context.Context, r banks.Review) ([]banks.Line, error) {
	request := store.ReviewRequest{Act: r.Act, Hand: r.Hand, Seen: r.Seen, DryRun: r.DryRun}
	for id := range r.Seen {
		request.Filter.IDs = append(request.Filter.IDs, id)
	}
	found, missing, err := d.ReviewQuestions(ctx, request)
	if err == nil && len(missing) > 0 {
		err = quiz.ErrConflict // taken away since it was seen
	}
	lines := make([]banks.Line, len(found))
	for i, l := range found {
		lines[i] = banks.Line(l)
	}
	return lines, err
}

// Edit is of banks.Library.
func (d bankDesk) Edit(ctx context.Context, h content.Hand, q content.Question, seen quiz.Version) error {
	did := "question.edit"
	if seen == "" {
		did = "question.new"
	}
	return d.Edited(ctx, did, h, nil, []store.Edit[content.Question]{{Value: q, Seen: seen}})
}

// Load is of banks.Library.
func (d bankDesk) Load(ctx context.Context, l banks.Loading) error {
	return put(ctx, d.Store, store.Loading(l))
}

// leftWords say why something stays as it is.
func leftWords(l store.Stays) string {
	switch l.Why {
	case store.StaysAsked:
		return l.Day.String() + " 的卷子里有它"
	case store.StaysChosen:
		return "已选进 " + l.Day.String() + " 的卷子"
	case store.StaysNeeded:
		return content.Titled(l.Item) + "配着它"
	case store.StaysShown:
		return l.Day.String() + " 已经到了，可能有人看过"
	case store.StaysUnread:
		return "原来的读不出来"
	}
	if l.By != "" {
		return "后来 " + l.By + " 又改过"
	}
	return "后来又改过"
}

// Undo is of banks.Library.
func (d bankDesk) Undo(ctx context.Context, h content.Hand, act string, today quiz.Day, shown string) (banks.Undone, error) {
	u, err := d.Store.Undo(ctx, h, act, today, shown)
	if errors.Is(err, store.ErrNoUndo) {
		err = banks.ErrNoUndo
	}
	done := banks.Undone{By: u.By, At: u.At, Removed: u.Removed, Back: u.Back, Questions: u.Questions, Set: u.Set}
	for _, l := range u.Stays {
		done.Left = append(done.Left, banks.Left{ID: l.ID, Title: l.Title, Why: leftWords(l)})
	}
	return done, err
}

// Signatures is of banks.Library.
func (d bankDesk) Signatures() int { return d.service.app.signatures() }

// Season is of banks.Use.
func (d bankDesk) Season(day quiz.Day) (quiz.Season, bool) { return d.service.app.file.Seasons.At(day) }

// Asked is of banks.Use.
func (d bankDesk) Asked(ctx context.Context, id string, season quiz.Season) (all []banks.Asked, err error) {
	found, err := d.Store.Asked(ctx, id, []quiz.Season{season})
	for _, a := range found {
		for _, in := range a.Times {
			all = append(all, banks.Asked{Day: in.Day, Revision: a.Question.Revision, Place: in.Place})
		}
	}
	return all, err
}

// Phone is of banks.Use.
func (d bankDesk) Phone(q content.Question) (asked, answered string) {
	return d.service.bot.PreviewQuestion(q)
}

// Count is of banks.Use.
func (d bankDesk) Count(ctx context.Context, by string, season quiz.Season) error {
	return d.service.works.Start(ctx, questionWork(season.ID), by, d.service.figuresOf(season, 0))
}

const (
	questionsSpec = "40 3 * * *" // of how the questions of the season do
	// freshCount is how old their figures may be for a replica to leave them.
	freshCount = time.Hour
)

func questionWork(season string) string { return "questions-" + season }

// figuresOf counts how the questions of a season do, unless that was just done.
func (s *service) figuresOf(season quiz.Season, fresh time.Duration) work.Do {
	return func(ctx context.Context, _ func(done, of int)) (any, error) {
		last, ok, err := s.data.QuestionFigures(ctx, season.ID)
		if errors.Is(err, store.ErrRecord) { // they are counted anew
			err = nil
		}
		if err != nil || ok && s.now().Sub(time.Unix(last.At, 0)) < fresh {
			return nil, err
		}
		return nil, s.data.CountQuestions(ctx, season, s.now())
	}
}

// countQuestions counts how the questions of yesterday's season do, so that the last day
// of one is counted, too.
func (s *service) countQuestions(ctx context.Context, due time.Time) error {
	season, ok := s.app.file.Seasons.At(quiz.DayOf(due) - 1)
	if !ok {
		return nil
	}
	return s.nightly(ctx, questionWork(season.ID), s.figuresOf(season, freshCount))
}
