package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// live lets a member leave something in every kind of key that is a member's:
// two seasons, one of them with a board that is being filled and one that a
// Rebuild left behind.
func live(t *testing.T, s *Store, id string) quiz.Record {
	t.Helper()
	ctx, shard := t.Context(), s.shard(id)
	for _, season := range []string{"2025", "2026"} {
		get[quiz.Terms](t)(s.BeginSeason(ctx, season, quiz.Terms{From: testDay, Weights: quiz.DefaultWeights}))
	}
	must(t, s.client.HSet(ctx, genKey(shard), "2026", "3 5", oldestField("2026"), 2).Err())
	must(t, s.client.ZAdd(ctx, boardKey(shard, "2026", 2), redis.Z{Score: 1, Member: id}).Err())
	must(t, s.SetReminder(ctx, id, 1200))
	c := change(quiz.Record{}, 1, 10)
	c.Log.Season, c.Board.Season = "2025", "2025"
	first := get[quiz.Loaded](t)(s.Commit(ctx, id, c)).Record
	last := get[quiz.Loaded](t)(s.Commit(ctx, id, change(first, 2, 20))).Record
	must(t, s.CommitPractice(ctx, id, []byte("cards"), "", 3, "practice"))
	must(t, s.CommitObjections(ctx, id, quiz.Objections{{Number: 1, Text: "I am " + id}}, "", 0, ""))
	get[string](t)(s.NewLink(ctx, id, time.Now()))
	if first, err := s.HelpOnce(ctx, id, testDay, 4); !first || err != nil {
		t.Fatal(first, err)
	}
	return last
}

// traces lists the keys that name the member, in their names or inside.
func traces(t *testing.T, s *Store, id string) []string {
	t.Helper()
	var found []string
	var b bytes.Buffer
	_, err := Dump(t.Context(), s.client, &b, nil)
	must(t, err)
	_, err = readDump(&b, func(args []string) error {
		if args[0] != "DEL" && strings.Contains(strings.Join(args, "\n"), id) {
			found = append(found, args[1])
		}
		return nil
	})
	must(t, err)
	return found
}

// everything is all that Redis holds, as a dump.
func everything(t *testing.T, s *Store, keep func(string) bool) string {
	t.Helper()
	var b bytes.Buffer
	_, err := Dump(t.Context(), s.client, &b, keep)
	must(t, err)
	return b.String()
}

func TestEraseLeavesNothing(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ctx := t.Context()
		record := live(t, s, anID)
		families := map[string]bool{}
		for _, key := range traces(t, s, anID) {
			k, _, _, _ := parseKey(key)
			families[k.name] = true
			if typ := get[string](t)(s.client.Type(ctx, key).Result()); typ != k.typ {
				t.Errorf("a key of kind %s is a %s, not a %s", k.name, typ, k.typ)
			}
		}
		nameless := []string{"gen", "erased", "run", "doubt"} // the last three know members by a keyed hash only
		for _, k := range kinds {
			if member := !k.shared && !slices.Contains(nameless, k.name); families[k.name] != member {
				t.Errorf("a member leaves something in %s: %v", k.name, families[k.name])
			}
		}
		live(t, s, "neighbour")
		others := func(key string) bool {
			k, _, _, _ := parseKey(key)
			return strings.Contains(key, "neighbour") || k.name == "gen" || k.shared
		}
		before := everything(t, s, others)

		must(t, s.Erase(ctx, anID, record.Version, 7, "已注销"))
		for _, key := range traces(t, s, anID) {
			k, _, _, _ := parseKey(key)
			if life := get[time.Duration](t)(s.client.PTTL(ctx, key).Result()); k.name != "reply" || life <= 0 || life > replyLife {
				t.Errorf("%s is left for %v", key, life)
			}
		}
		if after := everything(t, s, others); after != before {
			t.Error("something of another member is not as it was")
		}
		for _, board := range []string{boardKey(s.shard("neighbour"), "2025", 1), boardKey(s.shard("neighbour"), "2026", 3),
			boardKey(s.shard("neighbour"), "2026", 5), remindKey(s.shard("neighbour"))} {
			if err := s.client.ZScore(ctx, board, "neighbour").Err(); err != nil {
				t.Errorf("the neighbour on %s: %v", board, err)
			}
		}
		if r, ok := s.Recall(anID); ok {
			t.Errorf("%+v is remembered", r)
		}
		for _, replica := range []*Store{s, openTest(t, url)} {
			now, err := replica.Load(ctx, anID, 7)
			if err != nil || !reflect.DeepEqual(now, quiz.Loaded{Reply: "已注销"}) {
				t.Errorf("%+v, %v", now, err)
			}
		}
		stones := get[[]redis.Z](t)(s.client.ZRangeWithScores(ctx, erasedKey(s.shard(anID)), 0, -1).Result())
		if len(stones) != 1 || stones[0].Member != tombstone(s.Secret(), anID) {
			t.Errorf("tombstones %v", stones)
		}
	})
}

func TestEraseConflicts(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ctx := t.Context()
		record := live(t, s, anID)
		before := everything(t, s, nil)
		for name, stale := range map[string]quiz.Version{"absent": "", "other": "12345678"} {
			if err := s.Erase(ctx, anID, stale, 7, "r"); !errors.Is(err, quiz.ErrConflict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		var b breaking
		s.client.AddHook(&b)
		b.mode.Store(breakBeforeSending)
		if err := s.Erase(ctx, anID, record.Version, 7, "r"); !errors.Is(err, quiz.ErrUnavailable) {
			t.Errorf("%v", err)
		}
		b.mode.Store(breakBeforeWriting)
		if err := s.Erase(ctx, anID, record.Version, 7, "r"); !errors.Is(err, quiz.ErrUnknown) {
			t.Errorf("%v", err)
		}
		if after := everything(t, s, nil); after != before {
			t.Error("an erasure that failed changed something")
		}
		b.mode.Store(breakAfterWriting)
		if err := s.Erase(ctx, anID, record.Version, 7, "r"); !errors.Is(err, quiz.ErrUnknown) {
			t.Errorf("%v", err)
		}
		if now := get[quiz.Loaded](t)(s.Load(ctx, anID, 7)); now.Record.Version != "" || now.Reply != "r" {
			t.Errorf("%+v", now)
		}
		if err := s.Erase(ctx, anID, record.Version, 7, "again"); !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("sent again: %v", err)
		}
	})
}

// Another replica remembers the member: what it commits on that writes nothing.
func TestOldMemoryOfAnErasedMember(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		other.recent.clock = func() time.Duration { return 0 }
		ctx := t.Context()
		live(t, s, anID)
		old := get[quiz.Loaded](t)(other.Load(ctx, anID, 0)).Record
		_, practised, _, err := other.Practice(ctx, anID, 0)
		must(t, err)
		must(t, s.Erase(ctx, anID, old.Version, 0, ""))
		left := traces(t, s, anID)
		checkRecall(t, other, anID, old)
		if now, err := other.Commit(ctx, anID, change(old, 9, 99)); !errors.Is(err, quiz.ErrConflict) || !reflect.DeepEqual(now, quiz.Loaded{}) {
			t.Errorf("%+v, %v", now, err)
		}
		checkRecall(t, other, anID, quiz.Record{})
		for _, expected := range []quiz.Version{practised, ""} {
			if err := other.CommitPractice(ctx, anID, []byte("x"), expected, 10, "r"); !errors.Is(err, quiz.ErrConflict) {
				t.Errorf("practice: %v", err)
			}
		}
		if now := traces(t, s, anID); !reflect.DeepEqual(now, left) {
			t.Errorf("%q came after %q", now, left)
		}
	})
}

// beforePipeline runs a function right before a pipeline that begins with a
// command of one name is sent.
type beforePipeline struct {
	name string
	do   func()
}

func (h beforePipeline) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (h beforePipeline) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (h beforePipeline) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if cmds[0].Name() == h.name {
			h.do()
		}
		return next(ctx, cmds)
	}
}

// Whoever is erased while a Rebuild runs is on no board after it: before the
// members are read, and between the reading and the writing of one.
func TestEraseWhileRebuilding(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		for _, command := range []string{"mget", "evalsha"} {
			t.Run("before "+command, func(t *testing.T) {
				s, other := openTest(t, url), openTest(t, url)
				freezePapers(t, s, 3)
				season := quiz.Season{ID: "2026", From: testDay, To: testDay + 300}
				get[quiz.Terms](t)(s.BeginSeason(t.Context(), "2026", quiz.Terms{From: testDay, Weights: quiz.DefaultWeights}))
				players := answered(t, s, season, 6, 3)
				gone := players[1].id
				s.client.AddHook(beforePipeline{command, sync.OnceFunc(func() {
					record := get[quiz.Loaded](t)(other.Load(t.Context(), gone, 0)).Record
					must(t, other.Erase(t.Context(), gone, record.Version, 0, ""))
				})})
				must(t, s.Rebuild(t.Context(), season, RebuildOptions{}))
				for _, key := range traces(t, other, gone) {
					if k, _, _, _ := parseKey(key); k.name != "reply" && !k.shared { // dates look like these ids
						t.Errorf("%s names the erased member", key)
					}
				}
				checkBoard(t, other, season, append(players[:1:1], players[2:]...), nil)
				for _, p := range players { // for the next round
					record := get[quiz.Loaded](t)(other.Load(t.Context(), p.id, 0)).Record
					must(t, other.Erase(t.Context(), p.id, record.Version, 0, ""))
				}
			})
		}
	})
}

// Boards come and go between the reading of the generations and the erasure.
func TestEraseSeesNewBoards(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		ctx := t.Context()
		record := live(t, s, anID)
		s.client.AddHook(beforeCommand{"evalsha", sync.OnceFunc(func() {
			shard := s.shard(anID)
			must(t, other.client.HSet(ctx, genKey(shard), "2026", "3 6").Err())
			must(t, other.client.ZAdd(ctx, boardKey(shard, "2026", 6), redis.Z{Score: 1, Member: anID}).Err())
		})})
		must(t, s.Erase(ctx, anID, record.Version, 0, ""))
		for _, key := range traces(t, other, anID) {
			if k, _, _, _ := parseKey(key); k.name != "reply" {
				t.Errorf("%s is left", key)
			}
		}
	})
}

// Connections break before and after the erasure, at random: it is done once, in
// full, for all who were meant.
func TestEraseThroughBrokenConnections(t *testing.T) {
	t.Run("redis", func(t *testing.T) {
		server := servers.Redis(t)
		proxy := storetest.FlakyProxy(t, server.Addr, 27)
		eraseAll(t, openTest(t, server.URL), Options{URL: proxy.URL, Sandbox: true}, proxy)
	})
	t.Run("cluster", func(t *testing.T) {
		cluster := servers.Cluster(t)
		proxies, dial := cluster.FlakyDialer(t, 28)
		eraseAll(t, openTest(t, cluster.URL), Options{URL: cluster.URL, Sandbox: true, Dial: dial}, proxies...)
	})
}

func eraseAll(t *testing.T, sound *Store, broken Options, proxies ...*storetest.Proxy) {
	s := get[*Store](t)(Open(t.Context(), broken))
	defer s.Close()
	const members = 30
	var ids []string
	for i := range members {
		ids = append(ids, fmt.Sprintf("leaving-%02d-", i))
		live(t, sound, ids[i])
	}
	for _, p := range proxies {
		p.SetRates(0.05, 0.1)
	}
	for _, id := range ids {
		if err := eraseOnce(t.Context(), s, id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	for _, p := range proxies {
		p.SetRates(0, 0)
	}
	for _, id := range ids {
		if now := get[quiz.Loaded](t)(sound.Load(t.Context(), id, 7)); now.Record.Version != "" || now.Reply != "bye" {
			t.Errorf("%s: %+v", id, now)
		}
	}
	for _, key := range traces(t, sound, "leaving-") {
		if k, _, _, _ := parseKey(key); k.name != "reply" {
			t.Errorf("%s is left", key)
		}
	}
}

func eraseOnce(ctx context.Context, s *Store, id string) error {
	var last error
	for range 200 {
		loaded, err := s.Load(ctx, id, 7)
		if err == nil && loaded.Record.Version == "" {
			return nil
		}
		if err == nil {
			err = s.Erase(ctx, id, loaded.Record.Version, 7, "bye")
		}
		if last = err; err != nil && !isOutcome(err) {
			break
		}
	}
	return fmt.Errorf("never got through: %w", last)
}
