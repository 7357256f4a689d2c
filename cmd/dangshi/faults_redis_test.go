package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/store"
)

func (s *stand) refused(t *testing.T) {
	s.endures(t, "oRefused", s.proxy.Refuse, func() { s.proxy.Heal(t) })
}

// The network swallows what is sent, then also a connection is made and never
// answered, then they break without a word.
func silent(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	s.endures(t, "oSilent", s.proxy.BlackHole, func() { s.proxy.Heal(t) })
	s.endures(t, "oCut", func() { s.proxy.SetRates(1, 0) }, func() { s.proxy.SetRates(0, 0) })
}

// What a stopped server was sent it does when it goes on: long after the member
// was told that it did not work.
func slow(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	s.endures(t, "oSlow", func() { s.server.Pause(t) }, func() { s.server.Resume(t) })
	c := s.client()
	mustSay(t, say(t, c, "oSlowWrite", "答题"), "第1题")
	answer := message("oSlowWrite", "A", 78, time.Now())
	s.server.Pause(t) // at once: the record is remembered, and the write itself is what is slow
	reply := post(t, c, answer)
	s.server.Resume(t)
	s.recovers(t)
	if !strings.Contains(reply, "第2题") { // it was looked up in time
		friendly(t, reply)
	}
	mustSay(t, post(t, c, answer), "第2题")
	s.finishes(t, "oSlowWrite", 1)
}

func (s *stand) loading(t *testing.T) {
	s.do(t, "config", "set", "loading-process-events-interval-bytes", 1024)
	s.do(t, "debug", "populate", 2000, "filler", 1000)
	var wait func()
	s.endures(t, "oLoading", func() {
		s.do(t, "config", "set", "key-load-delay", 10_000) // µs
		wait = whileRunning(t, func(ctx context.Context) {
			other := redis.NewClient(&redis.Options{Addr: s.server.Addr, ReadTimeout: -1, MaxRetries: -1})
			defer other.Close()
			if err := other.Do(ctx, "debug", "reload").Err(); err != nil {
				t.Error(err)
			}
		})
		s.answersWith(t, "LOADING")
	}, func() {
		s.do(t, "config", "set", "key-load-delay", 0)
		wait()
	})
}

func (s *stand) busy(t *testing.T) {
	s.do(t, "config", "set", "busy-reply-threshold", 10) // ms
	var wait func()
	s.endures(t, "oBusy", func() {
		wait = whileRunning(t, func(ctx context.Context) {
			other := redis.NewClient(&redis.Options{Addr: s.server.Addr, ReadTimeout: -1, MaxRetries: -1})
			defer other.Close()
			_ = other.Eval(ctx, "while true do end", nil).Err() // it is killed
		})
		s.answersWith(t, "BUSY")
	}, func() {
		s.do(t, "script", "kill")
		wait()
	})
}

// What only reads goes on.
func (s *stand) outOfMemory(t *testing.T) {
	s.endures(t, "oMemory", func() {
		s.do(t, "config", "set", "maxmemory", 1)
		mustSay(t, say(t, s.client(), "oReads", "今天"), "党史上的今天")
		s.doctor(t, "内存")
	}, func() { s.do(t, "config", "set", "maxmemory", 0) })
}

func (s *stand) evicting(t *testing.T) {
	s.do(t, "config", "set", "maxmemory-policy", "allkeys-lru")
	s.doctor(t, "自行删除答题记录", "allkeys-lru", "noeviction")
	s.do(t, "config", "set", "maxmemory-policy", "noeviction")
	// It may take anything, also the mark by which the data are known.
	c := s.client()
	mustSay(t, say(t, c, "oEvicted", "答题"), "第1题")
	mark := s.admin.Get(t.Context(), "{all}:pin").Val()
	s.do(t, "del", "{all}:pin", "{s00}:member:oEvicted")
	friendly(t, say(t, c, "oEvicted", "A"))
	mustSay(t, s.readyz(t), "数据不见了")
	s.do(t, "set", "{all}:pin", mark)
	s.recovers(t)
	mustSay(t, say(t, c, "oEvicted", "答题"), "第1题")
}

// doctor fails unless doctor finds an error that says the words.
func (s *stand) doctor(t *testing.T, words ...string) {
	t.Helper()
	code, out, _ := run(t, "doctor", "--redis-url", s.server.URL)
	if code != exitFailed {
		t.Errorf("doctor: exit %d", code)
	}
	mustSay(t, out, words...)
}

func (s *stand) password(t *testing.T) {
	s.endures(t, "oPassword", func() {
		s.do(t, "config", "set", "requirepass", "changed")
		code, _, errs := run(t, "serve", "--addr", "127.0.0.1:0", "--redis-url", strings.Replace(s.server.URL, "redis://", "redis://:wrong@", 1))
		if code != exitFailed || !strings.Contains(errs, "密码不对") {
			t.Errorf("a wrong password at the start: exit %d, %s", code, errs)
		}
		s.do(t, "client", "kill", "type", "normal", "skipme", "yes")
		eventually(t, "it is noticed", func() bool { return s.readyz(t) == "Redis 的密码不对\n" })
	}, func() { s.do(t, "config", "set", "requirepass", "") })
}

func (s *stand) emptied(t *testing.T) {
	var had *bytes.Buffer
	s.endures(t, "oEmptied", func() {
		had = s.kept(t)
		s.do(t, "flushall")
	}, func() {
		mustSay(t, s.readyz(t), "数据不见了")
		friendly(t, say(t, s.client(), "oNewcomer", "答题"))
		if keys := s.admin.Keys(t.Context(), "*").Val(); len(keys) > 0 {
			t.Errorf("in the emptied Redis are %q", keys)
		}
		s.restore(t, had)
	})
}

func (s *stand) replaced(t *testing.T) {
	var had *bytes.Buffer
	s.endures(t, "oReplaced", func() {
		had = s.kept(t)
		s.do(t, "set", "{all}:pin", `{"shards":1,"kind":"sandbox","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`)
		mustSay(t, s.readyz(t), "换成了别的数据")
	}, func() {
		friendly(t, say(t, s.client(), "oStranger", "答题"))
		if n := s.admin.Exists(t.Context(), "{s00}:member:oStranger").Val(); n != 0 {
			t.Error("something was counted")
		}
		s.restore(t, had)
	})
}

// dumpAll writes everything that lasts.
func dumpAll(ctx context.Context, client *redis.Client, w io.Writer) (store.DumpStats, error) {
	return store.Dump(ctx, client, w, func(string) bool { return true })
}

func (s *stand) restore(t *testing.T, from io.Reader) {
	t.Helper()
	s.do(t, "flushall")
	if _, err := store.Restore(t.Context(), s.admin, from, nil); err != nil {
		t.Fatal(fmt.Errorf("restore: %w", err))
	}
}
