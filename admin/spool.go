package admin

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// Bounds of what lies on the disk of one replica while browsers fetch it, in bytes: of one
// file and of all. What is larger goes straight to the browser, as long as its turn lasts.
const (
	spoolEach = 256 << 20
	spoolAll  = 1 << 30
)

// spoolMemory is how much of one lies in memory, in bytes: a small file needs no other.
const spoolMemory = 64 << 10

// spoolName is how the files are called, see os.CreateTemp.
const spoolName = "export-*"

// spools are the files that were made and that browsers are fetching. On the disk they have
// no name, where that can be: a crash leaves nothing.
type spools struct {
	folder    string
	each, all int64
	logger    *slog.Logger

	mutex sync.Mutex
	used  int64
}

// newSpools removes what a crash has left in the folder. One that another process uses
// stays: where its name can be taken away, that has no name any more.
func newSpools(folder string, logger *slog.Logger) *spools {
	left, _ := filepath.Glob(filepath.Join(folder, spoolName))
	for _, name := range left {
		_ = os.Remove(name)
	}
	return &spools{folder: folder, each: spoolEach, all: spoolAll, logger: logger}
}

// take reserves room on the disk, of which the one who asks has so much already.
func (s *spools) take(n, has int64) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if has+n > s.each || s.used+n > s.all {
		return false
	}
	s.used += n
	return true
}

func (s *spools) give(n int64) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.used -= n
}

// open makes a file; name is "" where it has none any more.
func (s *spools) open() (f *os.File, name string, err error) {
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return nil, "", err
	}
	if f, err = os.CreateTemp(s.folder, spoolName); err != nil {
		return nil, "", err
	}
	if err := os.Remove(f.Name()); err != nil && !os.IsNotExist(err) {
		return f, f.Name(), nil // on Windows, as long as it is open
	}
	return f, "", nil
}

// spooled is an answer that is kept until the whole of it is made. Where there is no room
// for it, what was kept and all that follows go straight to the browser.
type spooled struct {
	to       http.ResponseWriter
	of       *spools
	status   int    // 0: nothing was answered yet
	memory   []byte // what follows the file
	file     *os.File
	name     string // of the file; "": it has none
	size     int64  // of the file
	straight bool
}

func (s *spools) answer(to http.ResponseWriter) *spooled { return &spooled{to: to, of: s} }

// Header is of http.ResponseWriter.
func (s *spooled) Header() http.Header { return s.to.Header() }

// WriteHeader is of http.ResponseWriter.
func (s *spooled) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
}

// Write is of http.ResponseWriter.
func (s *spooled) Write(p []byte) (n int, err error) {
	s.WriteHeader(http.StatusOK)
	for n < len(p) {
		if s.straight {
			more, err := s.to.Write(p[n:])
			return n + more, err
		}
		if len(s.memory) == spoolMemory && !s.flush() {
			s.straight = true
			if err := s.send(); err != nil {
				return n, err
			}
			s.close()
			continue
		}
		part := p[n:min(len(p), n+spoolMemory-len(s.memory))]
		s.memory, n = append(s.memory, part...), n+len(part)
	}
	return n, nil
}

// flush moves what lies in memory to the disk. Where it cannot, it stays there.
func (s *spooled) flush() bool {
	n := int64(len(s.memory))
	if !s.of.take(n, s.size) {
		return false
	}
	var err error
	if s.file == nil {
		s.file, s.name, err = s.of.open()
	}
	if err == nil {
		_, err = s.file.WriteAt(s.memory, s.size)
	}
	if err != nil {
		s.of.give(n)
		s.of.logger.Warn("console: no room on the disk for a file that is fetched: its turn lasts until the browser has it", "error", err)
		return false
	}
	s.memory, s.size = s.memory[:0], s.size+n
	return true
}

// TakeBack forgets what was answered; false: the browser has some of it already.
func (s *spooled) TakeBack() bool {
	if s.straight {
		return false
	}
	s.close()
	s.status = 0
	return true
}

// hand gives the browser what is not on its way yet.
func (s *spooled) hand() error {
	if s.straight || s.status == 0 {
		return nil
	}
	s.Header().Set("Content-Length", strconv.FormatInt(s.size+int64(len(s.memory)), 10))
	return s.send()
}

func (s *spooled) send() error {
	s.to.WriteHeader(s.status)
	if s.file != nil {
		if _, err := io.Copy(s.to, io.NewSectionReader(s.file, 0, s.size)); err != nil {
			return fmt.Errorf("a file that was made: %w", err)
		}
	}
	_, err := s.to.Write(s.memory)
	return err
}

// close gives back what it takes, however it ended.
func (s *spooled) close() {
	if s.file != nil {
		_ = s.file.Close()
		if s.name != "" {
			_ = os.Remove(s.name)
		}
	}
	s.of.give(s.size)
	s.file, s.name, s.size, s.memory = nil, "", 0, nil
}
