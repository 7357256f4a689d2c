package content

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

var (
	questionFields = []string{"id", "type", "stem", "options", "answer", "explain", "category", "difficulty",
		"source", "url", "grade", "state", "day", "revision"}
	itemFields = []string{"id", "kind", "series", "episode", "date", "year", "category", "title", "text", "source", "url", "grade",
		"picture", "audio", "question", "question_id", "state", "revision"}
)

// ReadQuestions reads a question bank as JSON Lines: one object a line in
// UTF-8, as WriteQuestions writes it; blank lines and a byte order mark are
// passed over, a missing state is Draft. name is how faults call the file.
//
// The error is Faults when the file has any: every one with row and field, up
// to MaxFaults. The questions of faultless rows come back beside it, for
// callers that skip faulty ones; the others must not load anything then. Any
// other error means that r could not be read to its end.
func ReadQuestions(name string, r io.Reader) ([]Question, error) {
	in := newIntake(name)
	if err := in.jsonQuestions(r); err != nil {
		return nil, err
	}
	return Values(in.Questions), in.Err()
}

func (in *intake) jsonQuestions(r io.Reader) error {
	return in.lines(r, func(row int, line []byte) {
		rec := parseRecord(line, questionFields)
		if len(rec.fields) == 0 && len(rec.faults) > 0 {
			in.report(row, "", rec.faults)
			return
		}
		q := rec.question()                // finds faults
		in.question(row, q, rec.faults, 0) // a field that is left out is empty: so banks are written
	})
}

// lines calls each with every line of r that is not blank, without the line
// break, until the file is found to be no JSON Lines at all.
func (in *intake) lines(r io.Reader, each func(row int, line []byte)) error {
	br := bufio.NewReaderSize(r, MaxLine+2) // a line of MaxLine with its \r\n
	started := false
	for row := 1; ; row++ {
		line, err := br.ReadSlice('\n')
		long := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = br.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return fmt.Errorf("read %s: %w", in.Name, err)
		}
		end := err == io.EOF
		if row > MaxRows && !(end && len(line) == 0) {
			in.stop(row, fmt.Sprintf("文件超过 %d 行，请分成几个文件", MaxRows))
			return nil
		}
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		if row == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		switch blank := len(bytes.TrimSpace(line)) == 0; {
		case long || len(line) > MaxLine:
			in.fault(row, "", fmt.Sprintf("这一行超过 %d KB，请检查是否缺了换行", MaxLine>>10))
		case blank: // tolerated
		default:
			if problem := notLines(line); !started && problem != "" {
				in.stop(0, problem)
				return nil
			}
			started = true
			each(row, line)
		}
		if end {
			return nil
		}
	}
}

// notLines says what is wrong with a file that is evidently something else, so
// that not each of its lines is called faulty.
func notLines(first []byte) string {
	switch {
	case bytes.HasPrefix(first, []byte("PK\x03\x04")):
		return "这是 Excel、Word 或压缩文件，不是 JSONL，请按它的扩展名载入或另存为 JSONL"
	case bytes.HasPrefix(first, []byte("\xff\xfe")), bytes.HasPrefix(first, []byte("\xfe\xff")):
		return "文件是 UTF-16 编码，请另存为 UTF-8 编码"
	case bytes.TrimSpace(first)[0] == '[':
		return "整个文件是一个 JSON 列表，请改成 JSONL：一行一个对象 {…}，去掉最外面的方括号和行末的逗号"
	case string(bytes.TrimSpace(first)) == "{":
		return "一个对象分成了几行，请改成 JSONL：一行一个完整的对象 {…}"
	}
	return ""
}

// question reads the fields of a question; what is absent stays empty.
func (r *record) question() Question {
	q := Question{
		ID:         r.text("id"),
		Type:       Type(r.text("type")),
		Stem:       r.text("stem"),
		Options:    r.texts("options"),
		Explain:    r.text("explain"),
		Category:   r.text("category"),
		Difficulty: r.number("difficulty"),
		Source:     r.text("source"),
		URL:        r.text("url"),
		Grade:      Grade(r.text("grade")),
		State:      State(r.text("state")),
		Day:        r.text("day"),
		Revision:   r.number("revision"),
	}
	switch q.Type {
	case Single, Multiple:
		q.Answer.Letters = r.letters()
	case Judge:
		q.Answer.Letters = r.verdict()
	case Blank:
		if raw, ok := r.get("answer"); ok && raw[0] == '"' {
			r.add("answer", "填空题的答案是一组词语，请加上方括号，例如 [%s]", shown(string(raw)))
			break
		}
		q.Answer.Accept = r.texts("answer")
	}
	return q
}

func (r *record) letters() Letters {
	s := r.text("answer")
	set, err := ParseLetters(s)
	if err == nil {
		return set
	}
	problem := "答案“%s”不合要求，请写 A 到 H 的大写字母，例如 B 或 ACD"
	upper := []byte(strings.ToUpper(s))
	slices.Sort(upper)
	if _, err := ParseLetters(string(slices.Compact(upper))); err == nil {
		problem = "答案“%s”请写成 " + string(slices.Compact(upper)) + "：大写字母，按顺序，每个一次"
	}
	r.add("answer", problem, shown(s))
	return 0
}

func (r *record) verdict() Letters {
	switch s := r.text("answer"); s {
	case "T":
		return 1
	case "F":
		return 2
	case "":
	default:
		r.add("answer", "判断题的答案“%s”不合要求，请填 T（对）或 F（错）", shown(s))
	}
	return 0
}
