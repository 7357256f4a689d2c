package main

import (
	"io"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"dangshi/admin/account"
	"dangshi/quiz"
	"dangshi/store"
)

// nasty is what a member may call itself.
const nasty = `"><img src=x onerror=alert(1)><script>alert(1)</script>`

// rename gives a member another name, as no rule would let the member.
func rename(t *testing.T, r *replica, id, name string) {
	t.Helper()
	l, err := r.data.Load(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	l.Record.Member.Name = name
	if _, err := r.data.Commit(t.Context(), id, quiz.Change{Record: l.Record}); err != nil {
		t.Fatal(err)
	}
}

// rankedReplica is one whose season has so many members on the board, in pairs of
// equals; the first of them is called nastily.
func rankedReplica(t *testing.T, n int) (r *replica, ids []string, season quiz.Season) {
	t.Helper()
	s := defaults()
	s.RedisURL, s.Data = servers.Redis(t).URL, t.TempDir()
	s.file.Branches = map[string]string{"zb1": "第一支部", "zb2": "第二支部"}
	s.file.Honours.Top = 5
	monday := nextSpring(time.Now())
	season = quiz.Season{ID: "spring", From: monday - 7, To: monday + 1}
	s.file.Seasons = quiz.Seasons{season, {ID: "summer", From: season.To + 1, To: season.To + 100}}
	setClock(t, s, monday.Start().Add(12*time.Hour))
	r = start(t, s)
	ids = rank(t, r, n)
	rename(t, r, ids[0], nasty)
	return r, ids, season
}

// page gets a page as somebody who is signed in, following redirects by hand.
func (r *replica) page(t *testing.T, c *http.Client, path string) (status int, text string) {
	t.Helper()
	for range 4 {
		answer, err := c.Get(r.url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != http.StatusSeeOther {
			return answer.StatusCode, string(body)
		}
		to, err := url.Parse(answer.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		path = to.RequestURI()
	}
	t.Fatal("sent on and on")
	return 0, ""
}

// post sends a form, and follows where it leads.
func (r *replica) post(t *testing.T, c *http.Client, path string, form url.Values) (status int, text string) {
	t.Helper()
	answer, err := c.PostForm(r.url+path, form)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode == http.StatusSeeOther {
		return r.page(t, c, answer.Header.Get("Location"))
	}
	return answer.StatusCode, string(body)
}

// outcome is post for what goes on behind the pages: it gives the page that shows it done.
func (r *replica) outcome(t *testing.T, c *http.Client, path string, fields url.Values) (page string) {
	t.Helper()
	answer, page := form(t, c, r.url+path, fields)
	if answer.StatusCode != http.StatusSeeOther {
		return page
	}
	eventually(t, "what was begun is over", func() bool {
		_, page = r.page(t, c, answer.Header.Get("Location"))
		return !strings.Contains(page, "data-again")
	})
	return page
}

var refIn = regexp.MustCompile(`why\?season=[^&]+&amp;who=([\w-]+)`)

// TestAdminRanking looks at the board, finds members, and takes files away, without a
// browser, as each role.
func TestAdminRanking(t *testing.T) {
	r, ids, season := rankedReplica(t, 12)
	staff, editor := admit(t, r, "工作", account.Staff), admit(t, r, "编辑", account.Editor)

	_, page := r.page(t, staff, "/admin/ranking")
	mustSay(t, page, "共 12 人上榜", "&#34;&gt;&lt;img", "第一支部", "导出", "颁奖名单")
	for _, id := range ids {
		if strings.Contains(page, id) {
			t.Errorf("the page has the openid %s", id)
		}
	}
	if strings.Contains(page, "<img") || strings.Contains(page, "<script>alert") {
		t.Error("a name became markup")
	}
	refs := refIn.FindAllStringSubmatch(page, -1)
	if len(refs) != 12 {
		t.Fatalf("%d members are listed", len(refs))
	}
	_, other := r.page(t, editor, "/admin/ranking")
	mustSay(t, other, "共 12 人上榜")
	for _, hidden := range []string{"张三", "第一支部", "导出", "颁奖名单", "更正答案</a>", "结赛</a>"} {
		if strings.Contains(other, hidden) {
			t.Errorf("an editor sees %q", hidden)
		}
	}

	_, page = r.page(t, staff, "/admin/ranking?branch=zb1")
	mustSay(t, page, "其中这个支部有 12 人", "第一支部")
	_, page = r.page(t, staff, "/admin/ranking?branch=zb2")
	mustSay(t, page, "没有这个支部的人")
	if _, page = r.page(t, editor, "/admin/ranking?branch=zb2"); strings.Contains(page, "没有这个支部的人") {
		t.Error("an editor learns who is in a branch")
	}
	for _, bad := range []string{"?season=1999", "?branch=none", "?at=x", "?at=0", "?at=-3", "?page=x", "?who=x", "?season=%00"} {
		status, page := r.page(t, staff, "/admin/ranking"+bad)
		if status >= 500 || !strings.Contains(page, "<h1>") {
			t.Errorf("%s: %d %s", bad, status, page)
		}
	}

	// Of two equal members each is shown beside the other.
	status, page := r.page(t, staff, "/admin/ranking/why?season="+season.ID+"&who="+refs[0][1])
	if status != http.StatusOK {
		t.Fatal(status, page)
	}
	mustSay(t, page, "第 1 名", "都相同，并列", "逐日的成绩", "看题目", "就是这名学员")
	_, page = r.page(t, editor, "/admin/ranking/why?season="+season.ID+"&who="+refs[0][1])
	if strings.Contains(page, "张三") || strings.Contains(page, "第一支部") {
		t.Error("an editor sees who it is")
	}

	page = r.outcome(t, staff, "/admin/ranking/find", url.Values{"q": {"张三"}, "season": {season.ID}})
	mustSay(t, page, "共找到 11 人", "前后是谁")
	page = r.outcome(t, staff, "/admin/ranking/find", url.Values{"q": {"onerror"}})
	mustSay(t, page, `id="itself"`, "&lt;img")
	page = r.outcome(t, staff, "/admin/ranking/find", url.Values{"q": {"没有这个人"}})
	mustSay(t, page, "没有找到")
	if status, _ = r.post(t, editor, "/admin/ranking/find", url.Values{"q": {"张三"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("an editor looks for a name: %d", status)
	}
	pseudonym := quiz.Pseudonym(r.data.Secret(), season.ID, quiz.Self(ids[3]))
	page = r.outcome(t, editor, "/admin/ranking/find", url.Values{"q": {pseudonym}})
	mustSay(t, page, `id="itself"`, pseudonym)

	rankingFiles(t, r, staff, season)
}

// rankingFiles takes all files away.
func rankingFiles(t *testing.T, r *replica, staff *http.Client, season quiz.Season) {
	t.Helper()
	_, csv := r.page(t, staff, "/admin/ranking/export?top=0&format=csv&season="+season.ID)
	if lines := strings.Count(csv, "\r\n"); lines != 13 || !strings.Contains(csv, "'=张三") || strings.Contains(csv, ",=") {
		t.Errorf("%d lines:\n%s", lines, csv)
	}
	_, csv = r.page(t, staff, "/admin/ranking/export?top=2&format=csv&branch=ZB1&season="+season.ID)
	if lines := strings.Count(csv, "\r\n"); lines != 3 {
		t.Errorf("the first two: %d lines:\n%s", lines, csv)
	}
	for _, bad := range []string{"top=-1&format=csv", "top=x&format=csv", "top=1&format=exe", "top=1&format=csv&branch=none", "top=1&format=csv&season=none"} {
		if status, page := r.page(t, staff, "/admin/ranking/export?"+bad); status >= 500 || status == http.StatusOK {
			t.Errorf("%s: %d %s", bad, status, page)
		}
	}
	_, page := r.page(t, staff, "/admin/ranking/prizes")
	mustSay(t, page, `name="top" inputmode="numeric" value="5"`) // as many as the settings name
	if status, page := r.post(t, staff, "/admin/ranking/prizes", url.Values{"top": {"4"}, "format": {"csv"}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, "请写明事由") {
		t.Errorf("without a reason: %d", status)
	}
	for _, top := range []string{"0", "-1", "10001", "", "十"} { // all of a million would be held in memory
		if status, page := r.post(t, staff, "/admin/ranking/prizes", url.Values{"top": {top}, "format": {"csv"}, "reason": {"年会发奖"}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, "请写 1 到 10000 的数") || !strings.Contains(page, `value="年会发奖"`) {
			t.Errorf("a list of the first %q: status %d\n%s", top, status, page)
		}
	}
	_, csv = r.post(t, staff, "/admin/ranking/prizes", url.Values{"top": {"4"}, "format": {"csv"}, "reason": {"年会发奖"}})
	mustSay(t, csv, "怎样联系", "'=张三")
	_, csv = r.page(t, staff, "/admin/ranking/why.csv?who="+refIn.FindStringSubmatch(second(r.page(t, staff, "/admin/ranking")))[1])
	mustSay(t, csv, "题目编号")
	did := map[string]string{}
	for line := range audited(t, r) {
		did[line.Did] += line.By + " " + line.Why + " " + line.More + "\n"
	}
	for what, words := range map[string]string{"board.export": "工作", "board.prizes": "年会发奖", "board.explain": "1 days"} {
		if !strings.Contains(did[what], words) {
			t.Errorf("the audit log says of %s: %q", what, did[what])
		}
	}
	counted := func(want bool) {
		t.Helper()
		if _, ok, err := r.data.Tally(t.Context(), season.ID); err != nil || ok != want {
			t.Errorf("all members were read for the sums of branches: %v, %v", ok, err)
		}
	}
	counted(false)
	if _, xlsx := r.page(t, staff, "/admin/ranking/export?top=100&format=xlsx"); !strings.HasPrefix(xlsx, "PK\x03\x04") {
		t.Error("no workbook")
	}
	answer, err := staff.Get(r.url + "/admin/ranking/export?top=5&format=xlsx")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if head := answer.Header.Get("Content-Disposition"); !strings.HasPrefix(head, `attachment; filename="___`) || !strings.Contains(head, "filename*=UTF-8''%E6%8E%92") {
		t.Errorf("the file is called %s", head)
	}
	counted(true)
}

func second[A, B any](_ A, b B) B { return b }

// audited are the lines of the audit log, the newest first.
func audited(t *testing.T, r *replica) iter.Seq[store.Audited] {
	t.Helper()
	return func(yield func(store.Audited) bool) {
		if err := r.data.EachAudited(t.Context(), yield); err != nil {
			t.Error(err)
		}
	}
}
