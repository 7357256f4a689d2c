//go:build linux

package main

import (
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/admin/account"
	"dangshi/quiz"
)

// TestMillionConsole measures the pages on members and the push with a million members
// in a real Redis:
//
//	DANGSHI_TEST_MILLION=1000000 go test ./cmd/dangshi -run 'TestMillionConsole$' -v -timeout 30m
func TestMillionConsole(t *testing.T) {
	members, err := strconv.Atoi(os.Getenv("DANGSHI_TEST_MILLION"))
	if err != nil {
		t.Skip("set DANGSHI_TEST_MILLION to a number of members to measure the console")
	}
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	s.file.Branches = map[string]string{"zb1": "第一支部", "zb2": "第二支部"}
	r := start(t, s)
	samples := rank(t, r, 1000)
	families, given := []rune("王李张刘陈杨黄赵吴周"), []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰")
	for i, id := range samples {
		l, err := r.data.Load(t.Context(), id, 0)
		if err != nil {
			t.Fatal(err)
		}
		m := &l.Record.Member
		m.Name, m.Branch = string([]rune{families[i%10], given[i/10%20], given[i/50%20]}), "zb"+strconv.Itoa(1+i%2)
		if _, err := r.data.Commit(t.Context(), id, quiz.Change{Record: l.Record}); err != nil {
			t.Fatal(err)
		}
	}
	fillMembers(t, r, samples, members)
	client := admit(t, r, "测试", account.Admin)
	begun := time.Now()
	for {
		if _, body := fetch(t, client, http.MethodGet, r.url+"/admin/members", nil); strings.Contains(body, "<table>") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Logf("the register of %d members: %.1f s", members, time.Since(begun).Seconds())
	find := func(text string) string {
		return search(t, client, r, "/admin/members", url.Values{"q": {text}}, "q")
	}
	for _, path := range []string{
		"/admin/members", "/admin/members?page=9000", find("王"), find("秀英"), find("诸葛亮"), "/admin/members?branch=zb2",
		"/admin/members/" + r.data.Ref(samples[7]), "/admin/members/objections", "/admin/push",
	} {
		var took []time.Duration
		for range 21 {
			begun := time.Now()
			status, body := fetch(t, client, http.MethodGet, r.url+path, nil)
			took = append(took, time.Since(begun))
			if status != http.StatusOK {
				t.Fatalf("%s: status %d\n%s", path, status, body)
			}
		}
		slices.Sort(took)
		t.Logf("%-60s median %5.1f ms, slowest %5.1f ms", path[:min(len(path), 60)], ms(took[10]), ms(took[20]))
	}
	pseudonym := quiz.Pseudonym(r.data.Secret(), "2026", quiz.Self(samples[7]))
	begun = time.Now()
	for {
		if _, body := fetch(t, client, http.MethodGet, r.url+find(pseudonym), nil); strings.Contains(body, "找到了") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Logf("a pseudonym, beside the pages: %.1f s", time.Since(begun).Seconds())
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
