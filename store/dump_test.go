package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"dangshi/store/storetest"
)

func dumpClient(t testing.TB, addr string) *redis.Client {
	c := redis.NewClient(&redis.Options{
		Addr: addr, Protocol: 2, DisableIdentity: true, MaintNotificationsConfig: withoutMaintenance(), MaxRetries: -1,
	})
	t.Cleanup(func() { c.Close() })
	return c
}

// dumpServers runs a test on an in-process and on a real server.
func dumpServers(t *testing.T, test func(t *testing.T, client *redis.Client)) {
	t.Run("miniredis", func(t *testing.T) { test(t, dumpClient(t, storetest.Miniredis(t).Addr())) })
	t.Run("redis", func(t *testing.T) { test(t, dumpClient(t, storetest.Redis(t).Addr)) })
}

func mustDump(t require, client redis.UniversalClient) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Dump(context.Background(), client, &b, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustRestore(t require, client redis.UniversalClient, dump []byte) DumpStats {
	t.Helper()
	stats, err := Restore(context.Background(), client, bytes.NewReader(dump), nil)
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

// require is what testing.T and rapid.T have in common.
type require interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func must(t require, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// modelValue is a key's content as the test wrote it.
type modelValue struct {
	typ      string
	text     string
	elements []string           // list; set, sorted
	fields   map[string]string  // hash
	scores   map[string]float64 // zset
	expiry   int64              // Unix milliseconds; 0: none
}

var modelExpiry = time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

func drawModel(t *rapid.T) map[string]modelValue {
	text := rapid.OneOf(rapid.Just(""), rapid.Just("党史\r\n*1\r\n"),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 40), func(b []byte) string { return string(b) }))
	key := rapid.OneOf(text, rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("{s%02d}:%s:%d", rapid.IntRange(0, 2).Draw(t, "shard"),
			rapid.SampledFrom([]string{"member", "log:2026"}).Draw(t, "name"), rapid.IntRange(0, 5).Draw(t, "id"))
	}))
	score := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{
		96636764160000, 1<<53 - 1, math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 0.1,
		math.MaxFloat64, math.SmallestNonzeroFloat64}))
	value := rapid.Custom(func(t *rapid.T) modelValue {
		v := modelValue{typ: rapid.SampledFrom([]string{"string", "hash", "list", "set", "zset"}).Draw(t, "type")}
		switch v.typ {
		case "string":
			v.text = text.Draw(t, "text")
		case "hash":
			v.fields = rapid.MapOfN(text, text, 1, 8).Draw(t, "fields")
		case "list":
			v.elements = rapid.SliceOfN(text, 1, 8).Draw(t, "elements")
		case "set":
			v.elements = rapid.SliceOfNDistinct(text, 1, 8, rapid.ID[string]).Draw(t, "members")
			slices.Sort(v.elements)
		case "zset":
			v.scores = rapid.MapOfN(text, score, 1, 8).Draw(t, "scores")
		}
		if rapid.Bool().Draw(t, "expires") {
			v.expiry = modelExpiry + rapid.Int64Range(0, 1e9).Draw(t, "expiry")
		}
		return v
	})
	return rapid.MapOfN(key, value, 0, 12).Draw(t, "data")
}

func (v modelValue) put(ctx context.Context, pipe redis.Pipeliner, key string) {
	switch v.typ {
	case "string":
		pipe.Set(ctx, key, v.text, 0)
	case "hash":
		for f, x := range v.fields {
			pipe.HSet(ctx, key, f, x)
		}
	case "list":
		for _, x := range v.elements {
			pipe.RPush(ctx, key, x)
		}
	case "set":
		for _, x := range v.elements {
			pipe.SAdd(ctx, key, x)
		}
	case "zset":
		for m, s := range v.scores {
			pipe.Do(ctx, "zadd", key, strconv.FormatFloat(s, 'f', -1, 64), m)
		}
	}
	if v.expiry != 0 {
		pipe.PExpireAt(ctx, key, time.UnixMilli(v.expiry))
	}
}

// checkModel reads every key by the plain commands and compares.
func checkModel(t require, client *redis.Client, model map[string]modelValue) {
	t.Helper()
	ctx := context.Background()
	if n, err := client.DBSize(ctx).Result(); err != nil || int(n) != len(model) {
		t.Fatalf("%d keys of %d, %v", n, len(model), err)
	}
	for key, want := range model {
		got := modelValue{typ: client.Type(ctx, key).Val()}
		switch got.typ {
		case "string":
			got.text = client.Get(ctx, key).Val()
		case "hash":
			got.fields = client.HGetAll(ctx, key).Val()
		case "list":
			got.elements = client.LRange(ctx, key, 0, -1).Val()
		case "set":
			got.elements = client.SMembers(ctx, key).Val()
			slices.Sort(got.elements)
		case "zset":
			got.scores = map[string]float64{}
			for _, z := range client.ZRangeWithScores(ctx, key, 0, -1).Val() {
				got.scores[z.Member.(string)] = z.Score
			}
		}
		if ms := client.PExpireTime(ctx, key).Val(); ms > 0 {
			got.expiry = ms.Milliseconds()
		}
		if got.typ != want.typ || got.text != want.text || !slices.Equal(got.elements, want.elements) ||
			!maps.Equal(got.fields, want.fields) || !maps.Equal(got.scores, want.scores) || got.expiry != want.expiry {
			t.Fatalf("%q: wrote %+v, read %+v", key, want, got)
		}
	}
}

// TestDumpKeepsEverything moves random data from the one kind of server to the
// other and back: content, order, scores and expiry are the same, and so is
// every byte of the dumps.
func TestDumpKeepsEverything(t *testing.T) {
	ends := []*redis.Client{dumpClient(t, storetest.Miniredis(t).Addr()), dumpClient(t, storetest.Redis(t).Addr)}
	for i, from := range ends {
		to := ends[1-i]
		t.Run([]string{"from miniredis", "from redis"}[i], func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				ctx := context.Background()
				model := drawModel(rt)
				must(rt, from.FlushAll(ctx).Err(), to.FlushAll(ctx).Err())
				pipe := from.Pipeline()
				for key, v := range model {
					v.put(ctx, pipe, key)
				}
				if _, err := pipe.Exec(ctx); err != nil {
					rt.Fatal(err)
				}
				dump := mustDump(rt, from)
				stats := mustRestore(rt, to, dump)
				if stats.Keys != len(model) || stats.Bytes != int64(len(dump)) {
					rt.Fatalf("%d keys, %d bytes: %+v", len(model), len(dump), stats)
				}
				checkModel(rt, to, model)
				mustRestore(rt, to, dump) // again: replaces, never adds
				if again := mustDump(rt, to); !bytes.Equal(dump, again) {
					rt.Fatalf("first dump\n%q\nsecond dump\n%q", dump, again)
				}
			})
		})
	}
}

func TestDumpOfLargeValues(t *testing.T) {
	dumpServers(t, func(t *testing.T, client *redis.Client) {
		ctx := t.Context()
		model := map[string]modelValue{
			"text": {typ: "string", text: strings.Repeat("x", 3<<20)},
			"hash": {typ: "hash", fields: map[string]string{}},
			"list": {typ: "list"},
			"zset": {typ: "zset", scores: map[string]float64{}},
		}
		for i := range 2500 {
			model["hash"].fields[strconv.Itoa(i)] = strings.Repeat("y", i)
			model["zset"].scores[strconv.Itoa(i)] = float64(i) * 96636764160
		}
		list := model["list"]
		for i := range 2*dumpChunk + 1 {
			list.elements = append(list.elements, strconv.Itoa(i%7))
		}
		model["list"] = list
		pipe := client.Pipeline()
		for key, v := range model {
			v.put(ctx, pipe, key)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			t.Fatal(err)
		}
		dump := mustDump(t, client)
		must(t, client.FlushAll(ctx).Err())
		mustRestore(t, client, dump)
		checkModel(t, client, model)
	})
}

func TestDumpTakesOnlyWhatIsKept(t *testing.T) {
	dumpServers(t, func(t *testing.T, client *redis.Client) {
		must(t, client.MSet(t.Context(), "a", "1", "b", "2").Err())
		var b bytes.Buffer
		stats, err := Dump(t.Context(), client, &b, func(key string) bool { return key == "a" })
		if err != nil || stats.Keys != 1 || stats.Bytes != int64(b.Len()) {
			t.Fatalf("%+v, %v", stats, err)
		}
		must(t, client.FlushAll(t.Context()).Err())
		mustRestore(t, client, b.Bytes())
		checkModel(t, client, map[string]modelValue{"a": {typ: "string", text: "1"}})
	})
}

// A commit writes the record and the log of a member in one step; the log's key
// of a new season appears while the dump runs.
const commitBoth = `redis.call('SET', KEYS[1], ARGV[1]) redis.call('SET', KEYS[2], ARGV[1]) return 1`

// beforeEval runs a function right before a script is sent.
type beforeEval struct{ do func() }

func (h *beforeEval) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h *beforeEval) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (h *beforeEval) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == "eval" {
			h.do()
		}
		return next(ctx, cmd)
	}
}

// TestDumpIsNotTornByANewKey commits between the listing of the keys and the
// reading: the dump must hold the member's log that its record speaks of, and
// may hold nothing of a member who came in between.
func TestDumpIsNotTornByANewKey(t *testing.T) {
	dumpServers(t, func(t *testing.T, client *redis.Client) {
		ctx := t.Context()
		commit := func(c *redis.Client, season, id, text string) {
			keys := []string{"{s00}:member:" + id, "{s00}:log:" + season + ":" + id}
			must(t, c.Eval(ctx, commitBoth, keys, text).Err())
		}
		commit(client, "2026", "a", "1")
		other := dumpClient(t, client.Options().Addr)
		client.AddHook(&beforeEval{do: sync.OnceFunc(func() {
			commit(other, "2027", "a", "2")
			commit(other, "2027", "new", "2")
		})})
		dump := mustDump(t, client)
		must(t, other.FlushAll(ctx).Err())
		mustRestore(t, other, dump)
		checkModel(t, other, map[string]modelValue{
			"{s00}:member:a":   {typ: "string", text: "2"},
			"{s00}:log:2026:a": {typ: "string", text: "1"},
			"{s00}:log:2027:a": {typ: "string", text: "2"},
		})
	})
}

// checkWhole compares each member's record and log in a dump.
func checkWhole(t *testing.T, dump []byte) {
	t.Helper()
	texts := map[string]string{}
	_, err := readDump(bytes.NewReader(dump), func(args []string) error {
		if args[0] == "SET" {
			texts[args[1]] = args[2]
		}
		return nil
	})
	must(t, err)
	for key, text := range texts {
		if id, ok := strings.CutPrefix(key, "{s00}:member:"); ok && texts["{s00}:log:2026:"+id] != text {
			t.Fatalf("record %q, log %q", text, texts["{s00}:log:2026:"+id])
		}
	}
}

// TestDumpTakesAMemberAtOnce commits for every member before every script of a
// dump that takes several.
func TestDumpTakesAMemberAtOnce(t *testing.T) {
	dumpServers(t, func(t *testing.T, client *redis.Client) {
		ctx := t.Context()
		// This key is dumped first and alone: a batch that counted only keys would
		// end in the middle of a member.
		must(t, client.Set(ctx, "{s00}:x:!", "", 0).Err())
		other := dumpClient(t, client.Options().Addr)
		commits := 0
		commitAll := func() {
			commits++
			pipe := other.Pipeline()
			for i := range dumpBatch {
				id := strconv.Itoa(i)
				pipe.Eval(ctx, commitBoth, []string{"{s00}:member:" + id, "{s00}:log:2026:" + id}, commits)
			}
			_, err := pipe.Exec(ctx)
			must(t, err)
		}
		commitAll()
		client.AddHook(&beforeEval{do: commitAll})
		checkWhole(t, mustDump(t, client))
		if commits < 3 {
			t.Fatalf("the dump took %d scripts", commits-1)
		}
	})
}

// TestDumpWhileMembersAnswer checks the same under load: in every dump each
// member's record and log say the same number.
func TestDumpWhileMembersAnswer(t *testing.T) {
	const members, dumps = 3 * dumpBatch, 5
	dumpServers(t, func(t *testing.T, client *redis.Client) {
		ctx, stop := context.WithCancel(t.Context())
		var commits atomic.Int64
		var writers sync.WaitGroup
		for w := range 3 {
			writers.Go(func() {
				for n := w; ctx.Err() == nil; n++ {
					id := strconv.Itoa(n * 7 % members)
					keys := []string{"{s00}:member:" + id, "{s00}:log:2026:" + id}
					if err := client.Eval(ctx, commitBoth, keys, n).Err(); err != nil && ctx.Err() == nil {
						t.Error(err)
					}
					commits.Add(1)
				}
			})
		}
		defer writers.Wait()
		defer stop()
		for commits.Load() < members {
			time.Sleep(time.Millisecond)
		}
		before := commits.Load()
		for range dumps {
			checkWhole(t, mustDump(t, client))
		}
		if commits.Load()-before < dumps {
			t.Fatal("nobody answered meanwhile")
		}
	})
}

// TestDumpOfAClusterRekeys moves the data of a single Redis, in one shard, to a
// cluster with 64, and dumps that one.
func TestDumpOfAClusterRekeys(t *testing.T) {
	mini := dumpClient(t, storetest.Miniredis(t).Addr())
	ctx := t.Context()
	for i := range 200 {
		id := "o" + strconv.Itoa(i)
		must(t, mini.Set(ctx, "{s00}:member:"+id, i, 0).Err(), mini.Set(ctx, "{s00}:log:2026:"+id, i, 0).Err())
	}
	must(t, mini.Set(ctx, "{all}:paper:2026-07-01", "p", 0).Err())
	must(t, mini.ZAdd(ctx, "{s00}:board:2026:1", redis.Z{Score: 1, Member: "o1"}).Err())
	dump := mustDump(t, mini)

	c := storetest.Cluster(t)
	cluster := redis.NewClusterClient(&redis.ClusterOptions{Addrs: c.Addrs})
	defer cluster.Close()
	rename := func(key string) (string, bool) { return Rekey(key, ClusterShards) }
	if _, err := Restore(ctx, cluster, bytes.NewReader(dump), rename); err != nil {
		t.Fatal(err)
	}
	if n, err := cluster.DBSize(ctx).Result(); n != 401 || err != nil { // all but the board
		t.Fatalf("%d keys in the cluster, %v", n, err)
	}
	back := dumpClient(t, storetest.Miniredis(t).Addr())
	var out bytes.Buffer
	stats, err := Dump(ctx, cluster, &out, func(key string) bool { return Classify(key) == Truth })
	if err != nil || stats.Keys != 401 {
		t.Fatalf("%+v, %v", stats, err)
	}
	mustRestore(t, back, out.Bytes())
	shards := map[string]bool{}
	for i := range 200 {
		for _, key := range []string{"{s00}:member:o" + strconv.Itoa(i), "{s00}:log:2026:o" + strconv.Itoa(i)} {
			renamed, _ := rename(key)
			shards[hashTag(renamed)] = true
			if n, err := back.Get(ctx, renamed).Int(); n != i || err != nil {
				t.Fatalf("%s: %d, %v", renamed, n, err)
			}
		}
	}
	if len(shards) < 32 {
		t.Fatalf("200 members in %d shards only", len(shards))
	}
}

func TestDumpRefusesOtherTypes(t *testing.T) {
	dumpServers(t, func(t *testing.T, client *redis.Client) {
		must(t, client.XAdd(t.Context(), &redis.XAddArgs{Stream: "x:secret-id", Values: []string{"f", "v"}}).Err())
		var b bytes.Buffer
		_, err := Dump(t.Context(), client, &b, nil)
		if !errors.Is(err, errUnsupportedType) || strings.Contains(err.Error(), "secret-id") || !strings.Contains(err.Error(), `"x:…"`) {
			t.Fatal(err)
		}
		var damage *DumpError
		if _, err := Restore(t.Context(), client, &b, nil); !errors.As(err, &damage) {
			t.Fatalf("half a dump was taken: %v", err)
		}
	})
}

func TestRestoreReadsAPipe(t *testing.T) {
	client := dumpClient(t, storetest.Miniredis(t).Addr())
	must(t, client.Set(t.Context(), "k", strings.Repeat("v", 200<<10), 0).Err())
	dump := mustDump(t, client)
	must(t, client.FlushAll(t.Context()).Err())
	r, w, err := os.Pipe()
	must(t, err)
	go func() {
		w.Write(dump)
		w.Close()
	}()
	if _, err := Restore(t.Context(), client, r, nil); err != nil {
		t.Fatal(err)
	}
	if again := mustDump(t, client); !bytes.Equal(again, dump) {
		t.Fatal("what came through the pipe differs")
	}
}

// TestRestoreAgainAfterBrokenConnections repeats a restore through a proxy that
// breaks connections until it succeeds.
func TestRestoreAgainAfterBrokenConnections(t *testing.T) {
	server := storetest.Redis(t)
	direct := dumpClient(t, server.Addr)
	pipe := direct.Pipeline()
	for i := range 4000 {
		pipe.RPush(t.Context(), "list:"+strconv.Itoa(i/4), i)
	}
	_, err := pipe.Exec(t.Context())
	must(t, err)
	dump := mustDump(t, direct)
	must(t, direct.FlushAll(t.Context()).Err())

	proxy := storetest.FlakyProxy(t, server.Addr, 11)
	proxy.SetRates(0.2, 0.2)
	client := dumpClient(t, proxy.Addr)
	failures := 0
	for ; ; failures++ {
		if _, err := Restore(t.Context(), client, bytes.NewReader(dump), nil); err == nil {
			break
		}
	}
	if failures == 0 {
		t.Fatal("the proxy broke nothing: choose another seed")
	}
	if again := mustDump(t, direct); !bytes.Equal(again, dump) {
		t.Fatal("the data differ")
	}
}

// sendTwice sends each pipeline a second time, as the library does when the
// first one's replies are lost.
type sendTwice struct{}

func (sendTwice) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (sendTwice) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (sendTwice) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		return errors.Join(next(ctx, cmds), next(ctx, cmds))
	}
}

func TestRestoreSentTwice(t *testing.T) {
	client := dumpClient(t, storetest.Redis(t).Addr)
	for l := range 4 { // each is several commands, more than one round trip is meant to hold
		elements := make([]any, 3*dumpChunk)
		for i := range elements {
			elements[i] = strings.Repeat("e", restoreBytes/1700)
		}
		must(t, client.RPush(t.Context(), "list:"+strconv.Itoa(l), elements...).Err())
	}
	dump := mustDump(t, client)
	must(t, client.FlushAll(t.Context()).Err())
	client.AddHook(sendTwice{})
	mustRestore(t, client, dump)
	if again := mustDump(t, client); !bytes.Equal(again, dump) {
		t.Fatal("the data differ")
	}
}

func BenchmarkDump1000Members(b *testing.B) {
	client := dumpClient(b, storetest.Miniredis(b).Addr())
	for i := range 1000 {
		must(b, client.Set(b.Context(), fmt.Sprintf("{s00}:member:o%d", i), strings.Repeat("m", 300), 0).Err(),
			client.Set(b.Context(), fmt.Sprintf("{s00}:log:2026:o%d", i), strings.Repeat("l", 2000), 0).Err())
	}
	for b.Loop() {
		b.SetBytes(int64(len(mustDump(b, client))))
	}
}
