package drawing

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// usual are where systems install Noto Serif CJK.
var usual = []string{
	"/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", // Debian, Ubuntu, the image
	"/usr/share/fonts/noto-cjk/NotoSerifCJK-Regular.ttc",
	"/usr/share/fonts/google-noto-serif-cjk-fonts/NotoSerifCJK-Regular.ttc",
	"/usr/share/fonts/google-noto-cjk/NotoSerifCJK-Regular.ttc",
	"/usr/local/share/fonts/NotoSerifCJK-Regular.ttc",
}

// ErrNoFont means that no font is installed where one is looked for.
var ErrNoFont = errors.New("没有找到画图用的字体 Noto Serif CJK：在 Debian 或 Ubuntu 上请运行 apt-get install fonts-noto-cjk，别的系统请下载它，用 --font（DANGSHI_FONT）写出 NotoSerifCJK-Regular.ttc 的位置")

// face is one font. Glyphs are read from its file when they are drawn: a font of
// 25 MB costs a megabyte of memory.
type face struct {
	file *os.File // nil: the font is in memory
	font *sfnt.Font
	upem fixed.Int26_6 // at this size a font unit is a pixel
}

// Fonts are two weights, each a list: what the first font lacks is looked for in
// the next.
type Fonts struct{ regular, bold []*face }

// OpenFonts opens the fonts of a comma-separated list of files, or the usual one.
func OpenFonts(list string) (f *Fonts, err error) {
	var paths []string
	for path := range strings.SplitSeq(list, ",") {
		if path = strings.TrimSpace(path); path != "" {
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		if paths, err = findUsual(); err != nil {
			return nil, err
		}
	}
	opened := &Fonts{}
	defer func() {
		if err != nil {
			err = errors.Join(err, opened.Close())
		}
	}()
	for _, path := range paths {
		x, err := openFace(path)
		if err != nil {
			return nil, fmt.Errorf("字体 %s：%w", path, err)
		}
		opened.regular = append(opened.regular, x)
		// The bold weight lies beside the regular one, or there is none.
		x, err = openFace(boldOf(path))
		if err == nil {
			opened.bold = append(opened.bold, x)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("字体 %s：%w", boldOf(path), err)
		}
	}
	opened.bold = append(opened.bold, opened.regular...)
	return opened, nil
}

func findUsual() ([]string, error) {
	for _, path := range usual {
		if _, err := os.Stat(path); err == nil {
			return []string{path}, nil
		}
	}
	return nil, ErrNoFont
}

// boldOf is the name of the bold weight; "" where the name tells none.
func boldOf(path string) string {
	dir, name := filepath.Split(path)
	bold := strings.Replace(name, "Regular", "Bold", 1)
	if bold == name {
		return ""
	}
	return dir + bold
}

// openFace opens a font, or the one for simplified characters of a collection.
func openFace(path string) (x *face, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	all, err := opentype.ParseCollectionReaderAt(file)
	if err != nil {
		return nil, fmt.Errorf("不是 TTF、OTF 或 TTC 字体：%w", err)
	}
	chosen, err := all.Font(0)
	for i := 0; i < all.NumFonts() && err == nil; i++ {
		var one *sfnt.Font
		if one, err = all.Font(i); err != nil {
			break
		}
		if name, unnamed := one.Name(nil, sfnt.NameIDFull); unnamed == nil && strings.Contains(name+" ", " SC ") {
			chosen = one
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("读不了：%w", err)
	}
	return &face{file, chosen, fixed.I(int(chosen.UnitsPerEm()))}, nil
}

// Latin are fonts that the program brings along, for letters and digits where no
// other font is installed. They need not be closed.
func Latin() (*Fonts, error) {
	f := &Fonts{}
	for _, x := range []struct {
		data []byte
		to   *[]*face
	}{{goregular.TTF, &f.regular}, {gobold.TTF, &f.bold}} {
		font, err := opentype.Parse(x.data)
		if err != nil {
			return nil, err
		}
		*x.to = append(*x.to, &face{nil, font, fixed.I(int(font.UnitsPerEm()))})
	}
	return f, nil
}

// Close closes the files. No drawing may be under way.
func (f *Fonts) Close() error {
	var errs []error
	closed := map[*face]bool{} // the regular fonts are among the bold ones, too
	for _, x := range slices.Concat(f.regular, f.bold) {
		if !closed[x] && x.file != nil {
			closed[x] = true
			errs = append(errs, x.file.Close())
		}
	}
	return errors.Join(errs...)
}

// pen reads glyphs for one drawing; it is not for several goroutines.
type pen struct {
	fonts  *Fonts
	buffer sfnt.Buffer
	widths map[char]float64 // in ems, of what was measured before
	err    error            // of reading a font: the first
}

// char is a character in one of the weights.
type char struct {
	r    rune
	bold bool
}

// glyph finds a character; ok is false where no font has it.
func (p *pen) glyph(r rune, bold bool) (x *face, index sfnt.GlyphIndex, ok bool) {
	list := p.fonts.regular
	if bold {
		list = p.fonts.bold
	}
	for _, x := range list {
		index, err := x.font.GlyphIndex(&p.buffer, r)
		if err != nil {
			p.fail(err)
		} else if index != 0 {
			return x, index, true
		}
	}
	return nil, 0, false
}

// advance is the width of a character in ems; 0 where no font has it.
func (p *pen) advance(r rune, bold bool) float64 {
	if w, ok := p.widths[char{r, bold}]; ok {
		return w
	}
	w := 0.0
	if x, index, ok := p.glyph(r, bold); ok {
		a, err := x.font.GlyphAdvance(&p.buffer, index, x.upem, font.HintingNone)
		p.fail(err)
		w = float64(a) / float64(x.upem)
	}
	p.widths[char{r, bold}] = w
	return w
}

// outline appends a character's outline, its origin at (left, baseline), size mm
// an em.
func (p *pen) outline(to *Path, r rune, bold bool, left, baseline, size float64) {
	x, index, ok := p.glyph(r, bold)
	if !ok {
		return
	}
	segments, err := x.font.LoadGlyph(&p.buffer, index, x.upem, nil)
	p.fail(err)
	scale := size / float64(x.upem)
	at := func(q fixed.Point26_6) Point {
		return Point{left + float64(q.X)*scale, baseline + float64(q.Y)*scale}
	}
	for i, s := range segments {
		a := s.Args
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				to.Close()
			}
			to.Move(at(a[0]))
		case sfnt.SegmentOpLineTo:
			to.Line(at(a[0]))
		case sfnt.SegmentOpQuadTo:
			to.Quad(at(a[0]), at(a[1]))
		case sfnt.SegmentOpCubeTo:
			to.Cubic(at(a[0]), at(a[1]), at(a[2]))
		}
	}
	if len(segments) > 0 {
		to.Close()
	}
}

func (p *pen) fail(err error) {
	if p.err == nil && err != nil {
		p.err = fmt.Errorf("字体读不了：%w", err)
	}
}
