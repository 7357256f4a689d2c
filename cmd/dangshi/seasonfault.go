package main

import (
	"errors"
	"fmt"
	"strings"

	"dangshi/admin/frame"
	"dangshi/quiz"
	"dangshi/store"
)

// closeAdvice is how one who closes a season is told what to do: by commands, or on the
// pages of the console.
type closeAdvice struct {
	season   string // as it is called in a sentence
	commit   string // to commit
	again    string // to commit once more, and
	regrade  string // besides waiting for a correction
	damaged  string // to go on without those whose logs are damaged
	rekeying string // while an account is moved
	waited   string // once another process has finished
	named    bool   // those whose logs are damaged are named
}

// commandAdvice is for the command line.
func commandAdvice(season quiz.Season) closeAdvice {
	return closeAdvice{
		season: "赛季 " + season.ID + " ", commit: "运行 season commit", again: "运行 season commit 并", regrade: "（或再运行一次那条命令）",
		damaged: "加 --without-damaged", waited: "，再运行一次同样的命令", named: true,
	}
}

// pageAdvice is for the console.
var pageAdvice = closeAdvice{
	season: "这个赛季", commit: "承诺", again: "承诺一次并", damaged: "勾选“照样结赛”",
	rekeying: "公众号迁移的记录还没有搬完。请等它搬完，再做一次",
}

// closeObstacle says what keeps a season from being closed, or committed to, and what to
// do about it; "": err is something else.
func closeObstacle(season quiz.Season, err error, a closeAdvice) string {
	var unlisted store.UnlistedError
	var damaged store.DamagedError
	switch {
	case errors.Is(err, store.ErrNotBegun):
		return a.season + "还没有人答过题"
	case errors.Is(err, store.ErrSeasonClosed):
		return a.season + "已经开始结赛，承诺不能再改"
	case errors.Is(err, store.ErrSeasonOpen):
		return fmt.Sprintf("%s还没有结束：最后一天是 %s，那天开始的卷子可以答到次日 00:30，以后才能结赛", a.season, season.To)
	case errors.Is(err, store.ErrNotCommitted):
		return a.season + "还没有承诺：请先" + a.commit + "，公布散列并说好用哪一个公开的随机数"
	case errors.Is(err, store.ErrOtherEntropy):
		return a.season + "已经用另一个公开的随机数结赛，不能换"
	case errors.Is(err, store.ErrRekeying):
		return a.rekeying
	case errors.Is(err, store.ErrRegrading):
		return "有一项更正或取消正在发布。请等它做完" + a.regrade + "，再结赛"
	case errors.As(err, &unlisted):
		return fmt.Sprintf("上榜的人里有 %d 个编号不在最后一次公布的名单里。请再%s公布，然后结赛", unlisted.Members, a.again)
	case errors.As(err, &damaged):
		who := ""
		if a.named {
			who = "：" + strings.Join(damaged.Pseudonyms[:min(len(damaged.Pseudonyms), maxNamed)], "、")
		}
		return fmt.Sprintf("有 %d 人的日志已损坏，算不出成绩，结赛会把他们漏掉%s。请先从备份恢复；实在不能，%s", len(damaged.Pseudonyms), who, a.damaged)
	case errors.Is(err, store.ErrSuperseded):
		return "另一个进程正在结赛，请等它做完" + a.waited
	}
	return ""
}

// closeFault is what a command ends with that has not closed a season.
func closeFault(season quiz.Season, err error) error {
	text := closeObstacle(season, err, commandAdvice(season))
	switch {
	case err == nil, errors.Is(err, store.ErrRekeying): // which names a command itself
		return err
	case text == "":
		return fmt.Errorf("没有做完；再运行一次同样的命令，会接着做：%w", err)
	case errors.Is(err, store.ErrNotBegun):
		return usagef("%s", text)
	}
	return errors.New(text)
}

// closeRefusal is what a page of the console says.
func closeRefusal(season quiz.Season, err error) error {
	if text := closeObstacle(season, err, pageAdvice); text != "" {
		return frame.Bad(text + "。")
	}
	return err
}
