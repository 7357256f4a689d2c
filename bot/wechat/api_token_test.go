package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/quiz"
)

// issuer plays the token endpoint and one call: the call takes the tokens that are good, and the
// endpoint gives out the current one, a new one only by force.
type issuer struct {
	mu      sync.Mutex
	current string
	good    map[string]bool
	refusal int // of a token that is not good
	life    int // seconds
	fetched []bool
	sent    []string // tokens of the calls
}

// seen is what came in: the force of each fetch, and the tokens of the calls.
func (i *issuer) seen() (fetched []bool, sent []string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.fetched), slices.Clone(i.sent)
}

func (i *issuer) serve(t testing.TB) string {
	return answers(t, map[string]http.HandlerFunc{pathToken: func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			GrantType string `json:"grant_type"`
			AppID     string `json:"appid"`
			Secret    string `json:"secret"`
			Force     bool   `json:"force_refresh"`
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.AppID != testAppID || asked.Secret != testSecret ||
			asked.GrantType != "client_credential" || r.Method != http.MethodPost || r.URL.RawQuery != "" {
			t.Errorf("%s %s %+v %v", r.Method, r.URL.RawQuery, asked, err)
		}
		i.mu.Lock()
		defer i.mu.Unlock()
		i.fetched = append(i.fetched, asked.Force)
		if asked.Force {
			i.current += "+"
			i.good[i.current] = true
		}
		fmt.Fprintf(w, `{"access_token":%q,"expires_in":%d}`, i.current, i.life)
	}, pathMass: func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		i.mu.Lock()
		defer i.mu.Unlock()
		token := r.URL.Query().Get("access_token")
		i.sent = append(i.sent, token)
		if !i.good[token] {
			fmt.Fprintf(w, `{"errcode":%d,"errmsg":"access_token expired rid: 1"}`, i.refusal)
			return
		}
		io.WriteString(w, `{"errcode":0,"errmsg":"ok","msg_id":1}`)
	}})
}

func TestTokenIsFetchedOnceMore(t *testing.T) {
	tests := []struct {
		name    string
		kept    string // "": none
		issuer  *issuer
		fetched string // force of each
		sent    string
		class   error
		after   string // what is kept
	}{
		{"none is kept", "", &issuer{current: "two", good: map[string]bool{"two": true}}, "[false]", "[two]", nil, "two"},
		{"a good one is kept", "one", &issuer{current: "one", good: map[string]bool{"one": true}}, "[]", "[one]", nil, "one"},
		{"expired", "one", &issuer{current: "two", good: map[string]bool{"two": true}, refusal: 42001}, "[false]", "[one two]", nil, "two"},
		{"invalid", "one", &issuer{current: "two", good: map[string]bool{"two": true}, refusal: 40001}, "[false]", "[one two]", nil, "two"},
		{"of another form", "one", &issuer{current: "two", good: map[string]bool{"two": true}, refusal: 40014}, "[false]", "[one two]", nil, "two"},
		{"refused before its time", "one", &issuer{current: "one", good: map[string]bool{}, refusal: 40001}, "[false true]", "[one one+]", nil, "one+"},
		{"fetched and refused at once", "", &issuer{current: "one", good: map[string]bool{}, refusal: 40001}, "[false false true]", "[one one+]", nil, "one+"},
		{"refused again", "one", &issuer{current: "two", good: map[string]bool{}, refusal: 40001}, "[false]", "[one two]", ErrToken, "two"},
		{"refused for something else", "one", &issuer{current: "two", good: map[string]bool{}, refusal: 45028}, "[]", "[one]", ErrQuota, "one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := tt.issuer
			i.life = 7200
			kept := &tokens{}
			if tt.kept != "" {
				kept = with(tt.kept)
			}
			var log lockedBuffer
			_, err := newAPI(t, i.serve(t), kept, &log, nil).MassText(t.Context(), "早上好", "d20260101")
			if !errors.Is(err, tt.class) || (err == nil) != (tt.class == nil) {
				t.Error(err)
			}
			if fetched, sent := i.seen(); fmt.Sprint(fetched) != tt.fetched || fmt.Sprint(sent) != tt.sent {
				t.Errorf("fetched %v, sent with %v", fetched, sent)
			}
			if got := kept.values["access:"+testAppID]; got != tt.after {
				t.Errorf("%q is kept", got)
			}
			silent(t, &log, err)
		})
	}
}

// Before the 30 s between two refreshes by force are over, WeChat gives out the same again.
func TestSameTokenAgain(t *testing.T) {
	base := answers(t, map[string]http.HandlerFunc{
		pathToken: says200(`{"access_token":"one","expires_in":7200}`),
		pathMass:  says200(`{"errcode":40001,"errmsg":"invalid credential"}`),
	})
	kept := with("one")
	var o observed
	_, err := newAPI(t, base, kept, io.Discard, &o).MassText(t.Context(), "早上好", "d20260101")
	if !errors.Is(err, ErrToken) || o.count(pathToken) != 2 || o.count(pathMass) != 1 {
		t.Error(err, o.all)
	}
	if len(kept.values) != 0 {
		t.Error("the refused token is still kept")
	}
}

// The last five minutes of a token's life are left out, and what then is left must be something.
func TestTokenLife(t *testing.T) {
	for seconds, want := range map[int]string{7200: "[1h55m0s]", 301: "[1s]", 300: "[]", 299: "[]", 0: "[]", -7200: "[]", 1 << 40: "[1h55m0s]"} {
		i := &issuer{current: "one", good: map[string]bool{"one": true}, life: seconds}
		kept := &tokens{}
		a := newAPI(t, i.serve(t), kept, io.Discard, nil)
		for range 2 {
			if _, err := a.MassText(t.Context(), "早上好", "d20260101"); err != nil {
				t.Error(err)
			}
		}
		if got := fmt.Sprint(kept.lives); got != want {
			t.Errorf("of %d s: %s", seconds, got)
		}
		if fetched, _ := i.seen(); len(fetched) != 1 && want != "[]" || len(fetched) != 2 && want == "[]" {
			t.Errorf("of %d s: fetched %d times", seconds, len(fetched))
		}
	}
}

// Where the tokens' place is out of reach, calls go on: the stable token is the same each time.
func TestTokensOutOfReach(t *testing.T) {
	i := &issuer{current: "two", good: map[string]bool{"two": true}, life: 7200}
	kept := with("one")
	kept.down = quiz.ErrUnavailable
	var log lockedBuffer
	a := newAPI(t, i.serve(t), kept, &log, nil)
	if id, err := a.MassText(t.Context(), "早上好", "d20260101"); id != 1 || err != nil {
		t.Error(id, err)
	}
	if !strings.Contains(log.String(), "level=WARN") {
		t.Error(log.String())
	}
}

// Many goroutines that want a token fetch it once, and so they do when it is refused to all.
func TestTokenIsFetchedByOne(t *testing.T) {
	const callers = 32
	i := &issuer{current: "two", good: map[string]bool{"two": true}, refusal: 42001, life: 7200}
	kept := &tokens{}
	a := newAPI(t, i.serve(t), kept, io.Discard, nil)
	all := func() {
		var wg sync.WaitGroup
		for range callers {
			wg.Go(func() {
				if _, err := a.MassText(t.Context(), "早上好", "d20260101"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	all()
	if fetched, sent := i.seen(); len(fetched) != 1 || len(sent) != callers {
		t.Errorf("fetched %d times for %d calls", len(fetched), len(sent))
	}
	i.mu.Lock()
	i.good, i.current = map[string]bool{"three": true}, "three"
	i.mu.Unlock()
	all()
	if fetched, _ := i.seen(); len(fetched) != 2 {
		t.Errorf("fetched %d times", len(fetched))
	}
}

// A replica whose token was refused takes the one that another has fetched since.
func TestReplicasShareToken(t *testing.T) {
	i := &issuer{current: "two", good: map[string]bool{"two": true}, refusal: 40001, life: 7200}
	base, kept := i.serve(t), with("one")
	late := &lateTokens{tokens: kept}
	first, second := newAPI(t, base, kept, io.Discard, nil), newAPI(t, base, late, io.Discard, nil)
	late.before = func() { // between the second's two looks at what is kept
		if _, err := first.MassText(t.Context(), "早上好", "d20260101"); err != nil {
			t.Error(err)
		}
	}
	if _, err := second.MassText(t.Context(), "早上好", "d20260101"); err != nil {
		t.Error(err)
	}
	if fetched, sent := i.seen(); len(fetched) != 1 || fmt.Sprint(sent) != "[one two one two]" {
		t.Errorf("fetched %v, sent with %v", fetched, sent)
	}
}

// lateTokens calls before once, after its first look.
type lateTokens struct {
	*tokens
	once   sync.Once
	before func()
}

func (l *lateTokens) Token(ctx context.Context, name string) (string, error) {
	token, err := l.tokens.Token(ctx, name)
	l.once.Do(l.before)
	return token, err
}

// The check asks WeChat itself: a token that another machine has fetched says nothing of this one.
func TestCheck(t *testing.T) {
	const path = "/cgi-bin/getcallbackip"
	refused := newAPI(t, answers(t, map[string]http.HandlerFunc{
		pathToken: says200(`{"errcode":40164,"errmsg":"invalid ip 2001:db8::7, not in whitelist"}`),
		path:      says200(`{"ip_list":["192.0.2.1"]}`),
	}), with(firstToken), io.Discard, nil)
	if err := refused.Check(t.Context()); !errors.Is(err, ErrWhitelist) || !strings.Contains(err.Error(), "2001:db8::7") {
		t.Error(err)
	}
	kept := &tokens{}
	good := newAPI(t, answers(t, map[string]http.HandlerFunc{
		pathToken: says200(`{"access_token":"` + firstToken + `","expires_in":7200}`),
		path: func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet || r.URL.Query().Get("access_token") != firstToken {
				t.Errorf("%s %v", r.Method, r.URL)
			}
			io.WriteString(w, `{"ip_list":["192.0.2.1"]}`)
		},
	}), kept, io.Discard, nil)
	if err := good.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if len(kept.lives) != 1 || kept.lives[0] != 2*time.Hour-tokenMargin {
		t.Error(kept.lives)
	}
	empty := newAPI(t, answers(t, map[string]http.HandlerFunc{
		pathToken: says200(`{"access_token":"` + firstToken + `","expires_in":7200}`),
		path:      says200(`{"ip_list":[]}`),
	}), &tokens{}, io.Discard, nil)
	if err := empty.Check(t.Context()); !errors.Is(err, ErrUnreachable) {
		t.Error(err)
	}
}

// noTokens is a store that is away.
type noTokens struct{}

func (noTokens) Token(context.Context, string) (string, error) { return "", quiz.ErrUnavailable }
func (noTokens) KeepToken(context.Context, string, string, time.Duration) error {
	return quiz.ErrUnavailable
}
func (noTokens) DropToken(context.Context, string) error { return quiz.ErrUnavailable }

// TestTokenStoreAway: calls go on without the place where the token is kept, and the log
// tells of it once a minute, not once a call.
func TestTokenStoreAway(t *testing.T) {
	i := &issuer{current: "one", good: map[string]bool{"one": true}, refusal: 40001, life: 7200}
	var log strings.Builder
	a := newAPI(t, i.serve(t), noTokens{}, &log, nil)
	now := time.Date(2026, 11, 26, 7, 30, 0, 0, quiz.Zone)
	a.now = func() time.Time { return now }
	for minute := 1; minute <= 2; minute++ {
		var calls sync.WaitGroup
		for range 50 {
			calls.Go(func() {
				if _, err := a.MassText(t.Context(), "早上好", "d20260101"); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		for _, about := range []string{"凭据读取失败", "未能保存"} {
			if n := strings.Count(log.String(), about); n != minute {
				t.Errorf("minute %d: the log says %q %d times", minute, about, n)
			}
		}
		now = now.Add(time.Minute)
	}
}
