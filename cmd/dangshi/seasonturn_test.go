package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
	"dangshi/store"
)

// TestOverTheTurnOfTheYear: a paper of the last evening counts for the old season
// until half past midnight, and not a minute longer; what comes after the close
// belongs to the new one.
func TestOverTheTurnOfTheYear(t *testing.T) {
	t.Chdir(t.TempDir())
	r := start(t, defaults())
	wording, err := r.app.wording()
	if err != nil {
		t.Fatal(err)
	}
	last := quiz.Date(2030, 12, 31)
	now := last.Start()
	b := r.app.newBot(r.data, wording, func() time.Time { return now }, func(string) {})
	sent := int64(0)
	say := func(from, text string) string {
		sent++
		return b.Handle(t.Context(), bot.Message{From: from, Kind: bot.Text, Text: text, Sent: now.Unix(), ID: sent}).Text
	}
	// answer goes on until the paper is finished, and gives the last words.
	answer := func(from string, times int) (words string) {
		for range times {
			if words = say(from, "A"); strings.Contains(words, "完整作答") || strings.Contains(words, "答完") {
				return words
			}
			now = now.Add(time.Second)
		}
		return words
	}
	totals := func(id, season string) quiz.Totals {
		accounts, err := r.data.Accounts(t.Context(), quiz.Season{ID: season, From: quiz.Date(map[string]int{"2030": 2030, "2031": 2031}[season], 1, 1)}, []string{id})
		if err != nil || accounts[0].Fault != nil {
			t.Fatal(err, accounts)
		}
		return accounts[0].Totals
	}
	close := func() error {
		season, _ := quiz.Seasons(nil).ByID("2030")
		if _, err := r.data.CommitSeason(t.Context(), season, now.Unix(), "test", nil); err != nil {
			t.Fatal(err)
		}
		_, err := r.data.CloseSeason(t.Context(), store.CloseRequest{Season: season, Entropy: "1", Prizes: quiz.DefaultPrizes, Now: now}, store.RebuildOptions{Alone: true})
		return err
	}
	now = (last + 1).Start().Add(-5 * time.Minute)
	for _, id := range []string{"early", "late"} {
		say(id, "答题")
		answer(id, 2)
	}
	now = (last + 1).Start().Add(quiz.Grace - time.Minute)
	answer("early", 10)
	if got := totals("early", "2030"); got.Days != 1 {
		t.Errorf("finished at 00:29: %+v", got)
	}
	if err := close(); !errors.Is(err, store.ErrSeasonOpen) {
		t.Errorf("closed at 00:29: %v", err)
	}
	now = (last + 1).Start().Add(quiz.Grace + time.Minute)
	answer("late", 3)
	if err := close(); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"early", "late"} {
		say(id, "答题")
		answer(id, 10)
	}
	if got := totals("late", "2030"); got.Days != 0 {
		t.Errorf("finished at 00:31: %+v", got)
	}
	for _, id := range []string{"early", "late"} {
		if got := totals(id, "2031"); got.Days != 1 {
			t.Errorf("%s in the new season: %+v", id, got)
		}
	}
	awards, err := r.data.Awards(t.Context(), "2030")
	if err != nil || len(awards) != 1 {
		t.Errorf("%+v, %v", awards, err)
	}
	var old bytes.Buffer
	sum, err := r.data.WriteLedger(t.Context(), awards[0].Season, func(write func(io.Writer) error) error { old.Reset(); return write(&old) }, nil)
	if err != nil || !sum.Closed || sum.Ranked != 1 {
		t.Errorf("what came after the close changed the ledger: %+v, %v", sum, err)
	}
}

// TestServeFinishesTheClose: a close that broke off after it had begun is finished
// when serve starts, with the number that it began with.
func TestServeFinishesTheClose(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	rank(t, r, 6)
	season, _ := quiz.Seasons(nil).At(quiz.DayOf(r.bot.Now()))
	end := (season.To + 1).Start().Add(quiz.Grace + 3*time.Minute)
	if _, err := r.data.CommitSeason(t.Context(), season, time.Now().Unix(), "test", nil); err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	_, err := r.data.Alone(t.Context(), closeTurn, func(ctx context.Context) error {
		_, err := r.data.CloseSeason(ctx, store.CloseRequest{
			Season: season, Entropy: "7", Prizes: quiz.DefaultPrizes, Now: end,
			Ledger: func(func(io.Writer) error) error { return full },
		}, store.RebuildOptions{})
		if err := r.data.SetClockOffset(ctx, time.Until(end)); err != nil {
			t.Fatal(err)
		}
		r.stop() // its claim is not given back any more
		return err
	})
	if !errors.Is(err, full) {
		t.Fatal(err)
	}
	if out, _ := mustRun(t, "season", "show"); !strings.Contains(out, "结赛中断了") {
		t.Errorf("broken off:\n%s", out)
	}
	mustFail(t, exitFailed, []string{"season", "close", "--entropy", "8"}, "不能换")
	r = start(t, defaults())
	for limit := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		awards, err := r.data.Awards(t.Context(), season.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(awards) == 6 {
			break
		}
		if time.Now().After(limit) {
			t.Fatal("serve does not finish the close")
		}
	}
	eventually(t, "the page tells who has finished it", func() bool {
		w, _, err := r.works.Find(t.Context(), "close-"+season.ID)
		return err == nil && w.Over && w.Taken && w.Fault == ""
	})
	r.stop()
	mustRun(t, "season", "close", "--season", season.ID, "--entropy", "7", "-o", "out")
	kept := filepath.Join("data", ledgersKept, "ledger-"+season.ID+".jsonl")
	for _, ledger := range []string{"out/ledger-" + season.ID + ".jsonl", kept} {
		mustRun(t, "season", "verify", "out/honours-"+season.ID+".json", "--ledger", ledger)
	}
	for text, want := range map[string]string{"{top: -1}": "top", "{ties: maybe}": "ties", "{tops: 3}": "tops"} {
		write(t, "bad.yaml", "honours: "+text+"\n")
		mustFail(t, exitUsage, []string{"season", "show", "--config", "bad.yaml"}, "honours", want)
	}
}
