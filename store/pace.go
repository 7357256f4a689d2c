package store

import (
	"context"
	"fmt"
	"time"
)

// Pace asks for so many calls of a kind, of which so many a second may be made by
// all replicas together. It gives 0 where they are granted, else how long to wait
// before asking again: nothing was granted then. Errors:
// quiz.ErrUnavailable; quiz.ErrUnknown: the calls may be granted.
func (s *Store) Pace(ctx context.Context, kind string, calls, perSecond int) (wait time.Duration, err error) {
	if calls < 1 || perSecond < 1 {
		return 0, fmt.Errorf("%d calls at %d a second", calls, perSecond)
	}
	return s.paceScript(ctx, kind, calls, perSecond, calls, 0)
}

// HoldPace keeps all replicas from calls of a kind for a while, or for longer where
// that was said before. Errors as of Pace.
func (s *Store) HoldPace(ctx context.Context, kind string, d time.Duration) error {
	_, err := s.paceScript(ctx, kind, 0, 1, 0, max(d, time.Microsecond))
	return err
}

func (s *Store) paceScript(ctx context.Context, kind string, calls, perSecond, burst int, hold time.Duration) (time.Duration, error) {
	if err := checkName(kind); err != nil {
		return 0, err
	}
	each := max(time.Second.Microseconds()/int64(perSecond), 1)
	answer, err := s.run(ctx, s.pace, []string{paceKey(kind)}, calls, each, burst, hold.Microseconds(), time.Now().UnixMicro())
	if err != nil {
		return 0, err
	}
	wait, ok := answer.(int64)
	if !ok {
		return 0, errAnswer
	}
	return time.Duration(wait) * time.Microsecond, nil
}
