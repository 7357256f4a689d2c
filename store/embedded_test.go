package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"dangshi/store/storetest"
)

// never keeps the background saver out of a test.
const never = 24 * time.Hour

func startEmbedded(t *testing.T, dir string, opts EmbeddedOptions) *Embedded {
	t.Helper()
	e, err := StartEmbedded(t.Context(), dir, opts)
	must(t, err)
	t.Cleanup(func() { e.Close() })
	return e
}

// embeddedClient connects as another process would, by the address alone.
func embeddedClient(t *testing.T, e *Embedded) *redis.Client {
	t.Helper()
	return urlClient(t, e.URL())
}

func urlClient(t *testing.T, url string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(url)
	must(t, err)
	o.Protocol, o.DisableIdentity, o.MaintNotificationsConfig, o.MaxRetries = 2, true, withoutMaintenance(), -1
	c := redis.NewClient(o)
	t.Cleanup(func() { c.Close() })
	return c
}

// savedTexts are the strings in a file that must be whole.
func savedTexts(t *testing.T, path string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	texts := map[string]string{}
	_, err = readDump(bytes.NewReader(b), func(args []string) error {
		if args[0] == "SET" {
			texts[args[1]] = args[2]
		}
		return nil
	})
	must(t, err)
	return texts
}

func mustGet(t *testing.T, c *redis.Client, key, want string) {
	t.Helper()
	if got, err := c.Get(t.Context(), key).Result(); got != want || err != nil {
		t.Fatalf("%s: %q, %v; want %q", key, got, err, want)
	}
}

func TestEmbeddedKeepsWhatLasts(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := filepath.Join(t.TempDir(), "data")
	e, err := StartEmbedded(t.Context(), dir, EmbeddedOptions{Every: never})
	must(t, err)
	c := embeddedClient(t, e)
	ctx := t.Context()
	must(t, c.MSet(ctx, "{s00}:member:o1", "m", "{s00}:log:2026:o1", "l", "{all}:pin", "p", "other", "o",
		"{s00}:reply:o1:ff", "r", "{s00}:helped:o1", "h").Err(),
		c.ZAdd(ctx, "{s00}:board:2026:1", redis.Z{Score: 96636764160000, Member: "o1"}).Err(),
		c.Set(ctx, "{s00}:log:2027:o1", "x", time.Hour).Err(),
		c.Close(), e.Close(), e.Close())
	for _, name := range []string{saveName, lockName} {
		info, err := os.Stat(filepath.Join(dir, name))
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s may be read by others: %v", name, info.Mode())
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}

	e, err = StartEmbedded(t.Context(), dir, EmbeddedOptions{Every: never})
	must(t, err)
	c = embeddedClient(t, e)
	keys, err := c.Keys(ctx, "*").Result()
	must(t, err)
	want := "[other {all}:pin {s00}:log:2026:o1 {s00}:log:2027:o1 {s00}:member:o1]"
	if got := fmt.Sprint(keys); got != want {
		t.Errorf("kept %s, want %s", got, want)
	}
	if ttl := c.TTL(ctx, "{s00}:log:2027:o1").Val(); ttl <= 0 || ttl > time.Hour {
		t.Errorf("time to live %v", ttl)
	}
	must(t, c.Close(), e.Close())
}

func TestEmbeddedNeedsItsPassword(t *testing.T) {
	e := startEmbedded(t, t.TempDir(), EmbeddedOptions{Every: never})
	if !strings.HasPrefix(e.info.Addr, "127.0.0.1:") {
		t.Fatalf("listens on %s", e.info.Addr)
	}
	for _, password := range []string{"", "wrong"} {
		url := strings.Replace(e.URL(), e.info.Password, password, 1)
		if err := urlClient(t, url).Set(t.Context(), "k", "v", 0).Err(); err == nil {
			t.Errorf("password %q was accepted", password)
		}
	}
}

func TestEmbeddedKeysExpire(t *testing.T) {
	e := startEmbedded(t, t.TempDir(), EmbeddedOptions{Every: never})
	c := embeddedClient(t, e)
	must(t, c.Set(t.Context(), "k", "v", time.Millisecond).Err())
	for c.Exists(t.Context(), "k").Val() == 1 { // the test's time limit ends a key that stays for ever
		time.Sleep(10 * time.Millisecond)
	}
}

// TestEmbeddedNoticesChanges: each way to write marks a change, whichever
// connection it comes from, and reading does not.
func TestEmbeddedNoticesChanges(t *testing.T) {
	e := startEmbedded(t, t.TempDir(), EmbeddedOptions{Every: never})
	c := embeddedClient(t, e)
	ctx := t.Context()
	for _, step := range []struct {
		name   string
		do     func() error
		writes bool
	}{
		{"set", func() error { return c.Set(ctx, "k", "v", 0).Err() }, true},
		{"get", func() error { return c.Get(ctx, "k").Err() }, false},
		{"scan", func() error { return c.Scan(ctx, 0, "", 0).Err() }, false},
		{"transaction", func() error {
			_, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error { return p.Incr(ctx, "n").Err() })
			return err
		}, true},
		{"script", func() error { return c.Eval(ctx, commitBoth, []string{"a", "b"}, 1).Err() }, true},
		{"reading script", func() error { return c.Eval(ctx, "return redis.call('GET', KEYS[1])", []string{"a"}).Err() }, false},
		{"dump", func() error { _, err := Dump(ctx, c, new(bytes.Buffer), nil); return err }, false},
		{"publish", func() error { return c.Publish(ctx, "c", "m").Err() }, false},
		{"expire", func() error { return c.Expire(ctx, "k", time.Hour).Err() }, true},
		{"delete", func() error { return c.Del(ctx, "k").Err() }, true},
		{"flush", func() error { return c.FlushAll(ctx).Err() }, true},
	} {
		must(t, e.Save(), step.do())
		if got := e.changed.Load(); got != step.writes {
			t.Errorf("%s: change noticed %t, want %t", step.name, got, step.writes)
		}
	}
}

// TestEmbeddedMarksAChangeWhenItHasHappened holds a command back after the hook
// and lets a save begin there: the change must be marked after that.
func TestEmbeddedMarksAChangeWhenItHasHappened(t *testing.T) {
	e := startEmbedded(t, t.TempDir(), EmbeddedOptions{Every: never})
	c := embeddedClient(t, e)
	must(t, c.Ping(t.Context()).Err()) // connected
	commands := e.server.Server().TotalCommands()
	e.server.Lock()
	done := make(chan error)
	go func() { done <- c.Set(t.Context(), "k", "v", 0).Err() }()
	for e.server.Server().TotalCommands() == commands { // counted after the hook
		time.Sleep(time.Millisecond)
	}
	e.changed.Store(false) // as Save does
	e.server.Unlock()
	must(t, <-done)
	if !e.changed.Load() {
		t.Fatal("the change would not be saved")
	}
}

// TestEmbeddedMarksATransactionWhenItIsCarriedOut saves between MULTI and EXEC.
func TestEmbeddedMarksATransactionWhenItIsCarriedOut(t *testing.T) {
	dir := t.TempDir()
	e := startEmbedded(t, dir, EmbeddedOptions{Every: never})
	conn := embeddedClient(t, e).Conn()
	defer conn.Close()
	ctx := t.Context()
	must(t, conn.Do(ctx, "multi").Err(), conn.Do(ctx, "set", "k", "v").Err(),
		e.Save(), conn.Do(ctx, "exec").Err(), e.Save())
	if got := savedTexts(t, filepath.Join(dir, saveName))["k"]; got != "v" {
		t.Fatalf("saved %q", got)
	}
}

func TestEmbeddedDoesNotWriteWithoutChange(t *testing.T) {
	dir := t.TempDir()
	e := startEmbedded(t, dir, EmbeddedOptions{Every: never})
	must(t, embeddedClient(t, e).Set(t.Context(), "k", "v", 0).Err(), e.Save())
	before, err := os.Stat(filepath.Join(dir, saveName))
	must(t, err)
	must(t, e.Save(), e.Close())
	after, err := os.Stat(filepath.Join(dir, saveName))
	must(t, err)
	if !os.SameFile(before, after) {
		t.Fatal("the file was written anew")
	}
}

// TestEmbeddedMissesNoChange writes and saves at the same time: what was
// confirmed before the last Save began is in the file.
func TestEmbeddedMissesNoChange(t *testing.T) {
	dir := t.TempDir()
	e := startEmbedded(t, dir, EmbeddedOptions{Every: never})
	c := embeddedClient(t, e)
	for round := range 20 {
		var writers sync.WaitGroup
		for w := range 4 {
			writers.Go(func() {
				for i := range 25 {
					must(t, c.Set(t.Context(), "k"+strconv.Itoa(w), round*100+i, 0).Err())
				}
			})
		}
		var saving atomic.Bool
		saving.Store(true)
		var saver sync.WaitGroup
		saver.Go(func() {
			for saving.Load() {
				must(t, e.Save())
			}
		})
		writers.Wait()
		saving.Store(false)
		saver.Wait()
		must(t, e.Save())
		texts := savedTexts(t, filepath.Join(dir, saveName))
		for w := range 4 {
			if got := texts["k"+strconv.Itoa(w)]; got != strconv.Itoa(round*100+24) {
				t.Fatalf("round %d: key %d was saved as %s", round, w, got)
			}
		}
	}
}

// TestEmbeddedCloseKeepsWhatWasConfirmed closes while clients write.
func TestEmbeddedCloseKeepsWhatWasConfirmed(t *testing.T) {
	dir := t.TempDir()
	e := startEmbedded(t, dir, EmbeddedOptions{})
	c := embeddedClient(t, e)
	var confirmed [4]atomic.Int64
	var writers sync.WaitGroup
	for w := range confirmed {
		writers.Go(func() {
			for i := int64(1); c.Set(t.Context(), "k"+strconv.Itoa(w), i, 0).Err() == nil; i++ {
				confirmed[w].Store(i)
			}
		})
	}
	for confirmed[0].Load() < 200 {
		time.Sleep(time.Millisecond)
	}
	must(t, e.Close())
	writers.Wait()
	texts := savedTexts(t, filepath.Join(dir, saveName))
	for w := range confirmed {
		if got, _ := strconv.ParseInt(texts["k"+strconv.Itoa(w)], 10, 64); got < confirmed[w].Load() {
			t.Errorf("writer %d was told %d, the file holds %d", w, confirmed[w].Load(), got)
		}
	}
}

// TestEmbeddedCrashWhileSaving starts from the folder as a crash leaves it at
// each step of saving: the old values or the new ones, never a mixture, and the
// next save works.
func TestEmbeddedCrashWhileSaving(t *testing.T) {
	oldFile, newFile := sealed([]string{"SET", "k", "old"}), sealed([]string{"SET", "k", "new"})
	for _, c := range []struct {
		name  string
		files map[string][]byte
		want  string
	}{
		{"half of the new file", map[string][]byte{saveName: oldFile, partName: newFile[:40]}, "old"},
		{"before any renaming", map[string][]byte{saveName: oldFile, partName: newFile}, "old"},
		{"second name not in place", map[string][]byte{saveName: oldFile, partName: newFile, previousName + ".tmp": oldFile}, "old"},
		{"half a copy", map[string][]byte{saveName: oldFile, partName: newFile, previousName + ".tmp": oldFile[:9]}, "old"},
		{"second name in place", map[string][]byte{saveName: oldFile, partName: newFile, previousName: oldFile}, "old"},
		{"new file in place", map[string][]byte{saveName: newFile, previousName: oldFile}, "new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range c.files {
				must(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
			}
			e := startEmbedded(t, dir, EmbeddedOptions{Every: never})
			client := embeddedClient(t, e)
			mustGet(t, client, "k", c.want)
			must(t, client.Set(t.Context(), "k", "newer", 0).Err(), e.Close())
			if got := savedTexts(t, filepath.Join(dir, saveName))["k"]; got != "newer" {
				t.Errorf("saved %q", got)
			}
			if got := savedTexts(t, filepath.Join(dir, previousName))["k"]; got != c.want {
				t.Errorf("the one before: %q", got)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); left != nil {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestEmbeddedRefusesADamagedFile(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := t.TempDir()
	path := filepath.Join(dir, saveName)
	whole := sealed([]string{"SET", "k", "v"})
	must(t, os.WriteFile(path, whole[:60], 0o600))
	_, err := StartEmbedded(t.Context(), dir, EmbeddedOptions{})
	var damage *DumpError
	if !errors.As(err, &damage) || damage.Offset != 60 {
		t.Fatal(err)
	}
	for _, part := range []string{path, "第 60 字节处", "没有载入任何内容", "从备份恢复"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v: does not say %q", err, part)
		}
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, whole[:60]) {
		t.Error("the damaged file was touched")
	}
	// With the previous one at hand the advice is another; following it works.
	previous := filepath.Join(dir, previousName)
	must(t, os.WriteFile(previous, whole, 0o600))
	_, err = StartEmbedded(t.Context(), dir, EmbeddedOptions{})
	if err == nil || !strings.Contains(err.Error(), previous+" 是完好的") {
		t.Fatal(err)
	}
	must(t, os.Remove(path))
	if _, err = StartEmbedded(t.Context(), dir, EmbeddedOptions{}); err == nil || !strings.Contains(err.Error(), "不见了") {
		t.Fatalf("started empty beside %s: %v", previous, err)
	}
	must(t, os.Rename(previous, path))
	e, err := StartEmbedded(t.Context(), dir, EmbeddedOptions{})
	must(t, err)
	c := embeddedClient(t, e)
	mustGet(t, c, "k", "v")
	must(t, c.Close(), e.Close())
}

// TestEmbeddedReportsFailingSaves blocks the way of the new file.
func TestEmbeddedReportsFailingSaves(t *testing.T) {
	dir := t.TempDir()
	obstacle := filepath.Join(dir, partName, "x")
	must(t, os.MkdirAll(obstacle, 0o700))
	reports := make(chan error, 1)
	e := startEmbedded(t, dir, EmbeddedOptions{Every: time.Millisecond, Report: func(err error) { reports <- err }})
	c := embeddedClient(t, e)
	must(t, c.Set(t.Context(), "k", "v", 0).Err())
	if err := <-reports; err == nil || !strings.Contains(err.Error(), saveName) {
		t.Fatal(err)
	}
	must(t, os.RemoveAll(filepath.Dir(obstacle)))
	if err := <-reports; err != nil { // nothing was written meanwhile: the change was not forgotten
		t.Fatal(err)
	}
	if got := savedTexts(t, filepath.Join(dir, saveName))["k"]; got != "v" {
		t.Fatalf("saved %q", got)
	}
}

func TestEmbeddedCloseReportsAFailingSave(t *testing.T) {
	dir := t.TempDir()
	e := startEmbedded(t, dir, EmbeddedOptions{Every: never})
	must(t, embeddedClient(t, e).Set(t.Context(), "k", "v", 0).Err(), os.MkdirAll(filepath.Join(dir, partName, "x"), 0o700))
	if err := e.Close(); err == nil || !strings.Contains(err.Error(), "不能保存") {
		t.Fatal(err)
	}
	if _, owned, err := folderOwner(dir); owned || err != nil {
		t.Fatalf("the folder is still owned: %v", err)
	}
}

// TestEmbeddedFileMovesIntoRedis loads the file as the manual says.
func TestEmbeddedFileMovesIntoRedis(t *testing.T) {
	storetest.Require(t, "redis-cli")
	dir := t.TempDir()
	e := startEmbedded(t, dir, EmbeddedOptions{Every: never})
	c := embeddedClient(t, e)
	model := map[string]modelValue{
		"{s00}:member:o1":   {typ: "string", text: "党史\x00\r\n", expiry: modelExpiry},
		"{s00}:log:2026:o1": {typ: "string", text: strings.Repeat("\xff", 100000)},
		"{all}:questions":   {typ: "hash", fields: map[string]string{"q1": "{}", "": "empty"}},
		"zset":              {typ: "zset", scores: map[string]float64{"m": 96636764160000, "n": 1<<53 - 1}},
		"list":              {typ: "list", elements: []string{"b", "a", "b"}},
	}
	pipe := c.Pipeline()
	for key, v := range model {
		v.put(t.Context(), pipe, key)
	}
	_, err := pipe.Exec(t.Context())
	must(t, err, e.Close())
	real := storetest.Redis(t)
	for range 2 { // twice is as good as once
		out := redisCLIPipe(t, real.Addr, filepath.Join(dir, saveName))
		if !strings.Contains(out, "errors: 0,") {
			t.Fatal(out)
		}
		checkModel(t, dumpClient(t, real.Addr), model)
	}
}

func TestEmbeddedStartIsBoundByItsContext(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, saveName), sealed([]string{"SET", "k", "v"}), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := StartEmbedded(ctx, dir, EmbeddedOptions{}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	// A start that succeeded outlives its context.
	ctx, cancel = context.WithCancel(t.Context())
	e, err := StartEmbedded(ctx, dir, EmbeddedOptions{Every: time.Millisecond})
	must(t, err)
	defer e.Close()
	cancel()
	must(t, embeddedClient(t, e).Set(t.Context(), "k", "new", 0).Err())
	for savedTexts(t, filepath.Join(dir, saveName))["k"] != "new" { // until the test's time limit
		time.Sleep(time.Millisecond)
	}
}
