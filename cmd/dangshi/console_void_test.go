package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"dangshi/admin/account"
	"dangshi/quiz"
)

// shows asks for a page until it says something: what runs behind pages is over then.
func (u calendarUser) shows(path, word string) (page string) {
	u.t.Helper()
	eventually(u.t, path+" says "+word, func() bool {
		resp, err := u.client.Get(u.r.url + path)
		if err != nil || resp.StatusCode == http.StatusSeeOther {
			if err == nil {
				resp.Body.Close()
				path = resp.Header.Get("Location")
			}
			return false
		}
		if resp.StatusCode == http.StatusServiceUnavailable { // a busy machine: as the page says, a moment later
			resp.Body.Close()
			return false
		}
		page = u.answer(resp, nil, http.StatusOK)
		return strings.Contains(page, word)
	})
	return page
}

// TestAdminCalendarVoids: a preview in numbers, a confirmation that is worth nothing
// elsewhere, points that go, and come back when the day stands again.
func TestAdminCalendarVoids(t *testing.T) {
	t.Chdir(t.TempDir())
	r := start(t, defaults())
	rank(t, r, 12)
	today := quiz.DayOf(r.now())
	u := calendarUser{t, r, admit(t, r, "陈杰", account.Admin)}
	editor := calendarUser{t, r, admit(t, r, "李娟", account.Editor)}
	path := "/admin/calendar/void/" + today.String()
	editor.get(path, http.StatusForbidden)
	u.get("/admin/calendar/"+today.String(), 200, "取消这一天的成绩")
	u.get("/admin/calendar/void/"+(today+1).String(), http.StatusConflict, "还没有到")
	standing := func() int {
		season, _ := quiz.Seasons(nil).At(today)
		top, err := r.data.Top(t.Context(), season.ID, 100)
		if err != nil {
			t.Fatal(err)
		}
		return len(top)
	}
	before := standing()
	foresee := func(how, why string, facts ...string) (page string) {
		resp, err := u.client.PostForm(r.url+path, url.Values{"how": {how}, "why": {why}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		to := resp.Header.Get("Location")
		if plain, _ := url.QueryUnescape(to); why != "" && strings.Contains(plain, why) {
			t.Errorf("the reason stands in the address %s", plain)
		}
		page = u.shows(to, "就这样做")
		mustSay(t, page, facts...)
		return page
	}
	confirming := func(page string) url.Values {
		_, form, _ := strings.Cut(page, `action="/admin/calendar/voided/`)
		form, _, _ = strings.Cut(form, "</form>")
		fields := url.Values{}
		for _, f := range hiddenForm.FindAllStringSubmatch(form, -1) {
			fields.Add(f[1], f[2])
		}
		return fields
	}
	void := func(how, why string, facts ...string) string {
		fields := confirming(foresee(how, why, facts...))
		forged := url.Values{"how": {how}, "why": {why}, "confirmed": {"0123"}}
		u.post("/admin/calendar/voided/"+today.String(), forged, http.StatusOK, "就这样做")
		resp, err := u.client.PostForm(r.url+"/admin/calendar/voided/"+today.String(), fields)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return u.shows(resp.Header.Get("Location"), "做好了")
	}
	// What was counted before another day was voided is counted anew, and shown again.
	old := confirming(foresee("keep", "停电"))
	if err := r.data.SetVoid(t.Context(), today-1, quiz.Dropped); err != nil {
		t.Fatal(err)
	}
	u.post("/admin/calendar/voided/"+today.String(), old, http.StatusSeeOther, "什么也没有改", "重新算的")
	u.shows(path+"?"+url.Values{"how": {"keep"}, "why": {"停电"}}.Encode(), "就这样做")
	u.post("/admin/calendar/voided/"+today.String(), old, http.StatusOK, "就这样做") // it is bound to that preview
	if voids, err := r.data.Voids(t.Context()); err != nil || voids[today] != quiz.Stands {
		t.Errorf("it is done all the same: %v %v", voids, err)
	}
	page := void("drop", "停电", "答完这一天的卷子的 12 人", "减少 12 人", "退出 12 人", "停电")
	mustSay(t, page, "已取消，都不计分", "撤销（先看影响）")
	if standing() != 0 {
		t.Errorf("voided, the board has %d members", standing())
	}
	if before != 12 {
		t.Errorf("before, the board had %d members", before)
	}
	foresee("stand", "", "增加 12 人", "照常计分") // to publish it is the same once more
}
