package content

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// What people write for the values of a field, after Normalise; the first of
// each value is the one that is written.
var (
	typeWords = []wordFor[Type]{
		{Single, []string{"单选", "单选题", "单项选择", "单项选择题", "单项"}},
		{Multiple, []string{"多选", "多选题", "多项选择", "多项选择题", "不定项选择题", "不定项", "多项"}},
		{Judge, []string{"判断", "判断题", "是非题", "对错题"}},
		{Blank, []string{"填空", "填空题"}},
	}
	stateWords = []wordFor[State]{
		{Draft, []string{"草稿", "未审", "待审", "待审核"}},
		{Reviewed, []string{"已审", "已审核", "审核通过"}},
		{Approved, []string{"已批准", "批准", "可用", "启用", "已启用", "已发布"}},
		{Retired, []string{"停用", "已停用", "作废"}},
	}
	gradeWords = []wordFor[Grade]{
		{Official, []string{"权威", "权威来源", "官方"}},
		{Secondary, []string{"待核对", "有待核对", "二手"}},
	}
	verdictWords = []wordFor[Letters]{
		{1, []string{"对", "正确", "√", "✓", "✔", "是", "t", "true", "对的", "a"}},
		{2, []string{"错", "错误", "×", "✗", "✘", "x", "否", "f", "false", "不对", "不正确", "错的", "b"}},
	}
	levelWords = []wordFor[int]{
		{1, []string{"易", "容易", "简单"}}, {2, []string{"较易"}}, {3, []string{"中", "中等", "一般", "适中"}},
		{4, []string{"较难"}}, {5, []string{"难", "困难"}},
	}
)

type wordFor[T comparable] struct {
	value T
	words []string
}

// meaning finds the value that a word stands for.
func meaning[T comparable](table []wordFor[T], word string) (value T, ok bool) {
	word = Normalise(word)
	for _, w := range table {
		if slices.Contains(w.words, word) {
			return w.value, true
		}
	}
	return value, false
}

// wording is the word with which a value is written.
func wording[T ~string](table []wordFor[T], value T) string {
	for _, w := range table {
		if w.value == value {
			return w.words[0]
		}
	}
	return string(value)
}

// Word is how tables and lists name the state; unknown ones stay as they are.
func (s State) Word() string { return wording(stateWords, s) }

// Word is how tables and lists name the type.
func (t Type) Word() string { return wording(typeWords, t) }

// Word is how tables and lists name the kind.
func (k Kind) Word() string { return wording(kindWords, k) }

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
	in.question(r.row, q, r.faults)
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
	return fmt.Sprintf("row-%d", r.row)
}

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

// splitList splits a cell at | and line breaks; \| is no end, and empty parts
// are none.
func splitList(cell string) []string {
	var parts []string
	var b strings.Builder
	end := func() {
		if part := strings.TrimSpace(b.String()); part != "" {
			parts = append(parts, part)
		}
		b.Reset()
	}
	escaped := false
	for _, r := range cell {
		special := r == '|' || r == '｜' || r == '\\'
		switch {
		case escaped && !special:
			b.WriteByte('\\')
			fallthrough
		case escaped:
			if escaped = false; r == '\n' {
				end()
			} else {
				b.WriteRune(r)
			}
		case r == '\\':
			escaped = true
		case r == '|' || r == '｜' || r == '\n':
			end()
		default:
			b.WriteRune(r)
		}
	}
	if escaped {
		b.WriteByte('\\')
	}
	end()
	return parts
}

var listEscapes = strings.NewReplacer(`\`, `\\`, `|`, `\|`, `｜`, `\｜`)

func joinList(parts []string) string {
	escaped := make([]string, len(parts))
	for i, part := range parts {
		escaped[i] = listEscapes.Replace(part)
	}
	return strings.Join(escaped, "|")
}

// withoutLetters takes “A. ” off the options where each begins with its letter.
func withoutLetters(options []string) []string {
	bare := make([]string, len(options))
	for i, option := range options {
		runes := []rune(option)
		if len(runes) < 3 || strings.ToUpper(Fold(string(runes[:1]))) != letter(i) || !strings.ContainsRune(".．、:：)） ", runes[1]) {
			return options
		}
		bare[i] = strings.TrimSpace(string(runes[2:]))
	}
	return bare
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

// derivedID names a question by what it asks, so that the same row has the same
// id in every file.
func (q Question) derivedID() string { return "q-" + short(string(q.Type)+"\n"+q.Fingerprint()) }

// Fingerprint is the same for two questions that ask the same: their stems are
// equal after Normalise and so are their options, in whatever order.
func (q Question) Fingerprint() string {
	parts := make([]string, 0, 1+len(q.Options))
	for _, option := range q.Options {
		parts = append(parts, sameText(option))
	}
	slices.Sort(parts)
	return short(strings.Join(append(parts, sameText(q.Stem)), "\n"))
}

// sameText is Normalise; a text of nothing but signs is compared as it is.
func sameText(s string) string {
	if same := Normalise(s); same != "" {
		return same
	}
	return strings.TrimSpace(s)
}

func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
