package main

import (
	"testing"

	"dangshi/admin/account"
	"dangshi/quiz"
)

// TestConsoleCalendar: the pages of the calendar in a browser: an item is written and
// approved, moved and moved back, a paper is chosen, and the member gets both.
func TestConsoleCalendar(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	p := openConsole(t, r, account.Admin)
	today := quiz.DayOf(r.now())

	p.open("/admin/calendar")
	p.says("这个月有已批准条目")
	p.accessible()
	p.picture("calendar-month")
	p.open("/admin/calendar/gaps")
	p.accessible()
	p.open("/admin/calendar/" + today.String())
	p.says("学员发口令时", "还没有出卷")
	p.accessible()
	p.picture("calendar-day")
	p.open("/admin/calendar/items?kind=story")
	p.accessible()
	p.picture("calendar-list")
	p.open("/admin/calendar/new?date=" + (today + 1).MonthDay())
	p.accessible()
	p.fill("#title", `<script>alert(1)</script>"><img src=x onerror=alert(2)>`)
	p.fill("#text", "第一段。")
	p.wait("the preview is there", `document.querySelector("#checked .message")`)
	p.picture("calendar-write")
	p.click("button[value=approved]")
	p.says("已批准", "<script>alert(1)</script>", "各版")
	p.accessible()
	p.picture("calendar-item")
	p.open("/admin/calendar/paper/" + (today + 1).String())
	p.accessible()
	p.picture("calendar-paper")
}
