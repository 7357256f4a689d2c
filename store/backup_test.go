package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

var backupTime = time.Date(2026, 1, 9, 3, 30, 0, 0, quiz.Zone)

func mustBackUp(t *testing.T, s *Store) []byte {
	t.Helper()
	var b bytes.Buffer
	info := get[BackupInfo](t)(s.Backup(t.Context(), &b, BackupOptions{At: backupTime}))
	found := get[BackupInfo](t)(CheckBackup(t.Context(), bytes.NewReader(b.Bytes()), nil))
	if !found.At.Equal(backupTime) || found.Sum != info.Sum || found.Members() != info.Members() || found.Shards != s.Shards() || found.Sandbox != s.Sandbox() {
		t.Fatalf("written %+v, read %+v", info, found)
	}
	return b.Bytes()
}

func at(url string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return url, nil }
}

func mustRestoreBackup(t *testing.T, url string, backup []byte) Restored {
	t.Helper()
	done := get[Restored](t)(RestoreBackup(t.Context(), bytes.NewReader(backup), RestoreOptions{Target: at(url), Sandbox: true, Timeout: patience}))
	for _, season := range done.Seasons {
		if len(season.Differences) > 0 {
			t.Errorf("season %s: %+v", season.ID, season.Differences)
		}
	}
	if len(done.Damaged) > 0 {
		t.Errorf("damaged: %v", done.Damaged)
	}
	return done
}

// truthOf is all that is truth, by the names that keys have on one shard. What belongs
// to a shard as such is left out where it does not move.
func truthOf(t *testing.T, s *Store, moved bool) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	_, err := readDump(strings.NewReader(everything(t, s, func(key string) bool {
		return Classify(key) == Truth && key != pinKey() && key != pushKey(restoredName)
	})), func(args []string) error {
		key, ok := Rekey(args[1], 1)
		if !ok {
			if key = args[1]; moved {
				return nil
			}
		}
		step := max(1, len(args)-2)
		if args[0] == "HSET" || args[0] == "ZADD" {
			step = 2
		}
		for i := 2; i < len(args); i += step {
			found[key] = append(found[key], fmt.Sprint(args[0], args[i:i+step]))
		}
		slices.Sort(found[key])
		return nil
	})
	must(t, err)
	return found
}

// backedUp is an installation in which something of everything was done.
func backedUp(t *testing.T, url string, members int) (*Store, []*player) {
	t.Helper()
	ctx := t.Context()
	s := openTest(t, url)
	const days = 5
	freezePapers(t, s, days)
	season := quiz.Season{ID: "2026", From: testDay, To: testDay + 30}
	get[quiz.Terms](t)(s.BeginSeason(ctx, season.ID, quiz.Terms{From: season.From, Weights: quiz.DefaultWeights}))
	players := answered(t, s, season, members, days)
	for i, p := range players {
		if i%3 == 0 {
			must(t, s.CommitPractice(ctx, p.id, []byte("cards"), "", 0, ""))
			must(t, s.CommitObjections(ctx, p.id, quiz.Objections{{Number: i + 1, Text: "?"}}, "", 0, ""))
		}
		if i%5 == 0 {
			_, _, _, err := s.stepMember(ctx, p.id, quiz.Remind{Minute: 600 + i}, time.Unix(0, 0))
			must(t, err)
			must(t, s.SetReminder(ctx, p.id, 600+i))
		}
	}
	s.mustErase(t, players[0].id)
	players = players[1:]
	for shard := range s.Shards() {
		_, err := s.PushRuns().Save(ctx, shard, "2026-01-05", []byte("{}"), "", 0, []byte("12345678"))
		must(t, err)
	}
	_, err := s.PushLedger().Save(ctx, "2026-01-05", []byte("{}"), "")
	must(t, err)
	get[string](t)(s.NewLink(ctx, players[1].id, time.Now()))
	published := ruling(0, quiz.Ruling{Void: true}, differentRulings[0], season)
	must(t, s.PublishRegrade(ctx, published, RebuildOptions{}))
	return s, players
}

// places are one of each kind of server, emptied.
func places(t *testing.T) map[string]func() string {
	return map[string]func() string{
		"miniredis": func() string { return "redis://" + storetest.Miniredis(t).Addr() + "/0" },
		"redis":     func() string { return servers.Redis(t).URL },
		"cluster":   func() string { return servers.Cluster(t).URL },
	}
}

// From each kind of server to each: the same truth, the same board, the same
// reminders, and nothing that is not needed.
func TestBackupGoesAnywhere(t *testing.T) {
	all := places(t)
	for _, from := range slices.Sorted(maps.Keys(all)) {
		s, players := backedUp(t, all[from](), 24)
		season := players[0].season
		scores := board(t, s, season.ID)
		backup := mustBackUp(t, s)
		truth := map[bool]map[string][]string{false: truthOf(t, s, false), true: truthOf(t, s, true)}
		reminded := remindersOf(t, s)
		for _, to := range slices.Sorted(maps.Keys(all)) {
			t.Run(from+" to "+to, func(t *testing.T) {
				url := all[to]()
				done := mustRestoreBackup(t, url, backup)
				there := openTest(t, url)
				if done.Backup.Members() != len(players) || done.Shards != there.Shards() || !bytes.Equal(there.Secret(), s.Secret()) {
					t.Errorf("restored %+v", done)
				}
				if got := truthOf(t, there, there.Shards() != s.Shards()); !maps.EqualFunc(got, truth[there.Shards() != s.Shards()], slices.Equal) {
					t.Errorf("the truth is\n%v, was\n%v", got, truth[there.Shards() != s.Shards()])
				}
				if got := board(t, there, season.ID); !maps.Equal(got, scores) {
					t.Errorf("the board is %v, was %v", got, scores)
				}
				if got := remindersOf(t, there); !maps.Equal(got, reminded) {
					t.Errorf("reminders are %v, were %v", got, reminded)
				}
				if len(done.Seasons) != 1 || done.Seasons[0].Members != len(players) || done.Seasons[0].Ranked != len(scores) {
					t.Errorf("verified %+v", done.Seasons)
				}
			})
		}
	}
}

func remindersOf(t *testing.T, s *Store) map[string]float64 {
	t.Helper()
	found := map[string]float64{}
	for shard := range s.Shards() {
		for _, z := range get[[]redis.Z](t)(s.client.ZRangeWithScores(t.Context(), remindKey(shard), 0, -1).Result()) {
			found[z.Member.(string)] = z.Score
		}
	}
	return found
}

// Each kind of key that is truth is in a backup, and no other is: whoever adds one to
// the table and not to the backup of members fails here.
func TestBackupHoldsEachTruth(t *testing.T) {
	s := openTest(t, "redis://"+storetest.Miniredis(t).Addr()+"/0")
	ctx := t.Context()
	want := map[string]int{"pin": 1}
	for name, sample := range samples() {
		key := strings.NewReplacer("{s07}", "{s00}", "{s63}", "{s00}").Replace(sample.key)
		k, _, _, ok := parseKey(key)
		if !ok || key == pinKey() {
			continue
		}
		var err error
		switch k.typ {
		case "string":
			err = s.client.Set(ctx, key, "12345678[]", 0).Err()
		case "hash":
			err = s.client.HSet(ctx, key, "2026", "{}").Err()
		case "list":
			err = s.client.RPush(ctx, key, "x").Err()
		case "set":
			err = s.client.SAdd(ctx, key, "x").Err()
		case "zset":
			err = s.client.ZAdd(ctx, key, redis.Z{Score: 1, Member: "x"}).Err()
		}
		if err != nil {
			t.Fatal(name, err)
		}
		if k.class == Truth {
			want[k.name]++
		}
	}
	must(t, s.client.Set(ctx, "cache:1", "of another program", 0).Err())
	var b bytes.Buffer
	info := get[BackupInfo](t)(s.Backup(ctx, &b, BackupOptions{At: backupTime}))
	if !maps.Equal(info.Kinds, want) {
		t.Errorf("the backup holds %v, want %v", info.Kinds, want)
	}
	for _, k := range kinds {
		if k.class == Truth && info.Kinds[k.name] == 0 {
			t.Errorf("no key %s is in the backup", k.name)
		}
	}
}

// Backups are made while members answer: each member is whole in each of them, with
// all that was counted before it began.
func TestBackupWhileOthersWrite(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		const days, members = 12, 24
		freezePapers(t, s, days)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + 30}
		get[quiz.Terms](t)(s.BeginSeason(t.Context(), season.ID, quiz.Terms{From: season.From, Weights: quiz.DefaultWeights}))
		players := answered(t, s, season, members, 1)
		var writing sync.WaitGroup
		for i, p := range players {
			writing.Go(func() {
				for day := range quiz.Day(days) {
					play(t, p, []attempt{{testDay + day, []int{i % 4}}})
				}
			})
		}
		for range 2 {
			before := map[string]int{}
			for _, p := range players {
				before[p.id] = p.totals(t, s, nil).Days
			}
			backup := mustBackUp(t, s)
			there := "redis://" + storetest.Miniredis(t).Addr() + "/0"
			mustRestoreBackup(t, there, backup)
			restored := openTest(t, there)
			for _, p := range players {
				if got := p.totals(t, restored, nil).Days; got < before[p.id] {
					t.Errorf("%s has %d days, had %d before the backup", p.id, got, before[p.id])
				}
			}
		}
		writing.Wait()
	})
}

// What is not as it was written is refused before anything is asked of the target.
func TestRestoreRefusesDamage(t *testing.T) {
	s, _ := backedUp(t, "redis://"+storetest.Miniredis(t).Addr()+"/0", 5)
	folder := t.TempDir()
	plain, packed := folder+"/b.resp", folder+"/b.resp.gz"
	for _, path := range []string{plain, packed} {
		get[BackupInfo](t)(s.SaveBackup(t.Context(), path, BackupOptions{At: backupTime}))
	}
	refusedWhole := func(damaged []byte, what string) {
		t.Helper()
		var damage *DumpError
		// Nobody is at this address: an error of the connection would say so.
		_, err := RestoreBackup(t.Context(), bytes.NewReader(damaged), RestoreOptions{Target: at("redis://127.0.0.1:1/0"), Sandbox: true})
		if !errors.As(err, &damage) {
			t.Fatalf("%s: %v", what, err)
		}
	}
	for _, path := range []string{plain, packed} {
		whole := get[[]byte](t)(os.ReadFile(path))
		step := max(1, len(whole)/storetest.Rounds(400))
		for n := 0; n < len(whole); n += step {
			refusedWhole(whole[:n], fmt.Sprintf("%s cut after %d of %d bytes", path, n, len(whole)))
		}
		for n := len(whole) - 40; n < len(whole); n++ {
			refusedWhole(whole[:n], fmt.Sprintf("%s cut after %d of %d bytes", path, n, len(whole)))
		}
		refusedWhole(append(slices.Clone(whole), whole...), "the same twice")
		sum := get[BackupInfo](t)(CheckBackup(t.Context(), bytes.NewReader(whole), nil)).Sum
		for n := 0; n < len(whole); n += step {
			damaged := slices.Clone(whole)
			damaged[n] ^= 1 << (n % 8)
			// Some bits of gzip's own header and padding mean nothing.
			if info, err := CheckBackup(t.Context(), bytes.NewReader(damaged), nil); err == nil && info.Sum == sum && path == packed {
				continue
			}
			refusedWhole(damaged, fmt.Sprintf("%s with bit %d of byte %d changed", path, n%8, n))
		}
	}
}
