package store

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"

	"golang.org/x/sync/errgroup"
)

// Bounds of what is on its way between the reader of a backup and those who write.
const (
	restoreWorkers = 4
	restoreBatch   = 256 // commands
)

// write sends the commands of the backup. All commands of one key take the same way,
// in their order.
func (re *restoring) write(ctx context.Context) error {
	if _, err := re.src.Seek(re.start, io.SeekStart); err != nil {
		return fmt.Errorf("read the dump: %w", err)
	}
	plain, err := decompressed(re.src)
	if err != nil {
		return err
	}
	work, working := errgroup.WithContext(ctx)
	ways := make([]*way, restoreWorkers)
	for i := range ways {
		ways[i] = &way{batches: make(chan [][]string, 1)}
		l := &loader{ctx: working, pipe: re.client.Pipeline(), rename: re.rename, resting: nobody, erased: nobody}
		work.Go(func() error { return l.load(ways[i].batches) })
	}
	work.Go(func() error {
		defer func() {
			for _, w := range ways {
				close(w.batches)
			}
		}()
		return re.spread(working, plain, ways)
	})
	err = work.Wait()
	if damaged, ok := errors.AsType[*DumpError](err); ok { // it was whole a moment ago
		err = fmt.Errorf("备份在恢复途中被改动了：%s", damaged)
	}
	return err
}

func nobody(string) bool { return false }

// rename gives a key its name here. What can be computed again is not taken over, and
// the pin has been written; ledgers of the push that belong to a shard stay only where
// there are as many shards.
func (re *restoring) rename(key string) (string, bool) {
	if Classify(key) != Truth || key == pinKey() {
		return "", false
	}
	if re.info.Shards == re.pin.Shards {
		return key, true
	}
	return Rekey(key, re.pin.Shards)
}

// way leads to one of those who write.
type way struct {
	batches chan [][]string
	batch   [][]string
}

func (w *way) send(ctx context.Context) error {
	select {
	case w.batches <- w.batch:
		w.batch = nil
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// spread reads the backup a second time.
func (re *restoring) spread(ctx context.Context, plain io.Reader, ways []*way) error {
	seed, read := maphash.MakeSeed(), 0
	stats, err := readDump(plain, func(args []string) error {
		w := ways[maphash.String(seed, args[1])%uint64(len(ways))]
		if w.batch = append(w.batch, args); len(w.batch) >= restoreBatch {
			if err := w.send(ctx); err != nil {
				return err
			}
		}
		if read++; read%10_000 == 0 {
			re.Progress(Writing, read, re.info.Commands)
		}
		return nil
	})
	if err == nil && stats.Sum != re.info.Sum {
		err = &DumpError{0, "校验和变了"}
	}
	for _, w := range ways {
		if err == nil {
			err = w.send(ctx)
		}
	}
	return err
}

// load applies batches until there are no more.
func (l *loader) load(batches <-chan [][]string) error {
	for batch := range batches {
		for _, args := range batch {
			if err := l.apply(args); err != nil {
				return outcome(err)
			}
		}
	}
	if l.ctx.Err() != nil { // another one failed: what is still here need not be sent
		return context.Cause(l.ctx)
	}
	return outcome(l.flush())
}
