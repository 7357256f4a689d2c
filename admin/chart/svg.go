package chart

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Widths of the two drawings: the narrow one is read on a phone or in a column.
const (
	wideSVG   = 720.0
	narrowSVG = 340.0
)

// HTML is of Chart.
func (b Bars) HTML() template.HTML {
	return render(b, sheet{b.Title, b.Unit, b.Of, b.Empty, b.Labels, []Series{{b.Unit, b.Values}}})
}

// HTML is of Chart.
func (l Lines) HTML() template.HTML {
	series := append([]Series(nil), l.series()...)
	for i := range series {
		if series[i].Name == "" {
			series[i].Name = l.Unit
		}
	}
	return render(l, sheet{l.Title, l.Unit, l.Of, l.Empty, l.Labels, series})
}

// sheet is what there is to know of a chart but its drawing.
type sheet struct {
	title, unit, of, empty string
	labels                 []string
	series                 []Series
}

// render escapes every text that comes from elsewhere.
func render(c Chart, s sheet) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<figure class="chart"><figcaption>%s</figcaption>`, template.HTMLEscapeString(c.Caption()))
	if blank(s.labels, s.series...) {
		if s.empty == "" {
			s.empty = "还没有数据。"
		}
		fmt.Fprintf(&b, `<p class="soft">%s</p></figure>`, template.HTMLEscapeString(s.empty))
		return template.HTML(b.String())
	}
	for _, v := range []struct {
		class string
		width float64
	}{{"wide-plot", wideSVG}, {"narrow-plot", narrowSVG}} {
		d := &svg{}
		height := c.Draw(d, v.width)
		fmt.Fprintf(&b, `<svg class="%s" viewBox="0 0 %s %s" role="img" font-size="%s"><title>%s</title><desc>%s</desc>%s</svg>`,
			v.class, number(v.width), number(height), number(TextSize), template.HTMLEscapeString(c.Caption()), template.HTMLEscapeString(s.words()), d.b.String())
	}
	s.table(&b)
	b.WriteString(`</figure>`)
	return template.HTML(b.String())
}

// words say the most and the least of each series.
func (s sheet) words() string {
	var all []string
	for _, x := range s.series {
		hi, lo := -1, -1
		for i := range s.labels {
			v, ok := figure(at(x.Values, i))
			if !ok {
				continue
			}
			if hi < 0 || v > x.Values[hi] {
				hi = i
			}
			if lo < 0 || v < x.Values[lo] {
				lo = i
			}
		}
		if hi < 0 {
			continue
		}
		name := ""
		if len(s.series) > 1 {
			name = x.Name + "："
		}
		all = append(all, fmt.Sprintf("%s最高 %s，最低 %s。", name, tip(s.labels[hi], "", x.Values[hi], s.unit), tip(s.labels[lo], "", x.Values[lo], s.unit)))
	}
	return strings.Join(all, "")
}

func (s sheet) table(b *strings.Builder) {
	b.WriteString(`<details><summary>看数字</summary><div class="wide" tabindex="0" role="group" aria-label="`)
	b.WriteString(template.HTMLEscapeString(s.title))
	b.WriteString(`，数字"><table><thead><tr>`)
	of := s.of
	if of == "" {
		of = "项目"
	}
	fmt.Fprintf(b, `<th scope="col">%s</th>`, template.HTMLEscapeString(of))
	for _, x := range s.series {
		name := x.Name
		if name == "" {
			name = "数值"
		}
		fmt.Fprintf(b, `<th scope="col" class="n">%s</th>`, template.HTMLEscapeString(name))
	}
	b.WriteString(`</tr></thead><tbody>`)
	for i, label := range s.labels {
		fmt.Fprintf(b, `<tr><th scope="row">%s</th>`, template.HTMLEscapeString(label))
		for _, x := range s.series {
			fmt.Fprintf(b, `<td class="n">%s</td>`, Full(at(x.Values, i), s.unit))
		}
		b.WriteString(`</tr>`)
	}
	b.WriteString(`</tbody></table></div></details>`)
}

// svg is a Canvas.
type svg struct{ b strings.Builder }

// number has one decimal at most.
func number(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

func (k Ink) hex() string {
	r, g, b := k.RGB()
	return fmt.Sprintf("#%02x%02x%02x", r, g, b)
}

// told closes an element, with what is shown to those who point at it.
func (d *svg) told(element, tip string) {
	if tip == "" {
		d.b.WriteString("/>")
		return
	}
	fmt.Fprintf(&d.b, "><title>%s</title></%s>", template.HTMLEscapeString(tip), element)
}

func (d *svg) Bar(x, y, width, height float64, tip string) {
	fmt.Fprintf(&d.b, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"`, number(x), number(y), number(width), number(height), First.hex())
	d.told("rect", tip)
}

func (d *svg) Line(points []Point, ink Ink) {
	d.b.WriteString(`<polyline points="`)
	for i, p := range points {
		if i > 0 {
			d.b.WriteByte(' ')
		}
		d.b.WriteString(number(p.X) + "," + number(p.Y))
	}
	fmt.Fprintf(&d.b, `" fill="none" stroke="%s" stroke-width="%s"`, ink.hex(), number(ink.Width()))
	for i, n := range ink.Dash() {
		if i == 0 {
			d.b.WriteString(` stroke-dasharray="`)
		} else {
			d.b.WriteByte(' ')
		}
		d.b.WriteString(number(n))
	}
	if ink.Dash() != nil {
		d.b.WriteByte('"')
	}
	d.b.WriteString("/>")
}

func (d *svg) Mark(p Point, ink Ink, tip string) {
	switch ink {
	case Second:
		fmt.Fprintf(&d.b, `<rect x="%s" y="%s" width="7" height="7" fill="%s"`, number(p.X-3.5), number(p.Y-3.5), ink.hex())
		d.told("rect", tip)
	case Third:
		fmt.Fprintf(&d.b, `<path d="M%s %sl4.5 8h-9z" fill="%s"`, number(p.X), number(p.Y-5), ink.hex())
		d.told("path", tip)
	default:
		fmt.Fprintf(&d.b, `<circle cx="%s" cy="%s" r="3.5" fill="%s"`, number(p.X), number(p.Y), ink.hex())
		d.told("circle", tip)
	}
}

func (d *svg) Text(p Point, text string, anchor Anchor) {
	fmt.Fprintf(&d.b, `<text x="%s" y="%s"`, number(p.X), number(p.Y))
	if anchor != Start {
		fmt.Fprintf(&d.b, ` text-anchor="%s"`, [...]string{Middle: "middle", End: "end"}[anchor])
	}
	fmt.Fprintf(&d.b, ` fill="%s">%s</text>`, Words.hex(), template.HTMLEscapeString(text))
}
