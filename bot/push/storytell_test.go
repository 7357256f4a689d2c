package push_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"dangshi/bot/push"
	"dangshi/quiz"
)

// tellArrivals says what has arrived at WeChat since the last time.
func (s *story) tellArrivals() {
	outbox := s.outbox()
	var lines []string
	for _, sent := range outbox[s.massed:] {
		to := "all"
		if !sent.ToAll {
			to = nameOf(sent.To[0])
		}
		lines = append(lines, fmt.Sprintf("%s to %s: %s", clock(sent.Time), to, s.gist(sent.Content)))
	}
	slices.Sort(lines) // several are reminded at a time
	for _, line := range lines {
		s.say("%s", line)
	}
	s.massed = len(outbox)
	drafts, err := s.wechat.Drafts(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, draft := range drafts[s.drafted:] {
		s.say("%s a draft: %s", clock(draft.Created), s.gist(draft.Articles[0].Title))
	}
	s.drafted = len(drafts)
}

func clock(t time.Time) string { return t.In(quiz.Zone).Format("15:04:05") }

// gist is what a text is about, in whichever words.
func (s *story) gist(text string) string {
	if event := event.FindString(text); event != "" {
		return event
	}
	first, _, _ := strings.Cut(text, "\n")
	wording := s.bot.Wording
	if first == wording.PushRemind.String() {
		return "a reminder"
	}
	for left := range 10 {
		if first == wording.PushRemindBegun.With("left", strconv.Itoa(left)) {
			return fmt.Sprintf("a reminder, %d left", left)
		}
	}
	return first
}

// event is the title of a day's item.
var event = regexp.MustCompile(`\d\d-\d\d 的大事`)

// tellLedger says what the ledger holds of today, where that is new.
func (s *story) tellLedger() {
	days, err := s.operator().Status(s.t.Context(), 1)
	if err != nil {
		s.t.Fatal(err)
	}
	if text := told(days[0]); text != s.said {
		s.say("%s", text)
		s.said = text
	}
}

// told is a day of the ledger in words.
func told(d push.Day) string {
	outcome := string(d.Outcome)
	if d.Outcome == push.Open {
		outcome = "open"
	}
	text := d.Day.String() + ": " + outcome
	for _, send := range d.Sends {
		text += fmt.Sprintf("; %s %s, try %d", send.Channel, send.State, send.Tries)
		if send.Counts != nil {
			text += fmt.Sprintf(", %d of %d got it", send.Counts.Sent, send.Counts.Total)
		}
		if send.Final {
			text += ", not to be repeated"
		}
		if send.Reason != "" {
			text += " (" + cause(send.Reason) + ")"
		}
	}
	if d.Note != "" {
		text += "; " + d.Note
	}
	return text
}

// cause is a reason, of WeChat's only which call it is about and the errcode.
func cause(reason string) string {
	if call := call.FindString(reason); call != "" {
		return call
	}
	return reason
}

var call = regexp.MustCompile(`/cgi-bin/[a-z_/]+( 返回 -?\d+)?`)

func (s *story) tellReport(r push.Report) {
	if r.Why != "" {
		s.say("not sent: %s", r.Why)
	}
	if r.Channel != "" {
		s.say("by %s (%s): %s", r.Channel, r.Audience, s.gist(r.Bulletin.Text))
	}
}

// plan is push --dry-run.
func (s *story) plan(ctx context.Context, words []string) error {
	day := quiz.DayOf(s.Now())
	if len(words) > 0 {
		var err error
		if day, err = quiz.ParseDay(words[0]); err != nil {
			return err
		}
	}
	r, err := s.operator().Plan(ctx, day)
	if err != nil {
		return err
	}
	s.say("due %s", r.Due.Format("2006-01-02 15:04"))
	s.tellReport(r)
	return nil
}

func (s *story) status(ctx context.Context, days string) error {
	n, err := strconv.Atoi(days)
	if err != nil {
		return err
	}
	all, err := s.operator().Status(ctx, n)
	for _, day := range all {
		s.say("%s", told(day))
	}
	return err
}
