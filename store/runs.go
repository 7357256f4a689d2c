package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"dangshi/quiz"
)

// Runs are the ledgers of what is sent to members one by one: for each shard a
// document under a name, and beside it a list of marks that a save lengthens in the
// same step. Both are kept until Drop. A dump holds them; they are not restored
// under another number of shards.
type Runs struct{ store *Store }

// PushRuns are the ledgers of the push to members.
func (s *Store) PushRuns() Runs { return Runs{s} }

// Shards is the number of shards.
func (r Runs) Shards() int { return r.store.pin.Shards }

// Load reads a shard's document; an absent one is nil with an empty version. Errors:
// quiz.ErrUnavailable, ErrRecord.
func (r Runs) Load(ctx context.Context, shard int, name string) (value []byte, version quiz.Version, err error) {
	if err := checkName(name); err != nil {
		return nil, "", err
	}
	stored, err := r.store.client.Get(ctx, runKey(shard, name)).Result()
	if err := unavailable(err); err != nil {
		return nil, "", err
	}
	return cutVersion(stored)
}

// Save replaces a shard's document that still has the expected version, and adds
// marks to a part of its list, all of it or nothing. Errors as of Documents.Save.
func (r Runs) Save(ctx context.Context, shard int, name string, value []byte, expected quiz.Version, part int, marks []byte) (quiz.Version, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	key := runKey(shard, name)
	return r.store.save(ctx, []string{key, key, doubtKey(shard, name, part)}, value, expected, marks)
}

// Marks reads a part of a shard's list, empty where there is none. Errors:
// quiz.ErrUnavailable.
func (r Runs) Marks(ctx context.Context, shard int, name string, part int) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	marks, err := r.store.client.Get(ctx, doubtKey(shard, name, part)).Bytes()
	return marks, unavailable(err)
}

// Drop deletes a shard's document and so many parts of its list. The call may be
// made again. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
func (r Runs) Drop(ctx context.Context, shard int, name string, parts int) error {
	if err := checkName(name); err != nil {
		return err
	}
	keys := make([]string, 0, parts+1)
	for part := range parts {
		keys = append(keys, doubtKey(shard, name, part))
	}
	// The document comes last: it knows how many parts there are.
	return outcome(r.store.client.Unlink(ctx, append(keys, runKey(shard, name))...).Err())
}

// markBytes is the size of a mark.
const markBytes = 8

// Mark stands for a member in a list: nobody can tell who it is but by the
// installation's secret and the id.
func (r Runs) Mark(id string) [markBytes]byte {
	h := hmac.New(sha256.New, r.store.pin.Secret)
	h.Write([]byte("run\x00"))
	h.Write([]byte(id))
	return [markBytes]byte(h.Sum(nil))
}

// Moves stands for the tables by which members were given other ids, empty where there
// was none: what is known by ids in their order holds as long as it is the same.
// Errors: ErrRekeying while one is not finished; quiz.ErrUnavailable.
func (r Runs) Moves(ctx context.Context) (string, error) {
	runs, _, err := r.store.rekeyRuns(ctx)
	if err != nil || len(runs) == 0 {
		return "", err
	}
	var files []string
	for _, run := range runs {
		if run.Finished == 0 {
			return "", ErrRekeying
		}
		files = append(files, run.File)
	}
	slices.Sort(files)
	sum := sha256.Sum256([]byte(strings.Join(files, " ")))
	return hex.EncodeToString(sum[:8]), nil
}

// Members hands over the ids of all members, page by page, with the shard of each.
// Who is there all the time comes at least once, perhaps more often; visit is called
// by several goroutines on a cluster. Errors: quiz.ErrUnavailable.
func (r Runs) Members(ctx context.Context, visit func(shard int, id string) error) error {
	return r.store.eachPage(ctx, func(ids []string) error {
		for _, id := range ids {
			if err := visit(r.store.shard(id), id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Records reads some members of one shard in one round trip: the zero Record for one
// who is gone, and for one whose record is damaged, which is reported as any other
// damaged entry. Errors: quiz.ErrUnavailable.
func (r Runs) Records(ctx context.Context, shard int, ids []string) ([]quiz.Record, error) {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = memberKey(shard, id)
	}
	values, err := r.store.client.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	records := make([]quiz.Record, len(ids))
	for i, v := range values {
		stored, _ := v.(string)
		if records[i], err = decodeRecord([]byte(stored)); err != nil {
			r.store.damaged("a member", fmt.Errorf("left out of the push: %w", err))
		}
	}
	return records, nil
}
