package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"dangshi/admin/account"
	"dangshi/bot/sandbox/population"
	"dangshi/quiz"
	"dangshi/store"
)

// TestConsolePictures takes the pictures of the console anew, over members who have
// lived four months:
//
//	go test ./cmd/dangshi -run ConsolePictures -screenshots ../../docs
func TestConsolePictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("pictures are taken with -screenshots")
	}
	url := servers.Redis(t).URL
	args := []string{"simulate", "--members", "150", "--days", "120", "--from", "2026-07-30", "--redis", url, "--keep"}
	if code, _, errs := run(t, args...); code != exitDone {
		t.Fatal(errs)
	}
	s := defaults()
	s.RedisURL, s.file.Branches = url, population.Branches()
	s.file.Certificate.Organisation = "中共江城区委党校"
	r := startApp(t, &app{Settings: s, wall: lastEvening(t, s), logger: slog.New(slog.DiscardHandler)})
	bindAll(t, r)
	p := openConsole(t, r, account.Admin)
	p.take(admit(t, r, "周敏", account.Admin))
	for _, shown := range []struct {
		name, path string
		wide       bool
		from       string // what the picture begins with; empty: the top of the page
	}{
		{"today.png", "/admin/", true, ""}, {"banks.png", "/admin/banks", true, ""}, {"calendar.png", "/admin/calendar", true, ""},
		{"report.png", "/admin/trends/report?month=2026-10", true, ""},
		{"today-narrow.png", "/admin/", false, ""}, {"ranking-narrow.png", "/admin/ranking", false, "main h2"}, {"push-narrow.png", "/admin/push", false, ""},
	} {
		p.open(shown.path)
		p.wait("nothing is being counted", `!/正在/.test(document.querySelector("main").innerText)`)
		if shown.wide {
			p.size(1280, 860, 1)
		} else {
			p.size(390, 844, 1.5)
		}
		p.do(chromedp.MouseEvent(chromedp.MouseMoved, 2, 2))
		if shown.from != "" {
			eval[bool](p.phonePage, fmt.Sprintf("(document.querySelector(%q).scrollIntoView(), true)", shown.from))
		}
		p.shot("console-" + shown.name)
	}
}

// bindAll gives those who lead the board and have not bound theirs names and branches: few
// of a simulation have, and a ranking of codes shows little.
func bindAll(t *testing.T, r *replica) {
	t.Helper()
	season, _ := r.app.file.Seasons.At(quiz.DayOf(r.now()))
	leading, _, err := r.data.RankedPage(t.Context(), season, 0, 60)
	if err != nil {
		t.Fatal(err)
	}
	family, given := []rune("王李张刘陈杨赵黄周吴徐孙"), []string{"秀英", "建国", "志强", "桂兰", "文博", "晓燕", "德明", "玉梅", "卫东", "雅琴", "永福"}
	codes := slices.Sorted(maps.Keys(population.Branches()))
	for i, m := range leading {
		l, err := r.data.Load(t.Context(), m.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		if who := &l.Record.Member; who.Name == "" {
			who.Name = string(family[i%len(family)]) + given[i%len(given)]
			who.Branch = cmp.Or(who.Branch, codes[i%len(codes)])
		}
		if _, err := r.data.Commit(t.Context(), m.ID, quiz.Change{Record: l.Record}); err != nil {
			t.Fatal(err)
		}
	}
}

// lastEvening is wall time by which the clock of the data shows the evening of the last
// day that was lived.
func lastEvening(t *testing.T, s Settings) func() time.Time {
	t.Helper()
	d, err := store.Open(t.Context(), store.Options{URL: s.RedisURL, Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ahead, err := d.ClockOffset(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := quiz.Date(2026, 11, 26).Start().Add(20*time.Hour + 40*time.Minute - ahead)
	return func() time.Time { return at }
}
