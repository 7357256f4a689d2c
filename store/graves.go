package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// graves are the tombstones of an installation, or of a dump of one.
//
// A dump holds every erasure from before its members were read (see Dump). So a
// tombstone that is here and not in the dump, or with an earlier time there, is of
// a member who was erased after the dump was made: what it has of them must not
// come back. Where the dump knows the erasure as well, what it has of them is of
// someone who came back afterwards, and stays. No clock is compared with another.
//
// What this cannot do: an installation that has lost its tombstones (emptied, or
// its file replaced by an older one) does not know of later erasures, nor does a
// Redis to which an old dump is sent by redis-cli --pipe, which replaces the
// tombstones with the dump's own. For those there is a journal as a file: see
// WriteErasures. Boards and reminders that a
// dump may hold are not looked into: a backup has none, and Rebuild makes them
// anew. Tombstones under the secret of another installation bind nobody.
type graves struct {
	secret []byte
	times  map[string]float64 // keyed hash → Unix milliseconds
}

// since reports whether the member was erased here after the dump was made.
func (g graves) since(dumped graves, id string) bool { return g.laid(dumped, id, "") }

// movedSince reports whether the member was moved from that openid to another one
// after the dump was made. Who won a season stays a winner under the old one, until
// the same moves are made again.
func (g graves) movedSince(dumped graves, id string) bool { return g.laid(dumped, id, movedSuffix) }

func (g graves) laid(dumped graves, id, suffix string) bool {
	if len(g.times) == 0 {
		return false
	}
	secret := g.secret
	if secret == nil { // the pin is lost or damaged: the dump has the same one
		secret = dumped.secret
	}
	return g.later(dumped, tombstone(secret, id)+suffix, tombstone(dumped.secret, id)+suffix)
}

// later reports whether a stone that is here is not in the dump, or earlier there.
func (g graves) later(dumped graves, stone, there string) bool {
	time, gone := g.times[stone]
	known, ok := dumped.times[there]
	return gone && (!ok || known < time)
}

// note takes a command of a dump.
func (g *graves) note(args []string) error {
	switch {
	case args[0] == "SET" && args[1] == pinKey():
		g.secret = secretOf(args[2])
	case args[0] == "ZADD" && isTombstones(args[1]):
		for i := 2; i+1 < len(args); i += 2 {
			time, err := parseScore(args[i])
			if err != nil {
				return err
			}
			g.add(args[i+1], time)
		}
	}
	return nil
}

func (g *graves) add(stone string, time float64) {
	if g.times == nil {
		g.times = map[string]float64{}
	}
	g.times[stone] = max(g.times[stone], time)
}

// readGraves reads the tombstones of an installation, whatever its number of
// shards.
func readGraves(ctx context.Context, client redis.UniversalClient) (graves, error) {
	var g graves
	pinned, err := client.Get(ctx, pinKey()).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return g, fmt.Errorf("read the pin: %w", err)
	}
	g.secret = secretOf(pinned)
	p := client.Pipeline()
	cmds := make([]*redis.ZSliceCmd, ClusterShards)
	for shard := range cmds {
		cmds[shard] = p.ZRangeWithScores(ctx, erasedKey(shard), 0, -1)
	}
	if _, err := p.Exec(ctx); err != nil {
		return g, fmt.Errorf("read the tombstones: %w", err)
	}
	for _, cmd := range cmds {
		for _, z := range cmd.Val() {
			stone, _ := z.Member.(string)
			g.add(stone, z.Score)
		}
	}
	return g, nil
}

// secretOf is the secret in a pin; nil where it cannot be read.
func secretOf(text string) []byte {
	var p pin
	if json.Unmarshal([]byte(text), &p) != nil || len(p.Secret) != secretBytes {
		return nil
	}
	return p.Secret
}
