package store

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"
	"sync"

	"dangshi/quiz"
)

// Impact is what a regrade, or a voided day, would change in one season.
type Impact struct {
	Season   string
	Finished int // members who finished a paper with the question, or on the day
	Gain     int // members who gain points
	Lose     int // members who lose points
	Up, Down int // members on the board whose place becomes better or worse
	Points   []PointsChange
	Movers   []Mover // who moves most, at most MaxMovers, best first
	First    int     // so many first places are watched: ranks that equal ones share, so that all who are equal at the line are among them
	Enter    []Mover // who comes into the first places, at most MaxMovers
	Leave    []Mover // who leaves them, at most MaxMovers
	Entering int     // all of them
	Leaving  int
}

// PointsChange says how many members have their points changed by so much.
type PointsChange struct {
	Points  int // in 1/quiz.Unit points
	Members int
}

// Mover is one member whose place changes.
type Mover struct {
	Pseudonym     string
	Member        quiz.Member
	Before, After Place
}

// Place is where a member stands. With the score 0 it is on no board, and the rank
// is one behind all who are.
type Place struct {
	Rank  int
	Score int64
}

// MaxMovers bounds the lists of an Impact.
const MaxMovers = 20

// PreviewRegrade computes what a regrade would change in a season, whose first
// places are watched, and writes nothing. It reads every member twice, page by
// page, and holds 24 bytes for each, a hash and two scores; progress is told how
// many were read, may be nil. Members who answer meanwhile are counted as they
// are then. Errors: quiz.ErrUnavailable.
func (s *Store) PreviewRegrade(ctx context.Context, r Regrade, season quiz.Season, first int, progress func(n int)) (Impact, error) {
	l, err := s.readLedger(ctx)
	if err != nil {
		return Impact{}, err
	}
	asked := map[paperID]bool{}
	for _, a := range r.Times {
		asked[paperID{a.Day, a.Version}] = true
	}
	t, err := s.truthUnder(ctx, season, quiz.NewRulings(l.History, &r.Correction).Closed(l.Closed))
	if err != nil {
		return Impact{}, err
	}
	return t.foresee(ctx, first, func(e quiz.Entry) bool { return asked[paperID{e.Day, e.Version}] }, progress)
}

// foresee computes what will change once what is about to be in force is; concerned
// says which days it is about.
func (t truth) foresee(ctx context.Context, first int, concerned func(quiz.Entry) bool, progress func(n int)) (Impact, error) {
	done := counter{report: progress}
	v := &foresight{truth: t, first: first, concerned: concerned, result: Impact{Season: t.season.ID, First: first}, points: map[int]int{}}
	for _, visit := range []func(string, state){v.score, v.place} {
		v.seen = map[uint64]bool{}
		err := t.store.eachPage(ctx, func(ids []string) error {
			states, err := t.readMembers(ctx, ids)
			if err != nil {
				return err
			}
			v.page(ids, states, visit)
			done.add(len(ids))
			return nil
		})
		if err != nil {
			return Impact{}, err
		}
		slices.Sort(v.before)
		slices.Sort(v.after)
	}
	return v.finish(), nil
}

// foresight is a preview in the making: the scores of all members first, then,
// once ranks are known, who moves.
type foresight struct {
	truth
	first     int
	concerned func(quiz.Entry) bool // the finished day is one that it is about

	mu            sync.Mutex
	seen          map[uint64]bool // hashes of ids: a scan may show a member twice
	before, after []int64         // scores on the board; ascending from the second pass on
	points        map[int]int
	result        Impact
}

func (v *foresight) page(ids []string, states []state, visit func(string, state)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for i, id := range ids {
		h := fnv.New64a()
		h.Write([]byte(id))
		if st := states[i]; st.raw != "" && st.fault == nil && !v.seen[h.Sum64()] {
			v.seen[h.Sum64()] = true
			visit(id, st)
		}
	}
}

func (v *foresight) score(_ string, st state) {
	if now := st.ranked(); now > 0 {
		v.before = append(v.before, now)
	}
	if next := st.next(); next > 0 {
		v.after = append(v.after, next)
	}
}

func (v *foresight) place(id string, st state) {
	if slices.ContainsFunc(st.log, func(e quiz.Entry) bool { return !e.Lapsed && v.concerned(e) }) {
		v.result.Finished++
	}
	if points := st.gain(); points != 0 {
		v.points[points]++
		if points > 0 {
			v.result.Gain++
		} else {
			v.result.Lose++
		}
	}
	if st.ranked() == 0 && st.next() == 0 {
		return
	}
	m := Mover{
		Member: st.record.Member,
		Before: v.placeOf(v.before, st.ranked()),
		After:  v.placeOf(v.after, st.next()),
	}
	r := &v.result
	switch {
	case m.After.Rank < m.Before.Rank:
		r.Up++
	case m.After.Rank > m.Before.Rank:
		r.Down++
	default:
		return
	}
	m.Pseudonym = v.name(st.self)
	r.Movers = keepFirst(r.Movers, m, byMove)
	was, is := m.Before.among(v.first), m.After.among(v.first)
	if is && !was {
		r.Entering++
		r.Enter = keepFirst(r.Enter, m, byAfter)
	}
	if was && !is {
		r.Leaving++
		r.Leave = keepFirst(r.Leave, m, byBefore)
	}
}

// placeOf is where a score stands among those of a board; without one, behind all.
func (v *foresight) placeOf(scores []int64, score int64) Place {
	if score == 0 {
		return Place{Rank: 1 + max(len(v.before), len(v.after))}
	}
	return Place{rankIn(scores, score), score}
}

// among reports whether a place is one of the first.
func (p Place) among(first int) bool { return p.Score > 0 && p.Rank <= first }

// rankIn is 1 + the number of higher ones of ascending scores.
func rankIn(scores []int64, score int64) int {
	higher, _ := slices.BinarySearch(scores, score+1)
	return 1 + len(scores) - higher
}

// keepFirst adds m to a sorted list of at most MaxMovers.
func keepFirst(list []Mover, m Mover, order func(a, b Mover) int) []Mover {
	at, _ := slices.BinarySearchFunc(list, m, order)
	if at >= MaxMovers {
		return list
	}
	list = slices.Insert(list, at, m)
	return list[:min(len(list), MaxMovers)]
}

func byMove(a, b Mover) int {
	return cmp.Or(cmp.Compare(b.moved(), a.moved()), byAfter(a, b))
}

func (m Mover) moved() int { return max(m.Before.Rank-m.After.Rank, m.After.Rank-m.Before.Rank) }

func byAfter(a, b Mover) int {
	return cmp.Or(cmp.Compare(a.After.Rank, b.After.Rank), cmp.Compare(a.Pseudonym, b.Pseudonym))
}

func byBefore(a, b Mover) int {
	return cmp.Or(cmp.Compare(a.Before.Rank, b.Before.Rank), cmp.Compare(a.Pseudonym, b.Pseudonym))
}

func (v *foresight) finish() Impact {
	for points, members := range v.points {
		v.result.Points = append(v.result.Points, PointsChange{points, members})
	}
	slices.SortFunc(v.result.Points, func(a, b PointsChange) int { return cmp.Compare(b.Points, a.Points) })
	return v.result
}
