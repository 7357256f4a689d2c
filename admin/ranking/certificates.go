package ranking

import (
	"fmt"
	"io"
	"strconv"

	"dangshi/admin/frame"
)

// perFile is how many certificates one file has at most: while a PDF is made, a page
// takes about a megabyte of memory, of which several are made at once, and a picture takes
// a part of a second.
const perFile = 50

// Printed is a file with the certificates of some places.
type Printed struct {
	From, To int
	PDF      bool // a page each; else a ZIP file of pictures
}

func (p Printed) ending() string {
	if p.PDF {
		return "pdf"
	}
	return "zip"
}

// name is that of the file; parts says that it is one of several, of which the first must
// not be taken for all.
func (p Printed) name(season string, parts bool) string {
	if parts || p.From > 1 {
		return fmt.Sprintf("%s-证书-%d起.%s", season, p.From, p.ending())
	}
	return season + "-证书." + p.ending()
}

// printedOf are the files of so many places.
func printedOf(places int) (all []Printed) {
	for from := 1; from <= places; from += perFile {
		all = append(all, Printed{From: from, To: min(from+perFile-1, places)})
	}
	return all
}

// certificates hands out those of one place as a picture, of all as a PDF or a ZIP file:
// where they are many, part by part.
func (r *Ranking) certificates(v *frame.Visit) error {
	season, _, err := r.closed(v)
	if err == nil {
		err = mayName(v)
	}
	if err != nil {
		return err
	}
	if v.R.FormValue("place") != "" {
		return r.certificate(v, season)
	}
	p := Printed{From: 1, To: perFile, PDF: v.R.FormValue("format") != "zip"}
	if text := v.R.FormValue("from"); text != "" {
		if p.From, err = strconv.Atoi(text); err != nil || p.From < 1 || p.From > 1<<30 {
			return frame.Bad("名次请写一个数。")
		}
		p.To = p.From + perFile - 1
	}
	more := fmt.Sprintf("第 %d 名起", p.From)
	// Noted before it is handed out, as a list for prizes is.
	if err := r.data.Audit(v.Context(), v.By(), "season.certificates", season.ID, "", more+"，"+p.ending()); err != nil {
		return err
	}
	return v.Hand(p.name(season.ID, v.R.FormValue("parts") != ""), func(w io.Writer) error { return r.data.WriteCertificates(v.Context(), season.ID, p, w) })
}

// certificate hands out that of one place.
func (r *Ranking) certificate(v *frame.Visit, season Season) error {
	place, err := strconv.Atoi(v.R.FormValue("place"))
	if err != nil || place < 1 {
		return frame.Bad("名次请写一个数。")
	}
	file, err := r.data.Certificate(v.Context(), season.ID, place)
	if err != nil {
		return err
	}
	if err := r.data.Audit(v.Context(), v.By(), "season.certificates", season.ID, "", strconv.Itoa(place)); err != nil {
		return err
	}
	v.File(fmt.Sprintf("%s-证书-%03d.png", season.ID, place))
	_, err = v.W.Write(file)
	return err
}
