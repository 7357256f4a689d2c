package bot

import (
	"context"
	"errors"
	"fmt"

	"dangshi/content"
	"dangshi/quiz"
)

// maxDraws bounds how often a paper is drawn anew because somebody has changed the
// library meanwhile. Each time takes some milliseconds, so only changes without a break
// come to it.
const maxDraws = 20

// IssuePaper gives the paper of a day, drawing and freezing it if nobody did so
// before. Any number of replicas may do this at once: the first one's paper is
// everyone's. Its questions were in use when it was frozen. It is nil where the bank
// holds no question.
func (b *Bot) IssuePaper(ctx context.Context, day quiz.Day) (*quiz.Paper, error) {
	p, err := b.Papers.CurrentPaper(ctx, day)
	for n := 0; err == nil && p == nil && n < maxDraws; n++ {
		library, under, unread := b.Library.LibraryNow(ctx)
		if unread != nil {
			return nil, unread
		}
		if p, err = b.drawn(ctx, day, library, b.Papers.BeginSeason); err != nil || p == nil {
			return nil, err
		}
		// A crash before this line leaves nothing, one after it the paper of everyone.
		p, err = b.Papers.Freeze(ctx, p, under)
		if errors.Is(err, quiz.ErrConflict) {
			p, err = nil, nil // what it was drawn from has changed
		}
	}
	if err == nil && p == nil {
		err = fmt.Errorf("%w: the library goes on changing while the paper of %s is drawn", quiz.ErrUnavailable, day)
	}
	return p, err
}

// foreseen is the paper of a day; that of today, where nobody has drawn it, as
// IssuePaper would draw it now. Who only looks asks for this: nothing is frozen, and
// no season begins. It is nil where there is none.
func (b *Bot) foreseen(ctx context.Context, day quiz.Day) (*quiz.Paper, error) {
	p, err := b.Papers.CurrentPaper(ctx, day)
	if err != nil || p != nil || day != quiz.DayOf(b.Now()) {
		return p, err
	}
	library, err := b.Library.Library(ctx)
	if err != nil {
		return nil, err
	}
	return b.drawn(ctx, day, library, func(_ context.Context, _ string, proposed quiz.Terms) (quiz.Terms, error) { return proposed, nil })
}

// drawn is a paper of a day from a library, not frozen; terms are those of its season.
// It is nil where the bank holds no question.
func (b *Bot) drawn(ctx context.Context, day quiz.Day, library *content.Library, terms func(ctx context.Context, season string, proposed quiz.Terms) (quiz.Terms, error)) (*quiz.Paper, error) {
	recent, err := b.Papers.RecentPapers(ctx, day-quiz.RepeatAfter, day-1)
	if err != nil {
		return nil, err
	}
	rulings, err := b.Papers.Rulings(ctx)
	if err != nil {
		return nil, err
	}
	pinned, err := b.Papers.PinnedPapers(ctx, day, day+quiz.RepeatAfter)
	if err != nil {
		return nil, err
	}
	drawing := quiz.Drawing{
		Day: day, Pinned: pinned[day], Coming: make(map[string]bool), Size: b.Questions, Bank: rulings.Askable(library.Questions()), Seed: b.Secret,
		Asked: make(map[string]quiz.Day), Weights: b.Weights,
	}
	for ahead, questions := range pinned {
		for _, id := range questions {
			drawing.Coming[id] = ahead > day || drawing.Coming[id]
		}
	}
	for _, p := range recent {
		for _, q := range p.Questions {
			drawing.Asked[q.ID] = max(drawing.Asked[q.ID], p.Day)
		}
	}
	if item, ok := library.Today(day.String()); ok {
		drawing.First = item.Question
	}
	if season, ok := b.Seasons.At(day); ok {
		terms, err := terms(ctx, season.ID, quiz.Terms{From: season.From, Weights: b.Weights})
		if err != nil {
			return nil, err
		}
		season.From = terms.From
		drawing.Season, drawing.Weights = season, terms.Weights
	}
	p, err := quiz.Draw(drawing)
	if errors.Is(err, quiz.ErrNoQuestions) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("drawing the paper of %s: %w", day, err)
	}
	if it, ok := quiz.ToRead(library, day, nil); ok && it.Kind != content.Today {
		p.Read = it.ID
	}
	return p, nil
}

// paper is the day's paper; that of today is drawn if nobody did so before. It is nil
// where there is none.
func (b *Bot) paper(ctx context.Context, day quiz.Day) (*quiz.Paper, error) {
	p, err := b.Papers.CurrentPaper(ctx, day)
	if err == nil && p == nil && day == quiz.DayOf(b.Now()) {
		return b.IssuePaper(ctx, day)
	}
	return p, err
}

// papers gives the paper of a day: paper, or foreseen.
type papers func(ctx context.Context, day quiz.Day) (*quiz.Paper, error)

// toRead is what is read on a day; see quiz.ToRead.
func (b *Bot) toRead(ctx context.Context, day quiz.Day, library *content.Library, of papers) (it content.Item, ok bool, err error) {
	if it, ok := library.Today(day.String()); ok {
		return it, true, nil
	}
	paper, err := of(ctx, day)
	if err != nil {
		return content.Item{}, false, err
	}
	it, ok = quiz.ToRead(library, day, paper)
	return it, ok, nil
}
