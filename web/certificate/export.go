package certificate

import (
	"cmp"
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

// String names it by place and person, with the reason.
func (s Skipped) String() string {
	name := s.Award.Name
	if name == "" {
		name = "（没有姓名）"
	}
	return fmt.Sprintf("第%d名 %s：%s", s.Award.Honour.Place, name, s.Why)
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
	r.Skipped, err = m.each(ctx, awards, o.Progress, func(a quiz.Award, s drawing.Sheet) error {
		name := fileName(a)
		if err := writeFile(filepath.Join(temp, name), background, s); err != nil {
			return err
		}
		r.Pictures = append(r.Pictures, name)
		if o.PDF != "" {
			document.Add(s)
		}
		return nil
	})
	if err != nil || len(r.Pictures) == 0 {
		return r, err
	}
	return r, publish(temp, r.Pictures, o, document)
}

// each lays out the certificates of awards one after the other, and parts with those who
// cannot have one; progress is told of each, may be nil.
func (m *Maker) each(ctx context.Context, awards []quiz.Award, progress func(done, total int), draw func(quiz.Award, drawing.Sheet) error) (skipped []Skipped, err error) {
	for i, a := range awards {
		if err := ctx.Err(); err != nil {
			return skipped, err
		}
		s, why := m.compose(a)
		switch {
		case IsObstacle(why):
			skipped = append(skipped, Skipped{a, why})
		case why != nil:
			return skipped, why
		default:
			if err := draw(a, s); err != nil {
				return skipped, err
			}
		}
		if progress != nil {
			progress(i+1, len(awards))
		}
	}
	return skipped, nil
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

// fileName names a picture by season, place and person, as staff look for it, and by
// the code, which no other has: nothing in it means anything to a file system.
func fileName(a quiz.Award) string {
	person := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '·' {
			return r
		}
		return -1
	}, a.Name)
	return fmt.Sprintf("%s-%03d-%s-%s.png", a.Season.ID, a.Honour.Place, cmp.Or(person, "无字"), a.Code)
}

// over draws a sheet over a copy of the background.
func over(background *image.RGBA, s drawing.Sheet) *image.RGBA {
	img := &image.RGBA{Pix: slices.Clone(background.Pix), Stride: background.Stride, Rect: background.Rect}
	page.PaintOver(img, s)
	return img
}

// writeFile draws a sheet over a copy of the background into a new file.
func writeFile(path string, background *image.RGBA, s drawing.Sheet) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("图片写不了：%w", err)
	}
	if err := errors.Join(drawing.WritePNG(f, over(background, s)), f.Close()); err != nil {
		return fmt.Errorf("图片写不了：%w", err)
	}
	return nil
}
