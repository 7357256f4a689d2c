package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// TestContentCalendar: a month with a day that waits for review and one that has
// nothing.
func TestContentCalendar(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	write(t, "items.jsonl", `{"date":"02-10","title":"还是草稿","text":"正文"}
{"date":"02-11","title":"停用了","text":"正文","state":"retired"}
{"date":"2028-02-29","title":"闰年的这一天","text":"正文","state":"approved"}
`)
	mustRun(t, "content", "load", "items.jsonl")
	out, _ := mustRun(t, "content", "calendar", "--year", "2028", "--month", "2")
	want := `2028年2月
一    二    三    四    五    六    日
       1     2     3     4     5     6
 7     8     9    10草  11缺  12    13
14    15    16    17    18    19    20
21    22    23    24    25    26    27
28    29

共 29 天：有已批准的条目 28 天；草：只有未批准的 0 天，已批准的在用、另有改稿待审的 1 天；缺：没有条目 1 天。
`
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	out, _ = mustRun(t, "content", "calendar", "--year", "2028", "--month", "2", "--titles")
	mustSay(t, out, "2028-02-10    ", "\n2028-02-10 草 还是草稿\n2028-02-11 缺\n2028-02-12    ", "2028-02-29    闰年的这一天\n")
	out, _ = mustRun(t, "content", "calendar", "--year", "2027")
	mustSay(t, out, "2027年1月\n", "2027年12月\n", "共 365 天：有已批准的条目 364 天；草：只有未批准的 0 天，已批准的在用、另有改稿待审的 1 天；缺：没有条目 1 天。")
	mustRun(t, "content", "retire", "--id", "today-02-10", "--by", "审核员")
	mustRun(t, "content", "reopen", "--id", "today-02-10", "--by", "审核员")
	out, _ = mustRun(t, "content", "calendar", "--year", "2027", "--month", "2")
	mustSay(t, out, " 10草 ", "共 28 天：有已批准的条目 26 天；草：只有未批准的 1 天；缺：没有条目 1 天。")
	mustFail(t, exitUsage, []string{"content", "calendar", "--month", "13"}, "--month", "1 到 12", "13")
	mustFail(t, exitUsage, []string{"content", "calendar", "--year", "26"}, "--year", "2000 到 2100", "26")
}

// TestContentCalendarOfTheSandbox: which year it is, its clock says.
func TestContentCalendarOfTheSandbox(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_REDIS_URL", servers.Redis(t).URL)
	mustRun(t, "bank", "load", fileOf(t, "bank.jsonl", bankLines))
	data, err := store.Open(t.Context(), store.Options{URL: os.Getenv("DANGSHI_REDIS_URL"), Existing: true})
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	const moved = 3 * 366 * 24 * time.Hour
	if err := data.SetClockOffset(t.Context(), moved); err != nil {
		t.Fatal(err)
	}
	year, _, _ := quiz.DayOf(time.Now().Add(moved)).Civil()
	if out, _ := mustRun(t, "content", "calendar"); !strings.HasPrefix(out, fmt.Sprintf("%d年1月\n", year)) {
		t.Errorf("in %d it shows\n%.200s…", year, out)
	}
}
