package store

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

//go:embed dump.lua
var dumpLua string

// Bounds of what one round trip reads and one command of a dump holds.
const (
	dumpBatch     = 200     // keys a script; more where one member has more
	dumpChunk     = 1000    // elements a command
	dumpChunkSize = 1 << 20 // bytes a command, unless one element is larger
	scanCount     = 1000
)

// Dump writes every key of a Redis or a Redis Cluster for which keep is true
// (nil: all) as a file of commands, see readDump. It reads while others write:
// the keys of one member (those with the same hash tag and the same last part)
// are taken at one instant, so that none is torn; the instants of different
// members differ. What all members share is taken last, so that every paper that
// a log names is there. The names of all keys are held in memory.
//
// Strings, hashes, lists, sets and sorted sets are dumped, with scores and
// expiry exact; a key of another type is an error. Where Dump fails, what it
// wrote is refused by Restore.
func Dump(ctx context.Context, client redis.UniversalClient, w io.Writer, keep func(key string) bool) (DumpStats, error) {
	if keep == nil {
		keep = func(string) bool { return true }
	}
	out := newDumpWriter(w, nil)
	d := &dumper{client: client, keep: keep, out: out}
	known, _, tombstones, err := d.scan(ctx)
	if err != nil {
		return DumpStats{}, err
	}
	// Before any member: what is read of one whose tombstone the dump holds is of
	// a life after that erasure. Restore relies on it.
	if err := d.read(ctx, tombstones); err != nil {
		return DumpStats{}, err
	}
	if err := d.read(ctx, known); err != nil {
		return DumpStats{}, err
	}
	for {
		l, err := d.list(ctx)
		if err != nil {
			return DumpStats{}, err
		}
		grown := grownGroups(&known, l.members)
		if len(grown) == 0 {
			return d.finish(ctx, l, out)
		}
		if err := d.read(ctx, grown); err != nil {
			return DumpStats{}, err
		}
	}
}

type dumper struct {
	client redis.UniversalClient
	keep   func(string) bool
	out    commands
	sparse bool // keys that are gone are not written as gone: none of them was written before
}

// commands takes the commands of keys; fault is what went wrong with them.
type commands interface {
	command(args ...string)
	fault() error
}

// scan lists the keys to keep, each once, those of one group side by side; what
// all members share, and tombstones, apart from the others.
func (d *dumper) scan(ctx context.Context) (members, shared, tombstones []string, err error) {
	nodes, err := masters(ctx, d.client)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, node := range nodes {
		for cursor := uint64(0); ; {
			page, next, err := node.Scan(ctx, cursor, "", scanCount).Result()
			if err != nil {
				return nil, nil, nil, fmt.Errorf("list the keys: %w", err)
			}
			for _, k := range page {
				switch {
				case !d.keep(k):
				case isShared(k):
					shared = append(shared, k)
				case isTombstones(k):
					tombstones = append(tombstones, k)
				default:
					members = append(members, k)
				}
			}
			if cursor = next; cursor == 0 {
				break
			}
		}
	}
	return grouped(members), grouped(shared), grouped(tombstones), nil
}

// grouped sorts; SCAN may name a key twice.
func grouped(keys []string) []string {
	slices.SortFunc(keys, compareGrouped)
	return slices.Compact(keys)
}

// grownGroups returns, with all their keys, the groups that were read before one
// of their keys existed: such a group may be torn, its member's record written by
// a commit whose log was not among the keys that were read. What is read later
// replaces what was read first. A group that is new altogether is left to the
// next dump.
func grownGroups(known *[]string, now []string) []string {
	var groups, fresh []string
	for _, k := range now {
		if _, seen := slices.BinarySearchFunc(*known, k, compareGrouped); seen {
			continue
		}
		group := inGroup(*known, k)
		if len(group) == 0 {
			continue
		}
		fresh = append(fresh, k)
		groups = append(groups, k)
		groups = append(groups, group...)
	}
	*known = grouped(append(*known, fresh...))
	return grouped(groups)
}

// read writes the content of the keys, which are sorted by compareGrouped.
func (d *dumper) read(ctx context.Context, keys []string) error {
	for len(keys) > 0 {
		n := 1
		for n < len(keys) && hashTag(keys[n]) == hashTag(keys[0]) && !isMedia(keys[n-1]) && !isMedia(keys[n]) &&
			(n < dumpBatch || compareGroups(keys[n], keys[n-1]) == 0) {
			n++
		}
		if err := d.batch(ctx, keys[:n]); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// batch reads keys of one hash tag in one script, at one instant.
func (d *dumper) batch(ctx context.Context, keys []string) error {
	reply, err := d.client.Eval(ctx, dumpLua, keys).Slice()
	if err != nil {
		return fmt.Errorf("read %d keys: %w", len(keys), err)
	}
	if len(reply) != len(keys) {
		return fmt.Errorf("read %d keys: %d came back", len(keys), len(reply))
	}
	for i, r := range reply {
		if err := d.key(keys[i], r); err != nil {
			return err
		}
	}
	return d.out.fault()
}

// key writes one key: reply is its type, its expiry and its content.
func (d *dumper) key(key string, reply any) error {
	bad := fmt.Errorf("the content of a key %s came back in an unknown form", keyFamily(key))
	parts, ok := reply.([]any)
	if !ok || len(parts) < 2 {
		return bad
	}
	typ, _ := parts[0].(string)
	expiry, ok := parts[1].(int64)
	if !ok {
		return bad
	}
	// It may be gone since it was listed; miniredis expires keys even while a
	// script runs.
	if typ == "none" || expiry == -2 || len(parts) < 3 || parts[2] == nil {
		if !d.sparse {
			d.out.command("DEL", key)
		}
		return nil
	}
	filled, err := d.value(key, typ, parts[2])
	if err != nil || !filled {
		return err
	}
	if expiry > 0 {
		d.out.command("PEXPIREAT", key, strconv.FormatInt(min(expiry, maxExpiry), 10))
	}
	return nil
}

var errUnsupportedType = errors.New("keys of this type cannot be dumped")

// value writes the content of a key and reports whether there was any.
func (d *dumper) value(key, typ string, content any) (filled bool, err error) {
	if text, ok := content.(string); ok && typ == "string" {
		if len(text) > maxDumpValue {
			return false, fmt.Errorf("a key %s holds %d bytes, more than a dump can take", keyFamily(key), len(text))
		}
		d.out.command("SET", key, text)
		return true, nil
	}
	list, ok := content.([]any)
	if !ok {
		return false, fmt.Errorf("a key %s of type %s: %w", keyFamily(key), typ, errUnsupportedType)
	}
	elements := make([]string, len(list))
	for i, e := range list {
		if elements[i], ok = e.(string); !ok || len(elements[i]) > maxDumpValue {
			return false, fmt.Errorf("a key %s holds an element that a dump cannot take", keyFamily(key))
		}
	}
	return len(elements) > 0, d.elements(key, typ, elements)
}

func (d *dumper) elements(key, typ string, elements []string) error {
	d.out.command("DEL", key)
	switch typ {
	case "list":
		d.chunks("RPUSH", key, elements)
	case "set":
		slices.Sort(elements)
		d.chunks("SADD", key, elements)
	case "hash":
		d.chunks("HSET", key, sortPairs(elements))
	case "zset":
		for i := 0; i+1 < len(elements); i += 2 { // member, score → score, member
			f, err := strconv.ParseFloat(elements[i+1], 64)
			if err != nil {
				return fmt.Errorf("a key %s has a score that is no number: %w", keyFamily(key), err)
			}
			elements[i], elements[i+1] = formatScore(f), elements[i]
		}
		d.chunks("ZADD", key, elements)
	default:
		return fmt.Errorf("a key %s of type %s: %w", keyFamily(key), typ, errUnsupportedType)
	}
	return nil
}

// sortPairs orders field, value, field, value … by field, so that equal data
// make equal dumps.
func sortPairs(flat []string) []string {
	type pair struct{ field, value string }
	pairs := make([]pair, 0, len(flat)/2)
	for i := 0; i+1 < len(flat); i += 2 {
		pairs = append(pairs, pair{flat[i], flat[i+1]})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.field, b.field) })
	sorted := flat[:0]
	for _, p := range pairs {
		sorted = append(sorted, p.field, p.value)
	}
	return sorted
}

// chunks writes elements in commands of bounded size; dumpChunk is even, so no
// pair is parted.
func (d *dumper) chunks(name, key string, elements []string) {
	for len(elements) > 0 {
		n, size := 0, 0
		for n < min(len(elements), dumpChunk) && (size < dumpChunkSize || n%2 != 0) {
			size += len(elements[n])
			n++
		}
		d.out.command(append([]string{name, key}, elements[:n]...)...)
		elements = elements[n:]
	}
}
