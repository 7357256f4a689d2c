package push

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dangshi/bot"
	"dangshi/quiz"
)

// NoticeAPI sends subscribe messages (订阅通知).
type NoticeAPI interface {
	// Notice sends one, by a template whose fields are filled. page opens when the member
	// taps it; empty: nothing does.
	Notice(ctx context.Context, openid, template, page string, data map[string]string) error
}

// Consents uses up what members have agreed to.
type Consents interface {
	// Consume takes one consent of a member; false: there is none.
	Consume(ctx context.Context, id string, record quiz.Record) (bool, error)
	// GiveBack undoes a Consume by which nothing was sent.
	GiveBack(ctx context.Context, id string, record quiz.Record) error
}

// NoticeTemplate is a template of the account and what is put into its fields: field →
// text, with the places {title}, {date} and {hint}.
type NoticeTemplate struct {
	ID   string
	Data map[string]string
}

// noticeField is how WeChat names fields: the kind of text and a number.
var noticeField = regexp.MustCompile(`^(thing|phrase|date|time|character_string|short_thing|const)[0-9]{1,3}$`)

// noticePlace is a place in a text.
var noticePlace = regexp.MustCompile(`\{[^}]*\}`)

var noticePlaces = []string{"{title}", "{date}", "{hint}"}

// Check says in Chinese what is wrong with a template.
func (t NoticeTemplate) Check() error {
	if t.ID == "" {
		return errors.New("缺少 template（模板编号，在公众平台“订阅通知”里）")
	}
	if len(t.Data) == 0 {
		return errors.New("缺少 data（模板里每一项填什么，例如 thing1: \"{title}\"）")
	}
	var errs []error
	for _, field := range slices.Sorted(maps.Keys(t.Data)) {
		if !noticeField.MatchString(field) {
			errs = append(errs, fmt.Errorf("data：没有叫 %s 的项，应像 thing1、date2、phrase3", field))
		}
		if strings.TrimSpace(t.Data[field]) == "" {
			errs = append(errs, fmt.Errorf("data：%s 是空的", field))
		}
		for _, place := range noticePlace.FindAllString(t.Data[field], -1) {
			if !slices.Contains(noticePlaces, place) {
				errs = append(errs, fmt.Errorf("data：%s 里不能有 %s，可以用的是 %s", field, place, strings.Join(noticePlaces, "、")))
			}
		}
	}
	return errors.Join(errs...)
}

// noticeLimits are how many characters WeChat takes in a field, by its kind (47003
// otherwise).
var noticeLimits = map[string]int{"thing": 20, "short_thing": 5, "phrase": 5, "character_string": 32, "const": 20}

// fill makes the data of a message.
func (t NoticeTemplate) fill(title, hint string, day quiz.Day) map[string]string {
	year, month, date := day.Civil()
	places := strings.NewReplacer("{title}", title, "{hint}", hint, "{date}", fmt.Sprintf("%d年%d月%d日", year, int(month), date))
	data := make(map[string]string, len(t.Data))
	for field, text := range t.Data {
		value := strings.Join(strings.Fields(places.Replace(text)), " ")
		if limit, bound := noticeLimits[strings.TrimRight(field, "0123456789")]; bound {
			value = shortenTo(value, limit)
		}
		data[field] = value
	}
	return data
}

// shortenTo cuts a text to so many characters, the last one being … then.
func shortenTo(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit-1]) + "…"
}

// Notice is the channel that sends to members who have agreed to it: one message for
// each time that they did, or for good where the template is a long-term one.
type Notice struct {
	api      NoticeAPI
	consents Consents
	template NoticeTemplate
	page     func(quiz.Day) string
	hint     string
}

// NewNotice makes the channel. page gives the address of a day's item, empty where
// there is none; hint says how to take part.
func NewNotice(api NoticeAPI, consents Consents, t NoticeTemplate, page func(quiz.Day) string, hint string) *Notice {
	return &Notice{api, consents, t, page, hint}
}

// Name is part of MemberChannel.
func (n *Notice) Name() string { return "notice" }

// Audience is part of MemberChannel.
func (n *Notice) Audience() string { return "订阅通知，给同意接收的学员" }

// Takes is part of MemberChannel.
func (n *Notice) Takes(r quiz.Record, _ time.Time) bool { return r.Member.Consent.Given() }

// Send is part of MemberChannel.
func (n *Notice) Send(ctx context.Context, id string, r quiz.Record, b bot.Bulletin) error {
	if err := n.consume(ctx, id, r); err != nil {
		return err
	}
	err := n.api.Notice(ctx, id, n.template.ID, cmp.Or(n.page(b.Day), b.Link), n.template.fill(b.Title, n.hint, b.Day))
	if err != nil {
		n.giveBack(ctx, id, r, verdict(err))
	}
	return err
}

// giveBack gives a consent back where WeChat surely sent nothing, for a reason that is
// not the member's: the next try needs it. Where that fails the member has none left.
func (n *Notice) giveBack(ctx context.Context, id string, r quiz.Record, v Verdict) {
	if !v.Ambiguous() && !(v.Refused() && ofMember(v)) {
		_ = n.consents.GiveBack(ctx, id, r)
	}
}

// consume uses up a consent; its error is a Verdict: nothing was sent.
func (n *Notice) consume(ctx context.Context, id string, r quiz.Record) error {
	given, err := n.consents.Consume(ctx, id, r)
	if err != nil {
		return harmless(err)
	}
	if !given {
		return &personalFailure{failure{refused: true, reason: "成员同意接收的次数已用完"}}
	}
	return nil
}

// instead sends a reminder that WeChat did not take as a message, by a consent of its own.
func (n *Notice) instead(ctx context.Context, id string, day quiz.Day, r bot.Reminder) error {
	if err := n.consume(ctx, id, r.Record); err != nil {
		return err
	}
	return n.remind(ctx, id, day, r)
}

// remind sends a reminder, for which the consent was taken, as it is with the mark.
func (n *Notice) remind(ctx context.Context, id string, day quiz.Day, r bot.Reminder) error {
	err := n.api.Notice(ctx, id, n.template.ID, n.page(day), n.template.fill(r.Title, r.Hint, day))
	if err != nil {
		n.giveBack(ctx, id, r.Record, verdict(err))
	}
	return err
}

// personalFailure is a failure that is about one member alone.
type personalFailure struct{ failure }

func (*personalFailure) Personal() bool { return true }
