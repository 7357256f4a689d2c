package files

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"dangshi/content"
	"dangshi/content/docx"
	"dangshi/content/prose"
)

// readDocument reads a Word document: tables with headings as tables, all else as
// running text, cell by cell.
func readDocument(name string, data []byte) *content.File {
	blocks, err := docx.Read(data)
	switch {
	case errors.Is(err, docx.ErrLarge):
		return useless(name, "文档太长，请分成几个文件")
	case err != nil:
		return useless(name, "文件损坏或没有传完，请重新导出或下载后再载入")
	}
	var lines []prose.Line
	var found []*content.File
	tables := 0
	for _, b := range blocks {
		if b.Table != nil {
			tables++
			f, headed := content.ReadQuestionRows(fmt.Sprintf("%s 表格%d", name, tables), rowsOf(b.Table))
			if headed {
				found = append(found, f)
				continue
			}
			for _, row := range b.Table {
				for _, cell := range row.Cells {
					lines = appendLines(lines, cell)
				}
			}
			continue
		}
		lines = appendLines(lines, b.Lines)
	}
	text, some := prose.Read(name, lines)
	switch {
	case some && len(found) == 0:
		return text
	case some:
		found = slices.Insert(found, 0, text)
	case len(found) == 0:
		return useless(name, "没有认出题目：每道题请写上题号，选择题的选项写成 A. B. C.，答案写成“答案：B”；写成表格的，第一行要写列名")
	}
	all := content.Join(found)
	all.Name = name
	return all
}

func appendLines(lines []prose.Line, more []docx.Line) []prose.Line {
	for _, l := range more {
		lines = append(lines, prose.Line(l))
	}
	return lines
}

// rowsOf are the rows of a table, counted from its first.
func rowsOf(table []docx.Row) content.Rows {
	at := 0
	return func() (content.Row, bool) {
		if at == len(table) {
			return content.Row{}, false
		}
		row := content.Row{Number: at + 1}
		for _, cell := range table[at].Cells {
			var text []string
			for _, line := range cell {
				text = append(text, strings.TrimSpace(line.Text))
			}
			row.Cells = append(row.Cells, strings.TrimSpace(strings.Join(text, "\n")))
		}
		if len(row.Cells) > content.MaxColumns {
			row.Problem = fmt.Sprintf("这一行超过 %d 列，请删去多余的列", content.MaxColumns)
		}
		at++
		return row, true
	}
}
