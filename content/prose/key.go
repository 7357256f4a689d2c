package prose

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"dangshi/content"
)

var (
	lettersAtStart = regexp.MustCompile(`^` + letter + `(?:[\s\x{3000}、,，;；/和及]*` + letter + `)*`)
	verdictAtStart = regexp.MustCompile(`^` + verdict)
)

// keyLike reports whether a text can be nothing but letters or a verdict.
func keyLike(text string) bool {
	text = trimmedKey(text)
	return lettersAtStart.FindString(text) == text && text != "" || verdictAtStart.FindString(text) == text && text != ""
}

func trimmedKey(text string) string {
	text = strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("。.,，;；、:：", r) })
	if m := onlyBrackets.FindStringSubmatch(text); m != nil {
		return strings.TrimSpace(m[1])
	}
	return text
}

// onlyBrackets is a key in brackets: （A）.
var onlyBrackets = regexp.MustCompile(`^[(（\[【]([^()（）\[\]【】]*)[)）\]】]$`)

// lettersOf are the letters of a key in order, each once; ok is false where one
// stands twice.
func lettersOf(text string) (letters string, ok bool) {
	var all []rune
	for _, r := range strings.ToUpper(halfWidth(text)) {
		if 'A' <= r && r <= 'H' {
			all = append(all, r)
		}
	}
	n := len(all)
	slices.Sort(all)
	all = slices.Compact(all)
	return string(all), len(all) == n && n > 0
}

// choiceKey reads the key of a question with options: letters, which the text of
// the option may follow, or the whole text of one option. note is what stands
// behind it in brackets.
func (d *draft) choiceKey(text string) (letters, note string, ok bool) {
	text = trimmedKey(text)
	if m := lettersAtStart.FindString(text); m != "" {
		letters, ok = lettersOf(m)
		tail := strings.TrimLeft(text[len(m):], " \u3000.．、:：,，;；")
		switch {
		case !ok:
			return "", "", false
		case tail == "":
			return letters, "", true
		case len(letters) == 1 && int(letters[0]-'A') < len(d.options) && content.Normalise(tail) == content.Normalise(d.options[letters[0]-'A']):
			return letters, "", true
		case inBrackets(tail) && !keyLike(strings.Trim(tail, "()（）")):
			return letters, strings.Trim(tail, "()（）"), true
		}
	}
	same := -1
	for i, option := range d.options {
		if content.Normalise(option) == content.Normalise(text) && content.Normalise(text) != "" {
			if same >= 0 {
				return "", "", false
			}
			same = i
		}
	}
	if same < 0 {
		return "", "", false
	}
	return name(same), "", true
}

func inBrackets(s string) bool {
	first, last := firstRune(s), lastRune(s)
	return (first == '(' || first == '（') && (last == ')' || last == '）') && strings.Count(s, "(")+strings.Count(s, "（") == 1
}

// words are the accepted answers of a blank. A slash between digits is a part of a
// date.
func words(text string) (all []string) {
	text = strings.TrimRight(strings.TrimSpace(text), "。;；")
	runes := []rune(text)
	from := 0
	cut := func(to, next int) {
		if word := strings.TrimSpace(string(runes[from:to])); word != "" {
			all = append(all, word)
		}
		from = next
	}
	for i, r := range runes {
		digits := i > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1])
		switch {
		case strings.ContainsRune("|｜;；", r), r == '/' && !digits, r == '／':
			cut(i, i+1)
		case r == '或' && i > 0 && i+1 < len(runes) && unicode.IsSpace(runes[i-1]) && unicode.IsSpace(runes[i+1]):
			cut(i, i+1)
		}
	}
	cut(len(runes), len(runes))
	return all
}

const emptySlot = "（ ）"

// innerKey is a key that stands inside a stem: what it says, and the stem with an
// empty place instead.
type innerKey struct{ key, stem string }

// bracketKeys finds keys in brackets: letters where there are options, verdicts
// where there are none.
func (d *draft) bracketKeys() (all []innerKey) {
	for _, m := range bracketKey.FindAllStringSubmatchIndex(d.stem, -1) {
		key := d.stem[m[2]:m[3]]
		isLetters := lettersAtStart.FindString(key) == key
		if isLetters != (len(d.options) > 0) && !(len(d.options) == 0 && d.kind == content.Judge.Word() && len(key) == 1) {
			continue
		}
		all = append(all, innerKey{key, d.stem[:m[0]] + emptySlot + d.stem[m[1]:]})
	}
	return all
}

// signKey finds a sign at the end of a statement: √ or ×.
func (d *draft) signKey() (k innerKey, ok bool) {
	m := signAtEnd.FindStringIndex(d.stem)
	if m == nil || len(d.options) > 0 || len(signInside.FindAllString(d.stem, -1)) != 1 {
		return innerKey{}, false
	}
	sign := signInside.FindString(d.stem[m[0]:])
	return innerKey{sign, strings.TrimSpace(d.stem[:m[0]])}, true
}

var latinRun = regexp.MustCompile(`[A-Za-zＡ-Ｚａ-ｚ0-9０-９]+`)

// bareKeys finds letters that stand in a sentence as its key: 他是A。 atEnd says
// that nothing but a punctuation mark follows.
func (d *draft) bareKeys() (all []innerKey, atEnd bool) {
	if len(d.options) < content.MinOptions {
		return nil, false
	}
	for _, m := range latinRun.FindAllStringIndex(d.stem, -1) {
		run := halfWidth(d.stem[m[0]:m[1]])
		letters, ok := lettersOf(run)
		if !ok || letters != run || int(letters[len(letters)-1]-'A') >= len(d.options) || m[0] == 0 {
			continue
		}
		tail := strings.TrimFunc(d.stem[m[1]:], func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("。.,，;；？?！!:：", r) })
		atEnd = atEnd || tail == ""
		all = append(all, innerKey{letters, d.stem[:m[0]] + emptySlot + d.stem[m[1]:]})
	}
	return all, atEnd
}

var filledBracket = regexp.MustCompile(`[(（【]([^()（）【】]+)[)）】]`)

// blankKeys finds answers that stand in brackets where they are to be filled in.
func (d *draft) blankKeys() (all []innerKey) {
	for _, m := range filledBracket.FindAllStringSubmatchIndex(d.stem, -1) {
		if key := strings.Trim(d.stem[m[2]:m[3]], " \u3000_＿"); key != "" {
			all = append(all, innerKey{key, d.stem[:m[0]] + "____" + d.stem[m[1]:]})
		}
	}
	return all
}
