package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	"dangshi/bot/sandbox/population"
	"dangshi/quiz"
	"dangshi/store"
)

// simulateCmd lives a year of members.
type simulateCmd struct {
	Members     int    `help:"多少名学员。" default:"2000" placeholder:"N"`
	Days        int    `help:"过多少天。" default:"365" placeholder:"N"`
	From        string `help:"从哪一天起。" default:"2026-01-01" placeholder:"YYYY-MM-DD"`
	Seed        uint64 `help:"随机数的种子：种子一样，这一年就一模一样。" default:"1" placeholder:"N"`
	Connections int    `help:"同时有多少名学员在发消息。" default:"64" placeholder:"N"`
	Safe        bool   `help:"用安全模式（加密的消息）。"`
	Redis       string `help:"在这个空的 Redis 里进行；不设则用临时的。绝不碰已有的数据。" placeholder:"URL"`
	Keep        bool   `help:"数据留在 --redis 里，不清掉。" env:"DANGSHI_SIMULATE_KEEP"`
	JSON        string `name:"json" help:"报告另存为 JSON。" placeholder:"FILE"`

	between func(http.Handler) http.Handler // stands before the webhook; nil: nothing does
}

// Run is the command.
func (c *simulateCmd) Run(a *app) error {
	from, err := c.check()
	if err != nil {
		return err
	}
	// Not after the year: what it took hours to find out would be lost.
	if err := c.writableJSON(); err != nil {
		return err
	}
	collectSeldom()
	report, err := a.simulate(c, from)
	if a.ctx.Err() != nil {
		return errors.New("中断了，没有核对")
	}
	if err != nil {
		return err
	}
	a.shown.clear()
	printSimulation(a.out, report)
	if c.JSON != "" {
		text, err := json.MarshalIndent(report, "", "  ")
		if err == nil {
			err = os.WriteFile(c.JSON, append(text, '\n'), 0o644)
		}
		if err != nil {
			return fmt.Errorf("报告没有写成：%w", err)
		}
	}
	if report.Violations > 0 {
		return fmt.Errorf("有 %d 处不对，最先的几处列在上面", report.Violations)
	}
	return nil
}

// Years in which a simulation may begin: WeChat's times are seconds since 1970, and ten
// years more still have a date of four digits.
const (
	firstYear = 2000
	lastYear  = 2100
)

// writableJSON fails where the report could not be written. What lies there stays; a
// file that it makes is left for the report, or empty.
func (c *simulateCmd) writableJSON() error {
	if c.JSON == "" {
		return nil
	}
	f, err := os.OpenFile(c.JSON, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return usagef("--json：写不了报告：%w", err)
	}
	return f.Close()
}

// check is about the command line, and gives the first day.
func (c *simulateCmd) check() (from quiz.Day, err error) {
	for _, f := range []struct {
		name         string
		value, limit int
	}{{"members", c.Members, 1_000_000}, {"days", c.Days, 3650}, {"connections", c.Connections, 10_000}} {
		if f.value < 1 || f.value > f.limit {
			return 0, usagef("--%s：应为 1 到 %d，现在是 %d", f.name, f.limit, f.value)
		}
	}
	if from, err = quiz.ParseDay(c.From); err != nil {
		return 0, usagef("--from：%w", err)
	}
	if year, _, _ := from.Civil(); year < firstYear || year > lastYear {
		return 0, usagef("--from：应在 %d 年到 %d 年之间，现在是 %s", firstYear, lastYear, from)
	}
	if c.Redis != "" {
		if err := store.CheckURL(c.Redis); err != nil {
			return 0, usagef("--redis：%w", err)
		}
	} else if c.Keep {
		return 0, usagef("--keep：要和 --redis 一起用，临时的 Redis 留不住")
	}
	return from, nil
}

// simulate lives the days on data of its own, which are gone afterwards unless they are
// to be kept. An error is that of the simulation itself; what it found wrong is in the
// report.
func (a *app) simulate(c *simulateCmd, from quiz.Day) (report *population.Report, err error) {
	place, err := a.stage(c)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, place.leave()) }()
	return place.play(c, from)
}
