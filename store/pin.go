package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// secretBytes is the length of the installation's secret.
const secretBytes = 32

// pin is what the first start decides for ever.
type pin struct {
	Shards  int       `json:"shards"`
	Kind    string    `json:"kind"` // sandbox or real
	Created time.Time `json:"created"`
	Secret  []byte    `json:"secret"`

	// Restoring is set while RestoreBackup fills the data: nobody else opens them.
	Restoring bool `json:"restoring,omitempty"`
}

// sound reports whether a first start can have written it.
func (p pin) sound() bool {
	return p.Shards >= 1 && p.Shards <= ClusterShards && len(p.Secret) == secretBytes && (p.Kind == kindOf(true) || p.Kind == kindOf(false))
}

func kindOf(sandbox bool) string {
	if sandbox {
		return "sandbox"
	}
	return "real"
}

// takePin reads the pin, or sets it where there is none. Replicas that start
// together all get the pin of the one that came first. A crash after the pin is
// set means nothing: the next start finds it.
func (s *Store) takePin(ctx context.Context, shards int, o Options) error {
	mine := pin{Shards: shards, Kind: kindOf(o.Sandbox), Created: time.Now().UTC().Truncate(time.Second), Secret: o.Rehearsal}
	if o.Rehearsal == nil {
		mine.Secret = make([]byte, secretBytes)
		rand.Read(mine.Secret) // never fails
	}
	value, err := json.Marshal(mine)
	if err != nil {
		return err
	}
	if err := s.client.SetNX(ctx, pinKey(), value, 0).Err(); err != nil {
		return fmt.Errorf("不能写入 Redis：%w: %w", quiz.ErrUnavailable, err)
	}
	if err := s.readPin(ctx, shards); err != nil {
		return err
	}
	if err := s.pin.checkKind(mine.Kind); err != nil || o.Rehearsal != nil {
		return err
	}
	// From now on somebody lives here: no simulation may take it for its own.
	return unavailable(s.client.Del(ctx, rehearsalKey()).Err())
}

// kindIn is the kind that a stored pin names; empty where it cannot be read.
func kindIn(stored string) string {
	var p pin
	_ = json.Unmarshal([]byte(stored), &p) // damaged: of no kind
	return p.Kind
}

// ErrNoData means that nothing was ever pinned: no first start was made here.
var ErrNoData = errors.New("这里还没有数据，请先运行 serve")

// readPin takes the pin as it is, of either kind.
func (s *Store) readPin(ctx context.Context, shards int) error {
	found, err := s.client.Get(ctx, pinKey()).Bytes()
	if errors.Is(err, redis.Nil) {
		return ErrNoData
	}
	if err != nil {
		return unavailable(err)
	}
	if err := json.Unmarshal(found, &s.pin); err != nil {
		return fmt.Errorf("数据的标记 %s 已损坏：%w", pinKey(), err)
	}
	if s.pin.Restoring && !s.restoring {
		return ErrRestoring
	}
	return s.pin.check(shards)
}

// ErrRestoring means that RestoreBackup was begun here and has not come to its end.
var ErrRestoring = errors.New("这里有一次恢复（restore）没有做完，数据不全，不能用。请用原来的备份再运行一次 restore，它会从头做完")

// ErrOtherData means that the data are no longer those that were opened: another
// dataset was put in their place.
var ErrOtherData = errors.New("这个 Redis 里换成了别的数据，请恢复原来的数据，或重新启动")

// ErrPassword means that Redis does not take the user or the password any more.
var ErrPassword = errors.New("地址里的 Redis 用户名或密码不对")

// samePin reports whether what was found is the pin of the data that were opened.
// Errors: quiz.ErrUnavailable, and inside it ErrNoData, ErrOtherData,
// ErrRestoring or ErrPassword.
func (s *Store) samePin(found *redis.StringCmd) (err error) {
	defer func() {
		if err != nil {
			s.changed() // nobody trusts what was seen before
		}
	}()
	value, err := found.Bytes()
	switch {
	case errors.Is(err, redis.Nil):
		return fmt.Errorf("%w: %w", quiz.ErrUnavailable, ErrNoData)
	case wrongPassword(err):
		return fmt.Errorf("%w: %w", quiz.ErrUnavailable, ErrPassword)
	case err != nil:
		return unavailable(err)
	}
	var p pin
	err = json.Unmarshal(value, &p)
	switch {
	case s.restoring: // the pin is on its way
		return nil
	case err == nil && p.Restoring:
		return fmt.Errorf("%w: %w", quiz.ErrUnavailable, ErrRestoring)
	case err != nil || p.Kind != s.pin.Kind || !bytes.Equal(p.Secret, s.pin.Secret):
		return fmt.Errorf("%w: %w", quiz.ErrUnavailable, ErrOtherData)
	}
	return nil
}

// wrongPassword reports whether Redis did not let us in.
func wrongPassword(err error) bool {
	return redis.HasErrorPrefix(err, "WRONGPASS") || redis.HasErrorPrefix(err, "NOAUTH") || redis.IsAuthError(err)
}

func (p pin) checkKind(kind string) error {
	switch {
	case p.Kind == kind:
		return nil
	case p.Kind == kindOf(true):
		return errors.New("这个 Redis 里是沙盒的数据，不能用来运行真实的公众号；请换一个数据库")
	}
	return errors.New("这个 Redis 里是真实公众号的数据，不能用来运行沙盒；请换一个数据库")
}

// check refuses a damaged pin, and a number of shards that is not this kind of
// server's: such data were restored half-way.
func (p pin) check(shards int) error {
	switch {
	case !p.sound():
		return fmt.Errorf("数据的标记 %s 已损坏，请从备份恢复", pinKey())
	case p.Shards != shards:
		return fmt.Errorf("这份数据分为 %d 片，而这种 Redis 要分为 %d 片（单机 1 片，集群 %d 片）；请先用 backup 备份，再用 restore 恢复到新的 Redis", p.Shards, shards, ClusterShards)
	}
	return nil
}
