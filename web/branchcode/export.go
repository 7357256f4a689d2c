package branchcode

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"dangshi/web/drawing"
)

// Options say what Export writes, and where.
type Options struct {
	Font     string         // as drawing.OpenFonts takes it; "": the usual one
	Dir      string         // for the pictures; made where it is missing
	PDF      string         // file of sheets to print; "": none
	Title    string         // of the PDF
	Made     time.Time      // its date
	DPI      float64        // of the pictures, in pixels an inch; 0: for print
	Progress func(done int) // told after each card; nil: nobody
}

// Skipped is a card that cannot be drawn without gaps.
type Skipped struct {
	Card Card
	Why  error // drawing.MissingError, *drawing.TooLongError
}

// Report is what Export did.
type Report struct {
	Pictures []string // names of the files in Dir
	Bare     bool     // no font for Chinese is installed: there are the codes only
	Skipped  []Skipped
}

// forPrint is the resolution of pictures to print: 1063 pixels a side.
const forPrint = 300

// Export draws the cards: a picture for each, named by the branch's code, and a
// PDF of all, six on a page with lines to cut along. All of it is drawn before
// anything takes its name, so that whatever fails leaves the files of an earlier
// run as they were; a crash leaves a hidden folder. Errors: those of files and of
// fonts that were named, and ctx's.
func Export(ctx context.Context, cards []Card, o Options) (r Report, err error) {
	fonts, err := drawing.OpenFonts(o.Font)
	if r.Bare = errors.Is(err, drawing.ErrNoFont); r.Bare {
		fonts, err = drawing.Latin()
	}
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, fonts.Close()) }()
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return r, fmt.Errorf("建不了目录：%w", err)
	}
	temp, err := os.MkdirTemp(o.Dir, ".dangshi-*")
	if err != nil {
		return r, fmt.Errorf("目录写不了：%w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	var sheets []drawing.Sheet
	for i, c := range cards {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		s, why := c.draw(fonts, !r.Bare)
		if isObstacle(why) {
			r.Skipped = append(r.Skipped, Skipped{c, why})
			continue
		}
		if why != nil {
			return r, why
		}
		name := c.Code + ".png"
		if err := writeFile(filepath.Join(temp, name), func(f io.Writer) error {
			return drawing.WritePNG(f, size.Paint(cmp.Or(o.DPI, forPrint), paper, s))
		}); err != nil {
			return r, err
		}
		r.Pictures = append(r.Pictures, name)
		if o.PDF != "" {
			sheets = append(sheets, s)
		}
		if o.Progress != nil {
			o.Progress(i + 1)
		}
	}
	if o.PDF != "" && len(sheets) > 0 {
		if err := writePDF(sheets, o); err != nil {
			return r, err
		}
	}
	// A crash here leaves some pictures of this run and some of an earlier one,
	// each whole; the next run replaces them.
	for _, name := range r.Pictures {
		if err := os.Rename(filepath.Join(temp, name), filepath.Join(o.Dir, name)); err != nil {
			return r, fmt.Errorf("图片写不了：%w", err)
		}
	}
	return r, nil
}

func isObstacle(err error) bool {
	var missing drawing.MissingError
	var long *drawing.TooLongError
	return errors.As(err, &missing) || errors.As(err, &long)
}

// writeFile writes a new file, all of it or with an error.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("文件写不了：%w", err)
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return fmt.Errorf("文件写不了：%w", err)
	}
	return nil
}

// A sheet to print: A4, with three rows of two cards.
var sheetSize = drawing.Size{Width: 210, Height: 297}

const (
	columns, rows = 2, 3
	fromLeft      = (210 - columns*side) / 2
	fromTop       = (297 - rows*side) / 2
)

// writePDF writes the sheets beside their place and gives them their name.
func writePDF(cards []drawing.Sheet, o Options) error {
	document := sheetSize.Document(o.Title, o.Made, nil)
	for page := range slices.Chunk(cards, columns*rows) {
		var all drawing.Sheet
		for i, c := range page {
			all = append(all, c.Moved(fromLeft+float64(i%columns)*side, fromTop+float64(i/columns)*side)...)
		}
		document.Add(append(all, lines()...))
	}
	f, err := os.CreateTemp(filepath.Dir(o.PDF), ".dangshi-*")
	if err != nil {
		return fmt.Errorf("PDF 写不了：%w", err)
	}
	defer os.Remove(f.Name()) // is gone when all went well
	if err := errors.Join(document.Write(f), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("PDF 写不了：%w", err)
	}
	if err := os.Rename(f.Name(), o.PDF); err != nil {
		return fmt.Errorf("PDF 写不了：%w", err)
	}
	return nil
}

// lines are where to cut, over the cards: dashes between and around them.
func lines() drawing.Sheet {
	const line, dash = 0.15, 2.0
	var s drawing.Sheet
	s.Add(cut, func(p *drawing.Path) {
		for i := range columns + 1 {
			for y := 0.0; y < rows*side; y += 2 * dash {
				p.Rect(fromLeft+float64(i)*side-line/2, fromTop+y, line, dash)
			}
		}
		for i := range rows + 1 {
			for x := 0.0; x < columns*side; x += 2 * dash {
				p.Rect(fromLeft+x, fromTop+float64(i)*side-line/2, dash, line)
			}
		}
	})
	return s
}
