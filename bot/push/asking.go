package push

import (
	"context"
	"slices"
	"strings"
	"time"

	"dangshi/quiz"
)

// Asking asks WeChat what became of a mass message: SEND_SUCCESS, SENDING, SEND_FAIL or
// DELETE, which was sent and taken back.
// https://developers.weixin.qq.com/doc/service/api/notify/message/api_getmassmsg.html
type Asking interface {
	MassStatus(ctx context.Context, messageID string) (status string, err error)
}

// askAfter is how long after an administrator could confirm a send WeChat is asked about
// it: its report is given the time to come by itself.
const askAfter = 5 * time.Minute

// ask asks after sends of today and yesterday whose report was lost, at each look until
// WeChat knows. It tells no numbers then. Nothing depends on it: what goes wrong is left to
// the next look, and a crash behind the call means one more.
func (p *Push) ask(ctx context.Context, today quiz.Day) {
	if p.Asking == nil {
		return
	}
	for day := today; day > today-2; day-- {
		d, _, err := read[Day](ctx, p.desk, day.String())
		if err != nil {
			return // the work itself will say so
		}
		for _, s := range d.Sends {
			until, waits := s.Waits()
			if !waits || s.Message == "" || p.Now().Before(until.Add(askAfter)) {
				continue
			}
			if err := p.askOf(ctx, day, s.Message); err != nil {
				p.Logger.WarnContext(ctx, "WeChat did not say what became of a mass send", "send", s.ID, "error", err)
			}
		}
	}
}

func (p *Push) askOf(ctx context.Context, day quiz.Day, message string) error {
	limited, cancel := context.WithTimeout(ctx, callTime)
	status, err := p.Asking.MassStatus(limited, message)
	cancel()
	status = strings.ToUpper(strings.TrimSpace(status))
	if err != nil || !slices.Contains([]string{"SEND_SUCCESS", "SEND_FAIL", "DELETE"}, status) {
		return err
	}
	_, err = amend(ctx, p.desk, day.String(), func(d *Day) error {
		i := slices.IndexFunc(d.Sends, func(s Send) bool { return s.Message == message })
		if i < 0 {
			return nil
		}
		s := &d.Sends[i]
		if _, waits := s.Waits(); !waits {
			return nil // it was reported, or another replica has asked
		}
		if s.Answer = status; status == "SEND_FAIL" {
			s.State, s.Final, s.Reason = Refused, true, Counts{Status: status}.failure()
			_, _, d.Outcome = d.next(p.Channels)
		}
		return nil
	})
	return err
}
