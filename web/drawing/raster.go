package drawing

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/vector"
)

// Size is a sheet's, in millimetres.
type Size struct{ Width, Height float64 }

const inch = 25.4 // mm

// Paint draws a sheet over a background of one colour, dpi pixels an inch.
func (z Size) Paint(dpi float64, background color.RGBA, s Sheet) *image.RGBA {
	k := dpi / inch
	img := image.NewRGBA(image.Rect(0, 0, int(math.Round(z.Width*k)), int(math.Round(z.Height*k))))
	draw.Draw(img, img.Bounds(), image.NewUniform(background), image.Point{}, draw.Src)
	z.PaintOver(img, s)
	return img
}

// PaintOver draws a sheet over a picture of the whole page.
func (z Size) PaintOver(img *image.RGBA, s Sheet) {
	k := float64(img.Bounds().Dx()) / z.Width
	var r vector.Rasterizer
	for _, f := range s {
		f.rasterize(img, &r, k)
	}
}

// rasterize fills one path, k pixels a millimetre.
func (f Fill) rasterize(img *image.RGBA, z *vector.Rasterizer, k float64) {
	box := f.Path.bounds(k).Intersect(img.Bounds())
	if box.Empty() {
		return
	}
	z.Reset(box.Dx(), box.Dy())
	at := func(p Point) (x, y float32) {
		return float32(p.X*k - float64(box.Min.X)), float32(p.Y*k - float64(box.Min.Y))
	}
	for _, s := range f.Path {
		switch s.kind {
		case moveTo:
			z.MoveTo(at(s.p[0]))
		case lineTo:
			z.LineTo(at(s.p[0]))
		case cubicTo:
			ax, ay := at(s.p[0])
			bx, by := at(s.p[1])
			cx, cy := at(s.p[2])
			z.CubeTo(ax, ay, bx, by, cx, cy)
		case closed:
			z.ClosePath()
		}
	}
	z.Draw(img, box, image.NewUniform(f.Paint), image.Point{})
}

// bounds is a box around the path in pixels.
func (p Path) bounds(k float64) image.Rectangle {
	lo, hi := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, s := range p {
		n := 1
		switch s.kind {
		case cubicTo:
			n = 3
		case closed:
			n = 0
		}
		for _, q := range s.p[:n] {
			lo = Point{min(lo.X, q.X), min(lo.Y, q.Y)}
			hi = Point{max(hi.X, q.X), max(hi.Y, q.Y)}
		}
	}
	if lo.X > hi.X {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Floor(lo.X*k)), int(math.Floor(lo.Y*k)), int(math.Ceil(hi.X*k)), int(math.Ceil(hi.Y*k)))
}

// WritePNG writes a picture.
func WritePNG(w io.Writer, img image.Image) error {
	return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, img)
}
