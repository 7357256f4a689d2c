package audit

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/quiz"
)

// broken is a log of so many lines, behind which the data cannot be reached.
type broken int

func (b broken) EachLine(_ context.Context, _ int64, take func(Line) bool) error {
	for i := range int(b) {
		if !take(Line{Place: int64(i + 1), By: "王芳", Did: "bank.edit"}) {
			return nil
		}
	}
	return quiz.ErrUnavailable
}

func (broken) Exported(context.Context, Line) error { return nil }

func (broken) Named(context.Context, string) (bool, error) { return false, quiz.ErrUnavailable }

// TestExportIsWholeOrNone: a file that cannot be begun is a page that says so, and one
// that cannot be ended is broken off: nobody takes a part for the whole.
func TestExportIsWholeOrNone(t *testing.T) {
	export := func(log Log, format string) (w *httptest.ResponseRecorder, abort any) {
		sessions := scs.New()
		f, err := frame.New(frame.Config{Sessions: sessions, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
		if err == nil {
			err = f.Add(New(log).Section())
		}
		if err != nil {
			t.Fatal(err)
		}
		at := f.Sections()[0]
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path+"/export", strings.NewReader("format="+format))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w = httptest.NewRecorder()
		sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() { abort = recover() }()
			f.Handler(at, at.Routes[2])(f.Visit(w, r, account.Account{Name: "张三", Role: account.Admin}, at))
		})).ServeHTTP(w, r)
		return w, abort
	}
	if w, abort := export(broken(0), "xlsx"); abort != nil || w.Code != http.StatusServiceUnavailable || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("none can be read: %v, status %d, %v", abort, w.Code, w.Header())
	}
	if _, abort := export(broken(10), "csv"); abort != http.ErrAbortHandler {
		t.Errorf("the last cannot be read: %v", abort)
	}
}

// TestWords: what the program writes into the log has its words; the rest stays as it is.
func TestWords(t *testing.T) {
	for did, want := range map[string]string{
		"season.close": "结赛", "season.drop": "赛季：取消一天、不计分", "season.stand": "赛季：不取消一天了", "season.keep": "赛季：取消一天、保留得分", "season.revoke": "赛季：撤销荣誉",
		"season.restore": "恢复荣誉", "season.commit": "结赛前公布承诺", "member.unbind": "学员：删去登记", "member.rekey": "学员：搬到新的 openid", "member.objection": "替学员记申诉",
		"member.answer": "答复申诉", "member.erase": "学员：注销", "member.correct": "学员：更正登记", "board.prizes": "排行：导出颁奖名单", "board.export": "排行：导出",
		"question.review": "题目：审过", "question.approve": "题目：批准", "question.retire": "题目：停用", "question.reopen": "题目：退回草稿", "question.edit": "题目：修改",
		"item.review": "条目：审过", "item.approve": "条目：批准", "item.move": "条目：换日子", "item.new": "条目：新写", "library.load": "载入题库或条目",
		"account.open": "开账号", "account.reset": "账号：给新密码", "account.role": "账号：改角色", "account.close": "账号：停用", "account.reopen": "恢复账号", "account.password": "账号：改密码",
		"audit.export": "操作记录：导出", "paper.pin": "试卷：指定题目", "push.send": "推送：发送", "push.switch": "推送：打开或关闭", "push.try": "推送：给自己试发", "bank.regrade": "更正答案",
		"strange.deed": "strange.deed", "season.dance": "season.dance", "season": "season", "": "", "<b>": "<b>",
	} {
		if got := Word(did); got != want {
			t.Errorf("%s: %s, want %s", did, got, want)
		}
	}
}

func TestFilter(t *testing.T) {
	july, err := quiz.ParseDay("2026-07-01")
	if err != nil {
		t.Fatal(err)
	}
	l := Line{At: july.Start(), By: "Wang 芳", Did: "member.unbind", On: "XK7A", Why: "登记错了", More: "name"}
	for _, c := range []struct {
		f    filter
		want bool
	}{
		{filter{}, true}, {filter{By: "wang"}, true}, {filter{By: "李"}, false}, {filter{Did: "member"}, true}, {filter{Did: "member.unbind"}, true}, {filter{Did: "memb"}, false},
		{filter{Text: "xk7"}, true}, {filter{Text: "登记错"}, true}, {filter{Text: "删去登记"}, true}, {filter{Text: "unbind"}, true}, {filter{Text: "NAME"}, true}, {filter{Text: "芳"}, false},
		{filter{from: july.Start()}, true}, {filter{from: july.Start().Add(time.Second)}, false}, {filter{to: july.Start()}, false}, {filter{to: (july + 1).Start()}, true},
	} {
		if got := c.f.takes(l); got != c.want {
			t.Errorf("%+v: %v", c.f, got)
		}
	}
	f := filter{By: "王 芳", Text: "李大钊", Did: "member", From: "2026-07-01"}
	if got := f.noted(false); got != "by=…&did=member&from=2026-07-01&text=…" || (filter{}).noted(false) != "" || (filter{}).Any() || !f.Any() {
		t.Errorf("the log says %s of what was taken away", got)
	}
	if got := (filter{By: "王 芳"}).noted(true); got != "by=王 芳" {
		t.Errorf("the log says %s of an account", got)
	}
}

func TestDetail(t *testing.T) {
	for more, want := range map[string]string{
		"": "", "in": "重新加入", "out (not done)": "退出（没有做成）", "(not done)": "（没有做成）", "2026 116 days": "2026 赛季，116 天", "place 3": "第 3 名", "revision 2": "第 2 版",
		"12 entries": "12 条", "name and branch": "姓名和支部", "7 moves, 1 skipped": "搬了 7 人，跳过 1 人", "2026-前100名.xlsx": "2026-前100名.xlsx", "管理员": "管理员", "begin in": "begin in",
	} {
		if got := detail(more); got != want {
			t.Errorf("%q reads %q, want %q", more, got, want)
		}
	}
}
