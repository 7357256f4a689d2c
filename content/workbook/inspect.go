package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds of a workbook besides those of content.
const (
	maxUnzipped = 512 << 20 // bytes of all parts
	maxOther    = 128 << 20 // of those that are no sheets: they are kept in memory
	maxParts    = 10_000
	maxSheets   = 100
	// inMemory is the size of a sheet in bytes from which on it is read from a
	// temporary file.
	inMemory = 16 << 20
)

// refused is why a file is not read, one sentence for people.
type refused string

func (r refused) Error() string { return string(r) }

const damaged refused = "文件损坏或没有传完，请重新导出或下载后再载入"

// part is what was seen of a sheet's part before it is read.
type part struct {
	rows     int  // elements, empty ones too
	formulas bool // there is at least one
	ended    bool // the end of the rows was seen
}

// inspect unpacks every part once and keeps nothing. The library that reads them
// takes a part that is cut or longer than it says for a whole one; here it is an
// error, as is what would fill memory or disk.
func inspect(z *zip.Reader) (map[string]part, error) {
	if len(z.File) > maxParts {
		return nil, refused("文件里的部件太多，请在 Excel 或 WPS 里新建一个工作簿，把题目粘贴进去（只粘贴数值）")
	}
	sheets := map[string]part{}
	total, other := uint64(0), uint64(0)
	for _, f := range z.File {
		sheet := isSheet(f.Name)
		total += f.UncompressedSize64
		if !sheet {
			other += f.UncompressedSize64
		}
		if f.UncompressedSize64 > maxUnzipped || total > maxUnzipped || other > maxOther {
			return nil, refused(fmt.Sprintf("解压后超过 %d MB，请删去图片和多余的内容，或分成几个文件", min(maxUnzipped, maxOther)>>20))
		}
		p, err := scan(f)
		if err != nil {
			return nil, err
		}
		if sheet {
			sheets[strings.ToLower(f.Name)] = p
		}
	}
	return sheets, nil
}

func isSheet(name string) bool {
	return strings.HasPrefix(strings.ToLower(strings.ReplaceAll(name, `\`, "/")), "xl/worksheets/sheet")
}

// scan reads a part to its end, by which its length and sum are checked.
func scan(f *zip.File) (p part, err error) {
	in, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return part{}, refused("文件加了密，或压缩方式不认得，请另存为普通的 .xlsx")
	}
	if err != nil {
		return part{}, damaged
	}
	defer in.Close()
	buf := make([]byte, 64<<10)
	kept := 0 // bytes of the last chunk, in which a tag may begin
	for {
		n, err := in.Read(buf[kept:])
		text := buf[:kept+n]
		end := err == io.EOF
		done := len(text)
		if !end {
			done = max(bytes.LastIndexByte(text, '<'), 0)
		}
		p.see(text[:done])
		kept = copy(buf, text[done:])
		switch {
		case end:
			return p, nil
		case err != nil:
			return part{}, damaged
		case kept == len(buf):
			kept = 0 // no tag is that long
		}
	}
}

// see counts what begins in a text; the last tag of it is whole or its name is.
func (p *part) see(text []byte) {
	for {
		i := bytes.IndexByte(text, '<')
		if i < 0 {
			return
		}
		text = text[i+1:]
		name, closing := bytes.CutPrefix(text[:min(len(text), 40)], []byte("/"))
		if end := bytes.IndexAny(name, " />\t\r\n"); end >= 0 {
			name = name[:end]
		}
		if prefix := bytes.IndexByte(name, ':'); prefix >= 0 {
			name = name[prefix+1:]
		}
		switch {
		case p.ended:
			return
		case closing:
			p.ended = string(name) == "sheetData"
		case string(name) == "row":
			p.rows++
		case string(name) == "f":
			p.formulas = true
		}
	}
}
