package store

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"dangshi/store/storetest"
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

// TestMediaAreBackedUp: a backup brings what was uploaded to another installation, byte
// by byte, and what is counted of it.
func TestMediaAreBackedUp(t *testing.T) {
	s := openTest(t, "redis://"+storetest.Miniredis(t).Addr()+"/0")
	name, data := strings.Repeat("2", 32)+".mp3", []byte("\x00\r\n$5\r\n*1\xff")
	must(t, s.KeepMedia(t.Context(), name, data, 1<<20))
	var file bytes.Buffer
	info := get[BackupInfo](t)(s.Backup(t.Context(), &file, BackupOptions{}))
	if info.Kinds["media"] != 1 || info.Kinds["mediasizes"] != 1 {
		t.Errorf("the backup has %v", info.Kinds)
	}
	if !bytes.Contains(file.Bytes(), data) {
		t.Error("the backup lacks what was uploaded")
	}
}
