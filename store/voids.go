package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// How a voided day is written in the hash of voids.
const (
	voidDropped = "dropped"
	voidKept    = "kept"
)

// Voids are the voided days; see Staleness. Nobody may change them, all callers
// share them. Errors: quiz.ErrUnavailable.
func (s *Store) Voids(ctx context.Context) (quiz.Voids, error) {
	v, err := s.versions(ctx)
	if err != nil {
		return nil, err
	}
	version := v[versionVoids] + " " + v[versionRulings]
	if voids, ok := s.voids.at(version); ok {
		return voids, nil
	}
	return s.voids.get(ctx, version, s.timeout, s.readVoids)
}

// readVoids reads the voided days as they are now: those that are stored, and the
// one that was published last, as long as it is not among them. The ledger comes
// first: it lets go of a day only when the day is stored.
func (s *Store) readVoids(ctx context.Context) (quiz.Voids, error) {
	l, err := s.readLedger(ctx)
	if err != nil {
		return nil, err
	}
	voids, err := s.storedVoids(ctx)
	if err == nil && l.Staged != nil && l.Staged.Void != nil && l.Staged.Published {
		l.Staged.Void.into(voids)
	}
	return voids, err
}

func (s *Store) storedVoids(ctx context.Context) (quiz.Voids, error) {
	stored, err := s.client.HGetAll(ctx, voidsKey()).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	voids := make(quiz.Voids, len(stored))
	for field, text := range stored {
		day, err := quiz.ParseDay(field)
		if err != nil {
			return nil, fmt.Errorf("stored voids: %w", err)
		}
		switch text {
		case voidDropped:
			voids[day] = quiz.Dropped
		case voidKept:
			voids[day] = quiz.Kept
		default:
			return nil, fmt.Errorf("stored voids: %s is %q", day, text)
		}
	}
	return voids, nil
}

// SetVoid voids a day, or lets it stand again, at once; records and boards follow
// only with Rebuild: VoidDay does it for members to see the old or the new.
// The same call may be made again, after quiz.ErrUnknown too. Errors:
// quiz.ErrUnavailable where nothing was written, quiz.ErrUnknown.
func (s *Store) SetVoid(ctx context.Context, day quiz.Day, void quiz.Void) error {
	text := ""
	switch void {
	case quiz.Stands:
	case quiz.Dropped:
		text = voidDropped
	case quiz.Kept:
		text = voidKept
	default:
		return errors.New("this is no way to void a day")
	}
	// One transaction: a crash leaves either both or none, so no replica keeps
	// the old voids under the new version.
	_, err := s.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		if text == "" {
			p.HDel(ctx, voidsKey(), day.String())
		} else {
			p.HSet(ctx, voidsKey(), day.String(), text)
		}
		p.HIncrBy(ctx, versionKey(), versionVoids, 1)
		return nil
	})
	s.changed()
	return outcome(err)
}
