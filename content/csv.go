package content

import (
	"fmt"
	"strings"
)

// Bounds of a table.
const (
	MaxColumns = 100
	MaxCell    = 32 << 10 // bytes
)

// csvReader splits a text into rows and cells as spreadsheet programs do: a cell
// that begins with a quote ends with one, and may hold commas, line breaks and
// doubled quotes; any other cell is taken as it stands.
type csvReader struct {
	text  string // what is left
	comma byte
	row   int // of the last row given, as a spreadsheet program counts them
}

// next gives the next row, empty ones too; ok is false at the end. problem says
// why nothing can be read from here on.
func (c *csvReader) next() (cells []string, problem string, ok bool) {
	if c.text == "" {
		return nil, "", false
	}
	c.row++
	for {
		cell, problem := c.cell()
		if problem != "" {
			return nil, problem, true
		}
		if cells = append(cells, cell); len(cells) > MaxColumns {
			return nil, fmt.Sprintf("这一行超过 %d 列，请删去多余的列，或检查引号是否成对", MaxColumns), true
		}
		switch {
		case strings.HasPrefix(c.text, string(c.comma)):
			c.text = c.text[1:]
			continue
		case strings.HasPrefix(c.text, "\r\n"):
			c.text = c.text[2:]
		case c.text != "":
			c.text = c.text[1:]
		}
		return cells, "", true
	}
}

// cell reads up to the separator or the line break behind the cell.
func (c *csvReader) cell() (cell, problem string) {
	if !strings.HasPrefix(c.text, `"`) {
		return c.plain()
	}
	var b strings.Builder
	for rest := c.text[1:]; ; {
		end := strings.IndexByte(rest, '"')
		if end < 0 || b.Len()+end > MaxCell {
			return "", fmt.Sprintf("这一行有一格的引号没有成对，或者一格超过 %d KB，后面的内容无法读出；请补上引号", MaxCell>>10)
		}
		b.WriteString(rest[:end])
		if rest = rest[end+1:]; !strings.HasPrefix(rest, `"`) {
			c.text = rest
			break
		}
		b.WriteByte('"')
		rest = rest[1:]
	}
	tail, problem := c.plain() // what stands behind the closing quote belongs to the cell, too
	b.WriteString(tail)
	return b.String(), problem
}

func (c *csvReader) plain() (cell, problem string) {
	end := strings.IndexAny(c.text, string(c.comma)+"\r\n")
	if end < 0 {
		end = len(c.text)
	}
	if end > MaxCell {
		return "", fmt.Sprintf("这一行有一格超过 %d KB，请检查是否缺了换行", MaxCell>>10)
	}
	cell, c.text = c.text[:end], c.text[end:]
	return cell, ""
}

// A cell that begins with one of these is taken for a formula, a command of the
// spreadsheet program. An apostrophe before it makes it text.
const formulaMarks = "=+-@\t\r＝＋－＠"

// harmless puts an apostrophe before a text that would be a formula, and before
// one that is such a text behind apostrophes, so that plainCell gives back each.
func harmless(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}

// Harmless is a text that others chose as it may stand in a cell: no spreadsheet
// program takes it for a formula.
func Harmless(s string) string { return harmless(s) }

func formula(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.ContainsRune(formulaMarks, []rune(s)[0])
}

// plainCell is the text of a cell: without the white space around it and the
// apostrophe of harmless, each line break a \n.
func plainCell(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "'") && formula(s) {
		return s[1:]
	}
	return s
}
