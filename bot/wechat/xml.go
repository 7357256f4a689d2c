package wechat

import (
	"bytes"
	"errors"
	"regexp"
	"unicode/utf8"
)

// The bounds of a document. WeChat's deepest, the result of a mass send, has 5
// levels and some hundred elements.
const (
	maxDepth    = 8 // with the root
	maxElements = 1024
)

// The faults of a document. They quote nothing of it.
var (
	errUTF8      = errors.New("消息不是有效的 UTF-8")
	errDepth     = errors.New("消息嵌套过深")
	errElements  = errors.New("消息元素过多")
	errMarkup    = errors.New("消息含有不支持的 XML 标记")
	errReference = errors.New("消息含有不支持的 XML 实体")
	errCut       = errors.New("消息 XML 不完整")
	errNesting   = errors.New("消息 XML 标签不配对")
	errStray     = errors.New("消息 XML 之外有多余内容")
	errRoot      = errors.New("消息 XML 的根元素不是 xml")
)

// read takes the fields out of the XML in buf, which it overwrites: values are decoded in
// place, since none is longer than it was written. Control characters are taken out first.
//
// It reads the XML that WeChat writes and refuses the rest: the root is xml; a
// declaration, comments, CDATA, the five entities and references to characters are known; document
// types, processing instructions, attributes, prefixes and names beyond ASCII are not. What is
// accepted means what encoding/xml makes of it. Of a repeated field the first one counts, in
// a List the first of its own; the value of a field is the text directly in it; other
// elements are skipped.
func (doc *document) read(buf []byte) error {
	if !utf8.Valid(buf) {
		return errUTF8
	}
	p := parser{doc: doc, buf: stripControls(buf)}
	p.at = len(prolog(p.buf))
	for p.at < len(p.buf) {
		var err error
		switch {
		case p.buf[p.at] != '<':
			err = p.text()
		case p.sees("</"):
			err = p.end()
		case p.sees("<![CDATA["):
			err = p.cdata()
		case p.sees("<!--"):
			err = p.comment()
		default:
			err = p.start()
		}
		if err != nil {
			return err
		}
	}
	if p.depth > 0 || p.elements == 0 {
		return errCut
	}
	return nil
}

var declaration = regexp.MustCompile(`^<\?xml[ \t\n]+version=("1\.0"|'1\.0')` +
	`([ \t\n]+encoding=("(?i:utf-8)"|'(?i:utf-8)'))?([ \t\n]+standalone=("(yes|no)"|'(yes|no)'))?[ \t\n]*\?>`)

// prolog is what may stand before the rest: a byte order mark, a declaration.
func prolog(buf []byte) []byte {
	n := 0
	if bytes.HasPrefix(buf, []byte("\uFEFF")) {
		n = len("\uFEFF")
	}
	if bytes.HasPrefix(buf[n:], []byte("<?xml")) {
		n += len(declaration.Find(buf[n:]))
	}
	return buf[:n]
}

// parser is the state of read: the open elements and the value being collected.
type parser struct {
	doc      *document
	buf      []byte
	at       int // next byte
	open     [maxDepth][]byte
	depth    int
	elements int
	holder   field   // the element under the root that is open, where it holds what is read
	inItem   bool    // a List in it is open
	into     *[]byte // the value that is being collected; nil: text is checked and dropped
	level    int     // the depth of its element
	from, to int     // its value so far: buf[from:to]
}

func (p *parser) sees(s string) bool {
	rest := p.buf[p.at:]
	return len(rest) >= len(s) && string(rest[:len(s)]) == s
}

// name takes an ASCII name, optional space and then closing.
func (p *parser) name() []byte {
	from := p.at
	for p.at < len(p.buf) && nameByte(p.buf[p.at], p.at > from) {
		p.at++
	}
	name := p.buf[from:p.at]
	for p.at < len(p.buf) && space(p.buf[p.at]) {
		p.at++
	}
	return name
}

func nameByte(c byte, inside bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		return true
	case c >= '0' && c <= '9', c == '-', c == '.':
		return inside
	}
	return false
}

// space knows no carriage return: those are gone with the control characters.
func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }

// start takes a start tag or an empty-element tag.
func (p *parser) start() error {
	p.at++
	name := p.name()
	empty := p.sees("/>")
	switch {
	case p.at == len(p.buf):
		return errCut
	case len(name) == 0 || !empty && p.buf[p.at] != '>':
		return errMarkup
	case p.depth == 0 && p.elements > 0:
		return errStray
	case p.depth == 0 && string(name) != "xml":
		return errRoot
	case p.depth == maxDepth:
		return errDepth
	case p.elements == maxElements:
		return errElements
	}
	p.at++
	p.open[p.depth] = name
	p.depth++
	p.elements++
	if p.depth == 2 || p.holder != fieldNone {
		if into := p.target(name); into != nil && *into == nil {
			p.into, p.level = into, p.depth
			p.from, p.to = p.at, p.at
		}
	}
	if empty {
		p.at++
		p.leave()
	}
	return nil
}

// target is where the value of the element that was just opened belongs; nil: nowhere.
// A field is never the parent of another, so at most one is collected at a time.
func (p *parser) target(name []byte) *[]byte {
	switch {
	case p.depth == 2:
		f := fieldOf(name)
		if f == holdsItems || f == holdsPlace || f == holdsPages {
			p.holder = f
		} else if f != fieldNone {
			return &p.doc.fields[f]
		}
	case p.depth == 3 && p.holder == holdsPlace:
		if f := placeFieldOf(name); f != fieldNone {
			return &p.doc.fields[f]
		}
	case p.holder == holdsPages:
		if p.depth == 5 && string(p.open[2]) == "ResultList" && string(p.open[3]) == "item" && string(name) == "ArticleUrl" {
			return &p.doc.fields[fieldArticleURL]
		}
	case p.depth == 3 && string(name) == "List":
		p.inItem = true
		p.doc.items = append(p.doc.items, item{})
	case p.depth == 4 && p.inItem:
		if f := itemFieldOf(name); f != itemNone {
			return &p.doc.items[len(p.doc.items)-1][f]
		}
	}
	return nil
}

func (p *parser) end() error {
	p.at += len("</")
	name := p.name()
	switch {
	case p.at == len(p.buf):
		return errCut
	case p.buf[p.at] != '>':
		return errMarkup
	case p.depth == 0 || !bytes.Equal(name, p.open[p.depth-1]):
		return errNesting
	}
	p.at++
	p.leave()
	return nil
}

// leave closes the innermost element.
func (p *parser) leave() {
	if p.into != nil && p.depth == p.level {
		*p.into = p.buf[p.from:p.to:p.to]
		p.into = nil
	}
	switch p.depth {
	case 2:
		p.holder = fieldNone
	case 3:
		p.inItem = false
	}
	p.depth--
}

func (p *parser) comment() error {
	p.at += len("<!--")
	n := bytes.Index(p.buf[p.at:], []byte("--"))
	if n < 0 {
		return errCut
	}
	p.at += n
	if !p.sees("-->") {
		return errMarkup
	}
	p.at += len("-->")
	return nil
}
