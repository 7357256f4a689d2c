package calendar

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// Cell is one day of the month.
type Cell struct {
	Day         quiz.Day
	Number      int
	Weekday     string
	Today, Past bool
	content.CalendarDay
	Instead string // title of what stands in for an item
	Paper   string // what is known of the day's paper
	Void    string
	Movable bool  // nothing of it has been issued
	Goal    *goal // where an item is being moved: this day takes it
}

// goal is the button of a day for the item that is being moved.
type goal struct {
	With, Name string
	There      string // ids of all that stand on it
}

type month struct {
	Title          string
	Prev, Next     string // months, 2026-11; "": none
	This           string
	Weeks          [][]*Cell // seven each; nil: another month's
	Ready, Waiting int
	Gaps           int
	Moving         *moving
	Here           string // the month shown
}

// moving is an item on its way to another day.
type moving struct {
	Item content.Item
	From quiz.Day
	Here string // ids of all that stand on that day
}

var weekdays = [...]string{"日", "一", "二", "三", "四", "五", "六"}

func weekdayOf(day quiz.Day) string { return "星期" + weekdays[day.Start().Weekday()] }

// dayWord is a day as people read it: 2026年12月9日 星期三.
func dayWord(day quiz.Day) string {
	y, m, d := day.Civil()
	return fmt.Sprintf("%d年%d月%d日 %s", y, m, d, weekdayOf(day))
}

func (c *Calendar) month(v *frame.Visit) error {
	if text := v.R.FormValue("day"); text != "" {
		day, err := quiz.ParseDay(text)
		if err != nil || day < firstDay || day > lastDay {
			return frame.Bad("没有“" + content.Quoted(text) + "”这一天。日期应像 2026-07-01 这样写。")
		}
		http.Redirect(v.W, v.R, dayPath(day), http.StatusSeeOther)
		return nil
	}
	first, err := monthAsked(v)
	if err != nil {
		return err
	}
	m := month{Title: monthName(first), This: monthOf(quiz.DayOf(v.Now)), Here: monthOf(first)}
	next := nextMonth(first)
	if next <= lastDay {
		m.Next = monthOf(next)
	}
	if first > firstDay {
		m.Prev = monthOf(first - 1)
	}
	cells, err := c.cells(v, first, int(next-first))
	if err != nil {
		return err
	}
	if err := c.moving(v, &m, cells); err != nil {
		return err
	}
	m.lay(cells)
	return v.Show("month.html", m.Title, m)
}

// monthAsked is the first day of the month that is asked for, else of this one.
func monthAsked(v *frame.Visit) (quiz.Day, error) {
	text := v.R.FormValue("month")
	if text == "" {
		y, m, _ := quiz.DayOf(v.Now).Civil()
		return quiz.Date(y, m, 1), nil
	}
	day, err := quiz.ParseDay(text + "-01")
	if err != nil || day < firstDay || day > lastDay {
		return 0, frame.Bad("没有“" + content.Quoted(text) + "”这个月。月份应像 2026-07 这样写。")
	}
	return day, nil
}

func monthOf(day quiz.Day) string { return day.String()[:len("2026-07")] }

func monthName(day quiz.Day) string {
	y, m, _ := day.Civil()
	return fmt.Sprintf("%d年%d月", y, m)
}

func nextMonth(first quiz.Day) quiz.Day {
	y, m, _ := first.Civil()
	return quiz.Date(y, m+1, 1)
}

// cells are n days from one on, with all that is known of each.
func (c *Calendar) cells(v *frame.Visit, from quiz.Day, n int) ([]*Cell, error) {
	ctx, last := v.Context(), from+quiz.Day(n-1)
	library, err := c.data.Library(ctx)
	if err != nil {
		return nil, err
	}
	items, err := c.data.Items(ctx)
	if err != nil {
		return nil, err
	}
	papers, err := c.data.RecentPapers(ctx, from, last)
	if err != nil {
		return nil, err
	}
	pinned, err := c.data.PinnedPapers(ctx, from, last)
	if err != nil {
		return nil, err
	}
	voids, err := c.data.Voids(ctx)
	if err != nil {
		return nil, err
	}
	drawn := map[quiz.Day]*quiz.Paper{}
	for _, p := range papers {
		drawn[p.Day] = p
	}
	today := quiz.DayOf(v.Now)
	cells := make([]*Cell, n)
	for i, d := range content.Calendar(library, items, from.Start(), n) {
		day := from + quiz.Day(i)
		_, _, number := day.Civil()
		cell := &Cell{Day: day, Number: number, Weekday: weekdayOf(day), Today: day == today, Past: day < today, CalendarDay: d, Void: voidWord(voids[day])}
		if it, ok := quiz.ToRead(library, day, drawn[day]); ok && !d.Ready {
			cell.Instead = it.Title
		}
		cell.Movable = day > today && drawn[day] == nil
		switch p := drawn[day]; {
		case p != nil:
			cell.Paper = "卷子已定，" + strconv.Itoa(len(p.Questions)) + " 题"
		case len(pinned[day]) > 0:
			cell.Paper = "已选定 " + strconv.Itoa(len(pinned[day])) + " 题"
		}
		cells[i] = cell
	}
	return cells, nil
}

func voidWord(how quiz.Void) string {
	switch how {
	case quiz.Dropped:
		return "已取消，都不计分"
	case quiz.Kept:
		return "已取消，有分的保留"
	}
	return ""
}

// lay puts the days into weeks that begin on Monday, and counts them.
func (m *month) lay(cells []*Cell) {
	week := make([]*Cell, (int(cells[0].Day.Start().Weekday())+6)%7)
	for _, cell := range cells {
		switch {
		case cell.Ready:
			m.Ready++
		case len(cell.Items) > 0:
			m.Waiting++
		default:
			m.Gaps++
		}
		if week = append(week, cell); len(week) == 7 {
			m.Weeks, week = append(m.Weeks, week), nil
		}
	}
	if len(week) > 0 {
		m.Weeks = append(m.Weeks, append(week, make([]*Cell, 7-len(week))...))
	}
}

// moving puts buttons on the days to which an item can be moved.
func (c *Calendar) moving(v *frame.Visit, m *month, cells []*Cell) error {
	id, text := v.R.FormValue("move"), v.R.FormValue("from")
	if id == "" || !v.May(account.Edit) {
		return nil
	}
	from, err := quiz.ParseDay(text)
	if err != nil {
		return frame.Bad("没有“" + content.Quoted(text) + "”这一天。")
	}
	sheet, _, ok, err := c.data.ItemSheet(v.Context(), id)
	if err != nil {
		return err
	}
	if !ok || !on(sheet.Value, from) {
		return frame.NotFound("这一天没有这一条了，可能刚刚被移走。请回到日历看一看。")
	}
	if why, err := c.fixed(v, from); err != nil || why != "" {
		return refuseMove(why, err)
	}
	items, err := c.data.Items(v.Context())
	if err != nil {
		return err
	}
	standing := func(day quiz.Day) string { return strings.Join(StandingOn(items, day), " ") }
	m.Moving = &moving{sheet.Value, from, standing(from)}
	for _, cell := range cells {
		if cell.Day == from || !cell.Movable {
			continue
		}
		cell.Goal = &goal{Name: "移到这天", There: standing(cell.Day)}
		if i := slices.IndexFunc(cell.Items, func(it content.Item) bool { return it.Kind == content.Today }); i >= 0 {
			cell.Goal = &goal{cell.Items[i].ID, "和它对调", standing(cell.Day)}
		}
	}
	return nil
}

// soon is how many days ahead gaps are looked for.
const soon = 60

type gapsView struct {
	Soon  int
	Cells []*Cell
	Until quiz.Day
}

// gaps lists the coming days without an approved item.
func (c *Calendar) gaps(v *frame.Visit) error {
	cells, err := c.cells(v, quiz.DayOf(v.Now), soon)
	if err != nil {
		return err
	}
	until := cells[len(cells)-1].Day
	cells = slices.DeleteFunc(cells, func(cell *Cell) bool { return cell.Ready })
	return v.Show("gaps.html", "近 60 天的空缺", gapsView{soon, cells, until})
}
