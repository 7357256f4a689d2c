package store

import (
	"cmp"
	"context"
	"errors"
	"hash/fnv"
	"slices"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"dangshi/content"
	"dangshi/quiz"
)

// By says by what a member was found, the surest first.
type By uint8

// What a member can be found by.
const (
	ByID        By = iota // the openid, or one that the member had before the account moved
	ByReceipt             // the receipt of a day
	ByPseudonym           // of any season that has begun
	ByName                // the whole name
	ByNamePart            // a part of it
	ByBranch              // the branch
)

// Query is what staff know of a member.
type Query struct {
	Text     string            // an openid, a name or a part of one, a branch, a pseudonym or a receipt
	Day      quiz.Day          // of the receipt; 0: any day
	Branches map[string]string // code → name
	Most     int               // how many are returned; 0: all
	Progress func(n int)       // is told how many members were read; may be nil
}

// Found is a member who fits a Query.
type Found struct {
	ID     string
	Member quiz.Member
	By     By
	Season string   // of the receipt or pseudonym
	Day    quiz.Day // of the receipt
}

// Self is who the member is.
func (f Found) Self() quiz.Self { return f.Member.Self(f.ID) }

// Find looks for members, the surest finds first; total counts those beyond
// Query.Most, too. There is no index of names: every record is read, page by page
// (some seconds for a million members), and for a receipt every log as well, with
// one HMAC for each day in it (minutes; Query.Day makes it one a member). Damaged
// records and logs are passed over. Errors: quiz.ErrUnavailable.
func (s *Store) Find(ctx context.Context, q Query) (found []Found, total int, err error) {
	if q.Text = strings.TrimSpace(q.Text); q.Text == "" {
		return nil, 0, nil
	}
	f := &finding{store: s, query: q, seen: map[uint64]bool{}, progress: counter{report: q.Progress}}
	if known, err := s.Load(ctx, q.Text, 0); err == nil && known.Record.Member.Known() {
		return []Found{{ID: q.Text, Member: known.Record.Member}}, 1, nil
	} else if errors.Is(err, quiz.ErrUnavailable) {
		return nil, 0, err
	}
	if err := f.prepare(ctx); err != nil {
		return nil, 0, err
	}
	if err := s.eachPage(ctx, func(ids []string) error { return f.page(ctx, ids) }); err != nil {
		return nil, 0, err
	}
	f.keepBest()
	return f.found, len(f.seen), nil
}

// keepBest sorts what was found and lets go of what will not be returned.
func (f *finding) keepBest() {
	slices.SortFunc(f.found, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.By, b.By), strings.Compare(a.Member.Name, b.Member.Name), strings.Compare(a.ID, b.ID))
	})
	if most := f.query.Most; most > 0 && len(f.found) > most {
		f.found = slices.Delete(f.found, most, len(f.found))
	}
}

// finding is a Find under way.
type finding struct {
	store     *Store
	query     Query
	name      string // folded; empty: no name
	branches  map[string]bool
	code      string // a receipt or a pseudonym; empty: neither
	seasons   []quiz.Season
	published int
	progress  counter

	mu    sync.Mutex
	seen  map[uint64]bool // hashes of ids found: a scan may show a member twice
	found []Found
}

func (f *finding) prepare(ctx context.Context) error {
	q := f.query
	f.name = content.Fold(q.Text)
	if code, ok := quiz.ParseCode(q.Text); ok {
		f.code = code
	}
	unit := content.Normalise(q.Text)
	f.branches = map[string]bool{q.Text: true}
	for code, name := range q.Branches {
		if content.Normalise(code) == unit || unit != "" && strings.Contains(content.Normalise(name), unit) {
			f.branches[code] = true
		}
	}
	rulings, err := f.store.Rulings(ctx)
	if err != nil {
		return err
	}
	f.published = rulings.Published()
	f.seasons, err = f.store.begunSeasons(ctx)
	slices.Reverse(f.seasons) // what is asked about is of late, most of the time
	return err
}

// begunSeasons are the seasons that have begun, the oldest first; how long they
// last, the settings say.
func (s *Store) begunSeasons(ctx context.Context) ([]quiz.Season, error) {
	begun, err := s.Seasons(ctx)
	var all []quiz.Season
	for id, terms := range begun {
		all = append(all, quiz.Season{ID: id, From: terms.From})
	}
	slices.SortFunc(all, func(a, b quiz.Season) int {
		return cmp.Or(cmp.Compare(a.From, b.From), strings.Compare(a.ID, b.ID))
	})
	return all, err
}

// byReceipt reports whether logs must be read.
func (f *finding) byReceipt() bool { return len(f.code) == quiz.ReceiptLength }

func (f *finding) page(ctx context.Context, ids []string) error {
	s := f.store
	p := s.client.Pipeline()
	cmds := make([]*redis.SliceCmd, len(ids))
	for i, id := range ids {
		keys := []string{memberKey(s.shard(id), id)}
		if f.byReceipt() {
			for _, season := range f.seasons {
				keys = append(keys, logKey(s.shard(id), season.ID, id))
			}
		}
		cmds[i] = p.MGet(ctx, keys...)
	}
	if _, err := p.Exec(ctx); err != nil {
		return unavailable(err)
	}
	for i, id := range ids {
		f.look(id, cmds[i].Val())
	}
	f.progress.add(len(ids))
	return nil
}

// look takes a member's record and logs.
func (f *finding) look(id string, values []any) {
	raw, _ := values[0].(string)
	r, err := decodeRecord([]byte(raw))
	if err != nil || raw == "" {
		return
	}
	found := Found{ID: id, Member: r.Member.Amended(f.published)}
	if !f.fits(&found, values[1:]) {
		return
	}
	h := fnv.New64a()
	h.Write([]byte(id))
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.seen[h.Sum64()] {
		f.seen[h.Sum64()] = true
		f.found = append(f.found, found)
		if most := f.query.Most; most > 0 && len(f.found) >= 2*most+pageSize { // 支部 fits a million members
			f.keepBest()
		}
	}
}

func (f *finding) fits(found *Found, logs []any) bool {
	m, secret := found.Member, f.store.pin.Secret
	self := m.Self(found.ID)
	if slices.Contains(m.Former, f.query.Text) {
		found.By = ByID
		return true
	}
	for i := range logs {
		log, _ := logs[i].(string)
		if day, ok := f.receipt(self, f.seasons[i], log); ok {
			found.By, found.Season, found.Day = ByReceipt, f.seasons[i].ID, day
			return true
		}
	}
	if len(f.code) == quiz.PseudonymLength {
		for _, season := range f.seasons {
			if quiz.Pseudonym(secret, season.ID, self) == f.code {
				found.By, found.Season = ByPseudonym, season.ID
				return true
			}
		}
	}
	switch name := content.Fold(m.Name); {
	case name != "" && name == f.name:
		found.By = ByName
	case f.name != "" && strings.Contains(name, f.name):
		found.By = ByNamePart
	case m.Branch != "" && f.branches[m.Branch]:
		found.By = ByBranch
	default:
		return false
	}
	return true
}

// receipt finds the day of a log that has the receipt.
func (f *finding) receipt(self quiz.Self, season quiz.Season, log string) (quiz.Day, bool) {
	entries, err := quiz.ParseLog([]byte(log), season.From)
	if err != nil {
		return 0, false
	}
	for _, e := range entries {
		if e.Lapsed || f.query.Day != 0 && e.Day != f.query.Day {
			continue
		}
		if quiz.Receipt(f.store.pin.Secret, self, season.From, e) == f.code {
			return e.Day, true
		}
	}
	return 0, false
}
