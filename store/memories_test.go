package store

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// memory is what a replica remembers of what all share.
type memory struct {
	versions versions
	gens     map[genID]generation
	ruled    ruled
	taught   generation // what a commit taught it last
}

func memoryOf(s *Store) memory {
	s.gens.mu.RLock()
	defer s.gens.mu.RUnlock()
	return memory{versions: s.last(), gens: maps.Clone(s.gens.seen)}
}

// into makes a replica remember just this, as of now, and perhaps not yet what was
// ruled.
func (m memory) into(s *Store, ruled bool) {
	s.changed()
	s.shared.mu.Lock()
	s.shared.seen, s.shared.asked = m.versions, time.Now()
	s.shared.mu.Unlock()
	s.gens.mu.Lock()
	s.gens.seen = maps.Clone(m.gens)
	s.gens.mu.Unlock()
	s.rulings.mu.Lock()
	s.rulings.held, s.rulings.value, s.rulings.version = ruled, m.ruled, m.versions[versionRulings]
	s.rulings.mu.Unlock()
}

// replica looks before commands of another process, each time with everything that
// it may still remember: what it learned since that process last waited for all.
type replica struct {
	t         *testing.T
	look      *looks
	bystander *player // whom nothing concerns; commits teach the generations
	every     int     // so many of the moments are looked at
	mu        sync.Mutex
	moments   int
	memories  []memory
}

func (r *replica) moment() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.moments++; r.moments%r.every != 0 {
		return
	}
	present, shard := r.present(), r.look.s.shard(r.bystander.id)
	for i, m := range r.memories {
		for _, ruled := range []bool{false, true} {
			m.into(r.look.s, ruled)
			r.look.records(r.t)
		}
		// Another goroutine of the replica learns in the middle of a look.
		m.into(r.look.s, true)
		for shard, now := range present {
			r.look.s.gens.set(shard, r.look.season.ID, now)
		}
		r.look.once(r.t)
		// A commit teaches only what has moved. Not more of them: each makes the other
		// process read the bystander again.
		m.into(r.look.s, true)
		if now := present[shard]; now != r.look.s.gens.get(shard, r.look.season.ID) && now != m.taught {
			r.memories[i].taught = now
			r.commit()
			r.look.records(r.t)
		}
	}
	r.learn()
}

// learn adds what a replica that asks now remembers.
func (r *replica) learn() {
	r.look.s.changed()
	r.look.once(r.t)
	m := memoryOf(r.look.s)
	m.ruled = get[ruled](r.t)(r.look.s.ruled(r.t.Context()))
	if !slices.ContainsFunc(r.memories, func(other memory) bool {
		return reflect.DeepEqual(m.versions, other.versions) && maps.Equal(m.gens, other.gens)
	}) {
		r.memories = append(r.memories, m)
	}
}

// settle is what the other process calls to wait until all have learned what is new.
func (r *replica) settle(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.memories = nil
	r.learn()
	return nil
}

// present is the generation that each shard has now.
func (r *replica) present() []generation {
	p := r.look.s.client.Pipeline()
	asked := make([]*redis.SliceCmd, r.look.s.Shards())
	for shard := range asked {
		asked[shard] = p.HMGet(r.t.Context(), genKey(shard), r.look.season.ID)
	}
	get[[]redis.Cmder](r.t)(p.Exec(r.t.Context()))
	all := make([]generation, len(asked))
	for shard := range all {
		all[shard] = get[generation](r.t)(storedGeneration(asked[shard].Val()[0]))
	}
	return all
}

// commit writes the bystander's record and score anew.
func (r *replica) commit() {
	loaded, err := r.look.s.Load(r.t.Context(), r.bystander.id, 0)
	if err == nil {
		board := &quiz.BoardSet{Season: r.look.season.ID, Score: loaded.Record.Member.Totals.Rank()}
		_, err = r.look.s.Commit(r.t.Context(), r.bystander.id, quiz.Change{Record: loaded.Record, Board: board})
	}
	if err != nil && !isOutcome(err) {
		r.t.Error(err)
	}
}

// While a day is voided, or a question regraded, a replica sees the board and the
// records of before, or those of after, whatever it remembers and has just learned.
func TestReplicaRemembers(t *testing.T) {
	voided := Voiding{Day: testDay + 1, How: quiz.Dropped, At: 1, By: "test"}
	void := func(t *testing.T, w *killed, season quiz.Season, still []*player) (*looks, func(s *Store) error) {
		return voidLooks(t, w, season, still, nil, quiz.Voids{voided.Day: voided.How}), func(s *Store) error {
			return s.VoidDay(t.Context(), voided, []quiz.Season{season}, RebuildOptions{})
		}
	}
	regrade := func(t *testing.T, w *killed, season quiz.Season, still []*player) (*looks, func(s *Store) error) {
		r := ruling(0, differentRulings[1], differentRulings[0], season)
		return regradeLooks(t, w, season, still, r), func(s *Store) error {
			return s.PublishRegrade(t.Context(), r, RebuildOptions{})
		}
	}
	for name, c := range map[string]struct {
		begin    func(t *testing.T, w *killed, season quiz.Season, still []*player) (*looks, func(s *Store) error)
		replayed bool // before, so that there is a pointer to its boards
	}{
		"void": {begin: void}, "void again": {begin: void, replayed: true}, "regrade": {begin: regrade},
	} {
		t.Run(name, func(t *testing.T) {
			onBackends(t, func(t *testing.T, url string) {
				w := &killed{url: url, s: openTest(t, url), writer: openTest(t, url)}
				freezePapers(t, w.s, 4)
				season := quiz.Season{ID: "2026", From: testDay, To: testDay + 4}
				still := players(w.s, season, "still", 8)
				for i, p := range still {
					play(t, p, []attempt{{testDay + 1, []int{i % 2}}, {testDay + 3, []int{i % 4}}})
				}
				bystander := players(w.s, season, "bystander", 1)[0]
				play(t, bystander, []attempt{{testDay, []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}}})
				if c.replayed {
					must(t, w.s.Rebuild(t.Context(), season, RebuildOptions{}))
				}
				look, do := c.begin(t, w, season, still)
				r := &replica{t: t, look: look, bystander: bystander, every: w.s.Shards()/2 + 1}
				r.learn()
				actor := openTest(t, url)
				actor.settle = r.settle
				actor.client.AddHook(beforeEach(r.moment))
				must(t, do(actor))
				if look.seen[0] == 0 || look.seen[1] == 0 {
					t.Errorf("seen %v", look.seen)
				}
			})
		})
	}
}
