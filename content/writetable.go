package content

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// QuestionColumns are the headings of a bank as a table, in order.
func QuestionColumns() []string {
	columns := headingsOf(questionHeadings, "id", "type", "stem")
	for i := range MaxOptions {
		columns = append(columns, "选项"+letter(i))
	}
	return append(columns, headingsOf(questionHeadings, "answer", "explain", "category", "difficulty", "source", "url", "grade", "state", "day", "revision")...)
}

// QuestionCells are the cells of one question under QuestionColumns: texts that
// no spreadsheet program takes for a formula.
func QuestionCells(q Question) []string {
	cells := []string{q.ID, wording(typeWords, q.Type), q.Stem}
	for i := range MaxOptions {
		option := ""
		if i < len(q.Options) {
			option = q.Options[i]
		}
		cells = append(cells, option)
	}
	return harmlessAll(append(cells, answerCell(q), q.Explain, q.Category, numberCell(q.Difficulty), q.Source, q.URL,
		wording(gradeWords, q.Grade), wording(stateWords, q.State), q.Day, numberCell(q.Revision)))
}

func answerCell(q Question) string {
	switch {
	case q.Type == Blank:
		return joinList(q.Answer.Accept)
	case q.Type == Judge && q.Answer.Letters == 1:
		return "对"
	case q.Type == Judge && q.Answer.Letters == 2:
		return "错"
	}
	return q.Answer.Letters.String()
}

var itemFieldsInOrder = []string{"id", "kind", "series", "episode", "date", "year", "category", "title", "text", "source", "url", "grade", "picture", "audio", "question_id", "state", "revision"}

// ItemColumns are the headings of items as a table, in order.
func ItemColumns() []string { return headingsOf(itemHeadings, itemFieldsInOrder...) }

// ItemCells are the cells of one item under ItemColumns; see QuestionCells.
func ItemCells(it Item) []string {
	return harmlessAll([]string{it.ID, wording(kindWords, it.Kind), it.Series, numberCell(it.Episode), it.Date, numberCell(it.Year), it.Category, it.Title, it.Text, it.Source, it.URL,
		wording(gradeWords, it.Grade), it.Picture, it.Audio, it.Question, wording(stateWords, it.State), numberCell(it.Revision)})
}

// WriteQuestionsCSV writes a bank as a table that spreadsheet programs open and
// ReadQuestionsFile reads back: UTF-8 with a byte order mark, by which Excel
// knows it.
func WriteQuestionsCSV(w io.Writer, questions []Question) error {
	return writeCSV(w, QuestionColumns(), len(questions), func(i int) []string { return QuestionCells(questions[i]) })
}

// WriteItemsCSV writes items as a table. Questions are named by their ids only.
func WriteItemsCSV(w io.Writer, items []Item) error {
	return writeCSV(w, ItemColumns(), len(items), func(i int) []string { return ItemCells(items[i]) })
}

func writeCSV(w io.Writer, columns []string, n int, cells func(int) []string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	err := out.Write(columns)
	for i := 0; i < n && err == nil; i++ {
		err = out.Write(cells(i))
	}
	if out.Flush(); err == nil {
		err = out.Error()
	}
	if err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

func headingsOf(headings map[string][]string, fields ...string) []string {
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = headings[field][0]
	}
	return names
}

// numberCell leaves out a number that is not said.
func numberCell(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func harmlessAll(cells []string) []string {
	for i := range cells {
		cells[i] = harmless(cells[i])
	}
	return cells
}
