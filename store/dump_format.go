package store

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"hash/crc64"
	"io"
	"strconv"
	"time"
)

// A dump is a file of Redis commands in RESP, so that redis-cli --pipe can load
// it as well: PING with a header, the commands of each key, PING with a trailer.
// The trailer counts the commands before it and holds a checksum over every byte
// before it, so that a shortened or altered file is recognised. The file of the
// embedded store has version 1. A backup has version 2: its header tells when and
// of what it was made, its trailer how many keys of each kind it holds, and its
// checksum is SHA-256.
//
// A key begins with SET (strings) or DEL (all other types, and keys that are
// gone), goes on with commands of one type and may end with PEXPIREAT. Loading a
// dump twice gives the same as loading it once.
const (
	dumpName     = "dangshi-dump "
	dumpHeader   = dumpName + "1"
	backupHeader = dumpName + "2 " // dumpHead as JSON
	dumpTrailer  = "dangshi-end "  // count, space, checksum in hexadecimal; of a backup also the kinds as JSON
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
	Offset  int64  // bytes from the start of the dump, as it is without compression
	Problem string // one clause for people
}

func (e *DumpError) Error() string {
	return fmt.Sprintf("第 %d 字节处：%s", e.Offset, e.Problem)
}

// DumpStats counts what a dump holds.
type DumpStats struct {
	Keys     int            // with a value; one that changed while it was dumped may count twice
	Kinds    map[string]int // the same by the part of the key after its hash tag; foreign ones under ""
	Commands int            // between header and trailer
	Bytes    int64          // of the whole dump
	Sum      string         // the checksum in the trailer, in hexadecimal

	head *dumpHead // of a backup; nil: version 1
}

// dumpHead is what the header of a backup tells.
type dumpHead struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"` // sandbox or real
	Shards int       `json:"shards"`
}

var crcTable = crc64.MakeTable(crc64.ECMA)

// newSum is the checksum of a dump, or of a backup.
func newSum(head *dumpHead) hash.Hash {
	if head == nil {
		return crc64.New(crcTable)
	}
	return sha256.New()
}

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

// seal is the trailer that fits.
func (s DumpStats) seal() string {
	text := fmt.Sprintf("%s%d %s", dumpTrailer, s.Commands, s.Sum)
	if s.head == nil {
		return text
	}
	kinds, err := json.Marshal(s.Kinds) // in the order of their names
	if err != nil {
		panic(err) // a map of numbers
	}
	return text + " " + string(kinds)
}

// dumpWriter writes a dump. The first error sticks and is returned by finish.
type dumpWriter struct {
	w     *bufio.Writer
	buf   []byte
	sum   hash.Hash
	order keyOrder
	stats DumpStats
	err   error
}

// newDumpWriter begins a dump; where there is a head, a backup.
func newDumpWriter(w io.Writer, head *dumpHead) *dumpWriter {
	d := &dumpWriter{w: bufio.NewWriterSize(w, 64<<10), sum: newSum(head), stats: DumpStats{head: head}}
	text := dumpHeader
	if head != nil {
		about, err := json.Marshal(head)
		if err != nil {
			panic(err) // but for a year that nobody lives to see
		}
		text = backupHeader + string(about)
	}
	d.write([]string{"PING", text})
	return d
}

// command writes one. What a reader would refuse is not written.
func (d *dumpWriter) command(args ...string) {
	if problem := d.order.check(args); problem != "" && d.err == nil {
		d.err = fmt.Errorf("a command %s of a key %s must not be written: %s", args[0], keyFamily(args[1]), problem)
	}
	d.stats.Commands++
	d.write(args)
}

func (d *dumpWriter) write(args []string) {
	if d.err != nil {
		return
	}
	d.buf = appendCommand(d.buf[:0], args)
	d.sum.Write(d.buf) // never fails
	d.stats.Bytes += int64(len(d.buf))
	_, d.err = d.w.Write(d.buf)
}

func (d *dumpWriter) fault() error { return d.err }

func (d *dumpWriter) finish() (DumpStats, error) {
	d.stats.Keys, d.stats.Kinds, d.stats.Sum = d.order.keys, d.order.kinds, hex.EncodeToString(d.sum.Sum(nil))
	d.write([]string{"PING", d.stats.seal()})
	if d.err == nil {
		d.err = d.w.Flush()
	}
	return d.stats, d.err
}
