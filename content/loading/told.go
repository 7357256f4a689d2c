package loading

import (
	"cmp"
	"fmt"
	"strings"

	"dangshi/content"
)

// notes are what the readers left out on purpose.
func notes(found *content.File) (lines []string) {
	for _, n := range found.Notes {
		lines = append(lines, n.String())
	}
	if found.MoreNotes > 0 {
		lines = append(lines, fmt.Sprintf("另有 %d 处没有列出", found.MoreNotes))
	}
	return lines
}

// Changes are the entries that differ from what is there, and in which columns.
func (p *Plan) Changes() []string {
	return append(changes(p.Items, "条目"), changes(p.Questions, "题目")...)
}

func changes[T content.Material](steps []content.Step[T], kind string) (lines []string) {
	for _, s := range steps {
		if s.Fate == content.Changed {
			lines = append(lines, fmt.Sprintf("%s 第%d行 %s %s：%s", s.File, s.Row, kind, ID(s.Value), strings.Join(s.Differs(), "、")))
		}
	}
	return lines
}

// Duplicates are the questions that ask what another one asks.
func (p *Plan) Duplicates() (lines []string) {
	for i := range p.Questions {
		if s := &p.Questions[i]; s.Same != "" {
			lines = append(lines, fmt.Sprintf("%s 第%d行 %s：%s", s.File, s.Row, s.Value.ID, p.SameAs(s)))
		}
	}
	return lines
}

// SameAs says of a step which question it repeats and what becomes of it; empty: it
// repeats none.
func (p *Plan) SameAs(s *content.Step[content.Question]) string {
	if s.Same == "" {
		return ""
	}
	text := fmt.Sprintf("和 %s 是同一道题", p.where(s.Same))
	switch {
	case s.Fate == content.Duplicate && s.Key:
		return text + "，没有载入"
	case s.Fate == content.Duplicate:
		return text + "，但答案不同，没有载入；请核对，要改那道题请用它的编号"
	}
	return text + "；它属于条目，仍然载入，请核对要不要停用另一道"
}

// where is a question's place in the files, or its id where it is in the bank.
func (p *Plan) where(id string) string {
	if p.places == nil {
		p.places = map[string]string{}
		for _, s := range p.Questions {
			if s.Before == nil && s.Fate == content.Added {
				p.places[s.Value.ID] = fmt.Sprintf("%s 第%d行 %s", s.File, s.Row, s.Value.ID)
			}
		}
	}
	return cmp.Or(p.places[id], id)
}

// Similar are those that may be the same question in other words; shown shortens
// their stems.
func (p *Plan) Similar(shown func(string) string) (lines []string) {
	for i := range p.Questions {
		if s := &p.Questions[i]; s.Like != nil {
			lines = append(lines, fmt.Sprintf("%s 第%d行 %s：%s：%s ／ %s", s.File, s.Row, s.Value.ID, p.LikeWhich(s),
				shown(content.Plain(s.Like.Stem)), shown(content.Plain(s.Value.Stem))))
		}
	}
	return lines
}

// LikeWhich says of a step which question it may be in other words; empty: none.
func (p *Plan) LikeWhich(s *content.Step[content.Question]) string {
	if s.Like == nil {
		return ""
	}
	return fmt.Sprintf("与 %s 相似（%d%%），请核对是不是同一道题", p.where(s.Like.ID), int(s.Alike*100))
}

// Unasked are the approved items whose own question members will not get.
func (p *Plan) Unasked() (lines []string) {
	for _, s := range p.Items {
		id := s.Value.Question
		if id == "" || s.Value.State != content.Approved {
			continue
		}
		why := ""
		switch state, known := p.states[id]; {
		case !known:
			why = "题库里没有题目 " + id
		case state == content.Retired:
			why = "题目 " + id + " 已停用"
		case state != content.Approved:
			why = "题目 " + id + " 还没有批准"
		default:
			continue
		}
		lines = append(lines, fmt.Sprintf("%s 第%d行 条目 %s：%s", s.File, s.Row, s.Value.ID, why))
	}
	return lines
}

// Advice is about what is loaded; what stays as it is was told before. The same
// advice is given once, with the first place that it is about.
func (p *Plan) Advice() (lines []string) {
	at := map[string]int{} // advice → its line
	var first []content.Fault
	var times []int
	for _, s := range p.Questions {
		if s.Fate != content.Added && s.Fate != content.Changed {
			continue
		}
		for _, f := range s.Placed(s.Value.Advice()) {
			key := f.Field + "\n" + f.Problem
			if i, again := at[key]; again {
				times[i]++
				continue
			}
			at[key] = len(first)
			first, times = append(first, f), append(times, 1)
		}
	}
	for i, f := range first {
		line := f.String()
		if times[i] > 1 {
			line += fmt.Sprintf("（这样的题共 %d 道，这是第一道）", times[i])
		}
		lines = append(lines, line)
	}
	return lines
}

// Kept says which columns the files lack, so that nothing was changed there.
func (p *Plan) Kept() (lines []string) {
	tell := func(columns []string, n int, unit string) {
		if n > 0 {
			lines = append(lines, fmt.Sprintf("文件里没有“%s”，已有的 %d %s照旧；要清空，请加上这一列，格子空着。", strings.Join(columns, "”“"), n, unit))
		}
	}
	columns, n := content.Kept(p.Items)
	tell(columns, n, "条")
	columns, n = content.Kept(p.Questions)
	tell(columns, n, "道")
	return lines
}
