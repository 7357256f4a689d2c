package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// seasonVerifyCmd checks an honours list as an outsider would.
type seasonVerifyCmd struct {
	File   string `arg:"" help:"荣誉名单，例如 honours-2026.json。"`
	Ledger string `help:"成绩台账，例如 ledger-2026.jsonl；给了就连每个人的成绩一起重算。" placeholder:"FILE"`
	Commit string `help:"结赛前公布的承诺文件（season commit -o 写的），也一起核对。" placeholder:"FILE"`
	Sha256 string `name:"sha256" help:"公布过的名单文件的 SHA-256，也一起核对。" placeholder:"HEX"`
}

// Run is the command. It needs no data; it fails where something is not as it must
// be.
func (c *seasonVerifyCmd) Run(a *app) error {
	file, err := readFile(c.File, quiz.MaxHonours)
	if err != nil {
		return err
	}
	h, err := quiz.ParseHonours(file)
	if err != nil {
		return usagef("%s：%w", c.File, err)
	}
	fmt.Fprintf(a.out, "赛季 %s 的荣誉名单：上榜 %d 人，名单 %d 人，公开的随机数 %s。\n", content.Plain(h.Season.ID), h.Ranked, len(h.Places), content.Plain(h.Entropy))
	failed := 0
	tell := func(all []quiz.Checked) {
		for _, one := range all {
			if one.OK() {
				fmt.Fprintf(a.out, "✓ %s\n", one.What)
				continue
			}
			failed++
			fmt.Fprintf(a.out, "✗ %s：%s\n", one.What, content.Plain(one.Why))
		}
	}
	if c.Sha256 != "" {
		sum := sha256.Sum256(file)
		one := quiz.Checked{What: "文件就是公布过散列的那一份"}
		if is := hex.EncodeToString(sum[:]); !strings.EqualFold(is, strings.TrimSpace(c.Sha256)) {
			one.Why = "它的 SHA-256 是 " + is
		}
		tell([]quiz.Checked{one})
	}
	tell(h.Check())
	if c.Commit == "" {
		fmt.Fprintln(a.out, "– 没有给承诺文件（--commit）：请把名单里 commits 的散列和时间，与结赛前公布的对照一下。")
	} else {
		published, err := readCommitment(c.Commit, h.Season.ID)
		if err != nil {
			return err
		}
		tell(h.CheckCommits(published))
	}
	if c.Ledger == "" {
		fmt.Fprintln(a.out, "– 没有给台账（--ledger），每个人的成绩和没有列入的人没有核对。")
	} else {
		check, err := a.readLedger(c.Ledger)
		if err != nil {
			return err
		}
		tell(h.CheckLedger(check))
	}
	if failed > 0 {
		return fmt.Errorf("有 %d 项不对，这份名单不能采信", failed)
	}
	fmt.Fprintln(a.out, "全部相符。")
	return nil
}

// maxCommitment bounds the file of commitments, in bytes.
const maxCommitment = 1 << 20

// readCommitment reads what season commit has written for a season.
func readCommitment(path, season string) ([]quiz.Commitment, error) {
	text, err := readFile(path, maxCommitment)
	if err != nil {
		return nil, err
	}
	published, err := quiz.ParseCommitted(text)
	if err != nil {
		return nil, usagef("%s：%w", path, err)
	}
	if published.Season != season {
		return nil, usagef("%s 是赛季 %s 的承诺，名单是赛季 %s 的", path, content.Plain(published.Season), content.Plain(season))
	}
	return published.Commits, nil
}

// readFile reads a file that is not larger than it can be.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("读不到文件：%w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errors.New("太大了")
	}
	if err != nil {
		return nil, usagef("读不了 %s：%w", path, err)
	}
	return data, nil
}

// readLedger computes a ledger again and prints each line that disagrees.
func (a *app) readLedger(path string) (*quiz.LedgerCheck, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("读不到台账：%w", err)
	}
	defer f.Close()
	check, err := store.CheckLedger(f, func(fault quiz.LedgerFault) { fmt.Fprintf(a.out, "%s：%s\n", path, content.Plain(fault.Error())) })
	if errors.Is(err, quiz.ErrLedger) {
		return nil, usagef("%s：%w", path, err)
	}
	return check, err
}
