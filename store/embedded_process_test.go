package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/store/storetest"
)

// childFolder names the data folder to the re-executed test binary.
const childFolder = "STORE_TEST_CHILD_FOLDER"

// TestEmbeddedChild is no test: it is the process that the tests below kill. It
// serves the folder and counts without end, in a record and a log at once.
func TestEmbeddedChild(t *testing.T) {
	dir := os.Getenv(childFolder)
	if dir == "" {
		t.Skip("only as the child of another test")
	}
	e, err := StartEmbedded(t.Context(), dir, EmbeddedOptions{Every: 20 * time.Millisecond})
	must(t, err)
	c := embeddedClient(t, e)
	fmt.Println("started")
	const count = `redis.call('SET', KEYS[2], redis.call('INCR', KEYS[1])) return 1`
	for i := 1; ; i++ {
		must(t, c.Eval(t.Context(), count, []string{"{s00}:member:o1", "{s00}:log:2026:o1"}).Err())
		if i%100 == 0 {
			time.Sleep(time.Millisecond) // leave the processor to others
		}
	}
}

func startChild(t *testing.T, dir string) *storetest.Process {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	child := exec.Command(self, "-test.run=^TestEmbeddedChild$")
	child.Env = append(os.Environ(), childFolder+"="+dir)
	out, err := child.StdoutPipe()
	must(t, err)
	p := storetest.Spawn(t, child)
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "started\n" {
		t.Fatalf("the child said %q, %v", line, err)
	}
	go io.Copy(io.Discard, out)
	return p
}

// TestEmbeddedSurvivesKill kills the process at a random moment of its saving:
// all but the last instant is there, whole, and the folder is free.
func TestEmbeddedSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	last := 0
	for range 5 {
		child := startChild(t, dir)
		url, running, err := FindEmbedded(t.Context(), dir)
		if err != nil || !running {
			t.Fatalf("running %t, %v", running, err)
		}
		c := urlClient(t, url)
		at, err := c.Get(t.Context(), "{s00}:member:o1").Int()
		if err != nil && !errors.Is(err, redis.Nil) || at < last {
			t.Fatalf("%d after %d, %v", at, last, err)
		}
		// What is on disk before the kill, must be there after it.
		saved := 0
		for saved <= at+100 {
			if b, err := os.ReadFile(filepath.Join(dir, saveName)); err == nil && len(b) > 0 {
				saved, _ = strconv.Atoi(savedTexts(t, filepath.Join(dir, saveName))["{s00}:member:o1"])
			}
			time.Sleep(time.Millisecond)
		}
		child.Kill()
		if url, running, err := FindEmbedded(t.Context(), dir); url != "" || running || err != nil {
			t.Fatalf("after the kill: %t, %v", running, err)
		}
		if _, err := os.Stat(filepath.Join(dir, infoName)); err != nil {
			t.Fatalf("the killed process is expected to leave %s: %v", infoName, err)
		}
		e := startEmbedded(t, dir, EmbeddedOptions{Every: never})
		c = embeddedClient(t, e)
		if last, err = c.Get(t.Context(), "{s00}:member:o1").Int(); err != nil || last < saved {
			t.Fatalf("%d was saved, %d came back, %v", saved, last, err)
		}
		mustGet(t, c, "{s00}:log:2026:o1", strconv.Itoa(last)) // not torn
		must(t, e.Close())
	}
}

func TestEmbeddedFolderHasOneOwner(t *testing.T) {
	dir := t.TempDir()
	child := startChild(t, dir)
	_, err := StartEmbedded(t.Context(), dir, EmbeddedOptions{})
	var inUse *InUseError
	if !errors.As(err, &inUse) || inUse.PID != child.PID() {
		t.Fatal(err)
	}
	want := fmt.Sprintf("数据目录 %s 正由另一个进程（pid %d）使用", dir, child.PID())
	if err.Error() != want {
		t.Fatalf("%q, want %q", err, want)
	}
	child.Kill()
	startEmbedded(t, dir, EmbeddedOptions{})
}

func TestFindEmbedded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	find := func() (string, bool) {
		t.Helper()
		url, running, err := FindEmbedded(t.Context(), dir)
		must(t, err)
		return url, running
	}
	if _, running := find(); running {
		t.Fatal("found in a folder that does not exist")
	}
	if _, err := os.Stat(dir); err == nil {
		t.Fatal("looking created the folder")
	}
	e := startEmbedded(t, dir, EmbeddedOptions{Every: never})
	if url, running := find(); !running || url != e.URL() {
		t.Fatalf("%q, %t", url, running)
	}
	info, err := os.Stat(filepath.Join(dir, infoName))
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the password may be read by others: %v", info.Mode())
	}
	// A copy of the folder is not served, whatever lies in it.
	copied := t.TempDir()
	must(t, os.CopyFS(copied, os.DirFS(dir)))
	if _, running, err := FindEmbedded(t.Context(), copied); running || err != nil {
		t.Fatalf("the copy is served: %t, %v", running, err)
	}
	must(t, e.Close())
	if _, running := find(); running {
		t.Fatal("found after Close")
	}
}

// TestFindEmbeddedFindsNoForeignServer: the folder is owned, but by a command
// that does not want to be found, and another server listens where a killed one
// did.
func TestFindEmbeddedFindsNoForeignServer(t *testing.T) {
	dir := t.TempDir()
	e := startEmbedded(t, dir, EmbeddedOptions{Every: never, Private: true})
	if _, err := os.Stat(filepath.Join(dir, infoName)); err == nil {
		t.Fatal("a private server is announced")
	}
	stranger := serverInfo{Addr: storetest.Redis(t).Addr, Password: "p", PID: os.Getpid() + 1}
	must(t, stranger.write(filepath.Join(dir, infoName)))
	url, running, err := FindEmbedded(t.Context(), dir)
	var inUse *InUseError
	if running || url != "" || !errors.As(err, &inUse) || inUse.PID != os.Getpid() {
		t.Fatalf("%t, %v", running, err)
	}
	must(t, os.WriteFile(filepath.Join(dir, infoName), []byte("{"), 0o600))
	if info, err := readServerInfo(dir); info != (serverInfo{}) || err != nil {
		t.Fatalf("%+v, %v", info, err)
	}
	must(t, e.Close())
}

// TestLookingDoesNotKeepOthersOut: a look takes the lock for an instant, which
// must not make a start fail.
func TestLookingDoesNotKeepOthersOut(t *testing.T) {
	dir := t.TempDir()
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	must(t, err, tryLock(f))
	time.AfterFunc(lockPause, func() { f.Close() })
	lock, err := lockFolder(dir)
	must(t, err)
	must(t, lock.release())
}

// TestEmbeddedServesTheStore opens the store by the address, as every command
// does: what was pinned at the first start is there at the second.
func TestEmbeddedServesTheStore(t *testing.T) {
	dir := t.TempDir()
	var secrets [2][]byte
	for i := range secrets {
		e := startEmbedded(t, dir, EmbeddedOptions{Every: never})
		s, err := Open(t.Context(), Options{URL: e.URL(), Sandbox: true})
		must(t, err)
		secrets[i] = s.Secret()
		must(t, s.Close(), e.Close())
	}
	if len(secrets[0]) == 0 || !bytes.Equal(secrets[0], secrets[1]) {
		t.Fatal("the second start did not find what the first one pinned")
	}
}

// redisCLIPipe feeds a file to redis-cli --pipe and returns what it says.
func redisCLIPipe(t *testing.T, addr, path string) string {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	host, port, err := net.SplitHostPort(addr)
	must(t, err)
	cmd := exec.CommandContext(t.Context(), "redis-cli", "-h", host, "-p", port, "--pipe")
	cmd.Stdin = f
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}
