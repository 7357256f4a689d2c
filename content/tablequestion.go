package content

import (
	"fmt"
	"strconv"
	"strings"
)

// value reads a cell that names one of a few values, by the words of table or as
// JSON does; what is neither stays, for Check to refuse.
func value[T ~string](r *tableRow, field string, table []wordFor[T]) T {
	cell := r.text(field)
	if v, ok := meaning(table, cell); ok {
		return v
	}
	return T(strings.ToLower(cell))
}

// number reads a whole number; an empty cell is 0.
func (r *tableRow) number(field string) int {
	cell := r.text(field)
	if cell == "" {
		return 0
	}
	n, err := strconv.Atoi(Fold(cell))
	if err != nil {
		r.add(field, "应是整数，现在是“%s”，请改正", shown(cell))
	}
	return n
}

// tableQuestion takes one row of a bank.
func (in *intake) tableQuestion(r *tableRow) {
	q := Question{
		ID: r.text("id"), Type: value(r, "type", typeWords), Stem: r.text("stem"), Explain: r.text("explain"),
		Category: r.text("category"), Source: r.text("source"), URL: r.text("url"),
		Grade: value(r, "grade", gradeWords), State: value(r, "state", stateWords), Day: r.date("day"), Revision: r.number("revision"),
	}
	if level, ok := meaning(levelWords, r.text("difficulty")); ok {
		q.Difficulty = level
	} else {
		q.Difficulty = r.number("difficulty")
	}
	q.Options = r.options()
	answer := r.text("answer")
	if _, given := r.at["type"]; !given {
		q.Type = guessType(q.Options, answer)
	}
	r.answer(&q, answer)
	if q.Type == "" {
		r.add("type", "缺少题型，请填 单选、多选、判断 或 填空")
	}
	if q.ID == "" {
		q.ID = in.newID(q, r)
	}
	in.question(r.row, q, r.faults, lacking(questionKeepers, r.at))
}

// newID is the derived id of a question that has none. A row that is at fault
// gets one that nobody but Check sees.
func (in *intake) newID(q Question, r *tableRow) string {
	id := q.derivedID()
	first, twice := in.askedRow[id]
	if q.Stem != "" && !twice {
		return id
	}
	if q.Stem != "" {
		r.add("stem", "和第 %d 行是同一道题，请删去一行；确实是两道题请给它们编号", first)
	}
	return standIn(r.row)
}

func standIn(row int) string { return fmt.Sprintf("row-%d", row) }

// options reads the options from one cell or from a column for each; empty ones
// at the end are none.
func (r *tableRow) options() []string {
	if cell := r.text(fieldOptions); cell != "" {
		return withoutLetters(splitList(cell))
	}
	var options []string
	for i := range MaxOptions {
		options = append(options, r.text(optionColumn+letter(i)))
	}
	for len(options) > 0 && options[len(options)-1] == "" {
		options = options[:len(options)-1]
	}
	if len(options) == 0 {
		return nil
	}
	return options
}

// guessType finds the type of a question in a table that has no column for it.
func guessType(options []string, answer string) Type {
	_, verdict := meaning(verdictWords, answer)
	letters, _ := looseLetters(answer)
	switch {
	case len(options) > 0 && letters.Len() > 1:
		return Multiple
	case len(options) > 0 && letters.Len() == 1:
		return Single
	case answer == "":
		return ""
	case len(options) == 0 && verdict:
		return Judge
	case len(options) == 0:
		return Blank
	}
	return Single
}

// looseLetters reads letters as people write them: ac, A、C, “A C”, Ａ；Ｃ.
func looseLetters(s string) (set Letters, ok bool) {
	for _, c := range strings.ToUpper(Fold(s)) {
		switch {
		case 'A' <= c && c < 'A'+MaxOptions:
			if set.Has(int(c - 'A')) {
				return 0, false
			}
			set |= 1 << (c - 'A')
		case !strings.ContainsRune(" ,、;|/。.和及+", c):
			return 0, false
		}
	}
	return set, set != 0
}

// answer reads the key as the type of the question wants it.
func (r *tableRow) answer(q *Question, cell string) {
	switch q.Type {
	case Single, Multiple:
		set, ok := looseLetters(cell)
		if q.Answer.Letters = set; !ok && cell != "" {
			r.add("answer", "答案“%s”不合要求，请写选项的字母，每个一次，例如 B 或 ACD", shown(cell))
		}
	case Judge:
		r.verdict(q, cell)
	case Blank:
		q.Answer.Accept = splitList(cell)
		if len(q.Answer.Accept) == 0 {
			r.add("answer", "缺少答案，请填可以算对的写法；不止一种用 | 分开，例如 1921|1921年")
		}
	}
}

// verdict reads the answer of a judge question. Tables often give it the options
// 正确 and 错误: then a letter is one of these.
func (r *tableRow) verdict(q *Question, cell string) {
	key, ok := meaning(verdictWords, cell)
	if len(q.Options) == 2 {
		first, ok1 := meaning(verdictWords, q.Options[0])
		second, ok2 := meaning(verdictWords, q.Options[1])
		if ok1 && ok2 && first != second {
			q.Options = nil
			switch Normalise(cell) {
			case "a":
				key = first
			case "b":
				key = second
			}
		}
	}
	q.Answer.Letters = key
	switch {
	case cell == "":
		r.add("answer", "缺少答案，请填 对 或 错")
	case !ok:
		r.add("answer", "判断题的答案“%s”不合要求，请填 对 或 错", shown(cell))
	}
}
