package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"dangshi/admin/banks"
	"dangshi/admin/board"
	"dangshi/admin/calendar"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
	webtoday "dangshi/web/today"
)

// calendarDesk is what the calendar of the console works on.
type calendarDesk struct {
	*store.Store
	bank    *banks.Banks
	service *service
	page    *webtoday.Page
}

func (s *service) calendar(bank *banks.Banks) *calendar.Calendar {
	page := webtoday.New(webtoday.Config{Library: s.data, Now: s.now, BaseURL: s.app.BaseURL, Logger: s.app.logger})
	return calendar.New(calendarDesk{s.data.Store, bank, s, page}, s.works)
}

// Library and Items are of calendar.Library: with what was changed a moment ago.
func (d calendarDesk) Library(ctx context.Context) (*content.Library, error) {
	return libraryNow(ctx, d.Store)
}

func (d calendarDesk) Items(ctx context.Context) ([]content.Item, error) { return d.ItemsNow(ctx) }

// FindQuestions is of calendar.Library: the search of the bank's pages.
func (d calendarDesk) FindQuestions(ctx context.Context, words string, without []string, most int) (ids []string, more int, err error) {
	return d.bank.FindQuestions(ctx, words, without, most)
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
	if len(w.Days) == 0 {
		return d.Edited(ctx, w.Did, h, items, questions)
	}
	return d.EditedWhile(ctx, w.Did, h, items, questions, func(all []content.Item) error {
		for _, on := range w.Days {
			papers, err := d.RecentPapers(ctx, on.Day, on.Day)
			if err != nil {
				return err
			}
			if len(papers) > 0 || !slices.Equal(calendar.StandingOn(all, on.Day), on.IDs) {
				return quiz.ErrConflict
			}
		}
		return nil
	})
}

// ReviewItem is of calendar.Library.
func (d calendarDesk) ReviewItem(ctx context.Context, act content.Act, h content.Hand, id string, seen content.Seen) (content.Verdict, error) {
	lines, _, err := d.ReviewItems(ctx, store.ReviewRequest{Act: act, Hand: h, Filter: content.Filter{IDs: []string{id}}, Seen: map[string]content.Seen{id: seen}})
	if err != nil || len(lines) == 0 {
		return content.Idle, err
	}
	return lines[0].Verdict, nil
}

// Signatures is of calendar.Library.
func (d calendarDesk) Signatures() int { return d.service.app.signatures() }

// PinPaper is of calendar.Papers.
func (d calendarDesk) PinPaper(ctx context.Context, day quiz.Day, questions []string, expected quiz.Version, by string) error {
	did := "paper.pin"
	if len(questions) == 0 {
		did = "paper.unpin"
	}
	return d.Store.PinPaper(ctx, day, questions, expected, store.Audited{At: d.service.now(), By: by, Did: did, On: day.String()})
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

// ForeseeVoid is of calendar.Voiding.
func (d calendarDesk) ForeseeVoid(ctx context.Context, day quiz.Day, how quiz.Void, tell func(n int)) (all []board.Impact, err error) {
	seasons, err := d.service.app.seasonsOf(ctx, d.service.data, day)
	for _, season := range seasons {
		i, err := d.PreviewVoid(ctx, store.Voiding{Day: day, How: how}, season, d.service.app.prizes().Top, tell)
		if err != nil {
			return nil, voidError(err)
		}
		all = append(all, board.ImpactOf(i))
	}
	return all, err
}

// JudgedUnder is of calendar.Voiding.
func (d calendarDesk) JudgedUnder(ctx context.Context, day quiz.Day) (string, error) {
	seasons, err := d.service.app.seasonsOf(ctx, d.service.data, day)
	if err != nil {
		return "", err
	}
	return d.Basis(ctx, seasonIDs(seasons))
}

func seasonIDs(seasons []quiz.Season) (ids []string) {
	for _, season := range seasons {
		ids = append(ids, season.ID)
	}
	return ids
}

// VoidDay is of calendar.Voiding.
func (d calendarDesk) VoidDay(ctx context.Context, day quiz.Day, how quiz.Void, by, why, work string, tell func(n int)) error {
	seasons, err := d.service.app.seasonsOf(ctx, d.service.data, day)
	if err != nil {
		return err
	}
	v := store.Voiding{Day: day, How: how, At: d.service.now().Unix(), By: by, Why: why, Work: work}
	return voidError(d.service.app.quiet(ctx).publish(d.service.data, func(ctx context.Context) error {
		return d.Store.VoidDay(ctx, v, seasons, store.RebuildOptions{Damaged: d.service.app.damaged, Progress: tell})
	}))
}

func voidError(err error) error {
	for is, said := range map[error]error{store.ErrVoided: calendar.ErrSame, store.ErrSeasonClosed: calendar.ErrClosed, store.ErrRekeying: calendar.ErrBusy} {
		if errors.Is(err, is) {
			return said
		}
	}
	return err
}

// Room for uploads, in bytes: the embedded store lies in this process' memory and is
// saved whole.
const (
	mediaRoom         = 256 << 20
	mediaRoomEmbedded = 64 << 20
)

func (s *service) mediaRoom() int64 {
	if s.data.embedded != nil {
		return mediaRoomEmbedded
	}
	return mediaRoom
}

const (
	uploadsSpec = "50 3 * * *" // of uploads that nothing uses
	// idleUpload is how long such a one is kept.
	idleUpload = 24 * time.Hour
)

// sweepUploads removes what was uploaded and no item uses.
func (s *service) sweepUploads(ctx context.Context, due time.Time) error {
	return s.nightly(ctx, "uploads", func(ctx context.Context, _ func(done, of int)) (any, error) {
		n, err := s.data.SweepMedia(ctx, due, idleUpload)
		if n > 0 {
			s.app.logger.InfoContext(ctx, "uploads that nothing uses are removed", "files", n)
		}
		return nil, err
	})
}

// noUploads says until when there is nothing to remove: where nothing was ever uploaded
// the sandbox's clock need not stop each night.
func (s *service) noUploads(t time.Time) (until time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if used, err := s.data.MediaRoom(ctx); err != nil || used > 0 {
		return t
	}
	return t.AddDate(0, 0, 7)
}

// MediaRoom is of calendar.Shelf.
func (d calendarDesk) MediaRoom(ctx context.Context) (used, most int64, err error) {
	used, err = d.Store.MediaRoom(ctx)
	return used, d.service.mediaRoom(), err
}

// KeepMedia is of calendar.Shelf.
func (d calendarDesk) KeepMedia(ctx context.Context, name string, data []byte) error {
	err := d.Store.KeepMedia(ctx, name, data, d.service.mediaRoom())
	if errors.Is(err, store.ErrMediaFull) {
		return calendar.ErrFull
	}
	return err
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
		one := calendar.Sent{Channel: channelWord(s.Channel), State: stateWords[s.State], Reason: s.Reason}
		if !s.At.IsZero() {
			one.When = s.At.In(quiz.Zone).Format("01-02 15:04")
		}
		p.Sends = append(p.Sends, one)
	}
	return p, nil
}
