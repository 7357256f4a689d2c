package store

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
)

// readDump parses a dump, hands each command to apply and fails with a
// DumpError unless everything up to the trailer is as it was written. apply may
// keep its argument. Its calls come before the trailer is seen: whoever must not
// act on half a dump reads it once with an apply that does nothing.
func readDump(r io.Reader, apply func(args []string) error) (DumpStats, error) {
	d := &dumpReader{r: bufio.NewReaderSize(r, 64<<10)}
	head, err := d.next()
	if err != nil {
		return d.stats, err
	}
	if d.stats.head, err = readHead(head); err != nil {
		return d.stats, err
	}
	d.sum = newSum(d.stats.head)
	d.accept(head)
	var order keyOrder
	for {
		at := d.offset
		args, err := d.next()
		if err != nil {
			return d.stats, err
		}
		if args[0] == "PING" {
			err := d.end(at, args)
			return d.stats, err
		}
		if problem := order.check(args); problem != "" {
			return d.stats, &DumpError{at, problem}
		}
		d.stats.Commands++
		d.stats.Keys, d.stats.Kinds = order.keys, order.kinds
		d.accept(args)
		if err := apply(args); err != nil {
			return d.stats, err
		}
	}
}

// readHead reads a header; head is nil where it is of version 1.
func readHead(args []string) (head *dumpHead, err error) {
	if len(args) != 2 || args[0] != "PING" || !strings.HasPrefix(args[1], dumpName) {
		return nil, &DumpError{0, "这不是本程序写的数据文件"}
	}
	if args[1] == dumpHeader {
		return nil, nil
	}
	about, backup := strings.CutPrefix(args[1], backupHeader)
	if !backup {
		return nil, &DumpError{0, "这份文件由更新的版本写成，请用那个版本来读"}
	}
	head = new(dumpHead)
	if json.Unmarshal([]byte(about), head) != nil || head.Shards < 1 || head.Shards > ClusterShards ||
		head.Kind != kindOf(true) && head.Kind != kindOf(false) {
		return nil, &DumpError{0, "开头写的备份时间、种类或片数不对"}
	}
	return head, nil
}

type dumpReader struct {
	r      *bufio.Reader
	offset int64 // of the next byte
	sum    hash.Hash
	buf    []byte
	stats  DumpStats
}

// accept adds a command to the checksum. Numbers are read in their canonical
// form only, so writing the command again gives the bytes that were read.
func (d *dumpReader) accept(args []string) {
	d.buf = appendCommand(d.buf[:0], args)
	d.sum.Write(d.buf) // never fails
}

func (d *dumpReader) end(at int64, args []string) error {
	d.stats.Sum = hex.EncodeToString(d.sum.Sum(nil))
	if len(args) != 2 || args[1] != d.stats.seal() {
		return &DumpError{at, "结尾的条数或校验和与内容不符，文件被改动过或已损坏"}
	}
	if _, err := d.r.ReadByte(); err == nil {
		return &DumpError{d.offset, "结尾之后还有多余的内容"}
	} else if err != io.EOF {
		return d.broken(err)
	}
	d.stats.Bytes = d.offset
	return nil
}

// next reads one command of at least one argument.
func (d *dumpReader) next() ([]string, error) {
	n, err := d.number('*', maxDumpArgs)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, &DumpError{d.offset, "空的命令"}
	}
	args := make([]string, 0, min(n, 64))
	for end := d.offset + maxDumpCommand; n > 0; n-- {
		a, err := d.bulk()
		if err != nil {
			return nil, err
		}
		if d.offset > end {
			return nil, &DumpError{d.offset, "长度超出允许的范围"}
		}
		args = append(args, a)
	}
	return args, nil
}

func (d *dumpReader) bulk() (string, error) {
	n, err := d.number('$', maxDumpValue)
	if err != nil {
		return "", err
	}
	// A damaged length must not reserve memory for bytes that are not there.
	var b strings.Builder
	b.Grow(min(n, 64<<10))
	got, err := io.CopyN(&b, d.r, int64(n))
	d.offset += got
	if err != nil {
		return "", d.broken(err)
	}
	return b.String(), d.lineEnd()
}

// number reads a line such as "$12\r\n".
func (d *dumpReader) number(mark byte, limit int) (int, error) {
	at := d.offset
	c, err := d.byte()
	if err != nil {
		return 0, err
	}
	if c != mark {
		return 0, &DumpError{at, fmt.Sprintf("应为“%c”", mark)}
	}
	n, digits := 0, 0
	for {
		c, err := d.byte()
		if err != nil {
			return 0, err
		}
		if c == '\r' && digits > 0 {
			break
		}
		if c < '0' || c > '9' || digits > 0 && n == 0 {
			return 0, &DumpError{d.offset - 1, "应为数字"}
		}
		n, digits = n*10+int(c-'0'), digits+1
		if n > limit {
			return 0, &DumpError{at, "长度超出允许的范围"}
		}
	}
	c, err = d.byte()
	if err == nil && c != '\n' {
		err = &DumpError{d.offset - 1, "应为换行"}
	}
	return n, err
}

func (d *dumpReader) lineEnd() error {
	for _, want := range []byte("\r\n") {
		c, err := d.byte()
		if err != nil {
			return err
		}
		if c != want {
			return &DumpError{d.offset - 1, "应为换行"}
		}
	}
	return nil
}

func (d *dumpReader) byte() (byte, error) {
	c, err := d.r.ReadByte()
	if err != nil {
		return 0, d.broken(err)
	}
	d.offset++
	return c, nil
}

func (d *dumpReader) broken(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.As(err, &corrupt):
		return &DumpError{d.offset, "压缩的内容已损坏"}
	case err != io.EOF && err != io.ErrUnexpectedEOF:
		return fmt.Errorf("read the dump: %w", err)
	case d.offset == 0:
		return &DumpError{0, "文件是空的"}
	}
	return &DumpError{d.offset, "文件到此中断，不完整"}
}
