package main

import (
	"html"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"dangshi/quiz"
)

// visit opens an address of a replica and gives what is shown.
func visit(t *testing.T, address string) (status int, body string) {
	t.Helper()
	resp, err := patient.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestTodayPage: what a member reads in the chat stands on the day's page, to
// which the chat leads; the page follows the product's clock.
func TestTodayPage(t *testing.T) {
	s := defaults()
	s.Data, s.BaseURL = t.TempDir(), "https://dangshi.example.org"
	setClock(t, s, time.Date(2028, time.February, 28, 23, 0, 0, 0, quiz.Zone))
	if err := os.MkdirAll(filepath.Join(s.Data, "verify"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(s.Data, "verify", "MP_verify_aB3.txt"), "aB3")
	r := start(t, s)
	c := r.client()
	mustSay(t, say(t, c, "oReader", "今天"), `<a href="https://dangshi.example.org/today/2028-02-28">`)
	status, body := visit(t, r.url+"/today/")
	if status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	mustSay(t, body, "2月28日", "2028年 星期一", "今日一题", "/today/2028-02-27")
	_, stem, _ := strings.Cut(body, `class="stem">`)
	stem, _, _ = strings.Cut(stem, "</p>")
	if text := say(t, c, "oReader", "答题"); stem == "" || !strings.Contains(text, html.UnescapeString(stem)) {
		t.Errorf("the page asks %q, the chat:\n%s", stem, text)
	}
	if status, _ := visit(t, r.url+"/today/2028-02-29"); status != http.StatusNotFound {
		t.Errorf("a day that has not come: %d", status)
	}
	if _, err := r.clock().Advance(t.Context(), 2*time.Hour, r.schedule); err != nil {
		t.Fatal(err)
	}
	if status, body := visit(t, r.url+"/today/"); status != http.StatusOK || !strings.Contains(body, "2月29日") {
		t.Errorf("the leap day: %d", status)
	}
	if _, proof := visit(t, r.url+"/MP_verify_aB3.txt"); proof != "aB3" {
		t.Errorf("the proof of the domain is %q", proof)
	}
	for _, path := range []string{"/MP_verify_none.txt", "/store.resp", "/verify.txt"} {
		if status, _ := visit(t, r.url+path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// TestItemPageOnThePhone: the browser has nothing to complain of, large type fits
// a narrow screen, and a page leads to the day before.
func TestItemPageOnThePhone(t *testing.T) {
	s := defaults()
	s.Data = t.TempDir()
	r := start(t, s)
	p := openPage(t, r, 390, 844)
	p.do(chromedp.Navigate(r.url + "/today/"))
	fits := `document.querySelector("h1")?.textContent.length > 0 && document.documentElement.scrollWidth <= innerWidth
		&& parseFloat(getComputedStyle(document.querySelector(".text p")).fontSize) >= 20
		&& [...document.querySelectorAll("nav a")].every(a => a.getBoundingClientRect().height >= 48)`
	p.wait("today's page fits", fits+` && !document.querySelector("[rel=next]")`)
	p.do(chromedp.Navigate(r.url + "/today/" + (quiz.DayOf(r.now()) - 1).String()))
	p.wait("yesterday's page fits, and leads on", fits+` && !!document.querySelector("[rel=next]")`)
}
