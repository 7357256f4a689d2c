package bot

import (
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

// Preview is how an item reads before anybody gets it.
type Preview struct {
	Reply  string // the answer to 今天, 百问, 故事, 听 or the name of its series, links as WeChat has them
	Push   string // the day's mass text; empty for what is never pushed
	Title  string // of the article
	Digest string // of the article
}

// Preview shows an item as it would be answered and pushed on a day. stem is that of
// the day's first question; empty: there is none yet. It draws and stores nothing.
func (b *Bot) Preview(day quiz.Day, it content.Item, stem string) Preview {
	if it.Kind == content.Audio || it.Series != "" {
		return Preview{Reply: b.reading(content.Turn{Item: it}, "")}
	}
	p := Preview{
		Reply:  b.item(day, it),
		Push:   b.bulletinText(day, it, stem, b.Page(day)),
		Title:  b.pushTitle(it),
		Digest: digestOf(it),
	}
	if it.Kind != content.Today {
		p.Reply = b.reading(content.Turn{Item: it}, "")
	}
	return p
}

// PreviewQuestion shows a question as the first of a day's paper, its options as they
// are written, links as WeChat has them, and what follows the right answer. It must be
// one that Check accepts.
func (b *Bot) PreviewQuestion(q content.Question) (asked, answered string) {
	asked = b.ask(&quiz.Asked{Ref: quiz.Ref{Day: quiz.DayOf(b.Now())}, Of: b.Questions, Question: q})
	return asked, compose(b.Wording.Right.String(), q.Explain)
}

func (b *Bot) pushTitle(it content.Item) string {
	return cutRunes(b.Wording.PushTitle.With("kind", b.kindOf(it), "title", content.Plain(it.Title)), maxTitle)
}

func digestOf(it content.Item) string {
	return cutRunes(strings.ReplaceAll(content.PlainText(it.Text), "\n", ""), maxDigest)
}
