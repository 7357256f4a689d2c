package store

import (
	"bufio"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// The erasure journal as a file. The tombstones are the journal, and Restore obeys
// those that are where it restores to. Where they were lost with all the rest, and
// the backup at hand is older than some erasures, a journal that was written to a
// file since is applied after the restore. It names nobody: a tombstone is a keyed
// hash, of use only where the installation's secret and the id are.

// Erasure is one line of a journal: someone who was erased, and when.
type Erasure struct {
	Stone string `json:"stone"`
	At    int64  `json:"at"` // Unix milliseconds
}

// journalHead is the first line of a journal.
type journalHead struct {
	Kind         string `json:"kind"`
	Installation string `json:"installation"` // by which the secret is known again
	Count        int    `json:"count"`        // of the lines that follow
}

const journalKind = "dangshi erasures 1"

// What is wrong with a journal.
var (
	ErrJournal      = errors.New("这不是完整的注销记录文件")
	ErrOtherJournal = errors.New("这份注销记录是另一套安装的")
)

func (s *Store) installation() string {
	h := hmac.New(sha256.New, s.pin.Secret)
	h.Write([]byte("erasure journal"))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// WriteErasures writes the journal of all erasures, the oldest first. Errors:
// quiz.ErrUnavailable, those of w.
func (s *Store) WriteErasures(ctx context.Context, w io.Writer) (written int, err error) {
	g, err := readGraves(ctx, s.client)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", quiz.ErrUnavailable, err)
	}
	var all []Erasure
	for stone, at := range g.times {
		if stonePattern.MatchString(stone) { // else the mark of one who moved: that is no erasure
			all = append(all, Erasure{stone, int64(at)})
		}
	}
	slices.SortFunc(all, func(a, b Erasure) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Stone, b.Stone)) })
	out := json.NewEncoder(w)
	if err := out.Encode(journalHead{journalKind, s.installation(), len(all)}); err != nil {
		return 0, err
	}
	for _, e := range all {
		if err := out.Encode(e); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

var stonePattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// maxJournalLine bounds a line of a journal, in bytes.
const maxJournalLine = 1 << 10

// readErasures reads a journal whole; a shortened one is refused.
func readErasures(r io.Reader) (head journalHead, all []Erasure, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxJournalLine)
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &head) != nil || head.Kind != journalKind {
		return head, nil, cmp.Or(lines.Err(), ErrJournal)
	}
	for lines.Scan() {
		var e Erasure
		if json.Unmarshal(lines.Bytes(), &e) != nil || !stonePattern.MatchString(e.Stone) || e.At <= 0 {
			return head, nil, fmt.Errorf("%w：第 %d 行", ErrJournal, len(all)+2)
		}
		all = append(all, e)
	}
	if err := lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
		return head, nil, err
	}
	if len(all) != head.Count || lines.Err() != nil {
		return head, nil, fmt.Errorf("%w：应有 %d 行，读到 %d 行", ErrJournal, head.Count, len(all))
	}
	return head, all, nil
}

// ApplyErasures erases again whoever a journal knows as erased later than the data
// do, and takes the journal's tombstones over. Someone whose erasure the data know,
// at that time or later, came back afterwards and stays. It may be killed and
// called again. Boards need no Rebuild for it. Errors: ErrJournal and
// ErrOtherJournal, where nothing was done; quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) ApplyErasures(ctx context.Context, r io.Reader) (erased int, err error) {
	head, all, err := readErasures(r)
	if err != nil {
		return 0, err
	}
	if head.Installation != s.installation() {
		return 0, ErrOtherJournal
	}
	here, err := readGraves(ctx, s.client)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", quiz.ErrUnavailable, err)
	}
	late := map[string]bool{} // erasures that the data do not know of
	for _, e := range all {
		if at, known := here.times[e.Stone]; !known || int64(at) < e.At {
			late[e.Stone] = true
		}
	}
	var mu sync.Mutex
	var again []string
	err = s.eachPage(ctx, func(ids []string) error {
		gone, err := s.laidIn(ctx, late, ids)
		mu.Lock()
		defer mu.Unlock()
		again = append(again, gone...)
		return err
	})
	if err != nil {
		return 0, err
	}
	slices.Sort(again)
	again = slices.Compact(again)
	for _, id := range again {
		if err := s.eraseNow(ctx, id); err != nil {
			return erased, err
		}
		erased++
	}
	// Last: once they are here, a second call takes everyone for someone who came
	// back. A crash before leaves those who are not erased yet for that call.
	return erased, s.takeStones(ctx, all)
}

// laidIn gives those of some members of whom the tombstones are, by the present
// openid or an earlier one.
func (s *Store) laidIn(ctx context.Context, late map[string]bool, ids []string) (gone []string, err error) {
	p := s.client.Pipeline()
	records := make([]*redis.StringCmd, len(ids))
	for i, id := range ids {
		records[i] = p.Get(ctx, memberKey(s.shard(id), id))
	}
	_, _ = p.Exec(ctx) // its error is that of the first command, and who is gone is none
	for i, id := range ids {
		if err := unavailable(records[i].Err()); err != nil {
			return nil, err
		}
		r, _ := decodeRecord([]byte(records[i].Val()))
		if slices.ContainsFunc(append(r.Member.Former, id), func(id string) bool { return late[tombstone(s.pin.Secret, id)] }) {
			gone = append(gone, id)
		}
	}
	return gone, nil
}

// eraseNow erases a member whatever the record is meanwhile.
func (s *Store) eraseNow(ctx context.Context, id string) error {
	for range maxSteps {
		raw, err := s.client.Get(ctx, memberKey(s.shard(id), id)).Result()
		if unavailable(err) != nil || raw == "" {
			return unavailable(err)
		}
		err = s.Erase(ctx, id, quiz.Version(raw[:min(versionBytes, len(raw))]), 0, "")
		if err == nil || !errors.Is(err, quiz.ErrConflict) && !errors.Is(err, quiz.ErrUnknown) {
			return err
		}
	}
	return fmt.Errorf("%w: the member keeps changing the record", quiz.ErrUnavailable)
}

// takeStones adds tombstones, of which the later one counts.
func (s *Store) takeStones(ctx context.Context, all []Erasure) error {
	const page = 1000
	for part := range slices.Chunk(all, page) {
		stones := make([]redis.Z, len(part))
		for i, e := range part {
			stones[i] = redis.Z{Score: float64(e.At), Member: e.Stone}
		}
		// Any shard will do: whoever looks for one reads all.
		if err := s.client.ZAddGT(ctx, erasedKey(0), stones...).Err(); err != nil {
			return outcome(err)
		}
	}
	return nil
}
