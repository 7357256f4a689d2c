package content

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// record is one JSON object of a file: its fields, not yet decoded, and the
// faults found while they are read. A field that is null counts as absent.
type record struct {
	fields map[string]json.RawMessage
	faults []Fault
}

func (r *record) add(field, problem string, args ...any) {
	r.faults = append(r.faults, Fault{Field: field, Problem: fmt.Sprintf(problem, args...)})
}

// parseRecord reads one JSON object that has no fields but the known ones. Where
// the text is no such object at all, it gives a fault of the row and no fields.
func parseRecord(text []byte, known []string) *record {
	r := &record{fields: map[string]json.RawMessage{}}
	if !utf8.Valid(text) {
		r.add("", "不是有效的 UTF-8 文字，请把文件另存为 UTF-8 编码（记事本：另存为，编码选 UTF-8）")
		return r
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	var whole json.RawMessage
	if err := dec.Decode(&whole); err != nil {
		r.add("", "%s", brokenJSON(text, err))
		return r
	}
	if rest := bytes.TrimSpace(text[dec.InputOffset():]); len(rest) > 0 {
		r.add("", "对象后面还有多余的内容“%s”，请一行只写一个 {…}", shown(string(rest)))
	}
	if whole[0] != '{' {
		r.add("", "这一行是%s，请写成一个对象 {…}", jsonKind(whole))
		return r
	}
	dec = json.NewDecoder(bytes.NewReader(whole))
	dec.Token() // the brace: whole is valid JSON, so that nothing below can fail
	for dec.More() {
		name, _ := dec.Token()
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			r.add("", "%s", brokenJSON(text, err))
			return r
		}
		r.field(name.(string), value, known)
	}
	return r
}

func (r *record) field(name string, value json.RawMessage, known []string) {
	if !slices.Contains(known, name) {
		if near := nearest(name, known); near != "" {
			r.add(shown(name), "没有这个字段，是不是想写 %s？", near)
		} else {
			r.add(shown(name), "没有这个字段，请删去；可用的字段有 %s", strings.Join(known, "、"))
		}
		return
	}
	if _, twice := r.fields[name]; twice {
		r.add(name, "这个字段写了两次，请删去一个")
		return
	}
	r.fields[name] = value
}

// brokenJSON says where a line stops being JSON.
func brokenJSON(text []byte, err error) string {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "这一行没有写完，请检查引号和括号是否成对，一个对象要写在同一行里"
	}
	at := min(max(int(syntax.Offset)-1, 0), len(text))
	at = boundary(string(text), at)
	hint := "请检查引号、逗号和括号"
	if r, _ := utf8.DecodeRune(text[at:]); strings.ContainsRune("“”‘’，：｛｝［］＂", r) {
		hint = "请改用英文的引号、逗号和冒号"
	}
	return fmt.Sprintf("不是有效的 JSON，第 %d 个字附近有误，%s", utf8.RuneCount(text[:at])+1, hint)
}

// jsonKind names what kind of value raw, valid JSON, is.
func jsonKind(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "文字"
	case '[':
		return "列表"
	case '{':
		return "对象"
	case 't', 'f':
		return "true 或 false"
	case 'n':
		return "null"
	}
	return "数字"
}

// get finds a field; ok is false where it is absent.
func (r *record) get(name string) (raw json.RawMessage, ok bool) {
	raw = r.fields[name]
	return raw, len(raw) > 0 && raw[0] != 'n'
}

// text reads a string without the white space around it.
func (r *record) text(name string) string {
	raw, ok := r.get(name)
	if !ok {
		return ""
	}
	if raw[0] != '"' {
		r.add(name, "应是文字，现在是%s，请加上英文引号", jsonKind(raw))
		return ""
	}
	return unquote(raw)
}

func unquote(raw json.RawMessage) string {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "" // not reachable: raw is a valid JSON string
	}
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

// number reads a whole number; absent is 0.
func (r *record) number(name string) int {
	raw, ok := r.get(name)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(string(raw))
	switch {
	case raw[0] == '"':
		r.add(name, "应是数字，现在是文字，请去掉引号")
	case err != nil:
		r.add(name, "应是整数，现在是 %s，请改正", shown(string(raw)))
	default:
		return n
	}
	return 0
}

// texts reads a list of strings; an empty list reads as nil.
func (r *record) texts(name string) []string {
	raw, ok := r.get(name)
	if !ok {
		return nil
	}
	if raw[0] != '[' {
		r.add(name, "应是一组文字，例如 [\"甲\",\"乙\"]，现在是%s", jsonKind(raw))
		return nil
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil // not reachable: raw is a valid JSON array
	}
	var list []string
	for i, part := range parts {
		if part[0] != '"' {
			r.add(name, "第 %d 个应是文字，现在是%s，请加上英文引号", i+1, jsonKind(part))
			return nil
		}
		list = append(list, unquote(part))
	}
	return list
}
