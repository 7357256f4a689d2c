package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2/server"
)

// watch returns the hook that notices changes, whoever makes them. The server
// runs it before each command, inside scripts as well. A command that may write
// is run from within the hook, so that the change is marked when it has
// happened: marked before, a save in between would clear the mark and miss the
// change.
func (e *Embedded) watch() server.Hook {
	var running sync.Map // *server.Peer → its command has passed the hook already
	srv := e.server.Server()
	return func(peer *server.Peer, cmd string, args ...string) bool {
		if _, again := running.LoadAndDelete(peer); again {
			return false
		}
		if neverWrites(cmd) || srv.IsReadOnlyCommand(cmd) {
			return false
		}
		running.Store(peer, true)
		srv.Dispatch(peer, append([]string{cmd}, args...))
		e.changed.Store(true)
		return true
	}
}

// neverWrites names commands that miniredis does not mark as reading only. A
// script does not write, the commands that it calls do. EXEC is not among them:
// what a transaction holds is carried out only then.
func neverWrites(cmd string) bool {
	switch cmd {
	case "PING", "ECHO", "HELLO", "AUTH", "QUIT", "SELECT", "CLIENT", "COMMAND", "INFO", "TIME", "CLUSTER",
		"EVAL", "EVALSHA", "SCRIPT", "MULTI", "DISCARD", "WATCH", "UNWATCH", "WAIT",
		saveCommand, "SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "PUBLISH", "PUBSUB":
		return true
	}
	return false
}

func (e *Embedded) keepSaving(ctx context.Context) {
	failing := false
	for wait := e.opts.Every; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		began := time.Now()
		err := e.Save()
		wait = max(e.opts.Every, saveShare*time.Since(began))
		if failing != (err != nil) {
			e.opts.Report(err)
		}
		failing = err != nil
	}
}

// Save writes the file if anything has changed since it was written last. What
// every client was told to be written before Save was called is in it.
func (e *Embedded) Save() error {
	e.saving.Lock()
	defer e.saving.Unlock()
	if !e.changed.Swap(false) {
		return nil
	}
	if err := e.save(); err != nil {
		e.changed.Store(true)
		return fmt.Errorf("不能保存数据文件 %s：%w", e.path(saveName), err)
	}
	return nil
}

// save replaces the file in one step: a crash at any line leaves the old file or
// the new one, both whole. The server goes on meanwhile.
func (e *Embedded) save() error {
	if err := e.writePart(); err != nil {
		os.Remove(e.path(partName)) // it may have filled the disk
		return err
	}
	kept := e.keepPrevious() // failing is no reason not to save
	if err := os.Rename(e.path(partName), e.path(saveName)); err != nil {
		return err
	}
	return errors.Join(kept, syncDir(e.dir))
}

// writePart dumps into a file beside the real one and waits until it is on disk.
func (e *Embedded) writePart() (err error) {
	f, err := os.OpenFile(e.path(partName), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := Dump(context.Background(), e.client, f, e.opts.Keep); err != nil {
		return err
	}
	return f.Sync()
}

// keepPrevious gives the present file a second name. The file itself stays where
// it is until the new one replaces it.
func (e *Embedded) keepPrevious() error {
	fresh := e.path(previousName + ".tmp")
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := os.Link(e.path(saveName), fresh)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the first save
	}
	if err != nil { // a file system without links
		if err := copyFile(e.path(saveName), fresh); err != nil {
			return err
		}
	}
	return os.Rename(fresh, e.path(previousName))
}

func copyFile(from, to string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	if _, err := io.Copy(dst, src); err != nil {
		return err
	}
	return dst.Sync()
}

// syncDir makes renames in dir last. Windows has no such call.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// load fills the empty server with what was saved. A damaged file is refused
// whole, and so is a folder from which the file has gone: starting empty would
// overwrite what can still be mended.
func (e *Embedded) load(ctx context.Context) error {
	path := e.path(saveName)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return e.checkFirstStart()
	}
	if err != nil {
		return fmt.Errorf("不能读取数据文件：%w", err)
	}
	defer f.Close()
	var damage *DumpError
	switch _, err := Restore(ctx, e.client, f, nil); {
	case errors.As(err, &damage):
		return fmt.Errorf("数据文件 %s 已损坏，没有载入任何内容。%w。%s", path, damage, e.advice())
	case err != nil:
		return fmt.Errorf("不能载入数据文件 %s：%w", path, err)
	}
	return nil
}

func (e *Embedded) checkFirstStart() error {
	if _, err := os.Stat(e.path(previousName)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("数据文件 %s 不见了，而上一次保存的 %s 还在：请把后者改名为 %s 再启动；如果确实要从头开始，请把它移走",
		e.path(saveName), e.path(previousName), saveName)
}

// advice says what to do about a damaged file.
func (e *Embedded) advice() string {
	f, err := os.Open(e.path(previousName))
	if err == nil {
		defer f.Close()
		if _, err = readDump(f, func([]string) error { return nil }); err == nil {
			return fmt.Sprintf("上一次保存的 %s 是完好的：请先把损坏的文件移走，再把它改名为 %s，重新启动", e.path(previousName), filepath.Base(saveName))
		}
	}
	return "请把损坏的文件移走（不要删除），再从备份恢复（restore）"
}

// saveCommand is what a process beside the server's sends, to have saved what it wrote.
// Redis knows no such command.
const saveCommand = "DANGSHI.SAVE"

// saveNow answers it.
func (e *Embedded) saveNow(peer *server.Peer, _ string, _ []string) {
	if err := e.Save(); err != nil {
		peer.WriteError("ERR " + err.Error())
		return
	}
	peer.WriteOK()
}

// SaveEmbedded has the embedded server behind the store write its file: what was
// written before the call outlives a kill of the process that owns it. On any other
// server it is an error. Its errors are none of quiz's: the server has what was written,
// and only the file may lack it.
func (s *Store) SaveEmbedded(ctx context.Context) error {
	if err := s.client.Do(ctx, saveCommand).Err(); err != nil {
		return fmt.Errorf("数据没有写进文件：%w", err)
	}
	return nil
}
