package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// TestBankRegrade: a preview writes nothing; what is published is what it said;
// the history tells who and why; the same again changes nothing.
func TestBankRegrade(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	rank(t, r, 30)
	p, err := r.bot.IssuePaper(t.Context(), quiz.DayOf(r.bot.Now()))
	if err != nil {
		t.Fatal(err)
	}
	place := 0
	for p.Questions[place].Type != content.Single {
		place++
	}
	q := p.Questions[place]
	other := content.Letters(1)
	if q.Answer.Letters == other {
		other = 2
	}
	r.stop()

	board := func() string {
		out, _ := mustRun(t, "board", "export", "--format", "csv", "--top", "0")
		return out
	}
	before := board()
	preview, _ := mustRun(t, "bank", "regrade", q.ID, "--void", "--reason", "印错了")
	for _, want := range []string{q.ID, "更正为：作废", "答完有这道题的卷子的 30 人", "+12", "前100名", "什么也没有写"} {
		if !strings.Contains(preview, want) {
			t.Errorf("the preview does not say %q:\n%s", want, preview)
		}
	}
	if board() != before {
		t.Error("the preview changed the board")
	}
	out, _ := mustRun(t, "bank", "regrade", q.ID, "--void", "--reason", "印错了", "--by", "李四", "--publish")
	if !strings.Contains(out, "已发布") || board() == before {
		t.Errorf("published:\n%s", out)
	}
	verified, _ := mustRun(t, "board", "verify")
	if !strings.Contains(verified, "0 人不一致") {
		t.Errorf("afterwards: %s", verified)
	}
	if out, _ := mustRun(t, "bank", "regrade", q.ID, "--void", "--publish"); !strings.Contains(out, "没有什么要改") {
		t.Errorf("the same again:\n%s", out)
	}
	// Back to the key as it was frozen: the board is the one of the beginning.
	mustRun(t, "bank", "regrade", q.ID, "--key", q.Answer.Letters.String(), "--publish")
	if board() != before {
		t.Error("undone, the board is another one")
	}
	mustRun(t, "bank", "regrade", q.ID, "--accept", fmt.Sprintf("%s,%s", q.Answer.Letters, other), "--publish")
	history, _ := mustRun(t, "bank", "rulings")
	for _, want := range []string{"李四", "印错了", "作废", " 或 "} {
		if !strings.Contains(history, want) {
			t.Errorf("the history does not say %q:\n%s", want, history)
		}
	}
	if n := strings.Count(history, "\n"); n != 4 {
		t.Errorf("the history has %d lines:\n%s", n, history)
	}
	mustFail(t, exitUsage, []string{"bank", "regrade", q.ID}, "--key")
	mustFail(t, exitUsage, []string{"bank", "regrade", q.ID, "--key", "H"}, "只有 A 到")
	mustFail(t, exitUsage, []string{"bank", "regrade", q.ID, "--void", "--key", "A"}, "--key", "--void")
	mustFail(t, exitUsage, []string{"bank", "regrade", "nobody-asked", "--void"}, "没有哪天的卷子")
	mustFail(t, exitUsage, []string{"bank", "regrade", q.ID, "--void", "--revision", "99"}, "第 99 版没有出过")
}

// TestServeFinishesARegrade: a command that was stopped on the way is finished by
// the next serve; until then nothing has changed.
func TestServeFinishesARegrade(t *testing.T) {
	t.Chdir(t.TempDir())
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	t.Setenv("DANGSHI_REDIS_URL", s.RedisURL)
	r := start(t, s)
	rank(t, r, 10)
	p, err := r.bot.IssuePaper(t.Context(), quiz.DayOf(r.bot.Now()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, []string{"bank", "regrade", p.Questions[0].ID, "--void", "--publish"}, io.Discard, io.Discard)
	}()
	pending := func() bool {
		_, ok, err := r.data.Regrading(t.Context())
		return ok && err == nil
	}
	eventually(t, "the regrade is begun", pending)
	stop() // it waits for what other replicas do by the old rulings
	if got := <-code; got != exitFailed || !pending() {
		t.Fatalf("exit %d, pending %v", got, pending())
	}
	if history, err := r.data.Corrections(t.Context()); err != nil || len(history) > 0 {
		t.Errorf("it was published: %+v, %v", history, err)
	}
	r.stop()
	r = start(t, s)
	eventually(t, "serve finishes the regrade", func() bool { return !pending() })
	if history, err := r.data.Corrections(t.Context()); err != nil || len(history) != 1 {
		t.Errorf("the history is %+v, %v", history, err)
	}
	if verified, _ := mustRun(t, "board", "verify"); !strings.Contains(verified, "0 人不一致") {
		t.Errorf("afterwards: %s", verified)
	}
}
