package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/bot/sandbox/population"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// simulated lives some days; redis "" is the embedded store.
func simulated(t *testing.T, c simulateCmd) *population.Report {
	t.Helper()
	if c.Redis == "" {
		t.Setenv("PATH", "") // no redis-server is found
	}
	var defaults cli
	if _, err := parser(t, &defaults).Parse([]string{"simulate"}); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	a := &app{Settings: defaults.Settings, ctx: t.Context(), out: &errs, errs: &errs}
	report, err := a.simulate(&c, quiz.Date(2026, 1, 1))
	if err != nil {
		t.Fatal(err, errs.String())
	}
	return report
}

func lived(t *testing.T, r *population.Report) {
	t.Helper()
	if r.Violations > 0 {
		t.Errorf("seed %d: %d violations, the first ones: %+v", r.Seed, r.Violations, r.FirstViolations)
	}
	if r.Answers < int64(r.Members*r.Days) || r.Finished == 0 || r.Repeats == 0 || r.Lost == 0 || r.Late == 0 {
		t.Errorf("too little happened: %+v", r)
	}
}

// TestSimulation: what members were told is what is stored, on either kind of store,
// and the same seed gives the same year however many send at a time.
func TestSimulation(t *testing.T) {
	var embedded *population.Report
	t.Run("embedded", func(t *testing.T) {
		embedded = simulated(t, simulateCmd{Members: 20, Days: 7, Seed: 1, Connections: 16})
		lived(t, embedded)
		if m := embedded.Measured; m == nil || m.Exact || m.PerMember < 300 || m.RedisSeconds != 0 {
			t.Errorf("the embedded store takes %+v", m)
		}
	})
	t.Run("redis", func(t *testing.T) {
		url := storetest.Redis(t).URL
		one := simulated(t, simulateCmd{Members: 20, Days: 7, Seed: 1, Connections: 1, Redis: url, Keep: true})
		lived(t, one)
		if one.Transcript != embedded.Transcript || one.Deliveries != embedded.Deliveries {
			t.Errorf("seed 1 gives %s one by one, and %s at 16 connections", one.Transcript, embedded.Transcript)
		}
		other := simulated(t, simulateCmd{Members: 20, Days: 7, Seed: 2, Connections: 16, Redis: url, Safe: true})
		lived(t, other)
		if other.Transcript == one.Transcript {
			t.Error("another seed gives the same year")
		}
		if m := other.Measured; !m.Exact || m.RedisSeconds <= 0 || m.PerMember < 500 || m.DailyEach < 2 {
			t.Errorf("it takes %+v", m)
		}
		if n := other.Needs; len(n) != 3 || n[2].Members != 20_000 || n[2].RedisBytes <= n[1].RedisBytes || n[2].PeakPerS <= n[1].PeakPerS {
			t.Errorf("needs: %+v", n)
		}
	})
}

// TestSimulationLeavesDataAlone: a Redis in which somebody lives is refused and left as
// it is; what a simulation left is deleted in the end, unless it is to be kept.
func TestSimulationLeavesDataAlone(t *testing.T) {
	storetest.InTurn(t)
	server := storetest.Redis(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr})
	defer client.Close()
	size := func() int64 {
		t.Helper()
		n, err := client.DBSize(t.Context()).Result()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	t.Chdir(t.TempDir())
	args := []string{"simulate", "--members", "3", "--days", "1", "--redis", server.URL}
	if code, out, errs := run(t, append(args, "--json", "report.json")...); code != exitDone || size() != 0 {
		t.Fatalf("exit %d, and %d keys are left: %s%s", code, size(), out, errs)
	}
	var report population.Report
	text, err := os.ReadFile("report.json")
	if err == nil {
		err = json.Unmarshal(text, &report)
	}
	if err != nil || report.Members != 3 || len(report.Transcript) != 64 || len(report.Needs) != 3 {
		t.Errorf("report.json: %v, %s", err, text)
	}
	for range 2 { // the second one begins anew on what the first one left
		if code, out, errs := run(t, append(args, "--keep")...); code != exitDone || size() == 0 || !strings.Contains(out, report.Transcript) {
			t.Fatalf("exit %d, %d keys: %s%s", code, size(), out, errs)
		}
	}
	if code, out, errs := run(t, "board", "verify", "--season", "2026", "--redis-url", server.URL); code != exitDone {
		t.Errorf("board verify of what is kept: exit %d: %s%s", code, out, errs)
	}
	if err := client.Set(t.Context(), "somebody:else", 1, 0).Err(); err != nil {
		t.Fatal(err)
	}
	before := size()
	if code, _, errs := run(t, args...); code != exitUsage || !strings.Contains(errs, "绝不碰") || size() != before {
		t.Errorf("exit %d, %d of %d keys are left: %s", code, size(), before, errs)
	}
	for _, wrong := range []string{"--members 0", "--days 0", "--connections 0", "--from 2026-02-30", "--from 1900-01-01", "--from 9999-12-31", "--json none/report.json", "--keep", "--redis http://x"} {
		if code, _, errs := run(t, append([]string{"simulate"}, strings.Fields(wrong)...)...); code != exitUsage || !strings.Contains(errs, strings.Fields(wrong)[0]) {
			t.Errorf("%s: exit %d: %s", wrong, code, errs)
		}
	}
}
