package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/bot/wechat/peer"
	"dangshi/store/storetest"
)

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// TestLogsNameNobody: whatever goes well or wrong, no log at any level holds an
// id, a name, a query string, a token or a password.
func TestLogsNameNobody(t *testing.T) {
	server := storetest.Redis(t)
	admin := redis.NewClient(&redis.Options{Addr: server.Addr})
	defer admin.Close()
	if err := admin.ConfigSet(t.Context(), "requirepass", "redis-password-9").Err(); err != nil {
		t.Fatal(err)
	}
	proxy := storetest.FlakyProxy(t, server.Addr, 1)
	s := defaults()
	s.RedisURL = strings.Replace(proxy.URL, "redis://", "redis://:redis-password-9@", 1)
	s.WechatToken, s.WechatAppid, s.WechatAeskey, s.Sandbox = "token-of-ours", "wx0123456789abcdef", strings.Repeat("k", 43), true
	var logged buffer
	r := startApp(t, &app{Settings: s, logger: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	c := r.client()
	const id = "oSecretMember77"
	answerAll(t, c, id)
	for _, word := range []string{"绑定 诸葛无名 第九支部", "确认绑定", "提醒 20:00", "我的", "排行", "错题", "什么东西"} {
		say(t, c, id, word)
	}
	advance(t, r, "24h") // with the push and a reminder in it
	strange(t, r, id)

	// A record that cannot be read, a key of the wrong kind, and no Redis at all.
	client := r.data.Client()
	for _, key := range []string{"{s00}:member:" + id, "{s00}:log:2026:" + id} {
		if err := client.Set(t.Context(), key, "\xff", 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	mustSay(t, say(t, c, id, "我的"), "开小差")
	run(t, "board", "verify", "--redis-url", s.RedisURL)
	if err := client.Del(t.Context(), "{s00}:member:"+id).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.LPush(t.Context(), "{s00}:member:"+id, "x").Err(); err != nil {
		t.Fatal(err)
	}
	say(t, c, id, "答题")
	proxy.Refuse()
	mustSay(t, say(t, c, id, "答题"), "开小差")
	proxy.Heal(t)
	r.stop()

	text := logged.String()
	for _, line := range []string{"message not handled", "status=403", "status=400"} {
		if !strings.Contains(text, line) {
			t.Errorf("nothing is logged like %q:\n%s", line, text)
		}
	}
	for _, secret := range []string{
		id, "oStranger", "诸葛", "第九支部", "signature=", "nonce=", "timestamp=", "openid=", "什么东西",
		"token-of-ours", s.WechatAeskey, "redis-password-9",
	} {
		if at := strings.Index(text, secret); at >= 0 {
			t.Errorf("the log holds %q: …%s", secret, text[max(0, at-300):min(len(text), at+len(secret)+20)])
		}
	}
}

// strange sends what no member and no WeChat would.
func strange(t *testing.T, r *replica, id string) {
	t.Helper()
	wrong := r.client()
	wrong.Token = "another-token"
	if a, err := wrong.Send(t.Context(), peer.Text(id, "答题")); err != nil || a.Status != http.StatusForbidden {
		t.Errorf("status %d, %v", a.Status, err)
	}
	late := r.client()
	late.Now = func() time.Time { return time.Now().Add(-time.Hour) }
	if a, err := late.Send(t.Context(), peer.Text(id, "答题")); err != nil || a.Status != http.StatusForbidden {
		t.Errorf("status %d, %v", a.Status, err)
	}
	for _, body := range []string{"<xml><FromUserName>oStranger", "<xml><FromUserName>oStranger 1</FromUserName><ToUserName>gh</ToUserName></xml>"} {
		if a, err := r.client().SendXML(t.Context(), []byte(body)); err != nil || a.Status != http.StatusBadRequest {
			t.Errorf("status %d, %v", a.Status, err)
		}
	}
	for _, path := range []string{"/wechat?openid=oStranger&signature=1&timestamp=2&nonce=3", "/wechat/?openid=oStranger;x=1", "/oStranger", "/sandbox/oStranger?openid=oStranger"} {
		get(t, r.url+path)
	}
	req, err := http.NewRequestWithContext(t.Context(), "oStranger", r.url+"/wechat?openid=oStranger", strings.NewReader(id))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}
