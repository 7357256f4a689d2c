package report

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"time"

	"dangshi/admin/chart"
	"dangshi/web/drawing"
)

// CannotDraw is why a report cannot become a PDF, in words for people: no font is
// installed, or it lacks a character.
type CannotDraw struct{ error }

// Lengths of a sheet of A4 in millimetres.
var (
	sheet = drawing.Size{Width: 210, Height: 297}
	ink   = color.RGBA{0x26, 0x21, 0x1d, 0xff}
	soft  = color.RGBA{0x62, 0x59, 0x50, 0xff}
	faint = color.RGBA{0xdd, 0xd2, 0xc2, 0xff}
	red   = color.RGBA{0xa5, 0x16, 0x1c, 0xff}

	titleStyle = drawing.Style{Size: 8, Bold: true, Paint: red}
	byStyle    = drawing.Style{Size: 4.4, Paint: ink}
	headStyle  = drawing.Style{Size: 5, Bold: true, Paint: ink}
	textStyle  = drawing.Style{Size: 4.1, Paint: ink}
	capStyle   = drawing.Style{Size: 3.8, Bold: true, Paint: ink}
	cellStyle  = drawing.Style{Size: 3.7, Paint: ink}
	boldCell   = drawing.Style{Size: 3.7, Bold: true, Paint: ink}
	smallStyle = drawing.Style{Size: 3.2, Paint: soft}
)

const (
	side    = 22.0
	topEdge = 22.0
	foot    = 275.0 // no text is below
	lead    = 1.75  // from line to line, in ems

	chartWidth = 680.0 // in units of a chart
)

func inner() float64 { return sheet.Width - 2*side }

// WritePDF draws a report on sheets of A4: outlines only, charts too, so that print is
// sharp at any size. Fonts is as of drawing.OpenFonts. Errors: CannotDraw.
func WritePDF(to io.Writer, r Report, fonts string, made time.Time) (err error) {
	f, err := drawing.OpenFonts(fonts)
	if err != nil {
		return CannotDraw{err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	p := &printer{Writer: drawing.NewWriter(f), y: topEdge}
	p.report(r)
	pages := append(p.pages, p.Sheet)
	for i := range pages {
		p.Sheet = pages[i]
		p.Line("页码", fmt.Sprintf("第 %d 页，共 %d 页", i+1, len(pages)), smallStyle, sheet.Width/2, sheet.Height-12, drawing.Centre)
		pages[i] = p.Sheet
	}
	if err := p.Err(); err != nil {
		return CannotDraw{err}
	}
	d := sheet.Document(r.Title, made, nil)
	for _, s := range pages {
		d.Add(s)
	}
	return d.Write(to)
}

// printer lays a report out, page by page.
type printer struct {
	*drawing.Writer
	y     float64 // the top of what comes next
	pages []drawing.Sheet
}

// room begins a new page where less than so much is left.
func (p *printer) room(height float64) {
	if p.y+height > foot && p.y > topEdge {
		p.pages = append(p.pages, p.Sheet)
		p.Sheet, p.y = nil, topEdge
	}
}

func (p *printer) rule(y, height float64, paint color.RGBA) {
	p.Sheet.Add(paint, func(path *drawing.Path) { path.Rect(side, y, inner(), height) })
}

func (p *printer) report(r Report) {
	for _, line := range p.Wrap(r.Title, titleStyle, inner()) {
		p.line(line, titleStyle, sheet.Width/2, drawing.Centre, 1.5)
	}
	for _, text := range []string{r.Organisation, r.Until} {
		if text != "" {
			p.line(text, byStyle, sheet.Width/2, drawing.Centre, lead)
		}
	}
	p.rule(p.y+2, 0.7, red)
	p.y += 8
	for _, part := range r.Sections {
		p.part(part)
	}
	p.room(25)
	p.y += 10
	for _, text := range []string{r.Organisation, r.Signed()} {
		if text != "" {
			p.line(text, textStyle, sheet.Width-side, drawing.Right, lead)
		}
	}
}

// line writes a line and goes below it.
func (p *printer) line(text string, s drawing.Style, x, align, lead float64) {
	p.room(s.Size * lead)
	p.Line("报告", text, s, x, p.y+s.Size, align)
	p.y += s.Size * lead
}

func (p *printer) part(part Part) {
	p.room(headStyle.Size*lead + 3*textStyle.Size*lead)
	p.y += 2
	p.line(part.Heading, headStyle, side, drawing.Left, lead)
	for _, text := range part.Text {
		for _, line := range p.Fill("　　"+text, textStyle, inner()) {
			p.line(line, textStyle, side, drawing.Left, lead)
		}
	}
	for _, c := range part.Charts {
		p.chart(c)
	}
	for _, t := range part.Tables {
		p.table(t)
	}
}

func (p *printer) chart(c chart.Chart) {
	k := inner() / chartWidth
	height := chart.Height(c, chartWidth) * k
	p.room(height + capStyle.Size*2.5)
	p.y += 1.5
	p.line(c.Caption(), capStyle, side, drawing.Left, lead)
	c.Draw(canvas{p.Writer, k, p.y}, chartWidth)
	p.y += height + 2
}

// table gives each column of figures what it needs, and the wide one the rest.
func (p *printer) table(t Table) {
	widths := make([]float64, len(t.Head))
	left := inner()
	for i, h := range t.Head {
		if i == t.Wide {
			continue
		}
		widths[i] = p.Measure(h, boldCell) + 6
		for _, row := range t.Rows {
			widths[i] = max(widths[i], p.Measure(row[i], cellStyle)+6)
		}
		left -= widths[i]
	}
	widths[t.Wide] = left
	p.room(6 * cellStyle.Size * lead)
	p.y += 1.5
	p.line(t.Caption, smallStyle, side, drawing.Left, lead)
	p.row(t.Head, p.cell(t.Head[t.Wide], widths[t.Wide], boldCell), widths, t.Wide, boldCell)
	for _, row := range t.Rows {
		lines := p.cell(row[t.Wide], widths[t.Wide], cellStyle)
		pages := len(p.pages)
		if p.room(rowHeight(lines, cellStyle)); len(p.pages) > pages {
			p.row(t.Head, p.cell(t.Head[t.Wide], widths[t.Wide], boldCell), widths, t.Wide, boldCell)
		}
		p.row(row, lines, widths, t.Wide, cellStyle)
	}
	p.y += 3
}

// cell is the text of the wide column in lines.
func (p *printer) cell(text string, width float64, s drawing.Style) []string {
	return p.Fill(text, s, width-3)
}

func rowHeight(lines []string, s drawing.Style) float64 { return float64(len(lines))*s.Size*1.5 + 1.6 }

func (p *printer) row(cells, lines []string, widths []float64, wide int, s drawing.Style) {
	x := side
	for i, text := range cells {
		switch {
		case i == wide:
			for n, line := range lines {
				p.Line("表格", line, s, x+1, p.y+s.Size*(1+1.5*float64(n)), drawing.Left)
			}
		case i < wide:
			p.Line("表格", text, s, x+1, p.y+s.Size, drawing.Left)
		default:
			p.Line("表格", text, s, x+widths[i]-1, p.y+s.Size, drawing.Right)
		}
		x += widths[i]
	}
	p.y += rowHeight(lines, s)
	line, thick := faint, 0.2
	if s.Bold {
		line, thick = soft, 0.4
	}
	p.rule(p.y-1, thick, line)
}

// canvas is a chart.Canvas on a sheet, k mm a unit, below y.
type canvas struct {
	*drawing.Writer
	k, y float64
}

func (c canvas) at(p chart.Point) drawing.Point {
	return drawing.At(side+p.X*c.k, c.y+p.Y*c.k)
}

func paint(k chart.Ink) color.RGBA {
	r, g, b := k.RGB()
	return color.RGBA{r, g, b, 0xff}
}

func (c canvas) Bar(x, y, width, height float64, _ string) {
	from := c.at(chart.Point{X: x, Y: y})
	c.Sheet.Add(paint(chart.First), func(p *drawing.Path) { p.Rect(from.X, from.Y, width*c.k, height*c.k) })
}

// Line is a row of thin quadrangles: a path is only ever filled.
func (c canvas) Line(points []chart.Point, ink chart.Ink) {
	half := ink.Width() * c.k / 2
	d := dasher{pattern: ink.Dash()}
	c.Sheet.Add(paint(ink), func(p *drawing.Path) {
		for i := 1; i < len(points); i++ {
			a, b := points[i-1], points[i]
			long := math.Hypot(b.X-a.X, b.Y-a.Y)
			if long == 0 {
				continue
			}
			dx, dy := (b.X-a.X)/long, (b.Y-a.Y)/long
			d.along(long, func(from, to float64) {
				s, e := c.at(chart.Point{X: a.X + dx*from, Y: a.Y + dy*from}), c.at(chart.Point{X: a.X + dx*to, Y: a.Y + dy*to})
				nx, ny := -dy*half, dx*half
				p.Polygon(drawing.At(s.X+nx, s.Y+ny), drawing.At(s.X-nx, s.Y-ny), drawing.At(e.X-nx, e.Y-ny), drawing.At(e.X+nx, e.Y+ny))
			})
			if len(d.pattern) == 0 { // a joint, so that a bend shows no notch
				p.Circle(c.at(b), half, false)
			}
		}
	})
}

// dasher breaks lines by a pattern that goes on from one to the next.
type dasher struct {
	pattern []float64
	i       int
	used    float64 // of the pattern's piece at i
}

func (d *dasher) along(long float64, draw func(from, to float64)) {
	if len(d.pattern) == 0 {
		draw(0, long)
		return
	}
	for at := 0.0; at < long; {
		n := min(d.pattern[d.i]-d.used, long-at)
		if d.i%2 == 0 {
			draw(at, at+n)
		}
		at += n
		if d.used += n; d.used >= d.pattern[d.i]-1e-9 {
			d.i, d.used = (d.i+1)%len(d.pattern), 0
		}
	}
}

func (c canvas) Mark(at chart.Point, ink chart.Ink, _ string) {
	q, k := c.at(at), c.k
	c.Sheet.Add(paint(ink), func(p *drawing.Path) {
		switch ink {
		case chart.Second:
			p.Rect(q.X-3.5*k, q.Y-3.5*k, 7*k, 7*k)
		case chart.Third:
			p.Polygon(drawing.At(q.X, q.Y-5*k), drawing.At(q.X+4.5*k, q.Y+3*k), drawing.At(q.X-4.5*k, q.Y+3*k))
		default:
			p.Circle(q, 3.5*k, false)
		}
	})
}

func (c canvas) Text(at chart.Point, text string, anchor chart.Anchor) {
	q := c.at(at)
	c.Writer.Line("图表", text, drawing.Style{Size: chart.TextSize * c.k, Paint: paint(chart.Words)}, q.X, q.Y, [...]float64{chart.Start: drawing.Left, chart.Middle: drawing.Centre, chart.End: drawing.Right}[anchor])
}
