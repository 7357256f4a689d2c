package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/redis/go-redis/v9"
)

// Bounds of one round trip; a key is never parted between two, so one may be
// larger.
const (
	restoreCommands = 500
	restoreBytes    = 256 << 10
)

// Restore loads a dump. All of it is read and checked before the first command
// is sent: a damaged or shortened dump is refused whole, with a DumpError. Keys
// of the dump replace those of the same name, others stay; tombstones of both
// stay, and members who were erased here since the dump was made are not brought
// back: see graves. Where the connection breaks half-way, a second Restore of the
// same dump completes the first.
//
// rename gives each key its name in client and drops those for which ok is
// false; nil keeps all names. r is read twice: from its current position where
// it can seek, else from a temporary copy.
func Restore(ctx context.Context, client redis.UniversalClient, r io.Reader, rename func(key string) (renamed string, ok bool)) (DumpStats, error) {
	src, done, err := rereadable(r)
	if err != nil {
		return DumpStats{}, err
	}
	defer done()
	start, err := src.Seek(0, io.SeekCurrent)
	if err != nil {
		return DumpStats{}, fmt.Errorf("read the dump: %w", err)
	}
	var dumped graves
	if stats, err := readDump(src, func(args []string) error { return errors.Join(ctx.Err(), dumped.note(args)) }); err != nil {
		return stats, err
	}
	here, err := readGraves(ctx, client)
	if err != nil {
		return DumpStats{}, err
	}
	if _, err := src.Seek(start, io.SeekStart); err != nil {
		return DumpStats{}, fmt.Errorf("read the dump: %w", err)
	}
	l := &loader{ctx: ctx, pipe: client.Pipeline(), rename: rename,
		resting: func(id string) bool { return here.since(dumped, id) || here.movedSince(dumped, id) },
		erased:  func(id string) bool { return here.since(dumped, id) },
	}
	stats, err := readDump(src, l.apply)
	if err != nil {
		return stats, err
	}
	return stats, l.flush()
}

// rereadable returns r itself where it can seek, or a temporary copy, which
// done removes. The copy is readable by its owner only.
func rereadable(r io.Reader) (src io.ReadSeeker, done func(), err error) {
	if s, ok := r.(io.ReadSeeker); ok {
		if _, err := s.Seek(0, io.SeekCurrent); err == nil { // a pipe is a file that cannot
			return s, func() {}, nil
		}
	}
	f, err := os.CreateTemp("", "dangshi-restore-")
	if err != nil {
		return nil, nil, fmt.Errorf("copy the dump: %w", err)
	}
	done = func() {
		f.Close()
		os.Remove(f.Name())
	}
	if _, err = io.Copy(f, r); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("copy the dump: %w", err)
	}
	return f, done, nil
}

// loader sends commands in batches. A client that repeats a batch after a
// broken connection does no harm, since each batch begins its keys anew.
type loader struct {
	ctx     context.Context
	pipe    redis.Pipeliner
	rename  func(string) (string, bool)
	resting func(id string) bool // the member was erased or moved since: keys of theirs are dropped
	erased  func(id string) bool // the member was erased since
	bytes   int
	skip    bool // the key that was begun last is dropped
}

func (l *loader) apply(args []string) error {
	begins := args[0] == "SET" || args[0] == "DEL"
	if begins && (l.pipe.Len() >= restoreCommands || l.bytes >= restoreBytes) {
		if err := l.flush(); err != nil {
			return err
		}
	}
	key, ok := args[1], true
	if l.rename != nil {
		key, ok = l.rename(key)
	}
	if begins {
		l.skip = !ok || l.ofErased(args[1])
	}
	if l.skip {
		return nil
	}
	if k, _, _, _ := parseKey(args[1]); k.name == "winners" && args[0] == "SET" {
		args = []string{args[0], args[1], winnersOfDump(args[2], l.erased)}
	}
	cmd := make([]any, 0, len(args)+1)
	for _, a := range args {
		cmd = append(cmd, a)
		l.bytes += len(a)
	}
	cmd[1] = key
	if isTombstones(key) {
		if args[0] != "ZADD" {
			return nil // none that is there goes
		}
		cmd = slices.Insert(cmd, 2, any("GT")) // the later erasure of one member counts
	}
	l.pipe.Do(l.ctx, cmd...)
	return nil
}

func (l *loader) ofErased(key string) bool {
	k, _, rest, ok := parseKey(key)
	if !ok || k.shared {
		return false
	}
	id, ok := ownerOf(k, rest)
	return ok && l.resting(id)
}

func (l *loader) flush() error {
	if l.pipe.Len() == 0 {
		return nil
	}
	_, err := l.pipe.Exec(l.ctx)
	l.bytes = 0
	if errors.Is(err, redis.Nil) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("write the dump's commands: %w", err)
	}
	return nil
}
