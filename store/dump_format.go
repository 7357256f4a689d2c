package store

import (
	"bufio"
	"fmt"
	"hash/crc64"
	"io"
	"strconv"
	"strings"
)

// A dump is a file of Redis commands in RESP, so that redis-cli --pipe can load
// it as well: PING with a header, the commands of each key, PING with a trailer.
// The trailer counts the commands before it and holds a checksum over every byte
// before it, so that a shortened or altered file is recognised.
//
// A key begins with SET (strings) or DEL (all other types, and keys that are
// gone), goes on with commands of one type and may end with PEXPIREAT. Loading a
// dump twice gives the same as loading it once.
const (
	dumpHeader  = "dangshi-dump 1"
	dumpTrailer = "dangshi-end " // count, space, checksum as 16 hexadecimal digits
)

// Bounds of one command. The writer stays far below them, except that a single
// value may be as large as maxDumpValue.
const (
	maxDumpArgs    = 4096
	maxDumpValue   = 64 << 20 // bytes
	maxDumpCommand = 2*maxDumpValue + 2*dumpChunkSize
)

// DumpError says where a dump is damaged. Nothing of it was loaded.
type DumpError struct {
	Offset  int64  // bytes from the start of the dump
	Problem string // one clause for people
}

func (e *DumpError) Error() string {
	return fmt.Sprintf("第 %d 字节处：%s", e.Offset, e.Problem)
}

// DumpStats counts what a dump holds.
type DumpStats struct {
	Keys     int   // with a value; one that changed while it was dumped may count twice
	Commands int   // between header and trailer
	Bytes    int64 // of the whole dump
}

var crcTable = crc64.MakeTable(crc64.ECMA)

// appendCommand appends one command in RESP, as clients send them.
func appendCommand(b []byte, args []string) []byte {
	b = append(b, '*')
	b = strconv.AppendInt(b, int64(len(args)), 10)
	b = append(b, "\r\n"...)
	for _, a := range args {
		b = append(b, '$')
		b = strconv.AppendInt(b, int64(len(a)), 10)
		b = append(b, "\r\n"...)
		b = append(b, a...)
		b = append(b, "\r\n"...)
	}
	return b
}

func dumpSeal(commands int, crc uint64) string {
	return fmt.Sprintf("%s%d %016x", dumpTrailer, commands, crc)
}

// dumpWriter writes a dump. The first error sticks and is returned by finish.
type dumpWriter struct {
	w     *bufio.Writer
	buf   []byte
	crc   uint64
	stats DumpStats
	err   error
}

func newDumpWriter(w io.Writer) *dumpWriter {
	d := &dumpWriter{w: bufio.NewWriterSize(w, 64<<10)}
	d.write([]string{"PING", dumpHeader})
	return d
}

func (d *dumpWriter) command(args ...string) {
	d.stats.Commands++
	d.write(args)
}

func (d *dumpWriter) write(args []string) {
	if d.err != nil {
		return
	}
	d.buf = appendCommand(d.buf[:0], args)
	d.crc = crc64.Update(d.crc, crcTable, d.buf)
	d.stats.Bytes += int64(len(d.buf))
	_, d.err = d.w.Write(d.buf)
}

func (d *dumpWriter) finish() (DumpStats, error) {
	d.write([]string{"PING", dumpSeal(d.stats.Commands, d.crc)})
	if d.err == nil {
		d.err = d.w.Flush()
	}
	return d.stats, d.err
}

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
	if err := checkHeader(head); err != nil {
		return d.stats, err
	}
	d.accept(head)
	var order keyOrder
	for {
		at := d.offset
		args, err := d.next()
		if err != nil {
			return d.stats, err
		}
		if args[0] == "PING" {
			return d.stats, d.end(at, args)
		}
		if problem := order.check(args); problem != "" {
			return d.stats, &DumpError{at, problem}
		}
		d.stats.Commands++
		d.stats.Keys = order.keys
		d.accept(args)
		if err := apply(args); err != nil {
			return d.stats, err
		}
	}
}

func checkHeader(args []string) error {
	if len(args) == 2 && args[0] == "PING" {
		if args[1] == dumpHeader {
			return nil
		}
		if strings.HasPrefix(args[1], "dangshi-dump ") {
			return &DumpError{0, "这份文件由更新的版本写成，请用那个版本来读"}
		}
	}
	return &DumpError{0, "这不是本程序写的数据文件"}
}

type dumpReader struct {
	r      *bufio.Reader
	offset int64 // of the next byte
	crc    uint64
	buf    []byte
	stats  DumpStats
}

// accept adds a command to the checksum. Numbers are read in their canonical
// form only, so writing the command again gives the bytes that were read.
func (d *dumpReader) accept(args []string) {
	d.buf = appendCommand(d.buf[:0], args)
	d.crc = crc64.Update(d.crc, crcTable, d.buf)
}

func (d *dumpReader) end(at int64, args []string) error {
	if len(args) != 2 || args[1] != dumpSeal(d.stats.Commands, d.crc) {
		return &DumpError{at, "结尾的条数或校验和与内容不符，文件被改动过或已损坏"}
	}
	if _, err := d.r.ReadByte(); err != io.EOF {
		if err != nil {
			return fmt.Errorf("read the dump: %w", err)
		}
		return &DumpError{d.offset, "结尾之后还有多余的内容"}
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
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return fmt.Errorf("read the dump: %w", err)
	}
	if d.offset == 0 {
		return &DumpError{0, "文件是空的"}
	}
	return &DumpError{d.offset, "文件到此中断，不完整"}
}
