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

	"dangshi/quiz"
	"dangshi/store/storetest"
)

func TestDocuments(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		for kind, d := range map[string]Documents{"push": s.PushLedger(), "sim": s.Simulator().Documents} {
			t.Run(kind, func(t *testing.T) { documentsContract(t, d) })
		}
		for name, key := range map[string]string{"push": pushKey("2026-07-01"), "sim": simKey("2026-07-01")} {
			if n := get[int64](t)(s.client.Exists(t.Context(), key).Result()); n != 1 {
				t.Errorf("%s is not at %s", name, key)
			}
		}
	})
}

func documentsContract(t *testing.T, d Documents) {
	ctx := t.Context()
	if value, version, err := d.Load(ctx, "absent"); value != nil || version != "" || err != nil {
		t.Errorf("absent: %q, %q, %v", value, version, err)
	}
	if names, err := d.Names(ctx); len(names) != 0 || err != nil {
		t.Errorf("names of nothing: %q, %v", names, err)
	}
	value := []byte("\x00党史\r\n")
	first := get[quiz.Version](t)(d.Save(ctx, "2026-07-01", value, ""))
	if got, version, err := d.Load(ctx, "2026-07-01"); string(got) != string(value) || version != first || err != nil {
		t.Errorf("%q, %q, %v; saved as %q", got, version, err, first)
	}
	second := get[quiz.Version](t)(d.Save(ctx, "2026-07-01", nil, first))
	if got, version, err := d.Load(ctx, "2026-07-01"); got == nil || len(got) != 0 || version != second || err != nil {
		t.Errorf("an empty document: %q, %q, %v", got, version, err)
	}
	for name, stale := range map[string]quiz.Version{"absent": "", "older": first} {
		if version, err := d.Save(ctx, "2026-07-01", value, stale); version != "" || !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("expected %s: %q, %v", name, version, err)
		}
	}
	if _, err := d.Save(ctx, "never", value, first); !errors.Is(err, quiz.ErrConflict) {
		t.Errorf("one that is gone: %v", err)
	}
	get[quiz.Version](t)(d.Save(ctx, "2026-01-31:mass_1", value, ""))
	if names, err := d.Names(ctx); !reflect.DeepEqual(names, []string{"2026-01-31:mass_1", "2026-07-01"}) || err != nil {
		t.Errorf("names: %q, %v", names, err)
	}
	for _, bad := range []string{"", "a b", "党", "a/b", "a}", "a\n", strings.Repeat("x", 201)} {
		_, err1 := d.Save(ctx, bad, value, "")
		_, _, err2 := d.Load(ctx, bad)
		if !errors.Is(err1, errName) || !errors.Is(err2, errName) {
			t.Errorf("the name %q: %v, %v", bad, err1, err2)
		}
	}
}

// The version that comes along with an unknown outcome tells what became of it.
func TestUnknownDocument(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		d := s.PushLedger()
		var b breaking
		s.client.AddHook(&b)
		for name, mode := range map[string]int32{"lost": breakBeforeWriting, "kept": breakAfterWriting} {
			b.mode.Store(mode)
			attempted, err := d.Save(t.Context(), name, []byte("x"), "")
			if !errors.Is(err, quiz.ErrUnknown) {
				t.Errorf("%s: %v", name, err)
			}
			_, version, err := d.Load(t.Context(), name)
			if err != nil || (version == attempted) != (mode == breakAfterWriting) {
				t.Errorf("%s: %q is there, %q was attempted, %v", name, version, attempted, err)
			}
		}
		if names := get[[]string](t)(d.Names(t.Context())); !reflect.DeepEqual(names, []string{"kept"}) {
			t.Errorf("names: %q", names)
		}
		b.mode.Store(breakBeforeSending)
		if version, err := d.Save(t.Context(), "kept", nil, ""); version != "" || !errors.Is(err, quiz.ErrUnavailable) {
			t.Errorf("%q, %v", version, err)
		}
	})
}

// Several replicas write one ledger over connections that break: nothing is
// entered twice, nothing is lost.
func TestDocumentsThroughBrokenConnections(t *testing.T) {
	t.Run("redis", func(t *testing.T) {
		server := servers.Redis(t)
		proxy := storetest.FlakyProxy(t, server.Addr, 17)
		writeLedger(t, openTest(t, server.URL), Options{URL: proxy.URL, Sandbox: true}, proxy)
	})
	t.Run("cluster", func(t *testing.T) {
		cluster := servers.Cluster(t)
		proxies, dial := cluster.FlakyDialer(t, 18)
		writeLedger(t, openTest(t, cluster.URL), Options{URL: cluster.URL, Sandbox: true, Dial: dial}, proxies...)
	})
}

func writeLedger(t *testing.T, sound *Store, broken Options, proxies ...*storetest.Proxy) {
	const replicas, each = 4, 25
	var stores []*Store
	for range replicas {
		stores = append(stores, get[*Store](t)(Open(t.Context(), broken)))
		defer stores[len(stores)-1].Close()
	}
	for _, p := range proxies {
		p.SetRates(0.05, 0.1)
	}
	var wg sync.WaitGroup
	for replica, s := range stores {
		wg.Go(func() {
			for i := range each {
				if err := enter(t.Context(), s.PushLedger(), fmt.Sprintf("%d-%d\n", replica, i)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	for _, p := range proxies {
		p.SetRates(0, 0)
	}
	value, _, err := sound.PushLedger().Load(t.Context(), "sent")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(value))
	slices.Sort(lines)
	if n := len(lines); n != replicas*each || len(slices.Compact(lines)) != n {
		t.Errorf("%d entries of %d, %d different ones", n, replicas*each, len(slices.Compact(lines)))
	}
}

// enter adds a line to the ledger, unless it is there already.
func enter(ctx context.Context, d Documents, line string) error {
	var last error
	for range 500 {
		value, version, err := d.Load(ctx, "sent")
		if err == nil {
			if strings.Contains(string(value), line) {
				return nil
			}
			if _, err = d.Save(ctx, "sent", append(value, line...), version); err == nil {
				return nil
			}
		}
		if last = err; !isOutcome(err) {
			break
		}
	}
	return fmt.Errorf("never got through: %w", last)
}

func TestSimulatorLists(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ctx, sim := t.Context(), s.Simulator()
		if all, err := sim.List(ctx, "chat:"+anID); len(all) != 0 || err != nil {
			t.Errorf("absent: %q, %v", all, err)
		}
		for i := range 5 {
			must(t, sim.Append(ctx, "chat:"+anID, []byte{byte(i), 0, '\n'}, 3), sim.Append(ctx, "outbox", []byte{byte(i)}, 0))
		}
		if all := get[[][]byte](t)(sim.List(ctx, "chat:"+anID)); !reflect.DeepEqual(all, [][]byte{{2, 0, '\n'}, {3, 0, '\n'}, {4, 0, '\n'}}) {
			t.Errorf("the last 3 of 5: %v", all)
		}
		if all := get[[][]byte](t)(sim.List(ctx, "outbox")); len(all) != 5 || all[0][0] != 0 || all[4][0] != 4 {
			t.Errorf("all of 5: %v", all)
		}
		get[quiz.Version](t)(sim.Save(ctx, "outbox", []byte("a document of the same name"), ""))
		if all := get[[][]byte](t)(sim.List(ctx, "outbox")); len(all) != 5 {
			t.Errorf("a document took the place of a list: %v", all)
		}
		if err := sim.Append(ctx, "a b", nil, 0); !errors.Is(err, errName) {
			t.Errorf("a bad name: %v", err)
		}
		var b breaking
		s.client.AddHook(&b)
		b.mode.Store(breakAfterWriting)
		if err := sim.Append(ctx, "once", nil, 0); !errors.Is(err, quiz.ErrUnknown) {
			t.Errorf("%v", err)
		}
		if all := get[[][]byte](t)(sim.List(ctx, "once")); len(all) != 1 {
			t.Errorf("one call appended %d", len(all))
		}
	})
}

// A backup brings ledgers and what the sandbox remembers along, and its older
// index hides nothing that was there before.
func TestDocumentsInBackups(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ctx := t.Context()
		get[quiz.Version](t)(s.PushLedger().Save(ctx, "old", []byte("1"), ""))
		must(t, s.Simulator().Append(ctx, "outbox", []byte("1"), 0), s.KeepToken(ctx, "access", "secret", time.Hour))
		var backup bytes.Buffer
		_, err := Dump(ctx, s.client, &backup, lasting)
		must(t, err)
		if bytes.Contains(backup.Bytes(), []byte("access")) {
			t.Error("a token was backed up")
		}
		version := get[quiz.Version](t)(s.PushLedger().Save(ctx, "new", []byte("2"), ""))
		must(t, s.Simulator().Append(ctx, "outbox", []byte("2"), 0))
		_, err = Restore(ctx, s.client, &backup, nil)
		must(t, err)
		if all := get[[][]byte](t)(s.Simulator().List(ctx, "outbox")); len(all) != 1 {
			t.Errorf("the list has %q", all)
		}
		again := openTest(t, url).PushLedger()
		get[quiz.Version](t)(again.Save(ctx, "new", []byte("3"), version))
		if names := get[[]string](t)(again.Names(ctx)); !reflect.DeepEqual(names, []string{"new", "old"}) {
			t.Errorf("names: %q", names)
		}
	})
}
