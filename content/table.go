package content

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// ReadQuestionsFile reads a bank as JSON Lines or as a table with a row of
// headings (see questionHeadings); which of them it is, its encoding and what
// separates its cells are found from the content. name is how faults call the
// file. An error means that r could not be read to its end; all that is wrong
// with the content is in the file's Faults.
func ReadQuestionsFile(name string, r io.Reader) (*File, error) {
	return readFile(name, r, (*intake).jsonQuestions, questionSchema, (*intake).tableQuestion)
}

// ReadItemsFile is ReadQuestionsFile for items. In JSON Lines a question may
// stand in an item, see ReadItems; in a table items name theirs by its id.
func ReadItemsFile(name string, r io.Reader) (*File, error) {
	return readFile(name, r, (*intake).jsonItems, itemSchema, (*intake).tableItem)
}

func readFile(name string, r io.Reader, lines func(*intake, io.Reader) error, s func() *schema, each func(*intake, *tableRow)) (*File, error) {
	in := newIntake(name)
	data, ok, err := in.readAll(r)
	if err != nil || !ok {
		return &in.File, err
	}
	if jsonLines(data) && mostlyUTF8(data) { // else in GBK, where a second byte may be a \ or a }
		err := lines(in, bytes.NewReader(data))
		return &in.File, err
	}
	text, problem := decodeText(data)
	switch {
	case problem != "":
		in.stop(0, problem)
	case strings.TrimSpace(text) == "":
		in.stop(0, "文件是空的")
	case jsonLines([]byte(text)):
		err = lines(in, strings.NewReader(text))
	default:
		in.table(text, s(), each)
	}
	return &in.File, err
}

// jsonLines reports whether a text begins as JSON does.
func jsonLines(text []byte) bool {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	if list, ok := bytes.CutPrefix(text, []byte("[")); ok {
		text = bytes.TrimSpace(list)
		return len(text) == 0 || text[0] == '{'
	}
	return bytes.HasPrefix(text, []byte("{"))
}

// tableRow is one row below the headings, and the faults found in it.
type tableRow struct {
	*table
	row    int
	cells  []string
	faults []Fault
	dated  map[string]int // see Item.name
}

func (r *tableRow) add(field, problem string, args ...any) {
	r.faults = append(r.faults, Fault{Field: field, Problem: fmt.Sprintf(problem, args...)})
}

// text is the cell of a field; empty where there is no such column.
func (r *tableRow) text(field string) string {
	at, ok := r.at[field]
	if !ok || at >= len(r.cells) {
		return ""
	}
	return r.cells[at]
}

// table reads a text of comma-, tab- or semicolon-separated values.
func (in *intake) table(text string, s *schema, each func(*intake, *tableRow)) {
	c, t, head, problem := findHead(text, s)
	if problem != "" {
		in.stop(c.row, problem)
		return
	}
	in.rows(t, c.row, head, func() (Row, bool) {
		cells, problem, ok := c.next()
		return Row{Number: c.row, Cells: cells, Problem: problem}, ok
	}, each)
}

// rows reads the rows below the headings, which are those of row at.
func (in *intake) rows(t *table, at int, head []string, next Rows, each func(*intake, *tableRow)) {
	if faults := t.faults(head); len(faults) > 0 {
		in.report(at, "", faults)
		in.Unread = true // each row would lack the same
		return
	}
	in.columns = t.headings
	dated := map[string]int{}
	for rows := 0; ; {
		row, ok := next()
		if !ok {
			return
		}
		if row.Problem != "" {
			in.stop(row.Number, row.Problem)
			return
		}
		if !fill(row.Cells) && len(row.Unread) == 0 {
			continue // an empty row
		}
		if rows++; rows > MaxRows {
			in.stop(row.Number, fmt.Sprintf("文件超过 %d 行，请分成几个文件", MaxRows))
			return
		}
		r := &tableRow{table: t, row: row.Number, cells: row.Cells, dated: dated}
		r.unread(row.Unread)
		r.beyond()
		each(in, r)
	}
}

// fill brings cells to plain text and reports whether there is any.
func fill(cells []string) bool {
	some := false
	for i := range cells {
		cells[i] = plainCell(cells[i])
		some = some || cells[i] != ""
	}
	return some
}

// beyond finds text in columns without a heading: most often a comma in a text
// that was not put in quotes, which moves all that follows.
func (r *tableRow) beyond() {
	for i, cell := range r.cells {
		if cell != "" && (i >= len(r.columns) || r.columns[i] == "") {
			r.add("", "第 %d 列没有列名，却有内容“%s”；如果是文字里的分隔符，请给那一格加上英文引号", i+1, shown(cell))
			return
		}
	}
}

// findHead finds what separates the cells and the row of headings: the separator
// and the row by which most headings are known. The reader stands behind it.
func findHead(text string, s *schema) (best csvReader, t *table, head []string, problem string) {
	most := 1 // one may be chance: an option is called A
	for _, comma := range []byte{',', '\t', ';'} {
		c := csvReader{text: text, comma: comma}
		for tried := 0; tried < headingSearch; {
			cells, broken, ok := c.next()
			if !ok || broken != "" {
				break
			}
			if !fill(cells) {
				continue
			}
			tried++
			if found, known := s.readHead(cells); known > most {
				best, t, head, most = c, found, cells, known
			}
		}
	}
	if t == nil {
		return best, nil, nil, s.noHead()
	}
	return best, t, head, ""
}

// noHead says that no headings were found.
func (s *schema) noHead() string {
	var names []string
	for _, field := range s.need {
		names = append(names, "“"+s.names[field][0]+"”")
	}
	text := fmt.Sprintf("没有找到列名。表格的第一行要写列名，至少有%s", strings.Join(names, "和"))
	if !s.tables {
		text += "；JSONL 文件每行是一个 {…}"
	}
	return text
}
