package push_test

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"dangshi/bot"
	"dangshi/bot/push"
	"dangshi/quiz"
)

// TestCoverIsDrawn: a cover of the size of the shipped one, another one for each day
// and title. Without a font the shipped one is used.
func TestCoverIsDrawn(t *testing.T) {
	shipped, err := os.ReadFile("cover.jpg")
	if err != nil {
		t.Fatal(err)
	}
	without := push.NewCovers("/nowhere/font.ttc")
	if got, why := without.Cover(t.Context(), bot.Bulletin{Heading: "大事"}); !bytes.Equal(got, shipped) || why != nil {
		t.Errorf("without a font it has %d bytes, %v", len(got), why)
	}
	covers := push.NewCovers("")
	first, why := covers.Cover(t.Context(), bot.Bulletin{Day: quiz.Date(2026, 7, 1), Heading: "中国共产党第一次全国代表大会召开，通过了第一个纲领和决议，选举产生中央局"})
	if why != nil {
		t.Fatal(why)
	}
	if bytes.Equal(first, shipped) {
		const missing = "Noto Serif CJK is not installed (apt-get install fonts-noto-cjk)"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(first))
	if err != nil || kind != "jpeg" || size.Width != 900 || size.Height != 383 || len(first) > 200<<10 {
		t.Errorf("%s of %d×%d in %d bytes, %v", kind, size.Width, size.Height, len(first), err)
	}
	for name, b := range map[string]bot.Bulletin{
		"another day":   {Day: quiz.Date(2026, 7, 2), Heading: "大事"},
		"another title": {Day: quiz.Date(2026, 7, 1), Heading: "小事"},
		"no title":      {Day: quiz.Date(2026, 7, 1)},
	} {
		if other, why := covers.Cover(t.Context(), b); bytes.Equal(other, first) || bytes.Equal(other, shipped) || why != nil {
			t.Errorf("%s: the same cover, %v", name, why)
		}
	}
	if path := os.Getenv("DANGSHI_TEST_COVER"); path != "" {
		if err := os.WriteFile(path, first, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCoverIsTheItemsPicture: where it can be had and is one; else there is another.
func TestCoverIsTheItemsPicture(t *testing.T) {
	picture := "\x89PNG\r\n\x1a\n" + strings.Repeat("a", 100)
	answers := map[string]string{"/a.png": picture, "/page": "<html>", "/large": picture + strings.Repeat("a", 5<<20)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			body = picture
		}
		_, _ = io.WriteString(w, body) // the large one is not read to its end
	}))
	defer server.Close()
	covers := push.NewCovers("/nowhere/font.ttc")
	for path, want := range map[string]bool{"/a.png": true, "/page": false, "/large": false, "/absent": false} {
		got, why := covers.Cover(t.Context(), bot.Bulletin{Picture: server.URL + path})
		if is := string(got) == picture; is != want || (why == nil) != want || len(got) == 0 {
			t.Errorf("%s: the picture is used: %v, because of %v", path, is, why)
		}
	}
	name := strings.Repeat("0", 32) + ".jpg"
	covers.With(func(_ context.Context, asked string) ([]byte, error) {
		if asked == name {
			return []byte(picture), nil
		}
		return nil, nil
	})
	if got, why := covers.Cover(t.Context(), bot.Bulletin{Picture: "/media/" + name}); string(got) != picture || why != nil {
		t.Errorf("one that was uploaded: %d bytes, %v", len(got), why)
	}
	if _, why := covers.Cover(t.Context(), bot.Bulletin{Picture: "/media/" + strings.Repeat("1", 32) + ".jpg"}); why == nil {
		t.Error("one that was uploaded and is gone")
	}
}
