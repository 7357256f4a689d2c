package content

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Type is the type of a question.
type Type string

// The types of questions.
const (
	Single   Type = "single"   // one of 2 to 8 options
	Multiple Type = "multiple" // two or more of 2 to 8 options
	Judge    Type = "judge"    // true or false; it has no options of its own
	Blank    Type = "blank"    // a word to fill in
)

// Valid reports whether t is one of the four types.
func (t Type) Valid() bool {
	switch t {
	case Single, Multiple, Judge, Blank:
		return true
	}
	return false
}

// MaxOptions is the largest number of options: A to H.
const MaxOptions = 8

// Question is one question of the bank at one revision.
type Question struct {
	ID         string   `json:"id"`
	Type       Type     `json:"type"`
	Stem       string   `json:"stem"`
	Options    []string `json:"options,omitempty"`
	Answer     Key      `json:"answer"`
	Explain    string   `json:"explain,omitempty"`
	Category   string   `json:"category,omitempty"`
	Difficulty int      `json:"difficulty,omitempty"` // 1 easy to 5 hard; 0: not said
	Source     string   `json:"source,omitempty"`
	URL        string   `json:"url,omitempty"`
	Grade      Grade    `json:"grade,omitempty"`
	State      State    `json:"state"`
	Day        string   `json:"day,omitempty"`      // date of the item that it belongs to, as in Item.Date
	Revision   int      `json:"revision,omitempty"` // counts from 1; each change of content is a new one
}

// ShownSource is the source as members may see it; see Item.ShownSource.
func (q Question) ShownSource() string {
	if q.Grade != Official {
		return ""
	}
	return q.Source
}

// Choices are the options as they are printed: for judge 对 and 错.
func (q Question) Choices() []string {
	if q.Type == Judge {
		return []string{"对", "错"}
	}
	return q.Options
}

// Key is the right answer of a question. In JSON it is a string of letters in
// order ("ACD"), "T" or "F", or for a blank a list of strings.
type Key struct {
	Letters Letters  // single, multiple; judge: A is 对 (T), B is 错 (F)
	Accept  []string // blank: every accepted spelling, the first is the one shown
}

// Letters is a set of options in canonical order: bit 0 is A, bit 7 is H.
type Letters uint8

// ParseLetters reads letters such as "ACD": upper case, ascending, none twice.
func ParseLetters(s string) (Letters, error) {
	var set Letters
	last := byte(0)
	for i := range len(s) {
		c := s[i]
		if c < 'A' || c >= 'A'+MaxOptions {
			return 0, fmt.Errorf("%q is not a letter from A to H", s[i:i+1])
		}
		if c <= last {
			return 0, fmt.Errorf("letters %q are not in ascending order", s)
		}
		last = c
		set |= 1 << (c - 'A')
	}
	return set, nil
}

// String gives the letters in order, such as "ACD".
func (l Letters) String() string {
	var b strings.Builder
	for i := range MaxOptions {
		if l.Has(i) {
			b.WriteByte(byte('A' + i))
		}
	}
	return b.String()
}

// Has reports whether option i (0 is A) is in the set.
func (l Letters) Has(i int) bool { return l&(1<<i) != 0 }

// Len is the number of options in the set.
func (l Letters) Len() int {
	n := 0
	for ; l != 0; l &= l - 1 {
		n++
	}
	return n
}

// keyJSON is how a key of a given type is written: see Key.
func (q Question) keyJSON() any {
	switch q.Type {
	case Blank:
		return q.Answer.Accept
	case Judge:
		switch q.Answer.Letters {
		case 1:
			return "T"
		case 2:
			return "F"
		}
		return "" // no key yet: it must not turn into one
	}
	return q.Answer.Letters.String()
}

// MarshalJSON writes the form in which banks are exported.
func (q Question) MarshalJSON() ([]byte, error) {
	type plain Question // no methods: no recursion
	out := struct {
		plain
		Answer any `json:"answer"`
	}{plain(q), q.keyJSON()}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// UnmarshalJSON reads the form that MarshalJSON writes. It checks only that
// the key can be understood; Check says whether the question makes sense.
func (q *Question) UnmarshalJSON(data []byte) error {
	type plain Question
	in := struct {
		*plain
		Answer json.RawMessage `json:"answer"`
	}{plain: (*plain)(q)}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	return q.readKey(in.Answer)
}

func (q *Question) readKey(raw json.RawMessage) error {
	q.Answer = Key{}
	if len(raw) == 0 {
		return nil // Check names the missing field
	}
	if q.Type == Blank {
		if err := json.Unmarshal(raw, &q.Answer.Accept); err != nil {
			return fmt.Errorf("answer: a blank needs a list of accepted answers: %w", err)
		}
		return nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if q.Type == Judge {
		switch s {
		case "T":
			q.Answer.Letters = 1
		case "F":
			q.Answer.Letters = 2
		case "":
		default:
			return fmt.Errorf("answer: judge needs T or F, not %q", s)
		}
		return nil
	}
	letters, err := ParseLetters(s)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	q.Answer.Letters = letters
	return nil
}
