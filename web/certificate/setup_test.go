package certificate

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/web/drawing"
)

// newMaker makes a Maker over the installed font.
func newMaker(t testing.TB, cfg Config) *Maker {
	t.Helper()
	m, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Open(); errors.Is(err, drawing.ErrNoFont) && os.Getenv("CI") != "true" {
		t.Skip("the font is not installed: apt-get install fonts-noto-cjk")
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// someConfig is an organisation's.
func someConfig() Config {
	return Config{
		BaseURL: "https://dangshi.example.cn/",
		Wording: Wording{Organisation: "中共江城区委党校"},
		Branch: func(code string) string {
			if code == "zb1" {
				return "城关街道第一社区党支部"
			}
			return code
		},
	}
}

func someAward(place int, name string) quiz.Award {
	return quiz.Award{
		Season: quiz.Season{ID: "2026"}, Honour: quiz.Honour{Place: place, Points: 35612 * quiz.Unit, Days: 361},
		Code: "7KQ2M9XW4T3HBZ0V", Closed: time.Date(2027, 1, 5, 9, 0, 0, 0, quiz.Zone).Unix(), Name: name, Branch: "zb1",
	}
}

func decodePNG(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}
