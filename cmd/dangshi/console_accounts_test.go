package main

import (
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"dangshi/admin/account"
	"dangshi/store"
)

// TestConsoleAccounts opens, resets, closes and reopens accounts in a browser, and
// looks up what was done.
func TestConsoleAccounts(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	p := openConsole(t, r, account.Admin)
	p.open("/admin/accounts")
	p.says("管理员", "您自己")
	p.fill("#name", "李 明")
	p.tap("input[value=editor]")
	p.click("main button.main")
	p.says("账号已开", "李 明", "只显示这一次")
	p.accessible()
	p.picture("accounts-password")
	once := eval[string](p.phonePage, `document.querySelector(".once").textContent`)
	if _, err := r.accounts.SignIn(t.Context(), "李 明", once, "198.51.100.1", r.now()); err != nil {
		t.Errorf("the password shown: %v", err)
	}
	p.click("main a.main")
	p.says("李 明", "编辑", "等本人改密码")
	p.fill("#name", "李 明")
	p.click("main button.main")
	p.says("这个名字已经有了")
	p.accessible()
	p.picture("accounts")
	one := func() { // no name is in its address
		p.open("/admin/accounts")
		p.click(eval[string](p.phonePage, `"tbody tr:nth-child(" + (1 + [...document.querySelectorAll("tbody tr")].findIndex(row => row.innerText.includes("李 明"))) + ") a"`))
		if at := eval[string](p.phonePage, `decodeURIComponent(location.href)`); strings.Contains(at, "李") || !strings.Contains(at, "/admin/accounts/one?find=") {
			t.Errorf("the page of an account is at %s", at)
		}
	}
	one()
	p.says("改角色", "忘了密码", "停用")
	p.accessible()
	p.picture("accounts-one")
	p.tap("input[value=staff]")
	p.click("form[action$=role] button")
	p.says("由编辑改成工作人员")
	p.click(".note button") // undo
	p.says("由工作人员改成编辑")
	one()
	p.click("form[action$=close] button")
	p.says("已停用")
	if _, err := r.accounts.SignIn(t.Context(), "李 明", once, "198.51.100.1", r.now()); err == nil {
		t.Error("a closed account signs in")
	}
	p.click(".note button")
	p.says("已恢复")
	one()
	p.click("form[action$=reset] button")
	p.says("请确认", "马上不能用了")
	p.accessible()
	p.click("main button.main")
	p.says("密码已换")
	if again := eval[string](p.phonePage, `document.querySelector(".once").textContent`); again == once {
		t.Error("the same password again")
	}
	if err := r.data.Audit(t.Context(), store.Audited{At: r.now(), By: hostile, Did: hostile, On: hostile, Why: hostile, More: hostile}); err != nil {
		t.Fatal(err)
	}
	p.open("/admin/audit")
	p.says("开账号", "账号：改角色", "账号：停用", "恢复账号", "账号：给新密码", "李 明", hostile)
	p.accessible()
	p.picture("audit")
	p.fill("#text", "给新密码")
	p.click("main button.main")
	p.says("账号：给新密码")
	if rows := eval[int](p.phonePage, `document.querySelectorAll("tbody tr").length`); rows != 1 {
		t.Errorf("%d lines are found", rows)
	}
	p.fill("#text", "没有这回事")
	p.click("main button.main")
	p.says("没有这样的记录")
	p.accessible()
}

// form sends a form and gives the answer with its text.
func form(t *testing.T, client *http.Client, address string, fields url.Values) (*http.Response, string) {
	t.Helper()
	answer, err := client.PostForm(address, fields)
	if err != nil {
		t.Fatal(err)
	}
	return answer, drained(t, answer)
}

// search posts a search and gives the address that it leads to, in which nothing of the
// hidden fields can be read.
func search(t *testing.T, client *http.Client, r *replica, path string, fields url.Values, hidden ...string) string {
	t.Helper()
	answer, body := form(t, client, r.url+path, fields)
	to := answer.Header.Get("Location")
	if answer.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, path) {
		t.Fatalf("%s %v leads to %q: status %d\n%s", path, fields, to, answer.StatusCode, body)
	}
	plain, err := url.QueryUnescape(to)
	for _, name := range hidden {
		if value := fields.Get(name); err != nil || value != "" && (strings.Contains(plain, value) || strings.Contains(to, value)) {
			t.Errorf("%s stands in the address %s, %v", name, to, err)
		}
	}
	return to
}

func drained(t *testing.T, answer *http.Response) string {
	t.Helper()
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestAdminAccounts: what the pages refuse, and what ends whose session.
func TestAdminAccounts(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	admin, staff := admit(t, r, "张三", account.Admin), admit(t, r, "李四", account.Staff)
	signedIn := func(c *http.Client) bool {
		t.Helper()
		answer, err := c.Get(r.url + "/admin/me")
		if err != nil {
			t.Fatal(err)
		}
		drained(t, answer)
		return answer.StatusCode == http.StatusOK
	}
	post := func(path string, status int, fields url.Values, says string) {
		t.Helper()
		answer, body := form(t, admin, r.url+path, fields)
		if answer.StatusCode != status || !strings.Contains(body, says) {
			t.Errorf("%s %v: status %d, want %d, %s", path, fields, answer.StatusCode, status, body)
		}
	}
	li, zhang := url.Values{"name": {"李四"}}, url.Values{"name": {"张三"}}
	with := func(v url.Values, name, value string) url.Values {
		more := url.Values{name: {value}}
		for k, x := range v {
			more[k] = x
		}
		return more
	}
	for _, what := range []string{"role", "reset", "close", "reopen"} {
		post("/admin/accounts/"+what, 422, with(zhang, "role", "staff"), "您自己的账号")
		post("/admin/accounts/"+what, 404, url.Values{"name": {"王五"}, "role": {"staff"}}, "没有叫这个名字")
	}
	post("/admin/accounts/role", 422, with(li, "role", "king"), "没有这种角色")
	post("/admin/accounts/role", 422, with(li, "role", "staff"), "本来就是这样")
	post("/admin/accounts/close", 409, with(li, "seen", "0"), "刚刚被别人改过")
	post("/admin/accounts/close", 422, with(li, "seen", "x"), "不完整")
	post("/admin/accounts", 422, url.Values{"name": {"<b>"}, "role": {"staff"}}, "名字里不能有")
	post("/admin/accounts", 422, url.Values{"name": {"赵六"}, "role": {""}}, "角色")
	if !signedIn(staff) {
		t.Fatal("what was refused ended a session")
	}
	post("/admin/accounts/role", 303, with(li, "role", "editor"), "")
	if signedIn(staff) {
		t.Error("another role, and the old session lives on")
	}
	// An undo is of what it was told with, and of nothing that came after it.
	a, err := r.accounts.Account(t.Context(), "李四")
	if err != nil {
		t.Fatal(err)
	}
	post("/admin/accounts/role", 303, with(with(li, "role", "staff"), "seen", strconv.Itoa(a.Epoch)), "")
	_, page := get2(t, admin, r.url+"/admin/accounts")
	undo := url.Values{}
	if note := undoForm.FindStringSubmatch(page); note != nil {
		for _, field := range hiddenForm.FindAllStringSubmatch(note[2], -1) {
			undo.Add(field[1], field[2])
		}
	}
	if _, err := r.accounts.SetRole(t.Context(), "李四", account.Admin, account.Act{By: "root", At: r.now(), Seen: account.Any}); err != nil || undo.Get("role") != "editor" {
		t.Fatal(undo, err)
	}
	post("/admin/accounts/role", 409, undo, "刚刚被别人改过")
	answer, body := form(t, admin, r.url+"/admin/accounts", url.Values{"name": {"赵六"}, "role": {"staff"}})
	if answer.StatusCode != 200 || answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d, %v, %s", answer.StatusCode, answer.Header, body)
	}
	if _, page := get2(t, admin, r.url+"/admin/accounts"); !strings.Contains(page, "赵六") || strings.Contains(page, "一次性密码</dt>") {
		t.Errorf("%s", page)
	}
	if !signedIn(admin) {
		t.Error("the administrator was signed out")
	}
}

func get2(t *testing.T, client *http.Client, address string) (int, string) {
	t.Helper()
	answer, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, drained(t, answer)
}

// TestAdminAudit: searching, going back page by page, taking it away.
func TestAdminAudit(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	client := admit(t, r, "张三", account.Admin)
	audit := func(at time.Time, by, did, on, why string) {
		t.Helper()
		if err := r.data.Audit(t.Context(), store.Audited{At: at, By: by, Did: did, On: on, Why: why}); err != nil {
			t.Fatal(err)
		}
	}
	july := time.Date(2026, 6, 30, 16, 0, 0, 0, time.UTC) // 00:00 of the first there
	for range 120 {
		audit(july, "王芳", "question.approve", "q1", "")
	}
	audit(july.Add(-time.Second), "李明", "member.unbind", "XK7A", "登记错了")
	audit(july.AddDate(0, 0, 1).Add(-time.Second), "赵刚", "strange.deed", "=1+1", "@SUM(A1)")
	page := func(query string, says ...string) (rows int) {
		t.Helper()
		status, body := get2(t, client, r.url+"/admin/audit"+query)
		if status != 200 {
			t.Fatalf("%s: status %d: %s", query, status, body)
		}
		mustSay(t, body, says...)
		return strings.Count(body, "<tr>") - 1
	}
	find := func(query string) string {
		t.Helper()
		fields, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimPrefix(search(t, client, r, "/admin/audit", fields, "by", "text"), "/admin/audit")
	}
	for query, want := range map[string]int{
		"": 50, "by=李": 1, "did=member": 1, "did=member.unbind": 1, "text=xk7a": 1, "text=删去登记": 1, "by=李&text=登记错&did=member": 1,
		"to=2026-06-30": 1, "from=2026-07-01&to=2026-07-01": 50, "text=strange": 1, "by=nobody": -1,
	} {
		if got := page(find(query)); got != want {
			t.Errorf("%s: %d lines, want %d", query, got, want)
		}
	}
	for query, want := range map[string]int{"?before=3": 2, "?before=1": -1, "?before=-7": 50} {
		if got := page(query); got != want {
			t.Errorf("%s: %d lines, want %d", query, got, want)
		}
	}
	page(find("text=strange"), "strange.deed", "@SUM(A1)", `value="strange"`)
	page(find("by=王芳"), "题目：批准", "更早的")
	page("?find=AAAA", "没有留下", "strange.deed") // of a session that is over
	if status, body := get2(t, client, r.url+"/admin/audit?from=yesterday"); status != 422 || !strings.Contains(body, "2026-07-01") {
		t.Errorf("a date that is none: %d", status)
	}
	seen, next := 0, "/admin/audit"+find("by=王芳")
	for range 5 {
		_, body := get2(t, client, r.url+next)
		seen += strings.Count(body, "题目：批准")
		_, more, found := strings.Cut(body, `<a rel="next" href="`)
		if !found {
			break
		}
		next, _, _ = strings.Cut(more, `"`)
		next = strings.ReplaceAll(next, "&amp;", "&")
	}
	if seen != 120 {
		t.Errorf("%d of 120 lines, page by page", seen)
	}
	fields := url.Values{"format": {"csv"}, "by": {"赵刚"}, "text": {"=1"}}
	answer, body := form(t, client, r.url+"/admin/audit/export", fields)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][4] != "'=1+1" || rows[1][5] != "'@SUM(A1)" || !strings.HasPrefix(answer.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v, %v, %v", rows, err, answer.Header)
	}
	_, body = form(t, client, r.url+"/admin/audit/export", url.Values{"format": {"xlsx"}})
	book, err := excelize.OpenReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet, err := book.GetRows("操作记录")
	if err != nil || len(sheet) < 123 || sheet[1][3] != "audit.export" || sheet[1][1] != "张三" {
		t.Errorf("%d rows, %v", len(sheet), err)
	}
	if answer, _ := form(t, client, r.url+"/admin/audit/export", url.Values{"format": {"exe"}}); answer.StatusCode != 422 {
		t.Errorf("another format: %d", answer.StatusCode)
	}
	if err := r.data.EachAudited(context.WithoutCancel(t.Context()), func(a store.Audited) bool {
		if a.Did == "audit.export" && a.By == "张三" {
			seen++
		}
		return true
	}); err != nil || seen != 122 {
		t.Errorf("%d exports are in the log, %v", seen-120, err)
	}
}
