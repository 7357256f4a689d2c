//go:build linux

package main

import (
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"dangshi/admin"
	"dangshi/admin/account"
	"dangshi/store/storetest"
)

// TestAdminAtAMillion follows the links of the console from its first page and from what
// was begun or found there, and asks for each route that is a page or a small file. Each
// is reached and answers, and none asks more of Redis with 5,000 members than with 1,000:
// so no page reads all of them.
//
// It also measures the pages at any size, and says how long each took: beside the works
// that were begun there, alone, and beside somebody who has all members read over and
// over; with questions, of a bank of that size:
//
//	DANGSHI_TEST_MILLION=1000000 go test ./cmd/dangshi -run TestAdminAtAMillion -v -timeout 30m
//	DANGSHI_TEST_MILLION=1000 DANGSHI_TEST_QUESTIONS=100000 go test …
func TestAdminAtAMillion(t *testing.T) {
	storetest.InTurn(t)
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	s.file.Branches = map[string]string{"zb1": "第一支部"}
	r := start(t, s)
	past := pastSeason(t, r)
	samples := rank(t, r, 20)
	var asked requestCosts
	r.data.Client().AddHook(&asked)
	walk := newWalk(t, r, &asked)
	if members, _ := strconv.Atoi(os.Getenv("DANGSHI_TEST_MILLION")); members > 0 {
		fillMembers(t, r, samples, members)
		fillBank(t, r, os.Getenv("DANGSHI_TEST_QUESTIONS"))
		walk.begin(past)
		walk.busy = true
		t.Logf("%d members, of whom five works read all\n%s", members, pagesTable(walk.follow(20)))
		walk.settle()
		t.Logf("%d members\n%s", members, pagesTable(walk.follow(20)))
		stop := walk.readAllTheTime()
		t.Logf("%d members, who are being read\n%s", members, pagesTable(walk.follow(20)))
		stop()
		return
	}
	fillMembers(t, r, samples, 1000)
	walk.begin(past)
	walk.settle()
	few := walk.follow(2) // the first time a page may read what is kept for a while
	fillMembers(t, r, samples, 5000)
	const more = 60 // commands, and elements of answers: a page more of what this walk has done, what is kept for a while and read again
	for pattern, now := range walk.follow(2) {
		was, ok := few[pattern]
		if ok && (now.commands > was.commands+more || now.elements > was.elements+more) {
			t.Errorf("%s: %d commands and %d elements from Redis with 5,000 members, %d and %d with 1,000", pattern, now.commands, now.elements, was.commands, was.elements)
		}
	}
	if t.Failed() {
		t.Logf("with 1,000 members:\n%s", pagesTable(few))
	}
}

// pageCosts are those of a kind of page: the most that one of them took.
type pageCosts struct {
	at                 string // one of them
	commands, elements int
	bytes              int
	took               []time.Duration
}

// walk goes from page to page as an administrator.
type walk struct {
	t      *testing.T
	r      *replica
	client *http.Client
	asked  *requestCosts
	pages  *http.ServeMux // the kinds of pages
	starts []string       // pages that no link leads to
	busy   bool           // what is shown is being read all the time
}

func newWalk(t *testing.T, r *replica, asked *requestCosts) *walk {
	t.Helper()
	w := &walk{t: t, r: r, client: admit(t, r, "巡查", account.Admin), asked: asked, pages: http.NewServeMux()}
	for _, pattern := range w.patterns() {
		w.pages.Handle(pattern, http.NotFoundHandler()) // never asked
	}
	return w
}

// patterns are the routes that answer with a page or a small file.
func (w *walk) patterns() (all []string) {
	for _, route := range w.r.admin.(*admin.Console).Routes() {
		if strings.HasPrefix(route.Pattern, "GET ") && !route.Slow {
			all = append(all, route.Pattern)
		}
	}
	return all
}

// kinds is how many pages of one kind are asked for.
const kinds = 3

var link = regexp.MustCompile(`(?:href|data-live)="(/admin/[^"#]*)`)

// follow asks for all pages that links lead to, a few of each kind, each so many times;
// the first time is not counted. Views of the bank and searches in it are kinds of their own.
func (w *walk) follow(times int) map[string]*pageCosts {
	w.t.Helper()
	all, seen, count := map[string]*pageCosts{}, map[string]bool{}, map[string]int{}
	for _, view := range append(w.searches(), bankViews...) {
		all[view] = &pageCosts{at: view}
		w.measure(view, all[view], times)
	}
	next := append([]string{admin.Path}, w.starts...)
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		target, err := url.Parse(at)
		if err != nil {
			w.t.Errorf("a link to %q: %v", at, err)
			continue
		}
		_, pattern := w.pages.Handler(&http.Request{Method: http.MethodGet, URL: target})
		if pattern == "" || seen[at] || count[pattern] == kinds {
			continue
		}
		seen[at] = true
		count[pattern]++
		if all[pattern] == nil {
			all[pattern] = &pageCosts{at: at}
		}
		body := w.measure(at, all[pattern], times)
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			next = append(next, html.UnescapeString(m[1]))
		}
	}
	for _, pattern := range w.patterns() {
		if all[pattern] == nil && !w.busy { // what is being counted has no links yet
			w.t.Errorf("nothing leads to %s: a link, or what walk.begin has begun", pattern)
		}
	}
	return all
}

func (w *walk) measure(at string, costs *pageCosts, times int) (body string) {
	w.t.Helper()
	const limit = 5 * time.Minute // for which what a page shows is waited
	first := time.Now()
	for n := 0; n < times; n++ {
		w.asked.take()
		begun := time.Now()
		answer, err := w.client.Get(w.r.url + at)
		if err != nil {
			w.t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		took := time.Since(begun)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusSeeOther {
			w.t.Errorf("%s: status %d, %v", at, answer.StatusCode, err)
			return ""
		}
		body = string(text)
		if n == 0 && !w.busy && strings.Contains(body, "data-again") && time.Since(first) < limit {
			n-- // what the page shows is being read, in the background
			time.Sleep(20 * time.Millisecond)
			continue
		}
		if n == 0 {
			continue
		}
		commands, elements := w.asked.take()
		costs.commands, costs.elements, costs.bytes = max(costs.commands, commands), max(costs.elements, elements), max(costs.bytes, len(text))
		costs.took = append(costs.took, took)
	}
	return body
}

// pagesTable shows the slowest kinds first.
func pagesTable(all map[string]*pageCosts) string {
	patterns := slices.SortedFunc(maps.Keys(all), func(a, b string) int { return int(middleOf(all[b].took) - middleOf(all[a].took)) })
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "page\tp50 ms\tmax ms\tcommands\telements\tbytes\tfor example")
	for _, p := range patterns {
		c := all[p]
		if len(c.took) == 0 {
			continue
		}
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%d\t%d\t%d\t%s\n", p, inMS(middleOf(c.took)), inMS(slices.Max(c.took)), c.commands, c.elements, c.bytes, c.at)
	}
	w.Flush()
	return b.String()
}

func middleOf(took []time.Duration) time.Duration {
	if len(took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(took))
	return sorted[len(sorted)/2]
}

func inMS(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
