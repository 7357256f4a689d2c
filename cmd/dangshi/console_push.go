package main

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	console "dangshi/admin/push"
	"dangshi/bot/push"
	"dangshi/quiz"
	"dangshi/store"
)

// pushData is what the console's page on the push shows and does.
type pushData struct{ *service }

func (s *service) pushSection() *console.Push {
	return console.New(s.app.ctx, s.now, s.turn, s.works, pushData{s}, pushData{s})
}

// State is part of the console's Data.
func (d pushData) State(ctx context.Context, days int) (st console.State, err error) {
	st.At = d.app.PushAt
	if st.Works = d.service.push != nil; !st.Works {
		return st, nil
	}
	p := d.service.push
	for _, c := range p.Channels {
		st.Channels = append(st.Channels, console.Channel{Name: c.Name(), Does: c.Audience()})
		st.EachByOne = st.EachByOne || c.Name() == push.MembersName
	}
	set, err := p.Setting(ctx)
	if err != nil {
		return st, err
	}
	st.On, st.Since, st.Baseline = set.On, set.Changed, set.Baseline
	now := p.Now()
	_, month, date := quiz.DayOf(now).Civil()
	kept, err := p.Status(ctx, max(days, date)) // the mass messages of the month are counted
	if err != nil {
		return st, err
	}
	for i, day := range kept {
		if i < days {
			st.Days = append(st.Days, pushDay(day, now))
		}
		if _, m, _ := day.Day.Civil(); m == month && slices.ContainsFunc(day.Sends, usedMass) {
			st.MassUsed++
			st.MassDay = st.MassDay || i == 0
		}
	}
	return st, nil
}

// usedMass reports whether a send was a mass message that WeChat took.
func usedMass(s push.Send) bool {
	return (s.Channel == "mass" || s.Channel == "article") && (s.State == push.Sent || s.State == push.Unknown || s.Counts != nil)
}

// pushDay is a day of the ledger in the words of push status.
func pushDay(d push.Day, now time.Time) console.Day {
	day := console.Day{Day: d.Day, Text: outcomeOf(d), Title: d.Title, Note: d.Note, Outcome: console.Bad}
	switch d.Outcome {
	case push.Open:
		day.Outcome = console.Running
	case push.DaySent:
		day.Outcome = console.Good
	case push.DayUnknown, push.DayPartly:
		day.Outcome = console.Doubtful
	case push.DayOff, push.DayAhead:
		day.Outcome = console.Quiet
	}
	for _, s := range d.Sends {
		day.Sends = append(day.Sends, pushSend(s, now))
	}
	return day
}

func pushSend(s push.Send, now time.Time) console.Send {
	x := console.Send{
		Channel: channelWord(s.Channel), Text: sendState(s, now), At: s.At, Tries: s.Tries, Reason: s.Reason, Link: s.Link,
		State: map[push.State]console.Outcome{push.Planned: console.Running, push.Sending: console.Running, push.Sent: console.Good, push.Unknown: console.Doubtful, push.Refused: console.Bad}[s.State],
	}
	if c := s.Counts; c != nil {
		x.Counts = &console.Counts{Status: c.Said(), Total: c.Total, Sent: c.Sent, Failed: c.Failed}
		if c.URL != "" {
			x.Link = c.URL
		}
	}
	if r := s.Each; r != nil {
		x.Each = &console.Each{Total: r.Total, Seen: min(r.Seen, r.Total), Sent: r.Reached(), Unknown: r.Unknown, Beyond: r.Beyond, Lost: r.Lost}
		for _, reason := range slices.Sorted(maps.Keys(r.Refused)) {
			x.Each.Refused = append(x.Each.Refused, console.Refused{Reason: reason, N: r.Refused[reason]})
		}
	}
	return x
}

func channelWord(name string) string {
	if name == push.MembersName {
		return "逐个发"
	}
	return pushChannels[name]
}

// Plan is part of the console's Data.
func (d pushData) Plan(ctx context.Context, day quiz.Day) (console.Plan, error) {
	r, err := d.service.push.Outlook(ctx, day)
	if err != nil {
		return console.Plan{}, err
	}
	first := r.Channel
	if first == "" {
		first = d.service.push.Channels[0].Name() // as it would look
	}
	plan := console.Plan{
		Day: day, Due: r.Due, Channel: r.Channel, Audience: r.Audience, Why: r.Why, Ready: r.Bulletin != nil,
		Article: first == "draft" || first == "article", EachByOne: r.Channel == push.MembersName, Mass: r.Channel == "mass" || r.Channel == "article",
	}
	if b := r.Bulletin; b != nil {
		plan.Title, plan.Digest, plan.Text, plan.Question, plan.Link = b.Title, b.Digest, b.Text, b.Question, b.Link
		plan.Picture, plan.Seen = b.Picture, r.Seen()
	}
	return plan, nil
}

// Forecast is part of the console's Data.
func (d pushData) Forecast(ctx context.Context) (f console.Forecast, err error) {
	byChannel, beyond, err := d.service.push.Forecast(ctx)
	for _, n := range byChannel {
		f.Reached += n
	}
	f.Beyond = beyond
	return f, err
}

// Reminders is part of the console's Data.
func (d pushData) Reminders(ctx context.Context, now time.Time) (r console.Reminders, err error) {
	if r.Works = d.service.push != nil; !r.Works {
		return r, nil
	}
	today := quiz.DayOf(now)
	over, err := push.RemindersOver(ctx, d.service.push.Ledger)
	if err != nil {
		return r, err
	}
	if over.Day == today {
		r.Over = over.Reason
		return r, nil
	}
	minute, err := d.data.NextReminder(ctx, int(now.Sub(today.Start())/time.Minute)+1)
	if err == nil && minute >= 0 {
		r.Next = push.TimeOfDay(minute).String()
	}
	return r, err
}

// ByRef is part of the console's Data.
func (d pushData) ByRef(ref string) (id string, ok bool) { return d.data.ByRef(ref) }

// Who is part of the console's Data.
func (d pushData) Who(ctx context.Context, id string) (name string, known bool, err error) {
	members, err := d.data.MembersOf(ctx, []string{id})
	if err != nil {
		return "", false, err
	}
	return members[0].Name, members[0].Known(), nil
}

// Switch is part of the console's Acts.
func (d pushData) Switch(ctx context.Context, on bool, by string, at time.Time) error {
	return d.service.switchPush(ctx, on, by, at)
}

// switchPush turns the push on or off, with the line that says who did.
func (s *service) switchPush(ctx context.Context, on bool, by string, at time.Time) error {
	line := store.Audited{At: at, By: by, Did: "push.switch", More: map[bool]string{true: "on", false: "off"}[on]}
	return s.push.SwitchIn(ctx, notedLedger{s.data.PushLedger(), line}, on)
}

// notedLedger is the ledger of the push with a line of the audit log for what is written:
// both, or neither.
type notedLedger struct {
	store.Documents
	line store.Audited
}

// Save is of push.Ledger.
func (l notedLedger) Save(ctx context.Context, name string, value []byte, expected quiz.Version) (quiz.Version, error) {
	return l.SaveNoted(ctx, name, value, expected, l.line)
}

// notAsSeen says why nothing was sent by somebody who has seen something else.
func notAsSeen(err error) string {
	if errors.Is(err, push.ErrNext) {
		return "没有发成：您看过的渠道被拒绝了，原因见“今天”。下一个渠道可以再发：请看看新的，再发一次。"
	}
	return "没有发：您看过以后，内容或渠道变了。请看看新的，再发。"
}

// Send is part of the console's Acts. It is noted before: what is sent to all must not
// go without its line, and a run may last longer than the program. That nothing was sent
// is noted after.
func (d pushData) Send(ctx context.Context, by string, at time.Time, seen string) (console.Sent, error) {
	today := quiz.DayOf(d.service.push.Now())
	before, _, err := dayOf(ctx, d.service.push)
	if err != nil {
		return console.Sent{}, err
	}
	var r push.Report
	var unsure error // it may have reached some
	err = d.data.Announce(ctx, store.Audited{At: at, By: by, Did: "push.send", On: today.String()}, func() error {
		r, unsure = d.service.push.SendSeen(ctx, today, seen)
		if errors.Is(unsure, push.ErrOther) {
			return unsure
		}
		return nil
	})
	if errors.Is(err, push.ErrOther) {
		return console.Sent{Text: notAsSeen(err)}, nil
	}
	if err != nil {
		return console.Sent{}, err
	}
	if unsure != nil {
		d.app.logger.ErrorContext(ctx, "the push asked for in the console did not end well", "error", unsure)
		return console.Sent{Text: "没有发完，稍后会再试。原因见“今天”。"}, nil
	}
	var text strings.Builder
	failed := printSent(&text, before, r)
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	if failed != nil {
		return console.Sent{Text: strings.TrimSuffix(failed.Error(), "，原因见上；serve 会在补发时限内再试") + "。原因见“今天”。"}, nil
	}
	return console.Sent{Text: strings.TrimSuffix(lines[len(lines)-1], "；用 push status 看。"), Good: true}, nil
}

// Try is part of the console's Acts.
func (d pushData) Try(ctx context.Context, day quiz.Day, id, by string, at time.Time) (how, why string, err error) {
	if d.service.push == nil {
		return "", "公众号的密钥没有设。", nil
	}
	season, _ := d.app.file.Seasons.At(quiz.DayOf(at))
	members, err := d.data.MembersOf(ctx, []string{id})
	if err != nil {
		return "", "", err
	}
	// What reaches WeChat is noted before, and that it certainly did not after.
	line := store.Audited{At: at, By: by, Did: "push.try", On: quiz.Pseudonym(d.data.Secret(), season.ID, members[0].Self(id)), More: day.String()}
	var unsure error // it may have reached the member
	err = d.data.Announce(ctx, line, func() (err error) {
		how, err = d.service.push.Try(ctx, day, id)
		if v := push.Verdict(nil); errors.As(err, &v) && v.Ambiguous() {
			unsure, err = err, nil
		}
		return err
	})
	err = cmp.Or(err, unsure)
	var refused push.Verdict
	switch {
	case errors.Is(err, push.ErrNothing):
		return "", "这一天还没有可推送的内容。", nil
	case errors.Is(err, push.ErrNoTrial):
		return "", "公众号的密钥没有设。", nil
	case errors.As(err, &refused):
		return "", refused.Reason(), nil
	case err != nil:
		return "", "", err
	}
	return how, "", nil
}
