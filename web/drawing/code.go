package drawing

import "rsc.io/qr"

// Code is the dark squares of a code to scan, of which the whole is size wide. Runs of them are one rectangle, and
// overlap by a hair: no light shows between two rows.
func (p *Path) Code(code *qr.Code, x, y, size float64) {
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
			p.Rect(x+float64(from)*u, y+float64(row)*u, float64(col-from+1)*u, u*1.01)
		}
	}
}
