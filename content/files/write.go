package files

import (
	"fmt"
	"io"

	"dangshi/content"
	"dangshi/content/moodle"
	"dangshi/content/prose"
	"dangshi/content/workbook"
)

// Formats are the formats in which a bank is written, each with the endings that
// its files have.
func Formats() map[string][]string {
	return map[string][]string{"jsonl": {"jsonl"}, "csv": {"csv"}, "xlsx": {"xlsx"}, "gift": {"gift", "txt"}, "aiken": {"aiken", "txt"}, "txt": {"txt"}}
}

// Write writes a bank in one of Formats. left are the questions that the
// format cannot hold, which were left out; the others load back as they are.
func Write(w io.Writer, format string, bank []content.Question) (left []content.Question, err error) {
	switch format {
	case "jsonl":
		return nil, content.WriteQuestions(w, bank)
	case "csv":
		return nil, content.WriteQuestionsCSV(w, bank)
	case "xlsx":
		return nil, workbook.Write(w, bank)
	case "gift":
		return moodle.WriteGIFT(w, bank)
	case "aiken":
		return moodle.WriteAiken(w, bank)
	case "txt":
		return prose.Write(w, bank)
	}
	return nil, fmt.Errorf("there is no format %q", format)
}

// WriteItems writes items as jsonl, csv or xlsx; they load back as they are. Their
// questions are named by their ids: the bank has them.
func WriteItems(w io.Writer, format string, items []content.Item) error {
	switch format {
	case "jsonl":
		return content.WriteItems(w, items, nil)
	case "csv":
		return content.WriteItemsCSV(w, items)
	case "xlsx":
		return workbook.WriteItems(w, items)
	}
	return fmt.Errorf("there is no format %q for items", format)
}
