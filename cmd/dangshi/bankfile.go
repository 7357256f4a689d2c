package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"dangshi/content"
)

// writeBankXLSX writes one sheet with a frozen head, the same cells as the CSV.
func writeBankXLSX(w io.Writer, bank []content.Question) error {
	f := excelize.NewFile()
	defer f.Close()
	const sheet = "题库"
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F4D9D0"}}})
	if err != nil {
		return err
	}
	// As text: a date such as 07-01 must not become a date of this year.
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	columns := content.QuestionColumns()
	for i, name := range columns {
		width := 12.0
		switch name {
		case "题干", "解析":
			width = 50
		case "来源", "链接":
			width = 30
		}
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	row := make([]any, len(columns))
	for i, name := range columns {
		row[i] = excelize.Cell{StyleID: bold, Value: name}
	}
	if err := out.SetRow("A1", row); err != nil {
		return err
	}
	for i, q := range bank {
		for j, cell := range content.QuestionCells(q) {
			row[j] = nil
			if cell != "" {
				row[j] = excelize.Cell{StyleID: text, Value: cell}
			}
		}
		if err := out.SetRow("A"+strconv.Itoa(i+2), row); err != nil {
			return fmt.Errorf("write question %s: %w", q.ID, err)
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}
