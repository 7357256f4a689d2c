package bot

import (
	_ "embed"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"dangshi/content"
)

//go:embed wording.yaml
var defaultWording []byte

// DefaultWording is the wording that the product ships.
func DefaultWording() (*Wording, error) { return ParseWording(defaultWording) }

// ParseWording reads an organisation's wording file. The error names everything
// that is wrong, each with its line; of entries that are missing it says what the
// shipped file has.
func ParseWording(file []byte) (*Wording, error) {
	if !utf8.Valid(file) {
		return nil, errors.New("不是 UTF-8 编码，请另存为 UTF-8")
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(file, &doc); err != nil {
		text := strings.TrimPrefix(err.Error(), "yaml: ")
		return nil, fmt.Errorf("不是有效的 YAML：%s", yamlLine.ReplaceAllString(text, "第${1}行："))
	}
	if len(doc.Content) == 0 {
		return nil, errors.New("文件是空的")
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("第%d行：应为“名称: 文字”", root.Line)
	}
	r := wordingReader{entries: wordingEntries(), lines: map[string]int{}}
	for i := 0; i+1 < len(root.Content); i += 2 {
		r.read(root.Content[i], root.Content[i+1])
	}
	r.missing()
	if len(r.errs) == 0 {
		r.errs = append(r.errs, r.wording.checkRoom())
	}
	return &r.wording, errors.Join(r.errs...)
}

var yamlLine = regexp.MustCompile(`line ([0-9]+): `)

// wordingEntry is one entry of the file: its name, its place in Wording, and what
// may stand in braces.
type wordingEntry struct {
	name  string
	field int
	vars  []string
}

func wordingEntries() []wordingEntry {
	t := reflect.TypeFor[Wording]()
	entries := make([]wordingEntry, t.NumField())
	for i := range entries {
		entries[i] = wordingEntry{name: t.Field(i).Tag.Get("yaml"), field: i}
		if vars := t.Field(i).Tag.Get("vars"); vars != "" {
			entries[i].vars = strings.Split(vars, ",")
		}
	}
	return entries
}

// wordingReader collects what is right and what is wrong in a file.
type wordingReader struct {
	wording Wording
	entries []wordingEntry
	lines   map[string]int // of the entries read
	errs    []error
}

func (r *wordingReader) fault(n *yaml.Node, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("第%d行：%w", n.Line, fmt.Errorf(format, args...)))
}

// read takes one entry.
func (r *wordingReader) read(key, value *yaml.Node) {
	i := slices.IndexFunc(r.entries, func(e wordingEntry) bool { return e.name == key.Value })
	switch line := r.lines[key.Value]; {
	case i < 0:
		r.fault(key, "没有叫 %s 的话，请删去或改名", key.Value)
		return
	case line != 0:
		r.fault(key, "%s 在第%d行已经写过，请删去一个", key.Value, line)
		return
	}
	e := r.entries[i]
	r.lines[e.name] = key.Line
	if value.Kind != yaml.ScalarNode {
		r.fault(value, "%s 应为一段文字", e.name)
		return
	}
	p, err := parsePhrase(value.Value)
	if err == nil {
		err = p.check(e.vars)
	}
	if err != nil {
		r.fault(key, "%s %w", e.name, err)
		return
	}
	reflect.ValueOf(&r.wording).Elem().Field(e.field).Set(reflect.ValueOf(p))
}

// missing names the entries that are not there, each as the shipped file has it,
// on one line.
func (r *wordingReader) missing() {
	var shipped map[string]string
	for _, e := range r.entries {
		if r.lines[e.name] != 0 {
			continue
		}
		if shipped == nil && yaml.Unmarshal(defaultWording, &shipped) != nil {
			shipped = map[string]string{} // never: the shipped file is read at every start
		}
		r.errs = append(r.errs, fmt.Errorf("缺少 %s，请补上一行，自带的是 %s: %q", e.name, e.name, shipped[e.name]))
	}
}

// maxPhrase is the longest a phrase may be, in bytes, so that two and what is put
// into them fit a message.
const maxPhrase = 900

// check says what is wrong with a phrase whose places may be the given ones.
func (p Phrase) check(vars []string) error {
	text := p.String()
	switch {
	case strings.TrimSpace(text) == "" && len(p.names) == 0:
		return errors.New("是空的，请填写")
	case len(text) > maxPhrase:
		return fmt.Errorf("有 %d 字节，最多 %d 字节（一个汉字 3 字节），请缩短", len(text), maxPhrase)
	case strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }):
		return errors.New("含有看不见的控制字符，请删去")
	}
	for _, name := range p.names {
		switch {
		case slices.Contains(vars, name):
		case len(vars) == 0:
			return fmt.Errorf("里不能有 {%s}：这一条没有可填的内容", name)
		default:
			return fmt.Errorf("里不能有 {%s}，可以用的是 {%s}", name, strings.Join(vars, "}、{"))
		}
	}
	return nil
}

// checkRoom makes sure that what stands around a question leaves room for the
// longest one that the bank may hold: stems and options are never cut.
func (w *Wording) checkRoom() error {
	longest := func(phrases ...Phrase) (n int) {
		for _, p := range phrases {
			n = max(n, len(p.String()))
		}
		return n
	}
	const fills = 60 // numbers, dates and letters that are put into the places
	how := longest(w.HowSingle, w.HowMultiple, w.HowJudge, w.HowBlank) + fills
	heard := len(w.Heard.String()) + maxHeard
	marked := max(heard+longest(w.Right, w.Wrong)+longKey, heard+longest(w.Again), longest(w.Unsure, w.UnsureBlank, w.NoUndo, w.Waiting))
	daily := len(w.Heading.String()) + longest(w.TypeSingle, w.TypeMultiple, w.TypeJudge, w.TypeBlank) +
		max(marked, longest(w.Privacy, w.Late, w.Stale, w.Early, w.PracticeFirst))
	practice := len(w.PracticeHeading.String()) + longest(w.TypeSingle, w.PracticeMultiple, w.TypeJudge, w.TypeBlank) +
		max(marked, longest(w.PracticeIntro, w.PracticeStale, w.Early))
	room := MaxReply - content.MaxQuestionSize
	if over := how + max(daily, practice) - room; over > 0 {
		return fmt.Errorf("题目前后的话太长，遇到长题放不下：heading 或 practice_heading、how_…，加上 privacy、late、again、waiting、unsure、no_undo、stale、early、practice_…、heard 同 wrong 当中最长的一条，共多出 %d 字节，请缩短", over)
	}
	return nil
}
