package board

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"dangshi/content"
	"dangshi/quiz"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata: read the difference before you commit it")

func exampleHead() Head {
	return Head{
		Season: quiz.Season{ID: "2026", From: quiz.Date(2026, 1, 1), To: quiz.Date(2026, 12, 31)}, Weights: quiz.DefaultWeights,
		At: time.Date(2026, 12, 1, 1, 30, 0, 0, time.UTC), Top: 100,
		Branches: quiz.NewBranches([]content.Branch{
			{Code: "dw1", Name: "=城关党工委"}, {Code: "zb1", Name: "第一支部", Parent: "dw1"}, {Code: "zb9", Name: "老支部", Parent: "dw1", Retired: true},
		}),
		Tally: quiz.Tally{At: quiz.Date(2026, 12, 1).Start().Unix(), Season: "2026", Branches: map[string]quiz.BranchTally{
			"zb1": {Members: 3, Active: 2, Points: 3 * 100 * quiz.Unit}, "zb9": {Members: 1, Points: 50 * quiz.Unit}, "@别处": {Members: 1, Active: 1, Points: quiz.Unit},
		}},
		Voids:   quiz.Voids{quiz.Date(2026, 5, 3): quiz.Dropped, quiz.Date(2026, 5, 1): quiz.Dropped, quiz.Date(2026, 6, 1): quiz.Kept, quiz.Date(2025, 6, 1): quiz.Kept},
		Rulings: 2,
	}
}

func exampleRows() []Row {
	return []Row{
		{Place: 1, Pseudonym: "0000000001", Name: "张三", Branch: "zb1", Points: 30000*quiz.Unit + 2519, Days: 300, Correct: 1499, Asked: 1500, Longest: 120, Draw: "00ff", ID: "-oOne"},
		{Place: 2, Pseudonym: "0000000002", Name: "=cmd|' /C calc'!A0", Branch: "zb9", Points: 30000 * quiz.Unit, Days: 300, Correct: 1, Asked: 3, Longest: 7, ID: "oTwo"},
		{Place: 3, Pseudonym: "0000000003", Branch: "@别处", Points: 82 * quiz.Unit, Days: 1, Longest: 1, ID: "oThree"},
		{Place: 4, Pseudonym: "0000000004", Points: quiz.Unit, Days: 1, Revoked: true, Draw: "0100", Name: "李四", ID: "oFour"},
		{Place: 5, Pseudonym: "0000000005", Erased: true},
		{Place: 6, Pseudonym: "0000000006", Name: "王五", ID: "oSix"},
		{Place: 7, Pseudonym: "0000000007", ID: "oSeven"},
	}
}

func handing(rows []Row) Rows {
	return func(take func(Row) error) error {
		for _, r := range rows {
			if err := take(r); err != nil {
				return err
			}
		}
		return nil
	}
}

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not as expected:\n%s", name, got)
	}
}

// readBook is all that a workbook holds: a cell that is a number is marked as one,
// and there must be no formulas.
func readBook(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var text strings.Builder
	for _, sheet := range f.GetSheetList() {
		fmt.Fprintf(&text, "== %s\n", sheet)
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for k := range row {
				cell, err := excelize.CoordinatesToCellName(k+1, i+1)
				if err != nil {
					t.Fatal(err)
				}
				kind, err := f.GetCellType(sheet, cell)
				if formula, err2 := f.GetCellFormula(sheet, cell); err != nil || err2 != nil || formula != "" {
					t.Errorf("%s %s: formula %q, %v %v", sheet, cell, formula, err, err2)
				}
				if kind == excelize.CellTypeUnset && row[k] != "" {
					row[k] = "#" + row[k]
				}
			}
			fmt.Fprintln(&text, strings.Join(row, " | "))
		}
	}
	return text.String()
}

// TestWorkbooks: what the sheets hold, read back.
func TestWorkbooks(t *testing.T) {
	h, rows := exampleHead(), exampleRows()
	golden(t, "ranking.txt", readBook(t, func(w io.Writer) error { return writeXLSX(w, h, handing(rows), 3) }))
	closed := h
	closed.Closed, closed.OpenID, closed.Within, closed.Top = true, true, "zb1", 0
	golden(t, "ranking_closed.txt", readBook(t, func(w io.Writer) error { return WriteXLSX(w, closed, handing(rows)) }))
	p := Prizes{Head: h, By: "刘主任", Why: "年终颁奖"}
	golden(t, "prizes.txt", readBook(t, func(w io.Writer) error { return WritePrizesXLSX(w, p, rows) }))
}

// TestTables: the CSV files, and that no openid is in any where it was not asked
// for.
func TestTables(t *testing.T) {
	h, rows := exampleHead(), exampleRows()
	for name, write := range map[string]func(io.Writer, Head) error{
		"ranking.csv": func(w io.Writer, h Head) error { return WriteCSV(w, h, handing(rows)) },
		"prizes.csv": func(w io.Writer, h Head) error {
			return WritePrizesCSV(w, Prizes{Head: h, By: "刘主任", Why: "颁奖"}, rows)
		},
	} {
		var without, with bytes.Buffer
		if err := write(&without, h); err != nil {
			t.Fatal(err)
		}
		golden(t, name, without.String())
		asked := h
		asked.OpenID = true
		if err := write(&with, asked); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(without.String(), "oTwo") || !strings.Contains(with.String(), ",oTwo\r\n") || !strings.Contains(with.String(), ",'-oOne\r\n") {
			t.Errorf("%s with openids:\n%s", name, with.String())
		}
	}
}

// TestRowsFail: what fails on the way is told.
func TestRowsFail(t *testing.T) {
	broken := errors.New("broken")
	rows := func(take func(Row) error) error {
		if err := take(Row{Place: 1}); err != nil {
			return err
		}
		return broken
	}
	for _, write := range []func(io.Writer, Head, Rows) error{WriteCSV, WriteXLSX} {
		if err := write(io.Discard, exampleHead(), rows); !errors.Is(err, broken) {
			t.Error(err)
		}
	}
}

// TestAnyTable: no cell is a formula, be it in the middle of a row.
func TestAnyTable(t *testing.T) {
	table := Table{Name: "记录", Columns: []string{"谁", "什么"}, Widths: []float64{10, 20}, Rows: func(put func([]string) error) error {
		return errors.Join(put([]string{"=1+1", "a,b"}), put([]string{"王芳", "@SUM(A1)"}))
	}}
	var text, book bytes.Buffer
	if err := errors.Join(table.WriteCSV(&text), table.WriteXLSX(&book)); err != nil {
		t.Fatal(err)
	}
	if want := "\ufeff谁,什么\r\n'=1+1,\"a,b\"\r\n王芳,'@SUM(A1)\r\n"; text.String() != want {
		t.Errorf("%q", text.String())
	}
	f, err := excelize.OpenReader(&book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("记录")
	if err != nil || len(rows) != 3 || rows[1][0] != "'=1+1" || rows[2][1] != "'@SUM(A1)" {
		t.Errorf("%q, %v", rows, err)
	}
}

// TestHonoursTable: an honour, one that was revoked, one whose person was erased; no cell
// is a formula.
func TestHonoursTable(t *testing.T) {
	awards := []quiz.Award{
		{Honour: quiz.Honour{Place: 1, Pseudonym: "AAAAAAAAAA", Points: 35612 * quiz.Unit, Days: 361, Longest: 200, Lot: "0123456789abcdef"}, Code: "7KQ2M9XW4T3HBZ0V", Name: "=张三", Branch: "zb1"},
		{Honour: quiz.Honour{Place: 2, Pseudonym: "BBBBBBBBBB", Points: quiz.Unit / 2, Revoked: &quiz.Revocation{Reason: "@代答"}}, Name: "李四"},
		{Honour: quiz.Honour{Place: 3, Pseudonym: "CCCCCCCCCC"}, Erased: true},
	}
	var b bytes.Buffer
	if err := WriteHonoursCSV(&b, awards, exampleHead().Branches); err != nil {
		t.Fatal(err)
	}
	golden(t, "honours.csv", b.String())
}
