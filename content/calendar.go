package content

import "time"

// CalendarDay is one day and the item that members get on it.
type CalendarDay struct {
	Date  string // 2026-11-22
	Items []Item // approved: the one that is shown; else all that wait for review, by id; empty: a gap
	Ready bool   // an approved item is there
}

// Calendar says for each of n days from from's date on which item belongs to
// it; of items of the same id the last one counts, as in NewLibrary.
func Calendar(items []Item, from time.Time, n int) []CalendarDay {
	items = latest(items, func(it *Item) string { return it.ID })
	lib := NewLibrary(items, nil)
	waiting := map[string][]Item{} // MM-DD or YYYY-MM-DD
	for _, it := range items {
		if it.Kind == Today && (it.State == Draft || it.State == Reviewed) {
			waiting[it.Date] = append(waiting[it.Date], it)
		}
	}
	days := make([]CalendarDay, n)
	for i := range days {
		d := &days[i]
		d.Date = from.AddDate(0, 0, i).Format(time.DateOnly)
		if it, ok := lib.Today(d.Date); ok {
			d.Items, d.Ready = []Item{it}, true
			continue
		}
		d.Items = append(append(d.Items, waiting[d.Date]...), waiting[d.Date[len("2026-"):]]...)
	}
	return days
}
