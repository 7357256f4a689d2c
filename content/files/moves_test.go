package files

import (
	"reflect"
	"strings"
	"testing"

	"dangshi/content"
)

// TestMoves: the usual headings; workbooks are tested where they are read.
func TestMoves(t *testing.T) {
	want := []content.Move{{Old: "oA-1", New: "nA_1"}, {Old: "oB", New: "nB"}}
	for name, data := range map[string]string{
		"csv": "旧openid,新openid\noA-1,nA_1\noB,nB\n", "tsv": "ori_openid\tnew_openid\noA-1\tnA_1\noB\tnB\n",
	} {
		f, err := ReadMoves(name, strings.NewReader(data))
		if err != nil || f.Err() != nil || !reflect.DeepEqual(content.Values(f.Moves), want) {
			t.Errorf("%s: %v %v %+v", name, err, f.Err(), content.Values(f.Moves))
		}
	}
}

// TestMoveFaults: each says file, row and column.
func TestMoveFaults(t *testing.T) {
	for _, c := range []struct{ table, want string }{
		{"旧openid,新openid\noA,\n", "f 第2行 [新openid]: 没有写"},
		{"旧openid,新openid\n张三,nA\n", "f 第2行 [旧openid]: “张三”不是 openid"},
		{"旧openid,新openid\noA,oA\n", "f 第2行 [新openid]: 和旧 openid 一样"},
		{"旧openid,新openid\noA,nA\noA,nB\n", "f 第3行 [旧openid]: openid “oA”在两行里都是旧 openid，另一行是 f 第2行"},
		{"旧openid,新openid\noA,nA\noB,nA\n", "f 第3行 [新openid]: openid “nA”在两行里都是新 openid，两个人会合成一个，另一行是 f 第2行"},
		{"旧openid,新openid\noA,oB\noB,nB\n", "f 第2行 [新openid]: openid “oB”在另一行里又是旧 openid"},
		{"姓名,新openid\n甲,nA\n", "旧openid"},
	} {
		f, err := ReadMoves("f", strings.NewReader(c.table))
		if err != nil || f.Err() == nil || !strings.Contains(f.Err().Error(), c.want) {
			t.Errorf("%q: %v %v", c.table, err, f.Err())
		}
	}
}

// FuzzMoves: whatever the file is, what comes back is whole and clean.
func FuzzMoves(f *testing.F) {
	f.Add("旧openid,新openid\noA,nA\noB,nB\n")
	f.Add("old;new\noA;oB\noB;oC\n")
	f.Fuzz(func(t *testing.T, data string) {
		file, err := ReadMoves("f", strings.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if file.Err() != nil {
			return
		}
		ids := map[string]bool{}
		for _, m := range content.Values(file.Moves) {
			if m.Old == "" || m.New == "" || ids[m.Old] || ids[m.New] {
				t.Fatalf("%+v among %+v", m, content.Values(file.Moves))
			}
			ids[m.Old], ids[m.New] = true, true
		}
	})
}
