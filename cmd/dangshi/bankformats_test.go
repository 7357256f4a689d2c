package main

import (
	"os"
	"strings"
	"testing"

	"dangshi/store/storetest"

	"github.com/xuri/excelize/v2"
)

// TestBankFormats: what is exported in any format loads as what is there already,
// under a name that says nothing.
func TestBankFormats(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	mustRun(t, "bank", "load", fileOf(t, "bank.jsonl", bankLines))
	for _, format := range []string{"jsonl", "csv", "xlsx", "txt", "gift"} {
		_, errs := mustRun(t, "bank", "export", "--format", format, "-o", "all")
		left := strings.Count(errs, "\n  t-")
		if format == "txt" && left != 1 || format != "txt" && left != 0 { // 南湖|红船 is two words there
			t.Errorf("%s: %s", format, errs)
		}
		out, _ := mustRun(t, "bank", "load", "all")
		if !strings.Contains(out, "题目     0       0       53") || !strings.Contains(out, "什么也没有写") {
			t.Errorf("%s differs from what it was written from:\n%s", format, out)
		}
	}
	_, errs := mustRun(t, "bank", "export", "--format", "aiken", "-o", "single.txt")
	mustSay(t, errs, "这种格式放不下、没有导出的", "  bank-001  多选  ", "另有")
	text, err := os.ReadFile("single.txt")
	if err != nil || !strings.Contains(string(text), "中共一大在哪一年召开？\nA. 1919年\nB. 1921年\nC. 1923年\nANSWER: B\n") {
		t.Errorf("%v %.300s", err, text)
	}
	mustFail(t, exitUsage, []string{"bank", "export", "--format", "gift", "-o", "bank.csv"}, ".csv", "gift")
}

func TestBankTemplate(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	_, errs := mustRun(t, "bank", "template", "-o", "bank.xlsx")
	mustSay(t, errs, "说明")
	out, _ := mustRun(t, "bank", "load", "bank.xlsx")
	mustSay(t, out, "题目     4       0         0     0", "有 4 条还没有批准")
	mustFail(t, exitUsage, []string{"bank", "template", "-o", "bank.csv"}, ".csv")
}

// TestBankSheetFaults: a fault names the sheet; what is not read and what is much
// like another question is told of.
func TestBankSheetFaults(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	f := excelize.NewFile()
	defer f.Close()
	for cell, value := range map[string]any{"A1": "题干", "B1": "选项A", "C1": "选项B", "D1": "答案", "A2": "“八七会议”是在哪座城市召开的？", "B2": "武汉", "C2": "上海", "D2": "A",
		"A3": "“八七会议”在哪座城市召开的？", "B3": "武汉", "C3": "上海", "D3": "A", "A4": "哪一座城市？", "B4": "武汉", "C4": "上海", "D4": "C"} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.NewSheet("封面"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellValue("封面", "A1", "某区题库"); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs("bank.xlsx"); err != nil {
		t.Fatal(err)
	}
	out, errs := mustRun(t, "bank", "load", "--skip-faulty", "bank.xlsx")
	mustSay(t, out, "题目     2       0         0     0", "没有读：\n  bank.xlsx 工作表“封面”: 没有列名", "相似：\n  bank.xlsx 工作表“Sheet1” 第3行 q-", "相似（", "请核对是不是同一道题：“八七会议”是在")
	mustSay(t, errs, "bank.xlsx 工作表“Sheet1” 第4行 [答案]: 答案是 C，但只有 A 到 B 这 2 个选项")
}

// TestBankFromText: a text that people have typed, with one question whose key
// can't be told: nothing is loaded until it is mended or left out.
func TestBankFromText(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	name := fileOf(t, "题库", "一、单选题\n1. 八七会议在哪里召开？（ ）\nA. 武汉  B. 上海\n答案：A\n2. 三湾改编在哪个省？\nA. 江西\nB. 湖南\n三、简答题\n1. 谈谈体会。\n")
	mustFail(t, exitUsage, []string{"bank", "load", name}, "题库 第5行 [答案]: 没有找到答案，请在题目下面写“答案：…”")
	out, _ := mustRun(t, "bank", "load", "--skip-faulty", name)
	mustSay(t, out, "题目     1       0         0     0", "题库 第9行: 简答题不是这里有的题型")
}
