package bot

import (
	"context"
	"strings"
	"time"

	"dangshi/content"
)

// handler answers a command; rest is what follows its word, for the few that
// take something.
type handler func(b *Bot, ctx context.Context, m Message, now time.Time, rest string) (string, error)

// commands are the words that are a command when they are the whole message.
// Each must be reserved in package content, so that the bank holds no blank
// whose answer is a command; a test compares the two.
func commands() map[string]handler {
	table := map[string]handler{}
	for _, row := range []struct {
		do    handler
		words string
	}{
		{(*Bot).quiz, "答题 开始 今日答题 开始答题 我要答题 继续 继续答题 每日答题"},
		{(*Bot).today, "今天 党史上的今天"},
		{next(content.QA), "百问 党史百问"},
		{next(content.Story), "故事 小故事 党史故事 党史小故事"},
		{next(content.Audio), "听 听党史"},
		{(*Bot).board, "排行 排行榜 排名 名次"},
		{(*Bot).units, "支部 支部排行"},
		{(*Bot).mine, "我的 我的记录 我的成绩 我的积分"},
		{(*Bot).practise, "错题 错题本 我的错题"},
		{(*Bot).bind, "绑定"},
		{(*Bot).confirm, "确认绑定"},
		{(*Bot).remind, "提醒"},
		{(*Bot).remindNot, "取消提醒 关闭提醒"},
		{(*Bot).leave, "退出排行 退出排名"},
		{(*Bot).rejoin, "加入排行 加入排名"},
		{(*Bot).data, "我的数据"},
		{(*Bot).askErase, "注销"},
		{(*Bot).erase, "确认注销"},
		{(*Bot).rules, "规则 答题规则"},
		{(*Bot).object, "申诉 异议 我的申诉"},
		{(*Bot).help, "帮助 怎么用 使用帮助 help"},
	} {
		for word := range strings.FieldsSeq(row.words) {
			table[content.Normalise(word)] = row.do
		}
	}
	return table
}

// withRest are the commands that take something after their word.
var withRest = [...]string{"绑定", "提醒", "我的数据", "申诉", "异议"}

// command finds the command that a message is. A word that takes something is
// one also with more after it, with or without a space between.
func (b *Bot) command(text string) (do handler, rest string, ok bool) {
	word := content.Normalise(text)
	if do, ok = b.commands[word]; ok {
		return do, "", true
	}
	return b.withMore(text, word, "")
}

// withMore finds a command that takes something, with more after it, behind
// leading words that mean nothing. word is the text normalised.
func (b *Bot) withMore(text, word, lead string) (do handler, rest string, ok bool) {
	for _, w := range withRest {
		if after, begins := strings.CutPrefix(word[len(lead):], w); !begins || after == "" {
			continue
		}
		if do, ok = b.meant(word[len(lead):]); ok { // 提醒取消, 绑定成功了吗
			return do, "", true
		}
		return b.commands[w], afterWord(text, lead+w), true
	}
	return nil, "", false
}

// maxLead bounds the bytes in which a word at the start of a text is looked for:
// spaces and signs may stand between its characters.
const maxLead = 512

// afterWord is what follows a word at the start of a text, as it was written: a
// name keeps its traditional characters.
func afterWord(text, word string) string {
	for i := range text {
		if i > maxLead {
			break
		}
		if content.Normalise(text[:i]) == word {
			return strings.TrimLeft(text[i:], " \t\r\n\u3000+＋:：,，、。.")
		}
	}
	return ""
}
