package store

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"dangshi/quiz"
)

// openSteady opens a replica for which no time passes but by *now.
func openSteady(t *testing.T, url string) (s *Store, now *time.Duration) {
	t.Helper()
	now = new(time.Duration)
	s = openTest(t, url)
	s.recent.clock = func() time.Duration { return *now }
	return s, now
}

func checkRecall(t *testing.T, s *Store, id string, want quiz.Record) {
	t.Helper()
	if r, ok := s.Recall(id); !ok || !reflect.DeepEqual(r, want) {
		t.Errorf("remembered: %+v, %v; want %+v", r, ok, want)
	}
}

// What is remembered of a member who was changed behind this replica's back is
// old. A commit on it writes nothing and brings what is there, on which the next
// one succeeds.
func TestOldMemoryIsRefused(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, _ := openSteady(t, url)
		other := openTest(t, url)
		for name, behind := range map[string]func(id string, first quiz.Record) (now quiz.Loaded){
			"another replica": func(id string, first quiz.Record) quiz.Loaded {
				// it counts the very message that s is going to count
				return get[quiz.Loaded](t)(other.Commit(t.Context(), id, change(first, 3, 3)))
			},
			"erased": func(id string, _ quiz.Record) quiz.Loaded {
				must(t, other.client.Del(t.Context(), memberKey(other.shard(id), id)).Err())
				return quiz.Loaded{}
			},
		} {
			t.Run(name, func(t *testing.T) {
				first := get[quiz.Loaded](t)(s.Commit(t.Context(), name, change(quiz.Record{}, 1, 1))).Record
				now := behind(name, first)
				checkRecall(t, s, name, first)
				refusedThenTaken(t, s, name, first, now)
			})
		}
	})
}

// refusedThenTaken commits message 3 on an old record, finds now in its place,
// and commits on that.
func refusedThenTaken(t *testing.T, s *Store, id string, old quiz.Record, now quiz.Loaded) {
	t.Helper()
	before := stored(t, s, id, 3)
	got, err := s.Commit(t.Context(), id, change(old, 3, 33))
	if !errors.Is(err, quiz.ErrConflict) || !reflect.DeepEqual(got, now) {
		t.Errorf("Commit on the old record: %+v, %v; want %+v", got, err, now)
	}
	if after := stored(t, s, id, 3); !reflect.DeepEqual(after, before) {
		t.Errorf("it wrote %v, before %v", after, before)
	}
	checkRecall(t, s, id, now.Record)
	next := get[quiz.Loaded](t)(s.Commit(t.Context(), id, change(now.Record, 4, 44)))
	checkRecall(t, s, id, next.Record)
}

// A backup was restored: what is remembered is newer than what is there.
func TestMemoryOfRestoredData(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, _ := openSteady(t, url)
		first := get[quiz.Loaded](t)(s.Commit(t.Context(), "restored", change(quiz.Record{}, 1, 1))).Record
		var backup bytes.Buffer
		_, err := Dump(t.Context(), s.client, &backup, func(key string) bool { return Classify(key) == Truth })
		must(t, err)
		second := get[quiz.Loaded](t)(s.Commit(t.Context(), "restored", change(first, 2, 2))).Record
		_, err = Restore(t.Context(), s.client, &backup, nil)
		must(t, err)
		checkRecall(t, s, "restored", second)
		refusedThenTaken(t, s, "restored", second, quiz.Loaded{Record: first})
	})
}

// After a commit of which nobody knows what became, nothing is remembered.
func TestUnknownIsForgotten(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, _ := openSteady(t, url)
		var b breaking
		s.client.AddHook(&b)
		for _, mode := range []int32{breakBeforeSending, breakBeforeWriting, breakAfterWriting} {
			id := fmt.Sprint("forgotten", mode)
			first := get[quiz.Loaded](t)(s.Commit(t.Context(), id, change(quiz.Record{}, 1, 1))).Record
			checkRecall(t, s, id, first)
			b.mode.Store(mode)
			if _, err := s.Commit(t.Context(), id, change(first, 2, 2)); !isOutcome(err) {
				t.Errorf("%s: %v", id, err)
			}
			if r, ok := s.Recall(id); ok {
				t.Errorf("%s: %+v is remembered", id, r)
			}
			loaded := get[quiz.Loaded](t)(s.Load(t.Context(), id, 2))
			checkRecall(t, s, id, loaded.Record)
		}
	})
}

// Nothing is given while Redis is silent, and again as soon as it has answered
// anybody.
func TestNothingIsRecalledInSilence(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, now := openSteady(t, url)
		if s.recent.silence != 2*time.Millisecond {
			t.Errorf("Redis may be silent for %v", s.recent.silence)
		}
		*now = time.Hour
		first := get[quiz.Loaded](t)(s.Commit(t.Context(), "silence", change(quiz.Record{}, 1, 1))).Record
		*now += s.recent.silence
		checkRecall(t, s, "silence", first)
		*now++
		if r, ok := s.Recall("silence"); ok {
			t.Errorf("%+v is given in silence", r)
		}
		var b breaking
		s.client.AddHook(&b)
		b.mode.Store(breakBeforeWriting)
		if _, err := s.Commit(t.Context(), "somebody", change(quiz.Record{}, 1, 1)); !errors.Is(err, quiz.ErrUnknown) {
			t.Errorf("%v", err)
		}
		if r, ok := s.Recall("silence"); ok {
			t.Errorf("%+v is given after a failure", r)
		}
		get[quiz.Loaded](t)(s.Load(t.Context(), "somebody else", 1))
		checkRecall(t, s, "silence", first)
	})
}

// Of any number of members only the latest are remembered, and those for sure
// that were among the last of their shard.
func TestMemoryIsBounded(t *testing.T) {
	r := recent{clock: func() time.Duration { return 0 }}
	const bound = recentShards * 2 * recentGeneration
	last := map[*recentShard][]string{}
	for i := range 4 * bound {
		id := fmt.Sprint(i)
		r.keep(id, quiz.Record{Version: quiz.Version(id)})
		last[r.shard(id)] = append(last[r.shard(id)], id)
	}
	kept := 0
	for i := range 4 * bound {
		if _, ok := r.get(fmt.Sprint(i)); ok {
			kept++
		}
	}
	held := 0
	for i := range r.shards {
		held += len(r.shards[i].young) + len(r.shards[i].old)
	}
	if kept > bound || held > bound || held != kept {
		t.Errorf("%d are held and %d given, at most %d may be", held, kept, bound)
	}
	for _, ids := range last {
		for _, id := range ids[max(0, len(ids)-recentGeneration):] {
			if record, ok := r.get(id); !ok || record.Version != quiz.Version(id) {
				t.Fatalf("%s of the last %d is forgotten: %+v", id, recentGeneration, record)
			}
		}
	}
}
