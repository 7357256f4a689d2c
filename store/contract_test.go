package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"dangshi/quiz"
)

// The contract of Load and Commit, on every kind of Redis.
func TestContract(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		for name, test := range map[string]func(*testing.T, *Store){
			"absent":          contractAbsent,
			"written whole":   contractWhole,
			"conflict":        contractConflict,
			"repeat":          contractRepeat,
			"log grows":       contractLog,
			"only the record": contractRecord,
			"off the board":   contractRemove,
			"generation":      contractGeneration,
			"script flushed":  contractFlushed,
			"help once":       contractHelp,
			"not connected":   contractUnavailable,
			"unknown":         contractUnknown,
			"cancelled":       contractCancelled,
			"strange ids":     contractIDs,
		} {
			t.Run(name, func(t *testing.T) { test(t, openTest(t, url)) })
		}
	})
}

// change is a commit with everything in it.
func change(r quiz.Record, key uint64, score int64) quiz.Change {
	r.Recent = r.Remember(quiz.Delivery{Key: key, Sent: int64(key)})
	r.Member.Joined++
	return quiz.Change{
		Record: r, Key: key, Reply: fmt.Sprint("reply to ", key),
		Log:   &quiz.LogWrite{Season: "2026", Entry: []byte{byte(key), 0}},
		Board: &quiz.BoardSet{Season: "2026", Score: score},
	}
}

// stored is everything that a commit may write for a member, as Redis has it.
func stored(t *testing.T, s *Store, id string, key uint64) []any {
	t.Helper()
	shard := s.shard(id)
	values := get[[]any](t)(s.client.MGet(t.Context(),
		memberKey(shard, id), replyKey(shard, id, key), logKey(shard, "2026", id)).Result())
	for g := range 3 {
		values = append(values, get[[]float64](t)(s.client.ZMScore(t.Context(), boardKey(shard, "2026", g+1), id).Result())[0])
	}
	return values
}

func contractAbsent(t *testing.T, s *Store) {
	loaded, err := s.Load(t.Context(), "absent", 1)
	if err != nil || !reflect.DeepEqual(loaded, quiz.Loaded{}) {
		t.Errorf("Load: %+v, %v", loaded, err)
	}
	if log, err := s.Log(t.Context(), "absent", "2026"); err != nil || len(log) != 0 {
		t.Errorf("Log: %q, %v", log, err)
	}
}

func contractWhole(t *testing.T, s *Store) {
	c := change(quiz.Record{Extra: []byte{0xd2, 0x05, 0x01, 'x'}}, 7, 1<<46+12345)
	got, err := s.Commit(t.Context(), "whole", c)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := s.Load(t.Context(), "whole", 7)
	if err != nil || !reflect.DeepEqual(loaded, got) {
		t.Fatalf("Load: %+v, %v\nCommit gave %+v", loaded, err, got)
	}
	want := c.Record
	want.Version = got.Record.Version
	if !reflect.DeepEqual(loaded.Record, want) || loaded.Reply != c.Reply {
		t.Errorf("stored %+v\nwant %+v", loaded, want)
	}
	if other, _ := s.Load(t.Context(), "whole", 8); other.Reply != "" {
		t.Errorf("another message has the reply %q", other.Reply)
	}
	if score := stored(t, s, "whole", 7)[3]; score != float64(1<<46+12345) {
		t.Errorf("score %v", score)
	}
	ttl := get[any](t)(s.client.PTTL(t.Context(), replyKey(s.shard("whole"), "whole", 7)).Result())
	if d := fmt.Sprint(ttl); d == "-1ns" || d == "-2ns" {
		t.Errorf("the reply is kept for ever: %v", d)
	}
}

func contractConflict(t *testing.T, s *Store) {
	first := get[quiz.Loaded](t)(s.Commit(t.Context(), "conflict", change(quiz.Record{}, 1, 10)))
	second := get[quiz.Loaded](t)(s.Commit(t.Context(), "conflict", change(first.Record, 2, 20)))
	before := stored(t, s, "conflict", 3)
	for name, stale := range map[string]quiz.Record{"absent": {}, "older": first.Record} {
		now, err := s.Commit(t.Context(), "conflict", change(stale, 3, 30))
		if !errors.Is(err, quiz.ErrConflict) || !reflect.DeepEqual(now.Record, second.Record) || now.Reply != "" {
			t.Errorf("%s: %+v, %v", name, now, err)
		}
	}
	if after := stored(t, s, "conflict", 3); !reflect.DeepEqual(after, before) {
		t.Errorf("a conflict wrote: %v, before %v", after, before)
	}
	gone := second.Record
	now, err := s.Commit(t.Context(), "never there", change(gone, 3, 30))
	if !errors.Is(err, quiz.ErrConflict) || !reflect.DeepEqual(now, quiz.Loaded{}) {
		t.Errorf("a record that is gone: %+v, %v", now, err)
	}
}

// The same message twice: the second delivery finds that it was counted, and
// the words.
func contractRepeat(t *testing.T, s *Store) {
	c := change(quiz.Record{}, 5, 50)
	get[quiz.Loaded](t)(s.Commit(t.Context(), "repeat", c))
	before := stored(t, s, "repeat", 5)
	now, err := s.Commit(t.Context(), "repeat", c)
	if !errors.Is(err, quiz.ErrConflict) || !now.Record.Seen(5) || now.Reply != c.Reply {
		t.Errorf("%+v, %v", now, err)
	}
	if after := stored(t, s, "repeat", 5); !reflect.DeepEqual(after, before) {
		t.Errorf("the repeat wrote: %v, before %v", after, before)
	}
}

func contractLog(t *testing.T, s *Store) {
	var r quiz.Record
	want := ""
	for key := range uint64(20) {
		c := change(r, key+1, 1)
		c.Log.Entry = []byte{0, byte(key), '\r', '\n', 0xff}
		if key%5 == 4 {
			c.Log, c.Board = nil, nil // an answer within a paper
		} else {
			want += string(c.Log.Entry)
		}
		if key%5 == 3 {
			c.Board = nil // a paper that lapsed
		}
		r = get[quiz.Loaded](t)(s.Commit(t.Context(), "log", c)).Record
	}
	if log, err := s.Log(t.Context(), "log", "2026"); err != nil || string(log) != want {
		t.Errorf("log %q, %v; want %q", log, err, want)
	}
	if log, err := s.Log(t.Context(), "log", "2025"); err != nil || len(log) != 0 {
		t.Errorf("log of another season: %q, %v", log, err)
	}
}

func contractRecord(t *testing.T, s *Store) {
	got := get[quiz.Loaded](t)(s.Commit(t.Context(), "record", quiz.Change{Record: quiz.Record{Member: quiz.Member{Joined: 1}}, Reply: "for nobody"}))
	loaded := get[quiz.Loaded](t)(s.Load(t.Context(), "record", 0))
	if !reflect.DeepEqual(loaded.Record, got.Record) || loaded.Reply != "" {
		t.Errorf("%+v, want %+v without a reply", loaded, got)
	}
	if all := stored(t, s, "record", 0); all[2] != nil || all[3] != 0.0 {
		t.Errorf("log or board was written: %v", all)
	}
}

func contractRemove(t *testing.T, s *Store) {
	r := get[quiz.Loaded](t)(s.Commit(t.Context(), "remove", change(quiz.Record{}, 1, 10))).Record
	for key, b := range []quiz.BoardSet{{Score: 11, Remove: true}, {Score: 12}, {Score: 0}, {Score: -5}} {
		c := change(r, uint64(key+2), 0)
		b.Season = "2026"
		c.Log, c.Board = nil, &b
		r = get[quiz.Loaded](t)(s.Commit(t.Context(), "remove", c)).Record
		want := float64(b.Score)
		if b.Remove || b.Score <= 0 {
			want = 0
		}
		if got := stored(t, s, "remove", 0)[3]; got != want {
			t.Errorf("after %+v the board has %v", b, got)
		}
	}
}

// A replica that does not know of a new generation is told, and writes to the
// right boards.
func contractGeneration(t *testing.T, s *Store) {
	r := get[quiz.Loaded](t)(s.Commit(t.Context(), "gen", change(quiz.Record{}, 1, 10))).Record
	for key, step := range []struct {
		gen  string
		want []any // of generations 1 to 3
	}{
		{"1", []any{12.0, 0.0, 0.0}},
		{"1 2", []any{13.0, 13.0, 0.0}},
		{"1 3", []any{14.0, 13.0, 14.0}},
		{"3", []any{14.0, 13.0, 15.0}},
	} {
		if err := s.client.HSet(t.Context(), genKey(s.shard("gen")), "2026", step.gen).Err(); err != nil {
			t.Fatal(err)
		}
		r = get[quiz.Loaded](t)(s.Commit(t.Context(), "gen", change(r, uint64(key+2), int64(key+12)))).Record
		if got := stored(t, s, "gen", 1)[3:]; !reflect.DeepEqual(got, step.want) {
			t.Errorf("generation %q: boards %v, want %v", step.gen, got, step.want)
		}
	}
	if log, _ := s.Log(t.Context(), "gen", "2026"); len(log) != 10 {
		t.Errorf("5 commits wrote %d bytes of log", len(log))
	}
	if err := s.client.HDel(t.Context(), genKey(s.shard("gen")), "2026").Err(); err != nil {
		t.Fatal(err)
	}
}

// A server that started anew, or a replica that took over, has no scripts.
func contractFlushed(t *testing.T, s *Store) {
	r := get[quiz.Loaded](t)(s.Commit(t.Context(), "flushed", change(quiz.Record{}, 1, 1))).Record
	if err := s.client.ScriptFlush(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	get[quiz.Loaded](t)(s.Commit(t.Context(), "flushed", change(r, 2, 2)))
	if log, _ := s.Log(t.Context(), "flushed", "2026"); len(log) != 4 {
		t.Errorf("2 commits wrote %d bytes of log", len(log))
	}
}

func contractHelp(t *testing.T, s *Store) {
	for i, step := range []struct {
		day  quiz.Day
		key  uint64
		want bool
	}{
		{testDay, 1, true}, {testDay, 1, true}, {testDay, 2, false}, {testDay, 1, true}, {testDay, 2, false},
		{testDay + 1, 1 << 63, true}, {testDay + 1, 1, false}, {testDay + 1, 1 << 63, true},
		{testDay, 1, true}, // a clock that was set back
	} {
		if got, err := s.HelpOnce(t.Context(), "help", step.day, step.key); got != step.want || err != nil {
			t.Errorf("call %d: %v, %v", i, got, err)
		}
	}
	if life := get[time.Duration](t)(s.client.PTTL(t.Context(), helpedKey(s.shard("help"), "help")).Result()); life <= 0 || life > helpLife {
		t.Errorf("the mark is kept for %v", life)
	}
	var b breaking
	s.client.AddHook(&b)
	for mode, want := range map[int32]error{breakBeforeSending: quiz.ErrUnavailable, breakAfterWriting: quiz.ErrUnknown} {
		id := fmt.Sprint("help", mode)
		b.mode.Store(mode)
		if got, err := s.HelpOnce(t.Context(), id, testDay, 1); got || !errors.Is(err, want) {
			t.Errorf("%v, %v; want %v", got, err, want)
		}
		if got, err := s.HelpOnce(t.Context(), id, testDay, 1); !got || err != nil { // sent again
			t.Errorf("after %v: %v, %v", want, got, err)
		}
	}
}

func contractCancelled(t *testing.T, s *Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Commit(ctx, "cancelled", change(quiz.Record{}, 1, 1)); !errors.Is(err, quiz.ErrUnavailable) {
		t.Errorf("Commit: %v", err)
	}
	if _, err := s.Load(ctx, "cancelled", 1); !errors.Is(err, quiz.ErrUnavailable) {
		t.Errorf("Load: %v", err)
	}
	if all := stored(t, s, "cancelled", 1); all[0] != nil {
		t.Error("it was written")
	}
}

func contractIDs(t *testing.T, s *Store) {
	for _, id := range []string{"}:x{", "a:b", "a b\r\n", "中文", strings.Repeat("x", 300)} {
		c := change(quiz.Record{}, 1, 77)
		get[quiz.Loaded](t)(s.Commit(t.Context(), id, c))
		if loaded := get[quiz.Loaded](t)(s.Load(t.Context(), id, 1)); loaded.Reply != c.Reply || !loaded.Record.Seen(1) {
			t.Errorf("%q: %+v", id, loaded)
		}
	}
}
