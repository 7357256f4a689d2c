package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"dangshi/admin/account"
	"dangshi/quiz"
	"dangshi/store"
)

// TestConsoleRanking is a season in a browser: the board, a wrong key that is corrected
// and of which the member hears, the close, the certificate of the winner.
func TestConsoleRanking(t *testing.T) {
	requireFont(t)
	r, ids, season := rankedReplica(t, 12)
	p := openConsole(t, r, account.Admin)
	p.open("/admin/ranking")
	p.says("共 12 人上榜", "第一支部", nasty)
	p.picture("ranking-board")
	p.accessible()
	p.fill("#q", "onerror")
	p.click(`form[action$="/find"] button`)
	p.says(nasty)
	p.click("tr[aria-current] a")
	p.says("都相同，并列", "逐日的成绩")
	p.picture("ranking-why")
	p.accessible()
	p.open("/admin/ranking")
	p.fill("#q", "张三")
	p.click(`form[action$="/find"] button`)
	p.says("共找到 11 人")
	p.picture("ranking-found")
	p.accessible()
	p.open("/admin/ranking?branch=zb1")
	p.says("其中这个支部有 12 人")
	p.accessible()
	p.become(account.Staff)
	p.open("/admin/ranking/prizes")
	p.picture("ranking-prizes")
	p.accessible()
	p.become(account.Admin)

	p.correct(ids)
	p.end(season)
	p.awarded(season, ids)
}

// correct voids the first question of today's paper, which nearly all have wrong.
func (p *consolePage) correct(ids []string) {
	p.t.Helper()
	c := p.replica.client()
	mustSay(p.t, say(p.t, c, ids[11], "我的"), "答完 1 天")
	p.open("/admin/ranking/rulings")
	p.says("没有更正过答案")
	p.accessible()
	p.open("/admin/ranking/regrade")
	p.says("最近出过的题")
	p.picture("ranking-regrade")
	p.accessible()
	p.click("tbody a")
	p.says("现在算对的", "怎样更正")
	p.picture("ranking-regrade-form")
	p.accessible()
	p.tap(`[name="way"][value="void"]`)
	p.fill("#reason", "题目有误"+nasty)
	p.click("main form button.main")
	p.wait("the preview is there", `document.querySelector(".confirm")`)
	p.says("作废，人人得分", "人得分增加", "发布这项更正")
	p.picture("ranking-preview")
	p.accessible()
	p.click(".confirm button")
	p.says("发布更正")
	p.accessible()
	p.wait("it is published", `document.querySelector("main").innerText.includes("已发布")`)
	p.picture("ranking-published")
	p.open("/admin/ranking/rulings")
	p.says("作废，人人得分", "题目有误"+nasty)
	p.picture("ranking-rulings")
	p.accessible()
	mustSay(p.t, say(p.t, c, ids[11], "我的"), "已更正", "分改为")
}

// end closes the season by its page.
func (p *consolePage) end(season quiz.Season) {
	p.t.Helper()
	p.open("/admin/ranking/close")
	p.says("还没有", "检查一遍")
	p.picture("ranking-close-before")
	p.accessible()
	p.replica.advanceTo(p.t, (season.To + 1).Start().Add(quiz.Grace+5*time.Minute))
	p.open("/admin/ranking")
	p.says("spring 赛季已经结束，还没有结赛", "看 spring 的排行")
	p.accessible()
	p.click(`.warn a[href*="/close"]`)
	p.click("#check form button")
	p.wait("it is checked", `document.querySelector("#check").innerText.includes("还差一步")`)
	p.says("没有承诺", "12 人上榜")
	p.click("#commit form button")
	p.wait("it is committed", `document.querySelector("#commit dl")`)
	p.says("种子的散列", "名单的散列")
	p.click("#check form button")
	p.wait("it may be closed", `document.querySelector("#entropy")`)
	p.picture("ranking-close-ready")
	p.accessible()
	p.fill("#entropy", "2027001期 03 09 27")
	p.click("#close form button")
	p.says("结束 "+season.ID+" 赛季？", "上榜 12 人，列入荣誉名单 5 人", "2027001期 03 09 27")
	p.picture("ranking-close-confirm")
	p.accessible()
	p.fill("#confirm-typed", "summer")
	p.click(".confirm button")
	p.says("输入的不是“spring”")
	p.fill("#confirm-typed", season.ID)
	p.click(".confirm button")
	p.wait("it is closed", `document.querySelector("main").innerText.includes("已经结赛")`)
}

var verifyIn = regexp.MustCompile(`/verify/([0-9A-Z]{16})`)

// awarded looks at the honours list, revokes one place and gives it back, and has the
// winner's certificate checked.
func (p *consolePage) awarded(season quiz.Season, ids []string) {
	t, r := p.t, p.replica
	t.Helper()
	p.click("a.main")
	p.says("荣誉名单", "列入 5 人", "SHA-256")
	p.picture("ranking-honours")
	p.accessible()
	admin := admit(t, r, "第二位管理员", account.Admin)
	_, page := r.page(t, admin, "/admin/ranking/honours?season="+season.ID)
	codes := verifyIn.FindAllStringSubmatch(page, -1)
	if len(codes) != 5 {
		t.Fatalf("%d certificates can be checked", len(codes))
	}
	if status, page := r.fetch(t, codes[0][0]); status != http.StatusOK || !strings.Contains(page, "证书有效") {
		t.Errorf("the winner's certificate: %d", status)
	}
	p.open("/admin/ranking/revoke?season=" + season.ID + "&place=1")
	p.picture("ranking-revoke")
	p.accessible()
	p.fill("#reason", "代答")
	p.click("button.danger")
	p.says("已撤销第 1 名", "代答")
	if _, page := r.fetch(t, codes[0][0]); strings.Contains(page, "证书有效") {
		t.Error("the certificate is valid although it was revoked")
	}
	p.click(".note button")
	p.says("已恢复第 1 名")
	if _, page := r.fetch(t, codes[0][0]); !strings.Contains(page, "证书有效") {
		t.Error("the certificate is not valid although it was given back")
	}
	p.open("/admin/ranking/close?season=" + season.ID)
	p.says("已经结赛")
	p.open("/admin/ranking?season=" + season.ID)
	p.says("荣誉第 1 名")
	seasonFiles(t, r, admin, season, ids)
}

// seasonFiles takes the files of a closed season, which an outsider checks.
func seasonFiles(t *testing.T, r *replica, admin *http.Client, season quiz.Season, ids []string) {
	t.Helper()
	t.Chdir(t.TempDir())
	files := map[string]string{
		"honours.json": "/admin/ranking/honours.json?", "ledger.jsonl": "/admin/ranking/ledger?", "commit.json": "/admin/ranking/close/commitment?",
		"honours.csv": "/admin/ranking/honours.csv?", "all.pdf": "/admin/ranking/certificates?", "all.zip": "/admin/ranking/certificates?format=zip&", "one.png": "/admin/ranking/certificates?place=2&",
	}
	for name, path := range files {
		status, text := r.page(t, admin, path+"season="+season.ID)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", name, status, text)
		}
		if strings.HasPrefix(name, "honours.j") || strings.HasPrefix(name, "ledger") {
			for _, secret := range append([]string{"张三", "zb1"}, ids...) {
				if strings.Contains(text, secret) {
					t.Errorf("%s has %q", name, secret)
				}
			}
		}
		write(t, name, text)
	}
	out, _ := mustRun(t, "season", "verify", "honours.json", "--ledger", "ledger.jsonl", "--commit", "commit.json")
	mustSay(t, out, "全部相符")
	if !strings.HasPrefix(document(t, "all.pdf"), "%PDF-") || !strings.HasPrefix(document(t, "one.png"), "\x89PNG") {
		t.Error("certificates of another kind")
	}
	all := archived(t, document(t, "all.zip"))
	for i, name := range all {
		if !regexp.MustCompile(fmt.Sprintf(`^%s-%03d-[\p{L}\p{Nd}·]+-[0-9A-Z]{16}\.png$`, season.ID, i+1)).MatchString(name) {
			t.Errorf("certificate %d is called %q", i+1, name)
		}
	}
	if len(all) != 5 || strings.Count(document(t, "all.pdf"), "/Type /Page\n") != 5 {
		t.Errorf("of five winners the archive has %q", all)
	}
	for _, none := range []string{"place=6", "place=x", "from=0", "from=x", "from=6&format=zip"} {
		if status, page := r.page(t, admin, "/admin/ranking/certificates?season="+season.ID+"&"+none); status < 400 || status >= 500 || !strings.Contains(page, "<h1>") {
			t.Errorf("%s: %d %s", none, status, page)
		}
	}
	mustSay(t, document(t, "honours.csv"), "证书编号", "'=张三")
	if kept := document(t, filepath.Join(r.app.Data, ledgersKept, "ledger-"+season.ID+".jsonl")); kept != document(t, "ledger.jsonl") {
		t.Error("serve has kept another ledger")
	}
	if err := os.Remove("all.pdf"); err != nil {
		t.Fatal(err)
	}
}

// TestAdminClose is what the pages refuse, without a browser, and a close that a killed
// serve has left.
func TestAdminClose(t *testing.T) {
	r, ids, season := rankedReplica(t, 7) // of whom five are named
	admin := admit(t, r, "管理", account.Admin)
	at := url.Values{"season": {season.ID}}
	form := func(more ...string) url.Values {
		f := url.Values{"season": {season.ID}}
		for i := 0; i < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		return f
	}
	refused := func(path string, f url.Values, words ...string) {
		t.Helper()
		status, page := r.post(t, admin, path, f)
		if status < 400 || status >= 500 {
			t.Errorf("%s %v: %d", path, f, status)
		}
		mustSay(t, page, words...)
	}
	if _, page := r.page(t, admin, "/admin/ranking/close?season="+season.ID); strings.Contains(page, "做到一半") {
		t.Error("what nobody has begun is told as broken off")
	}
	refused("/admin/ranking/close", form("entropy", "7"), "还没有结束")
	refused("/admin/ranking/close/resume", at, "没有中断了的结赛")
	refused("/admin/ranking/revoke", form("place", "1", "reason", "代答"), "还没有结赛", "回到排行")
	for _, path := range []string{"honours", "honours.json", "honours.csv", "certificates", "revoke", "close/commitment"} {
		if status, _ := r.page(t, admin, "/admin/ranking/"+path+"?season="+season.ID); status != http.StatusNotFound {
			t.Errorf("%s of a season that is not closed: %d", path, status)
		}
	}
	refused("/admin/ranking/regrade", url.Values{"question": {"none"}, "way": {"void"}, "reason": {"错"}}, "用不着更正")
	paper, err := r.data.CurrentPaper(t.Context(), quiz.DayOf(r.now()))
	if err != nil {
		t.Fatal(err)
	}
	q := paper.Questions[0].ID
	if err := r.countQuestions(t.Context(), r.now()); err != nil {
		t.Fatal(err)
	}
	_, page := r.page(t, admin, "/admin/banks/q/"+q)
	if mustSay(t, page, "答题情况", "区分度"); !regexp.MustCompile(`<dt>区分度</dt><dd>-?[01]\.\d\d `).MatchString(page) {
		t.Errorf("how well a question tells apart is no figure:\n%s", page)
	}
	for fault, f := range map[string]url.Values{
		"请写明事由": {"question": {q}, "way": {"void"}},
		"请选怎样":  {"question": {q}, "reason": {"错"}},
		"请选或写":  {"question": {q}, "way": {"key"}, "reason": {"错"}},
		"都算对":   {"question": {q}, "way": {"accept"}, "reason": {"错"}, "accept": {" ,，"}},
		"没有出过":  {"question": {q}, "way": {"void"}, "reason": {"错"}, "revision": {"99"}},
	} {
		refused("/admin/ranking/regrade", f, fault)
	}
	if status, _ := r.page(t, admin, "/admin/ranking/regrade/preview?question="+q+"&way=void&reason=x"); status != http.StatusConflict {
		t.Errorf("a preview that was never made: %d", status)
	}

	r.advanceTo(t, (season.To + 1).Start().Add(quiz.Grace+5*time.Minute))
	_, page = r.page(t, admin, "/admin/ranking")
	mustSay(t, page, "已经结束，还没有结赛", "看 "+season.ID+" 的排行", "去结赛")
	_, page = r.page(t, admin, "/admin/ranking?season="+season.ID)
	_, page = r.page(t, admin, "/admin/members/"+regexp.MustCompile(`who=([^"&]+)`).FindStringSubmatch(page)[1])
	mustSay(t, page, "summer 赛季里没有答题记录", `href="?season=`+season.ID, "0 天，补签卡") // a day was missed since
	_, page = r.page(t, admin, "/admin/ranking/close")                          // of the season that waits, not of the one that has just begun
	mustSay(t, page, "最后一天的卷子都已截止", "检查一遍")
	refused("/admin/ranking/close", form("entropy", "7"), "请先检查一遍")
	checked := func(words ...string) {
		t.Helper()
		mustSay(t, r.outcome(t, admin, "/admin/ranking/close/check", at), words...)
	}
	checked("没有承诺")
	refused("/admin/ranking/close", form("entropy", "7"), "没有通过")
	if _, err := r.data.CommitSeason(t.Context(), season, r.now().Unix(), "甲", nil); err != nil {
		t.Fatal(err)
	}
	refused("/admin/ranking/close", form("entropy", "7"), "又有变化")
	checked("上榜的编号都在承诺里", "可以结赛")
	refused("/admin/ranking/close", form("entropy", " "), "公开的随机数")
	_, page = r.post(t, admin, "/admin/ranking/close", form("entropy", "7"))
	mustSay(t, page, "结束 "+season.ID+" 赛季？")
	_, page = r.post(t, admin, "/admin/ranking/close", form("entropy", "7", "confirmed", "forged", "typed", season.ID))
	mustSay(t, page, "结束 "+season.ID+" 赛季？")

	// A close that broke off: begun elsewhere, and its ledger could not be written.
	_, err = r.data.Alone(t.Context(), closeTurn, func(ctx context.Context) error {
		_, err := r.data.CloseSeason(ctx, store.CloseRequest{
			Season: season, Entropy: "7", Prizes: r.app.prizes(), Now: r.now().Add(time.Hour), By: "甲",
			Ledger: func(func(io.Writer) error) error { return os.ErrPermission },
		}, store.RebuildOptions{})
		if err == nil {
			t.Fatal("it did not break off")
		}
		_, page = r.page(t, admin, "/admin/ranking/close?season="+season.ID)
		mustSay(t, page, "结赛中断了", "接着做完")
		return r.resumeClose(ctx, true) // while another process is at it nothing is done
	})
	if closing, unread := r.data.Closing(t.Context()); err != nil || unread != nil || len(closing) != 1 {
		t.Errorf("beside another process: %v, %v, %v", closing, err, unread)
	}
	r.post(t, admin, "/admin/ranking/close/resume", at)
	eventually(t, "the close is finished", func() bool {
		awards, err := r.data.Awards(t.Context(), season.ID)
		return err == nil && len(awards) == 5
	})
	_, prizes := r.post(t, admin, "/admin/ranking/prizes", form("top", "100", "format", "csv", "reason", "年会发奖"))
	if lines := strings.Count(prizes, "\r\n"); lines != 6 {
		t.Errorf("a list for prizes of five winners has %d lines:\n%s", lines, prizes)
	}
	_, list := r.page(t, admin, "/admin/ranking/honours.json?season="+season.ID)
	var h quiz.Honours
	if err := json.Unmarshal([]byte(list), &h); err != nil || h.Entropy != "7" {
		t.Errorf("%+v, %v", h, err)
	}
	ledgerAfterErasure(t, r, admin, season, ids[0])
}

// ledgerAfterErasure: the ledger is to be had as long as the one that was kept at the close
// is, and is that of the honours list.
func ledgerAfterErasure(t *testing.T, r *replica, admin *http.Client, season quiz.Season, id string) {
	t.Helper()
	path := "/admin/ranking/ledger?season=" + season.ID
	_, before := r.page(t, admin, path)
	say(t, r.client(), id, "注销")
	mustSay(t, say(t, r.client(), id, "确认注销"), "已经全部删除")
	if _, after := r.page(t, admin, path); after != before {
		t.Errorf("after an erasure the ledger is %.200q, it was %.200q", after, before)
	}
	t.Chdir(t.TempDir())
	command := []string{"board", "ledger", "--season", season.ID, "-o", "ledger.jsonl", "--redis-url", r.app.RedisURL, "--data", r.app.Data}
	out, _ := mustRun(t, command...)
	if mustSay(t, out, "结赛时的成绩台账：7 人"); document(t, "ledger.jsonl") != before {
		t.Error("the command has written another ledger")
	}
	write(t, r.app.keptLedger(season.ID), before[:len(before)-1])
	if status, page := r.page(t, admin, path); status != http.StatusNotFound || !strings.Contains(page, "请用结赛时公布的那一份") {
		t.Errorf("a ledger that is not that of the list: %d %.200s", status, page)
	}
	mustFail(t, exitFailed, command, "请用结赛时写下的那一份")
}
