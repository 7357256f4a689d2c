package docx

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
)

// reader follows the tokens of a document.
type reader struct {
	lists   *lists
	bounds  bounds
	out     []Block
	lines   int
	cells   int          // of tables, which may hold no line
	open    []*paragraph // paragraphs that are being read: those of text boxes lie in another
	tables  []*table     // the same of tables
	skipped int          // depth inside of what is passed over
	text    bool         // inside of an element of text
}

type paragraph struct {
	text      strings.Builder
	style     string
	num       int // -1: not said
	level     int
	underline bool // of the run
	run       strings.Builder
}

type table struct {
	rows  []Row
	cells []Cell
	cell  Cell
}

// passedOver are the elements of which nothing is read: what was deleted, moved
// away or changed, the reading of a character, and the second form of what is there
// in two.
func passedOver(name string) bool {
	switch name {
	case "del", "moveFrom", "rPrChange", "pPrChange", "rt", "Fallback":
		return true
	}
	return false
}

func (r *reader) read(dec *xml.Decoder) error {
	for depth := 0; ; {
		token, err := dec.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return ErrDamaged
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > r.bounds.depth {
				return ErrDamaged
			}
			if r.skipped > 0 || passedOver(t.Name.Local) {
				r.skipped++
				continue
			}
			r.start(t)
		case xml.EndElement:
			depth--
			if r.skipped > 0 {
				r.skipped--
				continue
			}
			r.end(t.Name.Local)
			if r.lines+r.cells > r.bounds.lines {
				return ErrLarge
			}
		case xml.CharData:
			if r.text && r.skipped == 0 {
				r.write(string(t))
			}
		}
	}
}

func (r *reader) write(text string) {
	if n := len(r.open); n > 0 {
		r.open[n-1].run.WriteString(text)
	}
}

// value is an attribute by its local name.
func value(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func (r *reader) start(t xml.StartElement) {
	var p *paragraph
	if n := len(r.open); n > 0 {
		p = r.open[n-1]
	}
	switch t.Name.Local {
	case "r":
		if p != nil {
			p.underline = false // what was said before is about the mark at its end
		}
	case "tc":
		r.cells++
	case "p":
		r.open = append(r.open, &paragraph{num: -1})
	case "tbl":
		r.tables = append(r.tables, &table{})
	case "t":
		r.text = true
	case "tab":
		if p != nil && !inProperties(t) {
			r.write("\t")
		}
	case "br", "cr":
		r.write("\n")
	case "noBreakHyphen":
		r.write("-")
	case "sym":
		r.write(symbol(value(t, "font"), value(t, "char")))
	}
	if p == nil {
		return
	}
	switch t.Name.Local {
	case "pStyle":
		p.style = value(t, "val")
	case "numId":
		p.num = number(value(t, "val"))
	case "ilvl":
		p.level = number(value(t, "val"))
	case "u":
		p.underline = value(t, "val") != "none"
	}
}

// inProperties tells a tab stop from a tab: only the stop has a position.
func inProperties(t xml.StartElement) bool { return value(t, "pos") != "" }

func (r *reader) end(name string) {
	switch name {
	case "t":
		r.text = false
	case "r":
		if n := len(r.open); n > 0 {
			r.open[n-1].endRun()
		}
	case "p":
		r.endParagraph()
	case "tc":
		if n := len(r.tables); n > 0 {
			t := r.tables[n-1]
			t.cells, t.cell = append(t.cells, t.cell), nil
		}
	case "tr":
		r.endRow()
	case "tbl":
		r.endTable()
	}
}

// endRun puts the text of a run to its paragraph. Underlined space is a place to
// fill in.
func (p *paragraph) endRun() {
	text := p.run.String()
	p.run.Reset()
	if p.underline && len(text) > 1 && strings.TrimSpace(text) == "" && !strings.Contains(text, "\n") {
		text = "____"
	}
	p.underline = false
	p.text.WriteString(text)
}

func (r *reader) endParagraph() {
	n := len(r.open)
	if n == 0 {
		return
	}
	p := r.open[n-1]
	r.open = r.open[:n-1]
	p.endRun()
	text := p.text.String()
	if strings.TrimSpace(text) != "" {
		text = r.lists.mark(p) + text
	}
	for line := range strings.SplitSeq(text, "\n") {
		r.add(line)
	}
}

// add puts a line where it stands: in the cell, or in the text.
func (r *reader) add(text string) {
	r.lines++
	line := Line{r.lines, text}
	if n := len(r.tables); n > 0 {
		t := r.tables[n-1]
		t.cell = append(t.cell, line)
		return
	}
	if n := len(r.out); n == 0 || r.out[n-1].Table != nil {
		r.out = append(r.out, Block{})
	}
	last := &r.out[len(r.out)-1]
	last.Lines = append(last.Lines, line)
}

func (r *reader) endRow() {
	n := len(r.tables)
	if n == 0 {
		return
	}
	t := r.tables[n-1]
	number := r.lines
	for _, c := range t.cells {
		if len(c) > 0 {
			number = c[0].Number
			break
		}
	}
	t.rows, t.cells = append(t.rows, Row{number, t.cells}), nil
}

// endTable ends a table; one that lies in a cell becomes lines of the cell.
func (r *reader) endTable() {
	n := len(r.tables)
	if n == 0 {
		return
	}
	t := r.tables[n-1]
	r.tables = r.tables[:n-1]
	if len(t.rows) == 0 {
		return
	}
	if n == 1 {
		r.out = append(r.out, Block{Table: t.rows})
		return
	}
	outer := r.tables[n-2]
	for _, row := range t.rows {
		for _, c := range row.Cells {
			outer.cell = append(outer.cell, c...)
		}
	}
}

// symbol is the character for a sign of a font of signs: the ticks and crosses by
// which people judge.
func symbol(font, char string) string {
	code, err := strconv.ParseUint(char, 16, 32)
	if err != nil {
		return ""
	}
	code &= 0xff
	switch strings.ToLower(font) {
	case "wingdings":
		switch code {
		case 0xfc, 0xfe:
			return "√"
		case 0xfb, 0xfd:
			return "×"
		}
	case "wingdings 2":
		switch code {
		case 0x50, 0x52:
			return "√"
		case 0x4f, 0x51, 0x53, 0x54:
			return "×"
		}
	case "symbol":
		switch code {
		case 0xd6:
			return "√"
		case 0xb4:
			return "×"
		}
	}
	return "�" // a sign that is not known: what holds it is faulted
}
