package files

import (
	"fmt"
	"io"

	"dangshi/content"
	"dangshi/content/workbook"
)

// Write writes a bank in a format of Formats. left are the questions that the
// format cannot hold, which were left out; the others load back as they are.
func Write(w io.Writer, format string, bank []content.Question) (left []content.Question, err error) {
	switch format {
	case "jsonl":
		return nil, content.WriteQuestions(w, bank)
	case "csv":
		return nil, content.WriteQuestionsCSV(w, bank)
	case "xlsx":
		return nil, workbook.Write(w, bank)
	}
	return nil, fmt.Errorf("there is no format %q", format)
}
