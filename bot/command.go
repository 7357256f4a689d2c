package bot

import (
	"strings"

	"dangshi/content"
)

// command is what a member asks for by a word of its own.
type command uint8

const (
	noCommand command = iota
	cmdQuiz
	cmdToday
	cmdBoard
	cmdMine
	cmdHelp
)

// commands are the words, normalised, that are a command when they are the
// whole message. Each must be reserved in package content, so that the bank
// holds no blank whose answer is a command; a test compares the two.
var commands = map[string]command{
	"答题": cmdQuiz, "开始": cmdQuiz, "今日答题": cmdQuiz, "开始答题": cmdQuiz, "我要答题": cmdQuiz,
	"继续": cmdQuiz, "继续答题": cmdQuiz, "每日答题": cmdQuiz,
	"今天": cmdToday, "党史上的今天": cmdToday,
	"排行": cmdBoard, "排行榜": cmdBoard, "排名": cmdBoard, "名次": cmdBoard,
	"我的": cmdMine, "我的记录": cmdMine, "我的成绩": cmdMine, "我的积分": cmdMine,
	"帮助": cmdHelp, "怎么用": cmdHelp, "使用帮助": cmdHelp, "help": cmdHelp,
}

// commandOf finds the command that a message is, noCommand for none. A word that
// is reserved and does nothing yet is answered with help: it is a command in the
// eyes of whoever sends it, also while a blank is open.
func commandOf(text string) command {
	word := content.Normalise(text)
	if c, ok := commands[word]; ok {
		return c
	}
	if first, _, more := strings.Cut(strings.TrimSpace(text), " "); more {
		word = content.Normalise(first)
		if word != "绑定" && word != "提醒" {
			return noCommand
		}
	}
	if content.IsChatWord(word) {
		return cmdHelp
	}
	return noCommand
}
