package wechat

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// text takes what stands up to the next tag. Only space may stand outside the fields.
func (p *parser) text() error {
	n := bytes.IndexByte(p.buf[p.at:], '<')
	if n < 0 {
		n = len(p.buf) - p.at
	}
	raw := p.buf[p.at : p.at+n]
	if p.depth < 2 {
		for _, c := range raw {
			if !space(c) {
				return errStray
			}
		}
		p.at += n
		return nil
	}
	if bytes.Contains(raw, []byte("]]>")) {
		return errMarkup
	}
	value, err := unescape(raw)
	if err != nil {
		return err
	}
	p.collect(p.at, len(value))
	p.at += n
	return nil
}

// cdata takes a CDATA section.
func (p *parser) cdata() error {
	if p.depth < 2 {
		return errStray
	}
	p.at += len("<![CDATA[")
	n := bytes.Index(p.buf[p.at:], []byte("]]>"))
	if n < 0 {
		return errCut
	}
	p.collect(p.at, n)
	p.at += n + len("]]>")
	return nil
}

// collect adds the n bytes at buf[at:] to the value, where they lie directly in the
// field. They are moved only where a value consists of several pieces.
func (p *parser) collect(at, n int) {
	if p.into == nil || p.depth != p.level || n == 0 {
		return
	}
	if p.from == p.to {
		p.from, p.to = at, at
	} else {
		copy(p.buf[p.to:], p.buf[at:at+n])
	}
	p.to += n
}

// unescape resolves the references in raw, in place: what it returns begins where raw does.
func unescape(raw []byte) ([]byte, error) {
	at := bytes.IndexByte(raw, '&')
	if at < 0 {
		return raw, nil
	}
	out := raw[:at]
	for at < len(raw) {
		if raw[at] != '&' {
			out = append(out, raw[at])
			at++
			continue
		}
		n := bytes.IndexByte(raw[at:], ';')
		if n < 0 {
			return nil, errReference
		}
		r, ok := referenced(raw[at+1 : at+n])
		if !ok {
			return nil, errReference
		}
		// Never longer than the reference, so what is still to be read stays.
		if r != '\r' {
			out = utf8.AppendRune(out, r)
		}
		at += n + 1
	}
	return out, nil
}

// referenced is the character that the reference &name; stands for. A control character
// but newline, tab and carriage return, which the caller drops, is refused.
func referenced(name []byte) (rune, bool) {
	switch string(name) {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	digits, ok := bytes.CutPrefix(name, []byte("#"))
	base := 10
	if hex, isHex := bytes.CutPrefix(digits, []byte("x")); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	if !ok || err != nil || n > unicode.MaxRune {
		return 0, false
	}
	r := rune(n)
	return r, utf8.ValidRune(r) && (r == '\r' || !control(r))
}
