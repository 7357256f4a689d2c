package certificate

import (
	"image/color"
	"math"

	"dangshi/web/drawing"
)

// The colours of a certificate.
var (
	paper  = color.RGBA{0xFE, 0xFA, 0xF0, 0xFF}
	red    = color.RGBA{0xA3, 0x16, 0x1C, 0xFF}
	gold   = color.RGBA{0xB9, 0x8A, 0x33, 0xFF}
	bright = color.RGBA{0xE8, 0xC9, 0x7A, 0xFF} // gold on red
	pale   = color.RGBA{0xFC, 0xF4, 0xE1, 0xFF} // gold in the paper
	ink    = color.RGBA{0x2E, 0x1F, 0x18, 0xFF}
	faint  = color.RGBA{0x7B, 0x66, 0x55, 0xFF}
	white  = color.RGBA{0xFF, 0xFF, 0xFF, 0xFF}
	black  = color.RGBA{0x1A, 0x12, 0x0E, 0xFF}
)

// frame is what all certificates share: paper, border, emblem.
func frame() drawing.Sheet {
	var s drawing.Sheet
	s.Add(paper, func(p *drawing.Path) { p.Rect(0, 0, width, height) })
	s.Add(pale, rays)
	s.Add(paper, func(p *drawing.Path) { p.Border(0, 0, width, height, margin+band) }) // the rays end at the border
	s.Add(red, func(p *drawing.Path) { p.Border(margin, margin, width-2*margin, height-2*margin, band) })
	s.Add(bright, func(p *drawing.Path) {
		p.Border(margin+0.9, margin+0.9, width-2*margin-1.8, height-2*margin-1.8, 0.3)
		e := margin + band - 1.2
		p.Border(e, e, width-2*e, height-2*e, 0.3)
		meanders(p)
	})
	s.Add(gold, func(p *drawing.Path) {
		e := margin + band + 2
		p.Border(e, e, width-2*e, height-2*e, 0.6)
		e += 1.5
		p.Border(e, e, width-2*e, height-2*e, 0.2)
		corners(p, e+1.6)
	})
	s.Add(gold, emblemRules)
	s.Add(gold, func(p *drawing.Path) { p.Star(drawing.At(width/2, emblem), 5, 7.2, 2.9) })
	s.Add(red, func(p *drawing.Path) { p.Star(drawing.At(width/2, emblem), 5, 6, 2.35) })
	return s
}

// Measures of the frame, in millimetres.
const (
	margin = 7.0  // of blank paper, which printers need
	band   = 9.0  // the red border
	emblem = 33.0 // the height of the star
)

// rays go out from the emblem, barely darker than the paper.
func rays(p *drawing.Path) {
	const n, reach = 48, 300.0
	c := drawing.At(width/2, emblem)
	for i := range n {
		a, b := 2*math.Pi*(float64(i)-0.22)/n, 2*math.Pi*(float64(i)+0.22)/n
		p.Polygon(c, drawing.At(c.X+reach*math.Cos(a), c.Y+reach*math.Sin(a)), drawing.At(c.X+reach*math.Cos(b), c.Y+reach*math.Sin(b)))
	}
}

// meanders is the 回纹 in the red band: one pattern after the other along each
// side, and a square in each corner.
func meanders(p *drawing.Path) {
	const size = 4.6
	inset := margin + (band-0.3-size)/2 // in the middle between the two lines
	far := drawing.At(width-inset-size, height-inset-size)
	along := func(length float64) (n int, step float64) {
		n = int(math.Round((length - 2*inset - 2*size) / (size * 1.22)))
		return n, (length - 2*inset - size) / float64(n+1)
	}
	n, step := along(width)
	for i := 1; i <= n; i++ {
		x := inset + float64(i)*step
		meander(p, x, inset, size, i%2 == 0)
		meander(p, x, far.Y, size, i%2 == 1)
	}
	n, step = along(height)
	for i := 1; i <= n; i++ {
		y := inset + float64(i)*step
		meander(p, inset, y, size, i%2 == 0)
		meander(p, far.X, y, size, i%2 == 1)
	}
	for _, x := range []float64{inset, far.X} {
		for _, y := range []float64{inset, far.Y} {
			p.Border(x, y, size, size, 0.45)
			p.Star(drawing.At(x+size/2, y+size/2+0.1), 5, 1.6, 0.65)
		}
	}
}

// meander is one spiral of straight lines in a square.
func meander(p *drawing.Path, x, y, size float64, mirrored bool) {
	const line = 0.45
	u := (size - line) / 4
	// Corners of the spiral on a grid of 4×4, from its inner end.
	at := [][2]float64{{2, 2}, {2, 1}, {1, 1}, {1, 3}, {3, 3}, {3, 0}, {0, 0}, {0, 4}, {4, 4}, {4, 0}}
	for i := 1; i < len(at); i++ {
		a, b := at[i-1], at[i]
		if mirrored {
			a[0], b[0] = 4-a[0], 4-b[0]
		}
		p.Rect(x+min(a[0], b[0])*u, y+min(a[1], b[1])*u, math.Abs(a[0]-b[0])*u+line, math.Abs(a[1]-b[1])*u+line)
	}
}

// corners are stepped angles within the inner line.
func corners(p *drawing.Path, e float64) {
	const long, step, line = 15.0, 3.2, 0.45
	for _, right := range []bool{false, true} {
		for _, low := range []bool{false, true} {
			bar := func(x, y, w, h float64) {
				if right {
					x = width - x - w
				}
				if low {
					y = height - y - h
				}
				p.Rect(x, y, w, h)
			}
			bar(e+step, e, long-step, line)
			bar(e, e+step, line, long-step)
			bar(e+step, e, line, step+line)
			bar(e, e+step, step+line, line)
			bar(e+step+1.3, e+1.3, long-step-4.5, 0.25)
			bar(e+1.3, e+step+1.3, 0.25, long-step-4.5)
		}
	}
}

// emblemRules taper away from the star on both sides, each with a lozenge.
func emblemRules(p *drawing.Path) {
	for _, side := range []float64{-1, 1} {
		x := func(d float64) float64 { return width/2 + side*d }
		p.Polygon(drawing.At(x(15), emblem-0.35), drawing.At(x(62), emblem), drawing.At(x(15), emblem+0.35))
		p.Polygon(drawing.At(x(11), emblem), drawing.At(x(12.6), emblem-1.6), drawing.At(x(14.2), emblem), drawing.At(x(12.6), emblem+1.6))
	}
}

// medal is a rosette with ribbons; what is written in it comes on top. It is no
// organisation's seal, which only the organisation may set.
func medal(s *drawing.Sheet, c drawing.Point, r float64) {
	for i, paint := range []color.RGBA{red, gold} {
		inset := 0.9 * float64(i)
		s.Add(paint, func(p *drawing.Path) {
			for _, side := range []float64{-1, 1} {
				x := func(d float64) float64 { return c.X + side*d }
				top, low := c.Y+r*0.5, c.Y+r*1.62
				if i == 0 {
					p.Polygon(drawing.At(x(r*0.12), top), drawing.At(x(r*0.72), top), drawing.At(x(r*0.98), low), drawing.At(x(r*0.64), low-r*0.22), drawing.At(x(r*0.42), low+r*0.06))
				} else {
					p.Polygon(drawing.At(x(r*0.62-inset*0.6), top), drawing.At(x(r*0.62-inset*0.25), top), drawing.At(x(r*0.88-inset*0.25), low-r*0.12), drawing.At(x(r*0.88-inset*0.6), low-r*0.14))
				}
			}
		})
	}
	s.Add(gold, func(p *drawing.Path) { p.Star(c, 36, r, r*0.93) })
	s.Add(paper, func(p *drawing.Path) { p.Circle(c, r*0.86, false); p.Circle(c, r*0.835, true) })
	s.Add(red, func(p *drawing.Path) { p.Circle(c, r*0.8, false) })
	s.Add(bright, func(p *drawing.Path) { p.Circle(c, r*0.74, false); p.Circle(c, r*0.725, true) })
}
