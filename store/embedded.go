package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// Files in the data folder, beside the lock.
const (
	saveName     = "store.resp"   // the data, as a dump
	previousName = "store.resp.1" // the one before
	partName     = "store.resp.tmp"
	infoName     = "server.json" // how to reach the running server
)

// Saving takes at most this part of the time: a store that takes 2 s to save is
// saved every 10 s.
const saveShare = 5

// clockStep is how far the server's clock may lag behind. Left to look at the
// time by itself, miniredis ages every key before every command, which takes
// longer than the command as soon as there are some hundred keys.
const clockStep = 500 * time.Millisecond

// saveTimeout bounds one command while loading or saving.
const saveTimeout = 30 * time.Second

// EmbeddedOptions are the settings of an embedded server; the zero value is ready.
type EmbeddedOptions struct {
	// Keep says which keys are saved. nil: all but the derived and the disposable
	// ones; whoever starts the server rebuilds the derived ones.
	Keep func(key string) bool
	// Every is how long a change may wait until it is saved. 0: 2 s.
	Every time.Duration
	// Private keeps other processes from finding the server: for a command that
	// ends soon, at whose end they would be cut off.
	Private bool
	// Report is told when saving in the background fails, and with nil when it
	// works again. nil: nobody is told; Close still returns what fails at the end.
	Report func(error)
}

// Embedded is a Redis inside this process, on a loopback port, kept in a file of
// the data folder. It is meant for trying out and for a single branch: what was
// written in the last seconds is lost when the process is killed.
type Embedded struct {
	dir    string
	opts   EmbeddedOptions
	lock   *folderLock
	server *miniredis.Miniredis
	info   serverInfo
	client *redis.Client

	changed    atomic.Bool // since the last save began
	saving     sync.Mutex
	stop       context.CancelFunc
	background sync.WaitGroup
	close      func() error
}

// StartEmbedded takes the lock of dir, which it creates, loads what was saved
// there and serves it until Close. ctx bounds the start only. Errors about what
// the operator can mend are Chinese sentences: InUseError where another process
// owns the folder, DumpError inside where the file is damaged.
func StartEmbedded(ctx context.Context, dir string, opts EmbeddedOptions) (*Embedded, error) {
	if opts.Keep == nil {
		opts.Keep = lasting
	}
	if opts.Every == 0 {
		opts.Every = 2 * time.Second
	}
	if opts.Report == nil {
		opts.Report = func(error) {}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("不能建立数据目录：%w", err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	e := &Embedded{dir: dir, opts: opts, lock: lock}
	e.close = sync.OnceValue(e.shutDown)
	if err := e.start(ctx); err != nil {
		return nil, errors.Join(err, lock.release())
	}
	return e, nil
}

// lasting is what is saved unless Keep says otherwise. Keys that the table does
// not know are saved as well: the folder holds nothing of other programs.
func lasting(key string) bool {
	c := Classify(key)
	return c != Derived && c != Disposable
}

func (e *Embedded) start(ctx context.Context) error {
	// What a killed process left behind must not lead others to its port.
	if err := e.removeInfo(); err != nil {
		return fmt.Errorf("不能清理数据目录：%w", err)
	}
	e.server = miniredis.NewMiniRedis()
	e.info.Password = rand.Text()
	e.info.PID = os.Getpid()
	e.server.RequireAuth(e.info.Password) // before the port is open
	if err := e.server.StartAddr("127.0.0.1:0"); err != nil {
		return fmt.Errorf("不能启动内置存储：%w", err)
	}
	e.setClock()
	e.server.ClockTTL(true)
	e.info.Addr = e.server.Addr()
	e.client = e.connect(nil)
	err := e.load(ctx)
	if err == nil {
		e.server.Server().SetPreHook(e.watch())
		err = e.server.Server().Register(saveCommand, e.saveNow)
	}
	if err == nil {
		if !e.opts.Private {
			err = e.info.write(e.path(infoName))
		}
	}
	if err != nil {
		err = errors.Join(err, e.client.Close())
		e.server.Close()
		return err
	}
	ctx, e.stop = context.WithCancel(context.WithoutCancel(ctx))
	e.background.Go(func() { e.keepTime(ctx) })
	e.background.Go(func() { e.keepSaving(ctx) })
	return nil
}

func (e *Embedded) keepTime(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(clockStep):
			e.setClock()
		}
	}
}

// setClock moves the clock by which keys expire. It is wall time: the monotonic
// clock stands still while a computer sleeps.
func (e *Embedded) setClock() { e.server.SetTime(time.Now().Round(0)) }

func (e *Embedded) path(name string) string { return filepath.Join(e.dir, name) }

func (e *Embedded) removeInfo() error {
	if err := os.Remove(e.path(infoName)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// URL is the address of the server with its password, as Options.URL takes it.
// It must not be logged.
func (e *Embedded) URL() string { return e.info.url() }

func (e *Embedded) connect(dial func(context.Context, string, string) (net.Conn, error)) *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr: e.info.Addr, Password: e.info.Password, Dialer: dial,
		Protocol: 2, DisableIdentity: true, MaintNotificationsConfig: withoutMaintenance(),
		ReadTimeout: saveTimeout, WriteTimeout: saveTimeout, ContextTimeoutEnabled: true,
		MaxRetries: -1, DialerRetries: 1,
	})
}

// Close saves what every client was told to be written, stops the server and
// frees the folder. Where saving fails, the file keeps what was saved last.
// Calling it again returns the same error.
func (e *Embedded) Close() error { return e.close() }

func (e *Embedded) shutDown() error {
	e.stop()
	e.background.Wait()
	var errs []error
	errs = append(errs, e.removeInfo(), e.client.Close())
	// After this no command runs and none will: what is saved next is all there is.
	e.server.Close()
	// The server can still be reached from inside, without a port.
	e.client = e.connect(func(context.Context, string, string) (net.Conn, error) { return e.server.Dial() })
	errs = append(errs, e.Save(), e.client.Close())
	e.server.Close()
	return errors.Join(append(errs, e.lock.release())...)
}
