package workbook

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"dangshi/content"
)

// The sheets of what is written.
const (
	BankSheet  = "题库"
	NotesSheet = "说明"
)

// Write writes a bank as one sheet with a frozen head, the same cells as the CSV,
// all of them text: ReadQuestions reads it back.
func Write(w io.Writer, bank []content.Question) error {
	f, looks, err := newBook()
	if err != nil {
		return err
	}
	defer f.Close()
	out, err := f.NewStreamWriter(BankSheet)
	if err != nil {
		return err
	}
	columns := content.QuestionColumns()
	for i, name := range columns {
		if err := out.SetColWidth(i+1, i+1, columnWidth(name)); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&frozenHead); err != nil {
		return err
	}
	if err := out.SetRow("A1", styled(columns, looks.head)); err != nil {
		return err
	}
	for i, q := range bank {
		if err := out.SetRow("A"+strconv.Itoa(i+2), styled(content.QuestionCells(q), looks.text)); err != nil {
			return fmt.Errorf("write question %s: %w", q.ID, err)
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

// looks are the styles of a workbook.
type looks struct{ head, text int }

var frozenHead = excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}

func newBook() (f *excelize.File, l looks, err error) {
	f = excelize.NewFile()
	if err = f.SetSheetName("Sheet1", BankSheet); err != nil {
		return nil, l, err
	}
	l.head, err = f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F4D9D0"}}})
	if err != nil {
		return nil, l, err
	}
	// As text: a date such as 07-01 must not become a date of this year.
	l.text, err = f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	return f, l, err
}

func columnWidth(name string) float64 {
	switch name {
	case "题干", "解析":
		return 50
	case "来源", "链接":
		return 30
	}
	return 12
}

// styled leaves empty cells out.
func styled(cells []string, style int) []any {
	row := make([]any, len(cells))
	for i, cell := range cells {
		if cell != "" {
			row[i] = excelize.Cell{StyleID: style, Value: cell}
		}
	}
	return row
}
