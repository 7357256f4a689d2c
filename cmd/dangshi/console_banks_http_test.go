package main

import (
	"bytes"
	"fmt"
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
	"dangshi/store"
)

// bankVisit is somebody who is signed in to the console, without a browser.
type bankVisit struct {
	t      *testing.T
	url    string
	client *http.Client
}

func bankVisitor(t *testing.T, r *replica, name string, role account.Role) *bankVisit {
	t.Helper()
	return &bankVisit{t, r.url, admit(t, r, name, role)}
}

// get reads a page, after all redirects within the console.
func (v *bankVisit) get(path string, want int) string {
	v.t.Helper()
	answer, err := v.client.Get(v.url + path)
	return v.read(answer, err, want)
}

// post sends a form; a redirect is followed.
func (v *bankVisit) post(path string, form url.Values, want int) string {
	v.t.Helper()
	answer, err := v.client.PostForm(v.url+path, form)
	return v.read(answer, err, want)
}

func (v *bankVisit) read(answer *http.Response, err error, want int) string {
	v.t.Helper()
	for err == nil && answer.StatusCode == http.StatusSeeOther {
		answer.Body.Close()
		answer, err = v.client.Get(v.url + answer.Header.Get("Location"))
	}
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	if answer.StatusCode != want {
		v.t.Fatalf("status %d, want %d:\n%s", answer.StatusCode, want, text)
	}
	return string(text)
}

// send uploads files by name; of an empty name is the draft that the page has shown.
func (v *bankVisit) send(want int, files ...string) string {
	v.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(files); i += 2 {
		if files[i] == "" {
			_ = w.WriteField("seen", files[i+1])
			continue
		}
		part, err := w.CreateFormFile("file", files[i])
		if err != nil {
			v.t.Fatal(err)
		}
		fmt.Fprint(part, files[i+1])
	}
	w.Close()
	answer, err := v.client.Post(v.url+"/admin/banks/load", w.FormDataContentType(), &body)
	return v.read(answer, err, want)
}

// hiddenField is the value of a hidden field.
func hiddenField(t *testing.T, page, name string) string {
	t.Helper()
	at := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if at == nil {
		t.Fatalf("no field %s in\n%s", name, page)
	}
	return html.UnescapeString(at[1])
}

// fieldsOf are hidden fields of a page.
func fieldsOf(t *testing.T, page string, names ...string) url.Values {
	t.Helper()
	fields := url.Values{}
	for _, name := range names {
		fields.Set(name, hiddenField(t, page, name))
	}
	return fields
}

// undoFields are those of the undo of a page's note.
func undoFields(t *testing.T, page string) url.Values {
	t.Helper()
	_, form, ok := strings.Cut(page, `action="/admin/banks/undo"`)
	if !ok {
		t.Fatal("there is no undo")
	}
	return fieldsOf(t, form, "act", "back")
}

// TestAdminBanks: what the pages of the bank do, without a browser.
func TestAdminBanks(t *testing.T) {
	s := defaults()
	s.Data = t.TempDir()
	r := start(t, s)
	v := bankVisitor(t, r, "王编辑", account.Editor)
	other := bankVisitor(t, r, "李编辑", account.Editor)
	staff := bankVisitor(t, r, "赵工作", account.Staff)

	for _, c := range []struct{ name, text, want string }{
		{"a.csv", "", "文件是空的"},
		{"b.csv", "你好\n", "没有找到列名"},
		{"c.xlsx", "PK\x03\x04坏了", "文件损坏"},
		{"d.doc", "\xd0\xcf\x11\xe0旧", "旧版"},
	} {
		mustSay(t, v.send(http.StatusUnprocessableEntity, c.name, c.text), c.want)
	}
	page := v.send(http.StatusOK, "/etc/../../甲.jsonl", judges("http", 3), `C:\乙.csv`, "编号,题型,题干,答案,分类\nhttp-x,判断,=HYPERLINK(1)对吗？,对,+分类\n")
	mustSay(t, page, "甲.jsonl、乙.csv", "载入 4 道")
	if strings.Contains(page, "..") || strings.Contains(page, "/etc") || strings.Contains(page, `C:\`) {
		t.Error("the path of a file is shown")
	}
	set := hiddenField(t, page, "set")
	// What another window begins does not take its place unseen, and what an older one
	// says of it counts no more.
	seen := hiddenField(t, page, "seen")
	second := v.send(http.StatusUnprocessableEntity, "丁.jsonl", judges("tab", 1))
	mustSay(t, second, "别的窗口里", "甲.jsonl、乙.csv")
	if hiddenField(t, second, "seen") != seen {
		t.Error("the page does not tell which one it shows")
	}
	mustSay(t, v.post("/admin/banks/load/drop", url.Values{"seen": {"another"}}, 200), "没有丢开", "载入 4 道")
	// Somebody else loads one of them meanwhile.
	mustSay(t, other.send(http.StatusOK, "丙.jsonl", judges("http", 1)), "载入 1 道")
	mustSay(t, other.post("/admin/banks/load/take", url.Values{"set": {hiddenField(t, other.get("/admin/banks/load/check", 200), "set")}}, 200), "载入了 1 道题")
	page = v.post("/admin/banks/load/take", url.Values{"set": {set}}, 200)
	mustSay(t, page, "有了变化", "载入 3 道")
	mustSay(t, v.post("/admin/banks/load/take", url.Values{"set": {hiddenField(t, page, "set")}}, 200), "载入了 3 道题", "http-x")
	mustSay(t, v.get("/admin/banks/load/check", 200), "只留一个小时")
	// A page that has shown one which is gone by now loses nothing.
	page = v.send(http.StatusOK, "", seen, "戊.jsonl", judges("later", 1))
	mustSay(t, v.post("/admin/banks/load/drop", fieldsOf(t, page, "seen"), 200), "没有载入")

	// Approved from one that was read, and only once by two people.
	mustSay(t, v.get("/admin/banks?q=http-x", 200), "共 1 道", "=HYPERLINK(1)对吗？")
	approve := url.Values{"act": {"approve"}, "id": {"http-x"}, "seen": {"1.draft"}, "back": {"//evil.example/admin/banks"}}
	mustSay(t, v.post("/admin/banks/act", approve, 200), "现在是已批准", "撤销")
	edit := v.get("/admin/banks/q/http-x/edit", 200)
	form := url.Values{"seen": {hiddenField(t, edit, "seen")}, "type": {"judge"}, "stem": {"改过的题对吗？"}, "answer": {"A"}}
	mustSay(t, v.post("/admin/banks/q/http-x/edit", form, 200), "新的一版是草稿", "第 2 版", "学员在用")
	form.Set("stem", "别人写的对吗？")
	mustSay(t, other.post("/admin/banks/q/http-x/edit", form, http.StatusUnprocessableEntity), "别人也改了这道题", "别人写的对吗？", "改过的题对吗？")
	mustSay(t, other.post("/admin/banks/act", approve, 200), "已经不是最新的")
	form.Set("stem", "")
	form.Set("seen", hiddenField(t, v.get("/admin/banks/q/http-x/edit", 200), "seen"))
	mustSay(t, v.post("/admin/banks/q/http-x/edit", form, http.StatusUnprocessableEntity), "缺少内容")

	// Several at once are confirmed, with their number, and can be taken back.
	confirm := v.post("/admin/banks/act", url.Values{"act": {"approve"}, "id": {"http-0", "http-1", "http-2"}, "scope": {"ticked"}}, 200)
	mustSay(t, confirm, "没有要改的") // the file said approved
	confirm = v.post("/admin/banks/act", url.Values{"act": {"retire"}, "id": {"http-0", "http-1", "http-2"}, "scope": {"ticked"}}, 200)
	mustSay(t, confirm, "停用 3 道题？", "已批准 → 停用：3 道", "现在 3 道，以后 0 道")
	again := fieldsOf(t, confirm, "act", "ids", "set", "back", "confirmed")
	retired := v.post("/admin/banks/act", again, 200)
	mustSay(t, retired, "停用了 3 道题")
	mustSay(t, v.post("/admin/banks/act", again, 200), "没有要改的")

	// What was put aside is again what it was.
	undone := v.post("/admin/banks/undo", undoFields(t, retired), 200)
	mustSay(t, undone, "撤销 王编辑 在", "恢复原样：3")
	mustSay(t, v.post("/admin/banks/undo", fieldsOf(t, undone, "act", "set", "back", "confirmed"), 200), "撤销了：恢复原样：3", "改回去")
	mustSay(t, v.get("/admin/banks/q/http-1", 200), "已批准", "签名")
	mustSay(t, v.post("/admin/banks/act", url.Values{"act": {"retire"}, "id": {"http-0"}, "seen": {"1.approved"}}, 200), "现在是停用")
	mustSay(t, other.post("/admin/banks/act", url.Values{"act": {"reopen"}, "id": {"http-0"}, "seen": {"1.approved"}}, 200), "已经不是最新的") // the state has changed, the revision has not

	// A load is undone as one act, but for what somebody has gone on from.
	page = v.send(http.StatusOK, "戊.jsonl", judges("whole", 3))
	loaded := v.post("/admin/banks/load/take", url.Values{"set": {hiddenField(t, page, "set")}}, 200)
	mustSay(t, loaded, "载入了 3 道题", "撤销这次载入")
	mustSay(t, other.post("/admin/banks/act", url.Values{"act": {"retire"}, "id": {"whole-1"}, "seen": {"1.approved"}}, 200), "现在是停用")
	undone = v.post("/admin/banks/undo", undoFields(t, loaded), 200)
	mustSay(t, undone, "新加的删去：2", "不能撤销、照旧的：1", "后来 李编辑 又改过")
	mustSay(t, v.post("/admin/banks/undo", fieldsOf(t, undone, "act", "set", "back", "confirmed"), 200), "撤销了：新加的删去：2", "whole-1")
	mustSay(t, v.get("/admin/banks?q=whole", 200), "共 1 道")
	mustSay(t, v.post("/admin/banks/undo", undoFields(t, loaded), 200), "没有能撤销的")
	mustSay(t, v.post("/admin/banks/undo", url.Values{"act": {"nothing"}}, 200), "没有留底")
	staff.post("/admin/banks/undo", undoFields(t, loaded), http.StatusForbidden)

	// Where there is no room to keep what undoes an act, nothing offers to undo it.
	if err := r.data.Client().Set(t.Context(), "{all}:undosize", 1<<40, 0).Err(); err != nil {
		t.Fatal(err)
	}
	unkept := v.post("/admin/banks/act", url.Values{"act": {"reopen"}, "id": {"whole-1"}, "seen": {"1.retired"}}, 200)
	if mustSay(t, unkept, "这一次不能撤销"); strings.Contains(unkept, `action="/admin/banks/undo"`) {
		t.Error("it offers to undo what was not kept")
	}

	// What the command loads is undone here, too, where it says.
	t.Setenv("DANGSHI_DATA", s.Data)
	file := filepath.Join(t.TempDir(), "command.jsonl")
	write(t, file, judges("command", 2))
	said, _ := mustRun(t, "bank", "load", "--by", "钱命令", file)
	_, at, ok := strings.Cut(said, "的账号打开 ")
	if !ok {
		t.Fatalf("the command says\n%s", said)
	}
	mine := v.get(strings.TrimSpace(at), 200)
	mustSay(t, mine, "撤销这次载入", "共 2 道")
	undone = v.post("/admin/banks/undo", undoFields(t, mine), 200)
	mustSay(t, v.post("/admin/banks/undo", fieldsOf(t, undone, "act", "set", "back", "confirmed"), 200), "撤销了：新加的删去：2")

	// What is taken away loads again, and no cell is a formula.
	table := staff.get("/admin/banks/export?q=http&format=csv", 200)
	mustSay(t, table, "http-0", "停用", "http-x")
	mustSay(t, v.get("/admin/banks/export?q=http-0&format=jsonl", 200), `"id":"http-0"`)
	for _, cell := range strings.FieldsFunc(table, func(r rune) bool { return r == ',' || r == '\n' }) {
		if strings.HasPrefix(strings.Trim(cell, `"`), "=") || strings.HasPrefix(strings.Trim(cell, `"`), "+") {
			t.Errorf("a cell is a formula: %q", cell)
		}
	}
	if !strings.HasPrefix(staff.get("/admin/banks/export?format=xlsx", 200), "PK") || !strings.HasPrefix(staff.get("/admin/banks/template", 200), "PK") {
		t.Error("no workbook")
	}
	staff.get("/admin/banks/export?format=exe", http.StatusUnprocessableEntity)
	staff.post("/admin/banks/act", approve, http.StatusForbidden)
	staff.get("/admin/banks/q/nowhere", http.StatusNotFound)

	// Written by hand: what asks the same has the same id, and is not overwritten.
	form = url.Values{"type": {"single"}, "stem": {"手写的题？"}, "optionA": {"甲\r\n方"}, "optionB": {"乙"}, "answer": {"B"}}
	mustSay(t, v.post("/admin/banks/new", form, 200), "现在是草稿", "手写的题？")
	mustSay(t, v.post("/admin/banks/new", form, http.StatusUnprocessableEntity), "一道一样的题")
	mustSay(t, v.post("/admin/banks/check", form, 200), "【单选】", "A. 甲 方")
	mustSay(t, v.get("/admin/banks/review?q="+url.QueryEscape("手写的题"), 200), "还有 <b>1</b> 道")

	// What is sent back waits for its author, not for another reader.
	id := regexp.MustCompile(`/admin/banks/q/(q-[0-9a-f]+)`).FindStringSubmatch(v.get("/admin/banks?q="+url.QueryEscape("手写的题"), 200))[1]
	mustSay(t, v.post("/admin/banks/act", url.Values{"act": {"reopen"}, "id": {id}, "seen": {"1.draft"}, "remark": {"选项太少"}}, 200), "记下了要改的地方")
	mustSay(t, v.get("/admin/banks?remark=1", 200), "要改：选项太少")
	mustSay(t, v.get("/admin/banks/review?q="+url.QueryEscape("手写的题"), 200), "没有等您审的了")

	// The statistics are counted behind the pages.
	v.post("/admin/banks/count", nil, 200)
	eventually(t, "the questions are counted", func() bool { return strings.Contains(v.get("/admin/banks?sort=watch", 200), "统计到") })
	audited := 0
	if err := r.data.EachAudited(t.Context(), func(a store.Audited) bool {
		if a.By == "王编辑" {
			audited++
		}
		return true
	}); err != nil || audited < 5 {
		t.Errorf("%d lines in the audit log: %v", audited, err)
	}
}
