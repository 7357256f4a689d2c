package bot

import (
	"context"
	"slices"
	"strconv"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// next gives a member the next item of a kind (百问, 故事, 听): see content.NextOf.
func next(kind content.Kind) handler {
	return func(b *Bot, ctx context.Context, m Message, now time.Time, _ string) (string, error) {
		library, err := b.Library.Library(ctx)
		if err != nil {
			return "", err
		}
		return b.turn(ctx, m, now, library.Items(kind), func(r quiz.Reading) string { return r.Last(kind) })
	}
}

// episode gives a member the next episode of the series that a text names; ok is
// false where there is no such series.
func (b *Bot) episode(ctx context.Context, m Message, now time.Time, text string) (reply string, ok bool, err error) {
	library, err := b.Library.Library(ctx)
	if err != nil {
		return "", false, err
	}
	episodes, ok := library.Series(text)
	if !ok {
		return "", false, nil
	}
	reply, err = b.turn(ctx, m, now, episodes, func(r quiz.Reading) string { return lastOf(r, episodes) })
	return reply, true, err
}

// lastOf is the episode that a member was given last of those of a series.
func lastOf(r quiz.Reading, episodes []content.Item) string {
	for _, id := range slices.Backward(r.Series) {
		if slices.ContainsFunc(episodes, func(it content.Item) bool { return it.ID == id }) {
			return id
		}
	}
	return ""
}

// turn gives the one of items that follows the last one that a member was given.
func (b *Bot) turn(ctx context.Context, m Message, now time.Time, items []content.Item, last func(quiz.Reading) string) (string, error) {
	today := quiz.DayOf(now).String()
	if t, ok := content.NextOf(items, "", today); !ok {
		if t.Coming != "" {
			return lines(b.Wording.SeriesComing.With("series", content.Plain(items[0].Series), "date", b.dateOf(t.Coming)), b.Wording.ToQuiz.String()), nil
		}
		return lines(b.Wording.NothingToRead.String(), b.Wording.ToQuiz.String()), nil
	}
	library, err := b.Library.Library(ctx)
	if err != nil {
		return "", err
	}
	return b.change(ctx, m, now, func(r quiz.Record, _ quiz.Situation) (quiz.Event, string) {
		t, _ := content.NextOf(items, last(r.Member.Read), today)
		ev := quiz.Read{Kind: t.Item.Kind, ID: t.Item.ID, Series: t.Item.Series != ""}
		if ev.Series {
			episodes, _ := library.Series(t.Item.Series)
			ev.Before = lastOf(r.Member.Read, episodes)
		}
		return ev, b.reading(t, b.privacy(r.Member))
	})
}

// dateOf prints a date as items have it.
func (b *Bot) dateOf(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date // not reachable: Check sees to it
	}
	return b.date(quiz.Date(t.Date()))
}

// reading prints an item that is read in turn.
func (b *Bot) reading(t content.Turn, privacy string) string {
	w, it := b.Wording, t.Item
	heading, more := w.QA, w.QAMore.String()
	switch it.Kind {
	case content.Story:
		heading, more = w.Story, w.StoryMore.String()
	case content.Audio:
		heading, more = w.Audio, w.AudioMore.String()
	}
	series := content.Plain(it.Series)
	switch {
	case t.Coming != "":
		more = w.EpisodeComing.With("series", series, "date", b.dateOf(t.Coming))
	case it.Series != "":
		more = w.EpisodeMore.With("series", series)
	}
	return b.printed(it, privacy, func(title, text string) string {
		if it.Series != "" {
			return w.Episode.With("series", series, "n", strconv.Itoa(it.Episode), "title", title, "text", text)
		}
		return heading.With("title", title, "text", text)
	}, more)
}
