package bot

import (
	"context"
	"strconv"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// today shows the day's item, or what stands in for it.
func (b *Bot) today(ctx context.Context, _ Message, now time.Time, _ string) (string, error) {
	day := quiz.DayOf(now)
	library, err := b.Library.Library(ctx)
	if err != nil {
		return "", err
	}
	item, ok, err := b.toRead(ctx, day, library, b.paper)
	if err != nil {
		return "", err
	}
	if !ok {
		return lines(b.Wording.NoItem.String(), b.Wording.ToQuiz.String()), nil
	}
	return b.item(day, item), nil
}

// item prints the item of a day.
func (b *Bot) item(day quiz.Day, it content.Item) string {
	return b.printed(it, "", b.headed(day, it), compose("", "", link(b.Page(day), b.Wording.Page), b.Wording.ToQuiz.String()))
}

// headed puts the heading of its kind over what is read on a day.
func (b *Bot) headed(day quiz.Day, it content.Item) func(title, text string) string {
	w := b.Wording
	return func(title, text string) string {
		switch it.Kind {
		case content.QA:
			return w.QA.With("title", title, "text", text)
		case content.Story:
			return w.Story.With("title", title, "text", text)
		}
		return w.Today.With("date", b.date(day), "title", title, "text", text)
	}
}

// media is the address at which members get a picture or audio: what was uploaded here
// has none where the installation has no public address.
func (b *Bot) media(address string) string {
	if _, ours := content.MediaName(address); ours {
		return b.Media(address)
	}
	return address
}

// unquoted keeps an address within its quotes. WeChat takes & as it stands.
var unquoted = strings.NewReplacer(`"`, "%22", "<", "%3C", ">", "%3E")

// link is a tappable address; empty where there is none.
func link(address string, words Phrase) string {
	if address == "" {
		return ""
	}
	return `<a href="` + unquoted.Replace(address) + `">` + words.String() + `</a>`
}

// printed prints an item, its text cut at a sentence where it is too long; its
// source only where an editor has checked it.
func (b *Bot) printed(it content.Item, before string, body func(title, text string) string, after string) string {
	w := b.Wording
	title := content.Plain(it.Title)
	if it.Year != 0 {
		title = w.Year.With("year", strconv.Itoa(it.Year), "title", title)
	}
	var source string
	links := []string{link(b.media(it.Audio), w.Listen), link(b.media(it.Picture), w.Look)}
	if s := it.ShownSource(); s != "" {
		source = w.Source.With("source", content.Plain(s))
		if it.Series != "" || it.Kind == content.Audio { // elsewhere it is where the facts were read, not the thing itself
			links = append(links, link(it.URL, w.Original))
		}
	}
	whole := func(text string) string {
		return compose("", "", before, body(title, text), lines(append(links, source)...), after)
	}
	text := content.PlainText(it.Text)
	if long := len(whole(text)) - MaxReply; long > 0 {
		text = content.CutSentence(text, len(text)-long)
	}
	return whole(text)
}
