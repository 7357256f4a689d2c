package store

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/content"
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

// TestUploadsAtOnce: however many come at the same moment, they take no more room than
// there is.
func TestUploadsAtOnce(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		var all sync.WaitGroup
		var kept atomic.Int32
		for i := range 16 {
			all.Go(func() {
				switch err := s.KeepMedia(t.Context(), fmt.Sprintf("%032x.jpg", i), make([]byte, 100), 350); {
				case err == nil:
					kept.Add(1)
				case !errors.Is(err, ErrMediaFull):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if used := get[int64](t)(s.MediaRoom(t.Context())); kept.Load() != 3 || used != 300 {
			t.Errorf("%d were kept, with %d bytes", kept.Load(), used)
		}
	})
}

// TestUnusedUploads: what no item uses goes after a day; what one uses, or did at an
// earlier revision, or what is uploaded anew meanwhile, stays.
func TestUnusedUploads(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		name := func(i int) string { return fmt.Sprintf("%032x.jpg", i) }
		for i := range 4 {
			must(t, s.KeepMedia(t.Context(), name(i), []byte("x"), 100))
		}
		it := content.Item{ID: "a", Kind: content.Story, Title: "题", Text: "文", State: content.Draft, Picture: content.MediaPath + name(0)}
		h := handOf("甲", 1)
		for _, i := range []int{0, 1} { // the picture of the first revision can be brought back
			it.Picture = content.MediaPath + name(i)
			_, _, err := s.EditLibrary(t.Context(), h, []content.Item{it}, nil)
			must(t, err)
		}
		sweep := func(at time.Duration, want int, left string) {
			t.Helper()
			removed := get[int](t)(s.SweepMedia(t.Context(), time.Unix(1_800_000_000, 0).Add(at), 24*time.Hour))
			var there string
			for i := range 4 {
				if get[[]byte](t)(s.Media(t.Context(), name(i))) != nil {
					there += fmt.Sprint(i)
				}
			}
			if used := get[int64](t)(s.MediaRoom(t.Context())); removed != want || there != left || used != int64(len(left)) {
				t.Errorf("after %s: %d removed, %s are left, %d bytes", at, removed, there, used)
			}
		}
		sweep(0, 0, "0123")
		sweep(23*time.Hour, 0, "0123")
		must(t, s.KeepMedia(t.Context(), name(3), []byte("x"), 100)) // somebody is about to use it
		sweep(24*time.Hour, 1, "013")
		if ok := get[bool](t)(s.UseMedia(t.Context(), name(3))); !ok {
			t.Error("what is there is not")
		}
		sweep(49*time.Hour, 0, "013")
		sweep(73*time.Hour, 1, "01")
		if ok := get[bool](t)(s.UseMedia(t.Context(), name(3))); ok {
			t.Error("what was removed is there")
		}
	})
}
