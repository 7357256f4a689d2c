package frame

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestSurvey: it is begun by who looks, shown as it goes, kept while it is fresh, and
// the last good one stays where one fails.
func TestSurvey(t *testing.T) {
	at := time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	gate := make(chan error)
	begun := 0
	s := NewSurvey(t.Context(), func() time.Time { return at }, func(_ context.Context, progress func(int)) (int, error) {
		begun++
		progress(7)
		return begun, <-gate
	})
	look := func(err error) Surveyed[int] {
		t.Helper()
		if found := s.Look(t.Context()); !found.Running || found.Seen != 7 {
			t.Fatalf("%+v", found)
		}
		gate <- err
		for {
			if found := s.Look(t.Context()); !found.Running {
				return found
			}
		}
	}
	if found := look(nil); found.Value != 1 || !found.At.Equal(at) || found.Err != nil {
		t.Errorf("%+v", found)
	}
	if found := s.Look(t.Context()); found.Running || found.Value != 1 {
		t.Errorf("it is fresh: %+v", found)
	}
	s.Changed()
	if found := look(errors.New("away")); found.Value != 1 || found.Err == nil {
		t.Errorf("one that failed: %+v", found)
	}
	s.Changed()
	if found := look(nil); found.Value != 3 || found.Err != nil {
		t.Errorf("%+v", found)
	}
}

// TestSurveyInTurn: it is made when its turn has come, as of then, and a turn that does
// not come is a survey that failed.
func TestSurveyInTurn(t *testing.T) {
	turns := make(chan error)
	at := time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	s := NewSurvey(t.Context(), func() time.Time { return at }, func(context.Context, func(int)) (int, error) { return 7, nil })
	s.InTurn(func(ctx context.Context, name string, do func(context.Context) error) error {
		if name != "survey-register" {
			t.Errorf("it is called %q", name)
		}
		if err := <-turns; err != nil {
			return err
		}
		at = at.Add(time.Hour)
		return do(ctx)
	}, "register")
	for _, turn := range []error{errors.New("away"), nil} {
		s.Changed()
		if found := s.Look(t.Context()); !found.Running || !found.At.IsZero() {
			t.Errorf("before its turn: %+v", found)
		}
		turns <- turn
		found := s.Look(t.Context())
		for ; found.Running; found = s.Look(t.Context()) {
			time.Sleep(time.Millisecond)
		}
		if turn == nil && (found.Value != 7 || !found.At.Equal(at)) || !errors.Is(found.Err, turn) {
			t.Errorf("%+v", found)
		}
	}
}

// TestSurveyThatIsOldAtItsEnd: what changes while all are looked at may have been
// overlooked, so the next look begins another one.
func TestSurveyThatIsOldAtItsEnd(t *testing.T) {
	gate, begun := make(chan struct{}), 0
	s := NewSurvey(t.Context(), time.Now, func(context.Context, func(int)) (int, error) {
		begun++
		<-gate
		return begun, nil
	})
	s.Look(t.Context())
	s.Changed()
	gate <- struct{}{}
	for s.Last().At.IsZero() {
		time.Sleep(time.Millisecond)
	}
	if found := s.Look(t.Context()); !found.Running {
		t.Errorf("it is taken for fresh: %+v", found)
	}
	close(gate)
}

// TestSurveyPatience: a survey that takes long holds up the page that begins it for a
// moment, and no other one. The clock of this bubble is synctest's.
func TestSurveyPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSurvey(t.Context(), time.Now, func(context.Context, func(int)) (int, error) {
			time.Sleep(time.Minute)
			return 1, nil
		})
		for i, want := range []time.Duration{surveyPatience, 0, 0} {
			begun := time.Now()
			if found := s.Look(t.Context()); !found.Running || time.Since(begun) != want {
				t.Errorf("look %d took %v, want %v: %+v", i, time.Since(begun), want, found)
			}
		}
		time.Sleep(time.Minute)
		if found := s.Look(t.Context()); found.Running || found.Value != 1 {
			t.Errorf("%+v", found)
		}
	})
}
