package wechat

import (
	"context"
	"sync/atomic"
	"time"
)

// seldom lets one in a minute through of what happens at each call.
type seldom struct{ last atomic.Pointer[time.Time] }

func (s *seldom) due(now time.Time) bool {
	last := s.last.Load()
	if last != nil && !now.Before(*last) && now.Sub(*last) < time.Minute {
		return false
	}
	return s.last.CompareAndSwap(last, &now) // of several at once, one
}

// warned are the warnings about the place where the token is kept: each call reads it,
// and hundreds are under way at once.
type warned struct{ read, drop, keep seldom }

func (a *API) warn(ctx context.Context, which *seldom, text string, err error) {
	if which.due(a.now()) {
		a.log.WarnContext(ctx, text, "error", err)
	}
}
