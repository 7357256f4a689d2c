package main

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var pictures = flag.String("screenshots", "", "`folder` for new pictures of the pages")

// TestPictures takes the pictures of the documentation anew:
//
//	go test ./cmd/dangshi -run Pictures -screenshots ../../docs
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("pictures are taken with -screenshots")
	}
	settings := defaults()
	settings.Data = t.TempDir()
	monday := nextSpring(time.Now())
	setClock(t, settings, monday.Start().Add(6*time.Hour))
	r := start(t, settings)
	w := &week{openPage(t, r, 1440, 900), r, monday}
	w.follow()
	for range 3 {
		w.later("push")
		w.taps(wang)
		w.tells(li)
	}
	w.later("push")
	w.holding(wang)
	w.speaks("我要答题")
	w.picture("phone.png", 1440, 900, 1)
	w.size(390, 844, 2)
	w.taps(wang)
	w.picture("phone-narrow.png", 390, 844, 2)
}

// picture writes what the page looks like.
func (p *phonePage) picture(name string, width, height int64, scale float64) {
	p.t.Helper()
	p.size(width, height, scale)
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, 2, 2))
	p.wait("the technician sees it", `innerWidth < 760 || document.querySelector("#pane-trace [data-part=request]")?.textContent.includes("我要答题")`)
	p.shot(name)
}

// shot writes what is on the screen.
func (p *phonePage) shot(name string) {
	p.t.Helper()
	shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	// The browser compresses for speed.
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		p.t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, picture); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*pictures, name), out.Bytes(), 0o644); err != nil {
		p.t.Fatal(err)
	}
}
