package store

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// A board is a sorted set: member → packed score, an integer below 2^47, which
// a double holds exactly. Only members with a score above 0 stand on it. What
// follows is exact at any number of shards; it is no snapshot, commits may land
// between two round trips.

// Rank is 1 + the number of members with a strictly higher score, and the number
// of members on the board, in one round trip. Errors: quiz.ErrUnavailable.
func (s *Store) Rank(ctx context.Context, season string, score int64) (rank, total int, err error) {
	err = s.viewing(ctx, season, func(v view) error {
		var ranks []int
		if ranks, total, err = v.ranks(ctx, []int64{score}); err == nil {
			rank = ranks[0]
		}
		return err
	})
	return rank, total, err
}

// ranks gives the rank of each of the scores.
func (v view) ranks(ctx context.Context, scores []int64) (ranks []int, total int, err error) {
	type answer struct {
		higher []*redis.IntCmd
		card   *redis.IntCmd
	}
	shards := v.store.everyShard()
	answers := make([]answer, len(shards))
	err = v.onShards(ctx, shards, func(p redis.Pipeliner, shard int, board string) {
		a := answer{card: p.ZCard(ctx, board)}
		for _, score := range scores {
			a.higher = append(a.higher, p.ZCount(ctx, board, above(score), "+inf"))
		}
		answers[shard] = a
	})
	if err != nil {
		return nil, 0, err
	}
	ranks = make([]int, len(scores))
	for i := range ranks {
		ranks[i] = 1
	}
	for _, a := range answers {
		total += int(a.card.Val())
		for i := range ranks {
			ranks[i] += int(a.higher[i].Val())
		}
	}
	return ranks, total, nil
}

func above(score int64) string { return "(" + strconv.FormatInt(score, 10) }

// Top is the first n places of the board, n members at most: of several with
// the same score at the end only some are given, in an order that means nothing.
// Errors: quiz.ErrUnavailable.
func (s *Store) Top(ctx context.Context, season string, n int) ([]quiz.Standing, error) {
	var top []quiz.Standing
	err := s.viewing(ctx, season, func(v view) (err error) {
		top, _, err = v.steady().top(ctx, n)
		return err
	})
	return top, err
}

// TopTied is the first n places and everyone who is tied with the last of them.
// Errors: quiz.ErrUnavailable.
func (s *Store) TopTied(ctx context.Context, season string, n int) ([]quiz.Standing, error) {
	var top []quiz.Standing
	err := s.viewing(ctx, season, func(v view) (err error) {
		top, err = v.steady().topTied(ctx, n)
		return err
	})
	return top, err
}

func (v view) topTied(ctx context.Context, n int) ([]quiz.Standing, error) {
	top, lists, err := v.top(ctx, n)
	if err != nil || len(top) < n || n <= 0 {
		return top, err
	}
	line := top[len(top)-1].Score
	var shards []int
	for shard, l := range lists {
		if !l.whole && l.last().Score >= line {
			shards = append(shards, shard)
		}
	}
	// Not ZRANGE … BYSCORE REV: miniredis takes its limits the other way round.
	err = v.readBoards(ctx, shards, lists, func(p redis.Pipeliner, board string) *redis.ZSliceCmd {
		return p.ZRevRangeByScoreWithScores(ctx, board, &redis.ZRangeBy{Min: strconv.FormatInt(line, 10), Max: "+inf"})
	})
	if err != nil {
		return nil, err
	}
	all := merge(lists)
	tied := slices.IndexFunc(all, func(st quiz.Standing) bool { return st.Score < line })
	if tied >= 0 {
		all = all[:tied]
	}
	return all, nil
}

// list is the head of one shard's board, best first.
type list struct {
	standings []quiz.Standing
	whole     bool // nothing follows; else there is at least one
}

func (l list) last() quiz.Standing { return l.standings[len(l.standings)-1] }

// hides reports whether members may follow that stand before place.
func (l list) hides(place quiz.Standing) bool {
	return !l.whole && before(l.last(), place) <= 0
}

// before orders a board as Redis does in reverse: by score, then by the bytes
// of the id, both descending. With the same order on every shard the head of
// the whole is the merge of the heads of the shards.
func before(a, b quiz.Standing) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(b.ID, a.ID))
}

// top reads the head of each shard and once more from those whose last one
// still made the list. It also gives what was read of each shard.
func (v view) top(ctx context.Context, n int) ([]quiz.Standing, []list, error) {
	shards := v.store.everyShard()
	lists := make([]list, len(shards))
	if n <= 0 {
		return nil, lists, nil
	}
	// A shard's share of the first n scatters as a Poisson variable does: with
	// four deviations to spare a second round is rare.
	share := float64(n) / float64(len(shards))
	first := min(n, int(math.Ceil(share+4*math.Sqrt(share)))+1)
	if err := v.readHeads(ctx, shards, lists, first); err != nil {
		return nil, nil, err
	}
	top := cut(merge(lists), n)
	var short []int
	for shard, l := range lists {
		if first < n && (len(top) < n && !l.whole || len(top) == n && l.hides(top[n-1])) {
			short = append(short, shard)
		}
	}
	if err := v.readHeads(ctx, short, lists, n); err != nil {
		return nil, nil, err
	}
	return cut(merge(lists), n), lists, nil
}

func cut(st []quiz.Standing, n int) []quiz.Standing { return st[:min(n, len(st))] }

// readHeads reads the first n of each of the shards.
func (v view) readHeads(ctx context.Context, shards []int, lists []list, n int) error {
	err := v.readBoards(ctx, shards, lists, func(p redis.Pipeliner, board string) *redis.ZSliceCmd {
		return p.ZRevRangeWithScores(ctx, board, 0, int64(n)-1)
	})
	for _, shard := range shards {
		lists[shard].whole = len(lists[shard].standings) < n
	}
	return err
}

// readBoards reads a range of each of the shards' boards into lists.
func (v view) readBoards(ctx context.Context, shards []int, lists []list, read func(p redis.Pipeliner, board string) *redis.ZSliceCmd) error {
	if len(shards) == 0 {
		return nil
	}
	answers := make(map[int]*redis.ZSliceCmd, len(shards))
	err := v.onShards(ctx, shards, func(p redis.Pipeliner, shard int, board string) {
		answers[shard] = read(p, board)
	})
	if err != nil {
		return err
	}
	for shard, a := range answers {
		lists[shard].standings = standings(a.Val())
	}
	return nil
}

func standings(entries []redis.Z) []quiz.Standing {
	st := make([]quiz.Standing, len(entries))
	for i, e := range entries {
		id, _ := e.Member.(string)
		st[i] = quiz.Standing{ID: id, Score: int64(e.Score)} // exact below 2^53
	}
	return st
}

// merge puts the heads of the shards into one order and numbers them. The ranks
// are right as far as no shard hides anyone before.
func merge(lists []list) []quiz.Standing {
	var all []quiz.Standing
	for _, l := range lists {
		all = append(all, l.standings...)
	}
	slices.SortFunc(all, before)
	for i := range all {
		all[i].Rank = i + 1
		if i > 0 && all[i].Score == all[i-1].Score {
			all[i].Rank = all[i-1].Rank
		}
	}
	return all
}
