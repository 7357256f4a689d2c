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
)

// span is a row of days, through which the clock goes in steps of 24 h.
type span struct {
	after quiz.Day // the clock begins on this day at 13:00, when nothing is made up for any more
	days  int
}

// TestYearOnTheClock moves the sandbox's clock across a year's turn and a leap
// day, with restarts; with DANGSHI_TEST_YEAR=1 through a whole year.
func TestYearOnTheClock(t *testing.T) {
	spans := []span{{quiz.Date(2027, 12, 26), 12}, {quiz.Date(2028, 2, 22), 12}}
	if os.Getenv("DANGSHI_TEST_YEAR") == "1" {
		spans = []span{{quiz.Date(2027, 12, 26), 366}}
	}
	settings := defaults()
	settings.Data = t.TempDir()
	var want []quiz.Day
	var r *replica
	var member string
	for _, s := range spans {
		setClock(t, settings, s.after.Start().Add(13*time.Hour))
		r = start(t, settings)
		if member == "" {
			member = r.follower(t)
		}
		for n := 1; n <= s.days; n++ {
			if n%(s.days/3) == 0 {
				r.stop()
				r = start(t, settings)
			}
			want = append(want, s.after+quiz.Day(n))
			r.advanceTo(t, (s.after + quiz.Day(n)).Start().Add(13*time.Hour))
		}
		if s != spans[len(spans)-1] {
			r.stop()
		}
	}
	eachDayOnce(t, r, want)
	if n := r.pushed(t, member); n != len(want) {
		t.Errorf("%d mass messages lie in the member's chat, want %d", n, len(want))
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
// sent at its time.
func eachDayOnce(t *testing.T, r *replica, days []quiz.Day) {
	t.Helper()
	var sent []fakeapi.Sent
	r.getJSON(t, "/sandbox/outbox", &sent)
	sent = slices.DeleteFunc(sent, func(s fakeapi.Sent) bool { return s.Kind != fakeapi.KindMass })
	if len(sent) != len(days) {
		t.Errorf("%d mass messages were sent in %d days", len(sent), len(days))
	}
	for i := range min(len(sent), len(days)) {
		at := days[i].Start().Add(7*time.Hour + 30*time.Minute)
		if !sent[i].Time.Equal(at) {
			t.Fatalf("message %d is of %s, want one of %s", i+1, sent[i].Time, at)
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
