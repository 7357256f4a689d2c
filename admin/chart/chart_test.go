package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata: read the difference before you commit it")

func hours(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint(i, "时"))
	}
	return all
}

func days(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("%d/%d", 9+i/30, i%30+1))
	}
	return all
}

// wave is something that goes up and down.
func wave(n int, from, by float64) (all []float64) {
	for i := range n {
		all = append(all, math.Round(from+by*math.Sin(float64(i)/3)))
	}
	return all
}

var charts = map[string]Chart{
	"hours":   Bars{Title: "今天各小时的参与", Unit: "人", Of: "小时", Labels: hours(24), Values: wave(24, 5200, 5100)},
	"few":     Bars{Title: "各题型", Unit: "人次", Of: "题型", Labels: []string{"单选", "多选", "判断"}, Values: []float64{980, 12, 0}},
	"one":     Bars{Title: "只有一天", Unit: "人", Labels: []string{"11/26"}, Values: []float64{7}},
	"zero":    Bars{Title: "都是零", Unit: "人", Labels: days(3), Values: []float64{0, 0, 0}},
	"empty":   Bars{Title: "没有数据", Unit: "人", Empty: "第一个人答完以后，这里会有图。"},
	"gaps":    Lines{Title: "只有空缺", Unit: "人", Labels: days(2), Series: []Series{{"甲", []float64{None(), -3}}}},
	"huge":    Bars{Title: "很大的数", Unit: "分", Labels: days(4), Values: []float64{3e11, 8.4e11, 1e300, math.Inf(1)}},
	"across":  Bars{Title: "各支部的参与", Unit: "人次", Of: "支部", Across: true, Labels: []string{"机关一支部", "机关二支部", "社区"}, Values: []float64{1203, 87, 0}},
	"long":    Bars{Title: "各支部的正确率", Unit: Percent, Of: "支部", Across: true, Labels: []string{"区直机关工委第三联合党支部委员会（离退休干部第二党小组）", "社区", strings.Repeat("很长的名字", 20)}, Values: []float64{91.25, 70, None()}},
	"line":    Lines{Title: "每天参与", Unit: "人", Of: "日期", Labels: days(75), Series: []Series{{"", wave(75, 900, 300)}}},
	"compare": Lines{Title: "正确率", Unit: Percent, Of: "周", Labels: days(9), Series: []Series{{"本期", []float64{71, 72, None(), 75, None(), 80, 81, 83, 84}}, {"上期", wave(9, 60, 8)}, {"全部支部的平均", wave(9, 82, 2)}, {"第四条不画", wave(9, 1, 1)}}},
	"lone":    Lines{Title: "一个点", Unit: "人", Labels: days(1), Series: []Series{{"参与", []float64{4}}}},
	"hostile": Bars{Title: `<script>alert(1)</script>`, Unit: `"><img src=x onerror=alert(1)>`, Of: "<b>", Labels: []string{`</svg><script>alert(2)</script>`, "a&b\x00"}, Values: []float64{1, 2}},
}

// TestCharts compares each with its golden file, and sees that it holds nothing that
// the policy of the console forbids.
func TestCharts(t *testing.T) {
	for name, c := range charts {
		got := string(c.HTML())
		path := filepath.Join("testdata", name+".html")
		if *update {
			if err := os.WriteFile(path, []byte(strings.ReplaceAll(got, "><", ">\n<")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ReplaceAll(got, "><", ">\n<")+"\n" != string(want) {
			t.Errorf("%s is not as in %s:\n%s", name, path, got)
		}
		wellFormed(t, name, got)
	}
}

func wellFormed(t *testing.T, name, got string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(got)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if e.Name.Local == "script" || e.Name.Local == "style" || e.Name.Local == "img" {
			t.Errorf("%s has an element %s", name, e.Name.Local)
		}
		for _, a := range e.Attr {
			if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
				t.Errorf("%s has %s=%q", name, a.Name.Local, a.Value)
			}
		}
	}
}

func TestAxes(t *testing.T) {
	for _, c := range []struct {
		greatest float64
		unit     string
		want     axis
	}{
		{0, "人", axis{1, 1}}, {1, "人", axis{1, 1}}, {3, "人", axis{1, 3}}, {4, "人", axis{1, 4}}, {5, "人", axis{2, 3}}, {20, "人", axis{5, 4}},
		{21, "人", axis{10, 3}}, {980, "人", axis{500, 2}}, {1234, "人", axis{500, 3}}, {8e11, "分", axis{2e11, 4}}, {1e15, "分", axis{5e14, 2}},
		{0, Percent, axis{25, 4}}, {51, Percent, axis{25, 4}}, {100, Percent, axis{25, 4}}, {40, Percent, axis{10, 4}}, {0.3, Percent, axis{0.1, 3}}, {120, Percent, axis{50, 3}},
	} {
		if got := newAxis(c.greatest, c.unit); math.Abs(got.step-c.want.step) > c.want.step*1e-9 || got.ticks != c.want.ticks {
			t.Errorf("%v%s: %v, want %v", c.greatest, c.unit, got, c.want)
		}
	}
}

func TestFigures(t *testing.T) {
	for _, c := range []struct {
		v           float64
		unit        string
		short, full string
	}{
		{0, "人", "0", "0"}, {1234, "人", "1,234", "1,234"}, {12345, "人", "1.2万", "12,345"}, {123456789, "人", "1.2亿", "123,456,789"},
		{86.44, Percent, "86.4%", "86.4%"}, {100, Percent, "100%", "100.0%"}, {2.5, "天", "2.5", "2.5"},
		{None(), "人", "—", "—"}, {-1, "人", "—", "—"}, {Share(1, 3), Percent, "33.3%", "33.3%"}, {Share(1, 0), Percent, "—", "—"},
	} {
		if short, full := Short(c.v, c.unit), Full(c.v, c.unit); short != c.short || full != c.full {
			t.Errorf("%v%s: %s and %s, want %s and %s", c.v, c.unit, short, full, c.short, c.full)
		}
	}
}

// bounds is a canvas that notes what is drawn outside of it.
type bounds struct {
	width, bottom float64
	t             *testing.T
}

func (b *bounds) see(x, y float64, what string) {
	b.bottom = max(b.bottom, y)
	if x < -0.01 || x > b.width+0.01 || y < -6 || math.IsNaN(x) || math.IsNaN(y) {
		b.t.Errorf("%s is at %.1f, %.1f", what, x, y)
	}
}

func (b *bounds) Bar(x, y, w, h float64, tip string) {
	b.see(x, y, tip)
	b.see(x+w, y+h, tip)
	if w < 0 || h < 0 {
		b.t.Errorf("%s is %.1f wide and %.1f high", tip, w, h)
	}
}
func (b *bounds) Line(points []Point, _ Ink) {
	for _, p := range points {
		b.see(p.X, p.Y, "a line")
	}
}
func (b *bounds) Mark(p Point, _ Ink, tip string) { b.see(p.X, p.Y, tip) }
func (b *bounds) Text(p Point, text string, anchor Anchor) {
	w := measure(text)
	left := p.X - w*[...]float64{Start: 0, Middle: 0.5, End: 1}[anchor]
	b.see(left, p.Y, text)
	b.see(left+w, p.Y, text)
}

// FuzzCharts: whatever the figures, nothing is drawn outside of the chart.
func FuzzCharts(f *testing.F) {
	f.Add([]byte{3, 200, 0, 255, 7}, "机关", uint16(720), "%")
	f.Add([]byte{}, "", uint16(340), "人")
	f.Add(bytes.Repeat([]byte{255, 0, 128, 9}, 100), "很长很长很长很长很长的名字", uint16(340), "人")
	f.Fuzz(func(t *testing.T, figures []byte, label string, width uint16, unit string) {
		w := float64(max(340, min(2000, width)))
		var labels []string
		var values []float64
		for i, x := range figures[:min(len(figures), 400)] {
			labels = append(labels, fmt.Sprint(label, i))
			values = append(values, []float64{float64(x), float64(x) * 1e11, math.NaN(), -1, float64(x) / 255}[i%5])
		}
		for _, c := range []Chart{
			Bars{Title: label, Unit: unit, Labels: labels, Values: values},
			Bars{Title: label, Unit: unit, Labels: labels, Values: values, Across: true},
			Lines{Title: label, Unit: unit, Labels: labels, Series: []Series{{label, values}, {"二", values[min(1, len(values)):]}, {"三", nil}}},
		} {
			if blank(labels, Series{Values: values}) {
				continue
			}
			b := &bounds{width: w, t: t}
			if height := c.Draw(b, w); b.bottom > height {
				t.Errorf("%T is %.1f high and drawn to %.1f", c, height, b.bottom)
			}
		}
	})
}

// TestPage writes all of them as one page where PICTURES names a folder, to be looked at.
func TestPage(t *testing.T) {
	folder := os.Getenv("DANGSHI_TEST_PICTURES")
	if folder == "" {
		t.Skip("it is to be looked at")
	}
	css, err := os.ReadFile(filepath.Join("..", "frame", "console.css"))
	if err != nil {
		t.Fatal(err)
	}
	page := template.Must(template.New("").Parse(`<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{{.CSS}}</style><main>{{range .Charts}}<div class="card">{{.HTML}}</div>{{end}}`))
	var b bytes.Buffer
	if err := page.Execute(&b, map[string]any{"CSS": template.CSS(css), "Charts": charts}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "charts.html"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// paper is a canvas that keeps the texts below the plot.
type paper struct {
	svg
	labels [][2]float64 // from where to where each goes
}

func (p *paper) Text(at Point, text string, anchor Anchor) {
	if anchor == Middle {
		half := measure(text) / 2
		p.labels = append(p.labels, [2]float64{at.X - half, at.X + half})
	}
}

// TestLabels: however many days there are, no date stands on another one.
func TestLabels(t *testing.T) {
	for n := 1; n <= 120; n++ {
		for _, width := range []float64{320, 720} {
			var p paper
			Lines{Unit: "人", Labels: days(n), Series: []Series{{Values: wave(n, 90, 9)}}}.Draw(&p, width)
			for i := 1; i < len(p.labels); i++ {
				if before := p.labels[i-1]; p.labels[i][0] < before[1] {
					t.Fatalf("%d days, %g wide: a label from %.0f stands on the one before, which ends at %.0f", n, width, p.labels[i][0], before[1])
				}
			}
		}
	}
}
