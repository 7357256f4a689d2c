package prose

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"dangshi/content"
)

// Write writes a bank as text that people can read, print and mend: one part a
// line. left are the questions that would not come back as they are.
func Write(w io.Writer, bank []content.Question) (left []content.Question, err error) {
	out := bufio.NewWriter(w)
	number := 1
	for _, q := range bank {
		text := written(q, number)
		f, _ := Read("", Lines(text))
		if len(f.Questions) != 1 || f.Err() != nil || len(f.Notes) > 0 || !content.Same(f.Questions[0].Value, q) {
			left = append(left, q)
			continue
		}
		number++
		if _, err := out.WriteString(text); err != nil {
			return nil, fmt.Errorf("write text: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return nil, fmt.Errorf("write text: %w", err)
	}
	return left, nil
}

func written(q content.Question, number int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d. [%s题] %s\n", number, q.Type.Word(), q.Stem)
	for i, option := range q.Options {
		fmt.Fprintf(&b, "%s. %s\n", name(i), option)
	}
	key := q.Answer.Letters.String()
	switch q.Type {
	case content.Judge:
		key = map[content.Letters]string{1: "对", 2: "错"}[q.Answer.Letters]
	case content.Blank:
		key = strings.Join(q.Answer.Accept, "|")
	}
	b.WriteString("答案：" + key + "\n")
	if q.Explain != "" {
		b.WriteString("解析：" + q.Explain + "\n")
	}
	order, values := q.Named()
	for _, name := range order {
		b.WriteString(name + "：" + values[name] + "\n")
	}
	b.WriteString("\n")
	return b.String()
}
