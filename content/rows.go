package content

import "slices"

// Row is one row of a sheet.
type Row struct {
	Number  int // counts from 1
	Cells   []string
	Unread  map[int]string // columns, from 0, whose text is not known, and why
	Problem string         // why nothing can be read from here on
}

// Rows gives the rows of a sheet one after another; empty ones may be left out.
// ok is false at the end.
type Rows func() (row Row, ok bool)

// ReadQuestionRows reads a sheet of questions that another program's file holds.
// name is how faults call the sheet. headed is false, and nothing was found, where
// none of its first rows are headings: it is then no sheet of questions.
func ReadQuestionRows(name string, next Rows) (f *File, headed bool) {
	return readRows(name, next, questionSchema(), (*intake).tableQuestion)
}

// ReadItemRows is ReadQuestionRows for items.
func ReadItemRows(name string, next Rows) (f *File, headed bool) {
	return readRows(name, next, itemSchema(), (*intake).tableItem)
}

// NoQuestionRows and NoItemRows say that no sheet of a file has headings.
func NoQuestionRows() string { return questionSchema().noHead() }
func NoItemRows() string     { return itemSchema().noHead() }

func readRows(name string, next Rows, s *schema, each func(*intake, *tableRow)) (*File, bool) {
	in := newIntake(name)
	var held []Row // what was read before it was known where the headings are
	var head *table
	at, most := 0, 1 // one may be chance: see findHead
	for filled := 0; filled < headingSearch; {
		row, ok := next()
		if !ok {
			break
		}
		if row.Problem != "" {
			held = append(held, row)
			break
		}
		cells := slices.Clone(row.Cells) // rows are brought to plain text once, below
		if !fill(cells) {
			continue
		}
		filled++
		held = append(held, row)
		if t, known := s.readHead(cells); known > most {
			head, at, most = t, len(held)-1, known
		}
	}
	if head == nil {
		if n := len(held); n > 0 && held[n-1].Problem != "" {
			in.stop(held[n-1].Number, held[n-1].Problem)
			return &in.File, true
		}
		return &in.File, false
	}
	first, held := held[at], held[at+1:]
	fill(first.Cells)
	in.rows(head, first.Number, first.Cells, func() (Row, bool) {
		if len(held) > 0 {
			row := held[0]
			held = held[1:]
			return row, true
		}
		return next()
	}, each)
	return &in.File, true
}

// unread faults the cells whose text is not known, where their column is used.
func (r *tableRow) unread(cells map[int]string) {
	for i, why := range cells {
		if i < len(r.columns) && r.columns[i] != "" && r.columns[i] != unusedColumn {
			r.add(r.columns[i], "%s", why)
		}
	}
}
