package store

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Names by which programs that serve or restore are seen at work on a Redis.
const (
	serveName   = "dangshi-serve"
	restoreName = "dangshi-restore-" // and what no other one has
)

// take marks an empty Redis as being restored, or clears one that was.
func (re *restoring) take(ctx context.Context) error {
	nodes, err := masters(ctx, re.client)
	if err != nil {
		return unavailable(err)
	}
	var keys int64
	for _, node := range nodes {
		if err := re.alone(ctx, node); err != nil {
			return err
		}
		n, err := node.DBSize(ctx).Result()
		if err != nil {
			return unavailable(err)
		}
		keys += n
	}
	value, err := json.Marshal(re.pin)
	if err != nil {
		return err
	}
	found, err := re.client.Get(ctx, pinKey()).Bytes()
	if unavailable(err) != nil {
		return unavailable(err)
	}
	var before pin
	if json.Unmarshal(found, &before) == nil && before.Restoring {
		if err := re.clear(ctx, nodes); err != nil {
			return err
		}
		return outcome(re.client.Set(ctx, pinKey(), value, 0).Err())
	}
	if keys > 0 {
		return &NotEmptyError{keys}
	}
	// Whoever was faster, a first start perhaps, has begun data here.
	set, err := re.client.SetNX(ctx, pinKey(), value, 0).Result()
	if err == nil && !set {
		return &NotEmptyError{1}
	}
	return outcome(err)
}

// alone looks whether a program serves the data or restores them. A server that does
// not let itself be asked is taken at its word that it is empty.
func (re *restoring) alone(ctx context.Context, node *redis.Client) error {
	list, err := node.ClientList(ctx).Result()
	if isRefusal(err) {
		return nil
	}
	if err != nil {
		return unavailable(err)
	}
	for line := range strings.Lines(list) {
		fields := map[string]string{}
		for _, f := range strings.Fields(line) {
			name, value, _ := strings.Cut(f, "=")
			fields[name] = value
		}
		name := fields["name"]
		if fields["db"] == strconv.Itoa(node.Options().DB) && (name == serveName || name != re.name && strings.HasPrefix(name, restoreName)) {
			return ErrServing
		}
	}
	return nil
}

// clear removes the keys of this program but the pin, which holds the mark.
func (re *restoring) clear(ctx context.Context, nodes []*redis.Client) error {
	gone := 0
	for _, node := range nodes {
		for cursor := uint64(0); ; {
			keys, next, err := node.Scan(ctx, cursor, "", scanCount).Result()
			if err != nil {
				return unavailable(err)
			}
			p := node.Pipeline()
			for _, key := range keys {
				if key != pinKey() && Classify(key) != Foreign {
					p.Unlink(ctx, key)
				}
			}
			if gone += p.Len(); p.Len() > 0 {
				if _, err := p.Exec(ctx); err != nil {
					return outcome(err)
				}
			}
			re.Progress(Clearing, gone, 0)
			if cursor = next; cursor == 0 {
				break
			}
		}
	}
	return nil
}
