package main

import (
	"errors"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dangshi/admin/account"
	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/content"
	"dangshi/quiz"
)

// TestConsolePush: an administrator sees what will be sent, has it sent to the own
// phone, sends it to all, is told that it went, and stops and starts the daily push.
func TestConsolePush(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	today := quiz.DayOf(r.now())
	if !r.now().Before(today.Start().Add(6 * time.Hour)) { // so that nothing is due by itself meanwhile
		today++
		advance(t, r, today.Start().Add(5*time.Minute).Sub(r.now()).String())
	}
	before := len(outbox(t, r))
	c := r.client()
	me := memberNamed(t, r, "王阿姨")
	act(t, r, me, "follow", "")
	say(t, c, me, "绑定 王芳")
	say(t, c, me, "确认绑定")
	say(t, c, me, "提醒 20:00")

	p := openConsole(t, r, account.Admin)
	p.open("/admin/push")
	p.says("已打开", "每天 07:30", "群发文字", "还没到时间", "本系统已用 0 次", "下一批在 20:00", "先在学员里找到自己")
	p.accessible()
	p.picture("push")
	p.open("/admin/members/" + r.data.Ref(me))
	p.tap(`summary[data-act="try"]`)
	p.click(`form[action="/admin/push/try"] button`)
	p.says("已发给这名学员", "群发预览", "发给“王芳”一个人看")
	sent := outbox(t, r)[before:]
	if len(sent) != 1 || sent[0].Kind != fakeapi.KindPreview || !slices.Equal(sent[0].To, []string{me}) {
		t.Fatalf("a trial: %+v", sent)
	}
	p.click(`form[action="/admin/push/try"] button`)
	p.says("已发给这名学员")

	p.click(`form[action="/admin/push/send"] button`)
	p.says("请确认", "现在发 "+today.String(), "1 次群发", "发出的收不回")
	p.accessible()
	p.click(".confirm button")
	p.says("已发出")
	sent = outbox(t, r)[before:]
	if len(sent) != 3 || sent[2].Kind != fakeapi.KindMass || !sent[2].ToAll || sent[2].Content != sent[0].Content {
		t.Fatalf("sent %+v", sent)
	}
	eventually(t, "WeChat has reported", func() bool {
		days, err := r.push.Status(t.Context(), 1)
		return err == nil && days[0].Sends[0].Counts != nil
	})
	p.open("/admin/push")
	p.says("已发出", "微信报告：已发出", "本系统已用 1 次，今天用了")
	p.open("/admin/calendar/" + quiz.DayOf(r.now()).String())
	p.says("群发文字：已发出")
	p.open("/admin/push")
	if eval[bool](p.phonePage, `document.querySelector('form[action="/admin/push/send"]') !== null`) {
		t.Error("what was sent can be sent again")
	}

	p.click(`form[action="/admin/push/switch"] button`)
	p.says("每日推送已关闭", "没有打开")
	p.click(".note button")
	p.says("每日推送已打开", "已打开")
	p.picture("push-sent")
	var did []string
	did, all := memberActs(t, r)
	if got := strings.Join(did, " "); got != "push.try push.try push.send push.switch push.switch" || strings.Contains(all, me) {
		t.Errorf("noted:\n%s", all)
	}
	p.become(account.Staff)
	p.open("/admin/push")
	p.says("已发出")
	if eval[int](p.phonePage, `document.querySelectorAll("main form[method=post]").length`) != 0 {
		t.Error("staff are offered what they may not do")
	}
}

// TestAdminPush: who may act, that nothing leaves unconfirmed, and what is told where
// WeChat refuses.
func TestAdminPush(t *testing.T) {
	s := defaults()
	s.Data = filepath.Join(t.TempDir(), "data")
	r := start(t, s)
	me := memberNamed(t, r, "王阿姨")
	act(t, r, me, "follow", "")
	say(t, r.client(), me, "绑定 王芳")
	before := len(outbox(t, r))
	ask := func(client *http.Client, path string, form url.Values) (status int, body string) {
		t.Helper()
		return fetch(t, client, http.MethodPost, r.url+path, form)
	}
	admin, staff, editor := admit(t, r, "甲", account.Admin), admit(t, r, "乙", account.Staff), admit(t, r, "丙", account.Editor)
	for _, c := range []*http.Client{staff, editor} {
		for _, path := range []string{"/admin/push/send", "/admin/push/switch", "/admin/push/try"} {
			if status, _ := ask(c, path, url.Values{"who": {r.data.Ref(me)}}); status != http.StatusForbidden {
				t.Errorf("%s: status %d", path, status)
			}
		}
		if status, body := fetch(t, c, http.MethodGet, r.url+"/admin/push", nil); status != http.StatusOK || strings.Contains(body, "<button>关闭每日推送") {
			t.Errorf("the page: status %d", status)
		}
	}
	if status, body := ask(admin, "/admin/push/send", nil); status != http.StatusOK || !strings.Contains(body, "请确认") {
		t.Errorf("unconfirmed: status %d\n%s", status, body)
	}
	if status, _ := ask(admin, "/admin/push/try", url.Values{"who": {me}}); status != http.StatusNotFound {
		t.Errorf("a trial to an openid: status %d", status)
	}
	for _, day := range []string{"2001-01-01", "x"} {
		if status, _ := ask(admin, "/admin/push/try", url.Values{"who": {r.data.Ref(me)}, "day": {day}}); status != http.StatusUnprocessableEntity {
			t.Errorf("a trial of %s: status %d", day, status)
		}
		if status, _ := fetch(t, admin, http.MethodGet, r.url+"/admin/push?day="+day, nil); status != http.StatusUnprocessableEntity {
			t.Errorf("a look at %s: status %d", day, status)
		}
	}
	if sent := outbox(t, r)[before:]; len(sent) != 0 {
		t.Errorf("sent %+v", sent)
	}
	answer, err := http.Post(r.url+"/sandbox/faults", "application/json", strings.NewReader(`{"path":"/cgi-bin/message/mass/preview","code":48001,"times":1}`))
	if err != nil || answer.StatusCode >= 300 {
		t.Fatal(err, answer)
	}
	answer.Body.Close()
	if status, _ := ask(admin, "/admin/push/try", url.Values{"who": {r.data.Ref(me)}}); status != http.StatusSeeOther {
		t.Errorf("refused: status %d", status)
	}
	if _, body := fetch(t, admin, http.MethodGet, r.url+"/admin/push", nil); !strings.Contains(body, "48001") || !strings.Contains(body, "账号没有这项接口权限") {
		t.Errorf("why WeChat refused is not told\n%s", body)
	}
	if did, all := memberActs(t, r); strings.Join(did, " ") != "push.try push.try" || !strings.Contains(all, "(not done)") {
		t.Errorf("a trial that WeChat refused is noted as\n%s", all)
	}
	// What was confirmed is what goes, whole: here the text is changed meanwhile.
	_, shown := ask(admin, "/admin/push/send", nil)
	confirmed := url.Values{"confirmed": {hiddenField(t, shown, "confirmed")}}
	today := quiz.DayOf(r.now())
	library, err := r.data.Library(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	it, _ := library.Today(today.String())
	it.Text += "后来补的一句。"
	if _, err := r.data.PutItems(t.Context(), []content.Item{it}); err != nil {
		t.Fatal(err)
	}
	if status, body := ask(admin, "/admin/push/send", confirmed); status != http.StatusOK || !strings.Contains(body, "后来补的一句") {
		t.Errorf("what was not shown is sent: status %d", status)
	}
	plan, err := pushData{r.service}.Plan(t.Context(), today)
	if err != nil {
		t.Fatal(err)
	}
	it.Text += "又一句。"
	if _, err := r.data.PutItems(t.Context(), []content.Item{it}); err != nil {
		t.Fatal(err)
	}
	if said, err := (pushData{r.service}).Send(t.Context(), "甲", r.now(), plan.Seen); err != nil || said.Good || !strings.Contains(said.Text, "内容或渠道变了") {
		t.Errorf("what was changed before the send: %+v %v", said, err)
	}
	if did, all := memberActs(t, r); !slices.Equal(did, []string{"push.try", "push.try", "push.send", "push.send"}) || strings.Count(all, "(not done)") != 2 {
		t.Errorf("that it was not sent is noted as\n%s", all)
	}
	if sent := outbox(t, r)[before:]; len(sent) != 0 {
		t.Errorf("sent %+v", sent)
	}
	if status, _ := ask(admin, "/admin/push/switch", nil); status != http.StatusSeeOther {
		t.Errorf("off: status %d", status)
	}
	if _, body := ask(admin, "/admin/push/switch", url.Values{"on": {"yes"}}); !strings.Contains(body, "打开每日推送？") {
		t.Error("the push is turned on unconfirmed")
	}
	if status, _ := ask(admin, "/admin/push/send", nil); status != http.StatusSeeOther {
		t.Errorf("while it is off: status %d", status)
	}
	if _, body := fetch(t, admin, http.MethodGet, r.url+"/admin/push", nil); !strings.Contains(body, "每日推送没有打开。看过内容以后先打开") {
		t.Error("it is not told that the push is off")
	}
	// A trial whose answer is lost may have arrived: it is not noted as not done.
	answer, err = http.Post(r.url+"/sandbox/faults", "application/json", strings.NewReader(`{"path":"/cgi-bin/message/mass/preview","drop":true,"after":true,"times":-1}`))
	if err != nil || answer.StatusCode >= 300 {
		t.Fatal(err, answer)
	}
	answer.Body.Close()
	noted, _ := memberActs(t, r)
	if status, _ := ask(admin, "/admin/push/try", url.Values{"who": {r.data.Ref(me)}}); status != http.StatusSeeOther {
		t.Errorf("without an answer: status %d", status)
	}
	if did, all := memberActs(t, r); strings.Join(did[len(noted):], " ") != "push.try" {
		t.Errorf("a trial that may have arrived is noted as\n%s", all)
	}
}

// TestAdminPushOneByOne: where members are reached one by one, how many is told before,
// and how far it came after; who confirmed other numbers is asked again.
func TestAdminPushOneByOne(t *testing.T) {
	s := defaults()
	s.Data = filepath.Join(t.TempDir(), "data")
	s.file.Push.Channels = []string{"custom"}
	r := start(t, s)
	me := memberNamed(t, r, "王阿姨")
	act(t, r, me, "follow", "")
	act(t, r, me, "text", "答题")
	before := len(outbox(t, r))
	admin := admit(t, r, "甲", account.Admin)
	eventually(t, "they are counted", func() bool {
		_, body := fetch(t, admin, http.MethodGet, r.url+"/admin/push", nil)
		return strings.Contains(body, "能送达 1 人，没有渠道能送达 0 人")
	})
	_, body := fetch(t, admin, http.MethodPost, r.url+"/admin/push/send", nil)
	digest := regexp.MustCompile(`name="confirmed" value="([0-9a-f]+)"`).FindStringSubmatch(body)
	if digest == nil || !strings.Contains(body, "现在能送达 1 人") {
		t.Fatalf("the confirmation:\n%s", body)
	}
	if status, body := fetch(t, admin, http.MethodPost, r.url+"/admin/push/send", url.Values{"confirmed": {digest[1][1:]}}); status != http.StatusOK || !strings.Contains(body, "请确认") {
		t.Errorf("another digest: status %d", status)
	}
	if status, body := fetch(t, admin, http.MethodPost, r.url+"/admin/push/send", url.Values{"confirmed": {digest[1]}}); status != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", status, body)
	}
	eventually(t, "it went", func() bool { return len(outbox(t, r)) == before+1 })
	eventually(t, "the page tells", func() bool {
		_, body := fetch(t, admin, http.MethodGet, r.url+"/admin/push", nil)
		return strings.Contains(body, "逐个发") && strings.Contains(body, "已看 1 / 1 人，发出 1") && !strings.Contains(body, "现在就发")
	})
}

// TestNotAsSeen: that a channel refused is not told as a change of what was seen.
func TestNotAsSeen(t *testing.T) {
	mustSay(t, notAsSeen(push.ErrOther), "内容或渠道变了")
	mustSay(t, notAsSeen(errors.Join(push.ErrNext)), "渠道被拒绝了", "再发一次")
}
