package docx

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lists make the numbers of paragraphs: they are not in the text of a document.
type lists struct {
	levels   map[int]map[int]level // of each list: its levels
	abstract map[int]int           // list → the form that it shares with others
	restarts map[int]map[int]int   // list → level → where it begins anew
	styles   map[string]style
	count    map[int]map[int]int // form → level → the last number
	begun    map[int]bool        // lists that were met
}

type level struct {
	Start  int
	Format string
	Text   string
	Style  string
}

type style struct {
	num, level int // num -1: not said
	based      string
}

// word is how XML writes a value: <w:x w:val="…"/>.
type word struct {
	Val string `xml:"val,attr"`
}

type levelXML struct {
	Level int  `xml:"ilvl,attr"`
	Start word `xml:"start"`
	Fmt   word `xml:"numFmt"`
	Text  word `xml:"lvlText"`
	Style word `xml:"pStyle"`
	Alt   struct {
		Fmt word `xml:"Choice>numFmt"`
	} `xml:"AlternateContent"`
}

func (l levelXML) level() level {
	format := l.Fmt.Val
	if format == "" {
		format = l.Alt.Fmt.Val
	}
	return level{Start: number(l.Start.Val), Format: format, Text: l.Text.Val, Style: l.Style.Val}
}

// readLists reads the forms of lists and the styles that use them. A document may
// have neither.
func readLists(p parts, folder string) (*lists, error) {
	l := &lists{levels: map[int]map[int]level{}, abstract: map[int]int{}, restarts: map[int]map[int]int{}, styles: map[string]style{},
		count: map[int]map[int]int{}, begun: map[int]bool{}}
	var forms struct {
		Abstract []struct {
			ID     int        `xml:"abstractNumId,attr"`
			Levels []levelXML `xml:"lvl"`
		} `xml:"abstractNum"`
		Num []struct {
			ID       int  `xml:"numId,attr"`
			Abstract word `xml:"abstractNumId"`
			Override []struct {
				Level int       `xml:"ilvl,attr"`
				Start *word     `xml:"startOverride"`
				As    *levelXML `xml:"lvl"`
			} `xml:"lvlOverride"`
		} `xml:"num"`
	}
	if _, err := p.decode(folder+"/numbering.xml", &forms); err != nil {
		return nil, err
	}
	shared := map[int]map[int]level{}
	for _, a := range forms.Abstract {
		shared[a.ID] = map[int]level{}
		for _, x := range a.Levels {
			shared[a.ID][x.Level] = x.level()
		}
	}
	for _, n := range forms.Num {
		form := number(n.Abstract.Val)
		l.abstract[n.ID] = form
		levels := map[int]level{}
		for i, x := range shared[form] {
			levels[i] = x
		}
		for _, o := range n.Override {
			if o.As != nil {
				levels[o.Level] = o.As.level()
			}
			if o.Start != nil {
				if l.restarts[n.ID] == nil {
					l.restarts[n.ID] = map[int]int{}
				}
				l.restarts[n.ID][o.Level] = number(o.Start.Val)
			}
		}
		l.levels[n.ID] = levels
	}
	return l, l.readStyles(p, folder)
}

func (l *lists) readStyles(p parts, folder string) error {
	var all struct {
		Styles []struct {
			ID    string `xml:"styleId,attr"`
			Based word   `xml:"basedOn"`
			Num   *word  `xml:"pPr>numPr>numId"`
			Level word   `xml:"pPr>numPr>ilvl"`
		} `xml:"style"`
	}
	if _, err := p.decode(folder+"/styles.xml", &all); err != nil {
		return err
	}
	for _, x := range all.Styles {
		s := style{num: -1, level: number(x.Level.Val), based: x.Based.Val}
		if x.Num != nil {
			s.num = number(x.Num.Val)
		}
		l.styles[x.ID] = s
	}
	return nil
}

// listOf finds the list of a paragraph: its own, or that of its style.
func (l *lists) listOf(p *paragraph) (num, at int) {
	if p.num >= 0 {
		return p.num, p.level
	}
	id := p.style
	for range 20 { // styles may be based on each other in a circle
		s, ok := l.styles[id]
		if !ok {
			return 0, 0
		}
		if s.num < 0 {
			id = s.based
			continue
		}
		for i, x := range l.levels[s.num] {
			if x.Style == p.style && x.Style != "" {
				return s.num, i
			}
		}
		return s.num, s.level
	}
	return 0, 0
}

// mark counts a paragraph and gives its number as it is shown, with a space
// behind it; "" where it has none.
func (l *lists) mark(p *paragraph) string {
	num, at := l.listOf(p)
	levels, ok := l.levels[num]
	if num == 0 || !ok {
		return ""
	}
	form := l.abstract[num]
	count := l.count[form]
	if count == nil {
		count = map[int]int{}
		l.count[form] = count
	}
	if !l.begun[num] {
		l.begun[num] = true
		for i, start := range l.restarts[num] {
			count[i] = start - 1
		}
	}
	if _, counting := count[at]; !counting {
		count[at] = levels[at].Start - 1
	}
	count[at]++
	for i := range count {
		if i > at {
			delete(count, i)
		}
	}
	return shownNumber(levels, count, at)
}

func shownNumber(levels map[int]level, count map[int]int, at int) string {
	text := levels[at].Text
	if levels[at].Format == "bullet" || text == "" {
		return ""
	}
	for i := range 9 {
		place := "%" + string(rune('1'+i))
		if !strings.Contains(text, place) {
			continue
		}
		n, ok := count[i]
		if !ok {
			n = levels[i].Start
		}
		text = strings.ReplaceAll(text, place, inFormat(levels[i].Format, n))
	}
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	// A sign between the number and the text is what tells them apart.
	if last, _ := utf8.DecodeLastRuneInString(text); unicode.IsLetter(last) || unicode.IsDigit(last) {
		text += "."
	}
	return text + " "
}
