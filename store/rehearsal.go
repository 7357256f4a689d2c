package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// ErrOccupied means that a Redis holds something that no simulation left there.
var ErrOccupied = errors.New("这个 Redis 不是空的")

// Rehearse readies a Redis for a simulation, which begins with nothing: an empty
// one is marked as a simulation's own, and what an earlier simulation left is
// deleted first. Everything else is ErrOccupied, and is not touched. Whoever opens
// the data as an installation takes the mark away (see Options.Rehearsal): from
// then on they are as safe as any. A crash on the way leaves the mark, so that the
// next simulation begins where this one did. Other errors: quiz.ErrUnavailable, and
// those of Open for an address.
func Rehearse(ctx context.Context, url string) error {
	s, err := bare(ctx, url)
	if err != nil {
		return err
	}
	defer s.Close()
	held, ours, err := s.holds(ctx)
	switch {
	case err != nil:
		return err
	case held && !ours:
		return ErrOccupied
	}
	if err := s.wipe(ctx); err != nil {
		return err
	}
	return outcome(s.client.Set(ctx, rehearsalKey(), 1, 0).Err())
}

// EndRehearsal deletes what a simulation left, its mark at last. Where the data are
// no simulation's own it is ErrOccupied, and nothing is touched.
func EndRehearsal(ctx context.Context, url string) error {
	s, err := bare(ctx, url)
	if err != nil {
		return err
	}
	defer s.Close()
	held, ours, err := s.holds(ctx)
	switch {
	case err != nil || !held:
		return err
	case !ours:
		return ErrOccupied
	}
	if err := s.wipe(ctx); err != nil {
		return err
	}
	return outcome(s.client.Del(ctx, rehearsalKey()).Err())
}

// bare connects without looking at what is there.
func bare(ctx context.Context, url string) (*Store, error) {
	a, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	s := &Store{client: connect(a, saveTimeout, nil, "")}
	if err := s.probe(ctx, a); err != nil {
		s.client.Close()
		return nil, err
	}
	return s, nil
}

// holds reports whether there is anything, and whether all of it is a simulation's
// own: the mark is there, the pin is none of a real account, and no key is foreign.
func (s *Store) holds(ctx context.Context) (held, ours bool, err error) {
	nodes, err := masters(ctx, s.client)
	if err != nil {
		return false, false, unavailable(err)
	}
	for _, node := range nodes {
		n, err := node.DBSize(ctx).Result()
		if err != nil {
			return false, false, unavailable(err)
		}
		held = held || n > 0
	}
	if !held {
		return false, false, nil
	}
	marked, err := s.client.Exists(ctx, rehearsalKey()).Result()
	if err != nil || marked == 0 {
		return true, false, unavailable(err)
	}
	pinned, err := s.client.Get(ctx, pinKey()).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return true, false, unavailable(err)
	}
	ours = pinned == "" || kindIn(pinned) == kindOf(true)
	err = s.eachKey(ctx, "*", func(keys []string) error {
		for _, key := range keys {
			if Classify(key) == Foreign {
				return ErrOccupied
			}
		}
		return nil
	})
	return true, ours, err
}

// wipe deletes every key but the mark.
func (s *Store) wipe(ctx context.Context) error {
	// Keys of a page lie in many slots, so each is a command of its own.
	return s.eachKey(ctx, "*", func(keys []string) error {
		p := s.client.Pipeline()
		for _, key := range keys {
			if key != rehearsalKey() {
				p.Unlink(ctx, key)
			}
		}
		if p.Len() == 0 {
			return nil
		}
		if _, err := p.Exec(ctx); err != nil {
			return fmt.Errorf("%w: %w", quiz.ErrUnknown, err)
		}
		return nil
	})
}
