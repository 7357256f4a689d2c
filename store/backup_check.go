package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// CheckBackup reads a backup to its end, compressed or not, or a file of the embedded
// store, and tells what it is. progress is told from time to time how many keys were
// read; it may be nil. Errors: DumpError where anything of it is not as it was
// written; what ctx and r give.
func CheckBackup(ctx context.Context, r io.Reader, progress func(keys int)) (BackupInfo, error) {
	info, _, err := checkBackup(ctx, r, progress)
	return info, err
}

// checkBackup gives the pin as well.
func checkBackup(ctx context.Context, r io.Reader, progress func(keys int)) (info BackupInfo, pinned pin, err error) {
	plain, err := decompressed(r)
	if err != nil {
		return info, pinned, err
	}
	var text string
	read := 0
	stats, err := readDump(plain, func(args []string) error {
		if args[0] == "SET" && args[1] == pinKey() {
			text = args[2]
		}
		if read++; read%10_000 == 0 && progress != nil {
			progress(read)
		}
		return ctx.Err()
	})
	if err != nil {
		return info, pinned, err
	}
	if json.Unmarshal([]byte(text), &pinned) != nil || !pinned.sound() || pinned.Restoring {
		return info, pinned, &DumpError{stats.Bytes, "里面没有安装时定下的标记，或它已损坏"}
	}
	info = BackupInfo{Sandbox: pinned.Kind == kindOf(true), Shards: pinned.Shards, DumpStats: stats}
	if head := stats.head; head != nil {
		info.At = head.At
		if head.Kind != pinned.Kind || head.Shards != pinned.Shards {
			return info, pinned, &DumpError{0, "开头写的种类或片数与内容不符"}
		}
	}
	return info, pinned, nil
}

// decompressed reads what r holds, compressed with gzip or not.
func decompressed(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	if start, _ := b.Peek(2); string(start) != "\x1f\x8b" {
		return b, nil // what is wrong with it its reader finds
	}
	z, err := gzip.NewReader(b)
	switch {
	case err == nil:
		return z, nil
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, &DumpError{0, "压缩文件的开头已损坏"}
	}
	return nil, fmt.Errorf("read the dump: %w", err)
}
