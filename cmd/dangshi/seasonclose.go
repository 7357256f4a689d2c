package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"dangshi/admin/board"
	"dangshi/quiz"
	"dangshi/store"
)

// seasonCloseCmd ends a season.
type seasonCloseCmd struct {
	Entropy string `required:"" help:"事先说好的公开随机数，例如那一期彩票的开奖号码，照公布的样子写。" placeholder:"TEXT"`
	Season  string `help:"赛季；不设则为刚结束、还没有结赛的那个。" placeholder:"ID"`
	Output  string `short:"o" help:"把名单和台账写到这个目录。" default:"." placeholder:"DIR"`
	By      string `help:"谁做的，记入历史；不设则为系统用户名。" placeholder:"NAME"`
	Damaged bool   `name:"without-damaged" help:"有学员的日志已损坏、算不出成绩，也照样结赛，他们不上榜。"`
}

// Run is the command. One that was killed goes on when it is called again.
func (c *seasonCloseCmd) Run(a *app) (err error) {
	entropy, err := quiz.CleanEntropy(c.Entropy)
	if err != nil {
		return usagef("--entropy：%w", err)
	}
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	act, err := a.act(d, c.By, "")
	if err != nil {
		return err
	}
	season, ok, err := a.ended(a.ctx, d, c.Season, act.At)
	if err != nil {
		return err
	}
	if !ok {
		return usagef("没有结束了而还没有结赛的赛季；要再写一次已结赛的名单，请用 --season 指明")
	}
	if err := os.MkdirAll(c.Output, 0o755); err != nil {
		return usagef("--output：%w", err)
	}
	// In its place before the list is published, as by keepLedger.
	ledger := filepath.Join(c.Output, fmt.Sprintf(ledgerName, season.ID))
	keep := func(write func(io.Writer) error) error { return writeOutput(ledger, nil, write) }
	done, err := a.closeSeason(d, store.CloseRequest{
		Season: season, Entropy: entropy, Prizes: a.prizes(), Now: act.At, By: act.By, Damaged: c.Damaged, Ledger: keep,
	}, a.rebuilding(d, "已看 %d 人次……\n"))
	if err != nil {
		return closeFault(season, err)
	}
	return c.written(a, d, done, ledger)
}

// ledgerName is the file's, of a season.
const ledgerName = "ledger-%s.jsonl"

// written puts the files into place and says what they are.
func (c *seasonCloseCmd) written(a *app, d *data, done store.Closed, ledger string) error {
	h := done.Honours
	file := func(format string) string { return filepath.Join(c.Output, fmt.Sprintf(format, h.Season.ID)) }
	list := file("honours-%s.json")
	sum := sha256.Sum256(done.File)
	awards, err := d.Awards(a.ctx, h.Season.ID)
	if err != nil {
		return err
	}
	tree, err := d.merged.Branches(a.ctx)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		path    string
		content func(io.Writer) error
	}{
		{list, func(w io.Writer) error { _, err := w.Write(done.File); return err }},
		{list + ".sha256", func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s  %s\n", hex.EncodeToString(sum[:]), filepath.Base(list))
			return err
		}},
		{file("honours-%s.csv"), func(w io.Writer) error { return board.WriteHonoursCSV(w, awards, tree) }},
	} {
		if err := writeOutput(f.path, a.out, f.content); err != nil {
			return err
		}
	}
	state := "早已结赛，以下是当时的名单"
	if done.Now {
		state = "已结赛"
	}
	fmt.Fprintf(a.out, "赛季 %s %s：上榜 %d 人，荣誉名单 %d 人。\n", h.Season.ID, state, h.Ranked, len(h.Places))
	if h.Line != nil {
		fmt.Fprintf(a.out, "与末位并列的有 %d 人，其中 %d 人列入。\n", len(h.Line.Drawn), h.Line.Named)
	}
	fmt.Fprintf(a.out, "  %s  荣誉名单，没有姓名，用来公布\n  SHA-256  %s\n", list, hex.EncodeToString(sum[:]))
	if done.Ledger == nil {
		fmt.Fprintf(a.out, "  %s  成绩台账，没有姓名，用来公布\n  SHA-256  %s\n", ledger, h.Ledger)
	} else {
		fmt.Fprintf(a.out, "  成绩台账没有再写：结赛以后有上榜的人注销，他们的日志已经删去。请用结赛时写下的那一份（SHA-256 %s）；结赛若是 serve 接着做完的，它在那台机器的 %s。\n", h.Ledger, filepath.Join(a.Data, ledgersKept))
	}
	fmt.Fprintf(a.out, "  %s  有姓名的名单，只在内部用\n", file("honours-%s.csv"))
	fmt.Fprintf(a.out, "任何人都可以核对：season verify %s --ledger %s\n", list, ledger)
	return nil
}

// prizes are how many places are named, by the settings.
func (s *Settings) prizes() quiz.Prizes {
	p := quiz.DefaultPrizes
	if s.file.Honours.Top != 0 {
		p.Top = s.file.Honours.Top
	}
	if s.file.Honours.Ties != "" {
		p.Ties = s.file.Honours.Ties
	}
	return p
}

// ledgersKept is the folder of the data in which serve keeps the ledgers of the
// closes that it finished.
const ledgersKept = "closes"

// keepLedger writes a ledger where an operator finds it: in place before the list is
// published, so that a crash leaves no list without its ledger. One that is left of
// a close which was not published is replaced by the next.
func (a *app) keepLedger(season string, write func(io.Writer) error) error {
	path := a.keptLedger(season)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return writeOutput(path, nil, write)
}

// keptLedger is where it lies.
func (a *app) keptLedger(season string) string {
	return filepath.Join(a.Data, ledgersKept, fmt.Sprintf(ledgerName, season))
}
