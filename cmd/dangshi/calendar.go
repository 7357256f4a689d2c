package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// contentCalendarCmd shows which days have an item.
type contentCalendarCmd struct {
	Year   int  `help:"年份；不设则为今年。" placeholder:"YYYY"`
	Month  int  `help:"只看一个月（1到12）；不设则为全年。" placeholder:"M" env:"DANGSHI_CALENDAR_MONTH"`
	Titles bool `help:"列出每一天的标题。"`
}

// Run is the command.
func (c *contentCalendarCmd) Run(a *app) (err error) {
	if c.Month < 0 || c.Month > 12 {
		return usagef("--month：应为 1 到 12，现在是 %d", c.Month)
	}
	if c.Year != 0 && (c.Year < 2000 || c.Year > content.LastYear) {
		return usagef("--year：应为 2000 到 %d，现在是 %d", content.LastYear, c.Year)
	}
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	year := c.Year
	if year == 0 {
		now, err := d.now(a.ctx)
		if err != nil {
			return err
		}
		year, _, _ = quiz.DayOf(now).Civil()
	}
	items, err := d.Items(a.ctx)
	if err != nil {
		return err
	}
	library, err := libraryNow(a.ctx, d.Store)
	if err != nil {
		return err
	}
	first, months := time.January, 12
	if c.Month > 0 {
		first, months = time.Month(c.Month), 1
	}
	var all []content.CalendarDay
	for m := range months {
		begin := time.Date(year, first+time.Month(m), 1, 0, 0, 0, 0, time.UTC)
		days := content.Calendar(library, items, begin, begin.AddDate(0, 1, -1).Day())
		all = append(all, days...)
		if c.Titles {
			printTitles(a.out, days)
		} else {
			printMonth(a.out, begin, days)
		}
	}
	printCoverage(a.out, all)
	return nil
}

// now is the time of the product: of the sandbox's clock where the data are a
// sandbox's.
func (d *data) now(ctx context.Context) (time.Time, error) {
	if !d.Sandbox() {
		return time.Now(), nil
	}
	offset, err := d.ClockOffset(ctx)
	return time.Now().Add(offset), err
}

// mark tells what is to be done for a day; one with an approved item alone has
// none.
func mark(d content.CalendarDay) string {
	switch {
	case d.Ready && len(d.Newer) == 0:
		return "  "
	case d.Ready || len(d.Items) > 0:
		return "草"
	}
	return "缺"
}

// printMonth prints a month in weeks that begin on Monday.
func printMonth(out io.Writer, begin time.Time, days []content.CalendarDay) {
	fmt.Fprintf(out, "%s\n一    二    三    四    五    六    日\n", begin.Format("2006年1月"))
	column := (int(begin.Weekday()) + 6) % 7
	line := strings.Repeat("      ", column)
	for i, d := range days {
		line += fmt.Sprintf("%2d%s  ", i+1, mark(d))
		if column = (column + 1) % 7; column == 0 || i == len(days)-1 {
			fmt.Fprintln(out, strings.TrimRight(line, " "))
			line = ""
		}
	}
	fmt.Fprintln(out)
}

func printTitles(out io.Writer, days []content.CalendarDay) {
	for _, d := range days {
		if len(d.Items) == 0 {
			fmt.Fprintf(out, "%s 缺\n", d.Date)
		}
		ready := map[bool]string{true: "  ", false: "草"}[d.Ready]
		for _, it := range d.Items {
			fmt.Fprintf(out, "%s %s %s\n", d.Date, ready, content.Plain(it.Title))
		}
		for _, it := range d.Newer {
			fmt.Fprintf(out, "%s 草 %s\n", d.Date, content.Plain(it.Title))
		}
	}
}

func printCoverage(out io.Writer, days []content.CalendarDay) {
	var ready, newer, drafts, gaps int
	for _, d := range days {
		switch {
		case d.Ready:
			ready++
			newer += number(len(d.Newer) > 0)
		case len(d.Items) > 0:
			drafts++
		default:
			gaps++
		}
	}
	fmt.Fprintf(out, "共 %d 天：有已批准的条目 %d 天；草：只有未批准的 %d 天", len(days), ready, drafts)
	if newer > 0 {
		fmt.Fprintf(out, "，已批准的在用、另有改稿待审的 %d 天", newer)
	}
	fmt.Fprintf(out, "；缺：没有条目 %d 天。\n", gaps)
}
