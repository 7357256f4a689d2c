package banks

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"dangshi/content"
)

// FindQuestions finds questions that members get by words, each of which stands in the
// id, stem, options or category; without those of some ids. It gives the first ids, at
// most so many, in order, and how many more there are. Errors: quiz.ErrUnavailable, and
// a frame.Refusal where a large bank is still being read.
func (b *Banks) FindQuestions(ctx context.Context, text string, without []string, most int) (ids []string, more int, err error) {
	all, err := b.index.all(ctx)
	if err != nil {
		return nil, 0, err
	}
	holds := all.holding(text, true)
	for _, r := range all.rows {
		switch {
		case !r.Live || !holds(r) || slices.Contains(without, r.ID):
		case len(ids) == most:
			more++
		default:
			ids = append(ids, r.ID)
		}
	}
	return ids, more, nil
}

// holding reports of each row whether it holds all words of a text, spelt in whatever
// way, where categories count also in its category.
func (l *bank) holding(text string, categories bool) func(*row) bool {
	var words []string
	for _, w := range strings.Fields(text) {
		if w = strings.ReplaceAll(content.Normalise(w), "\x00", ""); w != "" {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return func(*row) bool { return true }
	}
	// The longest is found in the fewest rows. Once few are left, only these are looked at.
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	holds := make([]func(*row) bool, len(words))
	few := false
	for i, w := range words {
		has := func(r *row) bool { return strings.Contains(l.text(r), w) }
		if !few {
			var n int
			has, n = l.having(w)
			few = n < len(l.rows)/16
		}
		holds[i] = has
		if categories {
			named := naming(w)
			holds[i] = func(r *row) bool { return has(r) || named(r.Category) }
		}
	}
	return func(r *row) bool {
		for _, holds := range holds {
			if !holds(r) {
				return false
			}
		}
		return true
	}
}

// naming reports whether a word stands in the name of a category.
func naming(word string) func(category string) bool {
	known := map[string]bool{"": false} // there are few
	return func(category string) bool {
		is, asked := known[category]
		if !asked {
			is = strings.Contains(content.Normalise(category), word)
			known[category] = is
		}
		return is
	}
}

// text is that of a row, as it is searched.
func (l *bank) text(r *row) string {
	switch r.in {
	case 0:
		return r.text
	case 1:
		return l.texts.all[:l.texts.ends[0]]
	}
	return l.texts.all[l.texts.ends[r.in-2]:l.texts.ends[r.in-1]]
}

// texts are those of many rows, one after the other: one search, which a processor does
// quickly, instead of as many as there are rows.
type texts struct {
	all  string
	ends []int // of each, behind its 0
}

// writingTexts are texts in the making.
type writingTexts struct {
	all  strings.Builder
	ends []int
}

// take takes the text of a row that nobody else has.
func (w *writingTexts) take(r *row) {
	w.all.WriteString(r.text)
	w.all.WriteByte(0) // what is looked for has none: nothing is found across two
	w.ends = append(w.ends, w.all.Len())
	r.text, r.in = "", len(w.ends)
}

func (w *writingTexts) texts() *texts { return &texts{w.all.String(), w.ends} }

// So many rows may stand outside of texts: mostLate, or one in lateShare where that is more.
const (
	mostLate  = 1000
	lateShare = 8
)

// gathered is the list with all of its texts in one, where many came later.
func (l *bank) gathered() *bank {
	late := 0
	for _, r := range l.rows {
		if r.in == 0 {
			late++
		}
	}
	if late <= max(mostLate, len(l.rows)/lateShare) {
		return l
	}
	next := &bank{rows: make([]*row, len(l.rows))}
	var all writingTexts
	for i, r := range l.rows {
		mine := *r // others may be looking at r
		mine.text = strings.TrimSuffix(l.text(r), "\x00")
		all.take(&mine)
		next.rows[i] = &mine
	}
	next.texts = all.texts()
	return next
}

// having reports of each row whether its text has another one, which is not empty; n is how
// many have, but for those that came later.
func (l *bank) having(text string) (has func(*row) bool, n int) {
	var hits []bool
	if t := l.texts; t != nil {
		hits = make([]bool, len(t.ends))
		// Nearly all characters begin with one of a few bytes, among which a search gets
		// nowhere; the second byte tells them apart.
		head, tail := text[:min(1, len(text)-1)], text[min(1, len(text)-1):]
		for i, from := 0, 0; ; {
			next := strings.Index(t.all[from:], tail)
			if next < 0 {
				break
			}
			if from += next; !strings.HasSuffix(t.all[:from], head) {
				from++
				continue
			}
			for t.ends[i] <= from {
				i++
			}
			hits[i], from = true, t.ends[i]
			n++
		}
	}
	return func(r *row) bool {
		if r.in == 0 { // it came later
			return strings.Contains(r.text, text)
		}
		return hits[r.in-1]
	}, n
}
