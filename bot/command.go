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

// command is one of the things that a member may ask for by a word.
type command struct {
	say handler
	// answer stands in place of say for what may be more than words.
	answer func(b *Bot, ctx context.Context, m Message, now time.Time, rest string) (Reply, error)
}

func (c *command) do(b *Bot, ctx context.Context, m Message, now time.Time, rest string) (Reply, error) {
	if c.answer != nil {
		return c.answer(b, ctx, m, now, rest)
	}
	text, err := c.say(b, ctx, m, now, rest)
	return Reply{Text: text}, err
}

// commands are the words that are a command when they are the whole message.
// Each must be reserved in package content, so that the bank holds no blank
// whose answer is a command; a test compares the two.
func commands() map[string]*command {
	table := map[string]*command{}
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
		enter(table, &command{say: row.do}, row.words)
	}
	enter(table, &command{answer: (*Bot).certificate}, certificateWord+" 我的证书 奖状 我的奖状")
	return table
}

func enter(table map[string]*command, c *command, words string) {
	for word := range strings.FieldsSeq(words) {
		table[content.Normalise(word)] = c
	}
}

// withRest are the commands that take something after their word.
var withRest = [...]string{"绑定", "提醒", "我的数据", "申诉", "异议"}

// command finds the command that a message is. A word that takes something is
// one also with more after it, with or without a space between.
func (b *Bot) command(text string) (c *command, rest string, ok bool) {
	word := content.Normalise(text)
	if c, ok = b.commands[word]; ok {
		return c, "", true
	}
	if season, ok := certificateSeason(text, word); ok {
		return b.commands[certificateWord], season, true
	}
	return b.withMore(text, word, "")
}

// withMore finds a command that takes something, with more after it, behind
// leading words that mean nothing. word is the text normalised.
func (b *Bot) withMore(text, word, lead string) (c *command, rest string, ok bool) {
	for _, w := range withRest {
		if after, begins := strings.CutPrefix(word[len(lead):], w); !begins || after == "" {
			continue
		}
		if c, ok = b.meant(word[len(lead):]); ok { // 提醒取消, 绑定成功了吗
			return c, "", true
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

// certificateWord is the command's own.
const certificateWord = "证书"

// certificateSeason finds a season in 证书 2026; what follows the word otherwise
// makes it no command.
func certificateSeason(text, word string) (season string, ok bool) {
	if !strings.HasPrefix(word, certificateWord) {
		return "", false
	}
	season = strings.TrimSpace(content.Fold(afterWord(text, certificateWord)))
	return season, season != "" && len(season) <= 16 && strings.Trim(season, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == ""
}
