package certificate

import (
	"image/color"
	"math"
)

// point is a place on the sheet in millimetres, from its upper left corner.
type point struct{ x, y float64 }

// The kinds of a segment, and how many points each takes.
const (
	moveTo = iota
	lineTo
	cubicTo
	closed
)

type segment struct {
	kind uint8
	p    [3]point
}

// path is an outline to be filled by the non-zero rule.
type path []segment

func (p *path) move(a point) { *p = append(*p, segment{moveTo, [3]point{a}}) }
func (p *path) line(a point) { *p = append(*p, segment{lineTo, [3]point{a}}) }
func (p *path) cubic(a, b, c point) {
	*p = append(*p, segment{cubicTo, [3]point{a, b, c}})
}
func (p *path) close() { *p = append(*p, segment{kind: closed}) }

// quad is raised to a cubic: a PDF has no other curves. A path is never empty
// before it.
func (p *path) quad(a, b point) {
	last := (*p)[len(*p)-1]
	from := last.p[0]
	if last.kind == cubicTo {
		from = last.p[2]
	}
	third := func(u, v point) point { return point{u.x + (v.x-u.x)*2/3, u.y + (v.y-u.y)*2/3} }
	p.cubic(third(from, a), third(b, a), b)
}

func (p *path) rect(x, y, w, h float64) {
	p.polygon(point{x, y}, point{x + w, y}, point{x + w, y + h}, point{x, y + h})
}

func (p *path) polygon(points ...point) {
	for i, a := range points {
		if i == 0 {
			p.move(a)
		} else {
			p.line(a)
		}
	}
	p.close()
}

// circle turns the way of rect; with hole, the other way.
func (p *path) circle(c point, r float64, hole bool) {
	const k = 0.5522847498 // of a quarter of a circle as a cubic
	dir := 1.0
	if hole {
		dir = -1
	}
	at := func(dx, dy float64) point { return point{c.x + r*dx, c.y + r*dy*dir} }
	p.move(at(1, 0))
	p.cubic(at(1, k), at(k, 1), at(0, 1))
	p.cubic(at(-k, 1), at(-1, k), at(-1, 0))
	p.cubic(at(-1, -k), at(-k, -1), at(0, -1))
	p.cubic(at(k, -1), at(1, -k), at(1, 0))
	p.close()
}

// border is a rectangle's edge of the given width, to its inside.
func (p *path) border(x, y, w, h, width float64) {
	p.rect(x, y, w, h)
	x, y, w, h = x+width, y+width, w-2*width, h-2*width
	p.polygon(point{x, y}, point{x, y + h}, point{x + w, y + h}, point{x + w, y})
}

// star has n points, the first upwards.
func (p *path) star(c point, n int, outer, inner float64) {
	points := make([]point, 0, 2*n)
	for i := range 2 * n {
		r := outer
		if i%2 == 1 {
			r = inner
		}
		a := math.Pi * (float64(i)/float64(n) - 0.5)
		points = append(points, point{c.x + r*math.Cos(a), c.y + r*math.Sin(a)})
	}
	p.polygon(points...)
}

// fill is one path in one colour.
type fill struct {
	path  path
	paint color.RGBA
}

// sheet is what is painted, first to last.
type sheet []fill

// add paints what draw puts into a path.
func (s *sheet) add(paint color.RGBA, draw func(*path)) {
	var p path
	draw(&p)
	*s = append(*s, fill{p, paint})
}
