package store

import (
	"context"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// Around is the member with its nearest neighbours, up to each of them above
// and below, best first, all with exact ranks, in two round trips. Above stand
// those with a higher score, below those with the same or a lower one. A member
// who is not on the board is shown at the place that the score would have.
// Errors: quiz.ErrUnavailable.
func (s *Store) Around(ctx context.Context, season, id string, score int64, each int) ([]quiz.Standing, error) {
	var all []quiz.Standing
	err := s.viewing(ctx, season, func(v view) (err error) {
		all, err = v.steady().around(ctx, id, score, each)
		return err
	})
	return all, err
}

func (v view) around(ctx context.Context, id string, score int64, each int) ([]quiz.Standing, error) {
	higher, others, err := v.neighbours(ctx, id, score, each)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(higher, []quiz.Standing{{ID: id, Score: score}}, others)
	scores := make([]int64, len(all))
	for i, st := range all {
		scores[i] = st.Score
	}
	ranks, _, err := v.ranks(ctx, slices.Compact(scores))
	if err != nil {
		return nil, err
	}
	at := 0
	for i := range all {
		if i > 0 && all[i].Score != all[i-1].Score {
			at++
		}
		all[i].Rank = ranks[at]
	}
	return all, nil
}

// neighbours gives the nearest with a higher score and the nearest others, each
// best first.
func (v view) neighbours(ctx context.Context, id string, score int64, each int) (higher, others []quiz.Standing, err error) {
	if each <= 0 {
		return nil, nil, nil
	}
	type answer struct{ up, down *redis.ZSliceCmd }
	shards := v.store.everyShard()
	answers := make([]answer, len(shards))
	err = v.onShards(ctx, shards, func(p redis.Pipeliner, shard int, board string) {
		answers[shard] = answer{
			up: p.ZRangeByScoreWithScores(ctx, board, &redis.ZRangeBy{Min: above(score), Max: "+inf", Count: int64(each)}),
			down: p.ZRevRangeByScoreWithScores(ctx, board, &redis.ZRangeBy{
				Min: "-inf", Max: strconv.FormatInt(score, 10),
				Count: int64(each) + 1, // the member itself may be among them
			}),
		}
	})
	if err != nil {
		return nil, nil, err
	}
	for _, a := range answers {
		higher = append(higher, standings(a.up.Val())...)
		others = append(others, standings(a.down.Val())...)
	}
	itself := func(st quiz.Standing) bool { return st.ID == id }
	higher, others = slices.DeleteFunc(higher, itself), slices.DeleteFunc(others, itself)
	slices.SortFunc(higher, before)
	slices.SortFunc(others, before)
	return higher[max(0, len(higher)-each):], others[:min(each, len(others))], nil
}
