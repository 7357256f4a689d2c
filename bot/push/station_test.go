package push_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/bot/push"
	"dangshi/bot/sandbox"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/bot/wechat"
	"dangshi/bot/wechat/peer"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// station is an installation with an account: the real bot on the real store, the
// real client of WeChat's API, the simulated WeChat behind HTTP, which tells of
// mass sends at the real webhook. Only time is the test's.
type station struct {
	t       testing.TB
	server  string // host:port of its Redis
	store   *store.Store
	wechat  *fakeapi.API
	client  *wechat.API
	phones  *peer.Client // of the members
	address string       // of the API
	before  int          // what arrived before the test began
	bot     *bot.Bot
	at      push.TimeOfDay
	channel []string // preference
	sandbox bool

	followers []string
	pace      time.Duration // what a sleep takes in truth; not 0: and the clocks stand still
	lease     time.Duration // 0: the usual one
	atOnce    int           // of a run to members; 0: the usual number
	batch     int           // the same
	silent    bool          // WeChat tells of nothing
	asks      int           // how often WeChat was asked after a mass send
	answers   func() (string, error)
	confirm   bool // an administrator has to confirm mass messages; before connect

	mu     sync.Mutex
	now    time.Time // of the product and, since it plays WeChat here, of the simulator
	wall   time.Time
	clock  *sandbox.Clock       // nil: now
	spoken []string             // to whom WeChat took a customer message, in the order of its answers
	busy   map[string]time.Time // until when the calls of a kind are spoken for
	told   int                  // reports on mass sends that were taken down
}

const (
	stationAppID = "wx0123456789abcdef"
	stationKey   = "0123456789abcdef0123456789abcdef"
)

// newStation opens one on an empty Redis at url ("": in this process) in the
// morning of 2026-11-20, three members following.
func newStation(t testing.TB, url string, service bool) *station {
	t.Helper()
	return newStationOn(t, url, service, false)
}

// newStationOn may keep what the simulated WeChat knows in the store, too.
func newStationOn(t testing.TB, url string, service, kept bool) *station {
	t.Helper()
	server := strings.TrimSuffix(strings.TrimPrefix(url, "redis://"), "/0")
	if url == "" {
		server = storetest.Miniredis(t).Addr()
		url = "redis://" + server
	}
	s := &station{
		t: t, server: server, at: 7*60 + 30, channel: []string{"mass"}, sandbox: true,
		followers: []string{"oTest0000000000000000Member1", "oTest0000000000000000Member2", "oTest0000000000000000Member3"},
	}
	s.setTime(quiz.Date(2026, 11, 20).Start().Add(6 * time.Hour))
	opened, err := store.Open(t.Context(), store.Options{URL: url, Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	s.store = opened
	items, questions := library()
	if _, _, err := opened.PutLibrary(t.Context(), items, questions); err != nil {
		t.Fatal(err)
	}
	wording, err := bot.DefaultWording()
	if err != nil {
		t.Fatal(err)
	}
	s.bot = bot.New(bot.Config{
		Members: opened, Boards: opened, Papers: opened, Library: opened, Practice: opened,
		Wording: wording, Now: s.Now, Secret: []byte("an installation's thirty-two byt"),
		Notice:  bot.NoticeKind{Template: fakeapi.DailyNotice},
		Weights: quiz.DefaultWeights, Questions: quiz.DefaultQuestions, Limit: bot.DefaultLimit,
		Logger: slog.New(slog.DiscardHandler),
		MassSent: func(ctx context.Context, r bot.MassResult) error {
			err := s.operator().Finished(ctx, r)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.told++
			return err
		},
	})
	var known fakeapi.Store
	if kept {
		known = opened.Simulator()
	}
	s.connect(service, known)
	return s
}

// connect gives the station its account.
func (s *station) connect(service bool, known fakeapi.Store) {
	hook, err := wechat.New(wechat.Config{Token: "station", Logger: slog.New(slog.DiscardHandler)}, s.bot.Handle)
	if err != nil {
		s.t.Fatal(err)
	}
	webhook := httptest.NewServer(hook)
	s.phones = &peer.Client{URL: webhook.URL, Token: "station", HTTP: webhook.Client()}
	s.wechat, err = fakeapi.New(fakeapi.Config{
		AppID: stationAppID, Secret: stationKey, Service: service, Confirm: s.confirm, Now: s.Now, Store: known,
		Followers: func(context.Context) ([]string, error) { return s.followers, nil },
		Event: func(ctx context.Context, e fakeapi.Event) {
			if s.silent {
				return
			}
			if _, err := s.phones.SendXML(ctx, e.XML(peer.Account, time.Now())); err != nil {
				s.t.Errorf("an event could not be delivered: %v", err)
			}
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	api := httptest.NewServer(s.wechat)
	s.t.Cleanup(func() {
		api.Close()
		s.wechat.Wait()
		webhook.Close()
	})
	s.address = api.URL
	s.client = s.newClient(s.address, 0)
}

// newClient is a client of the account at an address, whose calls may take so long.
func (s *station) newClient(address string, timeout time.Duration) *wechat.API {
	s.t.Helper()
	c, err := wechat.NewAPI(wechat.APIConfig{
		AppID: stationAppID, Secret: stationKey, Base: address, Tokens: s.store, Timeout: timeout,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	return c
}

// library has an item for each day of the year and enough to ask.
func library() (items []content.Item, questions []content.Question) {
	for day := quiz.Date(2028, 1, 1); day < quiz.Date(2029, 1, 1); day++ {
		items = append(items, content.Item{
			ID: "day-" + day.MonthDay(), Kind: content.Today, Date: day.MonthDay(), Year: 1921,
			Title: day.MonthDay() + " 的大事", Text: "这一天发生了一件大事。", State: content.Approved,
		})
	}
	for i := range 30 {
		questions = append(questions, content.Question{
			ID: fmt.Sprintf("q%02d", i), Type: content.Judge, Stem: fmt.Sprintf("第 %d 道题说得对吗？", i),
			Answer: content.Key{Letters: 1}, State: content.Approved,
		})
	}
	return items, questions
}

// Now is the product's clock.
func (s *station) Now() time.Time {
	s.mu.Lock()
	now, clock := s.now, s.clock
	s.mu.Unlock()
	if clock != nil {
		return clock.Now()
	}
	return now
}

// follow takes the product's time from a clock of the sandbox, from now on.
func (s *station) follow(c *sandbox.Clock) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = c
}

// Wall is the clock of the machines.
func (s *station) Wall() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wall
}

// setTime moves both clocks to an instant.
func (s *station) setTime(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now, s.wall = now, now
}

// sleep lets time pass, for all.
func (s *station) sleep(ctx context.Context, d time.Duration) error {
	if s.pace != 0 {
		time.Sleep(s.pace)
		return ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now, s.wall = s.now.Add(d), s.wall.Add(d)
	return ctx.Err()
}

// speaking is the account's API as the push wants it. Its verdicts are those of
// the program: what passes or can be mended is tried again, any other refusal is
// one for good.
type speaking struct{ *wechat.API }

func (s speaking) MassText(ctx context.Context, text, clientMsgID string) (int64, error) {
	id, err := s.API.MassText(ctx, text, clientMsgID)
	return id, wechat.Judge(err)
}

func (s speaking) CustomText(ctx context.Context, openid, text string) error {
	return wechat.Judge(s.API.CustomText(ctx, openid, text))
}

func (s speaking) MassArticle(ctx context.Context, draftID, clientMsgID string) (int64, error) {
	id, err := s.API.MassArticle(ctx, draftID, clientMsgID)
	if refused, ok := errors.AsType[*wechat.APIError](err); ok && refused.Code == 40007 {
		return 0, push.ErrDraftGone
	} else if ok && refused.Code == 45028 {
		return 0, spent{wechat.Judge(err)}
	}
	return id, wechat.Judge(err)
}

type spent struct{ error }

func (s spent) Unwrap() error        { return s.error }
func (s spent) Is(target error) bool { return target == push.ErrMassSpent }

func (s speaking) Publish(ctx context.Context, draftID string) (string, error) {
	id, err := s.API.Publish(ctx, draftID)
	return id, wechat.Judge(err)
}

func (s speaking) Published(ctx context.Context, publishID string) (string, error) {
	p, err := s.API.Published(ctx, publishID)
	if err == nil && p.Done && p.URL == "" {
		err = errors.New(p.Why)
	}
	return p.URL, wechat.Judge(err)
}

func (s speaking) Notice(ctx context.Context, openid, template, page string, data map[string]string) error {
	return wechat.Judge(s.API.Notice(ctx, openid, template, page, data))
}

func (s speaking) UploadImage(ctx context.Context, name string, data []byte) (string, error) {
	id, err := s.API.UploadImage(ctx, name, data)
	return id, wechat.Judge(err)
}

func (s speaking) AddDraft(ctx context.Context, a push.Article) (string, error) {
	id, err := s.API.AddDraft(ctx, wechat.Article{Title: a.Title, Digest: a.Digest, Content: a.Content, CoverMediaID: a.Cover})
	if refused, ok := errors.AsType[*wechat.APIError](err); ok && refused.Code == 40007 {
		return "", push.ErrCoverGone
	}
	return id, wechat.Judge(err)
}
