package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// saveWinners writes who is behind the places of a season's list.
func (s *Store) saveWinners(ctx context.Context, season string, expected quiz.Version, winners map[int]string) (done bool, err error) {
	value, err := json.Marshal(winners)
	if err != nil {
		return false, err
	}
	return s.saveShared(ctx, winnersKey(season), expected, value, versionHonours)
}

// leaveWinners takes a member out of all lists of winners, those of a close that
// is under way as well. It comes before the member is erased: a crash in between
// leaves a member who is asked again, and never an id of one who is gone.
func (s *Store) leaveWinners(ctx context.Context, ids ...string) error {
	err := s.pruneWinners(ctx, func(id string) bool { return slices.Contains(ids, id) })
	if errors.Is(err, quiz.ErrUnknown) { // nothing else was done yet: whoever erases does it all again
		err = fmt.Errorf("%w: %v", quiz.ErrUnavailable, err)
	}
	return err
}

// pruneWinners takes those out of all lists of winners who are gone.
func (s *Store) pruneWinners(ctx context.Context, gone func(id string) bool) error {
	return s.changeWinners(ctx, func(winners map[int]string) bool {
		before := len(winners)
		maps.DeleteFunc(winners, func(_ int, id string) bool { return gone(id) })
		return len(winners) < before
	})
}

// changeWinners changes the lists of winners of all seasons; change reports
// whether there was anything to change.
func (s *Store) changeWinners(ctx context.Context, change func(winners map[int]string) bool) error {
	begun, err := s.client.HKeys(ctx, seasonsKey()).Result()
	if err != nil {
		return unavailable(err)
	}
	for _, season := range begun {
		for done := false; !done; {
			stored, err := s.client.Get(ctx, winnersKey(season)).Result()
			if unavailable(err) != nil {
				return unavailable(err)
			}
			winners, version, err := parseWinners(stored)
			if err != nil {
				return fmt.Errorf("%w: season %s: %w", errHonours, season, err)
			}
			if !change(winners) {
				break
			}
			if done, err = s.saveWinners(ctx, season, version, winners); err != nil {
				return err
			}
		}
	}
	return nil
}

// MoveWinner gives the places of one member to another id of the same person, as
// when the account was moved and every openid changed. Errors: quiz.ErrUnavailable;
// after quiz.ErrUnknown the same call finds out.
func (s *Store) MoveWinner(ctx context.Context, from, to string) error {
	return s.changeWinners(ctx, func(winners map[int]string) (changed bool) {
		for place, id := range winners {
			if id == from {
				winners[place] = to
				changed = true
			}
		}
		return changed
	})
}

// sweepWinners takes those out of a season's winners who have no record: they were
// erased between the freeze and the moment at which the list could know them.
func (s *Store) sweepWinners(ctx context.Context, season string) error {
	stored, err := s.client.Get(ctx, winnersKey(season)).Result()
	if unavailable(err) != nil {
		return unavailable(err)
	}
	winners, _, err := parseWinners(stored)
	if err != nil {
		return err
	}
	p := s.client.Pipeline()
	there := map[string]*redis.IntCmd{}
	for _, id := range winners {
		there[id] = p.Exists(ctx, memberKey(s.shard(id), id))
	}
	if p.Len() == 0 {
		return nil
	}
	if _, err := p.Exec(ctx); err != nil {
		return unavailable(err)
	}
	return s.pruneWinners(ctx, func(id string) bool {
		exists, asked := there[id]
		return asked && exists.Val() == 0
	})
}

// winnersOfDump is the value of a winnersKey in a dump without those who were
// erased since: their ids must not come back. What cannot be read is left out
// whole; then the places stay, and nobody is behind them.
func winnersOfDump(stored string, resting func(id string) bool) string {
	winners, version, err := parseWinners(stored)
	if err != nil || version == "" {
		return ""
	}
	maps.DeleteFunc(winners, func(_ int, id string) bool { return resting(id) })
	value, err := json.Marshal(winners)
	if err != nil {
		return ""
	}
	return string(version) + string(value)
}
