package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// RestoreOptions say where a backup goes and how.
type RestoreOptions struct {
	// Target gives the address of a Redis, as of Options, that is empty or holds a
	// restore that came to no end. It is asked once the backup was found whole.
	Target  func(ctx context.Context) (url string, err error)
	Sandbox bool          // of which kind the backup must be
	Timeout time.Duration // as of Options
	Dial    func(ctx context.Context, network, addr string) (net.Conn, error)

	// Erasures is a journal of erasures that is newer than the backup; nil: there is none.
	Erasures io.Reader
	// NotPushed says that nothing was sent since the backup was made; else it is taken
	// that what was due may have been: see MarkRestored.
	NotPushed bool
	// Progress is told how far a step is: of what is read, written and computed, in
	// keys or members. total is 0 where nobody knows. It may be nil.
	Progress func(step RestoreStep, done, total int)
}

// RestoreStep is what a restore is at.
type RestoreStep uint8

// The steps of a restore, in their order.
const (
	Checking  RestoreStep = iota // the backup is read; nothing is written
	Clearing                     // what a restore left that came to no end
	Writing                      //
	Computing                    // boards
	Comparing                    // boards with the logs
)

// Restored is what was restored.
type Restored struct {
	Backup  BackupInfo
	Shards  int               // of the data now
	Erased  int               // members erased again, by the journal
	Seasons []RestoredSeason  // those that have begun, in order
	Damaged map[string]string // pseudonym → why; their records or logs were damaged in the backup already
}

// RestoredSeason is what Verify found of a season.
type RestoredSeason struct {
	ID string
	Verification
}

// Why a backup is not restored. Nothing was written.
var (
	ErrOtherKind = errors.New("the backup is of the other kind: sandbox or real")
	ErrServing   = errors.New("有 serve 或另一个 restore 正连着这个 Redis，请先停下它们")
)

// NotEmptyError means that there is something where a backup was to be restored to.
type NotEmptyError struct{ Keys int64 }

func (e *NotEmptyError) Error() string { return fmt.Sprintf("里面已经有 %d 个键", e.Keys) }

// RestoreBackup loads a backup, or a file of the embedded store, into an empty Redis or
// cluster, with as many shards as that has:
//
//  1. all of it is read and checked; nothing is written before;
//  2. the pin is set, marked so that nobody else opens the data;
//  3. the keys are written, each under the name that it has here;
//  4. a journal of erasures is applied; boards and reminders are computed, what was
//     under way of a regrade or a voided day is finished; all is verified; the push is
//     told of the restore;
//  5. the mark is taken away.
//
// A crash at any moment leaves the mark (or nothing), and data that Open refuses: the
// same call then clears them and begins anew. Errors: DumpError, ErrOtherKind,
// NotEmptyError, ErrServing, where nothing was written; ErrJournal and
// ErrOtherJournal, quiz.ErrUnavailable, quiz.ErrUnknown: it is called again. Errors about the way to the server are those of Open.
func RestoreBackup(ctx context.Context, r io.Reader, o RestoreOptions) (Restored, error) {
	if o.Progress == nil {
		o.Progress = func(RestoreStep, int, int) {}
	}
	src, done, err := rereadable(r)
	if err != nil {
		return Restored{}, err
	}
	defer done()
	re := &restoring{RestoreOptions: o, src: src}
	if err := re.check(ctx); err != nil {
		return Restored{}, err
	}
	if err := re.connect(ctx); err != nil {
		return Restored{}, err
	}
	defer re.client.Close()
	if err := re.take(ctx); err != nil {
		return Restored{}, err
	}
	o.Progress(Writing, 0, re.info.Commands)
	if err := re.write(ctx); err != nil {
		return Restored{}, err
	}
	return re.finish(ctx)
}

// restoring is one restore on its way.
type restoring struct {
	RestoreOptions
	src    io.ReadSeeker
	start  int64
	info   BackupInfo
	pin    pin // as it is to be here
	url    string
	addr   address
	name   string // of the connections
	client redis.UniversalClient
}

// check reads the backup whole.
func (re *restoring) check(ctx context.Context) (err error) {
	if re.start, err = re.src.Seek(0, io.SeekCurrent); err != nil {
		return fmt.Errorf("read the dump: %w", err)
	}
	re.info, re.pin, err = checkBackup(ctx, re.src, func(keys int) { re.Progress(Checking, keys, 0) })
	if err == nil && re.info.Sandbox != re.Sandbox {
		err = ErrOtherKind
	}
	return err
}

func (re *restoring) connect(ctx context.Context) (err error) {
	if re.url, err = re.Target(ctx); err != nil {
		return err
	}
	if re.addr, err = parseURL(re.url); err != nil {
		return err
	}
	re.pin.Shards, re.pin.Restoring = re.addr.shards(), true
	re.name = restoreName + rand.Text()
	re.client = connect(re.addr, cmp.Or(re.Timeout, ioTimeout), re.Dial, re.name)
	if err = (&Store{client: re.client}).probe(ctx, re.addr); err != nil {
		re.client.Close()
	}
	return err
}

// finish makes what is written complete, and opens it for others.
func (re *restoring) finish(ctx context.Context) (Restored, error) {
	done := Restored{Backup: re.info, Shards: re.pin.Shards, Damaged: map[string]string{}}
	s, err := Open(ctx, Options{URL: re.url, Existing: true, Timeout: re.Timeout, Dial: re.Dial, restoring: true})
	if err != nil {
		return done, err
	}
	defer s.Close()
	if re.Erasures != nil {
		if done.Erased, err = s.ApplyErasures(ctx, re.Erasures); err != nil {
			return done, err
		}
	}
	if err := s.RebuildReminders(ctx); err != nil {
		return done, err
	}
	if done.Seasons, err = re.seasons(ctx, s, done.Damaged); err != nil {
		return done, err
	}
	if !re.NotPushed {
		if err := MarkRestored(ctx, s.client, time.Now()); err != nil {
			return done, err
		}
	}
	re.pin.Restoring = false
	value, err := json.Marshal(re.pin)
	if err != nil {
		return done, err
	}
	// A crash before this leaves the mark; after it all is done.
	return done, outcome(re.client.Set(ctx, pinKey(), value, 0).Err())
}

// seasons computes the boards of those that have begun, and compares them.
func (re *restoring) seasons(ctx context.Context, s *Store, damaged map[string]string) (all []RestoredSeason, err error) {
	begun, err := s.Seasons(ctx)
	if err != nil {
		return nil, err
	}
	members := re.info.Members()
	for _, id := range slices.Sorted(maps.Keys(begun)) {
		season := quiz.Season{ID: id, From: begun[id].From}
		err := s.Rebuild(ctx, season, RebuildOptions{
			Alone:    true,
			Progress: func(n int) { re.Progress(Computing, n, members) },
			Damaged:  func(pseudonym string, err error) { damaged[pseudonym] = err.Error() },
		})
		if err != nil {
			return nil, fmt.Errorf("rebuilding the board of %s: %w", id, err)
		}
		re.Progress(Comparing, 0, members)
		v, err := s.Verify(ctx, season, VerifyOptions{
			Alone:    true,
			Progress: func(n int) { re.Progress(Comparing, n, members) },
		})
		if err != nil {
			return nil, err
		}
		all = append(all, RestoredSeason{id, v})
	}
	return all, nil
}
