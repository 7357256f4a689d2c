//go:build unix

package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// crew are real processes of the program, which send to one account's followers.
type crew struct {
	*testing.T
	*followers
	folder  string
	flags   []string // of all of them
	lease   time.Duration
	server  string // host:port of the Redis
	working []*worker
}

// worker is one of them.
type worker struct {
	*storetest.Process
	redis *storetest.Proxy // nil: the embedded store
}

// start starts a process of the program, in a folder of settings.
func (c *crew) start(args ...string) *worker {
	c.Helper()
	self, err := os.Executable()
	if err != nil {
		c.Fatal(err)
	}
	w := &worker{}
	if c.server != "" {
		w.redis = storetest.FlakyProxy(c, c.server, 1)
		args = append(args, "--redis-url", w.redis.URL)
	}
	cmd := exec.Command(self, append(args, c.flags...)...)
	cmd.Dir, cmd.Env = c.folder, append(os.Environ(), asProgram+"="+c.lease.String())
	w.Process = storetest.Spawn(c, cmd)
	c.working = append(c.working, w)
	return w
}

// holder waits until one of the processes, another than before, has the day's claim;
// nil where the day is settled.
func (c *crew) holder(before *worker) *worker {
	c.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		d := c.today()
		if d.Outcome != push.Open {
			return nil
		}
		for _, w := range c.working {
			if w != before && strings.Contains(d.Claim.Holder, "/"+strconv.Itoa(w.PID())+"#") {
				return w
			}
		}
	}
	c.Fatalf("nobody goes on: %+v", c.today())
	return nil
}

// blows are what befalls the process at work, each with its end.
var blows = []struct {
	name      string
	befalls   func(c *crew, w *worker)
	goesOnThe func(c *crew, w *worker)
}{
	{"killed", func(_ *crew, w *worker) { w.Kill() }, func(c *crew, _ *worker) { c.start("serve") }},
	{"stopped", func(c *crew, w *worker) { c.signal(w, syscall.SIGSTOP) }, func(c *crew, w *worker) { c.signal(w, syscall.SIGCONT) }},
	{"cut off", func(_ *crew, w *worker) { w.redis.BlackHole() }, func(c *crew, w *worker) { w.redis.Heal(c) }},
}

func (c *crew) signal(w *worker, s syscall.Signal) {
	c.Helper()
	if err := syscall.Kill(w.PID(), s); err != nil {
		c.Fatal(err)
	}
}

// TestPushOfKilledProcesses: three real processes over one Redis send to members one by
// one, by an API that loses calls before and after their effect. Whichever is at work is
// killed, stopped or cut off from Redis in the middle of a batch; another goes on. Each
// member gets it once, or is listed as unknown, and nobody gets it twice, also when the
// one that was stopped wakes up. DANGSHI_TEST_KILLS makes it so many kills, with the
// usual claim of 12 s.
func TestPushOfKilledProcesses(t *testing.T) {
	t.Parallel() // most of the time they wait for each other
	order, people, lease := []int{0, 1, 0, 2}, 3000, 2*time.Second
	if kills, err := strconv.Atoi(os.Getenv("DANGSHI_TEST_KILLS")); err == nil {
		order, people, lease = nil, 1800*kills, push.DefaultLease
		for i := range kills {
			order = append(order, 0, i%3)
		}
	}
	server := storetest.Redis(t, "--save", "")
	c := newCrew(t, store.Options{URL: server.URL}, people, lease)
	c.server = server.Addr
	for range 3 {
		c.start("serve")
	}
	rng := rand.New(rand.NewPCG(uint64(people), 1))
	for i, kind := range order {
		w := c.holder(nil)
		c.reach(200*(i+1) + rng.IntN(100)) // each costs a batch of 512, too
		if c.today().Outcome != push.Open {
			t.Fatalf("it is over before the blow %d: %+v", i, c.today())
		}
		blows[kind].befalls(c, w)
		since, had := time.Now(), c.arrived()
		next := c.holder(w)
		t.Logf("%d had got it when one was %s; another goes on after %s", had, blows[kind].name, time.Since(since).Round(10*time.Millisecond))
		blows[kind].goesOnThe(c, w)
		if next == nil {
			break
		}
	}
	c.settled()
	t.Logf("%+v", c.judge())
}

// TestPushOfKilledOwner: a command pushes over the embedded store of a serve. Each of the
// two is killed in the middle, the serve before its usual save: nobody gets it twice.
func TestPushOfKilledOwner(t *testing.T) {
	t.Parallel()
	const people = 2600
	data := t.TempDir()
	e, err := store.StartEmbedded(t.Context(), data, store.EmbeddedOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c := newCrew(t, store.Options{URL: e.URL()}, people, time.Second)
	c.set(push.Setting{On: true, Baseline: quiz.DayOf(time.Now()) + 1, Latest: time.Now()}) // serve leaves today to the command
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	c.flags = append(c.flags, "--data", data)
	for _, kill := range []string{"command", "owner"} {
		owner := c.start("serve")
		c.find(data)
		command := c.start("push")
		c.reach(c.arrived() + 250)
		if kill == "command" {
			command.Kill()
			c.start("push")
			c.reach(c.arrived() + 250)
		}
		owner.Kill()
		for _, w := range c.working {
			w.Kill()
		}
	}
	c.start("serve")
	c.find(data)
	c.start("push")
	c.settled()
	t.Logf("%+v", c.judge())
}

// newCrew makes the data of a real account: an item for today, and so many members, all
// of whom have just written.
func newCrew(t *testing.T, o store.Options, people int, lease time.Duration) *crew {
	t.Helper()
	now := time.Now()
	at := now.In(quiz.Zone)
	minute := at.Hour()*60 + at.Minute()
	if left := map[bool]int{true: 12*60 - minute, false: 24*60 - minute}[minute < 12*60]; left < 10 {
		t.Skip("a day's push ends within ten minutes, at noon or at midnight: run it later")
	}
	c := &crew{T: t, lease: lease, folder: t.TempDir(), followers: newFollowers(t, o, people)}
	if err := os.WriteFile(filepath.Join(c.folder, "dangshi.yaml"), []byte("push: {channels: [custom], per_second: 5000}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.set(push.Setting{On: true, Baseline: quiz.DayOf(now), Latest: now})
	c.flags = []string{
		"--addr", "127.0.0.1:0", "--push-at", at.Format("15:04"), "--wechat-appid", "wx0123456789abcdef", "--wechat-secret", "a-secret",
		"--wechat-token", "a-token", "--wechat-aeskey", strings.Repeat("k", 43), "--wechat-api", c.api.URL,
	}
	return c
}

// set writes the push's setting.
func (c *crew) set(s push.Setting) {
	c.Helper()
	value, err := json.Marshal(s)
	if err != nil {
		c.Fatal(err)
	}
	_, version, err := c.store.PushLedger().Load(c.Context(), "state")
	if err == nil {
		_, err = c.store.PushLedger().Save(c.Context(), "state", value, version)
	}
	if err != nil {
		c.Fatal(err)
	}
}

// find waits for the embedded store of a serve.
func (c *crew) find(data string) {
	c.Helper()
	url := ""
	eventually(c.T, "a serve can be found", func() (running bool) {
		var err error
		url, running, err = store.FindEmbedded(c.Context(), data)
		return err == nil && running
	})
	opened, err := store.Open(c.Context(), store.Options{URL: url, Existing: true})
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { opened.Close() })
	c.store = opened
}

// reach waits until so many messages have arrived, or the day is settled.
func (c *crew) reach(n int) {
	c.Helper()
	for end := time.Now().Add(2 * time.Minute); c.arrived() < n && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	if c.arrived() < n {
		c.Fatalf("only %d arrived", c.arrived())
	}
}

// settled waits for the end of the day's push.
func (c *crew) settled() {
	c.Helper()
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if c.today().Outcome != push.Open {
			return
		}
	}
	c.Fatalf("it does not end: %+v", c.today())
}

// today is the day's document.
func (c *crew) today() (d push.Day) {
	c.Helper()
	value, _, err := c.store.PushLedger().Load(context.WithoutCancel(c.Context()), quiz.DayOf(time.Now()).String())
	if err == nil && len(value) > 0 {
		err = json.Unmarshal(value, &d)
	}
	if err != nil {
		c.Fatal(err)
	}
	return d
}
