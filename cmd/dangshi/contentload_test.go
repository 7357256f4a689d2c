package main

import (
	"os"
	"strings"
	"testing"

	"dangshi/store/storetest"

	"golang.org/x/text/encoding/simplifiedchinese"
)

const itemLines = `{"date":"12-01","year":1949,"title":"有题的一天","text":"第一段。\n第二段。","source":"某书","grade":"official","state":"approved","question":{"type":"judge","stem":"配套的题对吗？","answer":"T","explain":"对。"}}
{"id":"qa-own","kind":"qa","title":"一问","text":"一答","state":"reviewed"}
{"id":"story-own","kind":"story","title":"一个故事","text":"正文"}
`

// TestContentLoad: items and the questions in them are one load.
func TestContentLoad(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	write(t, "items.jsonl", itemLines)
	write(t, "gbk.csv", encode(t, simplifiedchinese.GBK, "日期,标题,正文,题目编号,状态\r\n12月2日,表格里的一天,正文。,no-such,已批准\r\n2031/12/3,只在那一年,正文。,,草稿\r\n"))
	want := `      新增  有改动  没有变化  重复
条目     3       2         0     0
题目     0       1         0     0
有问题的行：0
新增和有改动的，载入后：草稿 2，已审 1，已批准 3
文件里写“已批准”“已审”的，由 审核员 署名。
文件里没有“年份”“分类”“来源”“链接”“来源等级”，已有的 1 条照旧；要清空，请加上这一列，格子空着。

有改动：
  items.jsonl 第1行 条目 today-12-01：分类、年份、来源、标题、正文、链接
  gbk.csv 第2行 条目 today-12-02：标题、正文、题目编号
  items.jsonl 第1行 题目 today-12-01：分类、来源、答案、解析、选项、链接、题型、题干

没有配套的题：
  gbk.csv 第2行 条目 today-12-02：题库里没有题目 no-such
`
	got, _ := mustRun(t, "content", "load", "--by", "审核员", "--dry-run", "items.jsonl", "gbk.csv")
	if got != want+"\n这是试运行，什么也没有写。\n" {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, err := os.Stat("data"); !os.IsNotExist(err) {
		t.Errorf("a trial run has begun data: %v", err)
	}
	got, _ = mustRun(t, "content", "load", "--by", "审核员", "items.jsonl", "gbk.csv")
	mustSay(t, got, want, "已载入", "有 3 条还没有批准")
	got, _ = mustRun(t, "content", "load", "--by", "审核员", "items.jsonl", "gbk.csv")
	mustSay(t, got, "条目     0       0         5     0\n题目     0       0         1     0", "没有变化，什么也没有写")
	bank, _ := mustRun(t, "bank", "export")
	mustSay(t, bank, `"stem":"配套的题对吗？"`, `"day":"12-01"`)
	titles, _ := mustRun(t, "content", "calendar", "--year", "2031", "--month", "12", "--titles")
	mustSay(t, titles, "2031-12-01    有题的一天\n2031-12-02    表格里的一天\n2031-12-03    ")
}

// TestContentFaults: a question's fault keeps its item out, and the other way
// round; nothing is loaded.
func TestContentFaults(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	write(t, "items.jsonl", itemLines+`{"date":"13-01","title":"没有这天","text":"正文","picture":"http://example.test/a.jpg"}
{"date":"12-02","titel":"写错了","text":"正文"}
{"date":"12-03","title":"题不对","text":"正文","question":{"type":"single","stem":"哪个？","options":["甲","乙"],"answer":"C"}}
`)
	want := `错误：3 行有问题，什么也没有写。改好后再载入，或加 --skip-faulty 跳过它们：
items.jsonl 第4行 [date]: 没有“13-01”这一天，请写成 07-01（每年）或 2026-07-01（只在那一年）
items.jsonl 第4行 [picture]: 网址“http://example.test/a.jpg”不合要求，请填以 https:// 开头、不超过 500 字节的完整网址，没有就不填
items.jsonl 第5行 [titel]: 没有这个字段，是不是想写 title？
items.jsonl 第5行 [title]: 缺少内容，请填写
items.jsonl 第6行 [question.answer]: 答案是 C，但只有 A 到 B 这 2 个选项
`
	if code, out, errs := run(t, "content", "load", "items.jsonl"); code != exitUsage || out != "" || errs != want {
		t.Errorf("exit %d\n%s%s\nwant\n%s", code, out, errs, want)
	}
	mustFail(t, exitFailed, []string{"content", "calendar"}, "还没有数据")
	out, errs := mustRun(t, "content", "load", "--skip-faulty", "items.jsonl")
	mustSay(t, out+errs, "跳过 3 行", "有问题的行：3", "已载入")
	bank, _ := mustRun(t, "bank", "export")
	if strings.Contains(bank, "哪个？") || !strings.Contains(bank, "配套的题") {
		t.Error("the question of a faulty row is loaded, or the other one is not")
	}
	mustFail(t, exitUsage, []string{"content", "load", fileOf(t, "bank.csv", bankTable)}, "bank.csv: 这是题库，不是条目文件，请用 bank load 载入")
	mustFail(t, exitUsage, []string{"content", "load", "nowhere.jsonl"}, "nowhere.jsonl: 没有这个文件")
}

// TestContentOwnQuestion: an item whose question waits for review is told.
func TestContentOwnQuestion(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	write(t, "bank.jsonl", bankLines+`{"id":"t-5","type":"judge","stem":"停用的题。","answer":"T","state":"retired"}`)
	mustRun(t, "bank", "load", "bank.jsonl")
	write(t, "items.jsonl", `{"date":"2031-01-01","title":"甲","text":"正文","question_id":"t-1","state":"approved"}
{"date":"2031-01-02","title":"乙","text":"正文","question_id":"t-2","state":"approved"}
{"date":"2031-01-03","title":"丙","text":"正文","question_id":"t-5","state":"approved"}
{"date":"2031-01-04","title":"丁","text":"正文","question_id":"no-such","state":"draft"}
`)
	out, _ := mustRun(t, "content", "load", "items.jsonl")
	mustSay(t, out, "\n没有配套的题：\n  items.jsonl 第2行 条目 today-2031-01-02：题目 t-2 还没有批准\n  items.jsonl 第3行 条目 today-2031-01-03：题目 t-5 已停用\n\n")
}
