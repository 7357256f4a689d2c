package bot

import (
	"context"
	"sort"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// next gives a member the next item of a kind (百问, 故事, 听): after the last one
// comes the first again.
func next(kind content.Kind) handler {
	return func(b *Bot, ctx context.Context, m Message, now time.Time, _ string) (string, error) {
		library, err := b.Library.Library(ctx)
		if err != nil {
			return "", err
		}
		items := library.Items(kind)
		if len(items) == 0 {
			return lines(b.Wording.NothingToRead.String(), b.Wording.ToQuiz.String()), nil
		}
		return b.change(ctx, m, now, func(r quiz.Record, _ quiz.Situation) (quiz.Event, string) {
			it := following(items, r.Member.Read.Last(kind))
			return quiz.Read{Kind: kind, ID: it.ID}, b.reading(it, b.privacy(r.Member))
		})
	}
}

// following is the item after the one of the given id, in the order of ids; that
// one may have been taken away meanwhile.
func following(items []content.Item, last string) content.Item {
	i := sort.Search(len(items), func(i int) bool { return items[i].ID > last })
	return items[i%len(items)]
}

// reading prints an item that is read in turn.
func (b *Bot) reading(it content.Item, privacy string) string {
	w := b.Wording
	heading, more := w.QA, w.QAMore
	switch it.Kind {
	case content.Story:
		heading, more = w.Story, w.StoryMore
	case content.Audio:
		heading, more = w.Audio, w.AudioMore
	}
	return b.printed(it, privacy, func(title, text string) string {
		return heading.With("title", title, "text", text)
	}, more.String())
}
