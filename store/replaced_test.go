package store

import (
	"errors"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestReplacedData: Redis was emptied or holds another dataset while this program
// runs. A member who is missing is enough to look, and nothing that all members
// share is given any more; when the data are back, all of it goes on.
func TestReplacedData(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		other := `{"shards":1,"kind":"sandbox","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`
		mine := get[[]byte](t)(s.client.Get(t.Context(), pinKey()).Bytes())
		for name, c := range map[string]struct {
			replace func() error
			want    error
		}{
			"emptied":  {func() error { return s.client.Del(t.Context(), pinKey()).Err() }, ErrNoData},
			"replaced": {func() error { return s.client.Set(t.Context(), pinKey(), other, 0).Err() }, ErrOtherData},
			"damaged":  {func() error { return s.client.Set(t.Context(), pinKey(), "{", 0).Err() }, ErrOtherData},
		} {
			r := get[quiz.Loaded](t)(s.Commit(t.Context(), name, change(quiz.Record{}, 1, 1))).Record
			must(t, c.replace())
			must(t, s.client.Del(t.Context(), memberKey(s.shard(name), name)).Err())
			if _, err := s.Commit(t.Context(), name, change(r, 2, 2)); !errors.Is(err, c.want) {
				t.Errorf("%s: Commit: %v", name, err)
			}
			for what, err := range map[string]error{
				"Load":    second(s.Load(t.Context(), name, 2)),
				"Ping":    s.Ping(t.Context()),
				"Rulings": second(s.Rulings(t.Context())),
				"Voids":   second(s.Voids(t.Context())),
			} {
				if !errors.Is(err, c.want) || !errors.Is(err, quiz.ErrUnavailable) {
					t.Errorf("%s: %s: %v", name, what, err)
				}
			}
			must(t, s.client.Set(t.Context(), pinKey(), mine, 0).Err())
			must(t, s.Ping(t.Context()))
			get[quiz.Voids](t)(s.Voids(t.Context()))
		}
	})
}

func second[T any](_ T, err error) error { return err }

// TestNewcomerOfReplacedData: a newcomer has no version by which the data that were
// opened are told from others, so that a first commit looks whose they are.
func TestNewcomerOfReplacedData(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		c := change(quiz.Record{}, 1, 1)
		c.Board, c.Log = nil, nil // which ask for the versions by themselves
		mine := get[[]byte](t)(s.client.Get(t.Context(), pinKey()).Bytes())
		get[quiz.Voids](t)(s.Voids(t.Context())) // which is believed for as long as Staleness
		time.Sleep(2 * missedStaleness)
		must(t, s.client.Set(t.Context(), pinKey(), `{"shards":1,"kind":"sandbox","secret":"AAAA"}`, 0).Err())
		_, err := s.Commit(t.Context(), "new", c)
		if !errors.Is(err, ErrOtherData) || !errors.Is(err, quiz.ErrUnavailable) {
			t.Errorf("Commit: %v", err)
		}
		must(t, s.client.Set(t.Context(), pinKey(), mine, 0).Err())
		if l := get[quiz.Loaded](t)(s.Load(t.Context(), "new", 1)); l.Record.Version != "" || l.Reply != "" {
			t.Errorf("it was written: %+v", l)
		}
		get[quiz.Loaded](t)(s.Commit(t.Context(), "new", change(quiz.Record{}, 1, 1)))
	})
}
