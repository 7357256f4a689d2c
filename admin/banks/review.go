package banks

import (
	"slices"

	"dangshi/admin/frame"
	"dangshi/content"
)

// reviewView is one question as it is reviewed.
type reviewView struct {
	Filter     filter
	Query      string
	Left       int // questions of the list that wait for this reader
	Place      int // of this one among them, from 1
	Question   *content.Question
	Review     content.Review
	Key        string
	Screen     *screen
	Changes    []content.Change // since the revision that members get
	Advice     []string
	Prev, Next string // addresses; "": there is none
	Back       string // where one goes after an act: to the next one
	Signatures int
	Sources    bool
}

// review shows the questions of a filter that wait for a reader, one by one.
func (b *Banks) review(v *frame.Visit) error {
	values := v.R.URL.Query()
	f := filterOf(values)
	f.Sort = "" // ids tell what comes next
	all, err := b.index.all(v.Context())
	if err != nil {
		return err
	}
	waiting := slices.DeleteFunc(slices.Clone(f.choose(all, figures{})), func(r *row) bool { return !waits(r, v.By()) })
	x := reviewView{Filter: f, Query: f.Query(), Left: len(waiting), Signatures: b.data.Signatures()}
	if len(waiting) == 0 {
		return v.Show("review.html", "审题", x)
	}
	// The one that is asked for, or where it has just been dealt with the one after it.
	i := 0
	if id := values.Get("id"); id != "" {
		i = slices.IndexFunc(waiting, func(r *row) bool { return r.ID >= id })
		i = max(i, 0)
	}
	link := func(i int) string {
		if i < 0 || i >= len(waiting) {
			return ""
		}
		return b.reviewPath(f, waiting[i].ID)
	}
	x.Place, x.Prev, x.Next = i+1, link(i-1), link(i+1)
	if x.Back = x.Next; x.Back == "" {
		x.Back = b.reviewPath(f, "")
	}
	sheet, _, ok, err := b.data.QuestionSheet(v.Context(), waiting[i].ID)
	if err != nil {
		return err
	}
	if !ok {
		return noQuestion(waiting[i].ID)
	}
	q := sheet.Value
	x.Question, x.Review, x.Key, x.Screen = &q, sheet.Review, keyOf(q), b.screenOf(q)
	if live, ok := sheet.InUse(); ok {
		x.Changes = content.Changes(live, q)
	}
	for _, advice := range q.Advice() {
		x.Advice = append(x.Advice, advice.Problem)
	}
	return v.Show("review.html", "审题", x)
}

// waits reports whether a question waits for a reader: it is neither approved nor
// retired, was not sent back, and this reader has not signed it yet.
func waits(r *row, by string) bool {
	switch r.State {
	case content.Draft:
		return r.Remark == ""
	case content.Reviewed:
		return !slices.ContainsFunc(r.Signed, func(name string) bool { return content.Normalise(name) == content.Normalise(by) })
	}
	return false
}

func (b *Banks) reviewPath(f filter, id string) string {
	path := f.Reviewing()
	if id == "" {
		return path
	}
	if f.Query() == "" {
		return path + "?id=" + id
	}
	return path + "&id=" + id
}

// Seen is what the page shows, for the acts upon it.
func (x reviewView) Seen() content.Seen { return content.SeenOf(x.Question) }
