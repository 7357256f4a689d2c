package quiz

import (
	"slices"
	"strings"
	"testing"

	"dangshi/content"

	"pgregory.net/rapid"
)

// TestParseTalk: what is said in return to “请核对” and to “真的要注销”, and what
// people say beside answers.
func TestParseTalk(t *testing.T) {
	for talk, texts := range map[Talk]string{
		Agrees:   "确认 确定 对 对的 是 是的 没错 对，没错 好 好的 好的谢谢 嗯 嗯嗯 可以 行 没问题 √ ✓ yes OK ok。 没錯 確認 是的，没错 对对对 要 需要 就这样 嗯，对",
		Declines: "不 不是 不对 不对的 错 错了 × 否 不要 不用 不用了 不要了 我不要 名字错了 支部错了 不对，名字错了 写错了 不注销 不要注销 我不想注销了 取消注销 取消绑定 嗯，不对 no 不確定",
		Quits:    "取消 退出 算了 算了吧 那算了 不答了 我不想答了 不练了 停 结束 放弃 改天再答 取消吧，谢谢",
		Unsure:   "不知道 我不知道 不知道啊 我真不知道 不会 我不会 不懂 跳过 下一题 太难了 太难了，我不知道 忘了 这题不会 随便",
		Regrets:  "撤回 选错了 我点错了 不好意思，手滑了 我想改答案 可以改答案吗 能重来吗 上一题我选错了",
		Greets:   "你好 您好 老师好 谢谢 谢谢老师，辛苦了 早上好 😀 👍👍 [微笑] /::) 。。。 哈哈哈哈哈 收到 知道了 在吗 hello 看不清",
		NoTalk:   "A B 1 12 选A 第一个 AC 三 北京 毛泽东 T F v x 答题 绑定 ？ 在？ 是吗 是不是 对吗 对不对 我叫张三 今天天气不错 不对，是的 好人 要求 对手 是非 停战 行军 过雪山 可以吗 10086 http://x.cn",
	} {
		for text := range strings.FieldsSeq(texts) {
			if got := ParseTalk(text); got != talk {
				t.Errorf("%q is talk of the sort %d, not %d", text, got, talk)
			}
		}
	}
	if got := ParseTalk(strings.Repeat("好", 4<<20)); got != NoTalk {
		t.Errorf("4 MB are %d", got)
	}
}

// TestTalkAndAnswers: whatever ParseTalk takes for talk, but for a yes, a no and a
// 不知道, answers no question; and none of it is an answer to a single question.
func TestTalkAndAnswers(t *testing.T) {
	single := content.Question{Type: content.Single, Options: leaders[:4]}
	judge := content.Question{Type: content.Judge}
	blank := content.Question{Type: content.Blank, Answer: content.Key{Accept: []string{"井冈山"}}}
	rapid.Check(t, func(t *rapid.T) {
		words := slices.Concat(talkLeads, talkTails, agreeWords, declineWords, quitWords, unsureWords, giveUpWords, regretWords, blankTalk)
		piece := rapid.OneOf(rapid.SampledFrom(words), rapid.SampledFrom(words), rapid.SampledFrom([]string{"，", "。", "!", "A", "对", "不对"}), sayings)
		text := strings.Join(rapid.SliceOfN(piece, 1, 4).Draw(t, "pieces"), "")
		talk := ParseTalk(text)
		if talk == NoTalk {
			return
		}
		if c, ok := ParseAnswer(text, blank); ok && talk != Unsure {
			t.Fatalf("%q is talk of the sort %d, and the word %q", text, talk, c.Text)
		}
		if _, ok := ParseAnswer(text, judge); ok && talk != Agrees && talk != Declines {
			t.Fatalf("%q is talk of the sort %d, and answers a judge question", text, talk)
		}
		if c, ok := ParseAnswer(text, single); ok {
			t.Fatalf("%q is talk of the sort %d, and means %s", text, talk, c.Letters)
		}
	})
}
