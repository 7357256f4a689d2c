package board

import (
	"io"

	"dangshi/content"
)

// Table is any list of words that people take away. Whatever a cell holds, it is no
// formula in a spreadsheet.
type Table struct {
	Name    string // of the sheet
	Columns []string
	Widths  []float64 // in characters
	Rows    func(put func([]string) error) error
}

// WriteCSV writes it as UTF-8 with a byte order mark, by which Excel knows it.
func (t Table) WriteCSV(w io.Writer) error {
	return writeCSV(w, t.Columns, func(put func([]string) error) error {
		return t.Rows(func(row []string) error {
			safe := make([]string, len(row))
			for i, cell := range row {
				safe[i] = content.Harmless(cell)
			}
			return put(safe)
		})
	})
}

// WriteXLSX writes it as a workbook with a frozen head. A large one passes through a
// temporary file.
func (t Table) WriteXLSX(w io.Writer) error {
	b, err := newBook()
	if err != nil {
		return err
	}
	defer b.file.Close() // removes temporary files
	s := &sheets{book: b, name: t.Name, columns: t.Columns, widths: t.Widths, perSheet: sheetRows}
	if err := s.begin(); err != nil {
		return err
	}
	if err := t.Rows(func(row []string) error {
		cells := make([]any, len(row))
		for i, cell := range row {
			cells[i] = content.Harmless(cell)
		}
		return s.put(cells)
	}); err != nil {
		return err
	}
	if err := s.out.Flush(); err != nil {
		return err
	}
	return b.file.Write(w)
}
