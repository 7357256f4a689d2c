package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"
)

// sharedKeys copies what all share in one script, at one moment: listed before and
// after, so that no key has come meanwhile that another one speaks of. What a sandbox
// keeps comes and goes all the time, and nothing speaks of it.
func (c *copying) sharedKeys(ctx context.Context) error {
	names, err := c.sharedNames(ctx)
	for range maxListings {
		if err != nil {
			return err
		}
		var read collected
		d := &dumper{client: c.store.client, out: &read, sparse: true}
		uploads, rest := split(names, isMedia)
		if err := d.batch(ctx, rest); err != nil {
			return err
		}
		before := names
		if names, err = c.sharedNames(ctx); err != nil || !slices.Equal(withoutSim(before), withoutSim(names)) {
			continue
		}
		for _, args := range read {
			c.out.command(args...)
		}
		return c.uploads(ctx, uploads)
	}
	return errSharedMoves
}

// uploads copies uploaded files one by one: they never change, and all of them at once
// would stop Redis for as long as they are large.
func (c *copying) uploads(ctx context.Context, names []string) error {
	d := &dumper{client: c.store.client, out: c.out, sparse: true}
	for _, name := range names {
		if err := d.batch(ctx, []string{name}); err != nil {
			return err
		}
	}
	return c.out.fault()
}

// split parts names into those that fit and the others.
func split(names []string, fits func(string) bool) (fitting, others []string) {
	for _, name := range names {
		if fits(name) {
			fitting = append(fitting, name)
		} else {
			others = append(others, name)
		}
	}
	return fitting, others
}

func withoutSim(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(key string) bool {
		_, name, _, _ := parseKey(key)
		return name == "sim" || name == "simlist"
	})
}

// sharedNames lists what all share and is truth.
func (c *copying) sharedNames(ctx context.Context) (names []string, err error) {
	node, err := c.holder(ctx)
	if err != nil {
		return nil, err
	}
	for cursor := uint64(0); ; {
		keys, next, err := node.Scan(ctx, cursor, all+":*", 10*scanCount).Result()
		if err != nil {
			return nil, fmt.Errorf("list what all share: %w", err)
		}
		for _, key := range keys {
			if Classify(key) == Truth {
				names = append(names, key)
			}
		}
		if cursor = next; cursor == 0 {
			return grouped(names), nil
		}
	}
}

// holder is the server that has what all share.
func (c *copying) holder(ctx context.Context) (*redis.Client, error) {
	switch client := c.store.client.(type) {
	case *redis.Client:
		return client, nil
	case *redis.ClusterClient:
		return client.MasterForKey(ctx, pinKey())
	}
	return nil, errors.ErrUnsupported
}
