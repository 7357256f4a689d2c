package push_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/bot/push"
	"dangshi/quiz"
)

// TestMillion sends to a million members one by one, by the real client over HTTP to an
// API that takes 20 ms for each call. DANGSHI_TEST_MILLION=1 makes it run; it tells how
// long it took and how much memory, that of the API included.
func TestMillion(t *testing.T) {
	if os.Getenv("DANGSHI_TEST_MILLION") == "" {
		t.Skip("takes minutes: set DANGSHI_TEST_MILLION=1")
	}
	n := crowdSize(t, 1_000_000)
	s := newStation(t, servers.Redis(t).URL, false)
	s.setTime(time.Now())
	s.crowd(n)
	got := make([]atomic.Int32, n)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == tokenPath {
			io.WriteString(w, `{"access_token":"a token","expires_in":7200}`)
			return
		}
		var m struct {
			ToUser string `json:"touser"`
		}
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			t.Error(err)
		}
		i, err := strconv.Atoi(m.ToUser[len("oCrowd"):])
		if err != nil {
			t.Error(err)
			return
		}
		time.Sleep(20 * time.Millisecond)
		got[i].Add(1)
		io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
	}))
	defer api.Close()
	client := speaking{s.newClient(api.URL, 0)}
	p, err := push.New(push.Config{
		Ledger: s.store.PushLedger(), Bulletins: bulletins{}, Now: time.Now, Wall: time.Now, Sandbox: true,
		At: 0, Holder: "a", Logger: slog.New(slog.DiscardHandler),
		Channels: []push.Channel{push.NewMembers(push.MembersConfig{
			Each: []push.MemberChannel{push.NewCustom(client)}, Roll: s.store.PushRuns(), Pace: s.store, Now: time.Now, Wall: time.Now,
		})},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak counts from here
	began := time.Now()
	r, err := p.Send(t.Context(), quiz.DayOf(time.Now()))
	took := time.Since(began)
	if err != nil || r.Day.Outcome != push.DaySent || r.Day.Sends[0].Each.Reached() != n {
		t.Fatalf("%+v, %v", r.Day, err)
	}
	for i := range got {
		if times := got[i].Load(); times != 1 {
			t.Fatalf("member %d got it %d times", i, times)
		}
	}
	t.Logf("%d members in %s, %.0f a second; at most %s of memory", n, took.Round(time.Second), float64(n)/took.Seconds(), peak(t))
}

// peak is the most memory that this process has had.
func peak(t *testing.T) string {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "an unknown amount"
	}
	kilobytes := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if kilobytes == nil {
		return "an unknown amount"
	}
	number, _ := strconv.Atoi(string(kilobytes[1]))
	return fmt.Sprintf("%d MB", number/1024)
}

// bulletins have something to say on every day.
type bulletins struct{}

func (bulletins) Bulletin(_ context.Context, day quiz.Day) (bot.Bulletin, bool, error) {
	return bot.Bulletin{Day: day, Title: "今天", Text: "今天发生了一件大事。"}, true, nil
}

func (b bulletins) Outlook(ctx context.Context, day quiz.Day) (bot.Bulletin, bool, error) {
	return b.Bulletin(ctx, day)
}
