package main

import (
	"bytes"
	"html"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dangshi/admin/account"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// calendarUser is somebody at the calendar without a browser.
type calendarUser struct {
	t      *testing.T
	r      *replica
	client *http.Client
}

func (u calendarUser) answer(resp *http.Response, err error, status int, words ...string) string {
	u.t.Helper()
	if err != nil {
		u.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		u.t.Fatal(err)
	}
	if resp.StatusCode != status {
		u.t.Errorf("%s: status %d, want %d", resp.Request.URL.Path, resp.StatusCode, status)
	}
	text := html.UnescapeString(string(body))
	mustSay(u.t, text, words...)
	return text
}

func (u calendarUser) get(path string, status int, words ...string) string {
	u.t.Helper()
	resp, err := u.client.Get(u.r.url + path)
	return u.answer(resp, err, status, words...)
}

// post sends a form; with 303 the note of the next page is given.
func (u calendarUser) post(path string, form url.Values, status int, words ...string) string {
	u.t.Helper()
	resp, err := u.client.PostForm(u.r.url+path, form)
	if err == nil && status == http.StatusSeeOther && resp.StatusCode == status {
		resp.Body.Close()
		return u.get(resp.Header.Get("Location"), http.StatusOK, words...)
	}
	return u.answer(resp, err, status, words...)
}

var undoForm = regexp.MustCompile(`(?s)role="status">.*?<form method="post" action="([^"]+)">(.*?)</form>`)
var hiddenForm = regexp.MustCompile(`name="([^"]+)" value="([^"]*)"`)

// undo presses the button of the note on a page.
func (u calendarUser) undo(page string, words ...string) string {
	u.t.Helper()
	return u.undoing(page, http.StatusSeeOther, words...)
}

// undoing is undo with what comes of it.
func (u calendarUser) undoing(page string, status int, words ...string) string {
	u.t.Helper()
	form := undoForm.FindStringSubmatch(page)
	if form == nil {
		u.t.Fatal("the note has no button")
	}
	fields := url.Values{}
	for _, field := range hiddenForm.FindAllStringSubmatch(form[2], -1) {
		fields.Add(field[1], field[2])
	}
	return u.post(form[1], fields, status, words...)
}

// title is that of the day's item in use.
func (u calendarUser) title(day quiz.Day) string {
	u.t.Helper()
	library, err := u.r.data.Library(u.t.Context())
	if err != nil {
		u.t.Fatal(err)
	}
	it, _ := library.Today(day.String())
	return it.Title
}

// TestAdminCalendarMoves: two days change places and back, together with their own
// questions; what has come, or was drawn, stays.
func TestAdminCalendarMoves(t *testing.T) {
	t.Chdir(t.TempDir())
	r := start(t, defaults())
	u := calendarUser{t, r, admit(t, r, "李娟", account.Editor)}
	day := quiz.DayOf(r.now()) + 3
	first, second := u.title(day), u.title(day+1)
	if first == "" || second == "" {
		t.Fatal("the starter calendar has gaps")
	}
	library, err := r.data.Library(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	one, _ := library.Today(day.String())
	other, _ := library.Today((day + 1).String())
	u.get("/admin/calendar?move="+one.ID+"&from="+day.String()+"&month="+(day + 1).String()[:7], 200, "移到哪一天", "和它对调")
	swap := url.Values{"item": {one.ID}, "with": {other.ID}, "from": {day.String()}, "to": {(day + 1).String()}}
	page := u.post("/admin/calendar/move", swap, http.StatusSeeOther, "对调了")
	eventually(t, "the days have changed places", func() bool { return u.title(day) == second && u.title(day+1) == first })
	if q, _, _, err := r.data.QuestionSheet(t.Context(), one.Question); err != nil || q.Value.Day != (day+1).MonthDay() {
		t.Errorf("its own question belongs to %s, %v", q.Value.Day, err)
	}
	u.post("/admin/calendar/move", swap, http.StatusConflict, "刚才别人也动了这一天")
	u.undo(page, "对调了")
	eventually(t, "it is undone", func() bool { return u.title(day) == first && u.title(day+1) == second })
	draft := one
	draft.Text, draft.State = one.Text+"补一句。", content.Draft
	if _, _, err := r.data.EditLibrary(t.Context(), content.Hand{By: "李娟", At: r.now(), Signatures: 1}, []content.Item{draft}, nil); err != nil {
		t.Fatal(err)
	}
	page = u.post("/admin/calendar/move", swap, http.StatusSeeOther, "还没批准的新一版，批准以前学员看的还是原来那一版")
	u.undo(page, "对调了")
	// A day that was filled since the calendar was shown is not overwritten, nor is one
	// from which an undo comes back.
	page = u.post("/admin/calendar/move", swap, http.StatusSeeOther, "对调了")
	filled := content.Item{ID: "filled", Kind: content.Today, Date: day.String(), Title: "刚填的", Text: "文。", State: content.Approved}
	if _, err := r.data.PutItems(t.Context(), []content.Item{filled}); err != nil {
		t.Fatal(err)
	}
	u.undoing(page, http.StatusConflict, "刚才别人也动了这一天")
	empty := url.Values{"item": {one.ID}, "here": {one.ID}, "there": {""}, "from": {(day + 1).String()}, "to": {day.String()}}
	u.post("/admin/calendar/move", empty, http.StatusConflict, "刚才别人也动了这一天，什么也没有改")
	empty["there"] = []string{other.ID + " filled"}
	page = u.post("/admin/calendar/move", empty, http.StatusSeeOther, "移到了")
	u.undo(page, "移到了")
	past := url.Values{"item": {one.ID}, "from": {(day + 1).String()}, "to": {(day - 4).String()}}
	u.post("/admin/calendar/move", past, http.StatusConflict, "已经过去")
	if _, err := r.bot.IssuePaper(t.Context(), day+2); err != nil {
		t.Fatal(err)
	}
	u.post("/admin/calendar/move", url.Values{"item": {one.ID}, "from": {(day + 1).String()}, "to": {(day + 2).String()}}, http.StatusConflict, "卷子已经定下")
}

// TestAdminCalendarWrites: faults stand at their fields and nothing is lost; an edit
// waits beside what is in use; two who edit do not overwrite each other.
func TestAdminCalendarWrites(t *testing.T) {
	t.Chdir(t.TempDir())
	r := start(t, defaults())
	u := calendarUser{t, r, admit(t, r, "李娟", account.Editor)}
	form := url.Values{"kind": {"story"}, "title": {"一个故事"}, "text": {""}, "year": {"很久"}, "question_id": {"nobody"}, "wish": {"draft"}}
	u.post("/admin/calendar/new", form, 422, "一个故事", "年份请写成数字", "题库里没有编号是“nobody”的题", "缺少内容")
	form["text"], form["year"], form["question_id"] = []string{"从前。"}, []string{"1921"}, nil
	u.post("/admin/calendar/check", form, 200, "从前。")
	u.post("/admin/calendar/new", form, http.StatusSeeOther, "现在是草稿")
	items, err := r.data.Items(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(items, func(it content.Item) bool { return it.Title == "一个故事" })
	path := "/admin/calendar/items/" + items[at].ID
	u.post("/admin/calendar/review/"+items[at].ID, url.Values{"act": {"approve"}, "seen": {"1.draft"}}, http.StatusSeeOther, "已批准")
	seen := regexp.MustCompile(`(?s)id="item".*?name="seen" value="([^"]+)"`).FindStringSubmatch(u.get(path, 200))[1]
	form.Set("seen", seen)
	form.Set("title", "另一个题目")
	page := u.post(path, form, http.StatusSeeOther, "学员看的还是原来那一版", "一个故事", "另一个题目")
	form.Set("title", "第三个题目")
	u.post(path, form, 422, "别人也改了这一条", "第三个题目", "另一个题目")
	undone := u.undo(page, "恢复原样：1", "已批准")
	u.undo(page, "没有能撤销的", "又改过")                           // what it would undo is no longer there
	u.undo(u.undo(undone, "恢复原样：1", "草稿"), "恢复原样：1", "已批准") // and once more there and back
	u.post("/admin/calendar/review/"+items[at].ID, url.Values{"act": {"retire"}, "seen": {"1.approved"}}, http.StatusConflict, "刚才别人也改了")
	asks := url.Values{"kind": {"today"}, "date": {"02-30"}, "title": {"一天"}, "text": {"事。"}, "own_type": {"single"}, "own_stem": {"哪一年？"}, "own_options": {"A. 1921年\nB、1949年"}, "own_answer": {"C"}, "wish": {"approved"}}
	u.post("/admin/calendar/new", asks, 422, "没有“02-30”这一天", "答案是 C，但只有 A 到 B")
	asks["date"], asks["own_answer"] = []string{"02-29"}, []string{"ｂ"}
	u.post("/admin/calendar/new", asks, http.StatusSeeOther, "先用的是《", ">哪一年？</a>", "【今日一题】哪一年？")
	own, _, ok, err := r.data.QuestionSheet(t.Context(), "today-02-29-2")
	if q := own.Value; err != nil || !ok || q.Day != "02-29" || q.Options[1] != "1949年" || q.Answer.Letters != 2 || q.State != content.Approved {
		t.Errorf("its question is %+v, %v", own, err)
	}
	csv := u.get("/admin/calendar/export?format=csv", 200, "一个故事", "today-02-29-2")
	if !strings.HasPrefix(csv, "\ufeff编号") {
		t.Errorf("the export begins with %q", csv[:20])
	}
	if u.get("/admin/calendar/items?q="+url.QueryEscape("一个故事"), 200, "一个故事"); strings.Contains(u.get("/admin/calendar/items?q=没有这样的字", 200), "一个故事") {
		t.Error("the search finds everything")
	}
}

// TestAdminCalendarPins: the questions that were chosen for a day are its paper; the
// choice can be taken back, and not be made once the day has come.
func TestAdminCalendarPins(t *testing.T) {
	t.Chdir(t.TempDir())
	r := start(t, defaults())
	u := calendarUser{t, r, admit(t, r, "李娟", account.Editor)}
	day := quiz.DayOf(r.now()) + 1
	library, err := r.data.Library(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{library.Questions()[9].ID, library.Questions()[4].ID}
	path := "/admin/calendar/paper/" + day.String()
	u.get(path+"?edit=1&q="+ids[1]+"&add="+ids[0]+"&raise="+ids[0], 200, "选好的 2 题")
	// By words, with what another replica has approved and retired a moment ago.
	other, err := store.Open(t.Context(), store.Options{URL: r.data.embedded.URL(), Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	search := path + "?edit=1&words=" + url.QueryEscape("一百零一 題幹")
	u.get(search, 200, "没有找到")
	q := content.Question{ID: "now", Type: content.Judge, Stem: "刚批准的题干，编到第一百零一题。", Answer: content.Key{Letters: 1}, State: content.Approved}
	for _, q.State = range []content.State{content.Approved, content.Retired} {
		if _, err := other.PutQuestions(t.Context(), []content.Question{q}); err != nil {
			t.Fatal(err)
		}
		if found := strings.Contains(u.get(search, 200), `name="add" value="now"`); found != (q.State == content.Approved) {
			t.Errorf("%s: found %t", q.State, found)
		}
	}
	u.post(path, url.Values{"q": ids}, http.StatusSeeOther, "选好了", "已选定")
	page := u.post(path, url.Values{"q": ids[:1]}, 422, "刚才别人也在为这一天选题")
	seen := regexp.MustCompile(`name="seen" value="([^"]+)"`).FindStringSubmatch(page)[1]
	page = u.post(path, url.Values{"seen": {seen}}, http.StatusSeeOther, "照常出卷")
	unpinned := page
	page = u.undo(page, "选好了")
	u.undoing(unpinned, http.StatusConflict, "别人也为这一天选了题，没有撤销")
	u.undo(u.undo(page, "照常出卷"), "选好了")
	paper, err := r.bot.IssuePaper(t.Context(), day)
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, q := range paper.Questions {
		asked = append(asked, q.ID)
	}
	if !slices.Equal(asked, ids) {
		t.Errorf("chosen %v, the paper asks %v", ids, asked)
	}
	u.get(path, http.StatusConflict, "不再变")
	u.get("/admin/calendar/paper/"+(day-1).String(), http.StatusConflict, "已经到了")
	staff := calendarUser{t, r, admit(t, r, "王芳", account.Staff)}
	staff.get(path, http.StatusForbidden)
	if page := staff.get("/admin/calendar/"+(day+1).String(), 200); strings.Contains(page, "写一条") || strings.Contains(page, "自己选题") {
		t.Error("who may not edit is offered it")
	}
}

// TestAdminCalendarUploads: a picture and a sound come with the form, whatever their
// names, and are there for everybody; what is none stands at its field.
func TestAdminCalendarUploads(t *testing.T) {
	t.Chdir(t.TempDir())
	s := defaults()
	s.BaseURL = "https://dangshi.example.org"
	r := start(t, s)
	u := calendarUser{t, r, admit(t, r, "李娟", account.Editor)}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	day := quiz.DayOf(r.now())
	send := func(picture, sound []byte, status int, words ...string) string {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for field, value := range map[string]string{"kind": "today", "date": day.String(), "title": "有图有声", "text": "正文。", "wish": "approved"} {
			if err := form.WriteField(field, value); err != nil {
				t.Fatal(err)
			}
		}
		for field, data := range map[string][]byte{"picture_file": picture, "audio_file": sound} {
			w, err := form.CreateFormFile(field, "../../<script>alert(1)</script>.png")
			if err == nil {
				_, err = w.Write(data)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		resp, err := u.client.Post(r.url+"/admin/calendar/new", form.FormDataContentType(), &body)
		if err == nil && resp.StatusCode == http.StatusSeeOther {
			resp.Body.Close()
			return u.get(resp.Header.Get("Location"), 200, words...)
		}
		return u.answer(resp, err, status, words...)
	}
	send(bytes.Repeat([]byte("a"), 28<<20), nil, http.StatusRequestEntityTooLarge, "文件太大", "什么也没有存")
	send([]byte("<svg onload=alert(1)>"), []byte("MZ\x90"), 422, "这不是 JPEG 或 PNG 图片", "这不是 MP3 或 M4A 音频", "有图有声")
	u.get("/admin/calendar/new", 200, "用了 0 MB，最多 64 MB")
	page := send(picture.Bytes(), []byte("ID3\x04\x00\x00"), http.StatusSeeOther, "已批准", "有图有声", "用了 1 MB")
	// A file that came with a form which was never kept goes after a day; what is used
	// stays, and a form that still names one that is gone is told so.
	lost := strings.Repeat("0", 32) + ".jpg"
	if err := r.data.KeepMedia(t.Context(), lost, []byte("x"), 1<<20); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.sweepUploads(t.Context(), r.now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if kept, err := r.data.Media(t.Context(), lost); err != nil || kept == nil {
			t.Fatalf("it is removed before a day is over: %v", err)
		}
	}
	if err := r.sweepUploads(t.Context(), r.now().Add(26*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if gone, err := r.data.Media(t.Context(), lost); err != nil || gone != nil {
		t.Errorf("what nothing uses is still there: %v", err)
	}
	u.post("/admin/calendar/new", url.Values{"kind": {"story"}, "title": {"题"}, "text": {"文。"}, "picture": {content.MediaPath + lost}, "wish": {"draft"}}, 422, "这个文件已经不在了")
	if strings.Contains(page, "alert(1)") {
		t.Error("the page has the name of the file")
	}
	at := regexp.MustCompile(`src="(/media/[0-9a-f]{32}\.jpg)"`).FindStringSubmatch(page)
	if at == nil {
		t.Fatal("the page does not show the picture")
	}
	if status, body := get(t, r.url+at[1]); status != 200 || !strings.HasPrefix(body, "\xff\xd8\xff") {
		t.Errorf("the picture: status %d", status)
	}
	eventually(t, "the day's page shows it", func() bool {
		_, body := get(t, r.url+"/today/"+day.String())
		return strings.Contains(body, `<img src="`+at[1]+`"`) && strings.Contains(body, `content="https://dangshi.example.org`+at[1]+`"`)
	})
	mustSay(t, r.bot.Preview(day, content.Item{Kind: content.Today, Title: "一", Text: "二", Picture: at[1]}, "").Reply, "https://dangshi.example.org"+at[1])
}
