package calendar

import (
	"errors"
	"slices"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

func noItem() error {
	return frame.NotFound("没有这一条。它可能已经换了编号，请到日历里找。")
}

// blank is the form of a new item, of a day where one is given.
func (c *Calendar) blank(v *frame.Visit) error {
	it := content.Item{Kind: content.Kind(v.R.FormValue("kind")), Date: v.R.FormValue("date"), State: content.Draft}
	if !it.Kind.Valid() {
		it.Kind = content.Today
	}
	left, err := c.room(v)
	if err != nil {
		return err
	}
	return v.Show("item.html", "写一条", itemView{form: form{Item: it, New: true, State: content.Draft, Room: left}})
}

// itemView is the page of an item.
type itemView struct {
	form
	Title   string
	Pages   []pageView // newest first
	Shown   int        // the revision in use; 0: none
	Waits   bool       // more people have to sign
	Signed  []content.Signature
	Acts    []act
	Latest  content.Seen
	Readers bool // who looks may not write
}

// pageView is one revision, or one state of it, and how it differs from the one
// before.
type pageView struct {
	content.Page[content.Item]
	Word    string
	Changes []content.Change
	Newest  bool
}

// item shows one for writing, with its history.
func (c *Calendar) item(v *frame.Visit) error {
	return c.showItem(v, nil)
}

// showItem shows an item; typed is what was typed and not kept, nil: nothing.
func (c *Calendar) showItem(v *frame.Visit, typed *form) error {
	id := v.R.PathValue("id")
	sheet, seen, ok, err := c.data.ItemSheet(v.Context(), id)
	if err != nil {
		return err
	}
	if !ok {
		return noItem()
	}
	f := typed
	if f == nil {
		now, err := c.checked(v, sheet.Value, map[string]string{}, map[string]string{})
		if err != nil {
			return err
		}
		now.Seen, f = seen, &now
	}
	f.State = sheet.State()
	_, f.Live = sheet.InUse()
	x := itemView{form: *f, Title: sheet.Value.Title, Signed: sheet.Review.Signed, Latest: sheet.Seen(), Readers: !v.May(account.Edit)}
	x.Waits = sheet.State() == content.Reviewed && len(x.Signed) < c.data.Signatures()
	x.Acts = actsOn(sheet.State())
	pages, live, err := c.data.ItemHistory(v.Context(), id)
	if err != nil {
		return err
	}
	x.Shown = live
	for i, p := range pages {
		one := pageView{Page: p, Word: p.State.Word(), Newest: i == len(pages)-1}
		if i > 0 {
			one.Changes = content.Changes(*pages[i-1].Value, *p.Value)
		}
		x.Pages = append(x.Pages, one)
	}
	slices.Reverse(x.Pages)
	if typed != nil {
		return v.ShowAgain("item.html", x.Title, x)
	}
	return v.Show("item.html", x.Title, x)
}

// check answers with what is wrong and how it would look, for script that asks while
// somebody types.
func (c *Calendar) check(v *frame.Visit) error {
	it, typed, faults := c.itemOf(v)
	f, err := c.checked(v, it, typed, faults)
	if err != nil {
		return err
	}
	return v.Part("item.html", "checked", f)
}

// wished is the state in which somebody keeps an item.
func wished(v *frame.Visit) (content.State, error) {
	switch s := content.State(v.R.PostFormValue("wish")); s {
	case content.Draft, content.Reviewed, content.Approved:
		return s, nil
	}
	return "", frame.Bad("没有写明存成草稿、已审还是批准。")
}

// create keeps a new item.
func (c *Calendar) create(v *frame.Visit) error {
	if err := received(v); err != nil {
		return err
	}
	it, typed, faults := c.itemOf(v)
	wish, err := wished(v)
	if err != nil {
		return err
	}
	it.ID, it.State = "", wish
	if err := c.uploads(v, &it, faults); err != nil {
		return err
	}
	f, err := c.checked(v, it, typed, faults)
	if err != nil {
		return err
	}
	f.New, f.State = true, content.Draft
	if !f.Sound() {
		return v.ShowAgain("item.html", "写一条", itemView{form: f})
	}
	if it.ID, err = c.newID(v, it); err != nil {
		return err
	}
	writing, err := c.together(v, "item.new", it, "", f.Asked)
	if err != nil {
		return err
	}
	hand := c.hand(v)
	err = c.data.Write(v.Context(), hand, writing)
	if errors.Is(err, quiz.ErrConflict) { // another one took the id just now: the next try finds a free one
		f.Others = append(f.Others, "刚才别人也在存，请再按一次。")
		return v.ShowAgain("item.html", "写一条", itemView{form: f})
	}
	if err != nil {
		return err
	}
	return c.done(v, hand, it.ID, "写好了", Path)
}

// save keeps what was changed. The item that was in use stays in use until the new
// text is approved.
func (c *Calendar) save(v *frame.Visit) error {
	if err := received(v); err != nil {
		return err
	}
	it, typed, faults := c.itemOf(v)
	wish, err := wished(v)
	if err != nil {
		return err
	}
	id := v.R.PathValue("id")
	before, now, ok, err := c.data.ItemSheet(v.Context(), id)
	if err != nil {
		return err
	}
	if !ok {
		return noItem()
	}
	it.ID, it.State = id, wish
	if err := c.uploads(v, &it, faults); err != nil {
		return err
	}
	f, err := c.checked(v, it, typed, faults)
	if err != nil {
		return err
	}
	if f.Seen = quiz.Version(v.R.PostFormValue("seen")); f.Seen != now {
		f.Seen, f.Theirs = now, content.Changes(it, before.Value)
	}
	if !f.Sound() || f.Theirs != nil {
		return c.showItem(v, &f)
	}
	it.Revision = before.Value.Revision
	writing, err := c.together(v, "item.edit", it, now, f.Asked)
	if err != nil {
		return err
	}
	hand := c.hand(v)
	if err := c.data.Write(v.Context(), hand, writing); err != nil {
		return err
	}
	return c.done(v, hand, id, "已保存", itemPath(id))
}

// told says in which state an item is now.
func (c *Calendar) told(v *frame.Visit, id, done string) (frame.Note, error) {
	sheet, _, _, err := c.data.ItemSheet(v.Context(), id)
	if err != nil {
		return frame.Note{}, err
	}
	_, live := sheet.InUse()
	library, err := c.data.Library(v.Context())
	if err != nil {
		return frame.Note{}, err
	}
	day := dayOf(sheet.Value, quiz.DayOf(v.Now))
	if first, ok := library.Today(day.String()); ok && sheet.State() == content.Approved && sheet.Value.Kind == content.Today && first.ID != id {
		return frame.Note{Text: done + "，已批准。不过 " + day.String() + " 先用的是" + content.Titled(first.Title) + "：要用这一条，请停用那一条，或者把这一条的日期写明是哪一年的。"}, nil
	}
	switch state := sheet.State(); {
	case state == content.Approved:
		done += "，已批准：学员马上就看得到。"
	case state == content.Reviewed && len(sheet.Review.Signed) < c.data.Signatures():
		done += "，记为已审。批准还要另一个人签名。"
	case state == content.Retired:
		done += "，已停用：学员看不到它。"
	case live:
		done += "。批准以前，学员看的还是原来那一版。"
	default:
		done += "，现在是" + state.Word() + "：批准以后学员才看得到。"
	}
	return frame.Note{Text: done}, nil
}
