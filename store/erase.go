package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"dangshi/quiz"
)

// Erase removes all that is kept of a member: record, answer logs and places on
// the boards of every season, practice, objections, reminder, links, the replies to
// the messages before, places among winners, and the mark of having been helped.
// What stays is the reply to the message of that key, for two minutes, since WeChat
// may repeat it, replies of practice for as long, which name nobody, and a
// tombstone, from which nobody can tell who it was but by the installation's
// secret and the id: it keeps Restore from bringing the data back. Errors:
//
//	quiz.ErrConflict     nothing was done: the record has another version
//	quiz.ErrUnavailable  nothing was done
//	quiz.ErrUnknown      all of it was done or nothing: load and look
//
// What is under way elsewhere meets the record's absence: a commit that other
// replicas base on the old one conflicts, and Rebuild leaves out who is gone.
func (s *Store) Erase(ctx context.Context, id string, expected quiz.Version, key uint64, reply string) error {
	defer s.recent.forget(id)
	for range maxTurns {
		// Whoever is not erased after all keeps the place: look before.
		stored, err := s.client.Get(ctx, memberKey(s.shard(id), id)).Result()
		if err := unavailable(err); err != nil {
			return err
		}
		if stored[:min(versionBytes, len(stored))] != string(expected) {
			return quiz.ErrConflict
		}
		// A damaged record goes as well; then nothing is known of earlier openids.
		record, _ := decodeRecord([]byte(stored))
		ids := append(slices.Clone(record.Member.Former), id)
		if err := s.leaveWinners(ctx, ids...); err != nil {
			return err
		}
		var stones []string
		for _, id := range ids {
			stones = append(stones, tombstone(s.pin.Secret, id))
		}
		keys, args, err := s.erasure(ctx, id, key, stones, s.recentReplies(id, key, record)...)
		if err != nil {
			return err
		}
		args[0], args[1] = string(expected), reply
		answer, err := s.run(ctx, s.erase, keys, args...)
		if err != nil {
			return err
		}
		switch answer {
		case statusOK:
			return nil
		case statusConflict:
			return quiz.ErrConflict
		}
	}
	return fmt.Errorf("%w: the boards are being replaced", quiz.ErrUnavailable)
}

// recentReplies are the replies to earlier messages that may still be kept: they
// repeat names, as that to a binding does.
func (s *Store) recentReplies(id string, key uint64, r quiz.Record) (keys []string) {
	for _, d := range r.Recent {
		if d.Key != key {
			keys = append(keys, replyKey(s.shard(id), id, d.Key))
		}
	}
	return keys
}

// erasure gives KEYS and ARGV of erase.lua, but for the first two arguments; of a
// member whose account moved, an older dump knows other ids, so that there is a
// tombstone for each. A season that begins after this has no log of the member:
// what writes one changes the record's version.
func (s *Store) erasure(ctx context.Context, id string, key uint64, stones []string, more ...string) (keys []string, args []any, err error) {
	shard := s.shard(id)
	p := s.client.Pipeline()
	begun, gens := p.HKeys(ctx, seasonsKey()), p.HGetAll(ctx, genKey(shard))
	if _, err := p.Exec(ctx); err != nil {
		return nil, nil, unavailable(err)
	}
	boards, seasons, err := boardsEver(shard, begun.Val(), gens.Val())
	if err != nil {
		return nil, nil, err
	}
	gone := append(more, practiceKey(shard, id), objectionsKey(shard, id), linkKey(shard, id), helpedKey(shard, id))
	for _, season := range seasons {
		gone = append(gone, logKey(shard, season, id))
	}
	keys = slices.Concat([]string{
		memberKey(shard, id), replyKey(shard, id, key), erasedKey(shard), remindKey(shard), genKey(shard),
	}, gone, boards)
	args = []any{nil, nil, lifeOf(key), id, strings.Join(stones, " "), time.Now().UnixMilli(), len(gone)}
	for field, value := range gens.Val() {
		args = append(args, field, value)
	}
	return keys, args, nil
}

// boardsEver lists a shard's boards of all seasons, those as well that a Rebuild
// left behind: neither read nor filled, and not deleted yet.
func boardsEver(shard int, begun []string, gens map[string]string) (boards, seasons []string, err error) {
	known := map[string]bool{}
	for _, season := range begun {
		known[season] = true
	}
	for field := range gens {
		season, _, _ := strings.Cut(field, " ")
		known[season] = true
	}
	seasons = slices.Sorted(maps.Keys(known))
	for _, season := range seasons {
		gen, oldest := firstGeneration, 1
		if text, ok := gens[season]; ok {
			if gen, err = parseGeneration(text); err != nil {
				return nil, nil, err
			}
		}
		if text, ok := gens[oldestField(season)]; ok {
			if oldest, err = strconv.Atoi(text); err != nil {
				return nil, nil, fmt.Errorf("the oldest generation of a board: %w", err)
			}
		}
		for g := max(min(oldest, gen.read), 1); g <= gen.last(); g++ {
			boards = append(boards, boardKey(shard, season, g))
		}
	}
	return boards, seasons, nil
}

// tombstone stands for an erased member: 16 bytes of an HMAC, in hexadecimal.
func tombstone(secret []byte, id string) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("erased\x00"))
	h.Write([]byte(id))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// movedStone stands for an id whose member was moved to another one: a dump from
// before must not bring it back beside that one. It is no erasure.
func movedStone(secret []byte, id string) string { return tombstone(secret, id) + movedSuffix }

const movedSuffix = ".moved"
