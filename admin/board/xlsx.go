package board

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"

	"dangshi/content"
)

// sheetRows is how many members one sheet takes: a sheet has 1,048,576 rows at
// most, the rest go to further ones.
const sheetRows = 1_000_000

// The sheets besides those of the ranking.
const (
	branchSheet = "支部"
	noteSheet   = "说明"
)

// WriteXLSX writes a workbook: the ranking with a frozen head and numbers as
// numbers, the branches, and how all of it came about and can be checked. A large
// one passes through a temporary file.
func WriteXLSX(w io.Writer, h Head, rows Rows) error { return writeXLSX(w, h, rows, sheetRows) }

func writeXLSX(w io.Writer, h Head, rows Rows, perSheet int) error {
	b, err := newBook()
	if err != nil {
		return err
	}
	defer b.file.Close() // removes temporary files
	ranking := &sheets{book: b, name: "排行榜" + h.Season.ID, columns: h.columns(), widths: []float64{7, 14, 12, 28, 9, 10, 9, 14, 20, 34}, perSheet: perSheet}
	if err := ranking.begin(); err != nil {
		return err
	}
	if err := rows(func(r Row) error { return ranking.put(h.values(b, r)) }); err != nil {
		return err
	}
	if err := ranking.out.Flush(); err != nil {
		return err
	}
	if err := b.branches(h); err != nil {
		return err
	}
	if err := b.notes(noteSheet, h.notes()); err != nil {
		return err
	}
	return b.file.Write(w)
}

// values are a row as cells of a sheet.
func (h Head) values(b *book, r Row) []any {
	var right any
	if share, ok := r.accuracy(); ok {
		right = excelize.Cell{StyleID: b.share, Value: share}
	}
	cells := []any{r.Place, r.Pseudonym, r.name(), h.branch(r.Branch), rounded(r.Points), r.Days, right, r.Longest, r.draw()}
	if h.OpenID {
		cells = append(cells, content.Harmless(r.ID))
	}
	return cells
}

// book is a workbook that is being written.
type book struct {
	file              *excelize.File
	head, share, wrap int // styles
	begun             bool
}

func newBook() (*book, error) {
	b := &book{file: excelize.NewFile()}
	tenth := "0.0%"
	for _, s := range []struct {
		to    *int
		style excelize.Style
	}{
		{&b.head, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F4D9D0"}}}},
		{&b.share, excelize.Style{CustomNumFmt: &tenth}},
		{&b.wrap, excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
	} {
		id, err := b.file.NewStyle(&s.style)
		if err != nil {
			return nil, err
		}
		*s.to = id
	}
	return b, nil
}

// sheet begins one more sheet with a frozen head.
func (b *book) sheet(name string, columns []string, widths []float64) (*excelize.StreamWriter, error) {
	if !b.begun {
		b.begun = true
		if err := b.file.SetSheetName("Sheet1", name); err != nil {
			return nil, err
		}
	} else if _, err := b.file.NewSheet(name); err != nil {
		return nil, err
	}
	out, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	for i, width := range widths {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	head := make([]any, len(columns))
	for i, name := range columns {
		head[i] = excelize.Cell{StyleID: b.head, Value: name}
	}
	return out, out.SetRow("A1", head)
}

// sheets are one table over as many sheets as it takes.
type sheets struct {
	book     *book
	name     string
	columns  []string
	widths   []float64
	perSheet int

	out    *excelize.StreamWriter
	number int // of the present one, from 1
	rows   int // on it
}

func (s *sheets) begin() (err error) {
	s.number++
	s.rows = 0
	name := s.name
	if s.number > 1 {
		name += fmt.Sprintf("（%d）", s.number)
	}
	s.out, err = s.book.sheet(name, s.columns, s.widths)
	return err
}

func (s *sheets) put(row []any) error {
	if s.rows == s.perSheet {
		if err := s.out.Flush(); err != nil {
			return err
		}
		if err := s.begin(); err != nil {
			return err
		}
	}
	s.rows++
	return s.out.SetRow("A"+strconv.Itoa(s.rows+1), row)
}

// branches writes the tree with its sums, each branch with all that is below it.
func (b *book) branches(h Head) error {
	out, err := b.sheet(branchSheet, []string{"编号", "支部", "上级", "层级", "参与人数", "近7天参与", "人均积分", "总积分", "状态"}, []float64{12, 36, 28, 6, 10, 11, 10, 12, 8})
	if err != nil {
		return err
	}
	for i, cells := range h.branchRows() {
		if err := out.SetRow("A"+strconv.Itoa(i+2), cells); err != nil {
			return err
		}
	}
	return out.Flush()
}

// branchRows are the branches of the tree, and after them what members call theirs
// that no branch of the tree is.
func (h Head) branchRows() (rows [][]any) {
	rolled, within := h.Tally.Rolled(h.Branches), h.Branches.Within(h.Within)
	put := func(code, name, above string, level int, state string) {
		t := rolled[code]
		var average any
		if t.Members > 0 {
			average = rounded(t.Points / t.Members)
		}
		rows = append(rows, []any{content.Harmless(code), content.Harmless(name), content.Harmless(above), level, t.Members, t.Active, average, rounded(t.Points), state})
	}
	for _, x := range h.Branches.All() {
		if h.Within != "" && !within[x.Code] {
			continue
		}
		above, state := "", "在用"
		if x.Parent != "" {
			above = h.Branches.Name(x.Parent)
		}
		if x.Retired {
			state = "停用"
		}
		put(x.Code, x.Name, above, h.Branches.Depth(x.Code)+1, state)
	}
	if h.Within != "" {
		return rows
	}
	for _, code := range slices.Sorted(maps.Keys(rolled)) {
		if _, known := h.Branches.Get(code); !known {
			put(code, code, "", 1, "不在名单里")
		}
	}
	return rows
}

// notes writes a sheet of things that are explained.
func (b *book) notes(sheet string, notes [][2]string) error {
	out, err := b.sheet(sheet, []string{"项目", "说明"}, []float64{14, 100})
	if err != nil {
		return err
	}
	for i, note := range notes {
		row := []any{excelize.Cell{StyleID: b.wrap, Value: note[0]}, excelize.Cell{StyleID: b.wrap, Value: content.Harmless(note[1])}}
		if err := out.SetRow("A"+strconv.Itoa(i+2), row); err != nil {
			return err
		}
	}
	return out.Flush()
}
