package chart

import "math"

// Lengths of a chart.
const (
	gap       = 6.0  // between texts and what they belong to
	textLine  = 18.0 // from one line of text to the next
	widestBar = 46.0
	edge      = 0.5 // a line of one pixel lies on one
)

// plot is the part of a chart in which figures stand.
type plot struct {
	left, right, top, bottom float64
	axis                     axis
	labels                   []string
}

// y is where a value stands.
func (p plot) y(v float64) float64 {
	return p.bottom - (p.bottom-p.top)*v/p.axis.top()
}

// slot is how much room each label has.
func (p plot) slot() float64 { return (p.right - p.left) / float64(len(p.labels)) }

// x is the middle of a label's room.
func (p plot) x(i int) float64 { return p.left + p.slot()*(float64(i)+0.5) }

// newPlot leaves room for the axis to the left and for labels below; right is what is
// left out at the right end, head above.
func newPlot(labels []string, a axis, unit string, width, head, right float64) plot {
	var ticks []string
	for i := range a.ticks + 1 {
		ticks = append(ticks, Short(a.step*float64(i), unit))
	}
	height := max(150, min(220, width*0.3))
	return plot{
		left: math.Ceil(widest(ticks)) + gap + 2, right: width - right, top: head, bottom: head + height,
		axis: a, labels: labels,
	}
}

// frame draws grid, ticks and labels, and says where the chart ends.
func (p plot) frame(c Canvas, unit string) (height float64) {
	for i := range p.axis.ticks + 1 {
		v := p.axis.step * float64(i)
		y := math.Round(p.y(v)) + edge
		ink := Grid
		if i == 0 {
			ink = Axis
		}
		c.Line([]Point{{p.left, y}, {p.right, y}}, ink)
		c.Text(Point{p.left - gap, y + TextSize*0.35}, Short(v, unit), End)
	}
	each := max(1, int(math.Ceil((widest(p.labels)+gap)/p.slot())))
	end := math.Inf(-1) // of the label before
	for i := 0; i < len(p.labels); i += each {
		half := min(measure(p.labels[i])/2, (p.right-p.left)/2)
		x := max(half, min(p.x(i), p.right-half))
		if x-half < end+gap/2 {
			continue // the edge would push it over its neighbour
		}
		end = x + half
		c.Text(Point{x, p.bottom + textLine}, clip(p.labels[i], p.right-p.left), Middle)
	}
	return p.bottom + textLine + gap
}

// Draw is of Chart.
func (b Bars) Draw(c Canvas, width float64) (height float64) {
	if b.Across {
		return b.across(c, width)
	}
	a := newAxis(top(b.Labels, Series{Values: b.Values}), b.Unit)
	p := newPlot(b.Labels, a, b.Unit, width, textLine, gap)
	height = p.frame(c, b.Unit)
	wide := min(widestBar, p.slot()*0.7)
	shown := make([]string, len(b.Labels))
	highest := -1
	for i := range b.Labels {
		v, ok := figure(at(b.Values, i))
		if !ok {
			continue
		}
		shown[i] = Short(v, b.Unit)
		if highest < 0 || v > b.Values[highest] {
			highest = i
		}
		c.Bar(p.x(i)-wide/2, p.y(v), wide, p.bottom-p.y(v), tip(b.Labels[i], "", v, b.Unit))
	}
	all := widest(shown)+2 <= p.slot()
	for i, text := range shown {
		if text != "" && (all || i == highest) {
			v, _ := figure(b.Values[i])
			half := measure(text) / 2
			c.Text(Point{max(p.left+half, min(p.x(i), p.right-half)), p.y(v) - 4}, text, Middle)
		}
	}
	return height
}

// across draws lying bars, each with its label before it, or above it where the labels
// are long.
func (b Bars) across(c Canvas, width float64) (height float64) {
	const thick = 16.0
	a := newAxis(top(b.Labels, Series{Values: b.Values}), b.Unit)
	var shown []string
	for i := range b.Labels {
		shown = append(shown, Short(at(b.Values, i), b.Unit))
	}
	left, above, row := math.Ceil(widest(b.Labels))+gap, 0.0, thick+10
	if left > width*0.4 {
		left, above, row = 0, textLine, thick+10+textLine
	}
	long := width - left - widest(shown) - 2*gap
	y := 2.0
	for i, label := range b.Labels {
		if above > 0 {
			c.Text(Point{0, y + TextSize}, clip(label, width), Start)
		} else {
			c.Text(Point{left - gap, y + thick*0.8}, label, End)
		}
		v, ok := figure(at(b.Values, i))
		n := long * v / a.top()
		if ok {
			c.Bar(left, y+above, n, thick, tip(label, "", v, b.Unit))
		}
		c.Text(Point{left + n + gap, y + above + thick*0.8}, shown[i], Start)
		y += row
	}
	c.Line([]Point{{left + edge, 0}, {left + edge, y - 6}}, Axis)
	return y
}

// Draw is of Chart.
func (l Lines) Draw(c Canvas, width float64) (height float64) {
	series := l.series()
	head := l.legend(c, series, width)
	room := gap
	for _, s := range series {
		if i := last(s.Values, len(l.Labels)); i >= 0 {
			room = max(room, measure(Short(s.Values[i], l.Unit))+2*gap)
		}
	}
	p := newPlot(l.Labels, newAxis(top(l.Labels, series...), l.Unit), l.Unit, width, head, room)
	height = p.frame(c, l.Unit)
	for i, s := range series {
		l.line(c, p, s, Ink(i))
	}
	l.ends(c, p, series)
	return height
}

// legend names the series above the plot, as many in a row as fit, and says where the
// plot begins.
func (l Lines) legend(c Canvas, series []Series, width float64) (head float64) {
	const sample = 30.0
	x, y := 0.0, TextSize
	for i, s := range series {
		if s.Name == "" {
			continue
		}
		wide := sample + gap + measure(s.Name) + 18
		if x > 0 && x+wide > width {
			x, y = 0, y+textLine
		}
		mid := y - TextSize*0.35
		c.Line([]Point{{x, mid}, {x + sample, mid}}, Ink(i))
		c.Mark(Point{x + sample/2, mid}, Ink(i), "")
		c.Text(Point{x + sample + gap, y}, clip(s.Name, width-x-sample-gap), Start)
		x += wide
	}
	if x == 0 {
		return TextSize
	}
	return y + textLine
}

// line draws one series: a line broken at gaps, and marks, fewer where they would
// touch.
func (l Lines) line(c Canvas, p plot, s Series, ink Ink) {
	each := max(1, int(math.Ceil(16/p.slot())))
	end := last(s.Values, len(l.Labels))
	var run []Point
	flush := func() {
		if len(run) > 1 {
			c.Line(run, ink)
		}
		run = nil
	}
	for i := range l.Labels {
		v, ok := figure(at(s.Values, i))
		if !ok {
			flush()
			continue
		}
		here := Point{p.x(i), p.y(v)}
		run = append(run, here)
		_, after := figure(at(s.Values, i+1))
		if i%each == 0 || i == end || len(run) == 1 && !after {
			c.Mark(here, ink, tip(l.Labels[i], s.Name, v, l.Unit))
		}
	}
	flush()
}

// ends writes the last figure of each line beside it, one below the other where lines
// end close to each other.
func (l Lines) ends(c Canvas, p plot, series []Series) {
	type label struct {
		x, y float64
		text string
	}
	var all []label
	for _, s := range series {
		i := last(s.Values, len(l.Labels))
		if i < 0 {
			continue
		}
		v, _ := figure(s.Values[i])
		n := label{p.x(i) + gap + 2, p.y(v) + TextSize*0.35, Short(v, l.Unit)}
		at := len(all)
		for at > 0 && all[at-1].y > n.y {
			at--
		}
		all = append(all[:at], append([]label{n}, all[at:]...)...)
	}
	for i := len(all) - 1; i >= 0; i-- { // upwards, so that none leaves the plot
		limit := p.bottom
		if i+1 < len(all) {
			limit = all[i+1].y - TextSize
		}
		all[i].y = min(all[i].y, limit)
		c.Text(Point{all[i].x, all[i].y}, all[i].text, Start)
	}
}

// last is the index of the last figure, -1 where there is none.
func last(values []float64, n int) int {
	for i := min(n, len(values)) - 1; i >= 0; i-- {
		if _, ok := figure(values[i]); ok {
			return i
		}
	}
	return -1
}

// tip is a figure in words.
func tip(label, series string, v float64, unit string) string {
	if series != "" {
		label += "，" + series
	}
	text := label + "：" + Full(v, unit)
	if unit != Percent && unit != "" {
		text += " " + unit
	}
	return text
}
