package drawing

import (
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// Document is a PDF: outlines, no pictures, so that print is
// sharp at any size and a page takes some ten kilobytes.
type Document struct {
	pdf   *fpdf.Fpdf
	frame fpdf.Template // on every page, in the file once
}

// Document begins a PDF of pages of this size with the title and the date of making
// that readers show.
func (z Size) Document(title string, made time.Time, frame Sheet) *Document {
	// Not A4 turned by "L": a template would take the height of the upright page.
	sheetSize := fpdf.SizeType{Wd: z.Width, Ht: z.Height}
	pdf := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: sheetSize})
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetTitle(title, true)
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	pdf.SetCatalogSort(true)
	d := &Document{pdf: pdf}
	d.frame = fpdf.CreateTpl(fpdf.PointType{}, sheetSize, "P", "mm", "", func(t *fpdf.Tpl) { trace(&t.Fpdf, frame) })
	return d
}

// Add makes a page of a sheet.
func (d *Document) Add(s Sheet) {
	d.pdf.AddPage()
	d.pdf.UseTemplate(d.frame)
	trace(d.pdf, s)
}

// Write writes it; no page can follow.
func (d *Document) Write(w io.Writer) error { return d.pdf.Output(w) }

// trace writes a sheet's paths into a page.
func trace(pdf *fpdf.Fpdf, s Sheet) {
	for _, f := range s {
		pdf.SetFillColor(int(f.Paint.R), int(f.Paint.G), int(f.Paint.B))
		for _, s := range f.Path {
			switch s.kind {
			case moveTo:
				pdf.MoveTo(s.p[0].X, s.p[0].Y)
			case lineTo:
				pdf.LineTo(s.p[0].X, s.p[0].Y)
			case cubicTo:
				pdf.CurveBezierCubicTo(s.p[0].X, s.p[0].Y, s.p[1].X, s.p[1].Y, s.p[2].X, s.p[2].Y)
			case closed:
				pdf.ClosePath()
			}
		}
		if len(f.Path) > 0 {
			pdf.DrawPath("F")
		}
	}
}
