package store

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// How the manual writes what stands in the table of keys.
var (
	lifeInManual = map[string]string{
		"until the member erases it":       "直到学员注销",
		"2 minutes":                        "2 分钟",
		"2 days":                           "2 天",
		"1 hour":                           "1 小时",
		"8 days":                           "8 天",
		"400 days":                         "400 天",
		"for ever":                         "一直",
		"until the next generation":        "直到下一代",
		"until the next count":             "直到下一次统计",
		"as long as it is valid":           "有效期内",
		"20 seconds, unless it is renewed": "20 秒，做着时一直续",
		"1 day":                            "1 天",
	}
	classInManual = map[Class]string{Truth: "真值", Derived: "可重算", Disposable: "可丢弃"}
)

// TestManualHasTheStateTable: docs/operations.md has a row for each kind of key,
// and none for another.
func TestManualHasTheStateTable(t *testing.T) {
	text, err := os.ReadFile("../docs/operations.md")
	must(t, err)
	rows := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `\\{(s00|all)\\}:([a-z]+)[`:].*$").FindAllStringSubmatch(string(text), -1) {
		rows[m[1]+" "+m[2]] = m[0]
	}
	for _, k := range kinds {
		tagged, slot := "s00", "分片"
		if k.shared {
			tagged, slot = "all", "共用"
		}
		row := rows[tagged+" "+k.name]
		delete(rows, tagged+" "+k.name)
		if want := fmt.Sprintf("| %s | %s | %s |", lifeInManual[k.life], slot, classInManual[k.class]); !strings.HasSuffix(row, want) || !strings.Contains(row, "` | "+k.typ+" | ") {
			t.Errorf("the row of %s is %q, want … | %s | … %s", k.name, row, k.typ, want)
		}
	}
	for name := range rows {
		t.Errorf("the manual has %s, the table of keys has not", name)
	}
}
