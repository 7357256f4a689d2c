package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/bot/wechat/peer"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// answerAll sends 答题 and five answers, all A, and gives the last reply.
func answerAll(t *testing.T, c *peer.Client, from string) string {
	t.Helper()
	mustSay(t, say(t, c, from, "答题"), "第1题（共5题）")
	for range 4 {
		say(t, c, from, "A")
	}
	return say(t, c, from, "A")
}

// TestDayAndRestart: a member's whole day on each kind of store, kept over a
// restart.
func TestDayAndRestart(t *testing.T) {
	t.Run("embedded", func(t *testing.T) {
		s := defaults()
		s.Data = t.TempDir()
		dayAndRestart(t, s)
	})
	t.Run("redis", func(t *testing.T) {
		s := defaults()
		s.RedisURL = servers.Redis(t).URL
		dayAndRestart(t, s)
	})
	t.Run("cluster", func(t *testing.T) {
		s := defaults()
		s.RedisURL = servers.Cluster(t).URL
		dayAndRestart(t, s)
	})
}

func dayAndRestart(t *testing.T, s Settings) {
	r := start(t, s)
	c := r.client()
	mustSay(t, post(t, c, peer.Event("oWang", "subscribe", "")), "欢迎", "参加须知")
	mustSay(t, answerAll(t, c, "oWang"), "题答完了", "连续 1 天", "第 1 名（共 1 人）")
	mustSay(t, say(t, c, "oLi", "答题"), "第1题")
	mustSay(t, say(t, c, "oLi", "A"), "第2题")
	mine := say(t, c, "oWang", "我的")
	mustSay(t, mine, "答完 1 天", "名次 第 1 名")
	r.stop()

	c = start(t, s).client()
	if again := say(t, c, "oWang", "我的"); again != mine {
		t.Errorf("before the restart:\n%s\nafter it:\n%s", mine, again)
	}
	mustSay(t, say(t, c, "oWang", "排行"), "第1名 您")
	mustSay(t, say(t, c, "oWang", "答题"), "已经答完")
	mustSay(t, say(t, c, "oLi", "答题"), "第2题")
	mustSay(t, say(t, c, "oLi", "今天"), "党史上的今天")
}

// TestSafeMode: a real account in safe mode, and what is refused there.
func TestSafeMode(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	s.WechatAppid, s.WechatToken, s.WechatAeskey = "wx0123456789abcdef", "a-token", strings.Repeat("k", 43)
	r := start(t, s)
	if code, _, errs := run(t, "bank", "approve", "--starter", "--by", "王芳", "--redis-url", s.RedisURL); code != exitDone {
		t.Fatal(errs)
	}
	c := r.client()
	eventually(t, "the approved questions are asked", func() bool { return strings.Contains(say(t, c, "oSafe", "答题"), "第1题（共5题）") })
	mustSay(t, answerAll(t, c, "oSafe"), "题答完了")
	plain := r.client()
	plain.AESKey = ""
	if a, err := plain.Send(t.Context(), peer.Text("oSafe", "答题")); err != nil || a.Status != http.StatusForbidden {
		t.Errorf("a plain message to safe mode: %d, %v", a.Status, err)
	}
	resp, err := http.Get(r.url + "/sandbox/clock")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("a real account has a sandbox: %d", resp.StatusCode)
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	return page(t, http.DefaultClient, http.MethodGet, url, nil)
}

// TestSlowStart: serve waits for a Redis that is slow while it starts.
func TestSlowStart(t *testing.T) {
	proxy := storetest.FlakyProxy(t, servers.Redis(t).Addr, 1)
	s := defaults()
	s.RedisURL = proxy.URL
	proxy.BlackHole()
	var healing sync.WaitGroup
	healing.Go(func() {
		time.Sleep(1500 * time.Millisecond) // an answer in the chat would have been given up
		proxy.Heal(t)
	})
	r := start(t, s)
	healing.Wait()
	mustSay(t, say(t, r.client(), "oSlow", "答题"), "第1题")
}

// TestGracefulStop: an answer that is in flight when serve is told to stop is
// finished, counted and told.
func TestGracefulStop(t *testing.T) {
	server := servers.Redis(t)
	proxy := storetest.FlakyProxy(t, server.Addr, 1)
	s := defaults()
	s.RedisURL = proxy.URL
	r := start(t, s)
	c := r.client()
	mustSay(t, say(t, c, "oStop", "答题"), "第1题")
	proxy.BlackHole() // the answer is held up on its way to Redis
	reply := make(chan string)
	go func() {
		a, err := c.Send(context.WithoutCancel(t.Context()), peer.Text("oStop", "A"))
		if err != nil {
			t.Error(err)
		}
		reply <- a.Text
	}()
	time.Sleep(200 * time.Millisecond) // not measured: only to let the request arrive
	stopped := make(chan struct{})
	go func() { r.stop(); close(stopped) }()
	time.Sleep(200 * time.Millisecond)
	proxy.Heal(t)
	mustSay(t, <-reply, "第2题")
	<-stopped
	if _, err := http.Get(r.url + "/healthz"); err == nil {
		t.Error("it still answers after it was stopped")
	}
}

func advance(t *testing.T, r *replica, by string) {
	t.Helper()
	resp, err := http.Post(r.url+"/sandbox/clock", "application/json", strings.NewReader(`{"advance":"`+by+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d", resp.StatusCode)
	}
}

// TestClockOverHTTP: the sandbox's clock moves days, and the move is kept.
func TestClockOverHTTP(t *testing.T) {
	s := defaults()
	s.Data = t.TempDir()
	r := start(t, s)
	c := r.client()
	answerAll(t, c, "oClock")
	for range 2 {
		advance(t, r, "24h")
		// The job of midnight has drawn the paper before anybody asked.
		p, err := r.data.CurrentPaper(t.Context(), quiz.DayOf(r.bot.Now()))
		if err != nil || p == nil {
			t.Errorf("the paper of the new day: %v, %v", p, err)
		}
		answerAll(t, c, "oClock")
	}
	mustSay(t, say(t, c, "oClock", "我的"), "答完 3 天", "连续 3 天")
	moved := r.bot.Now()
	r.stop()
	r = start(t, s)
	if back := r.bot.Now(); back.Before(moved) {
		t.Errorf("after the restart it is %s, it was %s", back, moved)
	}
	mustSay(t, say(t, r.client(), "oClock", "我的"), "答完 3 天", "连续 3 天")
}

// TestSeasonKeepsItsFirstDay: the logs count from it, so settings that move it
// are refused.
func TestSeasonKeepsItsFirstDay(t *testing.T) {
	storetest.InTurn(t)
	s := defaults()
	s.Data = t.TempDir()
	r := start(t, s)
	answerAll(t, r.client(), "oSeason")
	today := quiz.DayOf(r.bot.Now())
	r.stop()
	year, _, _ := today.Civil()
	id := fmt.Sprint(year)
	s.file.Seasons = quiz.Seasons{{ID: id, From: today - 1, To: today + 30}}
	a := &app{Settings: s, ctx: t.Context(), out: io.Discard, errs: io.Discard, logger: slog.New(slog.DiscardHandler), serves: true}
	d, err := a.openData(t.Context())
	if err == nil {
		d.Close()
	}
	var usage usageError
	if !errors.As(err, &usage) || !strings.Contains(err.Error(), id) {
		t.Errorf("a moved season: %v", err)
	}
	// Under another name a new season may begin, and the old one stays known.
	s.file.Seasons[0].ID = "autumn"
	r = start(t, s)
	mustSay(t, say(t, r.client(), "oSeason", "我的"), "累计 0 分")
	if code, out, errs := run(t, "board", "export", "--season", id, "--format", "csv", "--with-openid", "--data", s.Data); code != exitDone || !strings.Contains(out, "oSeason") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	r.stop()
	s.file.Seasons = nil
	mustSay(t, say(t, start(t, s).client(), "oSeason", "我的"), "答完 1 天")
}

// TestSandboxAndRealStayApart: data of one kind are refused by the other.
func TestSandboxAndRealStayApart(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	var out, errs strings.Builder
	if code := Run(t.Context(), []string{"board", "verify"}, &out, &errs); code != exitFailed || !strings.Contains(errs.String(), "serve") {
		t.Fatalf("on data that were never begun: exit %d: %s", code, errs.String())
	}
	start(t, defaults()).stop()
	errs.Reset()
	t.Setenv("DANGSHI_WECHAT_APPID", "wx1")
	t.Setenv("DANGSHI_WECHAT_TOKEN", "a-token")
	if code := Run(t.Context(), []string{"serve"}, &out, &errs); code != exitFailed || !strings.Contains(errs.String(), "沙盒") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	// Commands that only read take the data as they are.
	if code := Run(t.Context(), []string{"board", "verify"}, &out, &errs); code != exitDone {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	if _, err := os.Stat(filepath.Join(dir, "data")); err != nil {
		t.Error(err)
	}
}
