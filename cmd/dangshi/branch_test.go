package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/content/files"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// TestBranchCommands: a tree is checked, loaded and loaded again; a running serve
// uses it without a restart; what is not in the file any more is refused where
// members belong to it, or retired; the export loads as it is. Who changed it is in
// the audit log, as is who turned the push off.
func TestBranchCommands(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile("支部.csv", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := func(code int, say string, args ...string) string {
		t.Helper()
		got, out, errs := run(t, args...)
		if got != code || !strings.Contains(out+errs, say) {
			t.Errorf("%v: exit %d\n%s%s", args, got, out, errs)
		}
		return out
	}
	write("编号,名称,上级\ndw1,党工委,\nzb1,第一支部,党工委\nzb2,对,dw1\n")
	want(exitUsage, "第4行 [名称]: 名称“对”会被当成答案", "branch", "load", "支部.csv")
	write("编号,名称,上级\ndw1,党工委,\nzb1,第一支部,党工委\nzb2,第二支部,dw1\n")
	want(exitDone, "什么也没有写", "branch", "load", "--dry-run", "支部.csv")
	if _, err := os.Stat("data"); err == nil {
		t.Error("a dry run left data behind")
	}
	want(exitUsage, "支部.xlsx", "branch", "load", "支部.xlsx")

	if err := os.WriteFile("dangshi.yaml", []byte("branches: {zb1: 旧名字, zb9: 另一个支部}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, defaults())
	say := func(text string, key int64) string {
		now := r.bot.Now()
		return r.bot.Handle(t.Context(), bot.Message{From: "oMember", ID: key, Kind: bot.Text, Text: text, Sent: now.Unix()}).Text
	}
	if got := say("zb2", 1); strings.Contains(got, "第二支部") {
		t.Fatalf("before it was loaded: %s", got)
	}
	want(exitDone, "新增 3 个", "branch", "load", "支部.csv")
	want(exitDone, "没有变化，什么也没有写", "branch", "load", "支部.csv")
	joined := ""
	for key := int64(2); key < 2000 && !strings.Contains(joined, "第二支部"); key++ {
		joined = say("zb2", key)
		time.Sleep(10 * time.Millisecond)
	}
	if !strings.Contains(joined, "第二支部") {
		t.Fatalf("serve does not see what was loaded: %s", joined)
	}
	list := want(exitDone, "共 4 个支部", "branch", "list")
	if list != "党工委  dw1\n  第一支部  zb1\n  第二支部  zb2\n另一个支部  zb9\n" {
		t.Errorf("the list:\n%s", list)
	}
	write("编号,名称\ndw1,党工委\n")
	want(exitUsage, "zb2 党工委/第二支部（1 人）", "branch", "load", "支部.csv")
	want(exitDone, "说明：dangshi.yaml 的 branches 把 zb1 叫作“旧名字”", "branch", "load", "--dry-run", writeBranches(t, "编号,名称\nzb1,第一支部\nzb2,第二支部\n"))
	want(exitDone, "停用 1 个", "branch", "load", "--retire", "--by", "刘主任", "支部.csv")
	want(exitDone, "第二支部  zb2  停用", "branch", "list")

	for _, format := range []string{"xlsx", "csv"} {
		want(exitDone, "导出 4 个支部", "branch", "export", "--format", format, "-o", "out."+format)
		f, err := os.Open("out." + format)
		if err != nil {
			t.Fatal(err)
		}
		back, err := files.ReadBranches("out", f)
		f.Close()
		if err != nil || back.Err() != nil || len(back.Branches) != 4 {
			t.Errorf("%s: %v %v %+v", format, err, back.Err(), back.Branches)
		}
	}
	want(exitDone, "已关闭", "push", "off", "--by", "刘主任")
	want(exitDone, "已关闭", "push", "off") // nothing changes: no line
	did, all := memberActs(t, r)
	if got := strings.Join(did, " "); got != "branch.load branch.load push.switch" || !strings.Contains(all, "push.switch 刘主任   off\nbranch.load 刘主任   新增 0 个") {
		t.Errorf("the audit log: %s\n%s", got, all)
	}
}

func writeBranches(t *testing.T, text string) string {
	t.Helper()
	if err := os.WriteFile("另.csv", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return "另.csv"
}

// TestPrizes: the list names people, leaves its line in the audit log, and says how
// to find those without a name.
func TestPrizes(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	ids := rank(t, r, 6)
	l, err := r.data.Load(t.Context(), ids[0], 0)
	if err != nil {
		t.Fatal(err)
	}
	l.Record.Member.Name, l.Record.Member.Branch = "", ""
	if _, err := r.data.Commit(t.Context(), ids[0], quiz.Change{Record: l.Record}); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(t, "board", "prizes", "--by", "刘主任"); code != exitUsage || !strings.Contains(errs, "reason") {
		t.Errorf("without a reason: %d %s", code, errs)
	}
	code, out, errs := run(t, "board", "prizes", "--by", "刘主任", "--reason", "年终颁奖", "--top", "4", "--format", "csv")
	if code != exitDone || strings.Count(out, "\n") != 5 || strings.Contains(out, ids[1]) || !strings.Contains(out, "没有登记姓名和支部") || !strings.Contains(errs, "其中 1 人没有登记姓名") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if code, out, _ := run(t, "board", "prizes", "--by", "刘主任", "--reason", "寄送", "--format", "csv", "--with-openid"); code != exitDone || !strings.Contains(out, ids[1]) {
		t.Errorf("with openids: exit %d\n%s", code, out)
	}
	write(t, "dangshi.yaml", "honours: {top: 3}\n") // as many as will be named, and who is equal to the last
	if code, _, errs := run(t, "board", "prizes", "--by", "刘主任", "--reason", "颁奖", "-o", "名单.xlsx"); code != exitDone {
		t.Errorf("exit %d: %s", code, errs)
	}
	if rows := sheetOf(t, "名单.xlsx", 0); len(rows) != 5 || rows[0][1] != "姓名" {
		t.Errorf("%v", rows)
	}
	var lines []string
	if err := r.data.EachAudited(t.Context(), func(a store.Audited) bool {
		lines = append(lines, fmt.Sprint(a.Did, " ", a.By, " ", a.Why, " ", a.More, " ", a.At.IsZero()))
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(lines, "\n"); got != "board.prizes 刘主任 颁奖 4 人 false\nboard.prizes 刘主任 寄送 6 人，含 openid false\nboard.prizes 刘主任 年终颁奖 4 人 false" {
		t.Errorf("the audit log:\n%s", got)
	}
}

// TestExplain: day by day and what tells a member from those beside it; of several
// with one name, one is asked for.
func TestExplain(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	ids := rank(t, r, 8)
	name := pseudonym(r, ids[2])
	code, out, errs := run(t, "board", "explain", name)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, want := range []string{
		"编号 " + name, "✗ ✓ ✓ ✓ ✓", "合计：积分 88，完成 1 天，最长连续 1 天，答对 4/5 题。", "第 3 名，共 8 人上榜", "← 这名学员",
		"积分多 12 分", "积分少 12 分", "都相同，并列",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
	for _, line := range strings.Split(out, "\n") {
		if cells(line) > 80 {
			t.Errorf("too long for a terminal (%d): %s", cells(line), line)
		}
	}
	if strings.Contains(out, ids[2]) || strings.Contains(out, ids[3]) {
		t.Error("openids are shown")
	}
	if code, out, errs := run(t, "board", "explain", ids[2], "--format", "csv", "-o", "days.csv"); code != exitDone || out != "" {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	table, err := os.ReadFile("days.csv")
	if err != nil || strings.Count(string(table), "\r\n") != 6 || strings.Count(string(table), ",错,88,88,1,0,1,") != 1 || strings.Count(string(table), ",对,88,88,1,0,1,") != 4 {
		t.Errorf("%v\n%s", err, table)
	}
	if code, _, errs := run(t, "board", "explain", "=张三"); code != exitUsage || !strings.Contains(errs, "请写编号") || !strings.Contains(errs, pseudonym(r, ids[5])) {
		t.Errorf("of several: exit %d: %s", code, errs)
	}
	if code, _, errs := run(t, "board", "explain", "没有这个人"); code != exitUsage || !strings.Contains(errs, "没有找到") {
		t.Errorf("of nobody: exit %d: %s", code, errs)
	}
}

// TestClosedRanking: once a season is closed, the export has the places and lots of
// the draw, the list for prizes those who won, and what decided is explained.
func TestClosedRanking(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	write(t, "dangshi.yaml", "honours: {top: 5}\n")
	r := start(t, defaults())
	rank(t, r, 8) // two members with each score: the fifth place is drawn
	season, _ := quiz.Seasons(nil).At(quiz.DayOf(r.bot.Now()))
	if err := r.data.SetClockOffset(t.Context(), time.Until((season.To + 1).Start().Add(quiz.Grace+3*time.Minute))); err != nil {
		t.Fatal(err)
	}
	r.stop()
	mustRun(t, "season", "commit")
	mustRun(t, "season", "close", "--entropy", "7")
	out, _ := mustRun(t, "board", "export", "--season", season.ID, "--top", "0", "--format", "csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 9 {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, row := range rows[1:] {
		place := min(i+1, 7) // the last two share theirs, nobody drew lots for them
		if row[0] != strconv.Itoa(place) || (row[8] == "") != (i >= 6) {
			t.Errorf("row %d: %v", i+1, row)
		}
	}
	if out, _ := mustRun(t, "board", "prizes", "--season", season.ID, "--by", "刘主任", "--reason", "颁奖", "--format", "csv"); strings.Count(out, "\n") != 6 {
		t.Errorf("prizes:\n%s", out)
	}
	if out, _ := mustRun(t, "board", "explain", rows[6][1], "--season", season.ID); !strings.Contains(out, "第 6 名，共 8 人上榜") ||
		!strings.Contains(out, "都相同，抽签在前") || !strings.Contains(out, "不在荣誉名单上") || !strings.Contains(out, rows[5][8]) {
		t.Errorf("who drew in vain:\n%s", out)
	}
	if out, _ := mustRun(t, "board", "explain", rows[5][1], "--season", season.ID); !strings.Contains(out, "荣誉名单第 5 名") || !strings.Contains(out, "都相同，抽签在后") {
		t.Errorf("who drew the last place:\n%s", out)
	}
	mustRun(t, "board", "export", "--season", season.ID, "-o", "board.xlsx")
	if notes := fmt.Sprint(sheetOf(t, "board.xlsx", 2)); !strings.Contains(notes, "已经结赛") {
		t.Errorf("notes: %s", notes)
	}
}
