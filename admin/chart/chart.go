// Package chart draws charts on the server. A chart lays itself out on a Canvas: as
// SVG for a page, or on whatever else draws, such as a sheet of paper. There is no
// style attribute in it, which the policy of the console would not let pass; series
// differ in dashes and marks, too, for who prints without colour; and the same
// figures follow as a table for who cannot see it.
package chart

import (
	"html/template"
	"math"
	"slices"
	"strconv"
)

// Chart is any of the charts.
type Chart interface {
	// HTML is the chart with its caption and its table: a figure of class chart. It
	// holds a drawing for wide and one for narrow columns; the style shows one.
	HTML() template.HTML
	// Draw lays the chart out without its caption, so wide, and says how high it became.
	Draw(c Canvas, width float64) (height float64)
	// Caption is the title with the unit.
	Caption() string
}

// Percent is the unit of shares, whose values go from 0 to 100.
const Percent = "%"

// Bars are figures by hour, by day, by category. What is no number, or below 0, is no
// figure: a gap.
type Bars struct {
	Title  string
	Unit   string   // of the values: “人”, or Percent
	Of     string   // what the labels are, over their column of the table: “日期”
	Labels []string // one for each bar
	Values []float64
	Across bool   // bars lie, for long labels
	Empty  string // told where there is no figure at all; "": 还没有数据。
}

// Lines are how figures went: one to three series over the same labels.
type Lines struct {
	Title  string
	Unit   string
	Of     string
	Labels []string
	Series []Series
	Empty  string
}

// Series is one line.
type Series struct {
	Name   string // of a chart of one line it may be empty
	Values []float64
}

// maxSeries is how many lines can be told apart.
const maxSeries = 3

// Ints are whole numbers as the values of a chart.
func Ints(values []int) []float64 {
	all := make([]float64, len(values))
	for i, v := range values {
		all[i] = float64(v)
	}
	return all
}

// None is the value of a gap: there is no figure.
func None() float64 { return math.NaN() }

// Share is part ÷ whole for Percent, None where the whole is nothing.
func Share(part, whole int) float64 {
	if whole <= 0 {
		return None()
	}
	return 100 * float64(part) / float64(whole)
}

// huge bounds what is drawn: beyond it floats have no ones any more.
const huge = 1e15

// figure is a value as it is drawn; ok is false where there is none.
func figure(v float64) (x float64, ok bool) {
	if math.IsNaN(v) || v < 0 || math.IsInf(v, 0) {
		return 0, false
	}
	return min(v, huge), true
}

// at is the value of a label, None where the list is too short.
func at(values []float64, i int) float64 {
	if i >= len(values) {
		return None()
	}
	return values[i]
}

// Caption is of Chart.
func (b Bars) Caption() string { return caption(b.Title, b.Unit) }

// Caption is of Chart.
func (l Lines) Caption() string { return caption(l.Title, l.Unit) }

func caption(title, unit string) string {
	if unit == "" {
		return title
	}
	return title + "（" + unit + "）"
}

func (l Lines) series() []Series { return l.Series[:min(len(l.Series), maxSeries)] }

// blank reports whether there is no figure at all.
func blank(labels []string, series ...Series) bool {
	for _, s := range series {
		for i := range labels {
			if _, ok := figure(at(s.Values, i)); ok {
				return false
			}
		}
	}
	return true
}

// top is the greatest figure.
func top(labels []string, series ...Series) (greatest float64) {
	for _, s := range series {
		for i := range labels {
			if v, ok := figure(at(s.Values, i)); ok {
				greatest = max(greatest, v)
			}
		}
	}
	return greatest
}

// axis is the scale of values: ticks at round numbers from 0.
type axis struct {
	step  float64
	ticks int // besides that at 0
}

func (a axis) top() float64 { return a.step * float64(a.ticks) }

// newAxis covers 0 to the greatest value with three to six lines.
func newAxis(greatest float64, unit string) axis {
	if unit == Percent && greatest <= 100 && (greatest > 50 || greatest == 0) {
		return axis{25, 4}
	}
	raw := greatest / 4
	if raw <= 1 && unit != Percent {
		return axis{1, max(1, int(math.Ceil(greatest)))}
	}
	mag := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * mag
	for _, k := range []float64{1, 2, 5} {
		if k*mag >= raw*(1-1e-9) {
			step = k * mag
			break
		}
	}
	return axis{step, max(1, int(math.Ceil(greatest/step-1e-9)))}
}

// Short is a figure where there is little room: 980, 1.2万, 86.4%.
func Short(v float64, unit string) string {
	x, ok := figure(v)
	switch {
	case !ok:
		return "—"
	case unit == Percent:
		return trimmed(x, 1) + "%"
	case x >= 1e8:
		return trimmed(x/1e8, 1) + "亿"
	case x >= 1e4:
		return trimmed(x/1e4, 1) + "万"
	}
	return trimmed(x, 1)
}

// Full is a figure as the table has it: 12,345 or 86.4%.
func Full(v float64, unit string) string {
	x, ok := figure(v)
	switch {
	case !ok:
		return "—"
	case unit == Percent:
		return strconv.FormatFloat(x, 'f', 1, 64) + "%"
	}
	return trimmed(x, 1)
}

// trimmed has at most so many decimals, and digits in threes.
func trimmed(x float64, decimals int) string {
	k := math.Pow(10, float64(decimals))
	s := strconv.FormatFloat(math.Round(x*k)/k, 'f', -1, 64)
	digits := len(s)
	if dot := slices.Index([]byte(s), '.'); dot >= 0 {
		digits = dot
	}
	for i := digits - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
