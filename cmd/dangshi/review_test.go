package main

import (
	"fmt"
	"strings"
	"testing"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// announced is what serve says at its start.
func announced(t *testing.T, r *replica) string {
	t.Helper()
	var out strings.Builder
	a := *r.app
	a.out = &out
	if err := a.announceStarter(r.service, func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestUnreviewedReachesNobody: on a real account nothing of the pack reaches
// members, by any path, until the organisation has approved it; then all does.
func TestUnreviewedReachesNobody(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	s, api := realAccount(t)
	r := start(t, s)
	c := r.client()
	today := quiz.DayOf(r.bot.Now())
	command := func(code int, args string, words ...string) string {
		t.Helper()
		got, out, errs := run(t, flags(s, strings.Fields(args)...)...)
		if got != code {
			t.Errorf("dangshi %s: exit %d: %s%s", args, got, out, errs)
		}
		mustSay(t, out+errs, words...)
		return out
	}
	mustSay(t, announced(t, r), "没有审核", "bank approve --starter --by", "content approve --starter --by", "警告：现在没有已批准的题")
	for word, want := range map[string]string{"答题": "题目还在准备", "今天": "今天还没有内容", "百问": "还在准备", "故事": "还在准备", "错题": "答错的题"} {
		mustSay(t, say(t, c, "oEarly", word), want)
	}
	if p, err := r.bot.IssuePaper(t.Context(), today); p != nil || err != nil {
		t.Errorf("a paper of what nobody approved: %v %v", p, err)
	}
	command(exitFailed, "push", "没有已批准的")
	out := command(exitFailed, "doctor") // its Redis keeps nothing
	mustSay(t, out, "还没有已批准的题", "道题没有审核：新放入的不会发给学员")

	command(exitUsage, "bank approve --by 审核员", "请写明管哪些")
	command(exitUsage, "bank approve --starter", "--by")
	out = command(exitDone, "bank approve --starter --by 审核员 --dry-run", "草稿 → 已批准", "这是试运行")
	mustSay(t, say(t, c, "oEarly", "答题"), "题目还在准备")
	command(exitDone, "bank approve --starter --by 审核员", strings.Split(out, "\n")[0], "已写入，署名 审核员")
	command(exitDone, "content approve --starter --by 审核员", "草稿 → 已批准")
	eventually(t, "the first question", func() bool { return strings.Contains(say(t, c, "oEarly", "答题"), "第1题") })
	for word, want := range map[string]string{"今天": "【党史上的今天】", "百问": "【党史百问】", "故事": "【党史小故事】"} {
		mustSay(t, say(t, c, "oLate", word), want)
	}
	command(exitDone, "push on")
	command(exitDone, "push", "已发出")
	if drafts, err := api.Drafts(t.Context()); err != nil || len(drafts) != 1 {
		t.Errorf("%d drafts, %v", len(drafts), err)
	}
	if told := announced(t, r); told != "" {
		t.Errorf("all is reviewed, and serve says\n%s", told)
	}
	command(exitFailed, "doctor", "✔ 自带的内容：都审过了。")

	// What is retired is gone: from practice and from the papers to come as well.
	command(exitUsage, "bank retire --all --by 审核员", "加 --yes")
	command(exitDone, "bank retire --all --by 审核员 --yes", "已批准 → 停用")
	command(exitDone, "content retire --all --by 审核员 --yes")
	eventually(t, "the items to go", func() bool { return strings.Contains(say(t, c, "oLate", "今天"), "今天还没有内容") })
	if p, err := r.bot.IssuePaper(t.Context(), today+1); p != nil || err != nil {
		t.Errorf("a paper of what was retired: %v %v", p, err)
	}
	mustSay(t, say(t, c, "oEarly", "答题"), "第1题") // today's paper was issued and stays
}

// TestSandboxUsesThePack: it says what is to be reviewed, and works at once; once
// it is reviewed serve says nothing of it.
func TestSandboxUsesThePack(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	r := start(t, defaults())
	mustSay(t, announced(t, r), "自带的入门内容", "请本单位审核")
	mustSay(t, say(t, r.client(), "oA", "答题"), "第1题")
	mustRun(t, "content", "approve", "--starter", "--by", "审核员")
	out, _ := mustRun(t, "bank", "approve", "--starter", "--by", "审核员")
	mustSay(t, out, "已批准，加签名")
	if told := announced(t, r); told != "" {
		t.Errorf("serve says\n%s", told)
	}
	out, _ = mustRun(t, "bank", "approve", "--starter", "--by", "审核员")
	mustSay(t, out, "已批准，不用改", "没有要改的，什么也没有写")
}

// TestReviewOfTwo is the way of a question where two people have to sign, as they
// see it.
func TestReviewOfTwo(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	write(t, "dangshi.yaml", "review: {signatures: 2}\n")
	out, _ := mustRun(t, "bank", "load", "--by", "李娟", fileOf(t, "new.jsonl", judges("n", 3)))
	mustSay(t, out, "新增和有改动的，载入后：已审 3", "文件里写“已批准”“已审”的，由 李娟 署名", "批准要 2 个不同的人签名", "3 条先记为“已审”")
	if out, _ := mustRun(t, "bank", "load", "--by", "李娟", "new.jsonl"); !strings.Contains(out, "没有变化，什么也没有写") {
		t.Error(out)
	}
	out, _ = mustRun(t, "bank", "approve", "--id", "n-0,n-1", "--by", "李娟")
	want := `批准：选中 2 道，要改 0 道。
  还差一个人：李娟已签过名，要另一个人批准  2
其中学员用得到的：现在 0 道，以后 0 道。
批准要 2 个不同的人签名（设置 review）。

没有要改的，什么也没有写。
`
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	out, _ = mustRun(t, "bank", "approve", "--state", "已审", "--id", "n-0,n-1", "--by", "王芳")
	want = `批准：选中 2 道，要改 2 道。
  已审 → 已批准  2
其中学员用得到的：现在 0 道，以后 2 道。

已写入，署名 王芳。正在运行的 serve 马上就会用上；今天的题要是已经出好，就不再变。
`
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	write(t, "edit.csv", "编号,题型,题干,答案\nn-0,判断,n 第0题还对吗？,错\n")
	out, _ = mustRun(t, "bank", "load", "--by", "李娟", "edit.csv")
	mustSay(t, out, "文件里没有“解析”，已有的 1 道照旧", "注意：有 1 条原来已批准，改动后要重新审核；批准以前，学员用的还是原来那一版。")
	out, _ = mustRun(t, "bank", "history", "n-0")
	for _, want := range []string{"第1版 已审    ", " 李娟（签名：李娟 ", "第1版 已批准  ", " 王芳（签名：李娟 ", "、王芳 ", "第2版 草稿    ",
		"    题干：n 第0题对吗？ → n 第0题还对吗？\n    答案：对 → 错\n", "学员现在用的是第1版。"} {
		mustSay(t, out, want)
	}
	mustFail(t, exitUsage, []string{"bank", "history", "no-such"}, "题库里没有题目 no-such")
	mustFail(t, exitUsage, []string{"bank", "review", "--id", "no-such", "--by", "王芳"}, "没有这些编号：no-such")
	mustFail(t, exitUsage, []string{"bank", "review", "--state", "好", "--by", "王芳"}, "没有“好”这种状态")
	mustFail(t, exitUsage, []string{"content", "review", "--kind", "书", "--by", "王芳"}, "没有“书”这一种")
	mustFail(t, exitUsage, []string{"bank", "review", "--all", "--by", " "}, "--by", "姓名")
	write(t, "dangshi.yaml", "review: {signatures: 3}\n")
	mustFail(t, exitUsage, []string{"bank", "list"}, "review", "现在是 3")
}

// TestAdviceIsGivenOnce, with how many questions it is about.
func TestAdviceIsGivenOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	var table strings.Builder
	table.WriteString("题干,答案\n")
	for i := range 5 {
		fmt.Fprintf(&table, "第%d题是对的吗？,对\n", i)
	}
	out, _ := mustRun(t, "bank", "load", "--dry-run", fileOf(t, "bank.csv", table.String()))
	if n := strings.Count(out, "建议写一句解析"); n != 1 {
		t.Errorf("it is given %d times:\n%s", n, out)
	}
	mustSay(t, out, "bank.csv 第2行 [解析]: 建议写一句解析，答完以后会显示（这样的题共 5 道，这是第一道）")
}

// TestColumnsThatLack: what a table has no column for stays, an empty cell empties.
func TestColumnsThatLack(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	mustRun(t, "bank", "load", fileOf(t, "bank.jsonl", bankLines))
	explained := func() string {
		export, _ := mustRun(t, "bank", "export")
		for line := range strings.Lines(export) {
			if strings.HasPrefix(line, `{"id":"t-3"`) {
				return line
			}
		}
		t.Fatal("t-3 is gone")
		return ""
	}
	mustRun(t, "bank", "load", fileOf(t, "explained.csv", "编号,题型,题干,答案,解析\nt-3,判断,一大在上海开幕。,对,后来转到嘉兴。\n"))
	mustSay(t, explained(), `"explain":"后来转到嘉兴。"`)
	mustRun(t, "bank", "load", fileOf(t, "without.csv", "编号,题型,题干,答案\nt-3,判断,一大在上海开幕！,对\n"))
	mustSay(t, explained(), `"explain":"`, `一大在上海开幕！`)
	mustRun(t, "bank", "load", fileOf(t, "empty.csv", "编号,题型,题干,答案,解析\nt-3,判断,一大在上海开幕！,对,\n"))
	if after := explained(); strings.Contains(after, `"explain":"`) {
		t.Errorf("an empty cell keeps %s", after)
	}
}
