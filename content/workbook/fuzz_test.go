package workbook

import (
	"bytes"
	"io"
	"testing"
)

// FuzzRead changes the sheet of a workbook.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := Write(&b, bank[1:3]); err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{
		`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>题干</t></is></c><c r="B1" t="str"><v>答案</v></c></row><row r="2"><c t="str"><v>对吗？</v></c><c t="b"><v>1</v></c></row></sheetData></worksheet>`,
		`<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>题干</v></c><c r="B1" t="str"><v>答案</v></c></row><row r="9"><c r="A9"><f>1+1</f></c><c r="B9" t="e"><v>#REF!</v></c></row></sheetData></worksheet>`,
		`<worksheet><sheetData/></worksheet>`,
	} {
		f.Add([]byte(s))
	}
	good := b.Bytes()
	f.Fuzz(func(t *testing.T, sheet []byte) {
		data := repacked(t, good, func(name string, text []byte) []byte {
			if isSheet(name) {
				return sheet
			}
			return text
		}, map[string]io.Reader{})
		file := ReadQuestions("f", data)
		for _, e := range file.Questions {
			if faults := e.Value.Check(); len(faults) > 0 || e.Row < 1 || file.Unread && e.File == "" {
				t.Fatalf("accepted %+v with %v", e, faults)
			}
		}
		for _, fault := range append(file.Faults, file.Notes...) {
			if fault.File == "" || fault.Problem == "" {
				t.Fatalf("fault %+v", fault)
			}
		}
	})
}
