// Package branchcode draws the cards by which a branch invites its members: a code
// to scan where the account can have such codes, else a short one to send. Each
// is a picture for a group chat, and all together a PDF to print and cut.
package branchcode

import (
	"fmt"
	"image/color"

	"rsc.io/qr"

	"dangshi/web/drawing"
)

// Card is one branch's.
type Card struct {
	Code    string // of the branch: letters and digits
	Name    string
	Address string // what the code to scan holds; empty: the code is to be sent
}

// side of a card, in millimetres: six of them stand on an A4 sheet.
const side = 90.0

var size = drawing.Size{Width: side, Height: side}

var (
	paper = color.RGBA{0xFF, 0xFF, 0xFF, 0xFF}
	red   = color.RGBA{0xA3, 0x16, 0x1C, 0xFF}
	gold  = color.RGBA{0xD8, 0xB3, 0x62, 0xFF}
	ink   = color.RGBA{0x26, 0x21, 0x1D, 0xFF}
	faint = color.RGBA{0x7B, 0x66, 0x55, 0xFF}
	white = color.RGBA{0xFF, 0xF8, 0xEA, 0xFF}
	black = color.RGBA{0, 0, 0, 0xFF}
	cut   = color.RGBA{0xC8, 0xC8, 0xC8, 0xFF}
)

// Measures of a card.
const (
	middle = side / 2
	head   = 21.0 // the red band with the branch's name
	room   = 78.0 // for a line of text
	least  = 2.4  // an em of text that can still be read
)

// draw lays a card out. Without Chinese letters there are the codes only. Errors:
// drawing.MissingError, *drawing.TooLongError.
func (c Card) draw(f *drawing.Fonts, chinese bool) (drawing.Sheet, error) {
	w := drawing.NewWriter(f)
	w.Sheet.Add(paper, func(p *drawing.Path) { p.Rect(0, 0, side, side) })
	if chinese {
		c.heading(w)
	}
	var err error
	if c.Address == "" {
		c.toSend(w, chinese)
	} else {
		err = c.toScan(w, chinese)
	}
	if err == nil {
		err = w.Err()
	}
	return w.Sheet, err
}

// heading is the branch's name on the red band: on one line where it is short, else
// as large as the band has room for.
func (c Card) heading(w *drawing.Writer) {
	w.Sheet.Add(red, func(p *drawing.Path) { p.Rect(0, 0, side, head) })
	w.Sheet.Add(gold, func(p *drawing.Path) { p.Rect(0, head, side, 0.8) })
	style := drawing.Style{Size: 7.6, Bold: true, Spread: 0.2, Paint: white}
	lines := []string{c.Name}
	leading := style.Size
	if w.Measure(c.Name, style) > room {
		for style.Size = 6.2; style.Size > least; style.Size -= 0.2 {
			lines, leading = w.Wrap(c.Name, style, room), style.Size*1.26
			if float64(len(lines))*leading <= head-4 {
				break
			}
		}
	}
	base := head/2 + 0.36*style.Size - leading*float64(len(lines)-1)/2
	for i, l := range lines {
		w.Line("名称", l, w.Shrink("名称", l, style, room, least), middle, base+leading*float64(i), drawing.Centre)
	}
}

// toScan is a code to scan; WeChat opens the account, and who follows it is in the
// branch.
func (c Card) toScan(w *drawing.Writer, chinese bool) error {
	code, err := qr.Encode(c.Address, qr.M)
	if err != nil {
		return fmt.Errorf("%s 的二维码：%w", c.Code, err)
	}
	wide, y := 48.0, head+4.8
	if !chinese {
		wide, y = 66, 8
	}
	w.Sheet.Add(black, func(p *drawing.Path) { p.Code(code, middle-wide/2, y, wide) })
	if !chinese {
		w.Line("编号", c.Code, w.Shrink("编号", c.Code, drawing.Style{Size: 6, Paint: faint}, room, 2), middle, 83, drawing.Centre)
		return nil
	}
	w.Line("说明", "微信扫一扫，加入本支部", drawing.Style{Size: 4.8, Bold: true, Spread: 0.2, Paint: ink}, middle, 81.2, drawing.Centre)
	below := "党史上的今天 · 每天几道小题    编号 " + c.Code
	w.Line("编号", below, w.Shrink("编号", below, drawing.Style{Size: 2.9, Paint: faint}, room, 1.6), middle, 86.4, drawing.Centre)
	return nil
}

// toSend is a code to send to the account, large enough to be read from a wall.
func (c Card) toSend(w *drawing.Writer, chinese bool) {
	number := w.Shrink("编号", c.Code, drawing.Style{Size: 21, Bold: true, Spread: 1, Paint: red}, 70, 3)
	if !chinese {
		w.Line("编号", c.Code, number, middle, middle+0.36*number.Size, drawing.Centre)
		return
	}
	w.Line("说明", "关注公众号，发送", drawing.Style{Size: 5.2, Spread: 0.2, Paint: ink}, middle, 34.5, drawing.Centre)
	w.Sheet.Add(gold, func(p *drawing.Path) { p.Border(6, 40, side-12, 28, 0.5) })
	w.Line("编号", c.Code, number, middle, 54+0.36*number.Size, drawing.Centre)
	w.Line("说明", "就加入本支部", drawing.Style{Size: 5.2, Spread: 0.2, Paint: ink}, middle, 77.4, drawing.Centre)
	w.Line("说明", "党史上的今天 · 每天几道小题", drawing.Style{Size: 2.9, Paint: faint}, middle, 86, drawing.Centre)
}
