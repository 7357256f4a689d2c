package branchcode

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"dangshi/web/drawing"
)

// installed skips a test where the font is not installed.
func installed(t *testing.T) {
	t.Helper()
	f, err := drawing.OpenFonts("")
	if errors.Is(err, drawing.ErrNoFont) && os.Getenv("CI") != "true" {
		t.Skip("the font is not installed: apt-get install fonts-noto-cjk")
	} else if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

const address = "http://weixin.qq.com/q/02abcdefghijklmnopqrst"

func read(t *testing.T, path string) image.Image {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// scanned is what a phone reads in a picture; empty: there is nothing to scan.
func scanned(t *testing.T, img image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	found, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		return ""
	}
	return found.GetText()
}

// TestExport: each branch has a picture, with a code to scan or one to send, and
// all stand in the PDF; a name that cannot be drawn is told.
func TestExport(t *testing.T) {
	installed(t)
	dir := t.TempDir()
	var cards []Card
	for i, name := range []string{"城关第一支部", strings.Repeat("长", 60), strings.Repeat("W ", 29) + "W", "江城区城关街道办事处第一社区居民委员会离退休干部第三党支部", "甲\U0002CEB0", "乙", "丙", "丁"} {
		cards = append(cards, Card{Code: "zb" + string(rune('1'+i)), Name: name, Address: address})
	}
	cards[5].Address = ""
	o := Options{Dir: filepath.Join(dir, "cards"), PDF: filepath.Join(dir, "all.pdf"), Title: "支部二维码", Made: time.Unix(0, 0), DPI: 100}
	r, err := Export(t.Context(), cards, o)
	if err != nil || r.Bare || len(r.Pictures) != 7 || len(r.Skipped) != 1 || r.Skipped[0].Card.Code != "zb5" || !strings.Contains(r.Skipped[0].Why.Error(), "U+2CEB0") {
		t.Fatalf("%+v, %v", r, err)
	}
	files, err := os.ReadDir(o.Dir)
	if err != nil || len(files) != 7 {
		t.Errorf("%d files, %v", len(files), err)
	}
	for _, name := range r.Pictures {
		want := address
		if name == "zb6.png" {
			want = ""
		}
		img := read(t, filepath.Join(o.Dir, name))
		if got := scanned(t, img); got != want || img.Bounds().Dx() != 354 {
			t.Errorf("%s says %q, %v", name, got, img.Bounds())
		}
	}
	pdf, err := os.ReadFile(o.PDF)
	if err != nil || bytes.Count(pdf, []byte("/Type /Page\n")) != 2 {
		t.Errorf("the PDF: %v", err)
	}
}

// TestWithoutChinese: where no font is installed there are the codes, and the
// report says so.
func TestWithoutChinese(t *testing.T) {
	f, err := drawing.Latin()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Card{{"zb1", "城关第一支部", address}, {"zb1", "城关第一支部", ""}, {strings.Repeat("k", 31) + "1", "乙", ""}} {
		s, err := c.draw(f, false)
		if err != nil {
			t.Fatal(err)
		}
		img := size.Paint(100, paper, s)
		if got := scanned(t, img); got != c.Address {
			t.Errorf("it says %q, want %q", got, c.Address)
		}
		if !slices.ContainsFunc(img.Pix, func(b byte) bool { return b < 0x80 }) {
			t.Error("nothing is drawn")
		}
	}
}

// TestStopped: what is stopped halfway leaves an earlier run as it was.
func TestStopped(t *testing.T) {
	installed(t)
	o := Options{Dir: t.TempDir(), DPI: 50}
	if _, err := Export(t.Context(), []Card{{"zb1", "甲", ""}}, o); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(o.Dir, "zb1.png"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(int) { cancel() }
	if _, err := Export(ctx, []Card{{"zb1", "乙", ""}, {"zb2", "丙", ""}}, o); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	after, err := os.ReadFile(filepath.Join(o.Dir, "zb1.png"))
	files, dirErr := os.ReadDir(o.Dir)
	if err != nil || dirErr != nil || !bytes.Equal(before, after) || len(files) != 1 {
		t.Errorf("%d files, %v, %v", len(files), err, dirErr)
	}
	o.Font = "none.ttf"
	if _, err := Export(t.Context(), []Card{{"zb1", "乙", ""}}, o); err == nil || !strings.Contains(err.Error(), "none.ttf") {
		t.Errorf("a font that is not there: %v", err)
	}
}
