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
	BankSheet   = "题库"
	ItemsSheet  = "条目"
	BranchSheet = "支部"
	NotesSheet  = "说明"
)

// Write writes a bank as one sheet with a frozen head, the same cells as the CSV,
// all of them text: ReadQuestions reads it back.
func Write(w io.Writer, bank []content.Question) error {
	return writeSheet(w, BankSheet, content.QuestionColumns(), len(bank), func(i int) []string { return content.QuestionCells(bank[i]) })
}

// WriteItems writes items like that: ReadItems reads it back.
func WriteItems(w io.Writer, items []content.Item) error {
	return writeSheet(w, ItemsSheet, content.ItemColumns(), len(items), func(i int) []string { return content.ItemCells(items[i]) })
}

// WriteBranches writes branches like that: ReadBranches reads it back.
func WriteBranches(w io.Writer, all []content.Branch) error {
	return writeSheet(w, BranchSheet, content.BranchColumns(), len(all), func(i int) []string { return content.BranchCells(all[i]) })
}

func writeSheet(w io.Writer, sheet string, columns []string, rows int, cells func(i int) []string) error {
	f, looks, err := newBook(sheet)
	if err != nil {
		return err
	}
	defer f.Close()
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
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
	for i := range rows {
		row := cells(i)
		if err := out.SetRow("A"+strconv.Itoa(i+2), styled(row, looks.text)); err != nil {
			return fmt.Errorf("write %s: %w", row[0], err)
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

func newBook(sheet string) (f *excelize.File, l looks, err error) {
	f = excelize.NewFile()
	if err = f.SetSheetName("Sheet1", sheet); err != nil {
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
	case "题干", "解析", "正文":
		return 50
	case "来源", "链接", "名称":
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
