package workbook

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"dangshi/content"
)

var bank = []content.Question{
	{ID: "t-1", Type: content.Single, Stem: "=1+1 等于几？", Options: []string{"+1", "-2", "@3", "=CMD()"}, Answer: content.Key{Letters: 2}, Explain: "'=x",
		Category: "党史", Difficulty: 3, Source: "某书", URL: "https://example.test/1", Grade: content.Official, State: content.Approved, Day: "07-01", Revision: 4},
	{ID: "t-2", Type: content.Multiple, Stem: "哪些？", Options: []string{"甲", "乙", "1921"}, Answer: content.Key{Letters: 5}, State: content.Reviewed, Day: "2026-07-01"},
	{ID: "t-3", Type: content.Judge, Stem: "对吗？", Answer: content.Key{Letters: 2}, State: content.Draft},
	{ID: "t-4", Type: content.Blank, Stem: "在____。", Answer: content.Key{Accept: []string{"嘉兴", "南湖|红船"}}, State: content.Retired},
}

func written(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	data := written(t, func(w io.Writer) error { return Write(w, bank) })
	f := ReadQuestions("b.xlsx", data)
	if f.Err() != nil || len(f.Notes) > 0 || !reflect.DeepEqual(content.Values(f.Questions), bank) {
		t.Errorf("%v %v\n got %+v\nwant %+v", f.Err(), f.Notes, content.Values(f.Questions), bank)
	}
	if at := f.Questions[2]; at.File != "b.xlsx 工作表“题库”" || at.Row != 4 || f.Name != "b.xlsx" {
		t.Errorf("it stands in %s, row %d", at.File, at.Row)
	}
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for _, cell := range []string{"C2", "D2", "E2", "F2", "G2", "M2"} {
		formula, err := book.GetCellFormula(BankSheet, cell)
		kind, err2 := book.GetCellType(BankSheet, cell)
		if err != nil || err2 != nil || formula != "" || kind != excelize.CellTypeInlineString {
			t.Errorf("%s is the formula %q, of type %v, %v %v", cell, formula, kind, err, err2)
		}
	}
}

// TestTemplate: it loads as it is and with the examples taken out, and has its
// drop-downs.
func TestTemplate(t *testing.T) {
	data := written(t, WriteTemplate)
	f := ReadQuestions("t.xlsx", data)
	if f.Err() != nil || len(f.Notes) > 0 || len(f.Questions) != len(examples) {
		t.Fatalf("%v, %v, %d questions", f.Err(), f.Notes, len(f.Questions))
	}
	types := map[content.Type]bool{}
	for _, e := range f.Questions {
		types[e.Value.Type] = true
		if e.Value.State != content.Draft {
			t.Errorf("the example %s is %s", e.Value.Stem, e.Value.State)
		}
	}
	if len(types) != 4 {
		t.Errorf("the examples are of the types %v", types)
	}
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	drops, err := book.GetDataValidations(BankSheet)
	if err != nil || len(drops) != 3 {
		t.Errorf("%d drop-downs, %v", len(drops), err)
	}
	rows, err := book.GetRows(NotesSheet)
	if err != nil || len(rows) != len(notes) {
		t.Errorf("%d notes, %v", len(rows), err)
	}
	for i := len(examples); i > 0; i-- {
		if err := book.RemoveRow(BankSheet, i+1); err != nil {
			t.Fatal(err)
		}
	}
	empty := written(t, func(w io.Writer) error { return book.Write(w) })
	if f := ReadQuestions("t.xlsx", empty); f.Err() != nil || len(f.Questions) != 0 {
		t.Errorf("without examples: %v, %d questions", f.Err(), len(f.Questions))
	}
}

// made is a workbook that build fills.
func made(t *testing.T, build func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := build(f); err != nil {
		t.Fatal(err)
	}
	return written(t, func(w io.Writer) error { return f.Write(w) })
}

func rows(f *excelize.File, sheet string, lines ...string) error {
	for i, line := range lines {
		cells := []any{}
		for _, cell := range strings.Split(line, ",") {
			cells = append(cells, cell)
		}
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &cells); err != nil {
			return err
		}
	}
	return nil
}

// TestSheets: each sheet with headings is read and named; the others are told of.
func TestSheets(t *testing.T) {
	data := made(t, func(f *excelize.File) error {
		for _, name := range []string{"多选题", "封面", "旧题", "空", NotesSheet} {
			if _, err := f.NewSheet(name); err != nil {
				return err
			}
		}
		if err := f.SetSheetVisible("旧题", false); err != nil {
			return err
		}
		for sheet, lines := range map[string][]string{
			"Sheet1": {"某区党史题库", "", "序号,题型,题目,A,B,答案", "1,单选,一大在哪一年？,1919,1921,b", "2,单选,哪一月？,6,7,D"},
			"多选题":    {"编号,题型,题目,A,B,C,答案", "m1,多选,哪些？,甲,乙,丙,AC", ",单选,一大在哪一年,1921,1919,,A"},
			"封面":     {"请各支部填写"}, "旧题": {"题目,答案", "对吗？,对"}, NotesSheet: {"随便写写"},
		} {
			if err := rows(f, sheet, lines...); err != nil {
				return err
			}
		}
		return nil
	})
	f := ReadQuestions("b.xlsx", data)
	want := strings.Join([]string{
		"b.xlsx 工作表“Sheet1” 第5行 [答案]: 答案是 D，但只有 A 到 B 这 2 个选项",
		"b.xlsx 工作表“多选题” 第3行 [id]: 编号“q-c8aa2dba2053d7aa”在 b.xlsx 工作表“Sheet1” 第 4 行已经用过；是同一条请删去一处，不是请改编号",
	}, "\n")
	if got := fmt.Sprint(f.Err()); !strings.HasPrefix(got, want[:strings.Index(want, "\n")]) || !strings.Contains(got, "b.xlsx 工作表“多选题” 第3行 [id]: 编号“q-") || f.Faulty != 2 || len(f.Questions) != 2 {
		t.Errorf("%d questions, %d faulty:\n%s\nwant\n%s", len(f.Questions), f.Faulty, got, want)
	}
	notes := fmt.Sprint(f.Notes)
	if len(f.Notes) != 2 || !strings.Contains(notes, "工作表“封面”: 没有列名") || !strings.Contains(notes, "工作表“旧题”: 这张工作表是隐藏的") {
		t.Errorf("notes %s", notes)
	}
}

// TestCells: what stands in cells is text as it is shown; a formula without a
// saved value, or one that failed, is a fault.
func TestCells(t *testing.T) {
	data := made(t, func(f *excelize.File) error {
		if err := rows(f, "Sheet1", "题型,题目,A,B,答案,日期,解析,备注", "单选,哪一年？,,,,", "判断,对吗？,,,,", "单选,哪一个？,甲,乙"); err != nil {
			return err
		}
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			return err
		}
		for cell, value := range map[string]any{"C2": 1919, "D2": 1921.5, "E2": "Ｂ", "F2": 46204, "E3": true} {
			if err := f.SetCellValue("Sheet1", cell, value); err != nil {
				return err
			}
		}
		if err := f.SetCellStyle("Sheet1", "F2", "F2", day); err != nil {
			return err
		}
		if err := f.SetCellHyperLink("Sheet1", "B2", "https://example.test/never", "External"); err != nil {
			return err
		}
		if err := f.SetCellFormula("Sheet1", "H2", "1+1"); err != nil { // of no use here: no fault
			return err
		}
		if err := f.SetCellFormula("Sheet1", "E4", `"A"&""`); err != nil {
			return err
		}
		return f.SetCellStr("Sheet1", "G4", "#REF!")
	})
	f := ReadQuestions("b.xlsx", data)
	want := []content.Question{
		{ID: "-", Type: content.Single, Stem: "哪一年？", Options: []string{"1919", "1921.5"}, Answer: content.Key{Letters: 2}, Day: "2026-07-01", State: content.Draft},
		{ID: "-", Type: content.Judge, Stem: "对吗？", Answer: content.Key{Letters: 1}, State: content.Draft},
	}
	got := content.Values(f.Questions)
	for i := range got {
		got[i].ID = "-"
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	faults := fmt.Sprint(f.Err())
	for _, says := range []string{"第4行 [答案]: 这一格是公式，文件里没有存它的结果", "第4行 [解析]: 这一格的公式出错，显示为 #REF!"} {
		if !strings.Contains(faults, says) || strings.Count(faults, "\n") != 1 {
			t.Errorf("the faults lack %s:\n%s", says, faults)
		}
	}
}

// repacked changes parts of a workbook.
func repacked(t *testing.T, data []byte, change func(name string, text []byte) []byte, more map[string]io.Reader) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return written(t, func(w io.Writer) error {
		out := zip.NewWriter(w)
		for _, f := range z.File {
			in, err := f.Open()
			if err != nil {
				return err
			}
			text, err := io.ReadAll(in)
			if err != nil {
				return err
			}
			part, err := out.Create(f.Name)
			if err != nil {
				return err
			}
			if _, err := part.Write(change(f.Name, text)); err != nil {
				return err
			}
		}
		for name, text := range more {
			part, err := out.Create(name)
			if err != nil {
				return err
			}
			if _, err := io.Copy(part, text); err != nil {
				return err
			}
		}
		return out.Close()
	})
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestHostileBooks: each is refused with a sentence, or is harmless.
func TestHostileBooks(t *testing.T) {
	good := written(t, func(w io.Writer) error { return Write(w, bank) })
	same := func(_ string, text []byte) []byte { return text }
	sheet := func(change func(string) string) []byte {
		return repacked(t, good, func(name string, text []byte) []byte {
			if isSheet(name) {
				return []byte(change(string(text)))
			}
			return text
		}, nil)
	}
	flipped := bytes.Clone(good)
	flipped[bytes.Index(flipped, []byte("xl/worksheets/sheet1.xml"))+60] ^= 0xff
	for name, c := range map[string]struct {
		data []byte
		says string // "" if it is read
	}{
		"bomb":        {repacked(t, good, same, map[string]io.Reader{"xl/media/big.png": io.LimitReader(zeros{}, maxOther+1)}), "解压后超过 128 MB"},
		"cut":         {good[:len(good)/2], "文件损坏"},
		"flipped":     {flipped, "文件损坏"},
		"torn":        {sheet(func(s string) string { return strings.Replace(s, `<row r="3"`, `<row r="3" <<`, 1) }), "文件损坏"},
		"not ended":   {sheet(func(s string) string { return s[:strings.Index(s, `<row r="3"`)] }), ""},
		"macros":      {repacked(t, good, same, map[string]io.Reader{"xl/vbaProject.bin": strings.NewReader("Sub Auto_Open()")}), ""},
		"far away":    {sheet(func(s string) string { return strings.ReplaceAll(s, `"A2"`, `"XFD2"`) }), "超过 100 列"},
		"far below":   {sheet(func(s string) string { return strings.Replace(s, `<row r="5"`, `<row r="1048576"`, 1) }), ""},
		"entities":    {sheet(func(s string) string { return strings.Replace(s, "哪些", "&xxe;", 1) }), "文件损坏"},
		"no such row": {sheet(func(s string) string { return strings.Replace(s, `<row r="5"`, `<row r="9000000000000000000"`, 1) }), "文件损坏"},
	} {
		f := ReadQuestions("b.xlsx", c.data)
		switch got := fmt.Sprint(f.Err()); {
		case c.says == "" && (f.Err() != nil || len(f.Questions) < 1):
			t.Errorf("%s: %d questions, %s", name, len(f.Questions), got)
		case c.says != "" && (!f.Unread || !strings.Contains(got, c.says)):
			t.Errorf("%s: it says %.200s with %d questions, want %s", name, got, len(f.Questions), c.says)
		}
	}
}
