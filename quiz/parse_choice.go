package quiz

import (
	"slices"
	"strings"

	"dangshi/content"
)

// grammar reads letters. It knows of the question only what bounds the answer.
type grammar struct {
	places  int  // options shown
	several bool // more than one letter is allowed
	judge   bool
}

// reading says how sure the letters are.
type reading uint8

const (
	none    reading = iota // not an answer
	guess                  // misheard letters, 全选: the text of an option goes first
	number                 // digits and numerals: the text of an option must not contradict
	certain                // letters as such
)

// choice reads clean text as
//
//	lead* (all | span | list) tail*
//
// where a list is items with separators between them.
func (g grammar) choice(s string) (content.Letters, reading) {
	if _, tag := cutEnd(s, tagQuestions); tag != "" {
		return 0, none
	}
	s, lead := cutLeads(s, leads)
	selected := strings.HasSuffix(lead, "选") || strings.HasSuffix(lead, "选择")
	if lead == "" || selected {
		if i := homophone(s, selected); i >= 0 && i < g.places {
			return 1 << i, guess
		}
	}
	letters, rest, how := g.all(s)
	if how == none {
		letters, rest, how = g.span(s)
	}
	if how == none {
		letters, rest, how = g.list(s)
	}
	if how == none || !g.tail(rest, letters.Len(), strings.Contains(lead, "就")) {
		return 0, none
	}
	return letters, how
}

// cutLeads takes phrases off the front as long as there are some, with the
// marks after them, and gives the last phrase.
func cutLeads(s string, table []string) (rest, last string) {
	for {
		after, word := cut(s, table)
		if word == "" {
			return s, last
		}
		last = word
		s, _ = skipMarks(after)
	}
}

// all reads 全选, 四个都选 and the like.
func (g grammar) all(s string) (set content.Letters, rest string, how reading) {
	if !g.several {
		return 0, s, none
	}
	everything := content.Letters(1<<g.places - 1)
	s, _ = cut(s, []string{"以上", "这"})
	if n, after := count(s); n == g.places {
		if after, word := cut(after, classifiers); word != "" {
			if rest, word := cut(after, everyWords); word != "" {
				return everything, rest, guess
			}
		}
	}
	if rest, word := cut(s, everyWords); word != "" {
		return everything, rest, guess
	}
	return 0, s, none
}

// span reads 前两个, 后三项, 最后一个.
func (g grammar) span(s string) (set content.Letters, rest string, how reading) {
	after, word := cut(s, spanWords)
	if word == "" {
		return 0, s, none
	}
	n, after := count(after)
	rest, classifier := cut(after, classifiers)
	if n == 0 || n > g.places || classifier == "" || n > 1 && !g.several || n == 1 && !slices.Contains(spanOne, word) {
		return 0, s, none
	}
	set = 1<<n - 1
	if strings.ContainsAny(word, "后下") {
		set <<= g.places - n
	}
	return set, rest, number
}

// list is the state of reading a list of items.
type list struct {
	set       content.Letters
	kind      kind
	last      int  // place of the last item
	items     int  // read so far
	ordinal   bool // a 第 was read
	separated bool // what stands before the next item is a clear separator
}

// list reads items such as B, 第二个, a、c or A和C, up to what is no item.
func (g grammar) list(s string) (set content.Letters, rest string, how reading) {
	var l list
	for {
		next, ok := g.item(&l, s)
		if !ok {
			return 0, s, none
		}
		s = next
		after, more := l.separator(s)
		if !more {
			break
		}
		s = after
	}
	if l.kind == latin || l.kind == enclosed {
		return l.set, s, certain
	}
	return l.set, s, number
}

// A stutter is a letter up to F (hh and gg are no letters but chat), at most
// three times.
const (
	maxStutter = 5
	maxRepeats = 3
)

// item reads one item into the list; ok is false where there is none, or one
// that makes the list no answer.
func (g grammar) item(l *list, s string) (rest string, ok bool) {
	ordinal := false
	if after, word := cut(s, ordinals); word != "" {
		s, ordinal = after, true
	}
	place, k, n := itemAt(s)
	if n == 0 || place >= g.places {
		return s, false
	}
	s = s[n:]
	l.ordinal = l.ordinal || ordinal
	switch again := l.set.Has(place); {
	case l.items == 0:
		l.kind = k
	case k != l.kind:
		return s, false
	case again && (g.several || k != latin || place > maxStutter || l.items == maxRepeats):
		return s, false // a slip, a number such as 66, laughter such as hhh
	case !g.several && !again:
		return s, false
	case k != latin && k != enclosed && !ordinal && !l.separated && place < l.last:
		return s, false
	}
	l.set |= 1 << place
	l.last = place
	l.items++
	s, _ = cut(s, g.after(*l))
	return s, true
}

// after gives the words that may follow the item just read.
func (g grammar) after(l list) []string {
	switch {
	case l.ordinal || l.kind > enclosed && l.items > 1 && l.separated:
		return numberWords
	case l.kind > enclosed:
		return plainNumberWords
	case g.judge:
		return judgeLetterWords
	}
	return letterWords
}

// separator reads what may stand between two items; more is false where the
// list ends here, and then nothing is taken.
func (l *list) separator(s string) (rest string, more bool) {
	rest, mark := skipMarks(s)
	table := joiners
	if l.kind == latin {
		table = letterJoiners
	}
	rest, joiner := cut(rest, table)
	if mark == dash || joiner == "" && !l.continues(rest) {
		return s, false
	}
	if after, again := skipMarks(rest); joiner != "" && again == comma {
		rest = after
	}
	l.separated = mark == comma || joiner != ""
	return rest, true
}

// continues reports whether s begins with an item of the same kind: B辛苦了 does
// not go on with the eighth stem, nor ABC三个 with a number.
func (l *list) continues(s string) bool {
	after, _ := cut(s, ordinals)
	_, k, n := itemAt(after)
	return n > 0 && k == l.kind
}

// tail reports whether everything after the items is understood. settled: the
// lead was 就选 or the like, after which 了 can follow.
func (g grammar) tail(s string, letters int, settled bool) bool {
	if after, ok := strings.CutPrefix(s, "了"); ok && settled {
		s = after
	}
	for s != "" {
		after, mark := skipMarks(s)
		word := ""
		if after, word = cut(after, tails); word == "" && !g.judge {
			after, word = cut(after, verdicts)
			if word == "" && letters > 1 {
				after, word = g.together(after, letters)
			}
		}
		if word == "" || mark == dash {
			return false
		}
		s = after
	}
	return true
}

// together reads what is said of several options at once: 都对, 两个都选.
func (g grammar) together(s string, letters int) (rest, word string) {
	after, _ := cut(s, []string{"这"})
	if n, more := count(after); n == letters {
		if more, classifier := cut(more, classifiers); classifier != "" {
			rest, _ = cut(more, everyWords)
			return rest, classifier
		}
	}
	return cut(s, everyWords)
}
