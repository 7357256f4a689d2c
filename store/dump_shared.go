package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
)

// maxSharedReads bounds how often what all members share is read again because
// it was changed meanwhile: it takes milliseconds, and changes are rare.
const maxSharedReads = 100

var errSharedMoves = errors.New("papers, voids or the library change all the time")

// isShared reports whether a key belongs to no member or shard.
func isShared(key string) bool { return hashTag(key) == hashTag(all) }

// listing is the keys that were there at one time, and the versions of what is
// shared as they were before that.
type listing struct {
	versions        versions
	members, shared []string
}

func (d *dumper) list(ctx context.Context) (l listing, err error) {
	if l.versions, err = d.sharedVersions(ctx); err == nil {
		l.members, l.shared, _, err = d.scan(ctx) // no tombstone is read twice: see Dump
	}
	return l, err
}

func (d *dumper) sharedVersions(ctx context.Context) (versions, error) {
	v, err := d.client.HGetAll(ctx, versionKey()).Result()
	if err != nil {
		return nil, fmt.Errorf("read the versions of what is shared: %w", err)
	}
	return v, nil
}

// finish writes what all members share and ends the dump. l was listed after the
// last member was read. A paper is frozen before a log can name it and never goes
// away, so every one that was read of is in l. One that is frozen from now on may
// have its pointer read and its own key not listed: where a version moved, all is
// listed and read again, and replaces what was read first.
func (d *dumper) finish(ctx context.Context, l listing, out *dumpWriter) (DumpStats, error) {
	for range maxSharedReads {
		if err := d.read(ctx, l.shared); err != nil {
			return DumpStats{}, err
		}
		now, err := d.sharedVersions(ctx)
		if err != nil {
			return DumpStats{}, err
		}
		if maps.Equal(now, l.versions) {
			return out.finish()
		}
		read := l.shared // a key that went meanwhile must be written as gone
		if l, err = d.list(ctx); err != nil {
			return DumpStats{}, err
		}
		l.shared = grouped(append(l.shared, read...))
	}
	return DumpStats{}, errSharedMoves
}
