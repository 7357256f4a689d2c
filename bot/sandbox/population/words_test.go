package population

import (
	"strings"
	"testing"

	"dangshi/bot"
	"dangshi/content"
)

func testWords(t testing.TB) *words {
	t.Helper()
	w, err := bot.DefaultWording()
	if err != nil {
		t.Fatal(err)
	}
	return newWords(w, []content.Question{
		{ID: "q1", Type: content.Single, Stem: "哪一年？", Options: []string{"1919", "1921", "1949"}, Answer: content.Key{Letters: 2}},
		{ID: "q2", Type: content.Blank, Stem: "____说明一切。", Answer: content.Key{Accept: []string{"实践"}}},
	})
}

func link(content, number, words string) string {
	return `<a href="weixin://bizmsgmenu?msgmenucontent=` + content + `&msgmenuid=` + number + `">` + words + `</a>`
}

// shownQuestion is the first question in an order of its own.
var shownQuestion = "第2题（共5题）【单选】\n哪一年？\n" + link("A", "2026010102", "A. 1949") + "\n" + link("B", "2026010102", "B. 1919") + "\n" + link("C", "2026010102", "C. 1921") + "\n点选项，或发字母，如 A"

// TestRead: what members recognise of what they are told.
func TestRead(t *testing.T) {
	w := testWords(t)
	b := w.read("听到您说“选B”。\n❌ 答错了，正确答案是 C. 1921。\n讲解。\n\n" + shownQuestion)
	if !b.graded || b.right || b.stale || b.asked == nil || b.asked.n != 2 || b.asked.of != 5 || b.asked.question != 0 || b.asked.number != "2026010102" {
		t.Fatalf("read %+v, asked %+v", b, b.asked)
	}
	if got := b.asked.places(content.Letters(2)); got != "C" {
		t.Errorf("1921 stands at %s, not C", got)
	}
	b = w.read("您点的是前面的题，这次不计。现在要答的是：\n\n" + shownQuestion)
	if b.graded || !b.stale || b.asked == nil {
		t.Errorf("stale: %+v", b)
	}
	other := strings.Replace(shownQuestion, "1919", "1920", 1)
	if b = w.read(other); b.asked == nil || b.asked.question != -1 {
		t.Errorf("with an option that the bank has not: %+v", b.asked)
	}
	b = w.read("第1题（共5题）【填空】\n____说明一切。\n请直接发出要填的词，不知道就发“不知道”")
	if b.asked == nil || b.asked.question != 1 {
		t.Errorf("a blank: %+v", b.asked)
	}
	text := "✅ 答对了！\n讲解。\n\n🎉 1月1日的题答完了！\n答对 4/5 题，得 88 分\n已连续 3 天\n本年度累计 240.5 分，第 7 名（共 20 人）\n明天再来！"
	b = w.read(text)
	want := result{correct: 4, of: 5, streak: 3, points: "88", total: "240.5"}
	if b.finished == nil || *b.finished != want || b.ranked.number("rank") != 7 || b.ranked.number("of") != 20 {
		t.Errorf("finished: %+v, ranked %+v", b.finished, b.ranked)
	}
	if one, other := w.steady(b), w.steady(w.read(strings.Replace(text, "第 7 名（共 20", "第 11 名（共 21", 1))); one != other || one == text || strings.Contains(one, "第 7 名") {
		t.Errorf("without the rank: %q and %q", one, other)
	}
	if a := w.read("今天的题您已经答完：答对 4/5 题，得 88 分。\n明天再来！").already; a == nil || a.correct != 4 || a.points != "88" {
		t.Errorf("already: %+v", a)
	}
	if !w.fault(w.faults[0]) || w.fault("") || w.fault("你好") {
		t.Error("faults are not told apart")
	}
}

// FuzzRead: whatever the account says, reading it ends, and a question is only
// recognised whole.
func FuzzRead(f *testing.F) {
	f.Add(shownQuestion)
	f.Add("✅ 答对了！\n\n🎉 1月1日的题答完了！\n答对 4/5 题，得 88 分\n已连续 3 天\n本年度累计 88 分，第 7 名（共 20 人）")
	f.Add("第\n题（共5题）【】\n<a href=\"weixin://bizmsgmenu?msgmenucontent=A&msgmenuid=1\">A. x</a>")
	w := testWords(f)
	f.Fuzz(func(t *testing.T, text string) {
		b := w.read(text)
		if a := b.asked; a != nil && a.question >= 0 {
			if len(a.order) != len(w.questions[a.question].Choices()) {
				t.Errorf("recognised %+v in %q", a, text)
			}
			a.places(0xff)
		}
		_ = w.steady(b)
	})
}
