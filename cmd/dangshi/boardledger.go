package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// boardLedgerCmd writes a season's ledger.
type boardLedgerCmd struct {
	Season string `help:"赛季，例如 2026；不设则为当前赛季。" placeholder:"ID"`
	Output string `short:"o" required:"" help:"写到文件，例如 ledger-2026.jsonl。" placeholder:"FILE"`
}

// Run is the command.
func (c *boardLedgerCmd) Run(a *app) error {
	return a.withSeason(c.Season, func(d *data, season quiz.Season) error {
		keep := func(write func(io.Writer) error) error { return writeOutput(c.Output, a.out, write) }
		sum, err := a.writeLedger(a.ctx, d, season, keep, a.every("已看 %d 人……\n"))
		switch {
		case errors.Is(err, store.ErrLedgerGone):
			return fmt.Errorf("赛季 %s %s；请用结赛时写下的那一份", season.ID, ledgerGone)
		case err != nil:
			return err
		}
		state := "到现在为止"
		if sum.Closed {
			state = "结赛时"
		}
		fmt.Fprintf(a.out, "赛季 %s %s的成绩台账：%d 人。\nSHA-256  %s\n", season.ID, state, sum.Ranked, sum.SHA256)
		return nil
	})
}

// ledgerGone says why the ledger of a closed season is not to be had.
const ledgerGone = "结赛以后有上榜的人注销，他们的日志已经删去，台账不能再照原样写出"

// writeLedger writes a season's ledger, see store.WriteLedger. Where somebody was erased
// since the close it is the one that serve kept then, if it lies on this machine and is
// that of the honours list.
func (a *app) writeLedger(ctx context.Context, d *data, season quiz.Season, keep func(func(io.Writer) error) error, progress func(int)) (store.LedgerSum, error) {
	sum, gone := d.WriteLedger(ctx, season, keep, progress)
	if !errors.Is(gone, store.ErrLedgerGone) {
		return sum, gone
	}
	h, _, ok, err := d.HonoursFile(ctx, season.ID)
	if err != nil || !ok {
		return sum, cmp.Or(err, gone)
	}
	f, err := os.Open(a.keptLedger(season.ID))
	if errors.Is(err, fs.ErrNotExist) {
		return sum, gone
	}
	if err != nil {
		return sum, err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return sum, err
	}
	if sum = (store.LedgerSum{Season: h.Season, SHA256: hex.EncodeToString(hash.Sum(nil)), Ranked: h.Ranked, Closed: true}); sum.SHA256 != h.Ledger {
		return sum, gone // of a close that was begun and never published
	}
	return sum, keep(func(w io.Writer) error {
		_, err := f.Seek(0, io.SeekStart)
		if err == nil {
			_, err = io.Copy(w, f)
		}
		return err
	})
}

// verifyFile computes a ledger again from itself alone.
func (a *app) verifyFile(path string) error {
	check, err := a.readLedger(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "赛季 %s 的成绩台账：重算 %d 人的成绩和名次，%d 处不一致。\nSHA-256  %s\n", content.Plain(check.Head.Season.ID), len(check.Candidates), check.Faults, check.SHA256)
	if check.Faults > 0 {
		return fmt.Errorf("台账 %s 与重算的不一致", path)
	}
	return nil
}
