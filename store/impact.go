package store

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"
	"sync"

	"dangshi/quiz"
)

// maxMovers bounds the lists of a quiz.Impact.
const maxMovers = 20

// PreviewRegrade computes what a regrade would change in a season, whose first
// places are watched, and writes nothing. It reads every member twice, page by
// page, and holds 24 bytes for each, a hash and two scores; progress is told how
// many were read, may be nil. Members who answer meanwhile are counted as they
// are then. Errors: quiz.ErrUnavailable.
func (s *Store) PreviewRegrade(ctx context.Context, r Regrade, season quiz.Season, first int, progress func(n int)) (quiz.Impact, error) {
	l, err := s.readLedger(ctx)
	if err != nil {
		return quiz.Impact{}, err
	}
	asked := map[paperID]bool{}
	for _, a := range r.Times {
		asked[paperID{a.Day, a.Version}] = true
	}
	t, err := s.truthUnder(ctx, season, quiz.NewRulings(l.History, &r.Correction).Closed(l.Closed))
	if err != nil {
		return quiz.Impact{}, err
	}
	return t.foresee(ctx, first, func(e quiz.Entry) bool { return asked[paperID{e.Day, e.Version}] }, progress)
}

// foresee computes what will change once what is about to be in force is; concerned
// says which days it is about.
func (t truth) foresee(ctx context.Context, first int, concerned func(quiz.Entry) bool, progress func(n int)) (quiz.Impact, error) {
	done := counter{report: progress}
	v := &foresight{truth: t, first: first, concerned: concerned, result: quiz.Impact{Season: t.season.ID, First: first}, points: map[int]int{}}
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
			return quiz.Impact{}, err
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
	result        quiz.Impact
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
	m := quiz.Mover{
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
	was, is := m.Before.Among(v.first), m.After.Among(v.first)
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
func (v *foresight) placeOf(scores []int64, score int64) quiz.Place {
	if score == 0 {
		return quiz.Place{Rank: 1 + max(len(v.before), len(v.after))}
	}
	return quiz.Place{Rank: rankIn(scores, score), Score: score}
}

// rankIn is 1 + the number of higher ones of ascending scores.
func rankIn(scores []int64, score int64) int {
	higher, _ := slices.BinarySearch(scores, score+1)
	return 1 + len(scores) - higher
}

// keepFirst adds m to a sorted list of at most maxMovers.
func keepFirst(list []quiz.Mover, m quiz.Mover, order func(a, b quiz.Mover) int) []quiz.Mover {
	at, _ := slices.BinarySearchFunc(list, m, order)
	if at >= maxMovers {
		return list
	}
	list = slices.Insert(list, at, m)
	return list[:min(len(list), maxMovers)]
}

func byMove(a, b quiz.Mover) int {
	return cmp.Or(cmp.Compare(b.Moved(), a.Moved()), byAfter(a, b))
}

func byAfter(a, b quiz.Mover) int {
	return cmp.Or(cmp.Compare(a.After.Rank, b.After.Rank), cmp.Compare(a.Pseudonym, b.Pseudonym))
}

func byBefore(a, b quiz.Mover) int {
	return cmp.Or(cmp.Compare(a.Before.Rank, b.Before.Rank), cmp.Compare(a.Pseudonym, b.Pseudonym))
}

func (v *foresight) finish() quiz.Impact {
	for points, members := range v.points {
		v.result.Points = append(v.result.Points, quiz.PointsChange{Points: points, Members: members})
	}
	slices.SortFunc(v.result.Points, func(a, b quiz.PointsChange) int { return cmp.Compare(b.Points, a.Points) })
	return v.result
}
