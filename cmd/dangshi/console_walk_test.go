//go:build linux

package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// pastSeason has the season before the present one, of three members, closed.
func pastSeason(t *testing.T, r *replica) quiz.Season {
	t.Helper()
	now, _ := quiz.Seasons(nil).At(quiz.DayOf(r.now()))
	day := now.From - 2
	past, _ := quiz.Seasons(nil).At(day)
	p, err := r.bot.IssuePaper(t.Context(), day)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		m := quiz.Member{Name: "李四", Branch: "zb1"}
		finishDay(t, r, fmt.Sprintf("oPast%02d", i), m, p, day.Start().Add(9*time.Hour), i)
	}
	if _, err := r.data.CommitSeason(t.Context(), past, r.now().Unix(), "甲", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := r.data.CloseSeason(t.Context(), store.CloseRequest{Season: past, Entropy: "7", Prizes: r.app.prizes(), Now: r.now(), By: "甲"}, store.RebuildOptions{}); err != nil {
		t.Fatal(err)
	}
	return past
}

// begin does what leads to pages that no link leads to: searches, previews, counts.
func (w *walk) begin(past quiz.Season) {
	w.t.Helper()
	today := quiz.DayOf(w.r.now())
	paper, err := w.r.data.CurrentPaper(w.t.Context(), today)
	if err != nil {
		w.t.Fatal(err)
	}
	question := paper.Questions[0].ID
	found := w.to("/admin/ranking/find", url.Values{"q": {"张三"}})
	work, err := url.Parse(found)
	if err != nil {
		w.t.Fatal(err)
	}
	w.starts = []string{
		found,
		// A correction would change what is measured: the page is shown of another work.
		"/admin/ranking/regrade/published?" + url.Values{"work": {work.Query().Get("work")}, "question": {question}}.Encode(),
		w.to("/admin/ranking/regrade", url.Values{"question": {question}, "way": {"void"}, "reason": {"题目有误"}}),
		w.to("/admin/calendar/void/"+today.String(), url.Values{"how": {"drop"}}),
		"/admin/calendar/voided/" + today.String() + "?how=drop",
		w.to("/admin/trends/count", nil),
		"/admin/ranking?season=" + past.ID,
	}
}

// settle waits until all that was begun is over.
func (w *walk) settle() {
	w.t.Helper()
	w.busy = false
	for _, at := range w.starts {
		w.measure(at, &pageCosts{}, 1)
	}
}

// to is where a form leads that is sent.
func (w *walk) to(path string, fields url.Values) string {
	w.t.Helper()
	answer, body := form(w.t, w.client, w.r.url+path, fields)
	if answer.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("%s: %d\n%s", path, answer.StatusCode, body)
	}
	return answer.Header.Get("Location")
}

// readAllTheTime has all members read once more whenever they were, until stop.
func (w *walk) readAllTheTime() (stop func()) {
	w.busy = true
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for reading := false; ; reading = true {
			select {
			case <-end:
				return
			case <-time.After(200 * time.Millisecond):
			}
			if !reading || !w.reads("/admin/members") {
				_, _ = w.client.PostForm(w.r.url+"/admin/members/again", nil)
				w.reads("/admin/members")
			}
		}
	}()
	return func() {
		close(end)
		<-ended
		w.busy = false
	}
}

// reads reports whether the page says that members are being read.
func (w *walk) reads(path string) bool {
	answer, err := w.client.Get(w.r.url + path)
	if err != nil {
		return false
	}
	return strings.Contains(drained(w.t, answer), "正在重新点名")
}

// bankViews are the ways in which the list of questions is looked at.
var bankViews = []string{
	"/admin/banks", "/admin/banks?page=3", "/admin/banks?q=%E4%BC%9A%E8%AE%AE", "/admin/banks?q=%E4%B8%AD&sort=new", "/admin/banks?state=approved", "/admin/banks?category=-",
	"/admin/banks?type=judge", "/admin/banks?level=2", "/admin/banks?watch=1&sort=watch", "/admin/banks?sort=watch", "/admin/banks?sort=new", "/admin/banks?sort=new&page=3",
	"/admin/banks?remark=1", "/admin/banks?by=nobody", "/admin/banks/review?state=approved",
}

// searches are those for questions of a coming day's paper.
func (w *walk) searches() (all []string) {
	for _, words := range []string{"会议", "会议 党史", "中 的 年", "没有这样的题"} {
		all = append(all, "/admin/calendar/paper/"+(quiz.DayOf(w.r.now())+1).String()+"?edit=1&words="+url.QueryEscape(words))
	}
	return all
}

// fillBank puts so many questions into the bank, all different, of all kinds and states.
func fillBank(t *testing.T, r *replica, size string) {
	t.Helper()
	questions, _ := strconv.Atoi(size)
	library, err := r.data.Questions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const batch = 2000
	for from := 0; from < questions; from += batch {
		some := make([]content.Question, 0, batch)
		for i := from; i < min(from+batch, questions); i++ {
			q := library[i%len(library)]
			q.ID, q.Stem = fmt.Sprintf("large-%06d", i), fmt.Sprintf("（第 %d 题）%s", i, q.Stem)
			q.State = []content.State{content.Draft, content.Approved, content.Approved, content.Retired}[i%4]
			some = append(some, q)
		}
		if _, err := r.data.PutQuestions(t.Context(), some); err != nil {
			t.Fatal(err)
		}
	}
}
