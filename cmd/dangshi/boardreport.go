package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	reports "dangshi/admin/report"
	"dangshi/quiz"
	"dangshi/store"
)

// boardReportCmd writes the report of a month or a quarter.
type boardReportCmd struct {
	Month   string `help:"月报：哪个月，例如 2026-11。" xor:"when" required:"" placeholder:"YYYY-MM"`
	Quarter string `help:"季评：哪个季度，例如 2026Q4。" xor:"when" required:"" placeholder:"YYYYQN"`
	Output  string `short:"o" help:"写到文件，.pdf 为 PDF，.html 为网页；不设则网页写到标准输出。" placeholder:"FILE"`
}

// Run is the command.
func (c *boardReportCmd) Run(a *app) (err error) {
	flag, text, kind := "--month", c.Month, reports.Month
	if c.Quarter != "" {
		flag, text, kind = "--quarter", c.Quarter, reports.Quarter
	}
	p, ok := reports.ParsePeriod(text)
	if !ok || p.Kind != kind {
		return usagef("%s：%q 不是%s", flag, text, map[reports.Kind]string{reports.Month: "月份，例如 2026-11", reports.Quarter: "季度，例如 2026Q4"}[kind])
	}
	ending := strings.ToLower(filepath.Ext(c.Output))
	if c.Output != "" && ending != ".pdf" && ending != ".html" {
		return usagef("-o：文件名要以 .pdf 或 .html 结尾")
	}
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	now, err := d.now(a.ctx)
	if err != nil {
		return err
	}
	r, err := reports.Gather(a.ctx, freshTrends{trendSource{a, d}, now}, p, quiz.DayOf(now))
	if errors.Is(err, reports.ErrNoSeason) || errors.Is(err, reports.ErrNotBegun) {
		return usagef("%s %s：%w", flag, text, err)
	}
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { return reports.WriteHTML(w, r) }
	if ending == ".pdf" {
		write = func(w io.Writer) error { return reports.WritePDF(w, r, a.Font, now) }
	}
	if err := writeOutput(c.Output, a.out, write); err != nil {
		var cannot reports.CannotDraw
		if errors.As(err, &cannot) {
			return usageError{err} // what to install, or what is not in the font
		}
		return err
	}
	fmt.Fprintf(a.errs, "%s写好了。\n", r.Title)
	return nil
}

// staleTrends is how old a count may be from which a command makes a report.
const staleTrends = 15 * time.Minute

// freshTrends are trends for a command, which counts anew what was counted a while ago.
type freshTrends struct {
	trendSource
	now time.Time
}

// Trends is of report.Source.
func (f freshTrends) Trends(ctx context.Context, season string) (quiz.Trends, error) {
	t, err := f.trendSource.Trends(ctx, season)
	if err != nil || t.Season != "" && f.now.Sub(time.Unix(t.At, 0)).Abs() < staleTrends {
		return t, err
	}
	all, err := f.Seasons(ctx)
	if err != nil {
		return t, err
	}
	tree, err := f.Branches(ctx)
	if err != nil {
		return t, err
	}
	for _, x := range all {
		if x.ID != season {
			continue
		}
		o := store.TrendOptions{Branches: tree, Progress: f.app.every("已看 %d 人……\n"), Damaged: f.app.damaged}
		if err := f.data.CountTrends(ctx, x, f.now, o); err != nil && !errors.Is(err, quiz.ErrUnknown) {
			return t, err
		}
	}
	return f.trendSource.Trends(ctx, season)
}
