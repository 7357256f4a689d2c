package calendar

import (
	"errors"
	"slices"
	"strings"
	"time"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// on reports whether an item is that of a day.
func on(it content.Item, day quiz.Day) bool {
	return it.Kind == content.Today && (it.Date == day.String() || it.Date == day.MonthDay())
}

// fixed says why the day's items stay where they are; "": they need not.
func (c *Calendar) fixed(v *frame.Visit, day quiz.Day) (why string, err error) {
	switch today := quiz.DayOf(v.Now); {
	case day < today:
		return day.String() + " 已经过去，那天的内容不再移动。", nil
	case day == today:
		return "今天的内容可能已经有人看过，不再移动。", nil
	}
	paper, err := c.data.CurrentPaper(v.Context(), day)
	if err != nil || paper == nil {
		return "", err
	}
	return day.String() + " 的卷子已经定下，那天的内容不再移动。", nil
}

func refuseMove(why string, err error) error {
	if err != nil {
		return err
	}
	return frame.Refusal{Status: 409, Text: why}
}

// gone is the refusal where a day no longer has what was seen there.
var gone = frame.Refusal{Status: 409, Text: "刚才别人也动了这一天，什么也没有改。请回到日历看一看，再移一次。"}

// move puts an item on another day; with another one, the two change places. The
// same with the days exchanged undoes it.
func (c *Calendar) move(v *frame.Visit) error {
	from, err := quiz.ParseDay(v.R.PostFormValue("from"))
	if err != nil {
		return frame.Bad("没有写明从哪一天移。")
	}
	goal, err := quiz.ParseDay(v.R.PostFormValue("to"))
	if err != nil || goal < firstDay || goal > lastDay || goal == from {
		return frame.Bad("没有写明移到哪一天。")
	}
	for _, day := range []quiz.Day{from, goal} {
		if why, err := c.fixed(v, day); err != nil || why != "" {
			return refuseMove(why, err)
		}
	}
	id, with := v.R.PostFormValue("item"), v.R.PostFormValue("with")
	writing := Writing{Did: "item.move"}
	title, waits, err := c.shift(v, &writing, id, from, goal)
	if err != nil {
		return err
	}
	said := content.Titled(title) + "移到了 " + dayWord(goal) + "。"
	if with != "" {
		other, alsoWaits, err := c.shift(v, &writing, with, goal, from)
		if err != nil {
			return err
		}
		waits = waits || alsoWaits
		said = content.Titled(title) + "和" + content.Titled(other) + "对调了。"
	}
	// The days as they were looked at: one that was filled meanwhile is not overwritten.
	here, there := instead(v.R.PostFormValue("here"), "", id), instead(v.R.PostFormValue("there"), "", with)
	writing.Days = []DayItems{{from, strings.Fields(here)}, {goal, strings.Fields(there)}}
	err = c.data.Write(v.Context(), c.hand(v), writing)
	if errors.Is(err, quiz.ErrConflict) {
		return gone
	}
	if err != nil {
		return err
	}
	switch {
	case waits:
		said += "移的是还没批准的新一版，批准以前学员看的还是原来那一版，照原来的日期。"
	case c.data.Signatures() > 1:
		said += "改了日期要另一个人再批准一次，批准以前照原来的日期。"
	}
	return v.Done(Path+"?month="+monthOf(goal), frame.Note{Text: said, Undo: &frame.Undo{Path: Path + "/move", Fields: map[string]string{
		"item": id, "with": with, "from": goal.String(), "to": from.String(),
		"here": instead(there, with, id), "there": instead(here, id, with),
	}}})
}

// instead are ids, parted by spaces and in order, without one and with another one.
func instead(ids, without, with string) string {
	all := strings.Fields(ids)
	all = slices.DeleteFunc(all, func(id string) bool { return id == without || id == with })
	if with != "" {
		all = append(all, with)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// shift adds to a writing that an item moves, together with its own question. It waits
// where members go on reading an earlier revision, at its own date.
func (c *Calendar) shift(v *frame.Visit, w *Writing, id string, from, goal quiz.Day) (title string, waits bool, err error) {
	sheet, seen, ok, err := c.data.ItemSheet(v.Context(), id)
	if err != nil {
		return "", false, err
	}
	it := sheet.Value
	if !ok || !on(it, from) {
		return "", false, gone
	}
	_, live := sheet.InUse()
	waits = live && sheet.State() != content.Approved
	was := it.Date
	if it.Date = goal.MonthDay(); len(was) == len(time.DateOnly) {
		it.Date = goal.String()
	}
	w.Items = append(w.Items, Edit[content.Item]{it, seen})
	if it.Question == "" {
		return it.Title, waits, nil
	}
	asked, seen, ok, err := c.data.QuestionSheet(v.Context(), it.Question)
	if q := asked.Value; err == nil && ok && q.Day == was {
		q.Day = it.Date
		w.Questions = append(w.Questions, Edit[content.Question]{q, seen})
	}
	return it.Title, waits, err
}
