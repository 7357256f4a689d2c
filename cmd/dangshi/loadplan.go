package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"dangshi/content"
)

// loadPlan is what a load makes of the entries of all files.
type loadPlan struct {
	items     []content.Step[content.Item]
	questions []content.Step[content.Question]
	faulty    int
	notes     []string
	states    map[string]content.State // of all questions as they will be, by id
	hand      content.Hand
	places    map[string]string // see where
}

// newPlan compares what was found with the library as hand would change it.
func newPlan(a *app, found *content.File, lib *library, hand content.Hand) (*loadPlan, error) {
	p := &loadPlan{
		items:     content.PlanItems(lib.items, found.Items),
		questions: content.PlanQuestions(lib.questions, found.Questions),
		faulty:    found.Faulty,
		notes:     notes(found),
		states:    make(map[string]content.State, len(lib.questions)),
		hand:      hand,
	}
	items, questions, err := lib.sheets(a, changing(p.items), changing(p.questions))
	if err != nil {
		return nil, err
	}
	content.Settle(p.items, items, hand)
	content.Settle(p.questions, questions, hand)
	for _, q := range lib.questions {
		p.states[q.ID] = q.State
	}
	for _, q := range content.ToLoad(p.questions) {
		p.states[q.ID] = q.State
	}
	return p, nil
}

// changing are the ids of what is there and changes.
func changing[T content.Material](steps []content.Step[T]) (ids []string) {
	for _, s := range steps {
		if s.Fate == content.Changed {
			ids = append(ids, idOf(s.Value))
		}
	}
	return ids
}

// print tells the operator what is new, changed and twice, and what could be
// better.
func (p *loadPlan) print(out io.Writer) {
	rows := [][]string{{"", "新增", "有改动", "没有变化", "重复"}}
	if len(p.items) > 0 {
		rows = append(rows, append([]string{"条目"}, fates(p.items)...))
	}
	if len(p.questions) > 0 || len(p.items) == 0 {
		rows = append(rows, append([]string{"题目"}, fates(p.questions)...))
	}
	printTable(out, rows)
	fmt.Fprintf(out, "有问题的行：%d\n", p.faulty)
	p.printStates(out)
	p.printKept(out)
	list(out, "没有读", p.notes)
	list(out, "有改动", append(changes(p.items, "条目"), changes(p.questions, "题目")...))
	list(out, "重复", p.duplicates())
	list(out, "相似", p.similar())
	list(out, "没有配套的题", p.unasked())
	list(out, "建议", p.advice())
}

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

// printTable prints rows of which the first is the head, aligned for wide
// characters; all columns but the first are numbers.
func printTable(out io.Writer, rows [][]string) {
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			to := 0
			for _, r := range rows {
				to = max(to, cells(r[i]))
			}
			if i > 0 {
				b.WriteString("  ")
			}
			b.WriteString(padded(cell, to, i > 0))
		}
		fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
	}
}

func fates[T content.Material](steps []content.Step[T]) []string {
	var n [4]int
	for _, s := range steps {
		n[s.Fate]++
	}
	return []string{strconv.Itoa(n[content.Added]), strconv.Itoa(n[content.Changed]), strconv.Itoa(n[content.Unchanged]), strconv.Itoa(n[content.Duplicate])}
}

// list prints lines under a title, the first maxListed of them.
func list(out io.Writer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s：\n", title)
	for _, line := range lines[:min(len(lines), maxListed)] {
		fmt.Fprintln(out, "  "+line)
	}
	if more := len(lines) - maxListed; more > 0 {
		fmt.Fprintf(out, "  另有 %d 条\n", more)
	}
}

func changes[T content.Material](steps []content.Step[T], kind string) (lines []string) {
	for _, s := range steps {
		if s.Fate == content.Changed {
			lines = append(lines, fmt.Sprintf("%s 第%d行 %s %s：%s", s.File, s.Row, kind, idOf(s.Value), strings.Join(s.Differs(), "、")))
		}
	}
	return lines
}

func idOf(entry any) string {
	switch e := entry.(type) {
	case content.Question:
		return e.ID
	case content.Item:
		return e.ID
	}
	return ""
}

func (p *loadPlan) duplicates() (lines []string) {
	for _, s := range p.questions {
		if s.Same == "" {
			continue
		}
		line := fmt.Sprintf("%s 第%d行 %s：和 %s 是同一道题", s.File, s.Row, s.Value.ID, p.where(s.Same))
		switch {
		case s.Fate == content.Duplicate && s.Key:
			line += "，没有载入"
		case s.Fate == content.Duplicate:
			line += "，但答案不同，没有载入；请核对，要改那道题请用它的编号"
		default:
			line += "；它属于条目，仍然载入，请核对要不要停用另一道"
		}
		lines = append(lines, line)
	}
	return lines
}

// where is a question's place in the files, or its id where it is in the bank.
func (p *loadPlan) where(id string) string {
	if p.places == nil {
		p.places = map[string]string{}
		for _, s := range p.questions {
			if s.Before == nil && s.Fate == content.Added {
				p.places[s.Value.ID] = fmt.Sprintf("%s 第%d行 %s", s.File, s.Row, s.Value.ID)
			}
		}
	}
	return cmp.Or(p.places[id], id)
}

// similar are those that may be the same question in other words.
func (p *loadPlan) similar() (lines []string) {
	for _, s := range p.questions {
		if s.Like != nil {
			lines = append(lines, fmt.Sprintf("%s 第%d行 %s：与 %s 相似（%d%%），请核对是不是同一道题：%s ／ %s", s.File, s.Row, s.Value.ID, p.where(s.Like.ID), int(s.Alike*100),
				clipped(content.Plain(s.Like.Stem), stemWidth), clipped(content.Plain(s.Value.Stem), stemWidth)))
		}
	}
	return lines
}

// unasked are the approved items whose own question members will not get.
func (p *loadPlan) unasked() (lines []string) {
	for _, s := range p.items {
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

// advice is about what is loaded; what stays as it is was told before. The same
// advice is given once, with the first place that it is about.
func (p *loadPlan) advice() (lines []string) {
	at := map[string]int{} // advice → its line
	var first []content.Fault
	var times []int
	for _, s := range p.questions {
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
