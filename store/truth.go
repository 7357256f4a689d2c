package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"dangshi/quiz"
)

// truth computes what boards and records must show, from answer logs, frozen
// papers and voided days.
type truth struct {
	store  *Store
	season quiz.Season
	past   quiz.Past
	voids  quiz.Voids // those that are about to be in force; nil: none are
}

// truth reads voids and rulings as they are now, not from the cache.
func (s *Store) truth(ctx context.Context, season quiz.Season) (truth, error) {
	l, err := s.readLedger(ctx)
	if err != nil {
		return truth{}, err
	}
	return s.truthUnder(ctx, season, l.rulings())
}

// truthUnder computes by other rulings than those that are in force.
func (s *Store) truthUnder(ctx context.Context, season quiz.Season, rulings *quiz.Rulings) (truth, error) {
	voids, err := s.readVoids(ctx)
	if err != nil {
		return truth{}, err
	}
	papers := ruledPapers{from: season.From}
	paper := func(day quiz.Day, version int) (*quiz.Paper, error) {
		if p := papers.get(day, version); p != nil {
			return p, nil
		}
		p, err := s.frozen(ctx, day, version)
		if err == nil && p == nil {
			err = errPaper
		}
		if err != nil {
			return nil, err
		}
		p = p.Under(rulings).Prepared()
		papers.set(p)
		return p, nil
	}
	return truth{store: s, season: season, past: quiz.Past{Season: season, Paper: paper, Voids: voids, Rulings: rulings}}, nil
}

// state is what is stored of one member.
type state struct {
	raw    string      // the record as it is stored; empty: none
	self   quiz.Self   // who the member is
	record quiz.Record // what was published is taken over
	mended quiz.Member // what the record must hold
	totals quiz.Totals // of the season
	ahead  int64       // what the staged ruling adds to the packed score
	voided quiz.Totals // of the season, by the voids that are about to be in force
	voids  bool        // there are such
	log    []quiz.Entry
	fault  error // why record or log cannot be read; then all else but raw and self is zero
}

// ranked is the score that the board must show, 0 for none.
func (st state) ranked() int64 {
	if st.raw == "" || st.record.Member.OptOut || st.totals.Days == 0 {
		return 0
	}
	return st.totals.Rank()
}

// next is the score that the board will show, 0 for none.
func (st state) next() int64 {
	switch now := st.ranked(); {
	case st.voids && st.raw != "" && !st.record.Member.OptOut && st.voided.Days > 0:
		return st.voided.Rank()
	case now > 0 && !st.voids:
		return now + st.ahead
	}
	return 0
}

// gain is by how many points, in 1/quiz.Unit point, the season will change.
func (st state) gain() int {
	if st.voids {
		return st.voided.Points - st.totals.Points
	}
	points, _, _ := quiz.UnpackRank(st.ahead)
	return points
}

// stale reports what in the record is not what the log says.
func (st state) stale() stale {
	is, must := st.record.Member, st.mended
	return stale{totals: is.Totals != must.Totals, streak: is.Streak != must.Streak, last: is.Last != must.Last}
}

// stages reports whether the record lacks what the staged ruling will change.
func (st state) stages() bool { return st.record.Member.Amends != st.mended.Amends }

// stale names the parts of a record that must be mended.
type stale struct{ totals, streak, last bool }

func (s stale) any() bool { return s != stale{} }

// read takes what MGET gives for a record and a log. The error is
// quiz.ErrUnavailable; damage is a fault of the one member.
func (t truth) read(id string, values []any) (st state, err error) {
	st.raw, _ = values[0].(string)
	log, _ := values[1].(string)
	st.self = quiz.Self(id)
	if st.record, err = decodeRecord([]byte(st.raw)); err == nil {
		st.self = st.record.Member.Self(id)
		st.record.Member = st.record.Member.Amended(t.past.Rulings.Published())
		if st.log, err = quiz.ParseLog([]byte(log), t.season.From); err == nil {
			st.mended, st.totals, st.ahead, err = st.record.Member.Mended(t.past, st.log)
		}
		if st.voids = t.voids != nil; err == nil && st.voids {
			st.voided, err = quiz.Replay(t.season, st.log, t.past.Paper, t.voids)
		}
	}
	if err == nil || errors.Is(err, quiz.ErrUnavailable) {
		return st, err
	}
	return state{raw: st.raw, self: st.self, fault: fmt.Errorf("member %s: %w", t.name(st.self), err)}, nil
}

// rules names what the season's papers are read by: how many corrections, and which of
// its days are voided and how. It is other after each correction and each voiding.
func (t truth) rules() string {
	text := strconv.Itoa(len(t.past.Rulings.For(t.season.ID)))
	for _, day := range slices.Sorted(maps.Keys(t.past.Voids)) {
		if t.season.From <= day && day <= t.season.To && t.past.Voids[day] != quiz.Stands {
			text += fmt.Sprintf(" %s:%d", day, t.past.Voids[day])
		}
	}
	return text
}

// name stands for a member in reports and errors.
func (t truth) name(member quiz.Self) string {
	return quiz.Pseudonym(t.store.pin.Secret, t.season.ID, member)
}

// pageSize is how many members are read in one round trip: a log of a year has
// up to 4 kB.
const pageSize = 128

// eachPage hands every member to visit, page by page; on a cluster the masters
// are walked at the same time, so that visit must bear being called by several
// goroutines. A member may be handed over twice, and one who joins meanwhile not
// at all.
func (s *Store) eachPage(ctx context.Context, visit func(ids []string) error) error {
	return s.eachKey(ctx, memberPattern, func(keys []string) error { return visit(memberIDs(keys)) })
}

// walk is eachPage for whoever has more to compute of a page than to read. Where
// nobody else uses the data, as many pages are worked on at a time as there are
// processors; beside a service the others are left to it.
func (s *Store) walk(ctx context.Context, alone bool, visit func(ctx context.Context, ids []string) error) error {
	if !alone {
		return s.eachPage(ctx, func(ids []string) error { return visit(ctx, ids) })
	}
	g, working := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	err := s.eachPage(working, func(ids []string) error {
		g.Go(func() error { return visit(working, ids) })
		return unavailable(working.Err())
	})
	return cmp.Or(g.Wait(), err) // a page that fails ends the walk: its own error says why
}

// eachKey is eachPage for the keys of a pattern.
func (s *Store) eachKey(ctx context.Context, pattern string, visit func(keys []string) error) error {
	cluster, ok := s.client.(*redis.ClusterClient)
	if !ok {
		return scanPages(ctx, s.client, pattern, visit)
	}
	return cluster.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error {
		return scanPages(ctx, c, pattern, visit)
	})
}

// scanTries is how often a page is asked for: of a million members there are a
// thousand, and a connection that breaks at one of them is no reason to begin anew.
const scanTries = 3

func scanPages(ctx context.Context, c redis.Cmdable, pattern string, visit func(keys []string) error) error {
	for cursor, tries := uint64(0), 0; ; {
		keys, next, err := c.Scan(ctx, cursor, pattern, 1000).Result()
		if tries++; err != nil && tries < scanTries && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return unavailable(err)
		}
		tries = 0
		for len(keys) > 0 {
			n := min(pageSize, len(keys))
			if err := visit(keys[:n]); err != nil {
				return err
			}
			keys = keys[n:]
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

func memberIDs(keys []string) []string {
	ids := make([]string, len(keys))
	for i, key := range keys {
		ids[i] = strings.TrimPrefix(key[len(tag(0)):], ":member:")
	}
	return ids
}

// readMembers reads record and log of each member in one round trip.
func (t truth) readMembers(ctx context.Context, ids []string) ([]state, error) {
	s := t.store
	p := s.client.Pipeline()
	cmds := make([]*redis.SliceCmd, len(ids))
	for i, id := range ids {
		shard := s.shard(id)
		cmds[i] = p.MGet(ctx, memberKey(shard, id), logKey(shard, t.season.ID, id))
	}
	if _, err := p.Exec(ctx); err != nil {
		return nil, unavailable(err)
	}
	states := make([]state, len(ids))
	for i, id := range ids {
		var err error
		if states[i], err = t.read(id, cmds[i].Val()); err != nil {
			return nil, err
		}
	}
	return states, nil
}

// counter counts for a progress report from several goroutines.
type counter struct {
	mu     sync.Mutex
	n      int
	report func(n int)
}

func (c *counter) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += n
	if c.report != nil {
		c.report(c.n)
	}
}
