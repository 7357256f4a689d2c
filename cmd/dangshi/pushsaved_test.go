package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dangshi/store"
)

// TestPushLedgersAreSavedAtOnce: what the push writes into the embedded store is in its
// file when the write is done, whoever owns the store: a kill at that moment forgets
// nothing of it.
func TestPushLedgersAreSavedAtOnce(t *testing.T) {
	a := &app{Settings: defaults(), ctx: t.Context()}
	a.Data, a.WechatAppid, a.WechatToken = t.TempDir(), "wx0123456789abcdef", "a-token"
	never := store.EmbeddedOptions{Every: 1 << 40}
	e, err := store.StartEmbedded(t.Context(), a.Data, never)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s, err := store.Open(t.Context(), store.Options{URL: e.URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, d := range map[string]*data{"owner": {Store: s, embedded: e}, "beside": {Store: s, beside: true}} {
		t.Run(name, func(t *testing.T) {
			file := func(want string) {
				t.Helper()
				text, err := os.ReadFile(filepath.Join(a.Data, "store.resp"))
				if err != nil || !strings.Contains(string(text), want) {
					t.Errorf("the file lacks %q: %v", want, err)
				}
			}
			if _, err := d.roll().Save(t.Context(), 0, name, []byte("a run by the "+name), "", 0, []byte("12345678")); err != nil {
				t.Fatal(err)
			}
			file("a run by the " + name)
			version, err := a.ledger(d).Save(t.Context(), name, []byte("a day by the "+name), "")
			if err != nil {
				t.Fatal(err)
			}
			file("a day by the " + name)
			if value, now, err := a.ledger(d).Load(t.Context(), name); string(value) != "a day by the "+name || now != version || err != nil {
				t.Errorf("%q, %v", value, err)
			}
		})
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.SaveEmbedded(gone); err == nil {
		t.Error("a save that nobody made is none")
	}
}

// TestPushLedgersOfARedis: a real Redis writes its own files, and knows no such command.
func TestPushLedgersOfARedis(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{URL: servers.Redis(t).URL})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if d := (&data{Store: s}); d.save() != nil {
		t.Error("a Redis is saved like the embedded store")
	}
	if err := s.SaveEmbedded(t.Context()); err == nil {
		t.Error("a Redis has no file of ours")
	}
}
