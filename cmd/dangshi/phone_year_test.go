package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// TestYearOnTheClock moves the sandbox's clock across a year's turn and a leap
// day, with restarts; with DANGSHI_TEST_YEAR=1 through a whole year.
func TestYearOnTheClock(t *testing.T) {
	leap := time.Now().Year() + 2
	for time.Date(leap, 2, 29, 0, 0, 0, 0, time.UTC).Day() != 29 {
		leap++
	}
	days := storetest.Rounds(68)
	first := quiz.Date(leap, 3, 4) - quiz.Day(days)
	if os.Getenv("DANGSHI_TEST_YEAR") == "1" {
		days = 366
	}
	settings := defaults()
	settings.Data = t.TempDir()
	noon := func(day quiz.Day) time.Time { return day.Start().Add(12 * time.Hour) } // nothing is made up for any more
	setClock(t, settings, noon(first-1))
	r := start(t, settings)
	member := r.follower(t)
	var want []quiz.Day
	for day := first; day < first+quiz.Day(days); day++ {
		want = append(want, day)
		r.advanceTo(t, noon(day))
		if len(want)%(days/3) == 0 {
			r.stop()
			r = start(t, settings)
		}
	}
	eachDayOnce(t, r, want)
	if n := r.pushed(t, member); n != days {
		t.Errorf("%d mass messages lie in the member's chat, want %d", n, days)
	}
}

// setClock has the sandbox begin at a time.
func setClock(t *testing.T, s Settings, at time.Time) {
	t.Helper()
	a := &app{Settings: s, ctx: t.Context(), out: io.Discard, errs: io.Discard, logger: slog.New(slog.DiscardHandler), serves: true}
	d, err := a.openData(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SetClockOffset(context.Background(), time.Until(at)); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// eachDayOnce fails unless the outbox holds one mass message for each of the days,
// sent when it was due.
func eachDayOnce(t *testing.T, r *replica, days []quiz.Day) {
	t.Helper()
	var sent []fakeapi.Sent
	r.getJSON(t, "/sandbox/outbox", &sent)
	sent = slices.DeleteFunc(sent, func(s fakeapi.Sent) bool { return s.Kind != fakeapi.KindMass })
	if len(sent) != len(days) {
		t.Errorf("%d mass messages were sent in %d days", len(sent), len(days))
	}
	for i := range min(len(sent), len(days)) {
		due := days[i].Start().Add(7*time.Hour + 30*time.Minute)
		if late := sent[i].Time.Sub(due); late < 0 || late > 10*time.Minute { // the clock runs on while the work is done
			t.Fatalf("message %d is of %s, want one of %s", i+1, sent[i].Time, due)
		}
	}
}

// advanceTo moves the clock to a time, asking again where it could not be kept, as
// the answer says: a busy machine may take more than the second that it is given.
func (r *replica) advanceTo(t *testing.T, target time.Time) {
	t.Helper()
	for range 100 {
		var state struct{ Now int64 }
		r.getJSON(t, "/sandbox/state", &state)
		left := target.Sub(time.UnixMilli(state.Now))
		if left <= 0 {
			return
		}
		resp, err := patient.Post(r.url+"/sandbox/clock", "application/json", strings.NewReader(`{"advance":"`+left.String()+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusServiceUnavailable {
			t.Fatalf("the clock answers %d", resp.StatusCode)
		}
	}
	t.Fatalf("the clock does not come to %s", target)
}

// follower makes the first member of the sandbox follow the account, and gives the openid.
func (r *replica) follower(t *testing.T) string {
	t.Helper()
	var state struct{ Members []struct{ ID string } }
	r.getJSON(t, "/sandbox/state", &state)
	id := state.Members[0].ID
	r.postJSON(t, "/sandbox/send", map[string]string{"member": id, "type": "follow"}, nil)
	return id
}

// pushed counts the mass messages that lie in a member's chat.
func (r *replica) pushed(t *testing.T, member string) (n int) {
	t.Helper()
	r.getJSON(t, "/sandbox/state", nil) // what was sent comes into the chats when the page looks
	var chat struct {
		Entries []struct{ ID string }
	}
	r.getJSON(t, "/sandbox/chat?member="+member, &chat)
	for _, e := range chat.Entries {
		if strings.HasPrefix(e.ID, "sent-") {
			n++
		}
	}
	return n
}

func (r *replica) getJSON(t *testing.T, path string, into any) {
	t.Helper()
	resp, err := patient.Get(r.url + path)
	decode(t, path, resp, err, into)
}

func (r *replica) postJSON(t *testing.T, path string, body, into any) {
	t.Helper()
	sent, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := patient.Post(r.url+path, "application/json", strings.NewReader(string(sent)))
	decode(t, path, resp, err, into)
}

func decode(t *testing.T, path string, resp *http.Response, err error, into any) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d: %s", path, resp.StatusCode, body)
	}
	if into != nil {
		if err := json.Unmarshal(body, into); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
}
