package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dangshi/admin/account"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
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

// TestServeTakesOverARegrade: what a stopped process has left a living serve finishes,
// not while another one is at it; its page tells so.
func TestServeTakesOverARegrade(t *testing.T) {
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
	pending := func() bool {
		_, ok, err := r.data.Staged(t.Context())
		return ok || err != nil
	}
	const id = "regrade-0123"
	at := "/admin/ranking/regrade/published?work=" + id + "&question=" + p.Questions[0].ID
	admin := admit(t, r, "陈杰", account.Admin)
	_, err = r.data.Alone(t.Context(), regradeTurn, func(ctx context.Context) error {
		plan, _, err := r.app.planRegrade(ctx, r.data, store.RegradeRequest{Question: p.Questions[0].ID, Proposal: quiz.Proposal{Void: true}, By: "甲", At: 1})
		if err != nil {
			return err
		}
		plan.Work = id
		ran, err := r.works.Run(ctx, id, "甲", func(ctx context.Context, _ func(int, int)) (any, error) {
			ctx, die := context.WithCancel(ctx)
			go func() {
				for !pending() {
					time.Sleep(time.Millisecond)
				}
				die() // it waits for what other replicas do by the old rulings
			}()
			return nil, r.data.PublishRegrade(ctx, plan, store.RebuildOptions{})
		})
		if !ran || err == nil || !pending() {
			t.Errorf("it did not die on the way: %v, %v, %v", ran, err, pending())
		}
		if err := r.resumeRegrade(ctx); err != nil || !pending() {
			t.Errorf("beside another process: %v, pending %v", err, pending())
		}
		_, page := r.page(t, admin, at)
		mustSay(t, page, "做到一半停了", "接着做完", "data-again")
		history, err := r.data.Corrections(ctx)
		if len(history) > 0 {
			t.Errorf("it was published: %+v", history)
		}
		return err
	})
	if err := errors.Join(err, r.resumeRegrade(t.Context())); err != nil {
		t.Fatal(err)
	}
	eventually(t, "serve finishes the regrade", func() bool { // which may have looked for it by itself
		w, _, err := r.works.Find(t.Context(), id)
		return err == nil && w.Over && w.Taken && w.By == "甲" && w.Fault == ""
	})
	_, page := r.page(t, admin, at)
	mustSay(t, page, "已发布", "另一台服务器接着做完")
	if history, err := r.data.Corrections(t.Context()); err != nil || len(history) != 1 || pending() {
		t.Errorf("the history is %+v, %v; pending %v", history, err, pending())
	}
	if verified, _ := mustRun(t, "board", "verify"); !strings.Contains(verified, "0 人不一致") {
		t.Errorf("afterwards: %s", verified)
	}
}

// TestInTurn: who is at it is waited for and named; then it is done, and begun again
// where another process took it over: the other one's end is not one's own.
func TestInTurn(t *testing.T) {
	t.Chdir(t.TempDir())
	r := start(t, defaults())
	waits, done := make(chan struct{}), make(chan error, 1)
	a := r.app.quiet(t.Context())
	a.errs = writerFunc(func(b []byte) {
		mustSay(t, string(b), holder())
		close(waits) // it says so once
	})
	turns := 0
	_, err := r.data.Alone(t.Context(), regradeTurn, func(context.Context) error {
		go func() {
			done <- a.publish(r.data, func(context.Context) error {
				if turns++; turns == 1 {
					return fmt.Errorf("in the middle: %w", store.ErrSuperseded)
				}
				return store.ErrRuled
			})
		}()
		<-waits
		if turns != 0 {
			t.Error("it does not wait")
		}
		return nil
	})
	if err := errors.Join(err, <-done); err != nil || turns != 2 {
		t.Errorf("%v, %d turns", err, turns)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := r.app.quiet(stopped).inTurn(r.data, regradeTurn, func(context.Context) error { return store.ErrSuperseded }); err == nil {
		t.Error("it does not end with its context")
	}
}

// writerFunc hears what a command says.
type writerFunc func(b []byte)

func (f writerFunc) Write(b []byte) (int, error) {
	f(b)
	return len(b), nil
}
