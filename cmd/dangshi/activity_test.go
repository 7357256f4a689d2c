package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestFiguresHandedOver: what certainly did not arrive is handed over later, what may
// have arrived is not sent twice, and nothing is lost between those that count at once.
func TestFiguresHandedOver(t *testing.T) {
	at := quiz.Date(2026, 5, 5).Start().Add(23*time.Hour + 59*time.Minute)
	got := map[quiz.Day]quiz.Activity{}
	var refuse error
	asked := 0
	a := &activity{logger: slog.New(slog.DiscardHandler), add: func(_ context.Context, days ...quiz.ActivityDay) error {
		if asked++; refuse != nil {
			return refuse
		}
		for _, d := range days {
			sum := got[d.Day]
			sum.Add(d.Total())
			got[d.Day] = sum
		}
		return nil
	}}
	one := quiz.Activity{Messages: 1}
	a.flush(t.Context())
	a.happened(at, quiz.Activity{})
	a.flush(t.Context())
	if asked != 0 {
		t.Error("nothing is handed over as well")
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 100 {
				a.happened(at.Add(time.Duration(i)*time.Second*2), one)
			}
		})
	}
	refuse = fmt.Errorf("%w: away", quiz.ErrUnavailable)
	a.flush(t.Context())
	all.Wait()
	a.flush(t.Context())
	refuse = nil
	a.flush(t.Context())
	today := quiz.DayOf(at)
	if got[today].Messages != 240 || got[today+1].Messages != 560 {
		t.Errorf("before midnight %d of 240, after it %d of 560", got[today].Messages, got[today+1].Messages)
	}

	a.happened(at, one)
	refuse = fmt.Errorf("%w: cut off", quiz.ErrUnknown)
	a.flush(t.Context())
	refuse = nil
	a.happened(at, one)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	a.run(ctx) // the end hands over, too
	a.happened(at, one)
	a.add = func(ctx context.Context, days ...quiz.ActivityDay) error {
		if ctx.Err() != nil { // it may have arrived, and is not sent again
			return fmt.Errorf("%w: %w", quiz.ErrUnknown, ctx.Err())
		}
		got[today] = quiz.Activity{Messages: got[today].Messages + days[0].Total().Messages}
		return nil
	}
	a.flush(ctx) // of a page whose reader has gone
	if got[today].Messages != 242 {
		t.Errorf("%d of 242: what may have arrived was sent twice, or the last was not", got[today].Messages)
	}
}
