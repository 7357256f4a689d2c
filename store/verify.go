package store

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// Verification is what Verify found.
type Verification struct {
	Members     int // records
	Ranked      int // members who must stand on the board
	Differences []Difference
}

// Difference is one member whose board entry or record is not what the answer
// log says.
type Difference struct {
	Pseudonym string
	Board     int64 // score on the board; 0: not on it
	Truth     int64 // score that the board must show; 0: must not be on it
	Totals    bool  // the totals in the record differ
	Streak    bool  // the streak in the record differs
	Last      bool  // the last result in the record differs
	Err       error // the record or the log is damaged: Truth is not known and 0
}

// VerifyOptions say how Verify goes about it.
type VerifyOptions struct {
	// Alone says that nobody else uses the data, so that all processors may be used.
	Alone bool
	// Progress is told, one call at a time, how many members were looked at; may be nil.
	Progress func(done int)
}

// Verify computes the season's board again and reports every difference from
// the one that is read. Commits may go on: a member who seems to differ is read
// once more, record, log and board in one step. While a Rebuild runs, what it
// is about to mend still differs. Errors: quiz.ErrUnavailable.
func (s *Store) Verify(ctx context.Context, season quiz.Season, o VerifyOptions) (Verification, error) {
	t, err := s.truth(ctx, season)
	if err != nil {
		return Verification{}, err
	}
	v, done := &verifying{truth: t, seen: map[uint64]bool{}}, counter{report: o.Progress}
	err = s.walk(ctx, o.Alone, func(ctx context.Context, ids []string) error {
		err := v.members(ctx, ids)
		if err == nil {
			done.add(len(ids))
		}
		return err
	})
	if err != nil {
		return Verification{}, err
	}
	for shard := range s.pin.Shards {
		if err := v.strangers(ctx, shard); err != nil {
			return Verification{}, err
		}
	}
	byName := func(a, b Difference) int { return cmp.Compare(a.Pseudonym, b.Pseudonym) }
	slices.SortFunc(v.result.Differences, byName)
	v.result.Differences = slices.CompactFunc(v.result.Differences, func(a, b Difference) bool { return byName(a, b) == 0 })
	return v.result, nil
}

type verifying struct {
	truth
	mu     sync.Mutex
	seen   map[uint64]bool // hashes of ids: a scan may show a member twice, which must not be counted twice
	result Verification
}

// sight is one member as asked for: record and log, place on the board, and the
// generation by which the board was chosen.
type sight struct {
	view     view
	believed int
	values   *redis.SliceCmd
	score    *redis.FloatSliceCmd
	present  *redis.SliceCmd
}

// view is the look at the boards as readers have it.
func (v *verifying) view(ctx context.Context) (view, error) {
	seen, err := v.store.versions(ctx)
	return view{store: v.store, season: v.season.ID, pointer: seen.board(v.season.ID)}, err
}

func (v *verifying) ask(ctx context.Context, p redis.Pipeliner, view view, id string) sight {
	s, season := v.store, v.season.ID
	shard := s.shard(id)
	believed := view.generation(shard)
	return sight{
		view: view, believed: believed,
		values:  p.MGet(ctx, memberKey(shard, id), logKey(shard, season, id)),
		score:   p.ZMScore(ctx, boardKey(shard, season, believed), id), // 0 where absent
		present: p.HMGet(ctx, genKey(shard), season),
	}
}

// judge compares what was seen; moved reports that the board was replaced, so
// that the sight is worth nothing.
func (v *verifying) judge(id string, seen sight) (st state, d *Difference, moved bool, err error) {
	shard := v.store.shard(id)
	if _, err := v.store.learn(shard, v.season.ID, seen.present.Val()[0]); err != nil || seen.view.generation(shard) != seen.believed {
		return st, nil, true, err
	}
	if st, err = v.read(id, seen.values.Val()); err != nil {
		return st, nil, false, err
	}
	board := int64(seen.score.Val()[0])
	if stale := st.stale(); board != st.ranked() || stale.any() || st.fault != nil {
		d = &Difference{
			Pseudonym: v.name(st.self), Board: board, Truth: st.ranked(),
			Totals: stale.totals, Streak: stale.streak, Last: stale.last, Err: st.fault,
		}
	}
	return st, d, false, nil
}

// members checks one page of members.
func (v *verifying) members(ctx context.Context, ids []string) error {
	p := v.store.client.Pipeline()
	view, err := v.view(ctx)
	if err != nil {
		return err
	}
	sights := make([]sight, len(ids))
	for i, id := range ids {
		sights[i] = v.ask(ctx, p, view, id)
	}
	if _, err := p.Exec(ctx); err != nil {
		return unavailable(err)
	}
	for i, id := range ids {
		st, d, moved, err := v.judge(id, sights[i])
		if err == nil && (moved || d != nil) {
			st, d, err = v.closely(ctx, id)
		}
		if err != nil {
			return err
		}
		v.count(id, st, d)
	}
	return nil
}

// closely looks at one member in one step, so that no commit can come between
// record, log and board.
func (v *verifying) closely(ctx context.Context, id string) (state, *Difference, error) {
	for range maxTurns {
		p := v.store.client.TxPipeline()
		view, err := v.view(ctx)
		if err != nil {
			return state{}, nil, err
		}
		seen := v.ask(ctx, p, view, id)
		if _, err := p.Exec(ctx); err != nil {
			return state{}, nil, unavailable(err)
		}
		st, d, moved, err := v.judge(id, seen)
		if err != nil || !moved {
			return st, d, err
		}
		v.store.changed()
	}
	return state{}, nil, fmt.Errorf("%w: the boards are being replaced", quiz.ErrUnavailable)
}

func (v *verifying) count(id string, st state, d *Difference) {
	h := fnv.New64a()
	h.Write([]byte(id))
	v.mu.Lock()
	defer v.mu.Unlock()
	if d != nil {
		v.result.Differences = append(v.result.Differences, *d)
	}
	if v.seen[h.Sum64()] || st.raw == "" {
		return
	}
	v.seen[h.Sum64()] = true
	v.result.Members++
	if st.ranked() > 0 {
		v.result.Ranked++
	}
}

// strangers looks for entries of a shard's board that belong to nobody.
func (v *verifying) strangers(ctx context.Context, shard int) error {
	s, season := v.store, v.season.ID
	view, err := v.view(ctx)
	if err != nil {
		return err
	}
	board := boardKey(shard, season, view.generation(shard))
	for cursor := uint64(0); ; {
		page, next, err := s.client.ZScan(ctx, board, cursor, "", 500).Result()
		if err != nil {
			return unavailable(err)
		}
		if err := v.strangersOf(ctx, shard, page); err != nil {
			return err
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// strangersOf takes a page of a board: id, score, id, score, …
func (v *verifying) strangersOf(ctx context.Context, shard int, page []string) error {
	s := v.store
	p := s.client.Pipeline()
	found := map[string]*redis.IntCmd{}
	for i := 0; i+1 < len(page); i += 2 {
		id := page[i]
		if s.shard(id) != shard { // the member cannot have put it there
			v.count(id, state{}, &Difference{Pseudonym: v.name(quiz.Self(id)), Board: 1})
			continue
		}
		found[id] = p.Exists(ctx, memberKey(shard, id))
	}
	if _, err := p.Exec(ctx); err != nil {
		return unavailable(err)
	}
	for id, exists := range found {
		if exists.Val() > 0 {
			continue // members has looked at it
		}
		st, d, err := v.closely(ctx, id)
		if err != nil {
			return err
		}
		v.count(id, st, d)
	}
	return nil
}
