package push

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"dangshi/bot"
	"dangshi/content"
)

// Covers make the covers of articles: the item's own picture, else one on which the
// day and the title stand.
type Covers struct {
	font   string       // of the titles, a file; empty: none
	client *http.Client // fetches pictures
	own    Shelved      // nil: none were uploaded
}

// Shelved has the pictures that were uploaded here, by name; nil where there is none of
// this name.
type Shelved func(ctx context.Context, name string) ([]byte, error)

// With gives covers the pictures that were uploaded here.
func (c *Covers) With(own Shelved) *Covers {
	c.own = own
	return c
}

// usualFonts are where systems install Noto Serif CJK.
var usualFonts = []string{
	"/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
	"/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
	"/usr/share/fonts/noto-cjk/NotoSerifCJK-Bold.ttc",
	"/usr/share/fonts/google-noto-serif-cjk-fonts/NotoSerifCJK-Bold.ttc",
	"/usr/local/share/fonts/NotoSerifCJK-Bold.ttc",
}

// NewCovers takes the first font of a comma-separated list of files, or else one of
// the system's. Without any the cover that is shipped is used.
func NewCovers(fonts string) *Covers {
	c := &Covers{client: &http.Client{Timeout: 10 * time.Second}}
	all := usualFonts
	if first, _, _ := strings.Cut(fonts, ","); strings.TrimSpace(first) != "" {
		all = []string{strings.TrimSpace(first)}
	}
	for _, path := range all {
		if _, err := os.Stat(path); err == nil {
			c.font = path
			break
		}
	}
	return c
}

// Cover makes the cover of a bulletin, a JPEG or PNG. A picture that cannot be had is
// replaced by a drawn one, and that by the one that is shipped: why comes along, and
// hinders nothing.
func (c *Covers) Cover(ctx context.Context, b bot.Bulletin) (data []byte, why error) {
	if b.Picture != "" {
		if data, why = c.fetch(ctx, b.Picture); why == nil {
			return data, nil
		}
	}
	if c.font == "" {
		return cover, why
	}
	drawn, err := c.draw(b)
	if err != nil {
		return cover, errors.Join(why, err)
	}
	return drawn, why
}

// maxCover bounds a picture that is fetched, in bytes.
const maxCover = 5 << 20

func (c *Covers) fetch(ctx context.Context, url string) ([]byte, error) {
	if name, ours := content.MediaName(url); ours && c.own != nil {
		data, err := c.own(ctx, name)
		if err == nil && data == nil {
			err = errors.New("there is none of this name")
		}
		if err != nil {
			return nil, fmt.Errorf("the item's picture: %w", err)
		}
		return data, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("the item's picture: %w", err)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("the item's picture: %w", err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxCover+1))
	switch kind := http.DetectContentType(data); {
	case err != nil:
		return nil, fmt.Errorf("the item's picture: %w", err)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the item's picture: status %d", resp.StatusCode)
	case len(data) > maxCover:
		return nil, errors.New("the item's picture is too large")
	case kind != "image/jpeg" && kind != "image/png":
		return nil, fmt.Errorf("the item's picture is %s", kind)
	}
	return data, nil
}

// How a drawn cover looks, in pixels: words on a band over the one that is shipped.
var (
	band  = image.Rect(64, 132, 836, 322)
	deep  = color.RGBA{0x9b, 0x10, 0x14, 0xff}
	gold  = color.RGBA{0xf2, 0xd3, 0x8a, 0xff}
	white = color.RGBA{0xff, 0xf8, 0xee, 0xff}
)

const (
	dateSize   = 34
	titleSize  = 46
	titleLines = 2
)

func (c *Covers) draw(b bot.Bulletin) ([]byte, error) {
	base, err := jpeg.Decode(bytes.NewReader(cover))
	if err != nil {
		return nil, fmt.Errorf("the shipped cover: %w", err)
	}
	sheet := image.NewRGBA(base.Bounds())
	draw.Draw(sheet, sheet.Bounds(), base, image.Point{}, draw.Src)
	draw.Draw(sheet, band, image.NewUniform(deep), image.Point{}, draw.Src)
	file, err := os.Open(c.font)
	if err != nil {
		return nil, fmt.Errorf("the font of covers: %w", err)
	}
	defer file.Close()
	parsed, err := simplified(file)
	if err != nil {
		return nil, fmt.Errorf("the font of covers: %w", err)
	}
	_, month, day := b.Day.Civil()
	lines := []line{{fmt.Sprintf("%d月%d日", int(month), day), dateSize, gold}}
	title, err := wrapped(parsed, b.Heading, titleSize, band.Dx()-40)
	if err != nil {
		return nil, err
	}
	for _, text := range title {
		lines = append(lines, line{text, titleSize, white})
	}
	height := 0
	for _, l := range lines {
		height += l.size * 4 / 3
	}
	y := band.Min.Y + (band.Dy()-height)/2
	for _, l := range lines {
		if err := l.draw(sheet, parsed, y+l.size); err != nil {
			return nil, err
		}
		y += l.size * 4 / 3
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, sheet, &jpeg.Options{Quality: 88}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// simplified opens a font, or the one for simplified characters of a collection.
func simplified(file io.ReaderAt) (*sfnt.Font, error) {
	all, err := opentype.ParseCollectionReaderAt(file)
	if err != nil {
		return nil, err
	}
	for i := range all.NumFonts() {
		one, err := all.Font(i)
		if err != nil {
			return nil, err
		}
		if name, unnamed := one.Name(nil, sfnt.NameIDFull); unnamed == nil && strings.Contains(name+" ", " SC ") {
			return one, nil
		}
	}
	return all.Font(0)
}

// line is one line of a cover.
type line struct {
	text  string
	size  int
	paint color.RGBA
}

// draw writes the line in the middle of a sheet.
func (l line) draw(on draw.Image, f *sfnt.Font, baseline int) error {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(l.size), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return err
	}
	defer face.Close()
	d := font.Drawer{Dst: on, Src: image.NewUniform(l.paint), Face: face}
	d.Dot = fixed.Point26_6{X: (fixed.I(on.Bounds().Dx()) - d.MeasureString(l.text)) / 2, Y: fixed.I(baseline)}
	d.DrawString(l.text)
	return nil
}

// wrapped breaks a title into lines of a width; what does not fit ends with ….
func wrapped(f *sfnt.Font, title string, size, width int) (lines []string, err error) {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(size), DPI: 72})
	if err != nil {
		return nil, err
	}
	defer face.Close()
	fits := func(text string) bool { return font.MeasureString(face, text).Ceil() <= width }
	rest := []rune(strings.TrimSpace(title))
	for len(rest) > 0 && len(lines) < titleLines {
		n := len(rest)
		for n > 1 && !fits(string(rest[:n])) {
			n--
		}
		if len(lines) == titleLines-1 && n < len(rest) {
			for n > 1 && !fits(string(rest[:n])+"…") {
				n--
			}
			return append(lines, strings.TrimRight(string(rest[:n]), "，、；：。 ")+"…"), nil
		}
		lines, rest = append(lines, strings.TrimSpace(string(rest[:n]))), rest[n:]
	}
	return lines, nil
}
