package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"dangshi/quiz"
)

// settleTime is how long Rebuild waits before it reads: longer than a message
// can be on its way (4 s) with voids and papers that are older by Staleness.
const settleTime = 6 * time.Second

func waitToSettle(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return unavailable(ctx.Err())
	case <-time.After(settleTime):
		return nil
	}
}

// ErrSuperseded means that another Rebuild of the season was started meanwhile.
var ErrSuperseded = errors.New("another rebuild of the season has taken over")

// RebuildOptions say how Rebuild goes about it.
type RebuildOptions struct {
	// Alone says that nobody else uses the data, as at the start of a program
	// that holds them by itself: then there is nothing to wait for.
	Alone bool
	// Progress is told from time to time how many members are done; may be nil.
	Progress func(done int)
	// Damaged is told of each member whose record or log cannot be read, and why:
	// they stay as they are and out of the new boards. Calls come one at a time,
	// one for a member. nil: nobody is told; Verify reports them as well.
	Damaged func(pseudonym string, err error)
}

// Rebuild computes the season's boards again from answer logs, papers, voids and
// rulings, and what the logs say of each record (totals, streak, last result),
// while commits go on:
//
//  1. each shard begins a new, empty generation, which commits write as well;
//  2. every member is replayed into it;
//  3. one field moves all readers to it at once, and when the last of them have
//     seen it the old boards are deleted.
//
// Until the move readers see the old boards. A crash leaves the old ones in
// use and half-filled new ones that commits keep writing; the same call then
// starts a newer generation and deletes the leftovers. A damaged record or log
// keeps nobody else from being counted: see RebuildOptions.Damaged. A regrade that
// was begun is finished first. Of several at the same
// time one finishes at most, the others get ErrSuperseded; where none finishes,
// the call is made again. Other errors: quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) Rebuild(ctx context.Context, season quiz.Season, o RebuildOptions) error {
	if _, err := s.ResumeRegrade(ctx, o); err != nil {
		return err
	}
	return s.rebuild(ctx, []quiz.Season{season}, o)
}

// rebuild is Rebuild where nothing is left to be finished first.
func (s *Store) rebuild(ctx context.Context, seasons []quiz.Season, o RebuildOptions) error {
	turns, err := s.refill(ctx, seasons, o, refilling{})
	if err != nil {
		return err
	}
	done, err := s.switchOver(ctx, "", nil, turns.over())
	if err == nil && !done {
		err = ErrSuperseded
	}
	if err != nil {
		return err
	}
	return s.turnAll(ctx, turns, o)
}

// turns are new generations of boards, by season.
type turns map[string]int

// over makes readers turn to them, where nobody else has begun newer ones.
func (t turns) over() turnover {
	over := turnover{claims: map[string]string{}, fields: map[string]any{}}
	for season, n := range t {
		over.claims[season] = strconv.Itoa(n)
		over.fields[boardField(season)] = n
	}
	return over
}

// refilling says by what boards are filled that nobody reads yet.
type refilling struct {
	ruling int        // the number under which a ruling must be staged; 0: none
	voids  quiz.Voids // those that are about to be in force; records keep to the present ones. nil: there are none
}

// refill begins new generations of the boards of seasons and replays all members
// into them.
func (s *Store) refill(ctx context.Context, seasons []quiz.Season, o RebuildOptions, by refilling) (turns, error) {
	t := turns{}
	fills := make([]filling, len(seasons))
	for i, season := range seasons {
		n, gens, err := s.beginAll(ctx, season.ID)
		if err != nil {
			return nil, err
		}
		t[season.ID] = n
		fills[i] = filling{gens: gens, faults: &faults{report: o.Damaged}}
	}
	if err := s.waitFor(ctx, o); err != nil {
		return nil, err
	}
	done := counter{report: o.Progress}
	for i, season := range seasons {
		var err error
		if fills[i].truth, err = s.truth(ctx, season); err != nil {
			return nil, err
		}
		if fills[i].past.Rulings.Staged() != by.ruling {
			return nil, ErrSuperseded
		}
		fills[i].voids = by.voids
		err = s.eachPage(ctx, func(ids []string) error {
			if err := fills[i].page(ctx, ids); err != nil {
				return err
			}
			done.add(len(ids))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return t, nil
}

// waitFor waits until what other replicas still do by what was shared before is
// over: a replica may still count with old voids or rulings, and what it commits
// must come before the replay; or it may still read the old boards.
func (s *Store) waitFor(ctx context.Context, o RebuildOptions) error {
	if o.Alone {
		return nil
	}
	return s.settle(ctx)
}

// beginAll starts a new generation on all shards. Its number is one that no other
// Rebuild has.
func (s *Store) beginAll(ctx context.Context, season string) (n int, gens []generation, err error) {
	gens = make([]generation, s.pin.Shards)
	err = s.eachShard(ctx, func(ctx context.Context, shard int) (err error) {
		gens[shard], err = s.readGeneration(ctx, season, shard)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	last := 0
	for _, g := range gens {
		last = max(last, g.last())
	}
	n, pointer, err := s.claim(ctx, season, last)
	if err != nil {
		return 0, nil, err
	}
	err = s.eachShard(ctx, func(ctx context.Context, shard int) (err error) {
		gens[shard], err = s.begin(ctx, season, shard, n, pointer)
		return err
	})
	return n, gens, err
}

// claim gives a new generation above last, and the one that readers ask for now:
// from here on no Rebuild but the one that has claimed can change that.
func (s *Store) claim(ctx context.Context, season string, last int) (n, pointer int, err error) {
	for by := int64(1); ; by = int64(last - n + 1) {
		var claimed *redis.IntCmd
		var read *redis.SliceCmd
		_, err := s.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
			claimed = p.HIncrBy(ctx, versionKey(), claimField(season), by)
			read = p.HMGet(ctx, versionKey(), boardField(season))
			return nil
		})
		if err != nil {
			return 0, 0, outcome(err)
		}
		n = int(claimed.Val())
		if n <= last { // the field was lost, or never there
			continue
		}
		text, _ := read.Val()[0].(string)
		return n, versions{boardField(season): text}.board(season), nil
	}
}

func (s *Store) readGeneration(ctx context.Context, season string, shard int) (generation, error) {
	stored, err := s.client.HMGet(ctx, genKey(shard), season).Result()
	if err != nil {
		return generation{}, unavailable(err)
	}
	return s.gens.learn(shard, season, stored[0])
}

// begin starts generation n on a shard and deletes all boards but the one that is
// read. A crash after the turn leaves boards that nobody reads; the next
// begin deletes them.
func (s *Store) begin(ctx context.Context, season string, shard, n, pointer int) (generation, error) {
	for range maxTurns {
		now, err := s.readGeneration(ctx, season, shard)
		if err != nil {
			return generation{}, err
		}
		next := generation{read: now.read, fill: n}
		if pointer != 0 && now.fill == pointer { // readers have left for it, and a crash came before the shard was told
			next.read = pointer
		}
		if n <= now.last() {
			break
		}
		turned, err := s.turnShard(ctx, season, shard, now, next)
		if err != nil {
			return generation{}, err
		}
		if turned {
			return next, s.dropBoards(ctx, season, shard, next)
		}
	}
	return generation{}, ErrSuperseded
}

// dropBoards deletes the boards that are neither read nor filled. None that is
// older than the one that was read at its last call is left; which that was is
// kept beside the generations. A crash in between makes the next call delete
// again.
func (s *Store) dropBoards(ctx context.Context, season string, shard int, now generation) error {
	oldest, err := s.client.HGet(ctx, genKey(shard), oldestField(season)).Int()
	if err != nil && !errors.Is(err, redis.Nil) {
		return unavailable(err)
	}
	var old []string
	for g := max(oldest, 1); g < now.last(); g++ {
		if g != now.read {
			old = append(old, boardKey(shard, season, g))
		}
	}
	if len(old) > 0 {
		if err := s.client.Unlink(ctx, old...).Err(); err != nil {
			return outcome(err)
		}
	}
	if oldest >= now.read {
		return nil
	}
	return outcome(s.client.HSet(ctx, genKey(shard), oldestField(season), now.read).Err())
}

// turnShard moves a shard from one generation to another, if it is still there.
func (s *Store) turnShard(ctx context.Context, season string, shard int, from, to generation) (bool, error) {
	before, err := s.run(ctx, s.turn, []string{genKey(shard)}, season, from.String(), to.String())
	if err != nil {
		return false, err
	}
	if before != from.String() {
		return false, nil
	}
	_, err = s.gens.learn(shard, season, to.String())
	return true, err
}

// turnAll ends the old boards once nobody reads them any more. A crash in between
// leaves shards that keep both: readers ask for the new one, and the next begin
// cleans up. So does whoever has begun a newer generation meanwhile.
func (s *Store) turnAll(ctx context.Context, turns turns, o RebuildOptions) error {
	if err := s.waitFor(ctx, o); err != nil {
		return err
	}
	for season, n := range turns {
		err := s.eachShard(ctx, func(ctx context.Context, shard int) error {
			from, err := s.readGeneration(ctx, season, shard)
			if err != nil || from.fill != n {
				return err
			}
			to := generation{read: n}
			turned, err := s.turnShard(ctx, season, shard, from, to)
			if err != nil || !turned {
				return err
			}
			return s.dropBoards(ctx, season, shard, to)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachShard runs do for all shards, some at a time, up to the first error.
func (s *Store) eachShard(ctx context.Context, do func(ctx context.Context, shard int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for shard := range s.pin.Shards {
		g.Go(func() error { return do(ctx, shard) })
	}
	return g.Wait()
}
