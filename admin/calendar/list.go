package calendar

import (
	"strings"

	"dangshi/admin/frame"
	"dangshi/content"
)

// listed is how many items stand on a page.
const listed = 50

type listView struct {
	Items  []content.Item
	All    int
	Query  string
	Kind   content.Kind
	State  content.State
	Kinds  []content.Kind
	States []content.State
	Pager  frame.Pager
}

// list finds items by words, kind and state, those that were filed last first where
// they have dates.
func (c *Calendar) list(v *frame.Visit) error {
	items, err := c.data.Items(v.Context())
	if err != nil {
		return err
	}
	x := listView{
		Query: strings.TrimSpace(v.R.FormValue("q")), Kind: content.Kind(v.R.FormValue("kind")), State: content.State(v.R.FormValue("state")),
		Kinds:  []content.Kind{content.Today, content.QA, content.Story, content.Audio},
		States: []content.State{content.Draft, content.Reviewed, content.Approved, content.Retired},
	}
	words := strings.Fields(content.Normalise(x.Query))
	var found []content.Item
	for _, it := range items {
		if (x.Kind == "" || it.Kind == x.Kind) && (x.State == "" || it.State == x.State) && holds(it, words) {
			found = append(found, it)
		}
	}
	x.All, x.Pager = len(found), v.Pager(len(found), listed)
	from := min((v.Page()-1)*listed, len(found))
	x.Items = found[from:min(from+listed, len(found))]
	return v.Show("list.html", "全部条目", x)
}

func holds(it content.Item, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := content.Normalise(it.ID + " " + it.Title + " " + it.Series + " " + it.Category + " " + it.Date + " " + it.Text)
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
