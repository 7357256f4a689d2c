package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
	"dangshi/store"
)

// size is what things cost with so many members on the board.
type size struct {
	members int
	costs   []time.Duration // median of each of operations
	bytes   float64         // of Redis, a member on the board
}

// operation is done again and again, one at a time, as a member waits for it.
type operation struct {
	label string
	do    func(ctx context.Context, s *store.Store, n int) error
}

const growthSeason = "2026"

var operations = [...]operation{
	{"答完一天写入", finishDay},
	{"自己的名次", func(ctx context.Context, s *store.Store, _ int) error {
		_, _, err := s.Rank(ctx, growthSeason, someScore())
		return err
	}},
	{"前 100 名", func(ctx context.Context, s *store.Store, _ int) error {
		_, err := s.Top(ctx, growthSeason, 100)
		return err
	}},
	{"前后邻居", func(ctx context.Context, s *store.Store, _ int) error {
		_, err := s.Around(ctx, growthSeason, "nobody", someScore(), 2)
		return err
	}},
}

// someScore is one as the board packs it: points, days and streak of up to a year.
func someScore() int64 {
	return quiz.Totals{Points: 1 + rand.IntN(36_500*quiz.Unit), Days: 1 + rand.IntN(365), Longest: 1 + rand.IntN(365)}.Rank()
}

// finishDay is the commit that ends a member's day: record, reply, log and board.
func finishDay(ctx context.Context, s *store.Store, n int) error {
	c := quiz.Change{
		Record: quiz.Record{Member: quiz.Member{Joined: 1, Begun: quiz.Day(n)}}, Key: uint64(n + 1), Reply: "今天的题答完了",
		Log:   &quiz.LogWrite{Season: growthSeason, Entry: []byte{1, 1 << 4, 1 << 4}},
		Board: &quiz.BoardSet{Season: growthSeason, Score: someScore()},
	}
	_, err := s.Commit(ctx, fmt.Sprintf("oGrowth%08x%013d", rand.Uint32(), n), c)
	return err
}

// runGrowth fills one board step by step, tenfold each time, and measures at each step.
func runGrowth(ctx context.Context, o options, server *server) ([]size, error) {
	s, err := store.Open(ctx, store.Options{URL: "redis://" + server.addr + "/4", Sandbox: true, Timeout: time.Minute})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	empty, err := usedMemory(ctx, s)
	if err != nil {
		return nil, err
	}
	var sizes []size
	filled := 0
	for members := 1000; members <= o.most; members *= 10 {
		err := s.FillBoard(ctx, growthSeason, filled, members, func(n int) (string, int64) {
			return fmt.Sprintf("oGrow_%022d", n), someScore()
		})
		if err != nil {
			return nil, err
		}
		filled = members
		used, err := usedMemory(ctx, s)
		if err != nil {
			return nil, err
		}
		at := size{members: members, bytes: float64(used-empty) / float64(members)}
		for _, op := range operations {
			cost, err := timed(ctx, s, op, o.times)
			if err != nil {
				return nil, fmt.Errorf("%s, %d members: %w", op.label, members, err)
			}
			at.costs = append(at.costs, cost)
		}
		fmt.Fprintf(o.out, "%d members: %v, %.0f bytes each\n", members, at.costs, at.bytes)
		sizes = append(sizes, at)
	}
	return sizes, nil
}

// timed is the median of so many times.
func timed(ctx context.Context, s *store.Store, op operation, times int) (time.Duration, error) {
	took := make([]time.Duration, times)
	for n := range took {
		begun := time.Now()
		if err := op.do(ctx, s, n); err != nil {
			return 0, err
		}
		took[n] = time.Since(begun)
	}
	slices.Sort(took)
	return took[times/2], nil
}

func usedMemory(ctx context.Context, s *store.Store) (int64, error) {
	info, err := s.Client().(*redis.Client).InfoMap(ctx, "memory").Result()
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(info["Memory"]["used_memory"], 10, 64)
}

func growthTable(sizes []size) string {
	head := []string{"榜上人数"}
	for _, op := range operations {
		head = append(head, op.label+"（毫秒）")
	}
	head = append(head, "Redis 内存（字节/人）")
	var rows [][]string
	for _, s := range sizes {
		row := []string{grouped(s.members)}
		for _, c := range s.costs {
			row = append(row, fmt.Sprintf("%.3f", ms(c)))
		}
		rows = append(rows, append(row, fmt.Sprintf("%.0f", s.bytes)))
	}
	return table(head, rows)
}

// grouped writes 10000000 as 10,000,000.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
