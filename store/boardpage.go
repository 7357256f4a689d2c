package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// BoardPage is n places of a season's board from the one at offset on, 0 is the
// first, best first, and how many members are on it. Wherever it is, it costs some
// round trips and reads some hundred entries a shard at most. Equal members come in
// an order that means nothing and stays. Errors: quiz.ErrUnavailable.
func (s *Store) BoardPage(ctx context.Context, season string, offset, n int) (page []quiz.Standing, total int, err error) {
	err = s.viewing(ctx, season, func(v view) (err error) {
		page, total, err = v.steady().page(ctx, offset, n)
		return err
	})
	return page, total, err
}

// BoardOffset is where a member stands in the order of BoardPage; ok is false where
// it is not on the board. Errors: quiz.ErrUnavailable.
func (s *Store) BoardOffset(ctx context.Context, season, id string) (offset int, ok bool, err error) {
	err = s.viewing(ctx, season, func(v view) (err error) {
		offset, ok, err = v.steady().offset(ctx, id)
		return err
	})
	return offset, ok, err
}

// line parts a board: so many members of each shard have at least the score.
type line struct {
	score   int64
	members []int // by shard
	all     int
}

// near is how many members may stand between two lines for all of them to be read.
const near = 500

// page finds two lines with the place at offset between them, by looking at members
// who stand about there, and reads from the upper one on.
func (v view) page(ctx context.Context, offset, n int) ([]quiz.Standing, int, error) {
	lines, err := v.lines(ctx, []int64{0})
	if err != nil {
		return nil, 0, err
	}
	low := lines[0]                                                            // more than offset are at it or above
	high := line{score: math.MaxInt64, members: make([]int, len(low.members))} // offset at most
	total := low.all
	if offset < 0 || offset >= total || n <= 0 {
		return nil, total, nil
	}
	for turn := 0; low.all-high.all > near && high.score-low.score > 1; turn++ {
		if turn == maxNarrowing {
			return nil, 0, fmt.Errorf("%w: the board keeps changing", quiz.ErrUnavailable)
		}
		if low, high, err = v.narrow(ctx, low, high, offset); err != nil {
			return nil, 0, err
		}
	}
	page, err := v.between(ctx, low, high, offset, n)
	return page, total, err
}

// maxNarrowing bounds the rounds: some three do, at any size.
const maxNarrowing = 100

// narrow brings the lines closer to each other: each shard says who stands there
// where the place would be if it were like all others, and some of these scores
// become lines.
func (v view) narrow(ctx context.Context, low, high line, offset int) (line, line, error) {
	share := float64(offset-high.all) / float64(low.all-high.all)
	samples := make([]*redis.ZSliceCmd, len(low.members))
	err := v.onShards(ctx, v.store.everyShard(), func(p redis.Pipeliner, shard int, board string) {
		at := int64(high.members[shard]) + int64(share*float64(low.members[shard]-high.members[shard]))
		samples[shard] = p.ZRevRangeWithScores(ctx, board, at, at)
	})
	if err != nil {
		return low, high, err
	}
	var scores []int64
	for _, s := range samples {
		for _, st := range standings(s.Val()) {
			if st.Score >= low.score && st.Score < high.score {
				scores = append(scores, st.Score)
			}
		}
	}
	if len(scores) == 0 { // they have left meanwhile
		scores = []int64{low.score + (high.score-low.score)/2}
	}
	slices.Sort(scores)
	scores = slices.Compact(scores)
	const most = 8
	var ask []int64
	for i := range min(most, len(scores)) {
		score := scores[i*len(scores)/min(most, len(scores))]
		ask = append(ask, score, score+1) // of many who are equal both ends
	}
	lines, err := v.lines(ctx, ask)
	if err != nil {
		return low, high, err
	}
	for _, l := range lines {
		if l.all > offset && l.score > low.score {
			low = l
		}
		if l.all <= offset && l.score < high.score {
			high = l
		}
	}
	return low, high, nil
}

// lines counts who is at each of the scores or above.
func (v view) lines(ctx context.Context, scores []int64) ([]line, error) {
	shards := v.store.everyShard()
	counts := make([][]*redis.IntCmd, len(shards))
	err := v.onShards(ctx, shards, func(p redis.Pipeliner, shard int, board string) {
		for _, score := range scores {
			counts[shard] = append(counts[shard], p.ZCount(ctx, board, strconv.FormatInt(score, 10), "+inf"))
		}
	})
	if err != nil {
		return nil, err
	}
	lines := make([]line, len(scores))
	for i, score := range scores {
		lines[i] = line{score: score, members: make([]int, len(shards))}
		for shard := range shards {
			n := int(counts[shard][i].Val())
			lines[i].members[shard] = n
			lines[i].all += n
		}
	}
	return lines, nil
}

// between reads n places from the one at offset on, which stands between the lines.
// Equal members come shard by shard.
func (v view) between(ctx context.Context, low, high line, offset, n int) ([]quiz.Standing, error) {
	skip := offset - high.all // of those between
	first, rank := slices.Clone(high.members), 0
	if low.all-high.all > near { // many with one score: of all shards before the place nothing is read
		rank = high.all + 1
		for shard := range first {
			passed := min(skip, low.members[shard]-high.members[shard])
			first[shard] += passed
			skip -= passed
		}
	}
	ranges := make([]*redis.ZSliceCmd, len(first))
	err := v.onShards(ctx, v.store.everyShard(), func(p redis.Pipeliner, shard int, board string) {
		last := low.members[shard] + n
		if rank > 0 {
			last = first[shard] + n
		}
		ranges[shard] = p.ZRevRangeWithScores(ctx, board, int64(first[shard]), int64(last)-1)
	})
	if err != nil {
		return nil, err
	}
	var all []quiz.Standing
	for _, r := range ranges {
		all = append(all, standings(r.Val())...)
	}
	slices.SortStableFunc(all, func(a, b quiz.Standing) int { return cmp.Compare(b.Score, a.Score) })
	for i := range all {
		switch {
		case i > 0 && all[i].Score == all[i-1].Score:
			all[i].Rank = all[i-1].Rank
		case i == 0 && rank > 0 && all[i].Score == low.score:
			all[i].Rank = rank
		default:
			all[i].Rank = offset - skip + i + 1
		}
	}
	all = all[min(skip, len(all)):]
	return all[:min(n, len(all))], nil
}

// offset is where a member stands in the order of page.
func (v view) offset(ctx context.Context, id string) (int, bool, error) {
	own := v.store.shard(id)
	board := boardKey(own, v.season, v.generation(own))
	p := v.store.client.TxPipeline()
	score, above := p.ZScore(ctx, board, id), p.ZRevRank(ctx, board, id)
	if _, err := p.Exec(ctx); unavailable(err) != nil {
		return 0, false, unavailable(err)
	}
	points := int64(score.Val())
	lines, err := v.lines(ctx, []int64{points + 1, points}) // which also sees whether the board was replaced
	if err != nil || errors.Is(score.Err(), redis.Nil) {
		return 0, false, err
	}
	at := lines[0].all + int(above.Val()) - lines[0].members[own]
	for shard := range own {
		at += lines[1].members[shard] - lines[0].members[shard]
	}
	return at, true, nil
}
