package certificate

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	"os"
	"slices"

	"golang.org/x/image/vector"
)

// Size of the sheet, A4 landscape, in millimetres.
const (
	width  = 297.0
	height = 210.0
)

const inch = 25.4 // mm

// paint draws a sheet over a background of one colour, dpi pixels an inch.
func paint(dpi float64, background color.RGBA, s sheet) *image.RGBA {
	k := dpi / inch
	img := image.NewRGBA(image.Rect(0, 0, int(math.Round(width*k)), int(math.Round(height*k))))
	draw.Draw(img, img.Bounds(), image.NewUniform(background), image.Point{}, draw.Src)
	paintOver(img, s)
	return img
}

// paintOver draws a sheet over a picture of the whole page.
func paintOver(img *image.RGBA, s sheet) {
	k := float64(img.Bounds().Dx()) / width
	var z vector.Rasterizer
	for _, f := range s {
		f.rasterize(img, &z, k)
	}
}

// rasterize fills one path, k pixels a millimetre.
func (f fill) rasterize(img *image.RGBA, z *vector.Rasterizer, k float64) {
	box := f.path.bounds(k).Intersect(img.Bounds())
	if box.Empty() {
		return
	}
	z.Reset(box.Dx(), box.Dy())
	at := func(p point) (x, y float32) {
		return float32(p.x*k - float64(box.Min.X)), float32(p.y*k - float64(box.Min.Y))
	}
	for _, s := range f.path {
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
	z.Draw(img, box, image.NewUniform(f.paint), image.Point{})
}

// bounds is a box around the path in pixels.
func (p path) bounds(k float64) image.Rectangle {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, s := range p {
		n := 1
		switch s.kind {
		case cubicTo:
			n = 3
		case closed:
			n = 0
		}
		for _, q := range s.p[:n] {
			lo = point{min(lo.x, q.x), min(lo.y, q.y)}
			hi = point{max(hi.x, q.x), max(hi.y, q.y)}
		}
	}
	if lo.x > hi.x {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Floor(lo.x*k)), int(math.Floor(lo.y*k)), int(math.Ceil(hi.x*k)), int(math.Ceil(hi.y*k)))
}

// writeFile draws a sheet over a copy of the background into a new file.
func writeFile(path string, background *image.RGBA, s sheet) error {
	img := &image.RGBA{Pix: slices.Clone(background.Pix), Stride: background.Stride, Rect: background.Rect}
	paintOver(img, s)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("图片写不了：%w", err)
	}
	if err := errors.Join(writePNG(f, img), f.Close()); err != nil {
		return fmt.Errorf("图片写不了：%w", err)
	}
	return nil
}

func writePNG(w io.Writer, img image.Image) error {
	return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, img)
}
