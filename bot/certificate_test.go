package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
	"dangshi/store"
)

// closeSeason ends a season as its operator does.
func (c *chat) closeSeason(id string, at time.Time) {
	c.t.Helper()
	season, ok := c.bot.Seasons.ByID(id)
	if !ok {
		c.t.Fatalf("no season %s", id)
	}
	ctx := c.t.Context()
	if _, err := c.store.CommitSeason(ctx, season, at.Unix(), "甲", nil); err != nil {
		c.t.Fatal(err)
	}
	r := store.CloseRequest{Season: season, Entropy: "3 9 27", Prizes: quiz.DefaultPrizes, Now: at, By: "甲"}
	if _, err := c.store.CloseSeason(ctx, r, store.RebuildOptions{}); err != nil {
		c.t.Fatal(err)
	}
}

// album is WeChat with pictures of all certificates, or with none yet.
type album struct{ err error }

func (a album) Picture(_ context.Context, x quiz.Award) (string, error) {
	return fmt.Sprintf("%s of %s, place %d", x.Season.ID, x.Name, x.Honour.Place), a.err
}

func (c *chat) pictures(how string) {
	switch how {
	case "ready":
		c.bot.Pictures = album{}
	case "slow":
		c.bot.Pictures = album{bot.ErrNotYet}
	case "none":
		c.bot.Pictures = nil
	default:
		c.t.Fatal(how)
	}
}

// winner has won two seasons.
func winner(t *testing.T) *chat {
	c := newChat(t)
	for _, year := range []string{"2025", "2026"} {
		c.now = c.time(year + "-12-31 09:00")
		c.plays("oFirst", "zb1", "5")
	}
	c.now = c.now.Add(time.Minute)
	c.says("oFirst", "绑定 张三 城关第一支部")
	c.says("oFirst", "确认绑定")
	c.closeSeason("2025", c.time("2027-01-02 09:00"))
	c.closeSeason("2026", c.time("2027-01-02 09:00"))
	c.now = c.time("2027-01-02 10:00")
	return c
}

func (c *chat) says(id, text string) bot.Reply {
	return c.bot.Handle(c.t.Context(), c.message(id, text))
}

// TestCertificates is what the story does not tell: links, further seasons beside a
// picture, an honour that was revoked, and a store that is away.
func TestCertificates(t *testing.T) {
	c := winner(t)
	t.Run("in words", func(t *testing.T) { inWords(t, c) })
	c.pictures("ready")
	t.Run("further seasons", func(t *testing.T) { furtherSeasons(t, c) })
	revocation := quiz.Revocation{At: quiz.Date(2027, 1, 3).Start().Unix(), By: "乙", Reason: "由他人代答。"}
	naming := quiz.Revocation{Reason: "张三由他人代答。"}
	if err := c.store.Revoke(t.Context(), "2026", 1, naming, false); !errors.Is(err, store.ErrNames) {
		t.Errorf("a reason that names the winner: %v", err)
	}
	if err := c.store.Revoke(t.Context(), "2026", 1, revocation, false); err != nil {
		t.Fatal(err)
	}
	text := c.says("oFirst", "奖状").Text
	if !strings.Contains(text, "已于1月3日撤销，原因：由他人代答。") || !strings.Contains(text, "证书 2025") {
		t.Error(text)
	}
	c.bot.Awards = away{}
	if r := c.says("oFirst", "证书"); r.Text != c.bot.Wording.Fault.String() {
		t.Errorf("%+v", r)
	}
}

// inWords: what stands in for the picture leads to the page that checks it.
func inWords(t *testing.T, c *chat) {
	c.bot.Link = func(code string) string { return "https://dangshi.example.cn/verify/" + code + "?a=1&b=\"" }
	awards, err := c.store.AwardsOf(t.Context(), "oFirst")
	if err != nil || len(awards) != 2 {
		t.Fatal(awards, err)
	}
	code := awards[1].Code
	text := c.says("oFirst", "证书").Text
	if want := `<a href="https://dangshi.example.cn/verify/` + code + `?a=1&b=`; !strings.Contains(text, want) || strings.Count(text, "https://") != 1 {
		t.Errorf("%s lacks %s", text, want)
	}
	if !strings.Contains(text, code[:4]+" "+code[4:8]+" "+code[8:12]+" "+code[12:]) || !strings.Contains(text, "第1名：张三") {
		t.Errorf("%s", text)
	}
}

// furtherSeasons: a picture has no words, so that they come as a message of their
// own.
func furtherSeasons(t *testing.T, c *chat) {
	told := make(chan string, 1)
	c.bot.Tell = func(_ context.Context, id, text string) error {
		told <- id + " " + text
		return errors.New("45015") // nobody notices
	}
	if r := c.says("oFirst", "我的证书"); r.Image != "2026 of 张三, place 1" || r.Text != "" {
		t.Errorf("%+v", r)
	}
	select {
	case text := <-told:
		if !strings.HasPrefix(text, "oFirst ") || !strings.Contains(text, "msgmenucontent=证书 2025&") {
			t.Error(text)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("nothing was told")
	}
	if r := c.says("oFirst", "证书 2025"); r.Image != "2025 of 张三, place 1" {
		t.Errorf("%+v", r)
	}
	select {
	case text := <-told:
		t.Errorf("told again: %s", text)
	default:
	}
}

// away is a store that cannot be reached.
type away struct{}

func (away) AwardsOf(context.Context, string) ([]quiz.Award, error) { return nil, quiz.ErrUnavailable }
