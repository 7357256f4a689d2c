package chart

// Point is a place on a canvas in units of the chart, of which one is about a pixel of
// a screen: x to the right, y down.
type Point struct{ X, Y float64 }

// Ink is what something is drawn with.
type Ink uint8

// The inks: those of the series, and of what stands around them.
const (
	First Ink = iota
	Second
	Third
	Grid
	Axis
	Words // of figures and labels
)

// RGB is the ink's colour. Those of series differ in lightness as well.
func (k Ink) RGB() (r, g, b uint8) {
	c := [...][3]uint8{
		First: {0xa5, 0x16, 0x1c}, Second: {0x1f, 0x5a, 0x8a}, Third: {0x6e, 0x4f, 0x00},
		Grid: {0xe4, 0xdc, 0xcf}, Axis: {0x8c, 0x81, 0x75}, Words: {0x4d, 0x46, 0x3f},
	}[k]
	return c[0], c[1], c[2]
}

// Dash is how a line in that ink is broken: drawn and left out in turn; nil: whole.
func (k Ink) Dash() []float64 {
	switch k {
	case Second:
		return []float64{7, 4}
	case Third:
		return []float64{2, 3}
	}
	return nil
}

// Width is that of a line in that ink.
func (k Ink) Width() float64 {
	if k < Grid {
		return 2.5
	}
	return 1
}

// Anchor is which part of a text stands at its point.
type Anchor uint8

// The anchors.
const (
	Start Anchor = iota
	Middle
	End
)

// TextSize is the em of all texts.
const TextSize = 13.0

// Canvas is what a chart is drawn on. A tip is what a figure is in words, for those who
// point at it; a canvas may leave it out.
type Canvas interface {
	Bar(x, y, width, height float64, tip string)
	Line(points []Point, ink Ink)
	// Mark is a mark of the series: a circle, a square, a triangle, about 7 units wide.
	Mark(p Point, ink Ink, tip string)
	Text(p Point, text string, anchor Anchor) // p is on the baseline
}

// nowhere is a canvas for who only asks how high a chart becomes.
type nowhere struct{}

func (nowhere) Bar(_, _, _, _ float64, _ string) {}
func (nowhere) Line([]Point, Ink)                {}
func (nowhere) Mark(Point, Ink, string)          {}
func (nowhere) Text(Point, string, Anchor)       {}

// Height is how high a chart becomes when it is so wide.
func Height(c Chart, width float64) float64 { return c.Draw(nowhere{}, width) }

// measure is about how wide a text is; fonts differ, so it is rather too much.
func measure(text string) (width float64) {
	for _, r := range text {
		width += advance(r)
	}
	return width
}

func advance(r rune) float64 {
	switch {
	case r >= 0x2000:
		return TextSize
	case r == '%':
		return 0.95 * TextSize
	case r == '.' || r == ',' || r == ' ' || r == '-':
		return 0.35 * TextSize
	}
	return 0.6 * TextSize
}

// widest is the width of the widest text.
func widest(texts []string) (w float64) {
	for _, t := range texts {
		w = max(w, measure(t))
	}
	return w
}

// clip shortens a text to a width.
func clip(text string, width float64) string {
	used, cut := 0.0, 0
	for i, r := range text {
		if used+advance('…') <= width {
			cut = i
		}
		if used += advance(r); used > width {
			return text[:cut] + "…"
		}
	}
	return text
}
