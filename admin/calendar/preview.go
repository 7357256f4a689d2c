package calendar

import (
	"regexp"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

// span is a piece of a message: plain, or what a tap on it opens.
type span struct {
	Text, Link string
}

// shownPreview is a Preview cut into pieces.
type shownPreview struct {
	Reply, Push   []span
	Title, Digest string
	Size          int // of the reply, in bytes
}

func (c *Calendar) shown(day quiz.Day, it content.Item, stem string) *shownPreview {
	p := c.data.Preview(day, it, stem)
	return &shownPreview{Reply: spans(p.Reply), Push: spans(p.Push), Title: p.Title, Digest: p.Digest, Size: len(p.Reply)}
}

// linkForm is a link as WeChat shows it in a message. Texts of items cannot make one:
// the bot takes their signs away.
var linkForm = regexp.MustCompile(`<a href="([^"]*)">([^<]*)</a>`)

func spans(text string) (all []span) {
	for {
		at := linkForm.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		if at[0] > 0 {
			all = append(all, span{Text: text[:at[0]]})
		}
		all = append(all, span{Text: text[at[4]:at[5]], Link: strings.ReplaceAll(text[at[2]:at[3]], "%22", `"`)})
		text = text[at[1]:]
	}
	if text != "" {
		all = append(all, span{Text: text})
	}
	return all
}
