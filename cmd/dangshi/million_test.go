//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
	"dangshi/store"
)

// TestMillion measures the export of a million members from a real Redis, by the
// program in a process of its own. It takes minutes and some gigabytes:
//
//	DANGSHI_TEST_MILLION=1000000 go test ./cmd/dangshi -run 'TestMillion$' -v -timeout 30m
func TestMillion(t *testing.T) {
	members, err := strconv.Atoi(os.Getenv("DANGSHI_TEST_MILLION"))
	if err != nil {
		t.Skip("set DANGSHI_TEST_MILLION to a number of members to measure the export")
	}
	server := servers.Redis(t)
	s := defaults()
	s.RedisURL = server.URL
	r := start(t, s)
	samples := rank(t, r, 1000)
	for i, id := range samples {
		if i%2 == 0 {
			continue
		}
		l, err := r.data.Load(t.Context(), id, 0) // half of them count another season by now
		if err != nil {
			t.Fatal(err)
		}
		l.Record.Member.Totals = quiz.Totals{Season: "2999", Points: 1, Days: 1}
		if _, err := r.data.Commit(t.Context(), id, quiz.Change{Record: l.Record}); err != nil {
			t.Fatal(err)
		}
	}
	fillMembers(t, r, samples, members)
	settings := filepath.Join(t.TempDir(), "dangshi.yaml")
	if err := os.WriteFile(settings, []byte("branches: {zb1: 第一支部}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	program := buildProgram(t)
	for _, args := range [][]string{
		{"--top", "0", "--format", "xlsx"}, {"--top", "0", "--format", "csv"}, {"--top", "100"}, {"--top", "100", "--branch", "zb1"},
	} {
		file := filepath.Join(t.TempDir(), "board") // no ending: any format
		measured(t, program, append([]string{"board", "export", "--config", settings, "--redis-url", server.URL, "-o", file}, args...)...)
	}
}

// fillMembers copies members who answered until there are enough, with other
// scores.
func fillMembers(t *testing.T, r *replica, samples []string, members int) {
	t.Helper()
	patient, err := store.Open(t.Context(), store.Options{URL: r.app.RedisURL, Existing: true, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer patient.Close()
	c := patient.Client()
	season, _ := quiz.Seasons(nil).At(quiz.DayOf(r.bot.Now()))
	records, logs := make([]string, len(samples)), make([]string, len(samples))
	for i, id := range samples {
		var err error
		if records[i], err = c.Get(t.Context(), "{s00}:member:"+id).Result(); err == nil {
			logs[i], err = c.Get(t.Context(), "{s00}:log:"+season.ID+":"+id).Result()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p := c.Pipeline()
	for i := len(samples); i < members; i++ {
		id := fmt.Sprintf("oABCD-efgh_1234567890%07d", i)
		p.Set(t.Context(), "{s00}:member:"+id, records[i%len(records)], 0)
		p.Set(t.Context(), "{s00}:log:"+season.ID+":"+id, logs[i%len(logs)], 0)
		p.ZAdd(t.Context(), "{s00}:board:"+season.ID+":1", redis.Z{Score: float64(1 + rand.Int64N(1<<40)), Member: id})
		if p.Len() >= 3000 || i == members-1 {
			if _, err := p.Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}
