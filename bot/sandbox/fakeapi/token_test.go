package fakeapi_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
)

// plainToken asks for a token of the kind that was there before the stable one.
func (w *world) plainToken() string {
	w.t.Helper()
	a := w.ask("GET", "/cgi-bin/token?grant_type=client_credential&appid="+appID+"&secret="+secret, "", "")
	if a.text("access_token") == "" {
		w.t.Fatalf("no token: %s", a.body)
	}
	return a.text("access_token")
}

// force asks for a new stable token and reports the errcode.
func (w *world) force() (token string, code int) {
	w.t.Helper()
	a := w.ask("POST", "/cgi-bin/stable_token", "application/json",
		`{"grant_type":"client_credential","appid":"`+appID+`","secret":"`+secret+`","force_refresh":true}`)
	return a.text("access_token"), a.code()
}

// takes reports what a call with the token is told.
func (w *world) takes(token string) int {
	w.t.Helper()
	return w.ask("GET", "/cgi-bin/menu/get?access_token="+url.QueryEscape(token), "", "").code()
}

const good = 46003 // what menu/get says, for want of a menu, to a token that it takes

func TestPlainTokens(t *testing.T) {
	w := open(t, fakeapi.Config{})
	stable := w.newToken(false)
	first := w.plainToken()
	w.clock.add(time.Hour)
	second := w.plainToken()
	for name, step := range map[string]struct {
		token string
		code  int
	}{"first": {first, good}, "second": {second, good}, "stable": {stable, good}} {
		if code := w.takes(step.token); code != step.code {
			t.Errorf("%s: %d", name, code)
		}
	}
	w.clock.add(5 * time.Minute)
	if a, b, c := w.takes(first), w.takes(second), w.takes(stable); a != 42001 || b != good || c != good {
		t.Errorf("after the five minutes of grace: %d, %d, %d", a, b, c)
	}
	w.clock.add(115 * time.Minute)
	if code := w.takes(second); code != 42001 {
		t.Errorf("after two hours: %d", code)
	}
}

// Asking for tokens again and again leaves no heap of them, and the newest is good.
func TestTokensAreNotKeptForEver(t *testing.T) {
	w := open(t, fakeapi.Config{})
	stable, first := w.newToken(false), w.plainToken()
	var last string
	for range 40 {
		last = w.plainToken()
	}
	if code := w.takes(last); code != good {
		t.Errorf("the last: %d", code)
	}
	if code := w.takes(first); code != 40001 {
		t.Errorf("the first: %d", code)
	}
	if code := w.takes(stable); code != good {
		t.Errorf("the stable one: %d", code)
	}
}

func TestForcedTokens(t *testing.T) {
	w := open(t, fakeapi.Config{})
	before := w.newToken(false)
	for i := range 20 {
		token, code := w.force()
		if code != 0 || token == before {
			t.Fatalf("time %d: errcode %d", i+1, code)
		}
		if old, now := w.takes(before), w.takes(token); old != 40001 || now != good {
			t.Fatalf("time %d: the old one %d, the new one %d", i+1, old, now)
		}
		// Within 30 s it stays as it is.
		w.clock.add(29*time.Second + 999*time.Millisecond)
		if again, code := w.force(); code != 0 || again != token {
			t.Fatalf("time %d: errcode %d, refreshed %t", i+1, code, again != token)
		}
		w.clock.add(time.Millisecond)
		before = token
	}
	if _, code := w.force(); code != 45009 {
		t.Errorf("time 21: %d", code)
	}
	if token := w.newToken(false); token != before || w.takes(token) != good {
		t.Error("the last one is of no use any more")
	}
	w.clock.add(24 * time.Hour)
	if _, code := w.force(); code != 0 {
		t.Errorf("the next day: %d", code)
	}
}

// Who asks is looked at before anything else, the appid first.
func TestWhoAsksForTokens(t *testing.T) {
	w := open(t, fakeapi.Config{})
	body := func(grant, id, key string) string {
		return fmt.Sprintf(`{"grant_type":%q,"appid":%q,"secret":%q}`, grant, id, key)
	}
	const grant = "client_credential"
	for _, c := range []struct {
		body string
		code int
	}{
		{body(grant, appID, secret), 0},
		{body(grant, "", ""), 41002}, {body(grant, appID, ""), 41004},
		{body(grant, "wx", secret), 40013}, {body(grant, "wx", "x"), 40013}, {body(grant, appID+" ", secret), 40013},
		{body(grant, appID, "x"), 40125}, {body(grant, appID, secret+" "), 40125},
		{body("", appID, secret), 40002}, {body("refresh_token", appID, secret), 40002}, {body("x", "wx", secret), 40013},
		{`{"grant_type":"client_credential","appid":7,"secret":"x"}`, 47001},
	} {
		if a := w.ask("POST", "/cgi-bin/stable_token", "application/json", c.body); a.code() != c.code {
			t.Errorf("%s: %s, want %d", c.body, a.body, c.code)
		}
	}
	for _, r := range []string{"/cgi-bin/clear_quota/v2?appid=wx&appsecret=" + secret, "/cgi-bin/clear_quota/v2?appid=" + appID + "&appsecret=x"} {
		if code := w.ask("POST", r, "", "").code(); code != 40013 && code != 40125 {
			t.Errorf("%s: %d", r, code)
		}
	}
}

// Without an AppID and secret of its own the account is anybody's.
func TestAnyAppID(t *testing.T) {
	w := open(t, fakeapi.Config{AppID: "-"})
	if a := w.ask("POST", "/cgi-bin/stable_token", "", `{"grant_type":"client_credential","appid":"wxanything","secret":"anything"}`); a.code() != 0 {
		t.Errorf("%s", a.body)
	}
	if a := w.ask("POST", "/cgi-bin/stable_token", "", `{"grant_type":"client_credential","appid":"","secret":"anything"}`); a.code() != 41002 {
		t.Errorf("%s", a.body)
	}
}
