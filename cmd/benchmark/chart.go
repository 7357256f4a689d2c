package main

import (
	"fmt"
	"math"
	"strings"
)

// The picture, in pixels.
const (
	chartWidth, chartHeight                      = 760, 420
	chartLeft, chartRight, chartTop, chartBottom = 70, 150, 50, 60
	chartPlotWidth                               = chartWidth - chartLeft - chartRight
	chartPlotHeight                              = chartHeight - chartTop - chartBottom
	chartText                                    = `font-family="'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"`
)

// The lines differ by colour and by mark: some cannot tell these colours apart.
var (
	chartColours = [...]string{"#b71c1c", "#0d47a1", "#1b5e20", "#e65100"}
	chartMarks   = [...]string{"", "6 4", "2 4", "10 4 2 4"}
)

// chart draws what each operation costs as members grow: tenfold from one mark of
// the lower axis to the next, evenly on the left one.
func chart(sizes []size) string {
	most := 0.0
	for _, s := range sizes {
		for _, c := range s.costs {
			most = max(most, ms(c))
		}
	}
	step := niceStep(most / 4)
	most = step * math.Ceil(most/step)
	x := func(i int) float64 {
		return chartLeft + chartPlotWidth*float64(i)/float64(max(1, len(sizes)-1))
	}
	y := func(cost float64) float64 { return chartTop + chartPlotHeight*(1-cost/most) }

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" %s font-size="13" role="img">`+"\n",
		chartWidth, chartHeight, chartWidth, chartHeight, chartText)
	b.WriteString("<title>人数从少到多，一次操作要多久</title>\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", chartWidth, chartHeight)
	fmt.Fprintf(&b, `<text x="%d" y="28" font-size="17">人数从少到多，一次操作要多久（毫秒，中位数）</text>`+"\n", chartLeft)
	for cost := 0.0; cost <= most+step/2; cost += step {
		fmt.Fprintf(&b, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%.2f</text>`+"\n",
			chartLeft, chartLeft+chartPlotWidth, y(cost), y(cost), chartLeft-8, y(cost)+4, cost)
	}
	for i, s := range sizes {
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", x(i), chartHeight-chartBottom+22, grouped(s.members))
	}
	fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">榜上人数</text>`+"\n", chartLeft+chartPlotWidth/2.0, chartHeight-14)
	for k, op := range operations {
		var points []string
		for i, s := range sizes {
			points = append(points, fmt.Sprintf("%.1f,%.1f", x(i), y(ms(s.costs[k]))))
		}
		fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2.5" stroke-dasharray="%s"/>`+"\n", strings.Join(points, " "), chartColours[k], chartMarks[k])
		line := chartTop + 20 + 26*k
		right := chartLeft + chartPlotWidth + 12
		fmt.Fprintf(&b, `<line x1="%d" x2="%d" y1="%d" y2="%d" stroke="%s" stroke-width="2.5" stroke-dasharray="%s"/><text x="%d" y="%d">%s</text>`+"\n",
			right, right+30, line, line, chartColours[k], chartMarks[k], right+36, line+4, op.label)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// niceStep is 1, 2 or 5 times a power of ten, at least least.
func niceStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, times := range [...]float64{1, 2, 5} {
		if power*times >= least {
			return power * times
		}
	}
	return power * 10
}
