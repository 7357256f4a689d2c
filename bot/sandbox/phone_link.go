package sandbox

import (
	"html"
	"net/url"
	"strings"
)

// part is a piece of a text message: words, words that are a link, or words that
// send something when they are tapped.
type part struct {
	Text string `json:"text"`
	URL  string `json:"url,omitempty"` // http or https
	Tap  *tap   `json:"tap,omitempty"`
}

// tap is what a tap on weixin://bizmsgmenu sends. The number is text: the page's
// numbers are too short for it.
type tap struct {
	Content string `json:"content"`
	MenuID  string `json:"menuId"`
}

// parseParts finds the links of a text message as WeChat does: <a href="…">…</a>,
// also in single quotes. Nothing else is markup, and a link to anything else than
// http, https and bizmsgmenu is words. The parts' texts together are the message
// without the tags.
func parseParts(text string) []part {
	var parts []part
	words := func(s string) {
		switch n := len(parts); {
		case s == "":
		case n > 0 && parts[n-1].URL == "" && parts[n-1].Tap == nil:
			parts[n-1].Text += s
		default:
			parts = append(parts, part{Text: s})
		}
	}
	for {
		start := strings.Index(text, "<a ")
		if start < 0 {
			words(text)
			return parts
		}
		href, inner, rest, ok := cutLink(text[start:])
		if !ok {
			words(text[:start+3])
			text = text[start+3:]
			continue
		}
		words(text[:start])
		text = rest
		p := part{Text: inner}
		if p.follow(href); inner != "" && (p.URL != "" || p.Tap != nil) {
			parts = append(parts, p)
		} else {
			words(inner)
		}
	}
}

// Tap is a piece of a message that sends something when it is tapped.
type Tap struct {
	Words   string // as they are seen
	Content string // what a tap sends
	MenuID  string // its number
}

// Taps are the pieces of a text message that a member can tap, in order.
func Taps(text string) (taps []Tap) {
	for _, p := range parseParts(text) {
		if p.Tap != nil {
			taps = append(taps, Tap{p.Text, p.Tap.Content, p.Tap.MenuID})
		}
	}
	return taps
}

// cutLink cuts a link from the beginning of s.
func cutLink(s string) (href, inner, rest string, ok bool) {
	s = strings.TrimLeft(s[len("<a "):], " \t\n")
	s, ok = strings.CutPrefix(s, "href")
	if !ok {
		return "", "", "", false
	}
	s, ok = strings.CutPrefix(strings.TrimLeft(s, " "), "=")
	s = strings.TrimLeft(s, " ")
	if !ok || s == "" || s[0] != '"' && s[0] != '\'' {
		return "", "", "", false
	}
	href, s, ok = strings.Cut(s[1:], s[:1])
	if !ok || strings.ContainsAny(href, "<>") {
		return "", "", "", false
	}
	attributes, s, ok := strings.Cut(s, ">")
	if !ok || strings.Contains(attributes, "<") {
		return "", "", "", false
	}
	inner, rest, ok = strings.Cut(s, "</a>")
	if !ok || strings.Contains(inner, "<a ") {
		return "", "", "", false
	}
	return html.UnescapeString(href), inner, rest, true
}

// follow says where a link leads; nowhere unless it is of a kind that is known.
func (p *part) follow(href string) {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil {
		return
	}
	switch {
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
		p.URL = u.String()
	case u.Scheme == "weixin" && u.Host == "bizmsgmenu":
		q := u.Query()
		if t := (tap{q.Get("msgmenucontent"), q.Get("msgmenuid")}); t.Content != "" && t.MenuID != "" {
			p.Tap = &t
		}
	}
}

// webURL is an address that a tap may open; empty for anything else.
func webURL(s string) string {
	var p part
	p.follow(s)
	return p.URL
}
