package content

import "sync"

// ChatWords are the words that are commands of the chat, as people read them.
// While a blank is open such a word still means the command, so that none may
// be an accepted answer.
func ChatWords() []string {
	return []string{
		"答题", "开始", "今日答题", "开始答题", "我要答题", "每日答题", "继续", "继续答题",
		"今天", "党史上的今天", "百问", "党史百问", "故事", "小故事", "党史故事", "党史小故事", "听", "听党史",
		"排行", "排行榜", "排名", "名次", "支部", "支部排行", "我的", "我的记录", "我的成绩", "我的积分",
		"错题", "错题本", "我的错题", "绑定", "确认绑定", "提醒", "取消提醒", "关闭提醒",
		"退出排行", "退出排名", "加入排行", "加入排名", "我的数据", "注销", "确认注销", "规则", "答题规则", "申诉", "异议", "我的申诉",
		"证书", "我的证书", "奖状", "我的奖状",
		"帮助", "怎么用", "使用帮助", "help",
	}
}

// AnswerWords are the words that answer a question with options whatever else
// is open. Numbers, which do so too, are not among them: a blank may well ask
// for one.
func AnswerWords() []string {
	return []string{
		"A", "B", "C", "D", "E", "F", "G", "H",
		"对", "错", "是", "否", "√", "×",
	}
}

// IsChatWord reports whether a normalised text is a command of the chat.
func IsChatWord(normalised string) bool { return chatWords()[normalised] }

var chatWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for _, w := range ChatWords() {
		words[Normalise(w)] = true
	}
	return words
})

// reserved are both lists after Normalise.
var reserved = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for _, w := range append(ChatWords(), AnswerWords()...) {
		words[Normalise(w)] = true
	}
	delete(words, "") // a sign that does not outlive Normalise clashes with nothing
	return words
})
