package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"dangshi/admin/board"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// boardExportCmd writes the ranking for staff.
type boardExportCmd struct {
	Season     string `help:"赛季，例如 2026；不设则为当前赛季。" placeholder:"ID"`
	Top        int    `help:"前多少名；并列在末位的都列出。0 为全部。" default:"100" placeholder:"N"`
	Branch     string `help:"只列这个支部和它的下级（编号）。" placeholder:"CODE"`
	WithOpenid bool   `name:"with-openid" help:"也列出 openid；不加则 openid 不出门。"`
	Format     string `help:"xlsx 或 csv。" enum:"xlsx,csv" default:"xlsx" placeholder:"FORMAT"`
	Output     string `short:"o" help:"写到文件；不设则写到标准输出。" placeholder:"FILE"`
}

// Run is the command.
func (c *boardExportCmd) Run(a *app) error {
	if c.Top < 0 {
		return usagef("--top 不能为负")
	}
	if err := checkFormat(c.Output, c.Format, c.Format); err != nil {
		return err
	}
	return a.withSeason(c.Season, func(d *data, season quiz.Season) error {
		h, err := a.reportHead(d, season)
		if err != nil {
			return err
		}
		h.Top, h.Within, h.OpenID = c.Top, c.Branch, c.WithOpenid
		if within, ok := a.tree.Get(content.Normalise(c.Branch)); c.Branch != "" && !ok {
			return usagef("--branch：没有编号是 %s 的支部，请用 branch list 查看", c.Branch)
		} else if ok {
			h.Within = within.Code
		}
		write := board.WriteCSV
		if c.Format == "xlsx" {
			write = board.WriteXLSX
			if h.Tally, err = a.freshTally(d, season, h.At); err != nil {
				return err
			}
		}
		n := 0
		rows := a.ranking(d, h, func() { n++ })
		if err := writeOutput(c.Output, a.out, func(w io.Writer) error { return write(w, h, rows) }); err != nil {
			return err
		}
		fmt.Fprintf(a.errs, "赛季 %s：导出 %d 人。\n", season.ID, n)
		return nil
	})
}

// reportHead is what a report says of itself, but for what is asked for.
func (a *app) reportHead(d *data, season quiz.Season) (h board.Head, err error) {
	h = board.Head{Season: season, Weights: a.weights(), Branches: a.tree}
	begun, err := d.Seasons(a.ctx)
	if err != nil {
		return h, err
	}
	if terms, ok := begun[season.ID]; ok {
		h.Weights = terms.Weights
	}
	if h.At, err = d.now(a.ctx); err != nil {
		return h, err
	}
	if h.Voids, err = d.Voids(a.ctx); err != nil {
		return h, err
	}
	rulings, err := d.Rulings(a.ctx)
	if err != nil {
		return h, err
	}
	h.Rulings = rulings.Published()
	awards, err := d.Awards(a.ctx, season.ID)
	h.Closed = len(awards) > 0
	return h, err
}

// staleTally is how old the sums of branches may be in an export: older ones, as
// where members may not see them and nobody counts, are counted anew.
const staleTally = 15 * time.Minute

func (a *app) freshTally(d *data, season quiz.Season, now time.Time) (quiz.Tally, error) {
	t, ok, err := d.Tally(a.ctx, season.ID)
	if err != nil || ok && now.Sub(time.Unix(t.At, 0)).Abs() < staleTally {
		return t, err
	}
	fmt.Fprintln(a.errs, "正在统计支部……")
	if err := d.CountTally(a.ctx, season, now); err != nil && !errors.Is(err, quiz.ErrUnknown) {
		return t, err
	}
	t, _, err = d.Tally(a.ctx, season.ID)
	return t, err
}

// ranking hands out the rows of a report, counts them and tells how far it is.
func (a *app) ranking(d *data, h board.Head, count func()) board.Rows {
	options := store.RankingOptions{Top: h.Top, Within: h.Branches.Within(h.Within), Progress: a.progressOf("已读 %d / %d 人\n")}
	return func(take func(board.Row) error) error {
		return d.EachRanked(a.ctx, h.Season, options, func(r store.Ranked) error {
			if r.Fault != nil {
				fmt.Fprintf(a.errs, "警告：编号 %s 的记录或日志已损坏，有些列是空的。请用 board verify 查看。\n", r.Pseudonym)
			}
			count()
			return take(rankedRow(r, h.OpenID))
		})
	}
}

func rankedRow(r store.Ranked, openID bool) board.Row {
	row := board.Row{
		Place: r.Place, Pseudonym: r.Pseudonym, Name: r.Member.Name, Branch: r.Member.Branch,
		Points: r.Points, Days: r.Days, Longest: r.Longest, Correct: r.Totals.Correct, Asked: r.Totals.Asked,
		Draw: r.Lot, Revoked: r.Revoked, Erased: r.ID == "",
	}
	if openID {
		row.ID = r.ID
	}
	return row
}

// progressEvery is the time between two lines that tell how far a long work is.
const progressEvery = 5 * time.Second

// progressOf tells how far a work is, where it takes long.
func (a *app) progressOf(format string) func(done, of int) {
	last := time.Now()
	return func(done, of int) {
		if now := time.Now(); now.Sub(last) >= progressEvery {
			last = now
			fmt.Fprintf(a.errs, format, done, of)
		}
	}
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
	if a.tree, err = d.merged.Branches(a.ctx); err != nil {
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

// branchName is a branch with those above it; where none were read, as the
// settings have it.
func (a *app) branchName(code string) string {
	if a.tree == nil {
		return a.tree.With(a.file.Branches).Path(code)
	}
	return a.tree.Path(code)
}
