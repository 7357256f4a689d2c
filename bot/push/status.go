package push

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
)

// Report is what was or would be sent on a day.
type Report struct {
	Day      Day
	Now      time.Time     // by the product's clock
	Due      time.Time     // when it is due
	Bulletin *bot.Bulletin // nil: there is nothing to send
	Channel  string        // by which it would be sent now; empty where nothing is
	Audience string        // what that channel does, and for whom
	Why      string        // why nothing would be sent at its time; empty otherwise

	Reach  map[string]int // where that channel reaches members one by one: how many now, by channel
	Beyond int            // and how many whom none of them can reach
}

// Seen tells what would be sent, whole and to whom, from anything else.
func (r Report) Seen() string {
	if r.Bulletin == nil {
		return ""
	}
	return seenOf(*r.Bulletin, r.Channel)
}

func seenOf(b bot.Bulletin, channel string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %q %q %q %q %q %q %q", channel, b.Day, b.Title, b.Text, b.Digest, b.HTML, b.Link, b.Question, b.Picture))
	return hex.EncodeToString(sum[:16])
}

// Plan says what would be sent on a day, to whom and through which channel, or
// why nothing would. It sends and stages nothing. Where members are reached one by one
// it counts them, and reads all.
func (p *Push) Plan(ctx context.Context, day quiz.Day) (Report, error) {
	r, err := p.Outlook(ctx, day)
	if err == nil && r.Channel == MembersName {
		r.Reach, r.Beyond, err = p.Forecast(ctx)
	}
	return r, err
}

// Forecast counts whom a run would reach now, by channel, and those whom no channel
// takes; none where no channel reaches members one by one. It reads all members.
func (p *Push) Forecast(ctx context.Context) (byChannel map[string]int, beyond int, err error) {
	each, ok := named(p.Channels, MembersName).(*Members)
	if !ok {
		return nil, 0, nil
	}
	return each.Forecast(ctx)
}

// Outlook is Plan without the numbers that take a look at all members.
func (p *Push) Outlook(ctx context.Context, day quiz.Day) (Report, error) {
	set, err := p.Setting(ctx)
	if err != nil {
		return Report{}, err
	}
	now, why := p.Now(), ""
	set = p.begun(set, now)
	switch {
	case !set.On:
		why = SwitchedOff
	case day < set.Baseline:
		why = before
	case !now.Before(p.latest(day, false)):
		why = tooLate
	}
	return p.report(ctx, day, why)
}

func (p *Push) report(ctx context.Context, day quiz.Day, why string) (Report, error) {
	d, _, err := read[Day](ctx, p.desk, day.String())
	if err != nil {
		return Report{}, err
	}
	d.Day = day
	d.age(p.Now())
	if err := p.lookAtEach(ctx, d); err != nil {
		return Report{}, err
	}
	r := Report{Day: *d, Now: p.Now(), Due: p.At.On(day), Why: why}
	b, ok, err := p.Bulletins.Outlook(ctx, day)
	if err != nil {
		return r, err
	}
	if ok {
		r.Bulletin = &b
	}
	_, channel, outcome := d.next(p.Channels)
	switch {
	case outcome == DaySent:
		r.Why = "这一天的已经发过"
	case outcome == DayUnknown:
		r.Why = "发过一次，结果不明，不再重发，请到公众号后台核对"
	case outcome == DayRefused:
		r.Why = "所有渠道都被拒绝"
	case !ok:
		r.Why = "没有可推送的内容：“今天”、百问和小故事都没有已批准的，请先载入，审核后批准"
	default:
		r.Channel, r.Audience = channel.Name(), channel.Audience()
	}
	return r, nil
}

// Status gives the last days, today first, each with its outcome.
func (p *Push) Status(ctx context.Context, days int) ([]Day, error) {
	set, err := p.Setting(ctx)
	if err != nil {
		return nil, err
	}
	now := p.Now()
	set = p.begun(set, now)
	today := quiz.DayOf(now)
	all := make([]Day, 0, days)
	for day := today; day > today-quiz.Day(days); day-- {
		d, err := p.statusOf(ctx, set, day, now)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// StatusOf is one day with its outcome.
func (p *Push) StatusOf(ctx context.Context, day quiz.Day) (Day, error) {
	set, err := p.Setting(ctx)
	if err != nil {
		return Day{}, err
	}
	now := p.Now()
	return p.statusOf(ctx, p.begun(set, now), day, now)
}

func (p *Push) statusOf(ctx context.Context, set Setting, day quiz.Day, now time.Time) (Day, error) {
	d, _, err := read[Day](ctx, p.desk, day.String())
	if err != nil {
		return Day{}, err
	}
	d.Day = day
	d.age(now)
	if err := p.lookAtEach(ctx, d); err != nil {
		return Day{}, err
	}
	if d.Outcome == Open {
		d.Outcome = p.outlook(set, *d, now)
	}
	return *d, nil
}

// lookAtEach brings up to date how far a run has come that is not settled.
func (p *Push) lookAtEach(ctx context.Context, d *Day) error {
	for i := range d.Sends {
		s := &d.Sends[i]
		r, each := named(p.Channels, s.Channel).(runner)
		if !each || s.Each == nil || s.State != Planned && s.State != Sending {
			continue
		}
		reach, err := r.Look(ctx, d.Day)
		if err != nil {
			return err
		}
		reach.Total = max(s.Each.Total, reach.Seen)
		s.Each = &reach
	}
	return nil
}

// outlook is the outcome of a day that is not settled.
func (p *Push) outlook(set Setting, d Day, now time.Time) Outcome {
	over := !now.Before(p.latest(d.Day, false))
	switch {
	case len(d.Sends) == 0 && (!set.On || d.Day < set.Baseline):
		return DayOff
	case now.Before(p.At.On(d.Day)):
		return DayAhead
	}
	_, _, outcome := d.next(p.Channels)
	switch {
	case outcome == DayUnknown, over && slices.ContainsFunc(d.Sends, Send.uncertain):
		return DayUnknown
	case over && slices.ContainsFunc(d.Sends, func(s Send) bool { return s.Begun }):
		return DayPartly
	case over:
		return DayMissed
	}
	return Open
}

// week is for how many days WeChat's report on a send is awaited, and how far a
// clock may be set back.
const week = 7

// reportTime is for how long after midnight a report on what may have been sent
// yesterday is taken for its own: an administrator has 30 minutes to confirm.
const reportTime = time.Hour

var errNotHere = errors.New("no send of this day has the id")

// Finished writes down what WeChat reports of a mass send (MASSSENDJOBFINISH).
// Where no send has the id, the day keeps the report that may be its own: the send
// may not be resolved yet, or an editor has sent it.
func (p *Push) Finished(ctx context.Context, r bot.MassResult) error {
	if r.MsgID == 0 {
		return nil
	}
	c := Counts{
		Message: strconv.FormatInt(r.MsgID, 10), Status: r.Status,
		Total: r.Total, Filter: r.Filter, Sent: r.Sent, Failed: r.Failed, URL: r.URL,
	}
	now := p.Now()
	today := quiz.DayOf(now)
	keeper := today
	for day := today; day > today-week; day-- {
		d, err := amend(ctx, p.desk, day.String(), func(d *Day) error {
			if !slices.ContainsFunc(d.Sends, func(s Send) bool { return s.Message == c.Message }) {
				return errNotHere
			}
			d.reported(c)
			return nil
		})
		if !errors.Is(err, errNotHere) {
			return err
		}
		if day == today-1 && slices.ContainsFunc(d.Sends, Send.uncertain) && now.Sub(today.Start()) < reportTime {
			keeper = day
		}
	}
	_, err := amend(ctx, p.desk, keeper.String(), func(d *Day) error {
		d.Day = keeper
		d.reported(c)
		return nil
	})
	return err
}
