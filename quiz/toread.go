package quiz

import (
	"slices"

	"dangshi/content"
)

// ToRead is what is to be read on a day: its item, or, where it has none, a 百问
// or a story, the same for all. Days without an item of their own take turns at
// those whose day has come. Which one it is stays with the day's paper, so that what
// was sent is what is read afterwards, whatever else is approved meanwhile; paper is
// nil where none was issued yet. ok is false where the library holds nothing to read.
func ToRead(library *content.Library, day Day, paper *Paper) (it content.Item, ok bool) {
	if it, ok := library.Today(day.String()); ok {
		return it, true
	}
	if paper != nil && paper.Read != "" {
		for _, kind := range []content.Kind{content.QA, content.Story} {
			items := library.Items(kind)
			if i := slices.IndexFunc(items, func(it content.Item) bool { return it.ID == paper.Read }); i >= 0 {
				return items[i], true
			}
		}
	} // else, or where it was retired since, as if there were none
	questions, stories := released(library.Items(content.QA), day), released(library.Items(content.Story), day)
	n := len(questions) + len(stories)
	if n == 0 {
		return content.Item{}, false
	}
	i := int(day) % n
	if i < 0 {
		i += n // before 1970
	}
	if i < len(questions) {
		return questions[i], true
	}
	return stories[i-len(questions)], true
}

// released are the items whose day has come.
func released(items []content.Item, day Day) []content.Item {
	today := day.String()
	if !slices.ContainsFunc(items, func(it content.Item) bool { return !it.Released(today) }) {
		return items
	}
	return slices.DeleteFunc(slices.Clone(items), func(it content.Item) bool { return !it.Released(today) })
}

// Gap is a day without an approved item.
type Gap struct {
	Day     Day
	Waits   bool         // an item waits for its review
	Instead content.Item // what is sent that day, where Any
	Any     bool         // there is something to send
}

// Gaps are the days without an approved item among n from a day on, with what is
// sent instead. items are all of the library, in every state.
func Gaps(library *content.Library, items []content.Item, from Day, n int) (gaps []Gap) {
	for i, d := range content.Calendar(library, items, from.utc(), n) {
		if d.Ready {
			continue
		}
		g := Gap{Day: from + Day(i), Waits: len(d.Items) > 0}
		g.Instead, g.Any = ToRead(library, g.Day, nil)
		gaps = append(gaps, g)
	}
	return gaps
}
