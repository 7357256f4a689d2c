// Package moodle reads and writes two formats of the learning platform Moodle in
// which banks are exchanged: GIFT and Aiken. What the platform knows and a bank here
// does not have (matching, numbers, essays …) is named and left out.
package moodle

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"dangshi/content"
)

var (
	giftMark = regexp.MustCompile(`(?m)^\$CATEGORY:|^[\t ]*::[^\n]*?[^\\]::|[^\\]\{[\t\n\r ]*(?:[=~#%}]|(?:T|F|TRUE|FALSE)[\t\n\r ]*[#}])`)
	weight   = regexp.MustCompile(`^%(-?[0-9]{1,3}(?:\.[0-9]{1,10})?)%`)
	format   = regexp.MustCompile(`^\[(html|moodle|plain|markdown)\]`)
	tagForm  = regexp.MustCompile(`\[(id|tag):((?:\\.|[^\]\\])*)\]`)
	htmlTag  = regexp.MustCompile(`(?s)<!--.*?-->|</?[a-zA-Z][^<>]*>`)
	picture  = regexp.MustCompile(`(?i)<(?:img|audio|video|object|iframe)\b|@@PLUGINFILE@@`)
)

// sureMark is a line that no other kind of file has.
var sureMark = regexp.MustCompile(`(?m)^\$CATEGORY:|^[\t ]*::[^\n]*?[^\\\n]::[^\n]*\{|^// \[id:[^\n]*\]`)

// IsSurelyGIFT reports whether a text has lines that no other kind of file has.
func IsSurelyGIFT(text string) bool { return sureMark.MatchString(text) }

// IsGIFT reports whether a text looks like GIFT.
func IsGIFT(text string) bool {
	return giftMark.MatchString("\n" + text)
}

// ReadGIFT reads a bank in GIFT. name is how faults call the file.
func ReadGIFT(name, text string) *content.File {
	r := &giftReader{in: content.NewIntake(name)}
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		r.row++
		r.line(line)
	}
	r.row++
	r.line("")
	return r.in.File()
}

// giftReader gathers the lines of a question: an empty line ends it.
type giftReader struct {
	in       *content.Intake
	row      int
	from     int // the first line of the question that is gathered; 0: none
	text     strings.Builder
	tags     map[string]string // of the comment before the question
	category string
}

func (r *giftReader) line(line string) {
	trimmed := strings.TrimSpace(line)
	switch {
	case strings.HasPrefix(trimmed, "//"):
		for _, m := range tagForm.FindAllStringSubmatch(trimmed, -1) {
			r.tag(m[1], untag.Replace(m[2]))
		}
	case strings.HasPrefix(trimmed, "$CATEGORY:") && r.from == 0:
		r.category = lastOf(strings.TrimPrefix(trimmed, "$CATEGORY:"))
	case trimmed == "" && r.from > 0:
		g := &gift{row: r.from, tags: r.tags, category: r.category}
		g.read(r.in, r.text.String())
		r.text.Reset()
		r.from, r.tags = 0, nil
	case trimmed == "":
	case r.text.Len()+len(line) > content.MaxCell:
		r.in.Fault(r.from, "这道题太长，请检查题目之间有没有空行、括号 } 有没有漏")
		r.text.Reset()
		r.from = 0
	default:
		if r.from == 0 {
			r.from = r.row
		}
		r.text.WriteString(line + "\n")
	}
}

func (r *giftReader) tag(kind, text string) {
	if r.tags == nil {
		r.tags = map[string]string{}
	}
	name, value, said := strings.Cut(text, "=")
	switch {
	case kind == "id":
		r.tags["id"] = text
	case said:
		r.tags[name] = value
	}
}

var untag = strings.NewReplacer(`\\`, `\`, `\]`, `]`)

// lastOf is the last part of the path of a category; the top has none.
func lastOf(path string) string {
	parts := strings.Split(strings.ReplaceAll(path, "//", "\x00"), "/")
	last := strings.TrimSpace(strings.ReplaceAll(parts[len(parts)-1], "\x00", "/"))
	if last == "top" || strings.HasPrefix(last, "$") {
		return ""
	}
	return last
}

// Escaped characters are hidden while the text is taken apart.
var (
	hide = strings.NewReplacer(`\\`, "\x01", `\~`, "\x02", `\=`, "\x03", `\#`, "\x04", `\{`, "\x05", `\}`, "\x06", `\:`, "\x07", `\n`, "\n")
	show = strings.NewReplacer("\x01", `\`, "\x02", "~", "\x03", "=", "\x04", "#", "\x05", "{", "\x06", "}", "\x07", ":")
)

// gift is one question.
type gift struct {
	row      int
	tags     map[string]string
	category string
	html     bool
	pictures bool
	q        content.Question
	faults   []content.Fault
}

// choice is one of the answers in braces.
type choice struct {
	right  bool // =
	weight float64
	stated bool // the weight is
	text   string
}

func (g *gift) read(in *content.Intake, text string) {
	text = hide.Replace(strings.Map(func(r rune) rune {
		if r < 0x08 {
			return -1 // these stand for escaped ones below
		}
		return r
	}, text))
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "::"); ok { // the name of a question: Moodle's, not a member's
		if _, after, ok := strings.Cut(rest, "::"); ok {
			text = strings.TrimSpace(after)
		}
	}
	before, rest, open := strings.Cut(text, "{")
	body, after, closed := strings.Cut(rest, "}")
	switch {
	case !open && strings.Contains(text, "}"), open && !closed:
		in.Fault(g.row, "花括号没有成对，请检查这道题的 { 和 }，以及题目之间的空行")
		return
	case !open:
		in.Note(g.row, "这是说明文字（description），不是题目，没有载入")
		return
	case strings.ContainsAny(after, "{}"):
		in.Note(g.row, "有几处要填（cloze），一道题只能填一处，没有载入")
		return
	}
	before = g.stem(before)
	g.q = content.Question{Stem: before, Category: g.category, State: ""}
	body, explain, _ := strings.Cut(body, "####")
	g.q.Explain = g.clean(explain)
	if left := g.answers(strings.TrimSpace(body)); left != "" {
		in.Note(g.row, left+"，没有载入")
		return
	}
	if after = g.clean(after); after != "" {
		place := "____"
		if g.q.Type == content.Single || g.q.Type == content.Multiple {
			place = "（ ）"
		}
		g.q.Stem = before + place + after
	}
	if g.pictures {
		in.Note(g.row, "题目里有图片、声音或视频，没有载入")
		return
	}
	g.takeTags()
	in.Question(g.row, g.q, g.faults)
}

// stem takes the format off the text of a question.
func (g *gift) stem(text string) string {
	text = strings.TrimSpace(text)
	if m := format.FindString(text); m != "" {
		g.html = m == "[html]"
		text = text[len(m):]
	}
	return g.clean(text)
}

// clean makes one line of plain text of a part of a question.
func (g *gift) clean(text string) string {
	text = strings.TrimSpace(text)
	is := g.html
	if m := format.FindString(text); m != "" && is { // parts may have a format of their own
		is = m == "[html]"
		text = text[len(m):]
	}
	text = show.Replace(text)
	if is {
		g.pictures = g.pictures || picture.MatchString(text)
		text = html.UnescapeString(htmlTag.ReplaceAllString(text, " "))
		text = strings.Join(strings.Fields(text), " ")
	}
	return oneLine(text)
}

func oneLine(text string) string {
	if !strings.Contains(text, "\n") {
		return strings.TrimSpace(text)
	}
	var parts []string
	for part := range strings.SplitSeq(text, "\n") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

// The names under which fields are kept as tags.
const (
	tagCategory = "分类"
	tagLevel    = "难度"
	tagSource   = "来源"
	tagURL      = "链接"
	tagGrade    = "来源等级"
	tagState    = "状态"
	tagDay      = "日期"
	tagRevision = "修订"
)

func (g *gift) takeTags() {
	q := &g.q
	number := func(field, tag string, into *int) {
		if text := g.tags[tag]; text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				g.faults = append(g.faults, content.Broken(field, "应是整数，现在是“%s”，请改正", content.Quoted(text)))
			}
			*into = n
		}
	}
	q.ID = g.tags["id"]
	if text, said := g.tags[tagCategory]; said {
		q.Category = text
	}
	q.Source, q.URL, q.Day = g.tags[tagSource], g.tags[tagURL], g.tags[tagDay]
	q.Grade, q.State = content.Grade(g.tags[tagGrade]), content.State(g.tags[tagState])
	number("difficulty", tagLevel, &q.Difficulty)
	number("revision", tagRevision, &q.Revision)
}
