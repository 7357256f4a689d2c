//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// followers are the members of a real account and WeChat's API, which counts what each of
// them gets, outside of all processes that send.
type followers struct {
	store *store.Store
	api   *httptest.Server
	got   []atomic.Int32
	all   atomic.Int32
}

const followerHead = "oFollower"

func followerID(i int) string { return fmt.Sprintf(followerHead+"%019d", i) }

// newFollowers makes the data and the API.
func newFollowers(t *testing.T, o store.Options, people int) *followers {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c := &followers{store: s, got: make([]atomic.Int32, people)}
	now := time.Now()
	item := content.Item{ID: "today", Kind: content.Today, Date: quiz.DayOf(now).MonthDay(), Year: 1921, Title: "大事", Text: "这一天发生了一件大事。", State: content.Approved}
	if _, _, err := s.PutLibrary(t.Context(), []content.Item{item}, nil); err != nil {
		t.Fatal(err)
	}
	record := quiz.Record{Member: quiz.Member{Joined: quiz.DayOf(now)}, Recent: []quiz.Delivery{{Key: 1, Sent: now.Unix()}}}
	if _, err := s.Commit(t.Context(), followerID(0), quiz.Change{Record: record}); err != nil {
		t.Fatal(err)
	}
	// The others are copies of the first, as a server writes them.
	key := func(i int) string { return "{s00}:member:" + followerID(i) }
	raw, err := s.Client().Get(t.Context(), key(0)).Result()
	if err != nil {
		t.Fatal(err)
	}
	p := s.Client().Pipeline()
	for i := 1; i < people; i++ {
		p.Set(t.Context(), key(i), raw, 0)
	}
	if _, err := p.Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.serve(t)
	return c
}

// serve starts the API, which takes a while for a customer message, and loses one call
// of ten, before or after it took effect.
func (c *followers) serve(t *testing.T) {
	c.api = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cgi-bin/stable_token" {
			io.WriteString(w, `{"access_token":"a token","expires_in":7200}`)
			return
		}
		var m struct {
			ToUser string `json:"touser"`
		}
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			return // its sender was killed
		}
		i, err := strconv.Atoi(strings.TrimPrefix(m.ToUser, followerHead))
		if err != nil || r.URL.Path != "/cgi-bin/message/custom/send" {
			t.Errorf("%s for %q", r.URL.Path, m.ToUser)
			return
		}
		time.Sleep(50 * time.Millisecond)
		luck := rand.Float64()
		if luck < 0.05 {
			panic(http.ErrAbortHandler)
		}
		c.got[i].Add(1)
		c.all.Add(1)
		if luck < 0.1 {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
	}))
	t.Cleanup(c.api.Close)
}

func (c *followers) arrived() int { return int(c.all.Load()) }

// judge: each member got it once, or is listed as unknown, nobody got it twice, and the
// ledger's numbers are those.
func (c *crew) judge() push.Reach {
	c.Helper()
	d := c.today()
	if d.Outcome != push.DaySent || len(d.Sends) != 1 || d.Sends[0].Each == nil {
		c.Fatalf("the ledger says %+v", d)
	}
	reach, runs, listed := *d.Sends[0].Each, c.store.PushRuns(), map[[8]byte]bool{}
	for part := range 100 {
		marks, err := runs.Marks(c.Context(), 0, d.Day.String(), part)
		if err != nil {
			c.Fatal(err)
		}
		for i := 0; i < len(marks); i += 8 {
			listed[[8]byte(marks[i:i+8])] = true
		}
	}
	for i := range c.got {
		times := c.got[i].Load()
		if times > 1 || times == 0 && !listed[runs.Mark(followerID(i))] {
			c.Errorf("member %d got it %d times, listed %t", i, times, listed[runs.Mark(followerID(i))])
		}
	}
	if n := len(c.got); reach.Seen != n || reach.Unknown != len(listed) || reach.Reached()+reach.Unknown != n {
		c.Errorf("of %d members %d got it and %d are listed, the ledger says %+v", n, c.arrived(), len(listed), reach)
	}
	return reach
}
