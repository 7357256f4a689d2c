package store

import (
	"context"
	"errors"
	"strconv"
	"time"

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
		err = s.walk(ctx, o.Alone, func(ctx context.Context, ids []string) error {
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
