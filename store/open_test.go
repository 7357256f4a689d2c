package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

func TestPin(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		var wg sync.WaitGroup
		secrets := make([][]byte, 8)
		for i := range secrets { // replicas that start together agree
			wg.Go(func() {
				s, err := Open(t.Context(), Options{URL: url, Sandbox: true})
				if err != nil {
					t.Error(err)
					return
				}
				defer s.Close()
				secrets[i] = s.Secret()
				s.Secret()[0]++ // nobody can change it
			})
		}
		wg.Wait()
		s := openTest(t, url)
		for _, secret := range secrets {
			if len(secret) != secretBytes || !bytes.Equal(secret, s.Secret()) {
				t.Errorf("secrets differ: %x and %x", secret, s.Secret())
			}
		}
		if want := map[bool]int{false: 1, true: ClusterShards}[strings.Contains(url, "cluster")]; s.Shards() != want {
			t.Errorf("%d shards, want %d", s.Shards(), want)
		}
		if err := s.Ping(t.Context()); err != nil {
			t.Error(err)
		}
		_, err := Open(t.Context(), Options{URL: url})
		if err == nil || !strings.Contains(err.Error(), "沙盒的数据") {
			t.Errorf("a real account on the data of a sandbox: %v", err)
		}
		setShards(t, s.client, 65-s.Shards())
		_, err = Open(t.Context(), Options{URL: url, Sandbox: true})
		if err == nil || !strings.Contains(err.Error(), "restore") {
			t.Errorf("another number of shards: %v", err)
		}
		setShards(t, s.client, s.Shards())
		if again := openTest(t, url); !bytes.Equal(again.Secret(), s.Secret()) {
			t.Error("the secret was lost")
		}
		if err := s.client.Set(t.Context(), pinKey(), `{"shards":1}`, 0).Err(); err != nil {
			t.Fatal(err)
		}
		if _, err = Open(t.Context(), Options{URL: url, Sandbox: true}); err == nil || !strings.Contains(err.Error(), "损坏") {
			t.Errorf("a pin without a secret: %v", err)
		}
	})
}

func TestPinOfARealAccount(t *testing.T) {
	url := servers.Redis(t).URL
	s, err := Open(t.Context(), Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := Open(t.Context(), Options{URL: url, Sandbox: true}); err == nil || !strings.Contains(err.Error(), "真实公众号的数据") {
		t.Errorf("a sandbox on the data of a real account: %v", err)
	}
}

// Each mistake gets a sentence that says what to do, without the password.
func TestOpenSaysWhatIsWrong(t *testing.T) {
	single := storetest.Redis(t)
	setPassword(t, single, "right-password")
	cluster := servers.Cluster(t)
	dead := storetest.Redis(t)
	dead.Kill()
	for name, c := range map[string]struct{ url, want string }{
		"address":        {"localhost", "redis://"},
		"wrong password": {"redis://:hunter2@" + single.Addr, "密码不对"},
		"no password":    {"redis://" + single.Addr, "密码不对"},
		"no cluster":     {"redis://:right-password@" + single.Addr + "/?cluster=true", "不是集群"},
		"database":       {"redis://:right-password@" + single.Addr + "/99", "99 号"},
		"one node":       {"redis://" + cluster.Addrs[0], "cluster=true"},
		"nobody there":   {"redis://:hunter2@" + dead.Addr, "连不上"},
	} {
		s, err := Open(t.Context(), Options{URL: c.url, Sandbox: true})
		if err == nil {
			s.Close()
			t.Errorf("%s: no error", name)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "password") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := Open(t.Context(), Options{URL: "redis://:right-password@" + single.Addr, Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

func setPassword(t *testing.T, server *storetest.Server, password string) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: server.Addr})
	defer client.Close()
	if err := client.ConfigSet(t.Context(), "requirepass", password).Err(); err != nil {
		t.Fatal(err)
	}
}

// A server that is gone: nothing was sent, and that is what is said.
func TestServerGone(t *testing.T) {
	server := storetest.Redis(t)
	s := openTest(t, server.URL)
	get[quiz.Loaded](t)(s.Commit(t.Context(), "gone", change(quiz.Record{}, 1, 1)))
	server.Kill()
	// The first may still find the connection open that has just died.
	_, err := s.Commit(t.Context(), "gone", change(quiz.Record{}, 2, 1))
	if !isOutcome(err) {
		t.Errorf("Commit: %v", err)
	}
	if _, err := s.Commit(t.Context(), "gone", change(quiz.Record{}, 2, 1)); !errors.Is(err, quiz.ErrUnavailable) {
		t.Errorf("Commit: %v", err)
	}
	for name, read := range map[string]func(context.Context) error{
		"Load":     func(ctx context.Context) error { _, err := s.Load(ctx, "gone", 1); return err },
		"Log":      func(ctx context.Context) error { _, err := s.Log(ctx, "gone", "2026"); return err },
		"HelpOnce": func(ctx context.Context) error { _, err := s.HelpOnce(ctx, "gone", testDay, 1); return err },
		"Rank":     func(ctx context.Context) error { _, _, err := s.Rank(ctx, "2026", 1); return err },
		"Top":      func(ctx context.Context) error { _, err := s.Top(ctx, "2026", 3); return err },
		"Around":   func(ctx context.Context) error { _, err := s.Around(ctx, "2026", "gone", 1, 2); return err },
		"Paper":    func(ctx context.Context) error { _, err := s.Paper(ctx, testDay, 1); return err },
		"Current":  func(ctx context.Context) error { _, err := s.CurrentPaper(ctx, testDay); return err },
		"Recent":   func(ctx context.Context) error { _, err := s.RecentPapers(ctx, testDay, testDay+3); return err },
		"Voids":    func(ctx context.Context) error { _, err := s.Voids(ctx); return err },
		"Library":  func(ctx context.Context) error { _, err := s.Library(ctx); return err },
		"Freeze":   func(ctx context.Context) error { _, err := s.Freeze(ctx, testPaper(testDay), ""); return err },
		"SetVoid":  func(ctx context.Context) error { return s.SetVoid(ctx, testDay, quiz.Kept) },
		"Ping":     s.Ping,
	} {
		if err := read(t.Context()); !errors.Is(err, quiz.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	server.Start(t)
	// A server without a disk comes back with nothing: that is not a new beginning.
	if _, err := s.Load(t.Context(), "gone", 1); !errors.Is(err, ErrNoData) {
		t.Errorf("Load: %v", err)
	}
	if _, err := s.Commit(t.Context(), "gone", change(quiz.Record{}, 1, 1)); !errors.Is(err, ErrNoData) {
		t.Errorf("Commit: %v", err)
	}
	again := openTest(t, server.URL)
	get[quiz.Loaded](t)(again.Commit(t.Context(), "gone", change(quiz.Record{}, 1, 1)))
}

// A silent network: it cannot be told whether the write happened, and here it
// does, later.
func TestSilentNetwork(t *testing.T) {
	server := storetest.Redis(t)
	proxy := storetest.FlakyProxy(t, server.Addr, 1)
	s := get[*Store](t)(Open(t.Context(), Options{URL: proxy.URL, Sandbox: true}))
	defer s.Close()
	r := get[quiz.Loaded](t)(s.Commit(t.Context(), "silent", change(quiz.Record{}, 1, 1))).Record
	proxy.BlackHole()
	if _, err := s.Commit(t.Context(), "silent", change(r, 2, 2)); !errors.Is(err, quiz.ErrUnknown) {
		t.Errorf("Commit: %v", err)
	}
	proxy.Heal(t)
	for range 1000 {
		loaded, err := s.Load(t.Context(), "silent", 2)
		if err == nil && loaded.Record.Seen(2) {
			return
		}
	}
	t.Error("the write that was held back never arrived")
}

// Who may wait gets through a silence that is longer than an answer may take.
func TestPatience(t *testing.T) {
	proxy := storetest.FlakyProxy(t, servers.Redis(t).Addr, 1)
	s := openTest(t, proxy.URL)
	proxy.BlackHole()
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := s.Commit(t.Context(), "patient", change(quiz.Record{}, 1, 1)); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(ioTimeout + ioTimeout/2)
	proxy.Heal(t)
	wg.Wait()
}

// A thousand members at the same moment, on connections that are yet to be
// made: all are served.
func TestThousandAtOnce(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range 1000 {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			id := fmt.Sprint("thousand", i)
			loaded, err := s.Load(t.Context(), id, 1)
			if err == nil {
				_, err = s.Commit(t.Context(), id, change(loaded.Record, 1, int64(i)+1))
			}
			if err != nil {
				t.Errorf("%s: %v", id, err)
			}
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	if _, total, err := s.Rank(t.Context(), "2026", 1); total != 1000 || err != nil {
		t.Errorf("%d members on the board, %v", total, err)
	}
}

// What is there is opened as it is, of either kind, and nothing is decided where
// nothing is.
func TestOpenExisting(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		for _, sandbox := range []bool{true, false} {
			if s, err := Open(t.Context(), Options{URL: url, Sandbox: sandbox, Existing: true}); !errors.Is(err, ErrNoData) {
				t.Fatalf("an empty Redis: %v, %v", s, err)
			}
		}
		real, err := Open(t.Context(), Options{URL: url})
		if err != nil {
			t.Fatal(err) // had the calls before pinned a sandbox, this would be refused
		}
		defer real.Close()
		checkExisting(t, url, real)
		if err := real.client.Del(t.Context(), pinKey()).Err(); err != nil {
			t.Fatal(err)
		}
		checkExisting(t, url, openTest(t, url))
		setShards(t, real.client, 65-real.Shards())
		if _, err := Open(t.Context(), Options{URL: url, Existing: true}); err == nil || !strings.Contains(err.Error(), "restore") {
			t.Errorf("another kind of server's number of shards: %v", err)
		}
		if err := real.client.Set(t.Context(), pinKey(), `{`, 0).Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), Options{URL: url, Existing: true}); err == nil || !strings.Contains(err.Error(), "损坏") {
			t.Errorf("a damaged pin: %v", err)
		}
	})
}

func checkExisting(t *testing.T, url string, pinned *Store) {
	t.Helper()
	for _, sandbox := range []bool{true, false} {
		s, err := Open(t.Context(), Options{URL: url, Sandbox: sandbox, Existing: true})
		if err != nil {
			t.Fatal(err)
		}
		if s.Sandbox() != pinned.Sandbox() || s.Shards() != pinned.Shards() || !bytes.Equal(s.Secret(), pinned.Secret()) {
			t.Errorf("opened %+v, pinned %+v", s.pin, pinned.pin)
		}
		s.Close()
	}
}

// setShards makes the data those of another kind of server.
func setShards(t *testing.T, client redis.UniversalClient, shards int) {
	t.Helper()
	var p pin
	must(t, json.Unmarshal([]byte(get[string](t)(client.Get(t.Context(), pinKey()).Result())), &p))
	p.Shards = shards
	must(t, client.Set(t.Context(), pinKey(), get[[]byte](t)(json.Marshal(p)), 0).Err())
}
