package today

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// TestFigures: they are compared with the same time of the day before, where that is
// known.
func TestFigures(t *testing.T) {
	now := quiz.Activity{Messages: 12345, Begun: 30, Answered: 100, Right: 75, Finished: 20, New: 3}
	noon := quiz.Date(2026, 5, 5).Start().Add(12 * time.Hour)
	told := func(all []figure) (lines []string) {
		for _, f := range all {
			lines = append(lines, f.Name+" "+f.Value+" "+f.More)
		}
		return lines
	}
	if got, want := told(figures(now, quiz.ActivityDay{}, noon)), []string{"开始答题（人） 30 ", "答完（人） 20 ", "正确率 75.0% 答了 100 题", "新学员 3 ", "收到的消息 12,345 "}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	var yesterday quiz.ActivityDay
	yesterday.Hours[11] = quiz.Activity{Messages: 7, Begun: 6}
	yesterday.Hours[12] = quiz.Activity{Messages: 2, Answered: 4, Right: 3}
	got := told(figures(quiz.Activity{}, yesterday, noon.Add(30*time.Minute)))
	if want := []string{"开始答题（人） 0 昨天此时约 6", "答完（人） 0 昨天此时约 0", "正确率 — 答了 0 题；昨天全天 75.0%", "新学员 0 昨天此时约 0", "收到的消息 0 昨天此时约 8"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestByHour: what is yet to come is no figure, and a day before that was not counted
// is no line.
func TestByHour(t *testing.T) {
	day := quiz.Date(2026, 5, 5)
	today, yesterday := quiz.ActivityDay{Day: day}, quiz.ActivityDay{Day: day - 1}
	today.Hours[8].Answered = 5
	c := byHour(today, yesterday, 9)
	if len(c.Series) != 1 || c.Series[0].Values[8] != 5 || c.Series[0].Values[9] != 0 || c.Series[0].Values[10] == c.Series[0].Values[10] { // no number equals itself but NaN
		t.Errorf("%+v", c.Series)
	}
	yesterday.Hours[23].Answered = 2
	if c = byHour(today, yesterday, 9); len(c.Series) != 2 || c.Series[1].Values[23] != 2 {
		t.Errorf("%+v", c.Series)
	}
}

// shelf is a library for days.
type shelf struct {
	Data
	items []content.Item
}

func (s shelf) Library(context.Context) (*content.Library, error) {
	return content.NewLibrary(s.items, nil), nil
}

func (s shelf) Items(context.Context) ([]content.Item, error) { return s.items, nil }

// TestDays: each of the coming days with its item, what waits, or what is sent instead.
func TestDays(t *testing.T) {
	from := quiz.Date(2026, 12, 30)
	item := func(id, date, title string, state content.State) content.Item {
		return content.Item{ID: id, Kind: content.Today, Date: date, Title: title, Text: "正文", State: state}
	}
	x := New(shelf{items: []content.Item{
		item("a", "12-30", "甲", content.Approved), item("b", "2026-12-30", "新的", content.Draft), item("c", "01-01", "丙", content.Draft),
		{ID: "f", Kind: content.QA, Title: "百问一", Text: "正文", State: content.Approved},
	}})
	days, err := x.days(t.Context(), from)
	if err != nil || len(days) != soon {
		t.Fatalf("%d days, %v", len(days), err)
	}
	for i, want := range map[int]day{
		0: {Date: "2026-12-30", Short: "12月30日", Weekday: "星期三", Ready: true, Title: "甲", Waiting: 1},
		1: {Date: "2026-12-31", Short: "12月31日", Weekday: "星期四", Title: "百问一", Instead: true},
		2: {Date: "2027-01-01", Short: "1月1日", Weekday: "星期五", Title: "百问一", Instead: true, Waiting: 1},
	} {
		if days[i] != want {
			t.Errorf("%+v, want %+v", days[i], want)
		}
	}
	if days, err = New(shelf{}).days(t.Context(), from); err != nil || days[3].Title != "" || days[3].Ready {
		t.Errorf("of an empty library: %+v, %v", days[3], err)
	}
}

// TestCheckupByRole: who may mend something is told of it, the worst first; the rest is
// for who governs.
func TestCheckupByRole(t *testing.T) {
	c := Checkup{At: time.Date(2026, 5, 5, 1, 2, 3, 0, time.UTC), Findings: []Finding{
		{Doubt, "党史上的今天", "缺一天"}, {Fine, "设置", "都合用"}, {Unseen, "安全模式", "没有看"}, {Broken, "每日推送", "没发出"}, {Loses, "磁盘", "快满了"},
	}}
	for role, want := range map[account.Role]string{
		account.Admin:  "磁盘、每日推送 /admin/push、党史上的今天 /admin/calendar",
		account.Editor: "党史上的今天 /admin/calendar",
		account.Staff:  "",
	} {
		x := c.view(&frame.Visit{Who: account.Account{Role: role}})
		var told []string
		for _, f := range x.Findings {
			line := f.About
			if f.Mend != nil {
				line += " " + f.Mend.Path
			}
			told = append(told, line)
		}
		if got := strings.Join(told, "、"); got != want || x.Fine != 1 || x.At != "09:02:03" {
			t.Errorf("%s is told %s at %s, want %s", role, got, x.At, want)
		}
	}
}
