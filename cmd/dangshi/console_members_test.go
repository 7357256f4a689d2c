package main

import (
	"bytes"
	"context"
	"errors"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dangshi/admin/account"
	"dangshi/quiz"
	"dangshi/store"
)

// memberActs are the words of the audit log, but for those of accounts, oldest first, and all of it as text.
func memberActs(t *testing.T, r *replica) (did []string, all string) {
	t.Helper()
	if err := r.data.EachAudited(t.Context(), func(a store.Audited) bool {
		if strings.HasPrefix(a.Did, "account.") {
			return true // of those who sign in here
		}
		did = append([]string{a.Did}, did...)
		all += a.Did + " " + a.By + " " + a.On + " " + a.Why + " " + a.More + "\n"
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return did, all
}

// fetch sends a form and gives the answer.
func fetch(t *testing.T, client *http.Client, method, to string, form url.Values) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, to, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// TestConsoleMembers: staff look for members in each way, read one's record, and do
// what members ask for; nothing that a member wrote becomes markup.
func TestConsoleMembers(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	s.file.Branches = map[string]string{"zb1": "第一支部", "zb2": `<b>第二支部`}
	r := start(t, s)
	ids := rank(t, r, 4)
	c := r.client()
	say(t, c, ids[0], "绑定 李大钊 第一支部")
	say(t, c, ids[0], "确认绑定")
	say(t, c, ids[1], "绑定 陈独秀 第一支部")
	probe := `<script>alert(1)</script>"><img src=x onerror=alert(2)>`
	say(t, c, ids[0], "申诉 "+probe)
	loaded, err := r.data.Load(t.Context(), ids[2], 0)
	if err != nil {
		t.Fatal(err)
	}
	loaded.Record.Member.Name, loaded.Record.Member.Branch = probe, probe // as if an older program had taken it
	if _, err := r.data.Commit(t.Context(), ids[2], quiz.Change{Record: loaded.Record}); err != nil {
		t.Fatal(err)
	}
	receipt := regexp.MustCompile(`100分 ([0-9A-Z]{8})`).FindStringSubmatch(say(t, c, ids[0], "我的"))
	if receipt == nil {
		t.Fatal("no receipt")
	}

	p := openConsole(t, r, account.Admin)
	admit(t, r, "回来的管理员", account.Admin)
	p.open("/admin/members")
	p.wait("the register is made", `document.querySelector("table")`)
	p.says("共 4 人", "等本人确认登记", "支部不在列表里", "申诉等答复", "第一支部", probe)
	p.accessible()
	p.picture("members")
	p.open("/admin/members?only=strays")
	p.says("共 1 人", probe)
	p.open("/admin/members?only=waiting")
	p.says("共 1 人", "等本人确认“陈独秀”")
	find := func(text string) {
		p.open("/admin/members")
		p.fill("#q", text)
		p.click(`form[role=search] button`)
		if at := eval[string](p.phonePage, `decodeURIComponent(location.href)`); strings.Contains(at, text) {
			t.Errorf("what is looked for stands in the address %s", at)
		}
	}
	find("大钊")
	p.says("共 1 人", "李大钊")
	p.click("td a.row")
	p.says("李大钊", "逐日记录")
	eval[bool](p.phonePage, `(window.left = true, history.back(), true)`)
	p.wait("the list is there again", `window.left !== true && document.readyState === "complete" && document.querySelector("td a.row") && document.querySelector("#q").value === "大钊"`)
	find(receipt[1])
	p.wait("the search is over", `document.querySelector("main").innerText.includes("找到了")`)
	p.says("李大钊", "回执号")
	p.click(`.card a.row`)
	p.says("李大钊", "第一支部", receipt[1], "100", "都与答题日志一致", "alert(1)")
	p.accessible()
	p.picture("member")

	p.tap(`summary[data-act="correct"]`)
	p.fill("#name", "李守常")
	p.fill("#reason-correct", "李大钊来电")
	p.click(`form[action$="/correct"] button`)
	p.says("不要写学员的姓名", "李大钊")
	p.fill("#reason-correct", "本人来电")
	eval[bool](p.phonePage, `(document.querySelector("#to-branch").value = "zb2", true)`)
	p.click(`form[action$="/correct"] button`)
	p.says("登记已更正", "李守常", "<b>第二支部")
	p.click(".note button")
	p.says("登记已更正", "李大钊", "第一支部")

	// The session ends while a reason is being typed.
	p.tap(`summary[data-act="rank"]`)
	p.fill("#reason-rank", "会留下来的原因")
	endSessions(t, r)
	p.click(`form[action$="/rank"] button`)
	p.says("登录过期了", "您写的还在")
	p.accessible()
	p.picture("login-again")
	p.fill("#name", "回来的管理员")
	p.fill("#password", password)
	p.click("button.main")
	p.says("您写的还在", "会留下来的原因")
	p.accessible()
	p.picture("resume")
	p.click("button.main")
	p.says("已退出排行")
	p.click(".note button")
	p.says("已重新加入排行")
	p.tap(`summary[data-act="rank"]`)
	p.fill("#reason-rank", "本人要求")
	p.click(`form[action$="/rank"] button`)
	p.says("已退出排行")
	p.click(".note button")
	p.says("已重新加入排行")

	p.fill(`#objections textarea`, "已核实："+probe)
	p.click(`#objections button`)
	p.says("已答复", "已核实："+probe)
	mustSay(t, say(t, c, ids[0], "我的"), "已核实")
	eventually(t, "they are gathered anew", func() bool {
		p.open("/admin/members/objections?show=all")
		return eval[bool](p.phonePage, `document.body.innerText.includes("已核实")`)
	})
	p.says("李大钊", "alert(2)", "已核实："+probe)
	p.accessible()

	find(ids[0])
	p.says("李大钊")
	p.tap(`summary[data-act="erase"]`)
	p.fill("#reason-erase", "本人当面要求")
	p.click(`form[action$="/erase"] button`)
	p.says("请确认", "1 天的答题记录", "申诉 1 条", "不能撤销")
	p.accessible()
	p.picture("member-erase")
	p.fill("#confirm-typed", "李大钊")
	p.click(".confirm button")
	p.says("已注销")
	if left, err := r.data.Load(t.Context(), ids[0], 0); err != nil || left.Record.Member.Known() {
		t.Error("the record is still there", err)
	}
	did, all := memberActs(t, r)
	if got := strings.Join(did, " "); got != "member.correct member.correct member.rank member.rank member.rank member.rank member.answer member.erase" {
		t.Errorf("noted: %s", got)
	}
	for _, name := range []string{"李大钊", "李守常", ids[0]} {
		if strings.Contains(all, name) {
			t.Errorf("the audit log names the member:\n%s", all)
		}
	}
	p.become(account.Staff)
	find(ids[1])
	p.says("逐日记录")
	if eval[bool](p.phonePage, `document.querySelector('form[action$="/erase"], form[action$="/correct"], form[action$="/file"]') !== null`) {
		t.Error("staff are offered what they may not do")
	}
}

// endSessions signs everybody out, as when they have waited for too long.
func endSessions(t *testing.T, r *replica) {
	t.Helper()
	for _, key := range allKeys(t, r) {
		if strings.Contains(key, ":session:") {
			if err := r.data.Client().Del(t.Context(), key).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestAdminMembersByRole: who may see names, who may change, what a forged form does.
func TestAdminMembersByRole(t *testing.T) {
	s := defaults()
	s.Data = filepath.Join(t.TempDir(), "data")
	r := start(t, s)
	ids := rank(t, r, 2)
	at := r.url + "/admin/members/" + r.data.Ref(ids[0])
	ask := func(client *http.Client, method, to string, form url.Values) (status int, body string) {
		t.Helper()
		return fetch(t, client, method, to, form)
	}
	clients := map[account.Role]*http.Client{}
	for _, role := range account.Roles() {
		clients[role] = admit(t, r, "某"+role.Word(), role)
	}
	_, err := r.data.Alone(t.Context(), "survey-register", func(context.Context) error { // as another replica
		if _, body := ask(clients[account.Admin], "GET", r.url+"/admin/members", nil); !strings.Contains(body, "data-again") || strings.Contains(body, "=张三") {
			t.Errorf("all members are read on two replicas at once:\n%s", body)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the members are listed when its turn has come", func() bool {
		_, body := ask(clients[account.Admin], "GET", r.url+"/admin/members", nil)
		return strings.Contains(body, "=张三")
	})
	reason := url.Values{"reason": {"本人要求"}, "ranked": {""}, "text": {"话"}, "number": {"1"}}
	for _, c := range []struct {
		method, path         string
		admin, staff, editor int
	}{
		{"GET", "/admin/members", 200, 200, 403}, {"GET", at[len(r.url):], 200, 200, 403}, {"GET", "/admin/members/objections", 200, 200, 403},
		{"POST", at[len(r.url):] + "/file", 200, 403, 403}, {"POST", at[len(r.url):] + "/rank", 303, 403, 403}, {"POST", at[len(r.url):] + "/unbind", 422, 403, 403},
		{"POST", at[len(r.url):] + "/correct", 422, 403, 403}, {"POST", at[len(r.url):] + "/object", 303, 403, 403}, {"POST", at[len(r.url):] + "/answer", 303, 403, 403},
		{"POST", at[len(r.url):] + "/erase", 200, 403, 403},
		{"GET", "/admin/members/oRank00", 404, 404, 403}, {"GET", "/admin/members/" + r.data.Ref("oNobody"), 404, 404, 403},
	} {
		for role, want := range map[account.Role]int{account.Admin: c.admin, account.Staff: c.staff, account.Editor: c.editor} {
			if status, body := ask(clients[role], c.method, r.url+c.path, reason); status != want {
				t.Errorf("%s %s by %s: status %d, not %d\n%s", c.method, c.path, role, status, want, body)
			}
		}
	}
	if m, err := r.data.Load(t.Context(), ids[0], 0); err != nil || !m.Record.Member.Known() {
		t.Error("erased without confirmation", err)
	}
	admin := clients[account.Admin]
	// Typed for another member's confirmation, or not at all.
	if _, body := ask(admin, "POST", at+"/erase", url.Values{"reason": {"本人要求"}, "confirmed": {"00"}, "typed": {"=张三"}}); !strings.Contains(body, "请确认") {
		t.Errorf("a made-up confirmation: %s", body)
	}
	// What the member changed meanwhile stays, and what was typed is not lost.
	say(t, r.client(), ids[0], "绑定 李大钊")
	say(t, r.client(), ids[0], "确认绑定")
	status, body := ask(admin, "POST", at+"/correct", url.Values{"was-name": {"=张三"}, "was-branch": {"zb1"}, "name": {"王五六"}, "branch": {"zb1"}, "reason": {"本人要求"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "李大钊") || !strings.Contains(body, "王五六") || !strings.Contains(body, "没有写入") {
		t.Errorf("a conflict: status %d\n%s", status, body)
	}
	if _, body := ask(admin, "POST", at+"/correct", url.Values{"was-name": {"李大钊"}, "was-branch": {"zb1"}, "name": {"<b>"}, "branch": {"zb1"}, "reason": {"本人要求"}}); !strings.Contains(body, "姓名要有") {
		t.Errorf("a name that is none: %s", body)
	}
	status, body = ask(admin, "POST", at+"/unbind", url.Values{"drop-name": {"yes"}, "reason": {"不是本人"}})
	if m, err := r.data.Load(t.Context(), ids[0], 0); status != http.StatusSeeOther || err != nil || m.Record.Member.Name != "" || !m.Record.Member.Unbound.Name {
		t.Errorf("status %d, %v\n%s", status, err, body)
	}
	forgotten(t, r, clients, ids[0])
	typedStays(t, r, at[:len(at)-len(r.data.Ref(ids[0]))]+r.data.Ref(ids[1]))
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// carried are the hidden fields of a page's main form.
func carried(page string) url.Values {
	fields := url.Values{}
	_, page, _ = strings.Cut(page, "<main")
	for _, x := range hiddenInput.FindAllStringSubmatch(page, -1) {
		fields.Add(html.UnescapeString(x[1]), html.UnescapeString(x[2]))
	}
	return fields
}

// typedStays: what somebody sends whose session is over waits while they sign in, and is
// done by one more tap. Passwords, files and what is too long do not wait.
func typedStays(t *testing.T, r *replica, member string) {
	t.Helper()
	name := "回来的"
	admit(t, r, name, account.Admin)
	client := stranger(t)
	login := func(kept string) (*http.Response, string) {
		t.Helper()
		return form(t, client, r.url+"/admin/login", url.Values{"name": {name}, "password": {password}, "next": {"/admin/members"}, "kept": {kept}})
	}
	said := "第一行，说得\r\n很清楚：<b>&\"没有\"错</b>"
	answer, body := form(t, client, member+"/object", url.Values{"text": {said}, "day": {""}})
	mustSay(t, body, "登录过期了", "您写的还在")
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("status %d", answer.StatusCode)
	}
	kept := carried(body).Get("kept")
	_, body = form(t, client, r.url+"/admin/login", url.Values{"name": {name}, "password": {"不对的密码不对"}, "kept": {kept}})
	if again := carried(body).Get("kept"); kept == "" || again != kept {
		t.Fatalf("after a wrong password it is gone:\n%s", body)
	}
	answer, body = login(kept)
	mustSay(t, body, "您写的还在", "接着做", `action="`+strings.TrimPrefix(member, r.url)+`/object"`, "&lt;b&gt;&amp;&#34;没有&#34;错")
	if strings.Contains(body, "<b>&") || answer.StatusCode != http.StatusOK {
		t.Errorf("status %d\n%s", answer.StatusCode, body)
	}
	if fields := carried(body); fields.Get("text") != said {
		t.Errorf("%q was written, and %q comes back", said, fields)
	} else if answer, body := form(t, client, member+"/object", fields); answer.StatusCode != http.StatusSeeOther {
		t.Errorf("it is not done: status %d\n%s", answer.StatusCode, body)
	}
	if _, page := get2(t, client, member); !strings.Contains(page, "第一行，说得\n很清楚") {
		t.Errorf("it was not done:\n%s", page)
	}

	// With a file, which is lost.
	client = stranger(t)
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	for _, field := range [][2]string{{"kind", "story"}, {"title", "留下来的题目"}, {"text", "留下来的正文。"}, {"wish", "draft"}} {
		if err := w.WriteField(field[0], field[1]); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.CreateFormFile("picture_file", "图.png")
	if err == nil {
		_, err = file.Write(bytes.Repeat([]byte("图"), 500_000)) // longer than what is kept
	}
	if err == nil {
		err = errors.Join(w.WriteField("category", "党史"), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	sent, err := client.Post(r.url+"/admin/calendar/new", w.FormDataContentType(), &parts)
	if err != nil {
		t.Fatal(err)
	}
	body = drained(t, sent)
	mustSay(t, body, "登录过期了", "选的文件没有留下")
	_, body = login(carried(body).Get("kept"))
	mustSay(t, body, "您选的文件没有留下", "留下来的题目", "留下来的正文。", `enctype="multipart/form-data"`)
	if fields := carried(body); fields.Get("category") != "党史" || fields.Has("picture_file") {
		t.Errorf("%v", fields)
	} else if answer, body := form(t, client, r.url+"/admin/calendar/new", fields); answer.StatusCode != http.StatusSeeOther {
		t.Errorf("it is not kept: status %d\n%s", answer.StatusCode, body)
	}

	client = stranger(t)
	_, body = form(t, client, member+"/object", url.Values{"text": {strings.Repeat("长", 200_000)}})
	if mustSay(t, body, "太长", "没有留下"); carried(body).Has("kept") {
		t.Error("more is kept than may be")
	}
	for _, path := range []string{"/admin/me/password", "/admin/logout", "/admin/nothing"} {
		if _, body := form(t, client, r.url+path, url.Values{"old": {password}}); carried(body).Has("kept") || strings.Contains(body, password) {
			t.Errorf("%s: what was typed is in the page:\n%s", path, body)
		}
	}
}

// forgotten: names stand in no address, and after an erasure in nothing that is kept,
// not even in the session of somebody who could have taken a correction back.
func forgotten(t *testing.T, r *replica, clients map[account.Role]*http.Client, id string) {
	t.Helper()
	ask := func(role account.Role, act string, form url.Values) (int, string) {
		form.Set("reason", "本人要求")
		return fetch(t, clients[role], http.MethodPost, r.url+"/admin/members/"+r.data.Ref(id)+act, form)
	}
	if status, body := ask(account.Admin, "/correct", url.Values{"was-branch": {"zb1"}, "name": {"诸葛震华"}, "branch": {"zb1"}}); status != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", status, body)
	}
	to := search(t, clients[account.Staff], r, "/admin/members", url.Values{"q": {"诸葛震华"}, "only": {"waiting"}}, "q")
	if _, body := fetch(t, clients[account.Staff], http.MethodGet, r.url+to, nil); !strings.Contains(body, `value="诸葛震华"`) || !strings.Contains(to, "only=waiting") {
		t.Errorf("%s does not show what was looked for:\n%s", to, body)
	}
	// The address is worth nothing to anybody else.
	if _, body := fetch(t, clients[account.Admin], http.MethodGet, r.url+to+"&page=1", nil); strings.Contains(body, `name="q" value="诸葛震华"`) || !strings.Contains(body, "没有留下") {
		t.Errorf("another session reads it:\n%s", body)
	}
	// The page on which the correction could be taken back is not the one opened next.
	other := admit(t, r, "另一位", account.Admin)
	clients[account.Admin], other = other, clients[account.Admin]
	if _, body := ask(account.Admin, "/correct", url.Values{"was-name": {"诸葛震华"}, "was-branch": {"zb1"}, "name": {"诸葛振华"}, "branch": {"zb1"}}); strings.Contains(body, "诸葛") {
		t.Fatal(body)
	}
	clients[account.Admin] = other
	_, body := ask(account.Admin, "/erase", url.Values{"typed": {"诸葛振华"}})
	_, after, _ := strings.Cut(body, `name="confirmed" value="`)
	digest, _, _ := strings.Cut(after, `"`)
	if status, body := ask(account.Admin, "/erase", url.Values{"typed": {"诸葛振华"}, "confirmed": {digest}}); status != http.StatusSeeOther {
		t.Fatalf("the erasure: status %d\n%s", status, body)
	}
	var kept bytes.Buffer
	if _, err := store.Dump(t.Context(), r.data.Client(), &kept, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(kept.String(), ":session:") {
		t.Fatal("sessions are not looked at")
	}
	for _, name := range []string{"诸葛", id} {
		if at := strings.Index(kept.String(), name); at >= 0 {
			t.Errorf("%s is still kept: %q", name, kept.String()[max(0, at-200):min(at+40, kept.Len())])
		}
	}
}
