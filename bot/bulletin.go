package bot

import (
	"context"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"dangshi/content"
	"dangshi/quiz"
)

// Bulletin is what the account sends by itself on a day.
type Bulletin struct {
	Day      quiz.Day
	Title    string // of an article: at most 32 characters
	Text     string // of a text message: at most 2,048 bytes, plain
	Digest   string // of an article: at most 120 characters
	HTML     string // of an article
	Link     string // of the day's page; empty: there is none
	Question string // stem of the day's first question; empty: there is none to answer
	Heading  string // the item's own title
	Picture  string // https address of the item's picture, or its path where it was uploaded here; empty: it has none

	print func(link string) string // makes Text
}

// At is the bulletin with another address of the day's page.
func (b Bulletin) At(link string) Bulletin {
	if b.Link = link; b.print != nil {
		b.Text = b.print(link)
	}
	return b
}

// What WeChat takes in an article, in characters.
const (
	maxTitle  = 32
	maxDigest = 120
)

// longStem is the size in bytes from which a question is left out of a text, so
// that the item has room beside it. Stems are never cut.
const longStem = 600

// Bulletin makes the bulletin of a day: its item, or, where the day has none, the
// next 百问 or 小故事, the same for all; and the first question of its paper. ok is
// false where the library holds nothing to read. Today's paper is drawn if nobody
// did so before; that of another day is left alone.
func (b *Bot) Bulletin(ctx context.Context, day quiz.Day) (bulletin Bulletin, ok bool, err error) {
	return b.bulletin(ctx, day, b.paper)
}

// Outlook is the bulletin of a day as it would be made now. It draws no paper: whoever
// looks changes nothing.
func (b *Bot) Outlook(ctx context.Context, day quiz.Day) (bulletin Bulletin, ok bool, err error) {
	return b.bulletin(ctx, day, b.foreseen)
}

func (b *Bot) bulletin(ctx context.Context, day quiz.Day, of papers) (bulletin Bulletin, ok bool, err error) {
	// What is sent to everybody cannot be taken back: not what was retired a moment ago.
	library, _, err := b.Library.LibraryNow(ctx)
	if err != nil {
		return Bulletin{}, false, err
	}
	it, ok, err := b.toRead(ctx, day, library, of)
	if err != nil || !ok {
		return Bulletin{}, false, err
	}
	stem, err := b.teaser(ctx, day, of)
	if err != nil {
		return Bulletin{}, false, err
	}
	title := content.Plain(it.Title)
	bulletin = Bulletin{
		Day:      day,
		Title:    b.pushTitle(it),
		print:    func(link string) string { return b.bulletinText(day, it, stem, link) },
		Digest:   digestOf(it),
		HTML:     b.bulletinHTML(day, it, stem),
		Question: stem,
		Heading:  title,
		Picture:  it.Picture,
	}
	return bulletin.At(b.Page(day)), true, nil
}

// Teaser is the stem of the day's first question; empty where there is none to
// answer. Where today's paper was not drawn yet, it is the one that would be.
func (b *Bot) Teaser(ctx context.Context, day quiz.Day) (string, error) {
	return b.teaser(ctx, day, b.foreseen)
}

func (b *Bot) teaser(ctx context.Context, day quiz.Day, of papers) (string, error) {
	voids, err := b.Papers.Voids(ctx)
	if err != nil || voids[day] != quiz.Stands {
		return "", err
	}
	paper, err := of(ctx, day)
	if err != nil || paper == nil {
		return "", err
	}
	return content.Plain(paper.Questions[0].Stem), nil
}

func (b *Bot) kindOf(it content.Item) string {
	switch it.Kind {
	case content.QA:
		return b.Wording.PushQA.String()
	case content.Story:
		return b.Wording.PushStory.String()
	}
	return b.Wording.PushToday.String()
}

func (b *Bot) bulletinText(day quiz.Day, it content.Item, stem, link string) string {
	it.Audio, it.Picture, it.URL = "", "", "" // a mass text shows a link as it stands
	return content.CutSentence(b.printed(it, "", b.headed(day, it), compose("", "", b.address(link), b.invitation(stem))), MaxReply)
}

// address is the day's page as a mass text shows it: as it stands.
func (b *Bot) address(link string) string {
	if link == "" {
		return ""
	}
	return b.Wording.PushPage.With("link", link)
}

// invitation says how to take part; nothing where there is nothing to answer.
func (b *Bot) invitation(stem string) string {
	if stem == "" {
		return ""
	}
	var question string
	if len(stem) <= longStem {
		question = b.Wording.PushQuestion.With("stem", stem)
	}
	return lines(question, b.Wording.PushHow.String())
}

// bulletinHTML is the article. WeChat keeps styles only where they stand in the
// element itself.
func (b *Bot) bulletinHTML(day quiz.Day, it content.Item, stem string) string {
	w := b.Wording
	var out strings.Builder
	paragraph := func(style, text string) {
		if text != "" {
			out.WriteString(`<p style="` + style + `">` + html.EscapeString(text) + `</p>`)
		}
	}
	title := content.Plain(it.Title)
	if it.Year != 0 {
		title = w.Year.With("year", strconv.Itoa(it.Year), "title", title)
	}
	paragraph("text-align:center;color:#a61b1b;font-size:15px;", b.kindOf(it)+" · "+b.date(day))
	paragraph("text-align:center;font-size:20px;font-weight:bold;line-height:1.6;", title)
	for text := range strings.SplitSeq(content.PlainText(it.Text), "\n") {
		paragraph("font-size:17px;line-height:1.9;text-indent:2em;", text)
	}
	if source := it.ShownSource(); source != "" {
		paragraph("font-size:14px;color:#888888;", w.Source.With("source", content.Plain(source)))
	}
	if stem != "" {
		out.WriteString(`<section style="margin-top:24px;padding:12px;border-left:4px solid #a61b1b;background:#faf5f0;">`)
		paragraph("font-size:17px;line-height:1.8;", w.PushQuestion.With("stem", stem))
		paragraph("font-size:15px;color:#666666;", w.PushHow.String())
		out.WriteString(`</section>`)
	}
	return out.String()
}

// cutRunes is content.CutSentence for a limit in characters.
func cutRunes(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	n := 0
	for i := range s {
		if n == limit {
			return content.CutSentence(s, i)
		}
		n++
	}
	return s
}
