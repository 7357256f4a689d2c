package certificate

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"dangshi/quiz"
	"dangshi/web/drawing"
)

// ErrNone means that none of the awards can have a certificate.
var ErrNone = errors.New("没有一张证书能画")

// skippedName is the file of an archive that names those who have no certificate.
const skippedName = "%s-没有证书的.txt"

// WriteZIP writes the certificates of awards to w as they are drawn, a picture for each,
// named as by Export, and then who has none, and why. It holds one picture, however
// many there are. progress is told of each, may be nil. Where there is none nothing was
// written. Errors: ErrNone, drawing.ErrNoFont, those of w, and ctx's.
func (m *Maker) WriteZIP(ctx context.Context, w io.Writer, awards []quiz.Award, progress func(done, total int)) (r Report, err error) {
	background := page.Paint(m.print, paper, frame())
	out := zip.NewWriter(w)
	entry := func(name string, a quiz.Award, method uint16) (io.Writer, error) {
		return out.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: time.Unix(a.Closed, 0).In(quiz.Zone)})
	}
	r.Skipped, err = m.each(ctx, awards, progress, func(a quiz.Award, s drawing.Sheet) error {
		name := fileName(a)
		f, err := entry(name, a, zip.Store) // a PNG does not get smaller
		if err != nil {
			return err
		}
		r.Pictures = append(r.Pictures, name)
		return drawing.WritePNG(f, over(background, s))
	})
	switch {
	case err != nil:
		return r, err
	case len(r.Pictures) == 0:
		return r, ErrNone
	case len(r.Skipped) > 0:
		first := r.Skipped[0].Award
		f, err := entry(fmt.Sprintf(skippedName, first.Season.ID), first, zip.Deflate)
		if err != nil {
			return r, err
		}
		lines := []string{"\ufeff以下各位没有证书：", ""} // by the byte order mark old editors know UTF-8
		for _, s := range r.Skipped {
			lines = append(lines, s.String())
		}
		if _, err := io.WriteString(f, strings.Join(lines, "\r\n")+"\r\n"); err != nil {
			return r, err
		}
	}
	return r, out.Close()
}

// WritePDF writes the certificates of awards to w, a page each, with the title and the
// date of making that readers show, and tells who has none. It holds all of them,
// about 100 kilobytes for a page and several times that while it draws. Where there is none nothing is written. Errors as of WriteZIP.
func (m *Maker) WritePDF(ctx context.Context, w io.Writer, title string, made time.Time, awards []quiz.Award) (skipped []Skipped, err error) {
	d, drawn := page.Document(title, made, frame()), 0
	skipped, err = m.each(ctx, awards, nil, func(_ quiz.Award, s drawing.Sheet) error {
		drawn++
		d.Add(s)
		return nil
	})
	switch {
	case err != nil:
		return skipped, err
	case drawn == 0:
		return skipped, ErrNone
	}
	return skipped, d.Write(w)
}
