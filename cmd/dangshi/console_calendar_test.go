package main

import (
	"strings"
	"testing"

	"dangshi/admin/account"
	"dangshi/quiz"
)

// TestConsoleCalendar: the calendar in a browser: an item is written, approved, moved
// with two clicks and moved back, a paper is chosen, a day is looked at; members read
// what was written a moment later. What people type never becomes script.
func TestConsoleCalendar(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	p := openConsole(t, r, account.Admin)
	today := quiz.DayOf(r.now())
	tomorrow := today + 1

	p.open("/admin/calendar?month=" + tomorrow.String()[:7])
	p.says("这个月有已批准条目")
	p.accessible()
	p.picture("calendar-month")
	p.open("/admin/calendar/gaps")
	p.accessible()
	p.open("/admin/calendar/items?kind=story")
	p.accessible()
	p.picture("calendar-list")

	hostile := `<script>alert(1)</script>"><img src=x onerror=alert(2)>`
	p.open("/admin/calendar/new?date=" + today.String())
	p.accessible()
	p.fill("#title", hostile)
	p.fill("#text", "第一段。")
	p.wait("the preview is there", `document.querySelector("#checked .message")?.innerText.includes("第一段。")`)
	p.fill("#year", "很久以前")
	p.wait("the fault is there", `document.querySelector("#year").getAttribute("aria-invalid") && document.querySelector("#item .fault.small")?.innerText.includes("年份") && document.querySelector("#checked .fault")`)
	p.picture("calendar-write")
	p.fill("#year", "1921")
	p.wait("the fault is gone", `!document.querySelector("#checked .fault")`)
	p.click("button[value=approved]")
	p.says("已批准", hostile, "各版", "1921年")
	p.accessible()
	p.picture("calendar-item")
	p.open("/admin/calendar/" + today.String())
	p.says(hostile, "学员发口令时", "还没有出卷")
	p.accessible()
	p.picture("calendar-day")
	eventually(t, "a member reads it", func() bool {
		return strings.Contains(say(t, r.client(), "oCalendar", "今天"), "第一段。")
	})

	p.open("/admin/calendar/" + tomorrow.String())
	p.click(`a[href*="move="]`)
	p.says("移到哪一天")
	p.accessible()
	p.picture("calendar-move")
	if tomorrow.String()[:7] != (tomorrow + 1).String()[:7] {
		p.click(`a[rel=next]`)
	}
	p.click(`button[aria-label^="` + (tomorrow + 1).String() + `"]`)
	p.says("对调了")
	p.click(".note button")
	p.says("对调了")

	p.open("/admin/calendar/paper/" + tomorrow.String())
	p.accessible()
	p.click(".found button")
	p.click(".found button")
	p.says("选好的 2 题")
	p.accessible()
	p.picture("calendar-paper")
	p.click("form[method=post] button.main")
	p.says("选好了", "已选定")

	p.open("/admin/calendar/void/" + today.String())
	p.accessible()
	p.tap("input[value=drop]")
	p.click("form[method=post] button.main")
	p.wait("the preview is there", `document.querySelector(".confirm")`)
	p.says("取消，人人不计这一天的分", "没有谁的成绩会变")
	p.accessible()
	p.picture("calendar-void")

	p.become(account.Staff)
	p.open("/admin/calendar/" + tomorrow.String())
	if eval[bool](p.phonePage, `!!document.querySelector('a[href*="/new"], a[href*="move="], a[href*="/paper/"], a[href*="/void/"]')`) {
		t.Error("staff are offered what they may not do")
	}
	p.open("/admin/calendar/items/today-" + tomorrow.MonthDay())
	p.accessible()
}
