package calendar

import (
	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

type dayView struct {
	*Cell
	Word       string
	Prev, Next quiz.Day
	Month      string
	Shown      *content.Item // what members read on the day; nil: nothing
	Preview    *shownPreview
	Asked      *quiz.Paper // nil: not drawn yet
	Pinned     []content.Question
	Size       int
	Pushed     *Pushed
	CanMove    bool
	CanPin     bool
	CanVoid    bool
	Fixed      string // why nothing of the day can be moved; "": it can
}

// day shows all that is known of one day.
func (c *Calendar) day(v *frame.Visit) error {
	day, err := dayIn(v)
	if err != nil {
		return err
	}
	cells, err := c.cells(v, day, 1)
	if err != nil {
		return err
	}
	x := dayView{Cell: cells[0], Word: dayWord(day), Month: monthOf(day)}
	if day > firstDay {
		x.Prev = day - 1
	}
	if day < lastDay {
		x.Next = day + 1
	}
	if err := c.questions(v, &x); err != nil {
		return err
	}
	if err := c.read(v, &x); err != nil {
		return err
	}
	if x.Pushed, err = c.data.Pushed(v.Context(), day); err != nil {
		return err
	}
	if x.Fixed, err = c.fixed(v, day); err != nil {
		return err
	}
	x.CanMove = v.May(account.Edit) && x.Fixed == ""
	x.CanPin = v.May(account.Edit) && x.Asked == nil && day > quiz.DayOf(v.Now)
	x.CanVoid = v.May(account.Govern) && day <= quiz.DayOf(v.Now)
	return v.Show("day.html", x.Word, x)
}

// questions finds the day's paper, or what was chosen for it.
func (c *Calendar) questions(v *frame.Visit, x *dayView) (err error) {
	if x.Asked, err = c.data.CurrentPaper(v.Context(), x.Day); err != nil || x.Asked != nil {
		return err
	}
	library, err := c.data.Library(v.Context())
	if err != nil {
		return err
	}
	ids, _, err := c.data.PinnedPaper(v.Context(), x.Day)
	for _, id := range ids {
		if q, ok := library.Question(id); ok {
			x.Pinned = append(x.Pinned, q)
		}
	}
	return err
}

// read finds what members read on the day, and shows it as they do.
func (c *Calendar) read(v *frame.Visit, x *dayView) error {
	library, err := c.data.Library(v.Context())
	if err != nil {
		return err
	}
	it, ok := quiz.ToRead(library, x.Day, x.Asked)
	if !ok {
		return nil
	}
	x.Shown, x.Preview = &it, c.shown(x.Day, it, x.stem(library, it))
	return nil
}

// stem is that of the day's first question as far as it is known.
func (x *dayView) stem(library *content.Library, it content.Item) string {
	switch {
	case x.Void != "":
		return ""
	case x.Asked != nil:
		return content.Plain(x.Asked.Questions[0].Stem)
	case len(x.Pinned) > 0:
		return content.Plain(x.Pinned[0].Stem)
	}
	return ownStem(library, it)
}

// ownStem is the stem of an item's own question, which a drawn paper begins with.
func ownStem(library *content.Library, it content.Item) string {
	if q, ok := library.Question(it.Question); ok && it.Kind == content.Today {
		return content.Plain(q.Stem)
	}
	return ""
}

// page shows the public page of a day before the day has come: of an item, where one
// is named, else of what members will read.
func (c *Calendar) page(v *frame.Visit) error {
	day, err := dayIn(v)
	if err != nil {
		return err
	}
	if id := v.R.FormValue("item"); id != "" {
		sheet, _, ok, err := c.data.ItemSheet(v.Context(), id)
		if err != nil {
			return err
		}
		if !ok {
			return noItem()
		}
		c.data.ServePage(v.W, v.R, day, sheet.Value)
		return nil
	}
	library, err := c.data.Library(v.Context())
	if err != nil {
		return err
	}
	paper, err := c.data.CurrentPaper(v.Context(), day)
	if err != nil {
		return err
	}
	it, ok := quiz.ToRead(library, day, paper)
	if !ok {
		return frame.NotFound("这一天还没有可以看的内容。请先写一条。")
	}
	c.data.ServePage(v.W, v.R, day, it)
	return nil
}
