package moodle

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"dangshi/content"
)

// WriteGIFT writes a bank in GIFT. What the format has no place for (id, state,
// source …) stands in tags, which Moodle keeps. left are the questions that would
// not come back as they are.
func WriteGIFT(w io.Writer, bank []content.Question) (left []content.Question, err error) {
	out := bufio.NewWriter(w)
	category := ""
	for _, q := range bank {
		text := giftText(q)
		f := ReadGIFT("", giftCategory(q.Category)+text)
		if len(f.Questions) != 1 || f.Err() != nil || !content.Same(f.Questions[0].Value, q) {
			left = append(left, q)
			continue
		}
		if q.Category != category {
			category = q.Category
			text = giftCategory(category) + text
		}
		if _, err := out.WriteString(text); err != nil {
			return nil, fmt.Errorf("write GIFT: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return nil, fmt.Errorf("write GIFT: %w", err)
	}
	return left, nil
}

func giftCategory(name string) string {
	path := "top"
	if name != "" {
		path += "/" + strings.ReplaceAll(name, "/", "//")
	}
	return "$CATEGORY: " + path + "\n\n"
}

var (
	escape    = strings.NewReplacer(`\`, `\\`, "~", `\~`, "=", `\=`, "#", `\#`, "{", `\{`, "}", `\}`, ":", `\:`)
	escapeTag = strings.NewReplacer(`\`, `\\`, "]", `\]`)
)

func giftText(q content.Question) string {
	var b strings.Builder
	b.WriteString("// [id:" + escapeTag.Replace(q.ID) + "]")
	tag := func(name, value string) {
		if value != "" {
			b.WriteString(" [tag:" + name + "=" + escapeTag.Replace(value) + "]")
		}
	}
	count := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	if lastOf(strings.TrimPrefix(strings.TrimSpace(giftCategory(q.Category)), "$CATEGORY:")) != q.Category {
		tag(tagCategory, q.Category)
	}
	tag(tagState, string(q.State))
	tag(tagLevel, count(q.Difficulty))
	tag(tagSource, q.Source)
	tag(tagURL, q.URL)
	tag(tagGrade, string(q.Grade))
	tag(tagDay, q.Day)
	tag(tagRevision, count(q.Revision))
	fmt.Fprintf(&b, "\n::%s::[plain]%s{", escape.Replace(q.ID), escape.Replace(q.Stem))
	switch q.Type {
	case content.Judge:
		b.WriteString(map[content.Letters]string{1: "T", 2: "F"}[q.Answer.Letters])
	case content.Blank:
		for _, word := range q.Answer.Accept {
			b.WriteString("\n\t=" + weighed("", word, "%100%"))
		}
	default:
		giftOptions(&b, q)
	}
	if q.Explain != "" {
		b.WriteString("\n\t####" + escape.Replace(q.Explain))
	}
	b.WriteString("\n}\n\n")
	return b.String()
}

// giftOptions writes the options: the right one of several with =, several right
// ones with equal parts of the points.
func giftOptions(b *strings.Builder, q content.Question) {
	n := q.Answer.Letters.Len()
	for i, option := range q.Options {
		right := q.Answer.Letters.Has(i)
		switch {
		case q.Type == content.Single && right:
			b.WriteString("\n\t=" + weighed("", option, "%100%"))
		case q.Type == content.Single:
			b.WriteString("\n\t~" + weighed("", option, "%0%"))
		case right:
			part := strconv.FormatFloat(100/float64(max(n, 1)), 'f', 5, 64)
			part = strings.TrimRight(strings.TrimRight(part, "0"), ".")
			b.WriteString("\n\t~" + weighed("%"+part+"%", option, ""))
		default:
			b.WriteString("\n\t~" + weighed("%-100%", option, ""))
		}
	}
}

// weighed writes an option with its weight, or with the usual one where its text
// would be taken for one.
func weighed(weighs, text, usual string) string {
	text = escape.Replace(text)
	if weighs == "" && weight.MatchString(text) {
		weighs = usual
	}
	return weighs + text
}
