package prose

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// keyBlock is a list of keys that stands apart from the questions.
type keyBlock struct {
	row    int
	until  int // how many sections stand before it
	groups []*keyGroup
}

// keyGroup are keys under one heading of a block.
type keyGroup struct {
	section
	row    int
	headed bool
	items  []*keyItem
	loose  []string // keys without numbers, in order
}

type keyItem struct {
	row, number int
	text        string
	explain     string
	explaining  bool
}

const oneKey = `(?:` + letter + `{1,8}|` + verdict + `)`

var (
	blockTitle = regexp.MustCompile(`^(?:附件?` + digit + `?|[一二三四五六七八九十]{1,2}[、.．]|[【\[［])?` + space + `[:：]?` + space + `(?:[\p{Han}、（）()]{0,16}?)(?:(?:参考|标准|正确)?答案)(?:及解析|与解析|和解析|解析|部分|汇总|速查|一览|表)*[】\]］]?` + space + `[:：]?` + space)
	rangeItem  = regexp.MustCompile(`^(` + digit + `{1,6})` + space + `(?:-|—|–|－|~|～|―|至|到)+` + space + `(` + digit + `{1,6})` + space + `题?` + space + `[:：.．、)）]?` + space + `(` + oneKey + `(?:[\s\x{3000},，、;；]*` + oneKey + `)*)[\s\x{3000},，、;；。]*`)
	singleItem = regexp.MustCompile(`^[(（]?(` + digit + `{1,6})` + space + `[.．、:：)）]?` + space + `(?:[【\[]?答案[】\]]?` + space + `[:：]?)?` + space + `(` + letter + `(?:[、,，]?` + letter + `){0,7}|` + verdict + `)(?:[\s\x{3000},，、;；。]+|$|(?:` + digit + `))`)
	looseItems = regexp.MustCompile(`^` + oneKey + `(?:[\s\x{3000},，、;；]*` + oneKey + `)*[\s\x{3000}。]*$`)
	eachKey    = regexp.MustCompile(oneKey)
	groups     = regexp.MustCompile(`[\s\x{3000},，、;；]+`)
)

// itemsOf reads a text that holds nothing but numbers with their keys.
func itemsOf(text string, row int) (items []*keyItem, ok bool) {
	for text = strings.TrimSpace(text); text != ""; {
		if m := rangeItem.FindStringSubmatch(text); m != nil {
			from, _ := strconv.Atoi(halfWidth(m[1]))
			to, _ := strconv.Atoi(halfWidth(m[2]))
			keys, ok := keysOf(m[3], to-from+1)
			if !ok {
				return nil, false
			}
			for i, key := range keys {
				items = append(items, &keyItem{row: row, number: from + i, text: key})
			}
			text = text[len(m[0]):]
			continue
		}
		m := singleItem.FindStringSubmatchIndex(text)
		if m == nil {
			return nil, false
		}
		n, err := strconv.Atoi(halfWidth(text[m[2]:m[3]]))
		if err != nil {
			return nil, false
		}
		items = append(items, &keyItem{row: row, number: n, text: text[m[4]:m[5]]})
		text = strings.TrimLeft(text[m[5]:], " \t\u3000,，、;；。")
	}
	return items, len(items) > 0
}

// keysOf divides keys among n questions: by what divides them, or one sign each.
func keysOf(text string, n int) (keys []string, ok bool) {
	if n < 1 || n > 10_000 {
		return nil, false
	}
	text = strings.TrimSpace(text)
	if parts := groups.Split(text, -1); len(parts) == n {
		for _, part := range parts {
			if !keyLike(part) {
				return nil, false
			}
		}
		return parts, true
	}
	for _, word := range eachKey.FindAllString(text, -1) {
		if lettersAtStart.FindString(word) != word {
			keys = append(keys, word)
			continue
		}
		for _, r := range word {
			keys = append(keys, string(r))
		}
	}
	return keys, len(keys) == n
}

// startBlock recognises the beginning of a list of keys.
func (p *parser) startBlock(line string, row int) bool {
	if len(p.drafts) == 0 {
		return false
	}
	short := head(line, window)
	title := blockTitle.FindString(short)
	rest := line[len(title):]
	items, all := itemsOf(head(rest, 16<<10), row)
	ranged := len(rest) > 0 && rangeItem.MatchString(short[len(title):])
	switch {
	case title == "" && !(all && (len(items) > 1 || ranged)):
		return false
	case title != "" && rest == "": // 答案 alone: a list, unless it is this question's
		next, more := itemsOf(p.next(), row)
		if p.q != nil && p.q.answer == nil && !(more && len(next) > 0) {
			if h, ok := headingOf(p.next()); !ok || h.chapter {
				if n, after, _, ok := numberAt(p.next()); !ok || n != 1 || !shortKey(after) {
					return false
				}
			}
		}
	case title != "" && !(all && (len(items) > 1 || ranged)):
		return false
	}
	p.block = &keyBlock{row: row, until: len(p.sections)}
	p.blocks = append(p.blocks, p.block)
	p.q = nil
	if h, ok := typeInTitle(title); ok {
		p.block.groups = append(p.block.groups, &keyGroup{section: h, row: row, headed: true})
	}
	if rest != "" {
		p.blockItems(rest, row)
	}
	return true
}

// typeInTitle finds the type in a title such as 单选题答案.
func typeInTitle(title string) (section, bool) {
	h, ok := headingOf(strings.NewReplacer("答案", "", "参考", "", "标准", "", "正确", "").Replace(title))
	return h.section, ok && !h.chapter && (h.kind != "" || h.other != "")
}

// shortKey reports whether a text may be a key in a list, not a stem.
func shortKey(text string) bool {
	if keyLike(text) {
		return true
	}
	return utf8.RuneCountInString(text) <= 40 && !slot.MatchString(text) && !bracketKey.MatchString(text)
}

// blockLine reads a line of a list of keys; ok is false where questions go on.
func (p *parser) blockLine(line string, row int) (ok bool) {
	b := p.block
	if h, ok := headingOf(line); ok && !h.chapter {
		if p.blockEnds() {
			p.block = nil
			return false
		}
		b.groups = append(b.groups, &keyGroup{section: h.section, row: row, headed: true})
		if h.rest != "" {
			p.blockItems(h.rest, row)
		}
		return true
	} else if ok {
		p.block = nil
		return false
	}
	if t := blockTitle.FindString(head(line, window)); t != "" && t == line {
		if h, ok := typeInTitle(t); ok {
			b.groups = append(b.groups, &keyGroup{section: h, row: row, headed: true})
		}
		return true
	}
	if _, rest, bare, ok := numberAt(line); ok && !bare {
		if items, all := itemsOf(line, row); !(all && len(items) > 0) && p.questionish(rest) && !strings.Contains(rest, "答案") && !startsWithKey(rest) {
			p.block = nil
			return false
		}
	}
	p.blockItems(line, row)
	return true
}

func startsWithKey(text string) bool {
	key, _, _ := cutAny(text, "。.，,;；【[ 　")
	return keyLike(key)
}

// blockEnds reports whether questions, not keys, stand below a heading.
func (p *parser) blockEnds() bool {
	for n := 1; n < 6; n++ {
		line := p.peek(n)
		if line == "" {
			return false
		}
		if _, ok := itemsOf(line, 0); ok || looseItems.MatchString(line) {
			return false
		}
		if _, rest, _, ok := numberAt(line); ok {
			return !shortKey(rest) && !startsWithKey(rest)
		}
	}
	return false
}

func (b *keyBlock) last() *keyGroup {
	if len(b.groups) == 0 {
		b.groups = append(b.groups, &keyGroup{row: b.row})
	}
	return b.groups[len(b.groups)-1]
}

var keyThenExplain = regexp.MustCompile(`^(?:[【\[［]?(?:正确|参考)?答案[】\]］]?` + space + `[:：]?)?` + space + `(.*?)[。.，,;；]?` + space + `(?:[【\[［]` + space + `(?:答案|试题)?(?:解析|详解)` + space + `[】\]］]` + space + `[:：]?|(?:答案|试题)?(?:解析|详解)` + space + `[:：])` + space + `(.*)$`)

// blockItems reads a line of numbers and keys; one with an explanation, or with
// words for a key, stands alone on its line.
func (p *parser) blockItems(line string, row int) {
	g := p.block.last()
	if items, ok := itemsOf(line, row); ok {
		g.items = append(g.items, items...)
		return
	}
	if looseItems.MatchString(line) {
		g.loose = append(g.loose, line)
		return
	}
	if n, rest, _, ok := numberAt(line); ok && rest != "" {
		item := &keyItem{row: row, number: n}
		if m := keyThenExplain.FindStringSubmatch(rest); m != nil {
			item.text, item.explain, item.explaining = m[1], m[2], true
		} else {
			item.text = strings.TrimSpace(rest[len(answerStart.FindString(rest)):])
		}
		g.items = append(g.items, item)
		return
	}
	if n := len(g.items); n > 0 {
		last := g.items[n-1]
		if loc := explainMark.FindStringIndex(line); loc != nil && loc[0] == 0 {
			last.explaining = true
			line = line[loc[1]:]
		}
		if last.explaining && len(last.explain) < 1<<15 {
			last.explain = joined(last.explain, strings.TrimSpace(line))
			return
		}
	}
	p.orphans = append(p.orphans, orphan{row: row, what: line, fault: true})
}
