package banks

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"dangshi/content"
	"dangshi/quiz"
)

// bank is the list at one moment. It is never changed, only replaced.
type bank struct {
	rows  []*row // by id
	texts *texts // of those that were there when the bank was read; nil: of none

	sorted sync.Once
	latest []*row

	once       sync.Once
	states     map[content.State]int
	categories []string // in order
	sent       int      // questions that were sent back
}

// count counts the whole bank, once for each change of it.
func (l *bank) count() {
	l.once.Do(func() {
		l.states = map[content.State]int{}
		seen := map[string]bool{"": true}
		for _, r := range l.rows {
			l.states[r.State]++
			if r.Remark != "" && r.State == content.Draft {
				l.sent++
			}
			if !seen[r.Category] {
				seen[r.Category] = true
				l.categories = append(l.categories, r.Category)
			}
		}
		slices.Sort(l.categories)
	})
}

// place is where the row of an id stands.
func (l *bank) place(id string) (i int, ok bool) {
	return slices.BinarySearchFunc(l.rows, id, func(r *row, id string) int { return strings.Compare(r.ID, id) })
}

// newest are the rows, those that were changed last first; they must not be changed.
func (l *bank) newest() []*row {
	l.sorted.Do(func() {
		type key struct {
			at int64
			i  int
		}
		keys := make([]key, len(l.rows))
		for i, r := range l.rows {
			keys[i] = key{r.At, i}
		}
		slices.SortFunc(keys, func(a, b key) int { // by numbers alone: rows stand by id
			if a.at != b.at {
				return cmp.Compare(b.at, a.at)
			}
			return a.i - b.i
		})
		l.latest = make([]*row, len(keys))
		for i, k := range keys {
			l.latest[i] = l.rows[k.i]
		}
	})
	return l.latest
}

// grave are the rows with the most suspicious ones first, those without statistics last,
// and how many of them have some.
func (l *bank) grave(stats figures) (rows []*row, observed int) {
	const others = quiz.Unsuspicious + 1
	grades := make([]quiz.Suspicion, len(l.rows))
	for i := range grades {
		grades[i] = others
	}
	var counts [others + 1]int
	for id, f := range stats { // few of a large bank were asked already
		if i, ok := l.place(id); ok {
			grades[i] = quiz.Unsuspicious
			if len(f.Suspicions) > 0 {
				grades[i] = f.Suspicions[0]
			}
			counts[grades[i]]++
			observed++
		}
	}
	var next [others + 1]int // the place of the next row of a grade
	for g := 1; g < len(next); g++ {
		next[g] = next[g-1] + counts[g-1]
	}
	rows = make([]*row, len(l.rows))
	for i, g := range grades {
		rows[next[g]] = l.rows[i]
		next[g]++
	}
	return rows, observed
}
