package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"dangshi/store"
	"dangshi/store/storetest"
)

// mustRun runs a command that must be done, and gives what it printed.
func mustRun(t *testing.T, args ...string) (out, errs string) {
	t.Helper()
	code, out, errs := run(t, args...)
	if code != exitDone {
		t.Fatalf("dangshi %s: exit %d:\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out, errs
}

// mustFail runs a command that must end with a code and say each of the words.
func mustFail(t *testing.T, code int, args []string, words ...string) {
	t.Helper()
	got, out, errs := run(t, args...)
	if got != code {
		t.Errorf("dangshi %s: exit %d, want %d:\n%s%s", strings.Join(args, " "), got, code, out, errs)
	}
	for _, w := range words {
		if !strings.Contains(errs, w) {
			t.Errorf("dangshi %s does not say %q:\n%s", strings.Join(args, " "), w, errs)
		}
	}
}

// without takes the lines of the starter pack out of an export.
func without(t *testing.T, export, pack string) string {
	t.Helper()
	known := map[string]bool{}
	for line := range strings.Lines(pack) {
		known[line] = true
	}
	var own strings.Builder
	for line := range strings.Lines(export) {
		if !known[line] {
			own.WriteString(line)
		}
	}
	return own.String()
}

// TestBankFaults: every fault of every row is told, with file, row and field,
// and nothing is loaded.
func TestBankFaults(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	mustRun(t, "bank", "load", fileOf(t, "one.jsonl", strings.SplitAfter(bankLines, "\n")[0]))
	before, _ := mustRun(t, "bank", "export")
	write(t, "lines.jsonl", `{"id":"f-1","type":"judge","stem":"好题。","answer":"T"}
{"id":"f-1","type":"judge","stem":"编号重复。","answer":"T"}
{"id":"f-2","type":"single","stem":"字段写错。","options":["甲","乙"],"anwser":"B","foo":1}
{"id":"f-3","type":"single","stem":"字母不对。","options":["甲","乙"],"answer":"C"}
{"id":"f-4","type":"single","stem":"没有选项。","answer":"A"}

{"id":"f-5","type":"multiple","stem":"只有一个。","options":["甲","乙"],"answer":"a"}
不是 JSON
`)
	write(t, "table.csv", encode(t, simplifiedchinese.GBK, `题号,题目,选项A,选项B,正确答案,题型,状态
g-1,好题？,甲,乙,A,单选,已批准
g-2,没有逗号，有,逗号？,甲,乙,A,单选,已批准
g-3,字母不对？,甲,乙,D,单选,好
t-1,缺选项？,甲,,A,单选,草稿
`))
	code, out, errs := run(t, "bank", "load", "lines.jsonl", "table.csv")
	want := `错误：9 行有问题，什么也没有写。改好后再载入，或加 --skip-faulty 跳过它们：
lines.jsonl 第2行 [id]: 编号“f-1”在第 1 行已经用过，请改成不重复的编号
lines.jsonl 第3行 [anwser]: 没有这个字段，是不是想写 answer？
lines.jsonl 第3行 [foo]: 没有这个字段，请删去；可用的字段有 id、type、stem、options、answer、explain、category、difficulty、source、url、grade、state、day、revision
lines.jsonl 第3行 [answer]: 缺少答案，请填选项的字母，例如 B 或 ACD
lines.jsonl 第4行 [answer]: 答案是 C，但只有 A 到 B 这 2 个选项
lines.jsonl 第5行 [options]: 缺少选项，请填 2 到 8 个
lines.jsonl 第7行 [answer]: 答案“a”请写成 A：大写字母，按顺序，每个一次
lines.jsonl 第8行: 不是有效的 JSON，第 1 个字附近有误，请检查引号、逗号和括号
table.csv 第3行: 第 8 列没有列名，却有内容“已批准”；如果是文字里的分隔符，请给那一格加上英文引号
`
	if code != exitUsage || out != "" || !strings.HasPrefix(errs, want) {
		t.Errorf("exit %d, %s\n%s\nwant\n%s", code, out, errs, want)
	}
	mustSay(t, errs, "table.csv 第4行 [正确答案]: 答案是 D，但只有 A 到 B 这 2 个选项", "table.csv 第4行 [状态]: 没有“好”", "table.csv 第5行 [选项]: 有 1 个选项")
	if after, _ := mustRun(t, "bank", "export"); after != before {
		t.Errorf("files with faults have changed the bank: %s", without(t, after, before))
	}

	// A trial run tells the rest as well, and is no success either.
	code, out, errs = run(t, "bank", "load", "--dry-run", "lines.jsonl", "table.csv")
	if code != exitUsage || !strings.Contains(out, "题目     2       0         0     0\n有问题的行：9\n") || !strings.HasPrefix(errs, want) {
		t.Errorf("a trial run: exit %d:\n%s%s", code, out, errs)
	}
	out, errs = mustRun(t, "bank", "load", "--dry-run", "--skip-faulty", "lines.jsonl", "table.csv")
	mustSay(t, out+errs, "跳过 9 行", "什么也没有写")
	if after, _ := mustRun(t, "bank", "export"); after != before {
		t.Errorf("a trial run has changed the bank: %s", without(t, after, before))
	}

	out, errs = mustRun(t, "bank", "load", "--skip-faulty", "lines.jsonl", "table.csv")
	mustSay(t, out, "题目     2       0         0     0", "已载入", "有 1 条还没有批准")
	if strings.Contains(out, "撤销") {
		t.Errorf("no serve runs that would remember how to undo it:\n%s", out)
	}
	mustSay(t, errs, "跳过 9 行：\nlines.jsonl 第2行 [id]", "table.csv 第5行")
	after, _ := mustRun(t, "bank", "export")
	want = `{"id":"f-1","type":"judge","stem":"好题。","state":"draft","revision":1,"answer":"T"}
{"id":"g-1","type":"single","stem":"好题？","options":["甲","乙"],"state":"approved","revision":1,"answer":"A"}
`
	if got := without(t, after, before); got != want {
		t.Errorf("without the faulty rows it got\n%s\nwant\n%s", got, want)
	}
	// Nothing is left of a file of faults alone: that is no success.
	mustFail(t, exitUsage, []string{"bank", "load", "--skip-faulty", fileOf(t, "bad.jsonl", `{"id":"x"}`)}, "bad.jsonl 第1行 [stem]")
}

func fileOf(t *testing.T, name, content string) string {
	t.Helper()
	write(t, name, content)
	return name
}

// TestBankHostileFiles: each is refused with a sentence, and leaves nothing.
func TestBankHostileFiles(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	if err := os.Mkdir("folder.csv", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, "good.jsonl", bankLines)
	for _, c := range []struct{ name, content, says string }{
		{"empty.jsonl", "", "empty.jsonl: 文件是空的"},
		{"blank.csv", "\r\n \r\n", "blank.csv: 文件是空的"},
		{"folder.csv", "-", "folder.csv: 这是目录"},
		{"missing.csv", "-", "missing.csv: 没有这个文件"},
		{"book.xlsx", "PK\x03\x04\x14\x00\x06\x00", "book.xlsx: 文件损坏或没有传完"},
		{"picture.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "picture.csv: 这不是文本文件"},
		{"list.json", "[\n" + strings.ReplaceAll(strings.TrimSpace(bankLines), "\n", ",\n") + "\n]", "list.json: 整个文件是一个 JSON 列表，请改成 JSONL"},
		{"spread.json", "{\n \"id\": \"t-1\"\n}\n", "spread.json: 一个对象分成了几行"},
		{"letter.txt", "各位同事：\n题库见附件。\n", "letter.txt: 没有找到列名"},
		{"heads.csv", "题干,答桉,解析\n好吗？,对,好\n", "heads.csv 第1行 [答桉]: 不认识这一列，是不是想写“答案”？"},
		{"items.jsonl", `{"date":"07-01","title":"建党","text":"正文"}`, "items.jsonl: 这是条目文件，不是题库，请用 content load 载入"},
		{"line.jsonl", bankLines + strings.Repeat("x", 2_000_000) + "\n", "line.jsonl 第5行: 这一行超过 64 KB"},
		{"cell.csv", bankTable + strings.Repeat("x", 2_000_000) + "\n", "cell.csv 第6行: 这一行有一格超过 32 KB"},
	} {
		if c.content != "-" {
			write(t, c.name, c.content)
		}
		mustFail(t, exitUsage, []string{"bank", "load", "good.jsonl", c.name}, c.says, "什么也没有写")
	}
	mustFail(t, exitUsage, []string{"bank", "load", "missing.csv", "empty.jsonl"}, "missing.csv: ", "empty.jsonl: ") // all at once
	mustFail(t, exitUsage, []string{"bank", "load", "good.jsonl", "good.jsonl"}, "good.jsonl 第1行 [id]: 编号“t-1”在 good.jsonl 第 1 行已经用过")
	mustFail(t, exitUsage, []string{"bank", "load"}, "请在命令后面写上要载入的文件")
	mustRun(t, "bank", "load", "--dry-run", "good.jsonl")
	mustFail(t, exitFailed, []string{"bank", "list"}, "还没有数据")
	if _, err := os.Stat("data"); !os.IsNotExist(err) {
		t.Errorf("what was refused has begun data: %v", err)
	}
}

// TestBankStandardInput reads a pipe, once.
func TestBankStandardInput(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	write(t, "bank.csv", bankTable)
	stdin := os.Stdin
	t.Cleanup(func() { os.Stdin = stdin })
	file, err := os.Open("bank.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	os.Stdin = file
	if out, _ := mustRun(t, "bank", "load", "-"); !strings.Contains(out, "题目     4       0         0     0") {
		t.Error(out)
	}
	mustFail(t, exitUsage, []string{"bank", "load", "-"}, "标准输入: 文件是空的") // it is at its end
	mustFail(t, exitUsage, []string{"bank", "load", "-", "-"}, "只能写一次")
}

// TestBankPlan tells what is changed, and what is there under another id.
func TestBankPlan(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	mustRun(t, "bank", "load", fileOf(t, "bank.jsonl", bankLines))
	before, _ := mustRun(t, "bank", "export")
	write(t, "new.csv", `编号,题型,题干,选项A,选项B,选项C,答案,解析
t-1,单选,中共一大在哪一年召开？,1919年,1921年,1924年,B,在上海。
x-3,判断,一大 在上海开幕！,,,,对,换了编号。
x-4,判断,一大在上海开幕。,,,,错,答案相反。
x-5,判断,二大在上海召开。,,,,对,
`)
	out, _ := mustRun(t, "bank", "load", "--dry-run", "new.csv")
	want := `      新增  有改动  没有变化  重复
题目     1       1         0     2
有问题的行：0
新增和有改动的，载入后：草稿 2
文件里没有“分类”“难度”“来源”“链接”，已有的 1 道照旧；要清空，请加上这一列，格子空着。

有改动：
  new.csv 第2行 题目 t-1：状态、选项

重复：
  new.csv 第3行 x-3：和 t-3 是同一道题，没有载入
  new.csv 第4行 x-4：和 t-3 是同一道题，但答案不同，没有载入；请核对，要改那道题请用它的编号

建议：
  new.csv 第5行 [解析]: 建议写一句解析，答完以后会显示

这是试运行，什么也没有写。
`
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	if after, _ := mustRun(t, "bank", "export"); after != before {
		t.Errorf("a trial run has changed the bank: %s", without(t, after, before))
	}
	out, _ = mustRun(t, "bank", "load", "new.csv")
	mustSay(t, out, "有 1 条还没有批准", "注意：有 1 条原来已批准，改动后要重新审核")
	after, _ := mustRun(t, "bank", "export")
	mustSay(t, without(t, after, before), `"id":"t-1"`, `"1924年"`, `"state":"draft","revision":2`, `"id":"x-5"`)
}

// TestBankList counts, and lists all.
func TestBankList(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	mustRun(t, "bank", "load", fileOf(t, "bank.jsonl", bankLines))
	export, _ := mustRun(t, "bank", "export")
	count := func(word string) int { return strings.Count(export, word) }
	out, _ := mustRun(t, "bank", "list")
	mustSay(t, out, fmt.Sprintf("题库共 %d 道。", count("\n")), fmt.Sprintf("  已批准  %d\n  已审      1\n  草稿      1\n  停用      0\n", count(`"state":"approved"`)),
		fmt.Sprintf("  单选  %d\n", count(`"type":"single"`)), fmt.Sprintf("  填空   %d\n", count(`"type":"blank"`)))
	out, _ = mustRun(t, "bank", "list", "--all")
	if strings.Count(out, "\n") != count("\n") {
		t.Errorf("it lists %d of %d", strings.Count(out, "\n"), count("\n"))
	}
	mustSay(t, out, "判断  草稿    一大在上海开幕。\n")
}

// TestBankFolderInUse: another command that holds the folder is not disturbed.
func TestBankFolderInUse(t *testing.T) {
	t.Chdir(t.TempDir())
	held, err := store.StartEmbedded(t.Context(), "data", store.EmbeddedOptions{Private: true})
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	mustFail(t, exitFailed, []string{"bank", "load", fileOf(t, "bank.jsonl", bankLines)}, "数据目录 data 正由另一个进程", fmt.Sprint(os.Getpid()))
}
