package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// confirm is the administrator's answer on the phone page.
func confirm(t *testing.T, r *replica, body string) (status int) {
	t.Helper()
	resp, err := patient.Post(r.url+"/sandbox/confirm", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// TestConfirmInTheSandbox: the settings make the sandbox's account one that asks its
// administrator, who answers on the phone page, or does not for half an hour.
func TestConfirmInTheSandbox(t *testing.T) {
	s := defaults()
	s.Data, s.file.Simulator.Confirm = t.TempDir(), true
	r := start(t, s)
	day := quiz.DayOf(r.now()) + 1
	until := func(at time.Duration) {
		t.Helper()
		advance(t, r, day.Start().Add(at).Sub(r.now()).String())
	}
	settled := func(state push.State, reason string, arrived int) {
		t.Helper()
		eventually(t, "WeChat's report is in the ledger", func() bool {
			days, err := r.push.Status(t.Context(), 1)
			return err == nil && len(days[0].Sends) == 1 && days[0].Sends[0].Counts != nil && days[0].Sends[0].State == state &&
				strings.Contains(days[0].Sends[0].Reason, reason)
		})
		if sent := outbox(t, r); len(sent) != arrived {
			t.Errorf("%d messages", len(sent))
		}
	}
	until(7*time.Hour + 40*time.Minute)
	if days, err := r.push.Status(t.Context(), 1); err != nil || len(days[0].Sends) != 1 || days[0].Sends[0].Counts != nil || len(outbox(t, r)) != 0 {
		t.Fatalf("nobody has confirmed it yet: %+v, %v", days, err)
	}
	until(8*time.Hour + 5*time.Minute)
	settled(push.Refused, "30 分钟内没有确认", 0)
	day++
	until(7*time.Hour + 45*time.Minute)
	if status := confirm(t, r, `{"yes":true}`); status != http.StatusOK {
		t.Fatalf("confirm: status %d", status)
	}
	settled(push.Sent, "", 1)
	day++
	until(7*time.Hour + 45*time.Minute)
	if status := confirm(t, r, `{"yes":false}`); status != http.StatusOK {
		t.Fatalf("confirm: status %d", status)
	}
	settled(push.Refused, "没有同意", 1)
	for body, want := range map[string]int{`{"yes":true}`: http.StatusConflict, `{}`: http.StatusBadRequest} {
		if status := confirm(t, r, body); status != want {
			t.Errorf("confirm %s: status %d", body, status)
		}
	}
}

// TestAdministratorOnThePhone: the technician sees on the page what waits, and answers
// for the administrator.
func TestAdministratorOnThePhone(t *testing.T) {
	storetest.Require(t, "chromium")
	s := defaults()
	s.Data, s.file.Simulator.Confirm = t.TempDir(), true
	s.file.Push.Channels = []string{"article"}
	p := openPage(t, start(t, s), 1440, 900)
	p.later("push")
	p.pane("outbox", "the article waits", `$pane.querySelector(".held")?.textContent.includes("党史上的今天｜")`)
	p.tap("#confirm-yes")
	p.wait("it was sent", `!document.querySelector("#pane-outbox .held") && document.querySelector("#pane-outbox [data-kind=mass]")`)
	p.pane("ledger", "the report is there", `$pane.textContent.includes("群发图文：已发，送达")`)
}

// TestSimulatedAccount: which account is played.
func TestSimulatedAccount(t *testing.T) {
	for _, c := range []struct {
		name     string
		set      simulatorSettings
		channels []string
		want     fakeapi.Config
	}{
		{"by itself", simulatorSettings{}, nil, fakeapi.Config{}},
		{"for subscribe messages", simulatorSettings{}, []string{"notice"}, fakeapi.Config{Service: true}},
		{"chosen", simulatorSettings{Account: "subscription", Unverified: true}, []string{"notice"}, fakeapi.Config{Unverified: true}},
		{"a service account", simulatorSettings{Account: "service", Confirm: true}, nil, fakeapi.Config{Service: true, Confirm: true}},
	} {
		s := defaults()
		s.file.Simulator, s.file.Push.Channels = c.set, c.channels
		if got := s.simulated(); got.Service != c.want.Service || got.Unverified != c.want.Unverified || got.Confirm != c.want.Confirm {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	t.Chdir(t.TempDir())
	write(t, "dangshi.yaml", "simulator: {account: 服务号}\n")
	mustFail(t, exitUsage, []string{"push", "status"}, "simulator.account", "subscription")
}
