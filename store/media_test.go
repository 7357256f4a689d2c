package store

import (
	"errors"
	"strings"
	"testing"
)

// TestMedia: what was uploaded is found as it was, again takes no room, and there is
// an end to the room; names that are none never reach Redis.
func TestMedia(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		first, second := strings.Repeat("0", 32)+".jpg", strings.Repeat("1", 32)+".mp3"
		data := []byte("\xff\xd8\x00\r\n")
		must(t, s.KeepMedia(t.Context(), first, data, 8))
		must(t, s.KeepMedia(t.Context(), first, data, 8))
		if err := s.KeepMedia(t.Context(), second, data, 8); !errors.Is(err, ErrMediaFull) {
			t.Errorf("beyond the room: %v", err)
		}
		if got := get[[]byte](t)(s.Media(t.Context(), first)); string(got) != string(data) {
			t.Errorf("it is %q", got)
		}
		for _, name := range []string{second, "../pin", first + ":x", ""} {
			if got, err := s.Media(t.Context(), name); got != nil || err != nil {
				t.Errorf("%q gives %q, %v", name, got, err)
			}
		}
		if err := s.KeepMedia(t.Context(), "x", data, 8); err == nil {
			t.Error("a name that is none was taken")
		}
	})
}
