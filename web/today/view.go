package today

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/web/csp"
)

const siteName = "党史上的今天"

// words are what a page says that shows no item.
type words struct{ title, text string }

var (
	formWords   = words{"地址不对", "这个地址里的日期看不懂，应像 2026-07-01 这样写。"}
	noDayWords  = words{"没有这一天", "日历上没有这一天，请看看日期是不是写错了。"}
	aheadWords  = words{"还没到这一天", "那一天的内容，到那天再来看吧。"}
	pastWords   = words{"没有这一天的内容", "这里从 2000 年起，每天有一页。"}
	emptyWords  = words{"内容还在准备", "这一天的内容还没有准备好，请过些时候再来。"}
	awayWords   = words{"请稍等", "系统正忙，请过一会儿再打开这一页。"}
	methodWords = words{"打不开", "这一页只供阅读。"}
)

// view is all that a page shows. The template escapes everything in it.
type view struct {
	Name       string // of what is read: 党史上的今天, 党史百问, 党史小故事
	Date       string // 11月26日
	Year       string // 2026年
	Weekday    string // 星期四
	Event      string // 1971年; empty: not said
	Title      string
	Paragraphs []string
	Picture    string
	Shared     string // the picture's full address; empty: it has none
	Audio      string
	Source     string
	Original   string // address of what the item tells of; empty: it is not shown
	Question   string
	Today      bool // it is today's page
	Prev, Next string
	PrevDate   string
	NextDate   string
	Refusal    bool // no item is shown

	Description string
	URL         string // the page's own, public one; may be empty
}

var kindNames = map[content.Kind]string{content.Today: siteName, content.QA: "党史百问", content.Story: "党史小故事", content.Audio: "听党史"}

var weekdays = [...]string{"日", "一", "二", "三", "四", "五", "六"}

// maxDescription is how long a description is, in bytes: some 40 characters.
const maxDescription = 240

// view makes what is to be seen of an item.
func (p *Page) view(it content.Item, day, today quiz.Day) view {
	year, month, date := day.Civil()
	v := view{
		Name: kindNames[it.Kind], Title: content.Plain(it.Title), Today: day == today,
		Date: shortDate(month, date), Year: fmt.Sprintf("%d年", year),
		Weekday: "星期" + weekdays[day.Start().Weekday()],
		Picture: webAddress(it.Picture), Audio: webAddress(it.Audio),
		Source: content.Plain(it.ShownSource()),
		URL:    Link(p.BaseURL, day),
	}
	v.Shared = v.Picture
	if _, ours := content.MediaName(v.Picture); ours {
		v.Shared = Beneath(p.BaseURL, v.Picture)
	}
	if u, err := url.Parse(it.URL); v.Source != "" && it.Series != "" && err == nil && u.Host != "" {
		v.Original = it.URL // elsewhere it is where the facts were read
	}
	if it.Year != 0 {
		v.Event = fmt.Sprintf("%d年", it.Year)
	}
	text := content.PlainText(it.Text)
	for paragraph := range strings.SplitSeq(text, "\n") {
		if paragraph = strings.Trim(paragraph, " \u3000"); paragraph != "" {
			v.Paragraphs = append(v.Paragraphs, paragraph)
		}
	}
	v.Description = content.CutSentence(strings.Join(v.Paragraphs, ""), maxDescription)
	if day > firstDay {
		v.Prev, v.PrevDate = (day - 1).String(), dateOf(day-1)
	}
	if day < today {
		v.Next, v.NextDate = (day + 1).String(), dateOf(day+1)
	}
	return v
}

func dateOf(day quiz.Day) string {
	_, month, date := day.Civil()
	return shortDate(month, date)
}

func shortDate(month time.Month, date int) string { return fmt.Sprintf("%d月%d日", month, date) }

// webAddress is an address that a page may show something from; empty where it is
// none. Loading checks it; what was put into the store by other hands is not shown.
func webAddress(s string) string {
	if _, ours := content.MediaName(s); ours {
		return s
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || !utf8.ValidString(s) || source(u) == "" {
		return ""
	}
	return u.String()
}

// source is the origin of an address as a policy names it; empty where its host
// is not written in the letters of host names, which could say more than a host.
func source(u *url.URL) string {
	if strings.Trim(u.Host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") != "" {
		return ""
	}
	return "https://" + u.Host
}

// policy lets a page show itself, and the item's picture and audio from their
// hosts: no script, no frame, no form, nothing from elsewhere.
func (v view) policy() string {
	policy := "default-src 'none'; style-src " + styleSource + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return policy + from("img-src", v.Picture) + from("media-src", v.Audio)
}

// from is the directive of a policy that allows the host of an address.
func from(directive, address string) string {
	if _, ours := content.MediaName(address); ours {
		return "; " + directive + " 'self'"
	}
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return ""
	}
	return "; " + directive + " " + source(u)
}

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// The style stands in the page, so that a phone with a bad connection asks once.
var (
	page        = template.Must(template.New("page").Parse(strings.Replace(pageHTML, "/*style*/", pageCSS, 1)))
	styleSource = csp.Source(pageCSS)
)

func (v view) render() ([]byte, error) {
	var b bytes.Buffer
	err := page.Execute(&b, v)
	return b.Bytes(), err
}

// Draft is the page of a day as it would show an item, with the policy that its
// answer needs; for editors, before anybody else sees it.
func (p *Page) Draft(it content.Item, day quiz.Day) (page []byte, policy string, err error) {
	v := p.view(it, day, day)
	page, err = v.render()
	return page, v.policy(), err
}
