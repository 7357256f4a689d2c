package main

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"dangshi/admin/account"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// scripted is what a file may hold in every field.
const scripted = `<script>alert(1)</script>"><img src=x onerror=alert(2)>`

// TestConsoleToday is a day as it is seen: nothing yet, answers, yesterday beside it, a
// gap with what is sent instead, the guide of the first start; and for other roles less
// of it.
func TestConsoleToday(t *testing.T) {
	s := defaults()
	s.RedisURL, s.Data = servers.Redis(t).URL, t.TempDir()
	r := start(t, s)
	today := quiz.DayOf(r.bot.Now())
	soon := today + 3
	if _, err := r.data.PutItems(t.Context(), []content.Item{
		{ID: "today-" + today.MonthDay(), Kind: content.Today, Date: today.MonthDay(), Title: scripted, Text: "正文", State: content.Approved},
		{ID: "today-" + soon.MonthDay(), Kind: content.Today, Date: soon.MonthDay(), Title: "停用了", Text: "正文", State: content.Retired},
		{ID: "draft-" + soon.String(), Kind: content.Today, Date: soon.String(), Title: "草稿", Text: "正文", State: content.Draft},
	}); err != nil {
		t.Fatal(err)
	}
	p := openConsole(t, r, account.Admin)
	p.open("/admin/")
	p.wait("it was examined", `document.querySelector(".findings")`)
	p.says("今天还没有消息", "每天 07:30", "近七天", scripted, "1 条待审", "没有设 DANGSHI_BASE_URL")
	p.picture("today-empty")

	answerAll(t, r.client(), "oDayBefore")
	advance(t, r, "24h")
	for _, id := range []string{"oOne", "oTwo"} {
		answerAll(t, r.client(), id)
	}
	say(t, r.client(), "oThree", "答题")
	p.open("/admin/")
	got := eval[[]string](p.phonePage, `[...document.querySelectorAll(".figures b")].map(b => b.innerText)`)
	days, err := r.data.Activity(t.Context(), today+1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := (quiz.Activity{Messages: days[0].Total().Messages, Begun: 3, Answered: 10, Right: days[0].Total().Right, Finished: 2, New: 3}); days[0].Total() != want || days[1].Total().Finished != 1 {
		t.Errorf("two days were %+v and %+v, want %+v", days[0].Total(), days[1].Total(), want)
	}
	if len(got) != 5 || got[0] != "3" || got[1] != "2" || got[3] != "3" {
		t.Errorf("the page shows %v", got)
	}
	p.says("答了 10 题", "昨天此时约", "昨天全天", "截至", "每小时答了多少题")
	p.accessible()
	p.picture("today")

	// The figures change while the page is open.
	say(t, r.client(), "oFour", "答题")
	eval[bool](p.phonePage, `(refresh(), true)`)
	p.wait("the figures are new", `document.querySelector(".figures b").innerText === "4"`)

	p.click("form[action='/admin/today/check'] button")
	p.says("已开始重新检查")
	p.wait("it was examined again", `document.querySelector("main").innerText.includes("项正常")`)

	p.open("/admin/start")
	p.says("首次启动", "现在是沙盒", "打开手机页", "最近一条消息是", "每天 07:30")
	p.accessible()
	p.picture("start")

	p.become(account.Editor)
	p.open("/admin/")
	p.says("近七天")
	for _, hidden := range []string{"form[action='/admin/today/check']", "[href='/admin/start']", "main [href^='/admin/members']"} {
		if eval[bool](p.phonePage, `document.querySelector("`+hidden+`") !== null`) {
			t.Errorf("an editor is offered %s", hidden)
		}
	}
	p.accessible()
}

// page asks for a page, by a method with a form.
func page(t *testing.T, c *http.Client, method, address string, form url.Values) (status int, text string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// TestAdminStart is the guide on a real account: what is missing is told, no secret is
// shown, the token only to who asks for it, which is noted; the examination asks WeChat
// once in a while, not at each visit.
func TestAdminStart(t *testing.T) {
	s, wechat := realAccount(t)
	s.Data, s.BaseURL = t.TempDir(), "https://dangshi.invalid"
	r := start(t, s)
	admin, staff := admit(t, r, "王芳", account.Admin), admit(t, r, "李强", account.Staff)
	for _, c := range []struct{ method, path string }{{"GET", "/admin/start"}, {"POST", "/admin/start/token"}, {"POST", "/admin/start/menu"}, {"POST", "/admin/today/check"}} {
		if status, _ := page(t, staff, c.method, r.url+c.path, nil); status != http.StatusForbidden {
			t.Errorf("%s %s by staff: %d", c.method, c.path, status)
		}
	}
	if status, text := page(t, staff, "GET", r.url+"/admin/", nil); status != http.StatusOK || strings.Contains(text, "/admin/start") {
		t.Errorf("staff are led to the guide: %d", status)
	}
	if status, _ := page(t, admin, "POST", r.url+"/admin/today/check", url.Values{"from": {"start"}}); status != http.StatusSeeOther {
		t.Errorf("examined: %d", status)
	}
	var text string
	eventually(t, "the examination is over", func() bool {
		_, text = page(t, admin, "GET", r.url+"/admin/start", nil)
		return !strings.Contains(text, "正在检查")
	})
	mustSay(t, text, "https://dangshi.invalid/wechat", "AppID：wx0123456789abcdef", "30 天里还没有收到过消息", "显示令牌", "没有打开", "每天 03:30 自动备份", "没有审核", "公众号现在没有菜单")
	if _, text := page(t, admin, "GET", r.url+"/admin/", nil); !strings.Contains(text, "首次启动还差") {
		t.Error("the first page does not lead to the guide")
	}
	calls := len(wechat.Calls())
	for range 3 {
		page(t, admin, "GET", r.url+"/admin/", nil)
	}
	if again := len(wechat.Calls()); again != calls {
		t.Errorf("visits have made %d calls of WeChat's API", again-calls)
	}

	_, asked := page(t, admin, "POST", r.url+"/admin/start/menu", nil)
	mustSay(t, asked, "装到公众号？", "新增", "答题")
	digest := regexp.MustCompile(`name="confirmed" value="(\w+)"`).FindStringSubmatch(asked)
	if digest == nil {
		t.Fatal("nothing is to be confirmed")
	}
	if status, _ := page(t, admin, "POST", r.url+"/admin/start/menu", url.Values{"confirmed": {digest[1]}}); status != http.StatusSeeOther {
		t.Errorf("the menu was not installed: %d", status)
	}
	_, text = page(t, admin, "GET", r.url+"/admin/start", nil)
	mustSay(t, text, "菜单已装上")
	eventually(t, "the menu is as set", func() bool {
		_, text = page(t, admin, "GET", r.url+"/admin/start", nil)
		return strings.Contains(text, "和设置的一样")
	})
	if _, again := page(t, admin, "POST", r.url+"/admin/start/menu", nil); strings.Contains(again, "装到公众号？") {
		t.Error("a menu that is there is to be installed again")
	}

	_, shown := page(t, admin, "POST", r.url+"/admin/start/token", nil)
	mustSay(t, shown, "a-token")
	for _, secret := range []string{"a-secret", s.WechatAeskey, "a-token"} {
		if strings.Contains(text, secret) || secret != "a-token" && strings.Contains(shown, secret) {
			t.Errorf("the guide shows %s", secret)
		}
	}
	var noted []store.Audited
	if err := r.data.EachAudited(t.Context(), func(a store.Audited) bool {
		if a.Did == "console.token" {
			noted = append(noted, a)
		}
		return true
	}); err != nil || len(noted) != 1 || noted[0].By != "王芳" {
		t.Errorf("noted of the token: %v, %v", noted, err)
	}

	say(t, r.client(), "oFirst", "答题")
	_, text = page(t, admin, "GET", r.url+"/admin/start", nil)
	mustSay(t, text, "最近一条消息是 "+time.Now().In(quiz.Zone).Format(time.DateOnly))
}

// TestAdminWaiting: what members wait for is told to those who may see members, and what
// is offered on the page is there.
func TestAdminWaiting(t *testing.T) {
	s := defaults()
	s.RedisURL, s.Data = servers.Redis(t).URL, t.TempDir()
	r := start(t, s)
	answerAll(t, r.client(), "oOne")
	say(t, r.client(), "oOne", "申诉 第二题的答案不对")
	say(t, r.client(), "oOne", "绑定 张三丰 党办")
	admin := admit(t, r, "王芳", account.Admin)
	var text string
	eventually(t, "the members are read", func() bool {
		page(t, admin, "GET", r.url+"/admin/members", nil)
		_, text = page(t, admin, "GET", r.url+"/admin/", nil)
		return strings.Contains(text, "1 条申诉") && strings.Contains(text, "有 1 人登记了姓名") && strings.Contains(text, "项正常")
	})
	if strings.Contains(text, "张三丰") {
		t.Error("the page names a member")
	}
	_, guide := page(t, admin, "GET", r.url+"/admin/start", nil)
	for _, m := range regexp.MustCompile(`href="(/admin/[^"#]*)`).FindAllStringSubmatch(text+guide, -1) {
		if status, _ := page(t, admin, "GET", r.url+m[1], nil); status != http.StatusOK {
			t.Errorf("%s is offered, and is %d", m[1], status)
		}
	}
	_, text = page(t, admit(t, r, "赵编辑", account.Editor), "GET", r.url+"/admin/", nil)
	for _, hidden := range []string{"条申诉", "登记了姓名", "/admin/members"} {
		if strings.Contains(text, hidden) {
			t.Errorf("an editor is told of %s", hidden)
		}
	}
}
