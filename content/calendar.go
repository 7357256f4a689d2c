package content

import (
	"slices"
	"time"
)

// CalendarDay is one day and the item that members get on it.
type CalendarDay struct {
	Date  string // 2026-11-22
	Items []Item // approved: the one that is shown; else all that wait for review, by id; empty: a gap
	Ready bool   // an approved item is there
	Newer []Item // beside an approved one: what waits for review for the same day, by id
}

// Calendar says for each of n days from from's date on which item members get, and
// which ones among items, the latest revisions, wait for review.
func Calendar(inUse *Library, items []Item, from time.Time, n int) []CalendarDay {
	waiting := map[string][]Item{} // MM-DD or YYYY-MM-DD
	for _, it := range latest(items, func(it *Item) string { return it.ID }) {
		if it.Kind == Today && (it.State == Draft || it.State == Reviewed) {
			waiting[it.Date] = append(waiting[it.Date], it)
		}
	}
	days := make([]CalendarDay, n)
	for i := range days {
		d := &days[i]
		d.Date = from.AddDate(0, 0, i).Format(time.DateOnly)
		drafts := slices.Concat(waiting[d.Date], waiting[d.Date[len("2026-"):]])
		if it, ok := inUse.Today(d.Date); ok {
			d.Items, d.Ready, d.Newer = []Item{it}, true, drafts
			continue
		}
		d.Items = drafts
	}
	return days
}
