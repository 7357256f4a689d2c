package store

import (
	"context"
	"maps"
	"slices"

	"dangshi/content"
	"dangshi/quiz"
)

// holding is what keeps questions and items where they are: members were asked them, or
// something needs them.
type holding struct {
	since  quiz.Day // the day of the act
	today  quiz.Day
	asked  map[string]quiz.Day // question → the day of a paper in which it stands
	shown  map[string]quiz.Day // item → the day of a paper with which it is read, where that day has none of its own
	chosen map[string]quiz.Day // question → the day to come for which it was chosen
	needed map[string][]content.Item
}

// chosenAhead is how many days ahead questions may be chosen that an undoing looks at.
const chosenAhead = 400

// read looks at what may hold what an act brought: nobody was asked it before the act.
func (h *holding) read(ctx context.Context, s *Store, was undoing, today quiz.Day) error {
	*h = holding{since: min(quiz.DayOf(was.At), today), today: today, asked: map[string]quiz.Day{}, shown: map[string]quiz.Day{}, chosen: map[string]quiz.Day{}, needed: map[string][]content.Item{}}
	brought, items := map[string]bool{}, false
	for _, e := range was.Entries {
		if e.Before == "" && e.Shelf == shelfQuestions.at {
			brought[e.ID] = true
		}
		items = items || e.Before == "" && e.Shelf == shelfItems.at
	}
	if len(brought) == 0 && !items {
		return nil
	}
	papers, err := s.everyPaper(ctx, h.since-1, today+1)
	if err != nil {
		return err
	}
	for _, p := range papers {
		for _, q := range p.Questions {
			h.asked[q.ID] = p.Day
		}
		if p.Read != "" {
			h.shown[p.Read] = p.Day
		}
	}
	if len(brought) == 0 {
		return nil
	}
	pinned, err := s.PinnedPapers(ctx, today, today+chosenAhead)
	if err != nil {
		return err
	}
	for day, ids := range pinned {
		for _, id := range ids {
			h.chosen[id] = day
		}
	}
	_, err = readAll(ctx, s, shelfItems, func(sheet *content.Sheet[content.Item], _ string) (struct{}, bool) {
		for _, it := range readIn(sheet) {
			if brought[it.Question] {
				h.needed[it.Question] = append(h.needed[it.Question], it)
			}
		}
		return struct{}{}, false
	})
	return err
}

// undone forgets what an item needs that goes itself, or is again what it was: then that
// needs what it needed; before is nil where the item goes.
func (h *holding) undone(item string, before *content.Sheet[content.Item]) {
	for id := range maps.Keys(h.needed) {
		h.needed[id] = slices.DeleteFunc(h.needed[id], func(it content.Item) bool { return it.ID == item })
	}
	if before == nil {
		return
	}
	for _, it := range readIn(before) {
		h.needed[it.Question] = append(h.needed[it.Question], it)
	}
}

// readIn are an item as it is and as members go on reading it, where that is another one.
func readIn(sheet *content.Sheet[content.Item]) []content.Item {
	all := []content.Item{sheet.Value}
	if sheet.Standing != nil {
		all = append(all, *sheet.Standing)
	}
	return all
}

// mayGo reports whether what an act brought can be removed, else left says why not.
func (h *holding) mayGo(v any, left *Stays) bool {
	switch v := v.(type) {
	case content.Question:
		if left.Day = h.asked[v.ID]; left.Day != 0 {
			left.Why = StaysAsked
		} else if left.Day = h.chosen[v.ID]; left.Day != 0 {
			left.Why = StaysChosen
		} else if all := h.needed[v.ID]; len(all) > 0 {
			left.Why, left.Item = StaysNeeded, all[0].Title
		}
	case content.Item:
		if left.Day = h.shown[v.ID]; left.Day != 0 {
			left.Why = StaysShown
		}
		// One that was never approved nobody has read.
		for day := h.since; day <= h.today && v.State == content.Approved && v.Kind == content.Today; day++ {
			if v.Date == day.String() || v.Date == day.MonthDay() {
				left.Why, left.Day = StaysShown, day
			}
		}
	}
	return left.Why == ""
}
