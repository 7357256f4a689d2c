package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"dangshi/admin/account"
	"dangshi/quiz"
)

// trendReplica is a replica of which some members have answered since October: those
// of branches of twelve, of eight and of three, and some of none.
func trendReplica(t *testing.T) *replica {
	t.Helper()
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	s.file.Branches = map[string]string{"zb1": "机关第一支部", "zb2": `<script>alert(1)</script>"><img src=x onerror=alert(1)>`, "zb3": "只有三个人的支部"}
	s.file.Certificate.Organisation = "中共江城区委党校"
	setClock(t, s, time.Date(2031, time.November, 26, 9, 0, 0, 0, quiz.Zone))
	r := start(t, s)
	today := quiz.DayOf(r.now())
	members := map[string]quiz.Member{}
	for day := quiz.Date(2031, time.October, 5); day < today; day += 2 {
		p, err := r.bot.IssuePaper(t.Context(), day)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 26 {
			if (i*7+int(day))%5 < i%4 { // some come seldom
				continue
			}
			id := fmt.Sprintf("oTrend%02d", i)
			m := members[id]
			m.Branch = []string{"zb1", "zb2", "zb1", "", "zb3"}[i%5]
			if i >= 15 && m.Branch == "zb3" {
				m.Branch = "zb1"
			}
			members[id] = finishDay(t, r, id, m, p, day.Start().Add(9*time.Hour), (i+int(day))%6)
		}
	}
	return r
}

// finishDay answers a day's paper, so many questions wrong.
func finishDay(t *testing.T, r *replica, id string, m quiz.Member, p *quiz.Paper, at time.Time, wrong int) quiz.Member {
	t.Helper()
	l, err := r.data.Load(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := quiz.Situation{ID: quiz.Self(id), Now: at, Today: p}
	m, _ = quiz.Step(m, quiz.Begin{}, s)
	s.Open = p
	var out quiz.Outcome
	for k, q := range p.Questions {
		c := quiz.Choice{Text: "不知道", Letters: quiz.ShownLetters(q.Answer.Letters, p.Order(quiz.Self(id), k))}
		if q.Answer.Accept != nil && k >= wrong {
			c.Text = q.Answer.Accept[0]
		}
		if k < wrong && q.Answer.Accept == nil {
			if c.Letters ^= 1; c.Letters == 0 { // one more or one less: wrong
				c.Letters = 2
			}
		}
		m, out = quiz.Step(m, quiz.Answer{Choice: c}, s)
	}
	if _, err := r.data.Commit(t.Context(), id, quiz.Change{Record: quiz.Record{Member: m, Version: l.Record.Version}, Log: out.Log, Board: out.Board}); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestAdminTrends without a browser: who may look, what is refused, the nightly job,
// and that nothing of few members is told.
func TestAdminTrends(t *testing.T) {
	r := trendReplica(t)
	for _, role := range account.Roles() {
		client := admit(t, r, role.Word(), role)
		fetch := func(path string) (int, string) {
			t.Helper()
			answer, err := client.Get(r.url + path)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			return answer.StatusCode, string(body)
		}
		if role == account.Admin {
			status, body := fetch("/admin/trends")
			if mustSay(t, body, "还没有统计", "现在统计"); status != http.StatusOK {
				t.Errorf("before anything is counted: %d", status)
			}
			due := time.Date(2031, time.November, 26, 3, 30, 0, 0, quiz.Zone)
			for range 2 { // the second one, as of another replica, finds it done
				if err := r.nightlyTrends(t.Context(), due); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, path := range []string{"/admin/trends", "/admin/trends?season=2031&period=2031-11", "/admin/trends?period=2031Q4"} {
			status, body := fetch(path)
			if status != http.StatusOK {
				t.Fatalf("%s for %s: %d", path, role, status)
			}
			mustSay(t, body, "每周正确率", "机关第一支部", "现在重算", "&lt;script&gt;alert(1)&lt;/script&gt;")
			if strings.Contains(body, "<script>alert") || strings.Contains(body, "<img") || strings.Contains(body, "只有三个人的支部") || strings.Contains(body, "oTrend") {
				t.Errorf("%s shows what it must not:\n%s", path, body)
			}
		}
		_, page := fetch("/admin/trends")
		for _, to := range []string{`/admin/banks?category=`, `/admin/banks/q/`} {
			_, after, ok := strings.Cut(page, `href="`+to)
			address, _, _ := strings.Cut(after, `"`)
			if status, body := fetch(to + html.UnescapeString(address)); !ok || status != http.StatusOK || strings.Contains(body, "没有符合") {
				t.Errorf("what is to be looked at leads to %s%s: %d", to, address, status)
			}
		}
		for _, path := range []string{"/admin/trends/report?month=2031-11", "/admin/trends/report?quarter=2031q4"} {
			status, body := fetch(path)
			if status != http.StatusOK {
				t.Fatalf("%s for %s: %d", path, role, status)
			}
			mustSay(t, body, "中共江城区委党校", "人均参加", "&lt;script&gt;alert(1)&lt;/script&gt;", "内容预告", "2031年11月26日")
			if strings.Contains(body, "<script>alert") || strings.Contains(body, "<img") || strings.Contains(body, "只有三个人的支部") || strings.Contains(body, "oTrend") {
				t.Errorf("%s shows what it must not:\n%s", path, body)
			}
			if strings.Contains(body, "下载 PDF") != role.May(account.Export) {
				t.Errorf("%s for %s: the button of the PDF", path, role)
			}
			status, body = fetch(strings.Replace(path, "report", "report.pdf", 1))
			switch {
			case !role.May(account.Export):
				if status != http.StatusForbidden {
					t.Errorf("the PDF for %s: %d", role, status)
				}
			case status == http.StatusUnprocessableEntity: // no font is installed
				mustSay(t, body, "字体")
			case status != http.StatusOK || !strings.HasPrefix(body, "%PDF-"):
				t.Errorf("the PDF for %s: %d", role, status)
			}
		}
		for _, path := range []string{"/admin/trends/report", "/admin/trends/report?month=2031Q4", "/admin/trends/report?month=2032-01", "/admin/trends/report?quarter=2024Q1", "/admin/trends?season=2024", "/admin/trends?period=2031-13", "/admin/trends?period=2024-01", "/admin/trends?period=%3Cscript%3E"} {
			if status, body := fetch(path); status != http.StatusNotFound || strings.Contains(body, "<script>") {
				t.Errorf("%s: %d", path, status)
			}
		}
		if answer, err := client.PostForm(r.url+"/admin/trends/count", url.Values{"season": {"2031"}}); err != nil || answer.StatusCode != http.StatusSeeOther {
			t.Errorf("counting anew by %s: %v, %v", role, answer, err)
		}
	}
}

// TestAdminNightlyCounts: what another replica counts is counted by nobody else, unless
// that one dies, and is shown as going on; and a night's count does not hold up the stop of
// serve.
func TestAdminNightlyCounts(t *testing.T) {
	r := trendReplica(t)
	season, _ := r.app.file.Seasons.At(quiz.DayOf(r.now()))
	nights := map[string]func(context.Context, time.Time) error{trendWork(season.ID): r.nightlyTrends, questionWork(season.ID): r.countQuestions, "": r.tally}
	counted := func() (all [3]int64) {
		trends, err1 := r.data.Trends(t.Context(), season.ID)
		questions, _, err2 := r.data.QuestionFigures(t.Context(), season.ID)
		tally, _, err3 := r.data.Tally(t.Context(), season.ID)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		return [3]int64{trends.At, questions.At, tally.At}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	a := *r.app
	a.ctx = stopped
	stopping := &service{app: &a, data: r.data, now: r.now, works: r.works}
	if err := errors.Join(stopping.nightlyTrends(t.Context(), r.now()), stopping.countQuestions(t.Context(), r.now())); err != nil {
		t.Errorf("at the stop: %v", err)
	}
	waiting := make(chan error, len(nights))
	for id, night := range nights {
		alone := r.data.Alone
		if id != "" {
			alone = r.data.AtWork
		}
		ran, err := alone(t.Context(), cmp.Or(id, "tally"), func(ctx context.Context) error { // as another replica
			if id == trendWork(season.ID) {
				_, page := r.post(t, admit(t, r, "王芳", account.Staff), "/admin/trends/count", url.Values{"season": {season.ID}})
				if mustSay(t, page, "正在统计"); strings.Contains(page, "已经重新统计") {
					t.Error("it is told as counted")
				}
			}
			if id == "" {
				return night(ctx, r.now())
			}
			go func() { waiting <- night(t.Context(), r.now()) }()
			select {
			case err := <-waiting:
				t.Errorf("%s: it does not wait: %v", id, err)
				waiting <- err
			case <-time.After(50 * time.Millisecond):
			}
			if now := counted(); now[map[string]int{trendWork(season.ID): 0, questionWork(season.ID): 1}[id]] != 0 {
				t.Errorf("%s: it was counted all the same: %v", id, now)
			}
			return nil // it dies
		})
		if !ran || err != nil {
			t.Errorf("%s: %v, %v", id, ran, err)
		}
	}
	err := r.tally(t.Context(), r.now())
	for range len(nights) - 1 {
		err = errors.Join(err, <-waiting)
	}
	if err != nil {
		t.Error(err)
	}
	first := counted()
	if first[0] == 0 || first[1] == 0 || first[2] == 0 {
		t.Errorf("nothing was counted: %v", first)
	}
	if _, err := r.simulator.clock.Advance(t.Context(), time.Minute, r.schedule); err != nil {
		t.Fatal(err)
	}
	for id, night := range nights { // another replica, which has waited until now
		if err := night(t.Context(), time.Unix(first[0], 0)); err != nil {
			t.Errorf("%s again: %v", id, err)
		}
	}
	if again := counted(); again != first {
		t.Errorf("it was counted twice: %v, %v", first, again)
	}
}

// TestNightlyTrends: a past season is counted again in the night after one of its days
// was voided, and in no other night.
func TestNightlyTrends(t *testing.T) {
	r := trendReplica(t)
	counted := func(due time.Time, want string) {
		t.Helper()
		all, err := r.trendsDue(t.Context(), due)
		got := ""
		for _, season := range all {
			got += season.ID + " "
		}
		if err != nil || got != want {
			t.Errorf("on %v: %s, %v; want %s", due, got, err, want)
		}
		if err := r.nightlyTrends(t.Context(), due); err != nil {
			t.Error(err)
		}
	}
	night := time.Date(2031, time.November, 26, 3, 30, 0, 0, quiz.Zone)
	counted(night, "2031 ")
	counted(night.AddDate(1, 0, 0), "2032 ")
	if err := r.data.SetVoid(t.Context(), quiz.Date(2031, time.October, 5), quiz.Dropped); err != nil {
		t.Fatal(err)
	}
	counted(night.AddDate(1, 0, 1), "2032 2031 ")
	counted(night.AddDate(1, 0, 2), "2032 ")
	pagesAwaitNothing(t, r)
}

// pagesAwaitNothing: a page of what is going on asks once how far it is.
func pagesAwaitNothing(t *testing.T, r *replica) {
	t.Helper()
	client := admit(t, r, "张三", account.Admin)
	var asked requestCosts
	r.data.Client().AddHook(&asked)
	day := quiz.DayOf(r.now()).String()
	over := make(chan struct{})
	defer close(over)
	for id, path := range map[string]string{
		trendWork("2031"): "/admin/trends?season=2031", "void:" + day + ":drop": "/admin/calendar/void/" + day + "?how=drop", "voided:" + day + ":drop": "/admin/calendar/voided/" + day + "?how=drop",
	} {
		if err := r.works.Start(t.Context(), id, "李四", func(context.Context, func(done, of int)) (any, error) {
			<-over
			return nil, nil
		}); err != nil {
			t.Fatal(err)
		}
		asked.take()
		status, page := fetch(t, client, http.MethodGet, r.url+path, nil)
		if commands, _ := asked.take(); status != http.StatusOK || !strings.Contains(page, "data-again") || commands > 12 { // it looked every 20 ms, 15 times
			t.Errorf("%s: %d, %d commands of Redis", path, status, commands)
		}
	}
}

// TestConsoleTrends in a browser: counted for the first time by a tap, looked at.
func TestConsoleTrends(t *testing.T) {
	r := trendReplica(t)
	p := openConsole(t, r, account.Staff)
	p.open("/admin/trends")
	p.says("还没有统计")
	p.accessible()
	p.click("button.main")
	p.wait("the figures are there", `document.querySelector(".figures")`)
	p.says("人参加", "坚持", "机关第一支部", "最该加强的类别")
	p.accessible()
	p.picture("trends")
	p.open("/admin/trends?season=2031&period=2031-11")
	p.says("每天完成答题")
	p.accessible()
	if !eval[bool](p.phonePage, `(() => {
		const list = document.querySelector("#period"), changed = () => list.dispatchEvent(new Event("change", { bubbles: true }));
		let sent = 0;
		list.form.requestSubmit = () => { sent++; };
		list.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
		changed();
		const passed = sent === 0;
		list.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
		changed();
		return passed && sent === 1;
	})()`) {
		t.Error("the arrows of a keyboard cannot pass over an entry of a list, or a tap does not choose one")
	}
	p.picture("trends-month")
	p.click(`.reports a[href$="quarter=2031Q4"]`)
	p.says("2031年第四季度党史学习季评", "一、总体情况", "知识掌握")
	p.accessible()
	p.picture("report")
	tapsCount(t, p)
	p.become(account.Editor)
	p.open("/admin/trends")
	p.says("机关第一支部")
}

// tapsCount: a tap counts although the page would have renewed itself under the finger.
func tapsCount(t *testing.T, p *consolePage) {
	t.Helper()
	over := make(chan struct{})
	defer close(over)
	if err := p.replica.works.Start(t.Context(), trendWork("2031"), "李四", func(context.Context, func(done, of int)) (any, error) {
		<-over
		return nil, nil
	}); err != nil {
		t.Fatal(err)
	}
	p.open("/admin/trends?season=2031")
	eval[bool](p.phonePage, `(() => {
		const wait = setTimeout;
		window.rounds = 0; // that the page waits before it renews itself
		window.setTimeout = (what, time) => { rounds += time === 1000; return wait(what, time); };
		return true;
	})()`)
	p.wait("it renews itself", `rounds > 0`)
	up := p.down(`.reports a[href$="quarter=2031Q4"]`)
	eval[bool](p.phonePage, `(rounds = 0, true)`)
	p.wait("it would have renewed itself", `rounds > 1`)
	up()
	p.wait("the report is there", `document.querySelector("main")?.innerText.includes("一、总体情况")`)
}
