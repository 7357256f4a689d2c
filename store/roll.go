package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"

	"github.com/redis/go-redis/v9"
)

// pseudonymBytes is the length of a pseudonym, and rollPart how many of them one
// key of a roll holds.
const (
	pseudonymBytes = 10
	rollPart       = 50_000
)

// roll is a list of pseudonyms in order, one after another: 10 bytes each, so that
// a million fit.
type roll []byte

func (r roll) len() int { return len(r) / pseudonymBytes }

func (r roll) at(i int) []byte { return r[i*pseudonymBytes : (i+1)*pseudonymBytes] }

// holds reports whether a pseudonym is on the list.
func (r roll) holds(pseudonym []byte) bool {
	i := sort.Search(r.len(), func(i int) bool { return bytes.Compare(r.at(i), pseudonym) >= 0 })
	return i < r.len() && bytes.Equal(r.at(i), pseudonym)
}

// sum is what is published of the list: see quiz.Commitment.
func (r roll) sum() string {
	h := sha256.New()
	for i := range r.len() {
		h.Write(r.at(i))
		h.Write([]byte{'\n'})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// saveRoll writes a list under a name that is its own content's, so that writing
// it again, after a crash as well, leaves no second one.
func (s *Store) saveRoll(ctx context.Context, season string, r roll) (rollName, error) {
	sum := r.sum()
	name := rollName{Name: sum[:16]}
	for ; len(r) > 0; name.Parts++ {
		part := r[:min(len(r), rollPart*pseudonymBytes)]
		if err := s.client.Set(ctx, rollKey(season, name.Name, name.Parts), []byte(part), 0).Err(); err != nil {
			return name, outcome(err)
		}
		r = r[len(part):]
	}
	return name, nil
}

func (s *Store) readRoll(ctx context.Context, season string, name *rollName) (roll, error) {
	if name == nil {
		return nil, nil
	}
	var r roll
	for part := range name.Parts {
		text, err := s.client.Get(ctx, rollKey(season, name.Name, part)).Result()
		if err != nil && err != redis.Nil {
			return nil, unavailable(err)
		}
		r = append(r, text...)
	}
	if len(r)%pseudonymBytes != 0 || r.sum()[:16] != name.Name {
		return nil, fmt.Errorf("%w: a list of pseudonyms of season %s", errHonours, season)
	}
	return r, nil
}

// dropRoll deletes a list that nobody reads any more.
func (s *Store) dropRoll(ctx context.Context, season string, name rollName) error {
	for part := range name.Parts {
		if err := s.client.Unlink(ctx, rollKey(season, name.Name, part)).Err(); err != nil {
			return outcome(err)
		}
	}
	return nil
}
