// Package files reads and writes banks and items in all the formats in which they
// circulate. Which one a file has is found from what it holds, not from its name.
package files

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"

	"dangshi/content"
	"dangshi/content/moodle"
	"dangshi/content/prose"
	"dangshi/content/workbook"
)

// ReadQuestions reads a bank. name is how faults call the file. An error means
// that r could not be read to its end; all that is wrong with the content is in
// the file's Faults.
func ReadQuestions(name string, r io.Reader) (*content.File, error) {
	return read(name, r, questionText, formats{workbook.ReadQuestions, readDocument})
}

// ReadItems is ReadQuestions for items.
func ReadItems(name string, r io.Reader) (*content.File, error) {
	text := func(name string, data []byte) (*content.File, error) {
		return content.ReadItemsFile(name, bytes.NewBuffer(data))
	}
	return read(name, r, text, formats{workbook.ReadItems, func(name string, _ []byte) *content.File {
		return useless(name, "Word 文件里只认得出题目；条目请写成 XLSX、CSV 或 JSONL")
	}})
}

// ReadBranches reads a tree of branches, a workbook or a table, with the parents
// found: see content.LinkBranches.
func ReadBranches(name string, r io.Reader) (*content.File, error) {
	text := func(name string, data []byte) (*content.File, error) {
		return content.ReadBranchesFile(name, bytes.NewBuffer(data))
	}
	f, err := read(name, r, text, formats{workbook.ReadBranches, func(name string, _ []byte) *content.File {
		return useless(name, "支部名单请写成 XLSX 或 CSV")
	}})
	if err == nil && !f.Unread {
		f.LinkBranches()
	}
	return f, err
}

// ReadMoves reads a table of old and new openids, a workbook or a text, and looks
// for what does not go together: see content.LinkMoves.
func ReadMoves(name string, r io.Reader) (*content.File, error) {
	text := func(name string, data []byte) (*content.File, error) {
		return content.ReadMovesFile(name, bytes.NewBuffer(data))
	}
	f, err := read(name, r, text, formats{workbook.ReadMoves, func(name string, _ []byte) *content.File {
		return useless(name, "新旧 openid 请写成 XLSX 或 CSV")
	}})
	if err == nil && !f.Unread {
		f.LinkMoves()
	}
	return f, err
}

// ReadAny reads a bank, or items where those are what the file holds.
func ReadAny(name string, data []byte) (*content.File, error) {
	bank, err := ReadQuestions(name, bytes.NewBuffer(data))
	if err != nil || len(bank.Questions) > 0 || len(bank.Faults) == 0 {
		return bank, err
	}
	items, err := ReadItems(name, bytes.NewBuffer(data))
	if err == nil && (len(items.Items) > 0 || bank.Unread && !items.Unread) {
		return items, nil
	}
	return bank, err
}

// formats read what is packed.
type formats struct {
	book, document func(name string, data []byte) *content.File
}

func read(name string, r io.Reader, text func(string, []byte) (*content.File, error), packed formats) (*content.File, error) {
	data, err := content.ReadWhole(r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	switch {
	case len(data) > content.MaxFile: // said by content
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return archive(name, data, packed), nil
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return useless(name, "这是旧版的 Excel 或 Word 文件（.xls、.doc），或者设了密码；请在 Excel、Word 或 WPS 里另存为 .xlsx 或 .docx，不设密码，再载入"), nil
	}
	return text(name, data)
}

// questionText reads a bank that is a text: lines of JSON, a table, or prose. What
// is none of them is said as of a table, the form that is easiest to make.
func questionText(name string, data []byte) (*content.File, error) {
	if len(data) <= content.MaxFile && !content.IsJSONLines(data) {
		text, problem := content.DecodeText(data)
		if problem == "" && !content.IsJSONLines([]byte(text)) {
			if f := written(name, text); f != nil {
				return f, nil
			}
		}
	}
	return content.ReadQuestionsFile(name, bytes.NewBuffer(data))
}

// written reads a text that is no table; nil: it is one, or nothing in it looks
// like a question. Signs of one kind may stand in the words of another: the surer
// ones are looked for first.
func written(name, text string) *content.File {
	if moodle.IsSurelyGIFT(text) {
		return moodle.ReadGIFT(name, text)
	}
	maybe, certain := content.QuestionTable(text)
	inWords := prose.KeysInWords(text)
	switch {
	case certain, maybe && !inWords:
		return nil
	case !inWords && moodle.IsGIFT(text):
		return moodle.ReadGIFT(name, text)
	case !inWords && moodle.IsAiken(text):
		return moodle.ReadAiken(name, text)
	}
	if f, ok := prose.Read(name, prose.Lines(text)); ok {
		return f
	}
	return nil
}

func useless(name, problem string) *content.File {
	return &content.File{Name: name, Faults: content.Faults{{File: name, Problem: problem}}, Unread: true}
}

// archive reads what is packed as ZIP.
func archive(name string, data []byte, packed formats) *content.File {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return useless(name, "文件损坏或没有传完，请重新导出或下载后再载入")
	}
	for _, f := range z.File {
		part := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if strings.HasPrefix(part, "word/document") && strings.HasSuffix(part, ".xml") {
			return packed.document(name, data)
		}
		switch part {
		case "xl/workbook.xml":
			return packed.book(name, data)
		case "xl/workbook.bin":
			return useless(name, "这是二进制的 Excel 文件（.xlsb），请另存为 .xlsx 再载入")
		case "content.xml":
			return useless(name, "这是 OpenDocument 文件（.ods、.odt），请另存为 .xlsx 或 .docx 再载入")
		}
	}
	return useless(name, "这是压缩文件，不是题库；请解开以后载入里面的文件")
}
