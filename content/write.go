package content

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// WriteQuestions writes questions as JSON Lines, the form in which banks are
// exported and can always be loaded again.
func WriteQuestions(w io.Writer, questions []Question) error {
	return writeLines(w, len(questions), func(i int) any { return questions[i] })
}

// WriteItems writes items as JSON Lines. An item whose question is among
// questions carries it; the others keep only its id.
func WriteItems(w io.Writer, items []Item, questions []Question) error {
	byID := make(map[string]*Question, len(questions))
	for i := range questions {
		byID[questions[i].ID] = &questions[i]
	}
	return writeLines(w, len(items), func(i int) any {
		return struct {
			Item
			Asked *Question `json:"question,omitempty"`
		}{items[i], byID[items[i].Question]}
	})
}

func writeLines(w io.Writer, n int, line func(int) any) error {
	bw := bufio.NewWriter(w)
	enc := json.NewEncoder(bw)
	enc.SetEscapeHTML(false)
	for i := range n {
		if err := enc.Encode(line(i)); err != nil {
			return fmt.Errorf("write line %d: %w", i+1, err)
		}
	}
	if err := bw.Flush(); err != nil {
		return fmt.Errorf("write lines: %w", err)
	}
	return nil
}
