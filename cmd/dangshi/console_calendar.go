package main

import (
	"context"
	"net/http"

	"dangshi/admin/calendar"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
	webtoday "dangshi/web/today"
)

// calendarDesk is what the calendar of the console works on.
type calendarDesk struct {
	*store.Store
	service *service
	page    *webtoday.Page
}

func (s *service) calendar() *calendar.Calendar {
	page := webtoday.New(webtoday.Config{Library: s.data, Now: s.now, BaseURL: s.app.BaseURL, Logger: s.app.logger})
	return calendar.New(calendarDesk{s.data.Store, s, page})
}

// Write is of calendar.Library.
func (d calendarDesk) Write(ctx context.Context, h content.Hand, w calendar.Writing) error {
	items := make([]store.Edit[content.Item], len(w.Items))
	for i, e := range w.Items {
		items[i] = store.Edit[content.Item](e)
	}
	questions := make([]store.Edit[content.Question], len(w.Questions))
	for i, e := range w.Questions {
		questions[i] = store.Edit[content.Question](e)
	}
	return d.Edited(ctx, w.Did, h, items, questions)
}

// ReviewItem is of calendar.Library.
func (d calendarDesk) ReviewItem(ctx context.Context, act content.Act, h content.Hand, id string) (content.Verdict, error) {
	lines, _, err := d.ReviewItems(ctx, store.ReviewRequest{Act: act, Hand: h, Filter: content.Filter{IDs: []string{id}}})
	if err != nil || len(lines) == 0 {
		return content.Idle, err
	}
	return lines[0].Verdict, nil
}

// Signatures is of calendar.Library.
func (d calendarDesk) Signatures() int { return d.service.app.signatures() }

// PinPaper is of calendar.Papers.
func (d calendarDesk) PinPaper(ctx context.Context, day quiz.Day, questions []string, expected quiz.Version, by string) error {
	if err := d.Store.PinPaper(ctx, day, questions, expected); err != nil {
		return err
	}
	did := "paper.pin"
	if len(questions) == 0 {
		did = "paper.unpin"
	}
	return d.Audit(ctx, store.Audited{At: d.service.now(), By: by, Did: did, On: day.String()})
}

// Preview is of calendar.Channels.
func (d calendarDesk) Preview(day quiz.Day, it content.Item, stem string) calendar.Preview {
	return calendar.Preview(d.service.bot.Preview(day, it, stem))
}

// ServePage is of calendar.Channels.
func (d calendarDesk) ServePage(w http.ResponseWriter, _ *http.Request, day quiz.Day, it content.Item) {
	page, policy, err := d.page.Draft(it, day)
	if err != nil {
		d.service.app.logger.Error("the draft of a day's page", "error", err)
		http.Error(w, "这一页出了错，已经记入日志。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page)
}

// Pushed is of calendar.Channels.
func (d calendarDesk) Pushed(ctx context.Context, day quiz.Day) (*calendar.Pushed, error) {
	if d.service.push == nil {
		return nil, nil
	}
	status, err := d.service.push.StatusOf(ctx, day)
	if err != nil {
		return nil, err
	}
	p := &calendar.Pushed{Outcome: outcomeOf(status), Title: status.Title}
	for _, s := range status.Sends {
		one := calendar.Sent{Channel: s.Channel, State: stateWords[s.State], Reason: s.Reason}
		if !s.At.IsZero() {
			one.When = s.At.In(quiz.Zone).Format("01-02 15:04")
		}
		p.Sends = append(p.Sends, one)
	}
	return p, nil
}
