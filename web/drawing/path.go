// Package drawing draws sheets of paper as outlines: texts in Noto Serif CJK,
// codes to scan and ornaments, which become a picture or a page of a PDF. A
// character that the font lacks is reported and never drawn as an empty box.
package drawing

import (
	"image/color"
	"math"
)

// Point is a place on the sheet in millimetres, from its upper left corner.
type Point struct{ X, Y float64 }

// At is the point x to the right and y down.
func At(x, y float64) Point { return Point{x, y} }

// The kinds of a segment, and how many points each takes.
const (
	moveTo = iota
	lineTo
	cubicTo
	closed
)

type segment struct {
	kind uint8
	p    [3]Point
}

// Path is an outline to be filled by the non-zero rule.
type Path []segment

// Move begins an outline at a.
func (p *Path) Move(a Point) { *p = append(*p, segment{moveTo, [3]Point{a}}) }

// Line goes on straight to a.
func (p *Path) Line(a Point) { *p = append(*p, segment{lineTo, [3]Point{a}}) }

// Cubic goes on in a curve to c.
func (p *Path) Cubic(a, b, c Point) {
	*p = append(*p, segment{cubicTo, [3]Point{a, b, c}})
}

// Close ends an outline where it began.
func (p *Path) Close() { *p = append(*p, segment{kind: closed}) }

// Quad is raised to a cubic: a PDF has no other curves. A path is never empty
// before it.
func (p *Path) Quad(a, b Point) {
	last := (*p)[len(*p)-1]
	from := last.p[0]
	if last.kind == cubicTo {
		from = last.p[2]
	}
	third := func(u, v Point) Point { return Point{u.X + (v.X-u.X)*2/3, u.Y + (v.Y-u.Y)*2/3} }
	p.Cubic(third(from, a), third(b, a), b)
}

// Rect is a rectangle.
func (p *Path) Rect(x, y, w, h float64) {
	p.Polygon(Point{x, y}, Point{x + w, y}, Point{x + w, y + h}, Point{x, y + h})
}

// Polygon is an outline of straight lines.
func (p *Path) Polygon(points ...Point) {
	for i, a := range points {
		if i == 0 {
			p.Move(a)
		} else {
			p.Line(a)
		}
	}
	p.Close()
}

// Circle turns the way of Rect; with hole, the other way.
func (p *Path) Circle(c Point, r float64, hole bool) {
	const k = 0.5522847498 // of a quarter of a circle as a cubic
	dir := 1.0
	if hole {
		dir = -1
	}
	at := func(dx, dy float64) Point { return Point{c.X + r*dx, c.Y + r*dy*dir} }
	p.Move(at(1, 0))
	p.Cubic(at(1, k), at(k, 1), at(0, 1))
	p.Cubic(at(-k, 1), at(-1, k), at(-1, 0))
	p.Cubic(at(-1, -k), at(-k, -1), at(0, -1))
	p.Cubic(at(k, -1), at(1, -k), at(1, 0))
	p.Close()
}

// Border is a rectangle's edge of the given width, to its inside.
func (p *Path) Border(x, y, w, h, width float64) {
	p.Rect(x, y, w, h)
	x, y, w, h = x+width, y+width, w-2*width, h-2*width
	p.Polygon(Point{x, y}, Point{x, y + h}, Point{x + w, y + h}, Point{x + w, y})
}

// Star has n points, the first upwards.
func (p *Path) Star(c Point, n int, outer, inner float64) {
	points := make([]Point, 0, 2*n)
	for i := range 2 * n {
		r := outer
		if i%2 == 1 {
			r = inner
		}
		a := math.Pi * (float64(i)/float64(n) - 0.5)
		points = append(points, Point{c.X + r*math.Cos(a), c.Y + r*math.Sin(a)})
	}
	p.Polygon(points...)
}

// Fill is one path in one colour.
type Fill struct {
	Path  Path
	Paint color.RGBA
}

// Sheet is what is painted, first to last.
type Sheet []Fill

// Add paints what draw puts into a path.
func (s *Sheet) Add(paint color.RGBA, draw func(*Path)) {
	var p Path
	draw(&p)
	*s = append(*s, Fill{p, paint})
}

// Moved is the sheet, x further to the right and y further down.
func (s Sheet) Moved(x, y float64) Sheet {
	moved := make(Sheet, len(s))
	for i, f := range s {
		path := make(Path, len(f.Path))
		for j, g := range f.Path {
			for k := range g.p {
				g.p[k].X += x
				g.p[k].Y += y
			}
			path[j] = g
		}
		moved[i] = Fill{path, f.Paint}
	}
	return moved
}
