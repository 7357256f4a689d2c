package prose

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"dangshi/content"
)

func readText(text string) *content.File {
	f, _ := Read("f", Lines(text))
	return f
}

// TestSpellings: one question in each of many spellings, and what becomes of it.
func TestSpellings(t *testing.T) {
	for text, want := range map[string]string{
		"1.题（ ）\nA.甲\nB.乙\n答案：ｂ":                                  "1 单选 题（ ） [A 甲] [B 乙] → B\n",
		"1．题（　）\nＡ．甲\nＢ．乙\n【答案】Ａ":                                 "1 单选 题（　） [A 甲] [B 乙] → A\n",
		"第1题：题（ ）\nA)甲\nB)乙\n答：A":                                 "1 单选 题（ ） [A 甲] [B 乙] → A\n",
		"（1）题（ ）\n（A）甲\n（B）乙\n参考答案为：B":                            "1 单选 题（ ） [A 甲] [B 乙] → B\n",
		"1、题（ ）A.甲B、乙C．丙 答案：AC":                                   "1 多选 题（ ） [A 甲] [B 乙] [C 丙] → AC\n",
		"1、题（ ）\nA.甲 B.乙\nC.丙 D.丁\n答案：A，D。":                       "1 多选 题（ ） [A 甲] [B 乙] [C 丙] [D 丁] → AD\n",
		"1、题（答案：B）\nA.甲 B.乙":                                      "1 单选 题 [A 甲] [B 乙] → B\n",
		"1、题（ ）\nA.甲\nB.乙\n答案：乙":                                  "1 单选 题（ ） [A 甲] [B 乙] → B\n",
		"1、题（ ）\nA.甲\nB.乙\n答案\nB":                                 "1 单选 题（ ） [A 甲] [B 乙] → B\n",
		"1、题（ ）\nA.甲\nB.乙\n答案：\nB\n解析\n因为。":                       "1 单选 题（ ） [A 甲] [B 乙] → B ※因为。\n",
		"1、题（ ）\nA.甲\nB.乙\n解析：因为甲不对。答案：B":                         "1 单选 题（ ） [A 甲] [B 乙] → B ※因为甲不对。\n",
		"1、题（ ）\nA.甲\nB.乙\n答案：B（见党章）":                             "1 单选 题（ ） [A 甲] [B 乙] → B ※见党章\n",
		"1、题（ ）\nA.甲\nB.乙\n答案：B\n解析：所以答案：A 不对。":                   "1 单选 题（ ） [A 甲] [B 乙] → B ※所以答案：A 不对。\n",
		"1、1921年7月发生了什么（ ）\nA.甲\nB.乙\n答案：B":                       "1 单选 1921年7月发生了什么（ ） [A 甲] [B 乙] → B\n",
		"1.1921年发生了什么（ ）\nA.甲\nB.乙\n答案：B":                         "1 单选 1921年发生了什么（ ） [A 甲] [B 乙] → B\n",
		"1、题有\n两行（ ）\nA.甲也有\n两行\nB.乙\n答案：B":                       "1 单选 题有两行（ ） [A 甲也有两行] [B 乙] → B\n",
		"题目：题是什么\n选项：A.甲 B.乙\n答案：B\n解析：好":                         "1 单选 题是什么 [A 甲] [B 乙] → B ※好\n",
		"8. 题（ ）\nA. 8.1起义 B. 9.18事变\n答案：B":                       "1 单选 题（ ） [A 8.1起义] [B 9.18事变] → B\n",
		"1、对吗？（√）":                                                "1 判断 对吗？ → 对\n",
		"1、对吗？（ × ）":                                              "1 判断 对吗？ → 错\n",
		"1、对吗？\n答案：正确":                                            "1 判断 对吗？ → 对\n",
		"1、对吗？（ ）\nA.正确 B.错误\n答案：B":                               "1 判断 对吗？（ ） → 错\n",
		"1、对吗？（ ）\nA.错误 B.正确\n答案：B":                               "1 判断 对吗？（ ） → 对\n",
		"判断题\n1、对吗？（T）\n2、错吗？（F）":                                 "2 判断 对吗？ → 对\n3 判断 错吗？ → 错\n",
		"一、填空题\n1、在（上海）召开。":                                       "2 填空 在____召开。 → 上海\n",
		"1、在____召开。\n答案：上海|上海市":                                   "1 填空 在____召开。 → 上海 | 上海市\n",
		"1、在____召开。\n答案：1921/7/1":                                 "1 填空 在____召开。 → 1921/7/1\n",
		"1、在____召开。\n答案：上海 或 沪":                                   "1 填空 在____召开。 → 上海 | 沪\n",
		"单选题：\n1、甲题（ ）\nA.甲\nB.乙\n2、乙题（ ）\nA.甲\nB.乙\n答案：\n1-2：AB": "2 单选 甲题（ ） [A 甲] [B 乙] → A\n5 单选 乙题（ ） [A 甲] [B 乙] → B\n",
		"1、甲题\nA.甲\nB.乙\n2、乙题\nA.甲\nB.乙\n1—2 AB B":                "1 多选 甲题 [A 甲] [B 乙] → AB\n4 单选 乙题 [A 甲] [B 乙] → B\n",
		"1、甲题\nA.甲\nB.乙\n2、乙题\nA.甲\nB.乙\n参考答案：1.A 2.B":            "1 单选 甲题 [A 甲] [B 乙] → A\n4 单选 乙题 [A 甲] [B 乙] → B\n",
		"单选题\n1、甲题\nA.甲\nB.乙\n2、乙题\nA.甲\nB.乙\n参考答案\n单选题：AB":       "2 单选 甲题 [A 甲] [B 乙] → A\n5 单选 乙题 [A 甲] [B 乙] → B\n",
	} {
		if got := shown(readText(text)); got != want {
			t.Errorf("%s\n got %swant %s", text, got, want)
		}
	}
}

// TestNoKeyIsGuessed: where the text allows two readings, or none, nothing is
// taken.
func TestNoKeyIsGuessed(t *testing.T) {
	for _, text := range []string{
		"1、题（ ）\nA.甲\nB.乙",
		"1、题（ ）\nA.甲\nB.乙\n答案：",
		"1、题（ ）\nA.甲\nB.乙\n答案：C",
		"1、题（ ）\nA.甲\nB.乙\n答案：A或者B吧",
		"1、题（ ）\nA.甲\nB.乙\n答案：A\n答案：B",
		"1、题（A）还是（B）\nA.甲\nB.乙",
		"1、题（A）\nA.甲\nB.乙\n答案：B",
		"1、A型血的人（ ）\nA.甲\nB.乙",
		"1、题（ ）\nA.甲\nB.乙\n解析：应该选B。",
		"1、对吗？\n答案：基本正确",
		"1、对吗？（√）还是（×）",
		"1、____和____。\n答案：甲；乙",
		"1、题\nA.甲\nC.乙\n答案：A",
		"1、题\nA.甲\nB.乙\n答案：AA",
		"1、甲题\nA.甲\nB.乙\n1、乙题\nA.甲\nB.乙\n参考答案：1.A 2.B",
		"1、甲题\nA.甲\nB.乙\n2、乙题\nA.甲\nB.乙\n参考答案\nABA",
		"一、单选题\n1、甲题\nA.甲\nB.乙\n二、多选题\n1、乙题\nA.甲\nB.乙\n参考答案：1.A 2.B",
		"1、题\nA.甲 B.乙 B.丙\n答案：A",
	} {
		f := readText(text)
		if len(f.Questions) > 0 || f.Err() == nil {
			t.Errorf("%s\ngot %s", text, shown(f))
		}
	}
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(head(string(text), 600)) // short ones, or they are made shorter all the time
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, ok := Read("f", Lines(text))
		if !ok && len(file.Questions)+len(file.Faults) > 0 {
			t.Fatalf("it is no bank, and holds %+v", file)
		}
		for _, e := range file.Questions {
			if faults := e.Value.Check(); len(faults) > 0 || e.Row < 1 {
				t.Fatalf("accepted %+v with %v", e, faults)
			}
		}
		for _, fault := range append(file.Faults, file.Notes...) {
			if fault.Row < 1 || fault.Problem == "" || strings.Contains(fault.String(), "\n") || strings.ToValidUTF8(fault.String(), "") != fault.String() {
				t.Fatalf("fault %+v", fault)
			}
		}
		var b bytes.Buffer
		if err := content.WriteQuestions(&b, content.Values(file.Questions)); err != nil {
			t.Fatal(err)
		}
		again, err := content.ReadQuestions("f", &b)
		if err != nil || !reflect.DeepEqual(again, content.Values(file.Questions)) {
			text, _ := json.Marshal(file.Questions)
			t.Fatalf("%v: %s", err, text)
		}
	})
}

// TestBlankEndsWithItsParagraph: what stands behind an empty line is no part of the
// accepted answer, and is told of.
func TestBlankEndsWithItsParagraph(t *testing.T) {
	f, ok := Read("f", Lines("一、填空题\n1. 一大召开于____年。\n答案：1921年\n2. 二大召开于____年。\n答案：1922年\n\n附：联系人 张老师\n"))
	if !ok || len(f.Questions) != 2 {
		t.Fatalf("%v %+v", ok, f)
	}
	for i, want := range []string{"1921年", "1922年"} {
		if got := f.Questions[i].Value.Answer.Accept; len(got) != 1 || got[0] != want {
			t.Errorf("%q, want %s", got, want)
		}
	}
	if err := f.Err(); err == nil || !strings.Contains(err.Error(), "张老师") {
		t.Errorf("the note is lost: %v", err)
	}
}
