package certificate

import (
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// document is a PDF of certificates: outlines, no pictures, so that print is
// sharp at any size and a page takes some ten kilobytes.
type document struct {
	pdf   *fpdf.Fpdf
	frame fpdf.Template // on every page, in the file once
}

func newDocument(title string, made time.Time, frame sheet) *document {
	// Not A4 turned by "L": a template would take the height of the upright page.
	sheetSize := fpdf.SizeType{Wd: width, Ht: height}
	pdf := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: sheetSize})
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetTitle(title, true)
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	pdf.SetCatalogSort(true)
	d := &document{pdf: pdf}
	d.frame = fpdf.CreateTpl(fpdf.PointType{}, sheetSize, "P", "mm", "", func(t *fpdf.Tpl) { trace(&t.Fpdf, frame) })
	return d
}

func (d *document) add(s sheet) {
	d.pdf.AddPage()
	d.pdf.UseTemplate(d.frame)
	trace(d.pdf, s)
}

func (d *document) write(w io.Writer) error { return d.pdf.Output(w) }

// trace writes a sheet's paths into a page.
func trace(pdf *fpdf.Fpdf, s sheet) {
	for _, f := range s {
		pdf.SetFillColor(int(f.paint.R), int(f.paint.G), int(f.paint.B))
		for _, s := range f.path {
			switch s.kind {
			case moveTo:
				pdf.MoveTo(s.p[0].x, s.p[0].y)
			case lineTo:
				pdf.LineTo(s.p[0].x, s.p[0].y)
			case cubicTo:
				pdf.CurveBezierCubicTo(s.p[0].x, s.p[0].y, s.p[1].x, s.p[1].y, s.p[2].x, s.p[2].y)
			case closed:
				pdf.ClosePath()
			}
		}
		if len(f.path) > 0 {
			pdf.DrawPath("F")
		}
	}
}
