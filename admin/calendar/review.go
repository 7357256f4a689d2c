package calendar

import (
	"slices"
	"strconv"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

func itoa(n int) string { return strconv.Itoa(n) }

// act is a button of the review.
type act struct {
	Act  content.Act
	Name string
}

// actsOn are the acts that fit a state.
func actsOn(state content.State) []act {
	sign, approve := act{content.Sign, "我审过了"}, act{content.Approve, "批准"}
	retire, reopen := act{content.Retire, "停用"}, act{content.Reopen, "退回草稿"}
	switch state {
	case content.Draft:
		return []act{approve, sign, retire}
	case content.Reviewed:
		return []act{approve, reopen, retire}
	case content.Approved:
		return []act{reopen, retire}
	}
	return []act{reopen}
}

// review does one act with an item as it stands.
func (c *Calendar) review(v *frame.Visit) error {
	id, what := v.R.PathValue("id"), content.Act(v.R.PostFormValue("act"))
	if !slices.Contains([]content.Act{content.Sign, content.Approve, content.Retire, content.Reopen}, what) {
		return frame.Bad("没有写明要做什么。")
	}
	before, _, ok, err := c.data.ItemSheet(v.Context(), id)
	if err != nil {
		return err
	}
	if !ok {
		return noItem()
	}
	seen, ok := content.ParseSeen(v.R.PostFormValue("seen"))
	if !ok {
		return frame.Bad("没有写明看的是哪一版。")
	}
	hand := c.hand(v)
	verdict, err := c.data.ReviewItem(v.Context(), what, hand, id, seen)
	if err != nil {
		return err
	}
	switch verdict {
	case content.Twice:
		return v.Done(itemPath(id), frame.Note{Text: "您已经签过名，批准要另一个人来。", Bad: true})
	case content.Barred:
		return v.Done(itemPath(id), frame.Note{Text: "现在是" + before.State().Word() + "，不能这样做。", Bad: true})
	case content.Idle:
		return v.Done(itemPath(id), frame.Note{Text: "已经是这样了，没有什么要改。"})
	}
	return c.done(v, hand, id, "好了", itemPath(id))
}

// restore brings an earlier revision back as it was then, as a new one, over the one that
// was seen.
func (c *Calendar) restore(v *frame.Visit) error {
	id := v.R.PathValue("id")
	pages, _, err := c.data.ItemHistory(v.Context(), id)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(v.R.PostFormValue("revision"))
	at := slices.IndexFunc(pages, func(p content.Page[content.Item]) bool { return p.Revision == n })
	state := content.State(v.R.PostFormValue("state"))
	if err != nil || at < 0 || !state.Valid() {
		return frame.Bad("没有这一版。")
	}
	seen, ok := content.ParseSeen(v.R.PostFormValue("seen"))
	if !ok {
		return frame.Bad("没有写明看的是哪一版。")
	}
	now, version, ok, err := c.data.ItemSheet(v.Context(), id)
	if err != nil {
		return err
	}
	if !ok {
		return noItem()
	}
	if now.Seen() != seen {
		return quiz.ErrConflict
	}
	it := *pages[at].Value
	it.State, it.Revision = state, now.Value.Revision
	hand := c.hand(v)
	if err := c.data.Write(v.Context(), hand, Writing{Did: "item.restore", Items: []Edit[content.Item]{{it, version}}}); err != nil {
		return err
	}
	return c.done(v, hand, id, "第"+itoa(n)+"版恢复了", itemPath(id))
}
