package store

import (
	"bytes"
	"errors"
	"testing"

	"dangshi/quiz"
)

// TestRehearsal: a simulation may use an empty Redis and what another simulation
// left, and nothing else.
func TestRehearsal(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		secret := bytes.Repeat([]byte{7}, secretBytes)
		rehearse := func() *Store {
			t.Helper()
			if err := Rehearse(t.Context(), url); err != nil {
				t.Fatal(err)
			}
			return get[*Store](t)(Open(t.Context(), Options{URL: url, Sandbox: true, Rehearsal: secret}))
		}
		for range 2 { // the second one begins anew
			s := rehearse()
			if r := get[quiz.Loaded](t)(s.Load(t.Context(), anID, 0)); r.Record.Version != "" {
				t.Errorf("what the last simulation left is still there: %+v", r)
			}
			if !bytes.Equal(s.Secret(), secret) {
				t.Errorf("its secret is %x", s.Secret())
			}
			get[quiz.Loaded](t)(s.Commit(t.Context(), anID, change(quiz.Record{}, 1, 10)))
			s.Close()
		}
		s := rehearse()
		must(t, s.client.Set(t.Context(), "somebody:else", 1, 0).Err())
		for _, do := range []error{Rehearse(t.Context(), url), EndRehearsal(t.Context(), url)} {
			if !errors.Is(do, ErrOccupied) {
				t.Errorf("with a foreign key: %v", do)
			}
		}
		must(t, s.client.Del(t.Context(), "somebody:else").Err())
		s.Close()
		must(t, EndRehearsal(t.Context(), url))
		must(t, EndRehearsal(t.Context(), url)) // there is nothing left to do
		rehearse().Close()
		s = openTest(t, url) // somebody begins to live there
		get[quiz.Loaded](t)(s.Commit(t.Context(), anID, change(quiz.Record{}, 1, 10)))
		for _, do := range []error{Rehearse(t.Context(), url), EndRehearsal(t.Context(), url)} {
			if !errors.Is(do, ErrOccupied) {
				t.Errorf("on an installation: %v", do)
			}
		}
		if r := get[quiz.Loaded](t)(s.Load(t.Context(), anID, 0)); r.Record.Version == "" {
			t.Error("its member is gone")
		}
	})
}

// TestUsage: each kind of key is measured.
func TestUsage(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		for _, id := range []string{"a", "b", "c"} {
			get[quiz.Loaded](t)(s.Commit(t.Context(), id, change(quiz.Record{}, 1, 10)))
		}
		must(t, s.client.Set(t.Context(), "somebody:else", 1, 0).Err())
		all, _, err := s.Usage(t.Context(), 2)
		must(t, err)
		found := map[string]Usage{}
		for _, u := range all {
			found[u.Kind] = u
		}
		one, _, err := s.Usage(t.Context(), 100)
		must(t, err)
		if len(one) != len(all) {
			t.Errorf("with more samples %v, with fewer %v", one, all)
		}
		for kind, want := range map[string]Usage{"member": {Keys: 3, Looked: 2, Members: true}, "log": {Keys: 3, Looked: 2, Members: true}, "pin": {Keys: 1, Looked: 1}} {
			got := found[kind]
			bytes := got.Bytes
			got.Kind, got.Bytes = "", 0
			if got != want || bytes < 10*want.Keys {
				t.Errorf("%s: %+v and %d bytes, want %+v", kind, got, bytes, want)
			}
		}
		if board := found["board"]; board.Keys < 1 || !board.Members || board.Bytes == 0 {
			t.Errorf("board: %+v", board)
		}
	})
}
