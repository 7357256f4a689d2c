package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// SeasonWeights gives the weights of a season, and freezes those proposed where
// it has none yet: a season keeps the weights with which it began, whatever the
// settings say later. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) SeasonWeights(ctx context.Context, season string, proposed quiz.Weights) (quiz.Weights, error) {
	text, err := json.Marshal(proposed)
	if err != nil {
		return quiz.Weights{}, err
	}
	// Set only where absent, then read: of several replicas that begin a season
	// at once the first decides.
	if err := s.client.HSetNX(ctx, weightsKey(), season, text).Err(); err != nil {
		return quiz.Weights{}, outcome(err)
	}
	stored, err := s.client.HGet(ctx, weightsKey(), season).Bytes()
	if err != nil {
		return quiz.Weights{}, unavailable(err)
	}
	var w quiz.Weights
	if err := json.Unmarshal(stored, &w); err != nil {
		return quiz.Weights{}, fmt.Errorf("stored weights of season %s: %w", season, err)
	}
	return w, w.Check()
}

// SeasonsWithLogs are the seasons of which there is at least one answer log, in
// order of their names. It scans all keys. Errors: quiz.ErrUnavailable.
func (s *Store) SeasonsWithLogs(ctx context.Context) ([]string, error) {
	var mu sync.Mutex // the masters of a cluster are scanned at the same time
	found := map[string]bool{}
	scan := func(ctx context.Context, c *redis.Client) error {
		keys := c.Scan(ctx, 0, logPattern, 1000).Iterator()
		for keys.Next(ctx) {
			if k, _, rest, ok := parseKey(keys.Val()); ok && k.name == "log" {
				season, _, _ := strings.Cut(rest, ":")
				mu.Lock()
				found[season] = true
				mu.Unlock()
			}
		}
		return unavailable(keys.Err())
	}
	var err error
	switch c := s.client.(type) {
	case *redis.ClusterClient:
		err = c.ForEachMaster(ctx, scan)
	case *redis.Client:
		err = scan(ctx, c)
	}
	return slices.Sorted(maps.Keys(found)), err
}
