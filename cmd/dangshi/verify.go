package main

import (
	"fmt"

	"dangshi/quiz"
	"dangshi/store"
)

// boardVerifyCmd computes the ranking from the answer logs and compares.
type boardVerifyCmd struct {
	Season string `help:"赛季，例如 2026；不设则为当前赛季。" placeholder:"ID"`
	File   string `help:"只核对这份成绩台账（board ledger 写出的），不需要 Redis 和数据目录。" placeholder:"FILE"`
}

// Run is the command. It fails where the board and the logs, or the scores of a
// ledger, disagree.
func (c *boardVerifyCmd) Run(a *app) error {
	if c.File != "" {
		return a.verifyFile(c.File)
	}
	return a.withSeason(c.Season, a.verify)
}

func (a *app) verify(d *data, season quiz.Season) error {
	report, err := d.Verify(a.ctx, season, store.VerifyOptions{Progress: a.every("已核对 %d 人……\n")})
	if err != nil {
		return err
	}
	return a.tellVerified(season.ID, report)
}

// tellVerified says what was found; differences are an error.
func (a *app) tellVerified(season string, report store.Verification) error {
	fmt.Fprintf(a.out, "赛季 %s：核对 %d 人，其中 %d 人上榜，%d 人不一致。\n", season, report.Members, report.Ranked, len(report.Differences))
	for _, d := range report.Differences {
		fmt.Fprintln(a.out, differenceText(d))
	}
	if len(report.Differences) > 0 {
		return fmt.Errorf("赛季 %s 的排行榜与答题日志不一致", season)
	}
	return nil
}

// differenceText is one line of the report.
func differenceText(d store.Difference) string {
	text := "编号 " + d.Pseudonym + ":"
	if d.Err != nil {
		return text + "记录或日志已损坏：" + d.Err.Error()
	}
	if d.Board != d.Truth {
		text += fmt.Sprintf("排行榜 %s，日志 %s;", rankText(d.Board), rankText(d.Truth))
	}
	for _, part := range []struct {
		differs bool
		name    string
	}{{d.Totals, "累计"}, {d.Streak, "连续天数"}, {d.Last, "最近一天的成绩"}} {
		if part.differs {
			text += "个人记录里的" + part.name + "不一致；"
		}
	}
	return text
}

// rankText is a packed score in words.
func rankText(score int64) string {
	if score == 0 {
		return "没有"
	}
	points, days, longest := quiz.UnpackRank(score)
	return fmt.Sprintf("%s分 %d天 最长连续%d天", quiz.Score(points), days, longest)
}
