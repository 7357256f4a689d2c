package certificate

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"rsc.io/qr"

	"dangshi/quiz"
	"dangshi/web/drawing"
)

// inscription is what is written on the certificate of one award.
func (m *Maker) inscription(w *drawing.Writer, a quiz.Award) error {
	const mid = width / 2
	wording := m.cfg.Wording
	branch := m.cfg.branch(a.Branch)
	w.Line("标题", "荣誉证书", drawing.Style{Size: 17, Bold: true, Spread: 7, Paint: red}, mid, 60, drawing.Centre)

	if m.cfg.Specimen {
		w.Line("样张", "沙盒样张", drawing.Style{Size: 6.5, Bold: true, Spread: 1.5, Paint: red}, 264, 46, drawing.Right)
	}
	name := w.Shrink("姓名", a.Name, drawing.Style{Size: 13.5, Bold: true, Spread: nameSpread(a.Name), Paint: ink}, 205, 6)
	w.Line("姓名", a.Name, name, mid, 84, drawing.Centre)
	if branch != "" {
		w.Line("支部", branch, w.Shrink("支部", branch, drawing.Style{Size: 5.4, Spread: 0.4, Paint: faint}, 205, 3.6), mid, 95, drawing.Centre)
	}

	text := drawing.Style{Size: 6.2, Spread: 0.3, Paint: ink}
	lines := w.Wrap(wording.sentence(a), text, 215)
	base, leading := 110.0, 10.0
	if len(lines) > 2 {
		base, leading = 106, 8.6
	}
	for i, l := range lines {
		w.Line("text", l, text, mid, base+float64(i)*leading, drawing.Centre)
	}
	base += float64(len(lines)-1)*leading + 18
	honour := w.Shrink("honour", "“"+wording.Honour+"”", drawing.Style{Size: 14, Bold: true, Spread: 2, Paint: red}, 225, 9)
	w.Line("honour", "“"+wording.Honour+"”", honour, mid, base, drawing.Centre)
	w.Line("text", closing, text, mid, base+11.5, drawing.Centre)

	m.signature(w, a)
	return m.proof(w, a)
}

// nameSpread sets short names wide, as certificates do.
func nameSpread(name string) float64 {
	switch n := len([]rune(name)); {
	case n <= 2:
		return 8
	case n <= 4:
		return 4
	}
	return 1
}

// signature is who awards, and when: at the lower right, beside the medal.
func (m *Maker) signature(w *drawing.Writer, a quiz.Award) {
	const edge, r = 262.0, 11.8
	c := drawing.At(width/2, 167.5)
	medal(&w.Sheet, c, r)
	w.Mark("medal", "", c.X-r, c.X-8, c.Y-r, c.Y+1.65*r) // what stands on its middle is its own
	w.Mark("medal", "", c.X-r, c.X+r, c.Y-r, c.Y-0.55*r)
	season := a.Season.ID
	w.Line("赛季", season, w.Shrink("赛季", season, drawing.Style{Size: 5.4, Bold: true, Spread: 0.2, Paint: bright}, 15, 0.8), width/2, 166.6, drawing.Centre)
	place := fmt.Sprintf("第%d名", a.Honour.Place)
	w.Line("名次", place, w.Shrink("名次", place, drawing.Style{Size: 3.9, Bold: true, Spread: 0.2, Paint: bright}, 15, 0.8), width/2, 172.6, drawing.Centre)
	when := drawing.Style{Size: 5.6, Spread: 0.2, Paint: ink}
	if o := m.cfg.Wording.Organisation; o != "" {
		s := drawing.Style{Size: 6, Spread: 0.3, Paint: ink}
		if w.Measure(o, s) > 92 {
			s.Size = 5
		}
		lines := w.Wrap(o, s, 92)
		for i, l := range lines {
			w.Line("organisation", l, w.Shrink("organisation", l, s, 92, 2.6), edge, 171-float64(len(lines)-1-i)*7, drawing.Right)
		}
	}
	w.Line("日期", chineseDate(a.Closed), when, edge, 181, drawing.Right)
}

// proof is how to check the certificate: a code to scan, or to type.
func (m *Maker) proof(w *drawing.Writer, a quiz.Award) error {
	const x, y, size = 35.0, 157.0, 24.0
	note := drawing.Style{Size: 3.2, Paint: faint}
	number := "编号 " + Spaced(a.Code)
	if m.cfg.BaseURL == "" {
		w.Line("编号", "查验请凭证书编号", note, x, 176, drawing.Left)
		w.Line("编号", number, w.Shrink("编号", number, drawing.Style{Size: 3.8, Paint: ink}, 75, 2), x, 182, drawing.Left)
		return nil
	}
	code, err := qr.Encode(m.Link(a.Code), qr.M)
	if err != nil {
		return fmt.Errorf("二维码：%w", err)
	}
	w.Mark("code", "", x-2.2, x+size+2.2, y-2.2, y+size+2.2)
	w.Sheet.Add(gold, func(p *drawing.Path) { p.Border(x-2.2, y-2.2, size+4.4, size+4.4, 0.25) })
	w.Sheet.Add(white, func(p *drawing.Path) { p.Rect(x-1.9, y-1.9, size+3.8, size+3.8) })
	w.Sheet.Add(black, func(p *drawing.Path) { p.Code(code, x, y, size) })
	w.Line("编号", "扫码查验", drawing.Style{Size: 3.6, Spread: 0.3, Paint: ink}, x+size+5, y+17.6, drawing.Left)
	w.Line("编号", number, w.Shrink("编号", number, note, 62, 1.8), x+size+5, y+23.4, drawing.Left)
	return nil
}

// sentence is the organisation's text about one award.
func (w Wording) sentence(a quiz.Award) string {
	return strings.NewReplacer(
		"{season}", seasonName(a.Season),
		"{place}", strconv.Itoa(a.Honour.Place),
		"{points}", quiz.Score(a.Honour.Points),
		"{days}", strconv.Itoa(a.Honour.Days),
	).Replace(w.Text)
}

// seasonName is how a season is called in a sentence.
func seasonName(s quiz.Season) string {
	if len(s.ID) == 4 && strings.Trim(s.ID, "0123456789") == "" {
		return s.ID + "年度"
	}
	return s.ID + "赛季"
}

// chineseDate writes Unix seconds as 二〇二七年一月五日, by Beijing's calendar.
func chineseDate(unix int64) string {
	y, month, day := time.Unix(unix, 0).In(quiz.Zone).Date()
	digits := []rune("〇一二三四五六七八九")
	var year strings.Builder
	for _, c := range strconv.Itoa(y) {
		year.WriteRune(digits[c-'0'])
	}
	small := func(n int) string {
		tens, ones := "", ""
		switch {
		case n >= 20:
			tens = string(digits[n/10]) + "十"
		case n >= 10:
			tens = "十"
		}
		if n%10 > 0 {
			ones = string(digits[n%10])
		}
		return tens + ones
	}
	return year.String() + "年" + small(int(month)) + "月" + small(day) + "日"
}
