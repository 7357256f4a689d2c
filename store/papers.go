package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/sync/singleflight"

	"dangshi/quiz"
)

// errPaper means that a frozen paper is not there or cannot be read though
// something refers to it.
var errPaper = errors.New("frozen paper is lost or damaged")

// paperCache keeps papers in memory: frozen ones for as long as there is room,
// since they never change, and which one is a day's under the version at which
// that was read.
type paperCache struct {
	flight  singleflight.Group
	frozen  bounded[paperID, *quiz.Paper]
	ruled   bounded[ruledID, *quiz.Paper] // together with the rulings in force
	current bounded[currentID, int]       // 0: the day has none
}

type paperID struct {
	day     quiz.Day
	version int
}

type ruledID struct {
	paperID
	rulings *quiz.Rulings
}

type currentID struct {
	seen string
	day  quiz.Day
}

func newPaperCache() paperCache {
	return paperCache{
		frozen:  bounded[paperID, *quiz.Paper]{limit: 2 * quiz.MaxSeasonDays}, // a replay needs a season's
		ruled:   bounded[ruledID, *quiz.Paper]{limit: 2 * quiz.MaxSeasonDays},
		current: bounded[currentID, int]{limit: 2 * quiz.MaxSeasonDays},
	}
}

// CurrentPaper is the day's paper, nil where none was issued yet; see Staleness.
// Nobody may change it, all callers share it. Errors: quiz.ErrUnavailable.
func (s *Store) CurrentPaper(ctx context.Context, day quiz.Day) (*quiz.Paper, error) {
	v, err := s.versions(ctx)
	if err != nil {
		return nil, err
	}
	id := currentID{v[versionPapers], day}
	version, ok := s.papers.current.get(id)
	if !ok {
		version, err = flight(ctx, &s.papers.flight, id.seen+paperKey(day), s.timeout, func(ctx context.Context) (int, error) {
			return s.currentVersion(ctx, day)
		})
		if err != nil {
			return nil, err
		}
		s.papers.current.set(id, version)
	}
	if version == 0 {
		return nil, nil
	}
	p, err := s.Paper(ctx, day, version)
	if err == nil && p == nil {
		err = fmt.Errorf("%w: %s version %d", errPaper, day, version)
	}
	return p, err
}

// currentVersion asks Redis for the version of the day's paper, 0 for none.
func (s *Store) currentVersion(ctx context.Context, day quiz.Day) (int, error) {
	text, err := s.client.Get(ctx, paperKey(day)).Result()
	if err != nil {
		return 0, unavailable(err)
	}
	return parseVersion(day, text)
}

func parseVersion(day quiz.Day, text string) (int, error) {
	version, err := strconv.Atoi(text)
	if err != nil || version < 1 {
		return 0, fmt.Errorf("%w: the version of %s is %q", errPaper, day, text)
	}
	return version, nil
}

// Paper is a day's paper at a version, together with the rulings; nil where there
// is none. See Staleness. Nobody may change it, all callers share it. Errors:
// quiz.ErrUnavailable.
func (s *Store) Paper(ctx context.Context, day quiz.Day, version int) (*quiz.Paper, error) {
	rulings, err := s.Rulings(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.frozen(ctx, day, version)
	if err != nil || rulings == nil {
		return p, err
	}
	id := ruledID{paperID{day, version}, rulings}
	under, ok := s.papers.ruled.get(id)
	if !ok {
		under = p.Under(rulings)
		s.papers.ruled.set(id, under)
	}
	return under, nil
}

// frozen is a paper as it was frozen.
func (s *Store) frozen(ctx context.Context, day quiz.Day, version int) (*quiz.Paper, error) {
	id := paperID{day, version}
	if p, ok := s.papers.frozen.get(id); ok {
		return p, nil
	}
	return flight(ctx, &s.papers.flight, frozenKey(day, version), s.timeout, func(ctx context.Context) (*quiz.Paper, error) {
		text, err := s.client.Get(ctx, frozenKey(day, version)).Result()
		if err != nil {
			return nil, unavailable(err)
		}
		return s.keepPaper(id, text)
	})
}

func (s *Store) keepPaper(id paperID, text string) (*quiz.Paper, error) {
	p := new(quiz.Paper)
	err := json.Unmarshal([]byte(text), p)
	if err == nil {
		err = p.Check()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s version %d: %w", errPaper, id.day, id.version, err)
	}
	s.papers.frozen.set(id, p)
	return p, nil
}

// Freeze makes p the day's paper if the day's version is the one before p's (0
// before the first), and gives the paper that is the day's then: p, or the one
// that was frozen first; a frozen paper is never overwritten. under is what p was drawn
// from, as LibraryNow told before: where any of that has changed since and the day has
// no paper yet, that is quiz.ErrConflict, and p is to be drawn anew. "" stands for
// nothing that could change. Other errors: quiz.ErrUnavailable where nothing
// was written; after quiz.ErrUnknown the same call finds out.
func (s *Store) Freeze(ctx context.Context, p *quiz.Paper, under quiz.Version) (*quiz.Paper, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	as := versions{}
	if under != "" {
		if err := json.Unmarshal([]byte(under), &as); err != nil {
			return nil, fmt.Errorf("what the paper was drawn from: %w", err)
		}
	}
	text, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	expected := ""
	if p.Version > 1 {
		expected = strconv.Itoa(p.Version - 1)
	}
	args := append([]any{expected, strconv.Itoa(p.Version), text, versionPapers}, as.pairs()...)
	answer, err := s.run(ctx, s.freeze, []string{paperKey(p.Day), frozenKey(p.Day, p.Version), versionKey()}, args...)
	if err != nil {
		return nil, err
	}
	s.changed()
	now, _ := answer.(string)
	switch now {
	case "moved":
		return nil, quiz.ErrConflict
	case "":
		return nil, fmt.Errorf("%s has no paper yet: version %d cannot be its first", p.Day, p.Version)
	}
	version, err := parseVersion(p.Day, now)
	if err != nil {
		return nil, err
	}
	// Read back even where the version is p's own: another paper may have been
	// frozen under the same version, now or before its pointer was lost.
	frozen, err := s.Paper(ctx, p.Day, version)
	if err == nil && frozen == nil {
		err = fmt.Errorf("%w: %s version %d", errPaper, p.Day, version)
	}
	return frozen, err
}

// RecentPapers are the papers of the days from one to another, both included, in
// order, each at its present version and as it was frozen; days without a paper are left out. Nobody
// may change them. Errors: quiz.ErrUnavailable.
func (s *Store) RecentPapers(ctx context.Context, from, to quiz.Day) ([]*quiz.Paper, error) {
	var pointers []string
	for day := from; day <= to; day++ {
		pointers = append(pointers, paperKey(day))
	}
	if len(pointers) == 0 {
		return nil, nil
	}
	current, err := s.client.MGet(ctx, pointers...).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	var ids []paperID
	for i, text := range current {
		if text, ok := text.(string); ok {
			version, err := parseVersion(from+quiz.Day(i), text)
			if err != nil {
				return nil, err
			}
			ids = append(ids, paperID{from + quiz.Day(i), version})
		}
	}
	return s.readPapers(ctx, ids)
}

// everyPaper are the papers of the days from one to another, all versions of each, as
// they were frozen.
func (s *Store) everyPaper(ctx context.Context, from, to quiz.Day) ([]*quiz.Paper, error) {
	current, err := s.RecentPapers(ctx, from, to)
	if err != nil {
		return nil, err
	}
	var ids []paperID
	for _, p := range current {
		for version := range p.Version {
			ids = append(ids, paperID{p.Day, version + 1})
		}
	}
	return s.readPapers(ctx, ids)
}

// readPapers gives the papers of ids, those that are not in memory in one round
// trip.
func (s *Store) readPapers(ctx context.Context, ids []paperID) ([]*quiz.Paper, error) {
	papers := make([]*quiz.Paper, len(ids))
	var missing []int
	var keys []string
	for i, id := range ids {
		var ok bool
		if papers[i], ok = s.papers.frozen.get(id); !ok {
			missing = append(missing, i)
			keys = append(keys, frozenKey(id.day, id.version))
		}
	}
	if len(missing) == 0 {
		return papers, nil
	}
	texts, err := s.client.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	for at, i := range missing {
		text, _ := texts[at].(string) // a lost one is empty, which is no paper
		if papers[i], err = s.keepPaper(ids[i], text); err != nil {
			return nil, err
		}
	}
	return papers, nil
}
