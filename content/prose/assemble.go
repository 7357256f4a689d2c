package prose

import (
	"regexp"
	"slices"
	"strings"

	"dangshi/content"
)

// minHabit is how many questions must have their key inside the sentence before
// one in the middle of it counts.
const minHabit = 3

// assemble makes questions of all drafts, and tells of what belongs to none.
func (p *parser) assemble(in *content.Intake) {
	habit := p.habit()
	orphans := p.orphans
	slices.SortStableFunc(orphans, func(a, b orphan) int { return a.row - b.row })
	tell := func(before int) {
		for len(orphans) > 0 && orphans[0].row < before {
			o := orphans[0]
			orphans = orphans[1:]
			switch text := content.Quoted(o.what); {
			case o.problem != "":
				in.Fault(o.row, o.problem)
			case o.fault:
				in.Fault(o.row, "不知道“"+text+"”属于哪里：是解析请在前面写“解析：”，是题目请写上题号，用不着请删去")
			default:
				in.Note(o.row, "“"+text+"”不像题目，没有读")
			}
		}
	}
	for i, d := range p.drafts {
		tell(d.row)
		d.finish(in, habit)
		p.drafts[i] = nil // a large bank is not kept twice
	}
	tell(int(^uint(0) >> 1))
}

// lastSlot is an empty place for a verdict at the end of a statement.
var lastSlot = regexp.MustCompile(`[(（【\[][\s\x{3000}\x{00a0}]*[)）】\]]` + space + `$`)

// habit reports whether all questions without another key have one, and only one,
// inside the sentence.
func (p *parser) habit() bool {
	n := 0
	for _, d := range p.drafts {
		if d.answer != nil || len(d.options) == 0 || len(d.bracketKeys()) > 0 {
			continue
		}
		if keys, _ := d.bareKeys(); len(keys) != 1 {
			return false
		}
		n++
	}
	return n >= minHabit
}

// finish hands in one question.
func (d *draft) finish(in *content.Intake, habit bool) {
	d.tags()
	if word := d.fields["type"]; word != "" {
		if d.kind, d.other = kindOf(word); d.kind == "" && d.other == "" {
			d.kind = word
		}
	}
	if d.other != "" {
		in.Note(d.row, d.other+"不是这里有的题型（单选、多选、判断、填空），没有载入")
		return
	}
	w := content.Written{
		ID: d.fields["id"], Type: d.kind, Options: d.options, Explain: d.explain, Category: d.fields["category"],
		Level: d.fields["difficulty"], Source: d.fields["source"], URL: d.fields["url"], Grade: d.fields["grade"],
		State: d.fields["state"], Day: d.fields["day"], Revision: d.fields["revision"],
	}
	switch {
	case d.stem == "":
		d.broken("stem", "没有找到题干，请检查题号后面的文字")
	case len(d.options) == 1:
		d.broken("options", "只找到选项 A，请检查其余选项的字母")
	case len(d.options) > 1:
		d.choice(&w, habit)
	case d.kind == content.Blank.Word():
		d.blank(&w)
	default:
		d.statement(&w)
	}
	w.Stem = d.stem
	if len(d.faults) > 0 {
		in.Reject(d.row, d.stem, d.faults)
		return
	}
	in.Written(d.row, w, nil)
}

// tags takes the name of a type off the stem.
func (d *draft) tags() {
	for _, form := range []*struct {
		at []int
	}{{typeTag.FindStringSubmatchIndex(d.stem)}, {tailTag.FindStringSubmatchIndex(d.stem)}} {
		m := form.at
		if m == nil {
			continue
		}
		word := d.stem[m[2]:m[3]]
		d.kind, d.other = kindOf(word)
		if m[0] == 0 {
			d.stem = strings.TrimSpace(d.stem[m[1]:])
		} else {
			d.stem = strings.TrimSpace(d.stem[:m[0]])
		}
		return
	}
}

func (d *draft) noKey() {
	d.broken("answer", "没有找到答案，请在题目下面写“答案：…”，或写进题干的括号里")
}

// own reads the key that stands apart from the stem; said is false where there is
// none.
func (d *draft) own() (text string, said bool) {
	if d.answer == nil {
		return "", false
	}
	return d.answer.text, strings.TrimSpace(d.answer.text) != ""
}

// choice reads the key of a question with options.
func (d *draft) choice(w *content.Written, habit bool) {
	if d.verdictOptions() && d.kind == "" {
		w.Type = content.Judge.Word()
	}
	inner := d.bracketKeys()
	if len(inner) > 1 {
		d.broken("answer", "题干里有 %d 处括号像是答案，请只留一处，或在题目下面写“答案：…”并清空括号", len(inner))
		return
	}
	letters, note := "", ""
	if text, said := d.own(); said {
		var ok bool
		if letters, note, ok = d.choiceKey(text); !ok {
			if _, isVerdict := content.VerdictOf(text); isVerdict && d.verdictOptions() {
				w.Answer, w.Type = text, content.Judge.Word()
				return
			}
			d.broken("answer", "第 %d 行的答案“%s”看不懂，请写选项的字母，例如 B 或 ACD；解析请写在“解析：”后面", d.answer.row, content.Quoted(text))
			return
		}
		if note != "" && w.Explain == "" {
			w.Explain = note
		}
	}
	if len(inner) == 1 {
		inside, ok := lettersOf(inner[0].key)
		if !ok || letters != "" && inside != letters {
			d.broken("answer", "括号里的“%s”和写出的答案“%s”不一致，请改正一处", inner[0].key, letters)
			return
		}
		letters, d.stem = inside, inner[0].stem
	}
	if letters == "" {
		keys, atEnd := d.bareKeys()
		if len(keys) != 1 || !atEnd && !habit {
			d.noKey()
			return
		}
		letters, d.stem = keys[0].key, keys[0].stem
	}
	w.Answer = letters
}

// verdictOptions reports whether the options are 正确 and 错误.
func (d *draft) verdictOptions() bool {
	if len(d.options) != 2 {
		return false
	}
	a, ok1 := content.VerdictOf(d.options[0])
	b, ok2 := content.VerdictOf(d.options[1])
	return ok1 && ok2 && a != b
}

// statement reads a question without options: one to judge, or a blank.
func (d *draft) statement(w *content.Written) {
	inner := d.bracketKeys()
	if sign, ok := d.signKey(); ok && len(inner) == 0 {
		inner = []innerKey{sign}
	}
	text, said := d.own()
	if !said && d.front != "" {
		text, said = d.front, true
	}
	key, isVerdict := content.VerdictOf(trimmedKey(text))
	letterOnly := said && lettersAtStart.FindString(trimmedKey(text)) == trimmedKey(text) && !strings.ContainsAny(strings.ToUpper(halfWidth(text)), "TF")
	switch {
	case said && isVerdict && (d.kind == content.Judge.Word() || !letterOnly):
	case said && d.kind == "" && letterOnly, d.kind == content.Single.Word(), d.kind == content.Multiple.Word():
		d.broken("options", "没有找到选项，请检查选项的字母和分隔，例如 A. …")
		return
	case said && d.kind == "" && content.HasBlank(d.stem):
		w.Type = content.Blank.Word()
		d.blank(w)
		return
	case said:
		d.broken("answer", "第 %d 行的答案“%s”看不懂：判断题请写 对 或 错，填空题请在题干里用“____”标出要填的地方", d.answerRow(), content.Quoted(text))
		return
	}
	if len(inner) > 1 {
		d.broken("answer", "题干里有 %d 处像是答案，请只留一处", len(inner))
		return
	}
	if len(inner) == 1 {
		inside, ok := content.VerdictOf(inner[0].key)
		if !ok || said && inside != key {
			d.broken("answer", "题干里的“%s”和写出的答案“%s”不一致，请改正一处", inner[0].key, content.Quoted(text))
			return
		}
		key, said, d.stem = inside, true, inner[0].stem
	}
	if !said {
		d.noKey()
		return
	}
	w.Type, w.Answer = content.Judge.Word(), "对"
	if key == 2 {
		w.Answer = "错"
	}
	d.stem = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(d.stem), emptySlot))
	if loc := lastSlot.FindStringIndex(d.stem); loc != nil { // the place of the key says nothing to members
		d.stem = strings.TrimSpace(d.stem[:loc[0]])
	}
}

func (d *draft) answerRow() int {
	if d.answer == nil {
		return d.row
	}
	return d.answer.row
}

// blank reads a question with one place to fill in.
func (d *draft) blank(w *content.Written) {
	places := len(slot.FindAllString(d.stem, -1))
	text, said := d.own()
	inner := d.blankKeys()
	switch {
	case places > 1:
		d.broken("stem", "有 %d 处要填，一道题只能填一处，请拆成几道题，或改成选择题", places)
		return
	case !said && len(inner)+places > 1:
		d.broken("answer", "题干里有几处括号，分不清哪一处是答案，请在题目下面写“答案：…”")
		return
	case !said && len(inner) == 1:
		w.Answer, d.stem = content.Accepts(words(inner[0].key)), inner[0].stem
		return
	case !said:
		d.noKey()
		return
	}
	w.Answer = content.Accepts(words(text))
}
