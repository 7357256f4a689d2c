package prose

import (
	"fmt"
	"strings"

	"dangshi/content"
)

// resolveKeys gives the keys of all lists to their questions.
func (p *parser) resolveKeys() {
	if len(p.blocks) == 0 {
		return
	}
	byPlace := map[[2]int][]*draft{} // section and number
	for _, d := range p.drafts {
		byPlace[[2]int{d.section, d.number}] = append(byPlace[[2]int{d.section, d.number}], d)
	}
	for _, b := range p.blocks {
		open := map[int]bool{} // sections with questions that have no key yet
		for _, d := range p.drafts {
			open[d.section] = open[d.section] || d.answer == nil
		}
		p.resolve(b, byPlace, open)
	}
}

func (p *parser) fault(row int, problem string, args ...any) {
	p.orphans = append(p.orphans, orphan{row: row, problem: fmt.Sprintf(problem, args...)})
}

func (p *parser) resolve(b *keyBlock, byPlace map[[2]int][]*draft, open map[int]bool) {
	var waiting []int // sections that may be meant
	for s := range b.until {
		if open[s] {
			waiting = append(waiting, s)
		}
	}
	groups := b.runs()
	for i, g := range groups {
		s, ok := p.sectionFor(g, i, groups, waiting)
		if !ok && len(groups) == 1 && !g.headed {
			p.giveByNumber(g, waiting, byPlace)
			continue
		}
		if !ok {
			p.fault(g.row, "分不清这些答案属于哪一部分，请在答案里写上和题目一样的标题，例如“一、单选题”")
			continue
		}
		p.give(g, s, byPlace)
	}
}

// runs divides groups where their numbers begin again.
func (b *keyBlock) runs() (runs []*keyGroup) {
	for _, g := range b.groups {
		run := &keyGroup{section: g.section, row: g.row, headed: g.headed, loose: g.loose}
		for _, item := range g.items {
			if n := len(run.items); n > 0 && item.number <= run.items[n-1].number && !g.headed {
				runs = append(runs, run)
				run = &keyGroup{row: item.row}
			}
			run.items = append(run.items, item)
		}
		if len(run.items)+len(run.loose) > 0 {
			runs = append(runs, run)
		}
	}
	return runs
}

// sectionFor finds the section of a group: the one of its heading, the only one
// that waits for keys, or the one in the same place where there are as many.
func (p *parser) sectionFor(g *keyGroup, i int, groups []*keyGroup, waiting []int) (s int, ok bool) {
	if g.headed {
		var same []int
		for _, w := range waiting {
			if is := p.sections[w]; is.kind == g.kind && is.other == g.other {
				same = append(same, w)
			}
		}
		if len(same) > 1 {
			var ordered []int
			for _, w := range same {
				if p.sections[w].order == g.order && g.order > 0 {
					ordered = append(ordered, w)
				}
			}
			same = ordered
		}
		if len(same) == 1 {
			return same[0], true
		}
	}
	switch {
	case len(waiting) == 1 && len(groups) == 1:
		return waiting[0], true
	case !g.headed && len(waiting) == len(groups) && len(groups) > 1:
		return waiting[i], true
	}
	return 0, false
}

func (p *parser) give(g *keyGroup, s int, byPlace map[[2]int][]*draft) {
	for _, item := range g.items {
		p.assign(item, byPlace[[2]int{s, item.number}])
	}
	if len(g.loose) == 0 {
		return
	}
	var wait []*draft
	for _, d := range p.drafts {
		if d.section == s {
			wait = append(wait, d)
		}
	}
	keys, ok := keysOf(strings.Join(g.loose, " "), len(wait))
	if !ok {
		p.fault(g.row, "这里的答案和题目的个数（%d 道）对不上，请在每个答案前写上题号", len(wait))
		return
	}
	for i, d := range wait {
		p.assign(&keyItem{row: g.row, number: d.number, text: keys[i]}, []*draft{d})
	}
}

// giveByNumber serves a list over several sections whose numbers go on.
func (p *parser) giveByNumber(g *keyGroup, waiting []int, byPlace map[[2]int][]*draft) {
	for _, item := range g.items {
		var meant []*draft
		for _, s := range waiting {
			meant = append(meant, byPlace[[2]int{s, item.number}]...)
		}
		p.assign(item, meant)
	}
	if len(g.loose) > 0 {
		p.fault(g.row, "分不清这些答案属于哪些题，请在每个答案前写上题号")
	}
}

func (p *parser) assign(item *keyItem, meant []*draft) {
	switch {
	case len(meant) == 0:
		p.fault(item.row, "这里有第 %d 题的答案，却没有找到第 %d 题，请核对题号", item.number, item.number)
		return
	case len(meant) > 1:
		for _, d := range meant {
			d.broken("answer", "第 %d 行的答案说的是第 %d 题，这个题号用了几次，分不清是哪一道；请改题号，或把答案写在题目下面", item.row, item.number)
		}
		return
	}
	d := meant[0]
	if d.answer != nil && d.answer.text != "" && content.Normalise(d.answer.text) != content.Normalise(item.text) {
		d.broken("answer", "第 %d 行和第 %d 行给了这道题不同的答案，请删去一个", d.answer.row, item.row)
		return
	}
	d.answer = &answer{row: item.row, text: item.text}
	if d.explain == "" {
		d.explain = item.explain
	}
}
