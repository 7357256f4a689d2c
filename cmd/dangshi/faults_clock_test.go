package main

import (
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/bot/wechat/peer"
	"dangshi/quiz"
)

// jumping is a replica whose time of day jumps, in the sandbox or of a real account.
// WeChat's own does not, by which it dates and signs what it sends.
type jumping struct {
	*replica
	ahead  atomic.Int64 // of the real time, in nanoseconds
	wechat *peer.Client
}

func newJumping(t *testing.T, s Settings) *jumping {
	t.Helper()
	j := &jumping{}
	// Noon of a day in the middle of a season: no jump leaves it.
	noon := time.Date(2026, 7, 15, 12, 0, 0, 0, quiz.Zone)
	j.ahead.Store(int64(time.Until(noon)))
	s.RedisURL = servers.Redis(t).URL
	j.replica = startApp(t, &app{Settings: s, wall: j.now, logger: slog.New(slog.DiscardHandler)})
	j.wechat = j.client()
	return j
}

func (j *jumping) now() time.Time { return time.Now().Add(time.Duration(j.ahead.Load())).Round(0) }

func (j *jumping) jump(d time.Duration) { j.ahead.Add(int64(d)) }

// jumpers are both kinds of time: the account's is that of the wall, the sandbox's
// is moved besides.
func jumpers(t *testing.T, test func(t *testing.T, j *jumping)) {
	t.Run("sandbox", func(t *testing.T) {
		j := newJumping(t, defaults())
		test(t, j)
	})
	t.Run("account", func(t *testing.T) {
		s := defaults()
		s.WechatAppid, s.WechatToken, s.WechatAeskey = "wx0123456789abcdef", "a-token", strings.Repeat("k", 43)
		j := newJumping(t, s)
		if code, _, errs := run(t, "bank", "approve", "--starter", "--by", "王芳", "--redis-url", j.app.RedisURL); code != exitDone {
			t.Fatal(errs)
		}
		eventually(t, "the approved questions are asked", func() bool { return strings.Contains(say(t, j.wechat, "oReady", "答题"), "第1题") })
		test(t, j)
	})
}

func clockForward(t *testing.T) {
	jumpers(t, func(t *testing.T, j *jumping) {
		mustSay(t, say(t, j.wechat, "oForward", "答题"), "第1题")
		j.jump(time.Hour)
		mustSay(t, say(t, j.wechat, "oForward", "A"), "第2题")
		j.jump(24 * time.Hour) // the paper is yesterday's, and its time is over
		mustSay(t, say(t, j.wechat, "oForward", "A"), "截止")
		mustSay(t, answerAll(t, j.wechat, "oForward"), "题答完了", "连续 1 天")
		j.counted(t, "oForward", 1, 5)
	})
}

func clockBack(t *testing.T) {
	jumpers(t, func(t *testing.T, j *jumping) {
		mustSay(t, say(t, j.wechat, "oHour", "答题"), "第1题")
		j.jump(-time.Hour)
		mustSay(t, say(t, j.wechat, "oHour", "A"), "第2题")
		mustSay(t, answerAll(t, j.wechat, "oDay"), "题答完了", "连续 1 天")
		j.jump(-24 * time.Hour) // of a day before the last one nothing is asked again
		mustSay(t, say(t, j.wechat, "oDay", "答题"), "已经答完")
		say(t, j.wechat, "oDay", "A")
		j.jump(25 * time.Hour)
		mustSay(t, say(t, j.wechat, "oDay", "答题"), "已经答完")
		j.counted(t, "oDay", 5)
	})
}

// WeChat signs with its own time. Where ours is wrong by more than ten minutes,
// what it sends cannot be told from what somebody has recorded and plays back.
func clockWrong(t *testing.T) {
	j := newJumping(t, defaults())
	for _, wrong := range []time.Duration{time.Hour, -time.Hour, 24 * time.Hour} {
		c := j.client()
		c.Now = func() time.Time { return time.Now().Add(wrong) } // as WeChat's looks from here
		a, err := c.Send(t.Context(), peer.Text("oWrong", "答题"))
		if err != nil || a.Status != http.StatusForbidden || !strings.Contains(string(a.Body), "请核对服务器时间") {
			t.Errorf("%v: %d %s %v", wrong, a.Status, a.Body, err)
		}
	}
	mustSay(t, say(t, j.wechat, "oWrong", "答题"), "第1题") // the time is set right, without a restart
	mustSay(t, say(t, j.wechat, "oWrong", "我的"), "还没有答完")
}
