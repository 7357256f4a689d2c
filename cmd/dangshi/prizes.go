package main

import (
	"fmt"
	"io"
	"strings"

	"dangshi/admin/board"
	"dangshi/quiz"
	"dangshi/store"
)

// boardPrizesCmd writes the list by which prizes are handed out.
type boardPrizesCmd struct {
	Season     string `help:"赛季，例如 2026；不设则为当前赛季。" placeholder:"ID"`
	Top        int    `help:"前多少名；不设则为荣誉名单上的全部，还没有结赛的为设置里要列的名次数。" placeholder:"N"`
	By         string `help:"谁导出的，记入操作记录。" required:"" placeholder:"NAME"`
	Reason     string `help:"做什么用，记入操作记录；不要写学员的姓名。" required:"" placeholder:"TEXT"`
	WithOpenid bool   `name:"with-openid" help:"也列出 openid。"`
	Format     string `help:"xlsx 或 csv。" enum:"xlsx,csv" default:"xlsx" placeholder:"FORMAT"`
	Output     string `short:"o" help:"写到文件；不设则写到标准输出。" placeholder:"FILE"`
}

// Run is the command.
func (c *boardPrizesCmd) Run(a *app) error {
	switch {
	case c.Top < 0:
		return usagef("--top 不能为负")
	case strings.TrimSpace(c.By) == "":
		return usagef("--by：请写明谁导出的")
	case strings.TrimSpace(c.Reason) == "":
		return usagef("--reason：请写明做什么用")
	}
	if err := checkFormat(c.Output, c.Format, c.Format); err != nil {
		return err
	}
	return a.withSeason(c.Season, func(d *data, season quiz.Season) error {
		h, err := a.reportHead(d, season)
		if err != nil {
			return err
		}
		if h.Top, err = c.top(a, d, season); err != nil {
			return err
		}
		h.OpenID = c.WithOpenid
		p := board.Prizes{Head: h, By: c.By, Why: c.Reason}
		var rows []board.Row
		err = a.ranking(d, h, func() {})(func(r board.Row) error {
			rows = append(rows, r)
			return nil
		})
		if err != nil {
			return err
		}
		return c.write(a, d, p, rows)
	})
}

// top is how many are listed.
func (c *boardPrizesCmd) top(a *app, d *data, season quiz.Season) (int, error) {
	awards, err := d.Awards(a.ctx, season.ID)
	if err == nil && len(awards) == 0 {
		fmt.Fprintf(a.errs, "注意：赛季 %s 还没有结赛，名次还会变。\n", season.ID)
	}
	return a.prizes().Listed(c.Top, len(awards)), err
}

// write notes the list in the audit log, and only then hands it out: a crash in
// between leaves a line without a list, never a list without its line.
func (c *boardPrizesCmd) write(a *app, d *data, p board.Prizes, rows []board.Row) error {
	more := fmt.Sprintf("%d 人", len(rows))
	if c.WithOpenid {
		more += "，含 openid"
	}
	line := store.Audited{At: p.At, By: c.By, Did: "board.prizes", On: p.Season.ID, Why: c.Reason, More: more}
	if err := d.Audit(a.ctx, line); err != nil {
		return fmt.Errorf("没有写成操作记录，名单没有导出：%w", err)
	}
	write := board.WritePrizesXLSX
	if c.Format == "csv" {
		write = board.WritePrizesCSV
	}
	if err := writeOutput(c.Output, a.out, func(w io.Writer) error { return write(w, p, rows) }); err != nil {
		return err
	}
	unnamed := 0
	for _, r := range rows {
		if r.Name == "" {
			unnamed++
		}
	}
	fmt.Fprintf(a.errs, "赛季 %s：颁奖名单 %s，其中 %d 人没有登记姓名，怎样找写在名单里。已记入操作记录。\n", p.Season.ID, more, unnamed)
	return nil
}
