package store

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Usage is what the keys of one kind take of Redis' memory.
type Usage struct {
	Kind    string // the part of a key after its tag
	Members bool   // it grows with the members; else all share it
	Keys    int64
	Bytes   int64 // of all keys, from those that were looked at
	Looked  int64 // how many that were
}

// Usage measures what Redis holds, kind by kind, in the order of the table of keys;
// of each kind so many keys are looked at, in no order. exact says that sizes are
// those of MEMORY USAGE: what a key takes with all that the server rounds up. A
// server without it, as the embedded one, gives the lengths of key and value.
// Expired and foreign keys do not count. Errors: quiz.ErrUnavailable.
func (s *Store) Usage(ctx context.Context, sample int64) (all []Usage, exact bool, err error) {
	exact = s.client.MemoryUsage(ctx, pinKey(), 0).Err() == nil
	found := map[string]*Usage{}
	var mu sync.Mutex // masters are walked at the same time
	err = s.eachKey(ctx, "*", func(keys []string) error {
		mu.Lock()
		defer mu.Unlock()
		for _, key := range keys {
			k, name, _, ok := parseKey(key)
			if !ok {
				continue
			}
			u := found[name]
			if u == nil {
				u = &Usage{Kind: name, Members: !k.shared}
				found[name] = u
			}
			u.Keys++
			if u.Looked >= sample {
				continue
			}
			n, err := s.size(ctx, key, k.typ, exact)
			if err != nil {
				return err
			}
			if n == 0 {
				u.Keys-- // it expired meanwhile
				continue
			}
			u.Looked++
			u.Bytes += n
		}
		return nil
	})
	for _, k := range kinds {
		u := found[k.name]
		if u == nil || u.Looked == 0 {
			continue
		}
		u.Bytes = u.Bytes * u.Keys / u.Looked
		all = append(all, *u)
	}
	return slices.Clip(all), exact, err
}

// size is what one key takes, in bytes; 0 where it is absent.
func (s *Store) size(ctx context.Context, key, typ string, exact bool) (int64, error) {
	if exact {
		return s.memory(ctx, key)
	}
	var parts []string
	var err error
	n := int64(len(key))
	switch typ {
	case "hash":
		var all map[string]string
		all, err = s.client.HGetAll(ctx, key).Result()
		for field, value := range all {
			parts = append(parts, field, value)
		}
	case "list":
		parts, err = s.client.LRange(ctx, key, 0, -1).Result()
	case "set":
		parts, err = s.client.SMembers(ctx, key).Result()
	case "zset":
		parts, err = s.client.ZRange(ctx, key, 0, -1).Result()
		n += int64(8 * len(parts)) // scores
	default:
		var value string
		value, err = s.client.Get(ctx, key).Result()
		parts = []string{value}
	}
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	for _, part := range parts {
		n += int64(len(part))
	}
	return n, unavailable(err)
}

// ProcessorTime is how much processor time Redis has used since it started, in seconds,
// of a cluster all masters together. ok is false for a server that does not say.
// Errors: quiz.ErrUnavailable.
func (s *Store) ProcessorTime(ctx context.Context) (seconds float64, ok bool, err error) {
	nodes, err := masters(ctx, s.client)
	if err != nil {
		return 0, false, unavailable(err)
	}
	for _, node := range nodes {
		info, err := node.InfoMap(ctx, "cpu").Result()
		var refused redis.Error
		if errors.As(err, &refused) {
			return 0, false, nil // an embedded one knows no such section
		}
		if err != nil {
			return 0, false, unavailable(err)
		}
		for _, field := range []string{"used_cpu_sys", "used_cpu_user"} {
			n, err := strconv.ParseFloat(info["CPU"][field], 64)
			if err != nil {
				return 0, false, nil
			}
			seconds += n
		}
	}
	return seconds, true, nil
}
