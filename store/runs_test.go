package store

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestRuns: a ledger of a run and its list are written together or not at all, by
// whoever has read the ledger as it is.
func TestRuns(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		r, ctx, last := s.PushRuns(), t.Context(), s.Shards()-1
		if value, version, err := r.Load(ctx, last, "2026-07-01"); value != nil || version != "" || err != nil {
			t.Fatalf("absent: %q %q %v", value, version, err)
		}
		first := get[quiz.Version](t)(r.Save(ctx, last, "2026-07-01", []byte("one"), "", 0, nil))
		second := get[quiz.Version](t)(r.Save(ctx, last, "2026-07-01", []byte("two"), first, 3, []byte("12345678")))
		for _, stale := range []quiz.Version{"", first} {
			if _, err := r.Save(ctx, last, "2026-07-01", []byte("three"), stale, 3, []byte("abcdefgh")); !errors.Is(err, quiz.ErrConflict) {
				t.Errorf("an old version is taken: %v", err)
			}
		}
		get[quiz.Version](t)(r.Save(ctx, last, "2026-07-01", []byte("four"), second, 3, []byte("ABCDEFGH")))
		if value, _, err := r.Load(ctx, last, "2026-07-01"); string(value) != "four" || err != nil {
			t.Errorf("%q %v", value, err)
		}
		for part, want := range map[int]string{0: "", 3: "12345678ABCDEFGH"} {
			if marks, err := r.Marks(ctx, last, "2026-07-01", part); string(marks) != want || err != nil {
				t.Errorf("part %d: %q %v", part, marks, err)
			}
		}
		must(t, r.Drop(ctx, last, "2026-07-01", 4))
		must(t, r.Drop(ctx, last, "2026-07-01", 4))
		value, _, err := r.Load(ctx, last, "2026-07-01")
		marks, err2 := r.Marks(ctx, last, "2026-07-01", 3)
		if value != nil || len(marks) != 0 || err != nil || err2 != nil {
			t.Errorf("dropped: %q %q %v %v", value, marks, err, err2)
		}
		if a, again := r.Mark("a"), r.Mark("a"); a != again || a == r.Mark("b") {
			t.Errorf("marks do not tell members apart: %q, %q", a, again)
		}
	})
}

// TestRunsFindMembers: every member comes with the shard in which the record lies.
func TestRunsFindMembers(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		r, ctx := s.PushRuns(), t.Context()
		ids := []string{"oAnna", "oBert", "oCora", "oDora", "oEmil"}
		for i, id := range ids {
			get[quiz.Loaded](t)(s.Commit(ctx, id, quiz.Change{Record: quiz.Record{Member: quiz.Member{Joined: quiz.Day(20454 + i)}}}))
		}
		must(t, s.client.Set(ctx, memberKey(s.shard("oEmil"), "oEmil"), "?", 0).Err()) // damaged
		var mu sync.Mutex
		found := map[string]int{}
		must(t, r.Members(ctx, func(shard int, id string) error {
			mu.Lock()
			defer mu.Unlock()
			found[id] = shard
			return nil
		}))
		for i, id := range ids {
			shard, ok := found[id]
			if !ok {
				t.Errorf("%s was not found", id)
				continue
			}
			records := get[[]quiz.Record](t)(r.Records(ctx, shard, []string{id}))
			if want := quiz.Day(20454 + i); records[0].Member.Joined != want && id != "oEmil" || id == "oEmil" && records[0].Member.Known() {
				t.Errorf("%s joined on %v", id, records[0].Member.Joined)
			}
		}
		if records, err := r.Records(ctx, 0, []string{"nobody"}); err != nil || len(records) != 1 || records[0].Version != "" {
			t.Errorf("%+v %v", records, err)
		}
		stop := errors.New("stop")
		if err := r.Members(ctx, func(int, string) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("it ended with %v", err)
		}
	})
}

// TestMarkRestored: each restore leaves a mark of its own, which the push can read, and
// which a dump takes along.
func TestMarkRestored(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		at := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
		seen := map[string]bool{}
		for range 2 {
			must(t, MarkRestored(t.Context(), s.client, at))
			value, version, err := s.PushLedger().Load(t.Context(), restoredName)
			var mark struct {
				ID string
				At time.Time
			}
			must(t, err, json.Unmarshal(value, &mark))
			if version == "" || mark.ID == "" || !mark.At.Equal(at) {
				t.Errorf("%q: %s", version, value)
			}
			seen[mark.ID] = true
		}
		if len(seen) != 2 {
			t.Errorf("two restores left %d marks", len(seen))
		}
	})
}
