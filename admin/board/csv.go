package board

import (
	"encoding/csv"
	"io"
	"strconv"

	"dangshi/content"
	"dangshi/quiz"
)

// WriteCSV writes the ranking as UTF-8 with a byte order mark, by which Excel knows
// it.
func WriteCSV(w io.Writer, h Head, rows Rows) error {
	return writeCSV(w, h.columns(), func(put func([]string) error) error {
		return rows(func(r Row) error { return put(h.cells(r)) })
	})
}

// writeCSV writes a table; each hands its rows to put.
func writeCSV(w io.Writer, columns []string, each func(put func([]string) error) error) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(columns); err != nil {
		return err
	}
	if err := each(out.Write); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// cells are a row in words.
func (h Head) cells(r Row) []string {
	right := ""
	if share, ok := r.accuracy(); ok {
		right = percent(share)
	}
	cells := []string{
		strconv.Itoa(r.Place), r.Pseudonym, r.name(), h.branch(r.Branch),
		quiz.Score(r.Points), strconv.Itoa(r.Days), right, strconv.Itoa(r.Longest), r.draw(),
	}
	if h.OpenID {
		cells = append(cells, content.Harmless(r.ID))
	}
	return cells
}
