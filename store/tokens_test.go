package store

import (
	"errors"
	"testing"
	"time"
)

func TestTokens(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ctx := t.Context()
		checkToken := func(want string) {
			t.Helper()
			if got, err := openTest(t, url).Token(ctx, "access:wx123"); got != want || err != nil {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
		}
		checkToken("")
		must(t, s.KeepToken(ctx, "access:wx123", "t", 0), s.KeepToken(ctx, "access:wx123", "t", -time.Second))
		checkToken("")
		must(t, s.KeepToken(ctx, "access:wx123", "one", 2*time.Hour))
		checkToken("one")
		if life := get[time.Duration](t)(s.client.PTTL(ctx, tokenKey("access:wx123")).Result()); life <= time.Hour || life > 2*time.Hour {
			t.Errorf("it is kept for %v", life)
		}
		must(t, s.KeepToken(ctx, "access:wx123", "none", 0))
		checkToken("one")
		must(t, s.KeepToken(ctx, "access:wx123", "two", time.Hour))
		checkToken("two")
		must(t, s.KeepToken(ctx, "short", "s", time.Nanosecond))
		if life := get[time.Duration](t)(s.client.PTTL(ctx, tokenKey("short")).Result()); life == -1 || life > time.Millisecond {
			t.Errorf("less than a millisecond became %v", life)
		}
		must(t, s.DropToken(ctx, "access:wx123"), s.DropToken(ctx, "access:wx123"))
		checkToken("")
		if _, err := s.Token(ctx, "a b"); !errors.Is(err, errName) {
			t.Errorf("a bad name: %v", err)
		}
	})
}
