// Package workbook reads and writes banks, and trees of branches, as Excel workbooks (XLSX, and XLSM, of
// which the macros are neither read nor run). Only the texts of cells count: a
// formula gives the value that was saved with it, pictures and links nothing, and
// nothing is ever fetched.
package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"

	"dangshi/content"
)

// ReadQuestions reads the sheets of a bank; each that has headings counts, and
// faults name the sheet. What is wrong with the file is in its Faults.
func ReadQuestions(name string, data []byte) *content.File {
	return read(name, data, content.ReadQuestionRows, content.NoQuestionRows())
}

// ReadItems is ReadQuestions for items.
func ReadItems(name string, data []byte) *content.File {
	return read(name, data, content.ReadItemRows, content.NoItemRows())
}

// ReadBranches is ReadQuestions for branches.
func ReadBranches(name string, data []byte) *content.File {
	return read(name, data, content.ReadBranchRows, content.NoBranchRows())
}

// ReadMoves is ReadQuestions for old and new openids.
func ReadMoves(name string, data []byte) *content.File {
	return read(name, data, content.ReadMoveRows, content.NoMoveRows())
}

type rowReader func(name string, next content.Rows) (f *content.File, headed bool)

func read(name string, data []byte, rows rowReader, none string) *content.File {
	found, err := readBook(name, data, rows)
	var why refused
	switch {
	case errors.As(err, &why):
		return useless(name, string(why))
	case err != nil:
		return useless(name, string(damaged))
	case found == nil:
		return useless(name, "每张工作表里都"+none)
	}
	found.Name = name
	return found
}

func useless(name, problem string) *content.File {
	return &content.File{Name: name, Faults: content.Faults{{File: name, Problem: problem}}, Unread: true}
}

// book is a workbook that is being read.
type book struct {
	name  string
	file  *excelize.File
	zip   *zip.Reader
	seen  map[string]part
	parts map[string]string
	rows  rowReader
	total int // rows read so far, over all sheets
}

// readBook gives nil where no sheet has headings.
func readBook(name string, data []byte, rows rowReader) (found *content.File, err error) {
	defer func() { // the library indexes what a broken file says without looking
		if r := recover(); r != nil {
			found, err = nil, damaged
		}
	}()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, damaged
	}
	seen, err := inspect(z)
	if err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: inMemory,
		CultureInfo: excelize.CultureNameZhCN, ShortDatePattern: "yyyy-mm-dd", LongTimePattern: "hh:mm:ss",
	})
	if err != nil {
		return nil, err
	}
	defer f.Close() // removes temporary files
	b := &book{name: name, file: f, zip: z, seen: seen, parts: partsOf(z), rows: rows}
	return b.read()
}

func (b *book) read() (*content.File, error) {
	sheets := b.file.GetSheetList()
	if len(sheets) > maxSheets {
		return nil, refused(fmt.Sprintf("工作表超过 %d 张，请分成几个文件", maxSheets))
	}
	var files []*content.File
	var left []content.Fault
	headed := false
	for _, sheet := range sheets {
		f, has, err := b.sheet(sheet)
		if err != nil {
			return nil, err
		}
		visible, err := b.file.GetSheetVisible(sheet)
		switch {
		case f == nil: // nothing stands in it
		case has && err == nil && visible:
			files, headed = append(files, f), true
		case has:
			left = append(left, content.Fault{File: f.Name, Problem: "这张工作表是隐藏的，没有载入；要载入请取消隐藏"})
		case !strings.Contains(sheet, NotesSheet):
			left = append(left, content.Fault{File: f.Name, Problem: "没有列名，没有载入；里面有题目请在第一行写上列名"})
		}
	}
	if !headed {
		return nil, nil
	}
	found := content.Join(files)
	found.Notes = append(found.Notes, left...)
	return found, nil
}

// sheet reads one sheet; f is nil for an empty one.
func (b *book) sheet(sheet string) (f *content.File, headed bool, err error) {
	name := fmt.Sprintf("%s 工作表“%s”", b.name, content.Quoted(sheet))
	path := b.parts[strings.ToLower(sheet)]
	var unknownCells map[cellAt]bool
	if b.seen[path].formulas {
		if unknownCells, err = unknown(b.zip, path); err != nil {
			return nil, false, err
		}
	}
	rows, err := b.file.Rows(sheet)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	s := &sheetRows{book: b, rows: rows, unknown: unknownCells}
	f, headed = b.rows(name, s.next)
	if s.err != nil {
		return nil, false, s.err
	}
	// What is no XML any more ends the sheet for the library as its end does: then
	// fewer numbers were passed than rows stand in it.
	if part, known := b.seen[path]; known && !f.Unread && headed && s.number < part.rows {
		return nil, false, damaged
	}
	if !s.some {
		return nil, false, nil
	}
	return f, headed, nil
}

// sheetRows are the rows of a sheet that hold anything.
type sheetRows struct {
	book    *book
	rows    *excelize.Rows
	unknown map[cellAt]bool
	number  int
	some    bool
	err     error
}

var errorValue = regexp.MustCompile(`^#(REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!)$`)

func (s *sheetRows) next() (content.Row, bool) {
	for s.rows.Next() {
		if s.number++; s.number > excelize.TotalRows { // it would go on to any number that a row claims
			break
		}
		cells, err := s.rows.Columns()
		if err != nil {
			s.err = damaged
			return content.Row{}, false
		}
		if len(cells) == 0 {
			continue
		}
		if s.book.total++; s.book.total > content.MaxRows {
			return content.Row{Number: s.number, Problem: fmt.Sprintf("各工作表合起来超过 %d 行，请分成几个文件", content.MaxRows)}, true
		}
		s.some = true
		return s.row(cells), true
	}
	if err := s.rows.Error(); err != nil || s.number > excelize.TotalRows {
		s.err = damaged
	}
	return content.Row{}, false
}

func (s *sheetRows) row(cells []string) content.Row {
	row := content.Row{Number: s.number, Cells: cells}
	if len(cells) > content.MaxColumns {
		row.Problem = fmt.Sprintf("这一行超过 %d 列，请删去多余的列", content.MaxColumns)
		return row
	}
	unread := func(column int, why string) {
		if row.Unread == nil {
			row.Unread = map[int]string{}
		}
		row.Unread[column] = why
	}
	for i, cell := range cells {
		switch {
		case len(cell) > content.MaxCell:
			unread(i, fmt.Sprintf("这一格超过 %d KB，请缩短", content.MaxCell>>10))
			cells[i] = cell[:0]
		case errorValue.MatchString(cell):
			unread(i, "这一格的公式出错，显示为 "+cell+"，请改成文字")
		case cell == "" && s.unknown[cellAt{s.number, i + 1}]:
			unread(i, "这一格是公式，文件里没有存它的结果；请在 Excel 或 WPS 里打开后保存一次，或改成文字")
		}
	}
	return row
}
