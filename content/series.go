package content

import (
	"cmp"
	"regexp"
	"slices"
)

// hanForm is two Chinese characters at least: a series is asked for by its name,
// which must not look like an answer.
var hanForm = regexp.MustCompile(`\p{Han}.*\p{Han}`)

// series checks the name of a series and the number of its episode.
func (c *checker) series(it Item) {
	if it.Series == "" {
		if it.Episode != 0 {
			c.add("series", "写了集数，请写明是哪个系列")
		}
		return
	}
	c.text("series", it.Series, MaxSeries, 0)
	word := Normalise(it.Series)
	switch {
	case it.Kind == Today:
		c.add("series", "“今天”不分系列，请删去系列，或把种类改为 听、百问 或 故事")
	case !hanForm.MatchString(word):
		c.add("series", "系列名“%s”至少要有两个汉字，学员发这个名字来听", shown(it.Series))
	case IsChatWord(word):
		c.add("series", "系列名“%s”是聊天里的口令，请换一个", shown(it.Series))
	}
	if it.Episode < 1 || it.Episode > MaxEpisode {
		c.add("episode", "集数是 %d，请填 1 到 %d", it.Episode, MaxEpisode)
	}
}

// Turn is an item that is read in turn.
type Turn struct {
	Item   Item
	Coming string // date from which on the next one is given; empty: more are there, or the first follows
}

// Series are the approved episodes of the series that a text names, in order; ok is
// false where there is none of this name.
func (l *Library) Series(text string) (episodes []Item, ok bool) {
	episodes, ok = l.series[Normalise(text)]
	return episodes, ok
}

// NextOf gives the one of items, which are in order, that follows the last one that
// a member was given, on a day written as 2026-11-22. Episodes whose day has not
// come are left out: while there are any, the last one before them is given again
// rather than the first, so that who comes each day hears what is new. After the
// end comes the beginning. ok is false where nothing can be given yet; Coming may
// be set then.
func NextOf(items []Item, last, day string) (t Turn, ok bool) {
	var given []int
	at, greater := -1, -1
	for i := range items {
		it := &items[i]
		if it.Series != "" && it.Date > day {
			if t.Coming == "" || it.Date < t.Coming {
				t.Coming = it.Date
			}
			continue
		}
		if it.ID == last {
			at = len(given)
		}
		if it.ID > last && (greater < 0 || it.ID < items[given[greater]].ID) {
			greater = len(given)
		}
		given = append(given, i)
	}
	if len(given) == 0 {
		return t, false
	}
	next := 0
	switch end := len(given) - 1; {
	case at >= 0 && at < end:
		next = at + 1
	case at == end && t.Coming != "":
		next = end
	case at < 0 && last != "" && greater >= 0: // it was taken away meanwhile
		next = greater
	}
	if next < len(given)-1 {
		t.Coming = ""
	}
	t.Item = items[given[next]]
	return t, true
}

// Released reports whether an item may be given on a day.
func (it Item) Released(day string) bool {
	return it.Kind == Today || it.Series == "" || it.Date <= day
}

// inTurn is the order in which items are read: what belongs to no series by id,
// then series by series.
func inTurn(a, b Item) int {
	return cmp.Or(cmp.Compare(a.Series, b.Series), a.Episode-b.Episode, cmp.Compare(a.ID, b.ID))
}

func sortInTurn(items []Item) []Item {
	slices.SortStableFunc(items, inTurn)
	return slices.Clip(items)
}
