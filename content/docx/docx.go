// Package docx reads the text of Word documents: paragraphs with the numbers that
// Word makes for them, soft line breaks as lines of their own, tables cell by cell.
// Pictures, links, fields and macros are passed over; nothing is ever fetched.
package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// bounds of what is read of a document.
type bounds struct {
	part  uint64 // bytes of a part
	depth int    // of elements in each other
	lines int    // and cells
}

func usual() bounds { return bounds{part: 64 << 20, depth: 500, lines: 1 << 20} }

// The reasons for which a document is not read.
var (
	ErrDamaged = errors.New("the document is damaged")
	ErrLarge   = errors.New("a part of the document is too large")
)

// Block is a run of lines, or a table.
type Block struct {
	Lines []Line
	Table []Row // nil: lines
}

// Line is one line of text; Number counts all lines of the document from 1, those
// of cells included.
type Line struct {
	Number int
	Text   string
}

// Row is one row of a table.
type Row struct {
	Number int // of its first line
	Cells  []Cell
}

// Cell is the text of a cell, line by line.
type Cell []Line

// Read reads a document.
func Read(data []byte) ([]Block, error) { return read(data, usual()) }

func read(data []byte, b bounds) ([]Block, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, ErrDamaged
	}
	p := parts{z, b.part}
	main := p.main()
	folder := path.Dir(main)
	lists, err := readLists(p, folder)
	if err != nil {
		return nil, err
	}
	in, err := p.open(main)
	if err != nil {
		return nil, err
	}
	if in == nil {
		return nil, ErrDamaged
	}
	defer in.Close()
	r := &reader{lists: lists, bounds: b}
	if err := r.read(xml.NewDecoder(in)); err != nil {
		return nil, err
	}
	return r.out, nil
}

// parts are the parts of a document.
type parts struct {
	z   *zip.Reader
	max uint64 // bytes of a part
}

// open opens a part; nil where there is none. A part that is longer than it says
// cannot be read to its end.
func (p parts) open(name string) (io.ReadCloser, error) {
	for _, f := range p.z.File {
		if !strings.EqualFold(strings.ReplaceAll(f.Name, `\`, "/"), name) {
			continue
		}
		if f.UncompressedSize64 > p.max {
			return nil, ErrLarge
		}
		in, err := f.Open()
		if err != nil {
			return nil, ErrDamaged
		}
		return in, nil
	}
	return nil, nil
}

// decode reads a part into a value; ok is false where there is no such part.
func (p parts) decode(name string, into any) (ok bool, err error) {
	in, err := p.open(name)
	if in == nil || err != nil {
		return false, err
	}
	defer in.Close()
	if xml.NewDecoder(in).Decode(into) != nil {
		return false, ErrDamaged
	}
	return true, nil
}

// main is the part with the text; most programs call it word/document.xml.
func (p parts) main() string {
	var links struct {
		All []struct {
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if ok, err := p.decode("_rels/.rels", &links); ok && err == nil {
		for _, l := range links.All {
			if strings.HasSuffix(l.Type, "/officeDocument") {
				return strings.TrimPrefix(path.Clean("/"+l.Target), "/")
			}
		}
	}
	return "word/document.xml"
}
