package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// lockName is the file whose lock makes one process the owner of a data folder.
// It is never removed: whoever opened it before would lock a file that nobody
// else can see.
const lockName = "dangshi.lock"

// InUseError says that another process owns the data folder.
type InUseError struct {
	Dir string
	PID int // 0: not known
}

func (e *InUseError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("数据目录 %s 正由另一个进程使用", e.Dir)
	}
	return fmt.Sprintf("数据目录 %s 正由另一个进程（pid %d）使用", e.Dir, e.PID)
}

// folderLock is held until it is released or the process ends, however it ends.
type folderLock struct{ f *os.File }

// errLocked: someone else holds the lock.
var errLocked = errors.New("locked")

// A prober holds the lock for an instant; an owner holds it for longer than all
// tries together.
const (
	lockTries = 50
	lockPause = 10 * time.Millisecond
)

// lockFolder makes this process the owner of dir, which exists, or fails with
// an InUseError.
func lockFolder(dir string) (*folderLock, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("不能锁定数据目录：%w", err)
	}
	for try := 1; ; try++ {
		if err = tryLock(f); !errors.Is(err, errLocked) || try == lockTries {
			break
		}
		time.Sleep(lockPause)
	}
	if errors.Is(err, errLocked) {
		defer f.Close()
		return nil, &InUseError{dir, readPID(f)}
	}
	if err == nil {
		err = writePID(f)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("不能锁定数据目录：%w", err)
	}
	return &folderLock{f}, nil
}

func (l *folderLock) release() error { return l.f.Close() }

// folderOwner reports whether a process owns dir, and its pid where it is known.
func folderOwner(dir string) (pid int, owned bool, err error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("不能检查数据目录的锁：%w", err)
	}
	defer f.Close() // and with it the lock, should it have been free
	switch err := tryLock(f); {
	case err == nil:
		return 0, false, nil
	case errors.Is(err, errLocked):
		return readPID(f), true, nil
	default:
		return 0, false, fmt.Errorf("不能检查数据目录的锁：%w", err)
	}
}

// The pid is for people only. A crash before it is written leaves the old one,
// with a lock that nobody holds.
func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

func readPID(f *os.File) int {
	b := make([]byte, 20)
	n, _ := f.ReadAt(b, 0)
	pid, err := strconv.Atoi(strings.TrimSpace(string(b[:n])))
	if err != nil {
		return 0
	}
	return pid
}
