package bot

import (
	"strings"
	"testing"

	"dangshi/content"
	"dangshi/content/starter"
)

// TestWishes: a wish is normalised, and means a command that there is; none is a
// command of its own.
func TestWishes(t *testing.T) {
	b := testBot(t)
	for word, others := range wishes {
		if b.commands[word] == nil {
			t.Errorf("no command %q", word)
		}
		for _, other := range others {
			if other != content.Normalise(other) || b.commands[other] != nil {
				t.Errorf("%q is not normalised, or a command", other)
			}
		}
	}
	for _, table := range [][]string{wishLeads, wishTails} {
		for _, w := range table {
			if w != content.Normalise(w) {
				t.Errorf("%q is not normalised", w)
			}
		}
	}
}

// meant is what a text means: the command, and what it takes; nil: none.
func meant(b *Bot, text string) (do *command, rest string) {
	do, rest, ok := b.command(text)
	if !ok {
		do, rest, _ = b.wish(text)
	}
	return do, rest
}

func same(a, b *command) bool { return a == b }

// TestSentencesThatMeanACommand as people type and say them.
func TestSentencesThatMeanACommand(t *testing.T) {
	b := testBot(t)
	for text, want := range map[string]string{
		"答题": "答题", "我要答题了": "答题", "開始答題吧": "答题", "你好，我想答题，谢谢老师。": "答题", "签到": "答题", "嗯，那就开始吧": "答题",
		"帮我看一下排行榜": "排行", "我排第几名？": "排行", "我的积分是多少？": "我的", "麻烦您帮我查一下我的成绩": "我的",
		"给我讲个故事吧": "故事", "我想看今天的党史": "今天", "怎么算分啊": "规则", "老师您好，我想问一下怎么答题": "帮助",
		"我要绑定": "绑定", "绑定成功了吗": "绑定", "我要改名字": "绑定", "确定绑定": "确认绑定",
		"提醒取消": "取消提醒", "不要再提醒我了": "取消提醒", "把每天的提醒关掉": "取消提醒", "每天早上7点半叫我": "提醒",
		"我不想上榜了": "退出排行", "重新加入排行": "加入排行", "我要注销账号": "注销", "确认注销！": "确认注销", "我确认注销。": "确认注销", "看看我的数据": "我的数据",
		// None of them does:
		"不要注销": "", "我不想注销": "", "好听": "", "今天天气不错": "", "排行第一的是谁": "", "别忘了提醒我": "", "老师好": "", "谢谢": "", "取消": "", "注销是什么意思": "", "要求": "", "": "", "A": "", "我": "",
		strings.Repeat("我要", 500) + "答题": "",
	} {
		if do, _ := meant(b, text); !same(do, b.commands[want]) {
			t.Errorf("%.60q does not mean %q", text, want)
		}
	}
	for text, want := range map[string]string{
		"我要绑定 张三 一支部": "张三 一支部", "帮我綁定張三": "張三", "绑定,张三,一支部": "张三,一支部", "请帮我绑定：张三": "张三", "我想看我的数据2026-11": "2026-11",
	} {
		if _, rest := meant(b, text); rest != want {
			t.Errorf("%q takes %q, not %q", text, rest, want)
		}
	}
}

// TestNoAnswerIsAWish: nothing that answers a question of the shipped bank means a
// command.
func TestNoAnswerIsAWish(t *testing.T) {
	b := testBot(t)
	_, questions, err := starter.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range questions {
		for _, answer := range append(q.Answer.Accept, q.Options...) {
			for _, text := range []string{answer, "我觉得是" + answer, answer + "吧", "选" + answer} {
				if do, _ := meant(b, text); do != nil {
					t.Errorf("%s: %q means a command", q.ID, text)
				}
			}
		}
	}
}

// TestTimeOfDay as people write and say it.
func TestTimeOfDay(t *testing.T) {
	for text, want := range map[string]int{
		"20:00": 1200, "２０：００": 1200, "20点": 1200, "2030": 1230, "20 30": 1230, "830": 510, "8点半": 510, "晚上8点半": 1230, "晚上八点三十分": 1230, "下午三点一刻": 915, "早上7点": 420, "七点四十五": 465,
		"晚上12点": 0, "半夜十二点": 0, "凌晨12点": 0, "中午12点": 720, "中午一点": 780, "晚上一点": 60, "傍晚6点": 1080, "24:00": 0, "0:05": 5, "我晚上八点": 1200, "每天晚上八点提醒我答题吧": 1200, "晚上八点，谢谢": 1200,
		"请在每天早上七点半的时候叫我一声": 450, "今晚9点": 1260, "改成21:00": 1260,
	} {
		if got, ok := timeOfDay(text); !ok || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "明天", "25:00", "20:61", "八点七十", "开会", "我明天开会", "三天后", "2026-11-20", "一百", "十十点", "下周一", strings.Repeat("我", 3000) + "八点x"} {
		if got, ok := timeOfDay(text); ok {
			t.Errorf("%.40q is taken for %s", text, clock(got))
		}
	}
}
