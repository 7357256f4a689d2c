package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"dangshi/quiz"
)

// percent is the share of right answers, empty where it is not known.
func (r boardRow) percent() string {
	if r.Asked == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f%%", 100*float64(r.Correct)/float64(r.Asked))
}

// harmless keeps a text that others chose from being taken for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// writeBoardCSV writes UTF-8 with a byte order mark, by which Excel knows it.
func writeBoardCSV(w io.Writer, _ quiz.Season, rows []boardRow) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(boardColumns); err != nil {
		return err
	}
	for _, r := range rows {
		err := out.Write([]string{
			strconv.Itoa(r.Rank), r.Pseudonym, harmless(r.Name), harmless(r.Branch), quiz.Score(r.Points), strconv.Itoa(r.Days), strconv.Itoa(r.Longest),
			strconv.Itoa(r.Correct), strconv.Itoa(r.Asked), r.percent(), harmless(r.ID),
		})
		if err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// writeBoardXLSX writes one sheet with a frozen head and numbers as numbers.
func writeBoardXLSX(w io.Writer, season quiz.Season, rows []boardRow) error {
	f := excelize.NewFile()
	defer f.Close()
	sheet := "排行榜" + season.ID
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F4D9D0"}}})
	if err != nil {
		return err
	}
	tenth := "0.0%"
	share, err := f.NewStyle(&excelize.Style{CustomNumFmt: &tenth})
	if err != nil {
		return err
	}
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i, width := range []float64{6, 14, 12, 24, 10, 10, 14, 10, 10, 9, 34} {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(boardColumns))
	for i, name := range boardColumns {
		head[i] = excelize.Cell{StyleID: bold, Value: name}
	}
	if err := out.SetRow("A1", head); err != nil {
		return err
	}
	for i, r := range rows {
		var right any
		if r.Asked > 0 {
			right = excelize.Cell{StyleID: share, Value: float64(r.Correct) / float64(r.Asked)}
		}
		points := float64(r.Points*10/quiz.Unit) / 10
		row := []any{r.Rank, r.Pseudonym, harmless(r.Name), harmless(r.Branch), points, r.Days, r.Longest, r.Correct, r.Asked, right, harmless(r.ID)}
		if err := out.SetRow("A"+strconv.Itoa(i+2), row); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}
