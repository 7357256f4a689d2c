package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// mortal are the connections of a process that dies: some writes go through, the last
// one perhaps without its answer, and none after it.
type mortal struct {
	left   atomic.Int64 // writes before the end
	answer bool         // the last one is answered
}

func (m *mortal) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if m.left.Load() <= 0 {
		return nil, errKilled
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	return &mortalConn{conn, m}, err
}

type mortalConn struct {
	net.Conn
	*mortal
}

func (c *mortalConn) Write(b []byte) (int, error) {
	n := c.left.Add(-1)
	if n < 0 {
		c.Close()
		return 0, errKilled
	}
	return c.Conn.Write(b)
}

func (c *mortalConn) Read(b []byte) (int, error) {
	if left := c.left.Load(); left < 0 || left == 0 && !c.answer {
		c.Close()
		return 0, errKilled
	}
	return c.Conn.Read(b)
}

// A restore that is killed anywhere leaves data that nobody opens, and the same restore
// brings all of them.
func TestRestoreKilled(t *testing.T) {
	all := places(t)
	s, players := backedUp(t, all["miniredis"](), 12)
	backup, truth, scores := mustBackUp(t, s), truthOf(t, s, true), board(t, s, players[0].season.ID)
	const many = 1 << 40
	restoreBy := func(url string, m *mortal) error {
		_, err := RestoreBackup(t.Context(), bytes.NewReader(backup), RestoreOptions{Target: at(url), Sandbox: true, Timeout: patience, Dial: m.dial})
		return err
	}
	for _, to := range slices.Sorted(maps.Keys(all)) {
		t.Run(to, func(t *testing.T) {
			m := &mortal{}
			m.left.Store(many)
			must(t, restoreBy(all[to](), m))
			writes := many - m.left.Load()
			unfinished := 0
			for range storetest.Rounds(8) {
				url := all[to]()
				m := &mortal{answer: rand.IntN(2) == 0}
				m.left.Store(1 + rand.Int64N(writes))
				whole := restoreBy(url, m) == nil
				open, err := Open(t.Context(), Options{URL: url, Existing: true, Timeout: patience})
				switch {
				case err == nil: // nothing but the answer to the very last write was lost
					must(t, open.Close())
					whole = true
				case errors.Is(err, ErrRestoring):
					unfinished++
					if _, err := Open(t.Context(), Options{URL: url, Sandbox: true, Timeout: patience}); !errors.Is(err, ErrRestoring) {
						t.Fatalf("a first start on half of the data: %v", err)
					}
				case whole || !errors.Is(err, ErrNoData):
					t.Fatal(err)
				}
				if !whole {
					mustRestoreBackup(t, url, backup)
				}
				there := openTest(t, url)
				if got := truthOf(t, there, true); !maps.EqualFunc(got, truth, slices.Equal) {
					t.Fatalf("the truth is\n%v, was\n%v", got, truth)
				}
				if got := board(t, there, players[0].season.ID); !maps.Equal(got, scores) {
					t.Fatalf("the board is %v, was %v", got, scores)
				}
			}
			if unfinished == 0 {
				t.Error("none was killed in the middle")
			}
		})
	}
}

// Nothing is written where something is, where somebody serves or restores, or where
// the backup is of the other kind.
func TestRestoreRefusesTargets(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, _ := backedUp(t, url, 6)
		backup := mustBackUp(t, s)
		tries := func(o RestoreOptions) error {
			o.Target, o.Timeout = at(url), patience
			_, err := RestoreBackup(t.Context(), bytes.NewReader(backup), o)
			return err
		}
		before := everything(t, s, nil)
		var full *NotEmptyError
		if err := tries(RestoreOptions{Sandbox: true}); !errors.As(err, &full) || full.Keys == 0 {
			t.Errorf("into itself: %v", err)
		}
		if err := tries(RestoreOptions{}); !errors.Is(err, ErrOtherKind) {
			t.Errorf("of a sandbox into a real account: %v", err)
		}
		if !strings.HasSuffix(t.Name(), "miniredis") { // which does not tell who is connected
			refusesServing(t, url, tries)
		}
		if after := everything(t, s, nil); after != before {
			t.Error("something was written")
		}
	})
}

// refusesServing: a server that tells who is connected tells of a serve, which would
// count into data that are half there.
func refusesServing(t *testing.T, url string, tries func(RestoreOptions) error) {
	t.Helper()
	serving, err := Open(t.Context(), Options{URL: url, Existing: true, Serves: true, Timeout: patience})
	must(t, err)
	must(t, serving.Ping(t.Context()))
	if err := tries(RestoreOptions{Sandbox: true}); !errors.Is(err, ErrServing) {
		t.Errorf("while a serve is connected: %v", err)
	}
	must(t, serving.Close())
}

// An unfinished restore gives way to one of another backup: nothing of the first is
// left.
func TestRestoreBeginsAnew(t *testing.T) {
	all := places(t)
	one, _ := backedUp(t, all["miniredis"](), 20)
	first := mustBackUp(t, one)
	other, _ := backedUp(t, all["miniredis"](), 7)
	second, truth := mustBackUp(t, other), truthOf(t, other, true)
	url := all["redis"]()
	m := &mortal{}
	m.left.Store(15)
	if _, err := RestoreBackup(t.Context(), bytes.NewReader(first), RestoreOptions{Target: at(url), Sandbox: true, Timeout: patience, Dial: m.dial}); err == nil {
		t.Fatal("it was not killed")
	}
	mustRestoreBackup(t, url, second)
	if got := truthOf(t, openTest(t, url), true); !maps.EqualFunc(got, truth, slices.Equal) {
		t.Errorf("the truth is\n%v, was\n%v", got, truth)
	}
}

// Who was erased after the backup was made is erased again, by the journal.
func TestRestoreAppliesErasures(t *testing.T) {
	all := places(t)
	s, players := backedUp(t, all["redis"](), 9)
	backup := mustBackUp(t, s)
	s.mustErase(t, players[3].id)
	var journal bytes.Buffer
	get[int](t)(s.WriteErasures(t.Context(), &journal))
	url := all["cluster"]()
	done, err := RestoreBackup(t.Context(), bytes.NewReader(backup), RestoreOptions{
		Target: at(url), Sandbox: true, Timeout: patience, Erasures: bytes.NewReader(journal.Bytes()),
	})
	must(t, err)
	there := openTest(t, url)
	if done.Erased != 1 || done.Seasons[0].Members != len(players)-1 || len(done.Seasons[0].Differences) != 0 {
		t.Errorf("restored %+v", done)
	}
	checkLife(t, there, players[3].id, 0)
	if loaded := get[quiz.Loaded](t)(there.Load(t.Context(), players[4].id, 0)); !loaded.Record.Member.Known() {
		t.Error("somebody else is gone")
	}
	short := bytes.NewReader(journal.Bytes()[:journal.Len()-3])
	if _, err := RestoreBackup(t.Context(), bytes.NewReader(backup), RestoreOptions{Target: at(all["redis"]()), Sandbox: true, Timeout: patience, Erasures: short}); !errors.Is(err, ErrJournal) {
		t.Errorf("a shortened journal: %v", err)
	}
}

// fixedBackup is a backup of an installation in which nothing has happened yet.
func fixedBackup(pinned string) []byte {
	var b bytes.Buffer
	w := newDumpWriter(&b, &dumpHead{At: backupTime, Kind: kindOf(true), Shards: 1})
	w.command("SET", pinKey(), pinned)
	w.command("DEL", seasonsKey())
	w.command("HSET", seasonsKey(), "2026", "{}")
	if _, err := w.finish(); err != nil {
		panic(err) // a Buffer does not fail
	}
	return b.Bytes()
}

const fixedPin = `{"shards":1,"kind":"sandbox","created":"2026-01-01T00:00:00Z","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`

func packed(plain []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.HuffmanOnly)
	if err == nil {
		_, err = z.Write(plain)
	}
	if err := errors.Join(err, z.Close()); err != nil {
		panic(err) // a Buffer does not fail
	}
	return b.Bytes()
}

// FuzzBackup: whatever the bytes, and whatever is packed, CheckBackup neither panics nor
// takes for a backup what none was; a pin that it takes is one that Open takes.
func FuzzBackup(f *testing.F) {
	whole := fixedBackup(fixedPin)
	sum := get[BackupInfo](f)(CheckBackup(f.Context(), bytes.NewReader(whole), nil)).Sum
	f.Add(whole)
	f.Add(packed(whole))
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"))
	f.Add(appendCommand(nil, []string{"PING", backupHeader + `{"kind":"real","shards":64}`}))
	f.Add([]byte(fixedPin))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, file := range [][]byte{data, packed(data)} {
			info, err := CheckBackup(t.Context(), bytes.NewReader(file), nil)
			var damage *DumpError
			switch {
			case err == nil && info.Sum != sum:
				t.Fatalf("taken for a backup: %q", data)
			case err != nil && !errors.As(err, &damage):
				t.Fatalf("%v of %q", err, data)
			}
		}
		info, found, err := checkBackup(t.Context(), bytes.NewReader(fixedBackup(string(data))), nil)
		if err == nil && (found.check(1) != nil || found.Restoring || !info.Sandbox) {
			t.Fatalf("taken for a pin: %q", data)
		}
	})
}
