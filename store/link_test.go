package store

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestLinks: a link is good once, for an hour by the product's clock, for nobody
// who was erased, and stored only as a hash.
func TestLinks(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ctx, now := t.Context(), time.Date(2030, 1, 1, 8, 0, 0, 0, quiz.Zone)
		live(t, s, anID)
		token := get[string](t)(s.NewLink(ctx, anID, now))
		if strings.Contains(token, anID) || len(token) > 200 {
			t.Errorf("the token is %s", token)
		}
		if all := everything(t, s, nil); strings.Contains(all, token) {
			t.Error("the token itself is stored")
		}
		for range 2 { // as the preview of a chat does
			must(t, s.CheckLink(ctx, token, now.Add(LinkLife-time.Second)))
		}
		if err := s.CheckLink(ctx, token, now.Add(LinkLife)); !errors.Is(err, ErrLink) {
			t.Error("after an hour:", err)
		}
		for _, other := range []string{"", "x", token[:len(token)-2] + "AA", token + "A", strings.Repeat("A", 120)} {
			if err := s.CheckLink(ctx, other, now); !errors.Is(err, ErrLink) {
				t.Errorf("%q: %v", other, err)
			}
		}
		var got atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				data, err := s.TakeLink(ctx, token, now)
				if err == nil && data.ID == anID && len(data.Objections) == 1 {
					got.Add(1)
				} else if !errors.Is(err, ErrLink) {
					t.Errorf("%+v, %v", data, err)
				}
			})
		}
		all.Wait()
		if got.Load() != 1 {
			t.Errorf("%d got the data", got.Load())
		}
		var tokens []string
		for range maxLinks + 1 {
			tokens = append(tokens, get[string](t)(s.NewLink(ctx, anID, now)))
			now = now.Add(time.Second)
		}
		if s.CheckLink(ctx, tokens[0], now) == nil || s.CheckLink(ctx, tokens[1], now) != nil {
			t.Error("of many links the last ones are good")
		}
		must(t, s.client.Set(ctx, objectionsKey(s.shard(anID), anID), "damaged.{", 0).Err())
		if data, known, err := s.OwnData(ctx, anID); err != nil || !known || !data.Unread || len(data.Seasons) == 0 {
			t.Errorf("damaged objections keep a member from the rest: %+v, %v", data, err)
		}
		r := get[quiz.Loaded](t)(s.Load(ctx, anID, 0)).Record
		must(t, s.Erase(ctx, anID, r.Version, 0, ""))
		if err := s.CheckLink(ctx, tokens[3], now); !errors.Is(err, ErrLink) {
			t.Error("of one who was erased:", err)
		}
	})
}
