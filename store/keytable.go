package store

import "strings"

// Class says what would be lost with a key.
type Class uint8

// The classes of keys.
const (
	Foreign    Class = iota // not a key of this program: left alone
	Truth                   // cannot be computed again: backed up
	Derived                 // can be rebuilt from truth: not backed up
	Disposable              // may vanish at any time without anyone noticing
)

// kind is one row of the table of keys.
type kind struct {
	name   string // the part after the tag
	shared bool   // in slot {all}; else in the slot of a shard
	typ    string // Redis type
	life   string
	class  Class
	owned  ownership
}

// ownership says where the member's id stands in a key of a shard.
type ownership uint8

const (
	unowned   ownership = iota
	wholeID             // tag:name:ID
	afterOne            // tag:name:field:ID
	beforeOne           // tag:name:ID:field
	anyShard            // of several members, each in any shard
)

// kinds is the table of all keys. It never changes.
var kinds = []kind{
	{"member", false, "string", "until the member erases it", Truth, wholeID},
	{"log", false, "string", "until the member erases it", Truth, afterOne},
	{"reply", false, "string", "2 minutes", Disposable, beforeOne},
	{"helped", false, "string", "2 days", Disposable, wholeID},
	{"practice", false, "string", "until the member erases it", Truth, wholeID},
	{"objections", false, "string", "until the member erases it", Truth, wholeID},
	{"link", false, "zset", "1 hour", Disposable, wholeID},
	{"erased", false, "zset", "for ever", Truth, anyShard},
	{"remind", false, "zset", "for ever", Derived, unowned},
	{"run", false, "string", "8 days", Truth, unowned},
	{"doubt", false, "string", "8 days", Truth, unowned},
	{"board", false, "zset", "until the next generation", Derived, unowned},
	{"gen", false, "hash", "for ever", Derived, unowned},

	{"pin", true, "string", "for ever", Truth, unowned},
	{"version", true, "hash", "for ever", Derived, unowned},
	{"paper", true, "string", "for ever", Truth, unowned},
	{"pinned", true, "string", "for ever", Truth, unowned},
	{"voids", true, "hash", "for ever", Truth, unowned},
	{"rulings", true, "string", "for ever", Truth, unowned},
	{"branches", true, "string", "for ever", Truth, unowned},
	{"questions", true, "hash", "for ever", Truth, unowned},
	{"items", true, "hash", "for ever", Truth, unowned},
	{"changes", true, "hash", "for ever", Disposable, unowned},
	{"pages", true, "hash", "for ever", Truth, unowned},
	{"media", true, "string", "for ever", Truth, unowned},
	{"mediasizes", true, "hash", "for ever", Truth, unowned},
	{"mediaidle", true, "hash", "for ever", Disposable, unowned},
	{"starter", true, "hash", "for ever", Truth, unowned},
	{"seasons", true, "hash", "for ever", Truth, unowned},
	{"closing", true, "string", "for ever", Truth, unowned},
	{"honours", true, "string", "for ever", Truth, unowned},
	{"winners", true, "string", "for ever", Truth, unowned},
	{"roll", true, "string", "for ever", Truth, unowned},
	{"clock", true, "string", "for ever", Truth, unowned},
	{"push", true, "string", "for ever", Truth, unowned},
	{"sim", true, "string", "for ever", Truth, unowned},
	{"simlist", true, "list", "for ever", Truth, unowned},
	{"names", true, "set", "for ever", Truth, unowned},
	{"audit", true, "list", "for ever", Truth, unowned},
	{"moves", true, "string", "for ever", Truth, unowned},
	{"objected", true, "string", "for ever", Truth, unowned},
	{"backup", true, "string", "for ever", Truth, unowned},
	{"activity", true, "hash", "400 days", Truth, unowned},
	{"tally", true, "string", "until the next count", Derived, unowned},
	{"trends", true, "string", "until the next count", Derived, unowned},
	{"rehearsal", true, "string", "for ever", Disposable, unowned},
	{"token", true, "string", "as long as it is valid", Disposable, unowned},
	{"pace", true, "string", "as long as it is valid", Disposable, unowned},
	{"account", true, "string", "for ever", Truth, unowned},
	{"draft", true, "string", "1 hour", Disposable, unowned},
	{"undo", true, "hash", "1 day", Disposable, unowned},
	{"undone", true, "zset", "1 day", Disposable, unowned},
	{"undosize", true, "string", "1 day", Disposable, unowned},
	{"qstats", true, "string", "until the next count", Derived, unowned},
	{"session", true, "string", "as long as it is valid", Disposable, unowned},
	{"attempt", true, "string", "as long as it is valid", Disposable, unowned},
	{"work", true, "string", "1 hour", Disposable, unowned},
	{"claim", true, "string", "20 seconds, unless it is renewed", Disposable, unowned},
}

func parseKey(key string) (k kind, name, rest string, ok bool) {
	tagged, after, found := strings.Cut(key, "}:")
	if !found {
		return kind{}, "", "", false
	}
	shared := tagged == "{all"
	if !shared && !isShardTag(tagged) {
		return kind{}, "", "", false
	}
	name, rest, _ = strings.Cut(after, ":")
	for _, k := range kinds {
		if k.name == name && k.shared == shared {
			return k, name, rest, true
		}
	}
	return kind{}, "", "", false
}

// Classify says what would be lost with a key.
func Classify(key string) Class {
	k, _, _, _ := parseKey(key)
	return k.class
}

// Rekey gives the name of a key where the data have another number of shards:
// the keys of a member move to the member's shard, those in slot {all} stay, and
// tombstones go to any shard there is: those of several shards may meet in one
// key. ok is false for what belongs to a shard as such and must be rebuilt, and
// for foreign keys.
func Rekey(key string, shards int) (renamed string, ok bool) {
	k, name, rest, ok := parseKey(key)
	if !ok || k.shared {
		return key, ok
	}
	if k.owned == anyShard {
		return erasedKey(shardNumber(key) % shards), true
	}
	id, ok := ownerOf(k, rest)
	if !ok {
		return "", false
	}
	return tag(shardOf(id, shards)) + ":" + name + ":" + rest, true
}

// ownerOf gives the member whom a key belongs to; rest is what follows its name.
func ownerOf(k kind, rest string) (id string, ok bool) {
	switch k.owned {
	case wholeID:
		return rest, true
	case afterOne:
		_, id, ok = strings.Cut(rest, ":")
		return id, ok
	case beforeOne:
		i := strings.LastIndexByte(rest, ':')
		return rest[:max(i, 0)], i >= 0
	}
	return "", false
}
