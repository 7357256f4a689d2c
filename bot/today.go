package bot

import (
	"context"
	"strconv"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// today shows the day's item.
func (b *Bot) today(ctx context.Context, now time.Time) (string, error) {
	library, err := b.Library.Library(ctx)
	if err != nil {
		return "", err
	}
	day := quiz.DayOf(now)
	item, ok := library.Today(day.String())
	if !ok {
		return lines(b.Wording.NoItem.String(), b.Wording.ToQuiz.String()), nil
	}
	return b.item(day, item), nil
}

// item prints an item; its source only where an editor has checked it.
func (b *Bot) item(day quiz.Day, it content.Item) string {
	w := b.Wording
	title := content.Plain(it.Title)
	if it.Year != 0 {
		title = w.Year.With("year", strconv.Itoa(it.Year), "title", title)
	}
	var source string
	if s := it.ShownSource(); s != "" {
		source = w.Source.With("source", content.Plain(s))
	}
	tail := lines(source, w.ToQuiz.String())
	whole := func(text string) string {
		return compose("", "", w.Today.With("date", date(day), "title", title, "text", text), tail)
	}
	text := content.PlainText(it.Text)
	if long := len(whole(text)) - MaxReply; long > 0 {
		text = content.CutSentence(text, len(text)-long)
	}
	return whole(text)
}
