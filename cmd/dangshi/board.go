package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"dangshi/quiz"
)

// boardExportCmd writes the ranking for staff.
type boardExportCmd struct {
	Season string `help:"赛季，例如 2026；不设则为当前赛季。" placeholder:"ID"`
	Top    int    `help:"前多少名；并列在末位的都列出。0 为全部。" default:"100" placeholder:"N"`
	Format string `help:"xlsx 或 csv。" enum:"xlsx,csv" default:"xlsx" placeholder:"FORMAT"`
	Output string `short:"o" help:"写到文件；不设则写到标准输出。" placeholder:"FILE"`
}

// boardRow is one line of the export.
type boardRow struct {
	Rank      int
	Pseudonym string
	Name      string // as the member gave it, empty where none was given
	Branch    string
	Points    int // in 1/quiz.Unit points
	Days      int
	Longest   int
	Correct   int
	Asked     int
	ID        string
}

var boardColumns = []string{"名次", "编号", "姓名", "支部", "积分", "完成天数", "最长连续天数", "答对题数", "答题总数", "正确率", "openid"}

// Run is the command.
func (c *boardExportCmd) Run(a *app) error {
	if c.Top < 0 {
		return usagef("--top 不能为负")
	}
	if err := checkFormat(c.Output, c.Format, c.Format); err != nil {
		return err
	}
	return a.withSeason(c.Season, func(d *data, season quiz.Season) error {
		rows, err := a.boardRows(a.ctx, d, season, c.Top)
		if err != nil {
			return err
		}
		write := writeBoardXLSX
		if c.Format == "csv" {
			write = writeBoardCSV
		}
		if err := writeOutput(c.Output, a.out, func(w io.Writer) error { return write(w, season, rows) }); err != nil {
			return err
		}
		fmt.Fprintf(a.errs, "赛季 %s：导出 %d 人。\n", season.ID, len(rows))
		return nil
	})
}

// withSeason opens the data for a command about one season, and closes them.
func (a *app) withSeason(id string, do func(d *data, season quiz.Season) error) (err error) {
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	season, err := a.season(a.ctx, d, id)
	if err != nil {
		return err
	}
	return do(d, season)
}

// season finds the season that is asked for, or the one of now: of the
// sandbox's clock where the data are a sandbox's.
func (a *app) season(ctx context.Context, d *data, id string) (quiz.Season, error) {
	if id == "" {
		now, err := d.now(ctx)
		if err != nil {
			return quiz.Season{}, err
		}
		s, ok := a.file.Seasons.At(quiz.DayOf(now))
		if !ok {
			return quiz.Season{}, usagef("今天不在任何赛季里，请用 --season 指明")
		}
		return s, nil
	}
	if s, ok := a.file.Seasons.ByID(id); ok {
		return s, nil
	}
	begun, err := d.Seasons(ctx)
	if err != nil {
		return quiz.Season{}, err
	}
	terms, ok := begun[id]
	if !ok {
		return quiz.Season{}, usagef("--season：没有赛季 %s", id)
	}
	return quiz.Season{ID: id, From: terms.From}, nil
}

// boardRows reads the ranking and what belongs to each member on it.
func (a *app) boardRows(ctx context.Context, d *data, season quiz.Season, top int) ([]boardRow, error) {
	if top == 0 {
		_, total, err := d.Rank(ctx, season.ID, 0)
		if err != nil {
			return nil, err
		}
		top = total
	}
	standings, err := d.TopTied(ctx, season.ID, top)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(standings))
	for i, s := range standings {
		ids[i] = s.ID
	}
	accounts, err := d.Accounts(ctx, season, ids)
	if err != nil {
		return nil, err
	}
	secret := d.Secret()
	rows := make([]boardRow, len(standings))
	for i, s := range standings {
		if accounts[i].Fault != nil {
			fmt.Fprintf(a.errs, "警告：编号 %s 的记录或日志已损坏，有些列是空的。请用 board verify 查看。\n", quiz.Pseudonym(secret, season.ID, accounts[i].Self))
		}
		points, days, longest := quiz.UnpackRank(s.Score)
		rows[i] = boardRow{
			Rank: s.Rank, Pseudonym: quiz.Pseudonym(secret, season.ID, accounts[i].Self), Name: accounts[i].Member.Name, Branch: a.branchName(accounts[i].Member.Branch),
			Points: points, Days: days, Longest: longest, Correct: accounts[i].Totals.Correct, Asked: accounts[i].Totals.Asked, ID: s.ID,
		}
	}
	return rows, nil
}

func (a *app) branchName(code string) string {
	if name, ok := a.file.Branches[code]; ok {
		return name
	}
	return code
}
