package main

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"dangshi/quiz"
)

// TestBankStats: all formats tell the same figures, the worst question first.
func TestBankStats(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	if out, _ := mustRun(t, "bank", "stats", "--season", "2020"); !strings.Contains(out, "还没有出过题") {
		t.Errorf("a season without papers:\n%s", out)
	}
	rank(t, r, 40) // 5 questions, the first ones wrong more often
	p, err := r.bot.IssuePaper(t.Context(), quiz.DayOf(r.bot.Now()))
	if err != nil {
		t.Fatal(err)
	}
	table, _ := mustRun(t, "bank", "stats")
	text, _ := mustRun(t, "bank", "stats", "--format", "csv")
	mustRun(t, "bank", "stats", "--format", "xlsx", "-o", "stats.xlsx")
	body, bom := strings.CutPrefix(text, "\ufeff")
	fromCSV, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || !bom || len(fromCSV) != 1+len(p.Questions) {
		t.Fatalf("%v, byte order mark %v:\n%s", err, bom, text)
	}
	f, err := excelize.OpenFile("stats.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fromXLSX, err := f.GetRows(f.GetSheetName(0))
	if err != nil || len(fromXLSX) != len(fromCSV) {
		t.Fatalf("%d rows, %v", len(fromXLSX), err)
	}
	// Of 40 members the first two have all right, the next two the first one wrong,
	// the next two the first two, and so on: 2, 4, 6, 8 and 10 have them right.
	right := map[string]string{}
	for i, q := range p.Questions {
		right[q.ID] = []string{"2", "4", "6", "8", "10"}[i]
	}
	for i, row := range fromCSV[1:] {
		if row[6] != "40" || row[7] != right[row[0]] || row[5] != "1" {
			t.Errorf("row %d: %v", i+1, row)
		}
		for _, column := range []int{0, 3, 5, 6, 7, 8, 19} {
			other := append(fromXLSX[i+1], make([]string, len(row))...) // empty cells at the end are not given
			if other[column] != row[column] {
				t.Errorf("row %d, column %d: CSV %q, XLSX %q", i+1, column, row[column], other)
			}
		}
		if line := strings.Split(table, "\n")[i+1]; !strings.HasPrefix(line, row[0]) || !strings.Contains(line, row[8]) {
			t.Errorf("line %d of the table is %q, the CSV has %v", i+1, line, row)
		}
	}
	if !strings.Contains(table, "太难") {
		t.Errorf("nothing is too hard:\n%s", table)
	}
	mustFail(t, exitUsage, []string{"bank", "stats", "--format", "csv", "-o", "x.xlsx"}, "--output")
}
