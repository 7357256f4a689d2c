package certificate

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"rsc.io/qr"

	"dangshi/quiz"
)

// inscription is what is written on the certificate of one award.
func (m *Maker) inscription(w *writer, a quiz.Award) error {
	const mid = width / 2
	wording := m.cfg.Wording
	branch := m.cfg.branch(a.Branch)
	w.line("标题", "荣誉证书", style{size: 17, bold: true, spread: 7, paint: red}, mid, 60, centre)

	if m.cfg.Specimen {
		w.line("样张", "沙盒样张", style{size: 6.5, bold: true, spread: 1.5, paint: red}, 264, 46, right)
	}
	name := w.shrink("姓名", a.Name, style{size: 13.5, bold: true, spread: nameSpread(a.Name), paint: ink}, 205, 6)
	w.line("姓名", a.Name, name, mid, 84, centre)
	if branch != "" {
		w.line("支部", branch, w.shrink("支部", branch, style{size: 5.4, spread: 0.4, paint: faint}, 205, 3.6), mid, 95, centre)
	}

	text := style{size: 6.2, spread: 0.3, paint: ink}
	lines := w.wrap(wording.sentence(a), text, 215)
	base, leading := 110.0, 10.0
	if len(lines) > 2 {
		base, leading = 106, 8.6
	}
	for i, l := range lines {
		w.line("text", l, text, mid, base+float64(i)*leading, centre)
	}
	base += float64(len(lines)-1)*leading + 18
	honour := w.shrink("honour", "“"+wording.Honour+"”", style{size: 14, bold: true, spread: 2, paint: red}, 225, 9)
	w.line("honour", "“"+wording.Honour+"”", honour, mid, base, centre)
	w.line("text", closing, text, mid, base+11.5, centre)

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
func (m *Maker) signature(w *writer, a quiz.Award) {
	const edge, r = 262.0, 11.8
	c := point{width / 2, 167.5}
	medal(&w.sheet, c, r)
	w.mark("medal", "", c.x-r, c.x-8, c.y-r, c.y+1.65*r) // what stands on its middle is its own
	w.mark("medal", "", c.x-r, c.x+r, c.y-r, c.y-0.55*r)
	season := a.Season.ID
	w.line("赛季", season, w.shrink("赛季", season, style{size: 5.4, bold: true, spread: 0.2, paint: bright}, 15, 0.8), width/2, 166.6, centre)
	place := fmt.Sprintf("第%d名", a.Honour.Place)
	w.line("名次", place, w.shrink("名次", place, style{size: 3.9, bold: true, spread: 0.2, paint: bright}, 15, 0.8), width/2, 172.6, centre)
	when := style{size: 5.6, spread: 0.2, paint: ink}
	if o := m.cfg.Wording.Organisation; o != "" {
		s := style{size: 6, spread: 0.3, paint: ink}
		if w.measure(o, s) > 92 {
			s.size = 5
		}
		lines := w.wrap(o, s, 92)
		for i, l := range lines {
			w.line("organisation", l, w.shrink("organisation", l, s, 92, 2.6), edge, 171-float64(len(lines)-1-i)*7, right)
		}
	}
	w.line("日期", chineseDate(a.Closed), when, edge, 181, right)
}

// proof is how to check the certificate: a code to scan, or to type.
func (m *Maker) proof(w *writer, a quiz.Award) error {
	const x, y, size = 35.0, 157.0, 24.0
	note := style{size: 3.2, paint: faint}
	number := "编号 " + Spaced(a.Code)
	if m.cfg.BaseURL == "" {
		w.line("编号", "查验请凭证书编号", note, x, 176, left)
		w.line("编号", number, w.shrink("编号", number, style{size: 3.8, paint: ink}, 75, 2), x, 182, left)
		return nil
	}
	code, err := qr.Encode(m.Link(a.Code), qr.M)
	if err != nil {
		return fmt.Errorf("二维码：%w", err)
	}
	w.mark("code", "", x-2.2, x+size+2.2, y-2.2, y+size+2.2)
	w.sheet.add(gold, func(p *path) { p.border(x-2.2, y-2.2, size+4.4, size+4.4, 0.25) })
	w.sheet.add(white, func(p *path) { p.rect(x-1.9, y-1.9, size+3.8, size+3.8) })
	w.sheet.add(black, func(p *path) { modules(p, code, x, y, size) })
	w.line("编号", "扫码查验", style{size: 3.6, spread: 0.3, paint: ink}, x+size+5, y+17.6, left)
	w.line("编号", number, w.shrink("编号", number, note, 62, 1.8), x+size+5, y+23.4, left)
	return nil
}

// modules are the dark squares of a code. Runs of them are one rectangle, and
// overlap by a hair: no light shows between two rows.
func modules(p *path, code *qr.Code, x, y, size float64) {
	u := size / float64(code.Size)
	for row := range code.Size {
		for col := 0; col < code.Size; col++ {
			if !code.Black(col, row) {
				continue
			}
			from := col
			for col+1 < code.Size && code.Black(col+1, row) {
				col++
			}
			p.rect(x+float64(from)*u, y+float64(row)*u, float64(col-from+1)*u, u*1.01)
		}
	}
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
