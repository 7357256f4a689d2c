package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dangshi/store/storetest"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The same four questions as lines and as a table.
const (
	bankLines = `{"id":"t-1","type":"single","stem":"中共一大在哪一年召开？","options":["1919年","1921年","1923年"],"answer":"B","explain":"在上海。","category":"党史","difficulty":1,"source":"某书","url":"https://example.test/1","state":"approved"}
{"id":"t-2","type":"multiple","stem":"哪些是会址，\"一大\"？","options":["上海","嘉兴","北京"],"answer":"AB","state":"reviewed"}
{"id":"t-3","type":"judge","stem":"一大在上海开幕。","answer":"T","state":"draft"}
{"id":"t-4","type":"blank","stem":"一大的代表在____的一条游船上闭幕。","answer":["嘉兴","南湖|红船"],"explain":"=1+1","state":"approved"}
`
	bankTable = `编号,题型,题干,选项A,选项B,选项C,答案,解析,分类,难度,来源,链接,状态
t-1,单选题,中共一大在哪一年召开？,1919年,1921年,1923年,b,在上海。,党史,1,某书,https://example.test/1,已批准
t-2,多选,"哪些是会址，""一大""？",上海,嘉兴,北京,A、B,,,,,,已审
t-3,判断,一大在上海开幕。,,,,√,,,,,,草稿
t-4,填空,一大的代表在____的一条游船上闭幕。,,,,嘉兴|南湖\|红船,'=1+1,,,,,已批准
`
)

func encode(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	b, _, err := transform.String(e.NewEncoder(), text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestBankFileForms: whatever program saved the file, it holds the same questions.
func TestBankFileForms(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	write(t, "bank.jsonl", bankLines)
	out, _ := mustRun(t, "bank", "load", "bank.jsonl")
	mustSay(t, out, "还没有数据，已按沙盒", "新增  有改动  没有变化  重复", "题目     4       0         0     0", "已载入")
	before, _ := mustRun(t, "bank", "export")
	tabs := strings.ReplaceAll(bankTable, ",", "\t")
	for name, text := range map[string]string{
		"crlf.jsonl": strings.ReplaceAll(bankLines, "\n", "\r\n"), "bom.jsonl": "\ufeff" + bankLines, "gbk.jsonl": encode(t, simplifiedchinese.GBK, bankLines),
		"utf-8.csv": bankTable, "excel-utf-8.csv": "\ufeff" + strings.ReplaceAll(bankTable, "\n", "\r\n"),
		"excel.csv":      encode(t, simplifiedchinese.GBK, strings.ReplaceAll(bankTable, "\n", "\r\n")),
		"gb18030.csv":    encode(t, simplifiedchinese.GB18030, bankTable),
		"semicolons.csv": strings.ReplaceAll(bankTable, ",", ";"), "tabs.txt": tabs,
		"excel-unicode.txt": encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), tabs),
	} {
		write(t, name, text)
		if out, _ := mustRun(t, "bank", "load", name); !strings.Contains(out, "题目     0       0         4     0") || !strings.Contains(out, "什么也没有写") {
			t.Errorf("%s differs from bank.jsonl:\n%s", name, out)
		}
	}
	if after, _ := mustRun(t, "bank", "export"); after != before {
		t.Errorf("what was loaded again has changed the bank:\n%s", after)
	}
}

// TestBankRoundTrip: what is exported loads into an empty installation of any
// kind as the same bank.
func TestBankRoundTrip(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	write(t, "bank.jsonl", bankLines)
	mustRun(t, "bank", "load", "bank.jsonl", "--data", "first")
	for _, format := range []string{"jsonl", "csv", "xlsx"} {
		mustRun(t, "bank", "export", "--data", "first", "--format", format, "-o", "all."+format)
	}
	want, _ := mustRun(t, "bank", "export", "--data", "first")
	if strings.Count(want, "\n") < 400 || strings.Count(want, `"id":"t-`) != 4 {
		t.Fatalf("the export is\n%.500s…", want)
	}
	places := map[string][]string{"embedded": {"--data", "second"}}
	places["redis"] = []string{"--redis-url", servers.Redis(t).URL}
	places["cluster"] = []string{"--redis-url", servers.Cluster(t).URL}
	for name, at := range places {
		t.Run(name, func(t *testing.T) {
			for i, file := range []string{"all.xlsx", "all.csv", "all.jsonl"} {
				out, _ := mustRun(t, append([]string{"bank", "load", file}, at...)...)
				if begun := strings.Contains(out, "还没有数据"); begun != (i == 0) {
					t.Errorf("load of %s: data were begun: %t\n%s", file, begun, out)
				}
				if got, _ := mustRun(t, append([]string{"bank", "export"}, at...)...); got != want {
					t.Errorf("after %s it differs:\n%s\nwant\n%s", file, without(t, got, want), without(t, want, got))
				}
			}
		})
	}
}

// TestBankExportFile: a file appears whole or not at all.
func TestBankExportFile(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	mustRun(t, "bank", "load", fileOf(t, "bank.jsonl", bankLines))
	want, _ := mustRun(t, "bank", "export", "--format", "csv")
	write(t, "bank.csv", "what was there before")
	mustFail(t, exitFailed, []string{"bank", "export", "--format", "csv", "-o", "bank.csv", "--redis-url", "redis://127.0.0.1:1"}, "127.0.0.1:1")
	if kept, err := os.ReadFile("bank.csv"); err != nil || string(kept) != "what was there before" {
		t.Errorf("an export that failed has left %.40q, %v", kept, err)
	}
	_, errs := mustRun(t, "bank", "export", "--format", "csv", "-o", "bank.csv")
	if got, err := os.ReadFile("bank.csv"); err != nil || string(got) != want || !strings.Contains(errs, "导出") {
		t.Errorf("%v, it says %s and holds %.200s…", err, errs, got)
	}
	if left, _ := filepath.Glob(".dangshi-*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	mustFail(t, exitUsage, []string{"bank", "export", "-o", "bank.csv"}, ".csv", "jsonl", "--format")

	// The sheet holds the cells of the CSV, all of them text.
	sheet, _ := mustRun(t, "bank", "export", "--format", "xlsx")
	f, err := excelize.OpenReader(strings.NewReader(sheet))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("题库")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, row := range rows {
		fmt.Fprintln(&b, strings.TrimRight(strings.Join(row, ","), ","))
	}
	for line := range strings.Lines(strings.TrimPrefix(want, "\ufeff")) {
		line = strings.TrimRight(strings.TrimSpace(line), ",")
		if !strings.Contains(line, `"`) && !strings.Contains(b.String(), line+"\n") {
			t.Fatalf("the sheet lacks\n%s", line)
		}
	}
	if formula, err := f.GetCellFormula("题库", "M5"); err != nil || formula != "" {
		t.Errorf("a formula %q, %v", formula, err)
	}
}
