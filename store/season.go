package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// BeginSeason gives the terms of a season, and freezes those proposed where it
// has none yet: a season keeps the first day and the weights with which it began,
// whatever the settings say later. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) BeginSeason(ctx context.Context, id string, proposed quiz.Terms) (quiz.Terms, error) {
	text, err := json.Marshal(proposed)
	if err != nil {
		return quiz.Terms{}, err
	}
	// Set only where absent, then read: of several replicas that begin a season
	// at once the first decides.
	if err := s.client.HSetNX(ctx, seasonsKey(), id, text).Err(); err != nil {
		return quiz.Terms{}, outcome(err)
	}
	stored, err := s.client.HGet(ctx, seasonsKey(), id).Result()
	if err != nil {
		return quiz.Terms{}, unavailable(err)
	}
	return parseTerms(id, stored)
}

// Seasons are the seasons that have begun, with their terms. Errors:
// quiz.ErrUnavailable.
func (s *Store) Seasons(ctx context.Context) (map[string]quiz.Terms, error) {
	stored, err := s.client.HGetAll(ctx, seasonsKey()).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	seasons := make(map[string]quiz.Terms, len(stored))
	for id, text := range stored {
		if seasons[id], err = parseTerms(id, text); err != nil {
			return nil, err
		}
	}
	return seasons, nil
}

// Account is one member with the totals of a season.
type Account struct {
	Self   quiz.Self
	Member quiz.Member
	Totals quiz.Totals // replayed from the log: the record may count another season by now; zero where the log is damaged
	Fault  error       // the record or the log is damaged: what could be read of it is here
}

// Accounts reads members for a report, a page of them in each round trip. A
// damaged one keeps nobody else from being read: see Account.Fault. Errors:
// quiz.ErrUnavailable.
func (s *Store) Accounts(ctx context.Context, season quiz.Season, ids []string) ([]Account, error) {
	t, err := s.truth(ctx, season)
	if err != nil {
		return nil, err
	}
	accounts := make([]Account, 0, len(ids))
	for page := range slices.Chunk(ids, pageSize) {
		states, err := t.readMembers(ctx, page)
		if err != nil {
			return nil, err
		}
		for _, st := range states {
			if st.fault != nil { // of the record, or only of the log?
				st.record, _ = decodeRecord([]byte(st.raw))
			}
			accounts = append(accounts, Account{st.self, st.record.Member, st.totals, st.fault})
		}
	}
	return accounts, nil
}

// errFound ends a walk over all members at the first one that is looked for.
var errFound = errors.New("found")

// BoardLost reports whether a season has answer logs and nobody on its board, as
// after a file of the embedded store was piped into a Redis: then Rebuild is due.
// Errors: quiz.ErrUnavailable.
func (s *Store) BoardLost(ctx context.Context, season string) (bool, error) {
	if _, total, err := s.Rank(ctx, season, 0); err != nil || total > 0 {
		return false, err
	}
	err := s.eachPage(ctx, func(ids []string) error {
		p := s.client.Pipeline()
		logs := make([]*redis.IntCmd, len(ids))
		for i, id := range ids {
			logs[i] = p.Exists(ctx, logKey(s.shard(id), season, id))
		}
		if _, err := p.Exec(ctx); err != nil {
			return unavailable(err)
		}
		if slices.ContainsFunc(logs, func(log *redis.IntCmd) bool { return log.Val() > 0 }) {
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		return true, nil
	}
	return false, err
}

func parseTerms(id, text string) (t quiz.Terms, err error) {
	if err = json.Unmarshal([]byte(text), &t); err == nil {
		err = t.Weights.Check()
	}
	if err != nil {
		err = fmt.Errorf("stored terms of season %s: %w", id, err)
	}
	return t, err
}
