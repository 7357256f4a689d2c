package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// serverInfo tells other processes of the same user how to reach the server
// that owns the data folder.
type serverInfo struct {
	Addr     string `json:"addr"`
	Password string `json:"password"`
	PID      int    `json:"pid"`
}

func (i serverInfo) url() string { return "redis://:" + i.Password + "@" + i.Addr + "/0" }

// write replaces the file in one step, so that nobody reads half of it. After a
// crash it would be worthless: it need not reach the disk.
func (i serverInfo) write(path string) error {
	b, err := json.Marshal(i)
	if err != nil {
		return err
	}
	part := path + ".tmp"
	if err := os.WriteFile(part, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("不能写入数据目录：%w", err)
	}
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("不能写入数据目录：%w", err)
	}
	return nil
}

// How often FindEmbedded asks a server that does not answer yet or any more.
const (
	findTries = 20
	findPause = 100 * time.Millisecond
	findLimit = time.Second // for one answer
)

// FindEmbedded looks for the embedded server that owns dir and returns its
// address. running is false where no process owns dir, whatever a killed one
// left there: then the caller may StartEmbedded. A folder that is owned by a
// process that does not answer, or that does not want to be found (see Private),
// is an InUseError.
func FindEmbedded(ctx context.Context, dir string) (url string, running bool, err error) {
	for try := 1; ; try++ {
		pid, owned, err := folderOwner(dir)
		if err != nil || !owned {
			return "", false, err
		}
		info, err := readServerInfo(dir)
		if err != nil {
			return "", false, err
		}
		if info.PID == pid && info.answers(ctx) { // else it is a killed owner's, and its port someone else's
			return info.url(), true, nil
		}
		// It is starting, or saving for the last time.
		if try == findTries {
			return "", false, &InUseError{dir, pid}
		}
		select {
		case <-ctx.Done():
			return "", false, ctx.Err()
		case <-time.After(findPause):
		}
	}
}

// readServerInfo returns the zero value where there is no server to be found.
func readServerInfo(dir string) (serverInfo, error) {
	var info serverInfo
	b, err := os.ReadFile(filepath.Join(dir, infoName))
	if errors.Is(err, fs.ErrNotExist) {
		return info, nil
	}
	if err != nil {
		return info, fmt.Errorf("不能读取数据目录：%w", err)
	}
	if json.Unmarshal(b, &info) != nil {
		return serverInfo{}, nil // as stale as a missing one
	}
	return info, nil
}

// answers reports whether the server that knows the password is there: another
// program on the same port would refuse it.
func (i serverInfo) answers(ctx context.Context) bool {
	client := redis.NewClient(&redis.Options{
		Addr: i.Addr, Password: i.Password, Protocol: 2, DisableIdentity: true,
		MaintNotificationsConfig: withoutMaintenance(),
		DialTimeout:              findLimit, ReadTimeout: findLimit, WriteTimeout: findLimit,
		ContextTimeoutEnabled: true, MaxRetries: -1, DialerRetries: 1,
	})
	defer client.Close()
	return client.Ping(ctx).Err() == nil
}

// withoutMaintenance switches off notifications that Redis 7 does not have.
func withoutMaintenance() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}
