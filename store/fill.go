package store

import (
	"context"
	"strconv"
	"sync"

	"github.com/redis/go-redis/v9"
)

// filling replays members into the generation that each shard fills.
type filling struct {
	truth
	gens   []generation
	faults *faults
}

// faults tells of each damaged member once, though a scan may show it twice.
type faults struct {
	mu     sync.Mutex
	told   map[string]bool
	report func(pseudonym string, err error)
}

func (f *faults) add(pseudonym string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.report == nil || f.told[pseudonym] {
		return
	}
	if f.told == nil {
		f.told = map[string]bool{}
	}
	f.told[pseudonym] = true
	f.report(pseudonym, err)
}

// skips reports whether there is nothing to write for a member: erased since the
// scan, or damaged.
func (f filling) skips(st state) bool {
	if st.fault != nil && st.raw != "" {
		f.faults.add(f.name(st.self), st.fault)
	}
	return st.fault != nil || st.raw == ""
}

// page replays some members in two round trips, and one by one those that
// changed in between.
func (f filling) page(ctx context.Context, ids []string) error {
	states, err := f.readMembers(ctx, ids)
	if err != nil {
		return err
	}
	p := f.store.client.Pipeline()
	cmds := make(map[string]*redis.Cmd, len(ids))
	for i, id := range ids {
		if f.skips(states[i]) {
			continue
		}
		keys, args, err := f.commit(id, states[i])
		if err != nil {
			return err
		}
		cmds[id] = p.EvalSha(ctx, f.store.commit.sha, keys, args...)
	}
	// The pipeline's error is that of its first command; each is looked at. What
	// the library may have sent twice shows as a conflict.
	_, _ = p.Exec(ctx)
	for id, cmd := range cmds {
		again := redis.HasErrorPrefix(cmd.Err(), "NOSCRIPT")
		if !again {
			if err := outcome(cmd.Err()); err != nil {
				return err
			}
			if again, err = f.refused(cmd.Val()); err != nil {
				return err
			}
		}
		if again {
			if err := f.one(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// one replays a single member until nobody changes it in between.
func (f filling) one(ctx context.Context, id string) error {
	for {
		states, err := f.readMembers(ctx, []string{id})
		if err != nil || f.skips(states[0]) {
			return err
		}
		keys, args, err := f.commit(id, states[0])
		if err != nil {
			return err
		}
		answer, err := f.store.run(ctx, f.store.commit, keys, args...)
		if err != nil {
			return err
		}
		if again, err := f.refused(answer); !again || err != nil {
			return err
		}
	}
}

// refused reports whether the member changed since it was read.
func (f filling) refused(answer any) (bool, error) {
	status, _, err := commitAnswer(answer)
	if status == statusGeneration {
		err = ErrSuperseded
	}
	return status == statusConflict, err
}

// commit gives KEYS and ARGV of commit.lua that set a member's score on the new
// board alone, mend the record where it differs from the log, and note in it what
// the staged ruling will change. The version guards all: a member who commits
// meanwhile is never overwritten with something older.
func (f filling) commit(id string, st state) (keys []string, args []any, err error) {
	shard := f.store.shard(id)
	gen := f.gens[shard]
	record := []byte(st.raw)
	if f.voids == nil && (st.stale().any() || st.stages()) {
		next := st.record
		next.Member = st.mended
		next.Version = newVersion()
		record = encodeRecord(next)
	}
	score := ""
	if n := st.next(); n > 0 {
		score = strconv.FormatInt(n, 10)
	}
	keys = []string{
		memberKey(shard, id), replyKey(shard, id, 0), logKey(shard, f.season.ID, id),
		genKey(shard), boardKey(shard, f.season.ID, gen.fill),
	}
	return keys, []any{string(st.record.Version), record, "", "0", "", f.season.ID, gen.String(), id, score}, nil
}
