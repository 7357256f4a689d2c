package certificate

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"dangshi/quiz"
	"dangshi/web/drawing"
)

// ExportOptions say what Export writes, and where.
type ExportOptions struct {
	Dir      string                // for the pictures; made where it is missing
	PDF      string                // file with a page for each; "": none
	Title    string                // of the PDF
	Made     time.Time             // its date
	Progress func(done, total int) // told after each certificate; nil: nobody
}

// Skipped is an award without a certificate.
type Skipped struct {
	Award quiz.Award
	Why   error // ErrErased, ErrRevoked, ErrNoName, drawing.MissingError, *drawing.TooLongError
}

// Report is what Export did.
type Report struct {
	Pictures []string // names of the files in Dir
	Skipped  []Skipped
}

// Export draws the certificates of awards: a picture for each, named by place
// and person, and a PDF of all. All of it is drawn before anything takes its
// name, so that whatever fails leaves the files of an earlier run as they were; a
// crash leaves a hidden folder. Where nobody can have a certificate nothing is
// written. Errors: drawing.ErrNoFont, those of files, and ctx's.
func (m *Maker) Export(ctx context.Context, awards []quiz.Award, o ExportOptions) (r Report, err error) {
	if err := m.Open(); err != nil {
		return r, err
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return r, fmt.Errorf("建不了目录：%w", err)
	}
	temp, err := os.MkdirTemp(o.Dir, ".dangshi-*")
	if err != nil {
		return r, fmt.Errorf("目录写不了：%w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	document := page.Document(o.Title, o.Made, frame())
	background := page.Paint(m.print, paper, frame())
	for i, a := range awards {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		s, why := m.compose(a)
		switch {
		case IsObstacle(why):
			r.Skipped = append(r.Skipped, Skipped{a, why})
		case why != nil:
			return r, why
		default:
			name := fileName(a)
			if err := writeFile(filepath.Join(temp, name), background, s); err != nil {
				return r, err
			}
			r.Pictures = append(r.Pictures, name)
			if o.PDF != "" {
				document.Add(s)
			}
		}
		if o.Progress != nil {
			o.Progress(i+1, len(awards))
		}
	}
	if len(r.Pictures) == 0 {
		return r, nil
	}
	return r, publish(temp, r.Pictures, o, document)
}

// publish writes the PDF and gives everything its name.
func publish(temp string, pictures []string, o ExportOptions, document *drawing.Document) error {
	if o.PDF != "" {
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
	}
	// A crash here leaves some pictures of this run and some of an earlier one,
	// each whole; the next run replaces them.
	for _, name := range pictures {
		if err := os.Rename(filepath.Join(temp, name), filepath.Join(o.Dir, name)); err != nil {
			return fmt.Errorf("图片写不了：%w", err)
		}
	}
	return nil
}

// IsObstacle tells an award that cannot have a certificate, as long as it and the
// font are what they are, from a fault.
func IsObstacle(err error) bool {
	var missing drawing.MissingError
	var long *drawing.TooLongError
	return errors.Is(err, ErrErased) || errors.Is(err, ErrRevoked) || errors.Is(err, ErrNoName) || errors.As(err, &missing) || errors.As(err, &long)
}

// OfPlace are the awards of one place.
func OfPlace(awards []quiz.Award, place int) []quiz.Award {
	return slices.DeleteFunc(slices.Clone(awards), func(a quiz.Award) bool { return a.Honour.Place != place })
}

// fileName names a picture by season, place and person, as staff look for it:
// nothing in it means anything to a file system.
func fileName(a quiz.Award) string {
	person := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '·' {
			return r
		}
		return -1
	}, a.Name)
	return fmt.Sprintf("%s-%03d-%s.png", a.Season.ID, a.Honour.Place, person)
}

// writeFile draws a sheet over a copy of the background into a new file.
func writeFile(path string, background *image.RGBA, s drawing.Sheet) error {
	img := &image.RGBA{Pix: slices.Clone(background.Pix), Stride: background.Stride, Rect: background.Rect}
	page.PaintOver(img, s)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("图片写不了：%w", err)
	}
	if err := errors.Join(drawing.WritePNG(f, img), f.Close()); err != nil {
		return fmt.Errorf("图片写不了：%w", err)
	}
	return nil
}

// Sift parts awards into those that can have a certificate and those that cannot, as
// Export does. Errors: drawing.ErrNoFont.
func (m *Maker) Sift(awards []quiz.Award) (can []quiz.Award, cannot []Skipped, err error) {
	for _, a := range awards {
		switch _, why := m.compose(a); {
		case IsObstacle(why):
			cannot = append(cannot, Skipped{a, why})
		case why != nil:
			return nil, nil, why
		default:
			can = append(can, a)
		}
	}
	return can, cannot, nil
}
