package store

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"
)

// Bounds of a backup's reading.
const (
	copyKeys    = 400 // keys a script: some milliseconds in which Redis does nothing else
	copyWorkers = 4   // scripts on their way
	maxListings = 20  // of what all share, while keys come and go
)

// copying walks the keys of an installation and writes those that are truth.
type copying struct {
	store   *Store
	out     *dumpWriter
	seasons []string
	done    counter

	writing sync.Mutex // out

	mu      sync.Mutex
	seed    maphash.Seed
	seen    map[uint64]struct{} // hashes of members who were handed to a worker
	again   []string            // members whom the scan has shown twice, or whose hash is another's
	orphans []string            // keys of members who have no record, and logs of seasons without terms
	shards  []string            // keys that belong to a shard
}

// all copies every member. Those of the second look come last: what is read later
// must be written later.
func (c *copying) all(ctx context.Context) error {
	c.seed, c.seen = maphash.MakeSeed(), map[uint64]struct{}{}
	nodes, err := masters(ctx, c.store.client)
	if err != nil {
		return err
	}
	work, working := errgroup.WithContext(ctx)
	pages := make(chan []string)
	for range copyWorkers {
		work.Go(func() error {
			for ids := range pages {
				if err := c.members(working, ids, false); err != nil {
					return err
				}
			}
			return nil
		})
	}
	work.Go(func() error {
		defer close(pages)
		scans, scanning := errgroup.WithContext(working)
		for _, node := range nodes {
			scans.Go(func() error { return c.scan(scanning, node, pages) })
		}
		return scans.Wait()
	})
	if err := work.Wait(); err != nil {
		return err
	}
	slices.Sort(c.again)
	for _, ids := range c.byShard(slices.Compact(c.again)) {
		if err := c.members(ctx, ids, true); err != nil {
			return err
		}
	}
	return c.read(ctx, grouped(c.orphans))
}

// read copies other keys than those of members.
func (c *copying) read(ctx context.Context, keys []string) error {
	d := &dumper{client: c.store.client, out: c.out, sparse: true}
	return d.read(ctx, keys)
}

// scan walks the keys of one server. Members of a shard are collected until there
// are enough for a script.
func (c *copying) scan(ctx context.Context, node *redis.Client, pages chan<- []string) error {
	waiting := map[int][]string{}
	send := func(shard int) error {
		select {
		case pages <- waiting[shard]:
			waiting[shard] = nil
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	for cursor := uint64(0); ; {
		keys, next, err := node.Scan(ctx, cursor, "", scanCount).Result()
		if err != nil {
			return fmt.Errorf("list the keys: %w", err)
		}
		ids, err := c.sort(ctx, keys)
		if err != nil {
			return err
		}
		for _, id := range ids {
			shard := c.store.shard(id)
			if waiting[shard] = append(waiting[shard], id); len(waiting[shard]) >= c.page() {
				if err := send(shard); err != nil {
					return err
				}
			}
		}
		if cursor = next; cursor == 0 {
			break
		}
	}
	for shard, ids := range waiting {
		if len(ids) > 0 {
			if err := send(shard); err != nil {
				return err
			}
		}
	}
	return nil
}

// page is how many members a script reads.
func (c *copying) page() int { return max(1, copyKeys/len(c.keys("", 0))) }

// keys are all keys of a member that are truth.
func (c *copying) keys(id string, shard int) []string {
	keys := []string{memberKey(shard, id), practiceKey(shard, id), objectionsKey(shard, id)}
	for _, season := range c.seasons {
		keys = append(keys, logKey(shard, season, id))
	}
	return keys
}

// sort gives the members of a page of keys who were not seen before, and notes what
// is copied later.
func (c *copying) sort(ctx context.Context, keys []string) (ids []string, err error) {
	var others, owners []string
	c.mu.Lock()
	for _, key := range keys {
		k, name, rest, _ := parseKey(key)
		if k.class != Truth || k.shared || k.owned == anyShard {
			continue // what all share is listed later, tombstones were read
		}
		id, owned := ownerOf(k, rest)
		switch {
		case !owned:
			c.shards = append(c.shards, key)
		case k.owned == afterOne && !c.begun(rest):
			// Nobody answers in it any more, or it has begun since: then this backup is
			// not finished.
			c.orphans = append(c.orphans, key)
		case name != "member":
			others, owners = append(others, key), append(owners, memberKey(shardNumber(key), id))
		case c.note(id):
			c.again = append(c.again, id)
		default:
			ids = append(ids, id)
		}
	}
	c.mu.Unlock()
	return ids, c.orphaned(ctx, others, owners)
}

// begun reports whether the season of a log is one of those that have begun.
func (c *copying) begun(rest string) bool {
	season, _, _ := strings.Cut(rest, ":")
	return slices.Contains(c.seasons, season)
}

// note reports whether a member was seen before.
func (c *copying) note(id string) bool {
	h := maphash.String(c.seed, id)
	_, seen := c.seen[h]
	c.seen[h] = struct{}{}
	return seen
}

// orphaned notes those of some keys whose owner has no record: the others are copied
// with it.
func (c *copying) orphaned(ctx context.Context, keys, owners []string) error {
	if len(keys) == 0 {
		return nil
	}
	p := c.store.client.Pipeline()
	records := make([]*redis.IntCmd, len(keys))
	for i, owner := range owners {
		records[i] = p.Exists(ctx, owner)
	}
	if _, err := p.Exec(ctx); err != nil {
		return fmt.Errorf("look for the owners of keys: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, key := range keys {
		if records[i].Val() == 0 {
			c.orphans = append(c.orphans, key)
		}
	}
	return nil
}

func (c *copying) byShard(ids []string) (pages [][]string) {
	shards := map[int][]string{}
	for _, id := range ids {
		shards[c.store.shard(id)] = append(shards[c.store.shard(id)], id)
	}
	for _, ids := range shards {
		pages = slices.AppendSeq(pages, slices.Chunk(ids, c.page()))
	}
	return pages
}

// members copies some members of one shard, each whole. again: they were copied
// before, and what has gone since must go.
func (c *copying) members(ctx context.Context, ids []string, again bool) error {
	var keys []string
	for _, id := range ids {
		keys = append(keys, c.keys(id, c.store.shard(id))...)
	}
	var read collected
	d := &dumper{client: c.store.client, out: &read, sparse: !again}
	if err := d.batch(ctx, keys); err != nil {
		return err
	}
	c.writing.Lock()
	for _, args := range read {
		c.out.command(args...)
	}
	err := c.out.fault()
	c.writing.Unlock()
	if !again {
		c.done.add(len(ids))
	}
	return err
}

// collected are commands that are written together.
type collected [][]string

func (c *collected) command(args ...string) { *c = append(*c, args) }
func (c *collected) fault() error           { return nil }
