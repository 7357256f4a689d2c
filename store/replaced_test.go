package store

import (
	"errors"
	"testing"

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
