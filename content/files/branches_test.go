package files

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"dangshi/content"
	"dangshi/content/workbook"
)

var tree = []content.Branch{
	{Code: "dw1", Name: "城关街道党工委"},
	{Code: "dw1a", Name: "红星社区党委", Parent: "dw1"},
	{Code: "zb3", Name: "=第三党支部", Parent: "dw1a"},
	{Code: "9z", Name: "老支部", Retired: true},
}

// TestBranchesRoundTrip: what is written loads as it was, from either format.
func TestBranchesRoundTrip(t *testing.T) {
	var table, book bytes.Buffer
	if err := content.WriteBranchesCSV(&table, tree); err != nil {
		t.Fatal(err)
	}
	if err := workbook.WriteBranches(&book, tree); err != nil {
		t.Fatal(err)
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(strings.TrimPrefix(table.String(), "\ufeff"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"csv": table.String(), "xlsx": book.String(), "gbk": gbk} {
		f, err := ReadBranches(name, strings.NewReader(data))
		if err != nil || f.Err() != nil || !reflect.DeepEqual(content.Values(f.Branches), tree) {
			t.Errorf("%s: %v %v %+v", name, err, f.Err(), content.Values(f.Branches))
		}
	}
}

// TestBranchFaults: each says file, row and column.
func TestBranchFaults(t *testing.T) {
	for _, c := range []struct{ table, want string }{
		{"编号,名称,上级\nZB3,第三支部,\nｚｂ４,第四支部,第三支部\n", ""}, // full width, a parent by its name
		{"编号,名称\nA,第一支部\n", "f 第2行 [编号]: 编号“A”应为2到32个字母和数字"},
		{"编号,名称\n12,第一支部\n", "f 第2行 [编号]: 编号“12”应为"},
		{"编号,名称\n,第一支部\n", "f 第2行 [编号]: 缺少编号"},
		{"编号,名称\n" + strings.Repeat("a", 32) + "1,第一支部\n", "应为2到32个"},
		{"编号,名称\nzb1,\n", "f 第2行 [名称]: 缺少名称"},
		{"编号,名称\nzb1,。。\n", "里没有文字"},
		{"编号,名称\nzb1," + strings.Repeat("长", 61) + "\n", "f 第2行 [名称]: 名称超过 60 个字"},
		{"编号,名称\nzb1,甲\nzb2,乙\nZB1,丙\n", "f 第4行 [编号]: 编号“zb1”在第 2 行已经用过"},
		{"编号,名称,上级\nzb1,甲,zb9\n", "f 第2行 [上级编号]: 没有编号或名称是“zb9”的上级"},
		{"编号,名称,上级\nzb1,甲,\nzb2,甲,\nzb3,乙,甲\n", "f 第4行 [上级编号]: 叫“甲”的不止一个"},
		{"编号,名称,上级\nzb1,甲,zb1\n", "f 第2行 [上级编号]: 上级绕成了一圈：zb1 → zb1"},
		{"编号,名称,上级\nzb0,顶,zb1\nzb1,甲,zb2\nzb2,乙,zb3\nzb3,丙,zb1\n", "f 第3行 [上级编号]: 上级绕成了一圈：zb1 → zb2 → zb3 → zb1"},
		{"编号,名称,状态\nzb1,甲,撤销\n", "f 第2行 [状态]: 没有“撤销”这种状态"},
		{"编号,名称,上极\nzb1,甲,\n", "是不是想写“上级”"},
		{"[{\"code\":\"zb1\"}]", "不收 JSON"},
		{"名单见附件\n", "没有找到列名"},
	} {
		f, err := ReadBranches("f", strings.NewReader(c.table))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(f.Err()); (c.want == "") != (f.Err() == nil) || !strings.Contains(got, c.want) {
			t.Errorf("%q: %s, want %q", c.table, got, c.want)
		}
		if n := strings.Count(fmt.Sprint(f.Err()), "绕成"); n > 1 {
			t.Errorf("%q: one ring is told %d times", c.table, n)
		}
	}
}

func FuzzReadBranches(f *testing.F) {
	f.Add([]byte("编号,名称,上级,状态\nzb1,甲,zb2,在用\nzb2,乙,,停用\n"))
	f.Add([]byte("code\tname\tparent\nzb1\t甲\tzb1\n"))
	f.Add([]byte("编号;名称;上级\nzb1;甲;乙\nzb2;乙;甲\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ReadBranches("f", bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if file.Err() != nil || len(file.Branches) == 0 {
			return
		}
		all := content.Values(file.Branches)
		byCode := map[string]content.Branch{}
		for _, b := range all {
			if plain, ok := content.BranchCode(b.Code); !ok || plain != b.Code || b.Name == "" || byCode[b.Code].Code != "" {
				t.Fatalf("accepted %+v", b)
			}
			byCode[b.Code] = b
		}
		for _, b := range all {
			for steps, at := 0, b; at.Parent != ""; steps++ {
				if at = byCode[at.Parent]; at.Code == "" || steps > len(all) {
					t.Fatalf("accepted a branch that hangs on nothing: %+v", b)
				}
			}
		}
		var b bytes.Buffer
		if err := content.WriteBranchesCSV(&b, all); err != nil {
			t.Fatal(err)
		}
		again, err := ReadBranches("f", &b)
		if err != nil || again.Err() != nil || !reflect.DeepEqual(content.Values(again.Branches), all) {
			t.Fatalf("%v %v\n got %+v\nwant %+v", err, again.Err(), content.Values(again.Branches), all)
		}
	})
}
