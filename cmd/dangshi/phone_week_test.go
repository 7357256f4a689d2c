package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dangshi/quiz"
)

// The members of a sandbox that is new.
const (
	wang  = "王阿姨" // answers every day, by tapping, and is always right
	li    = "李老师" // every day, by voice
	zhang = "小张"  // misses days, and leaves the ranking
)

// week is a story told on the page.
type week struct {
	*phonePage
	r      *replica
	monday quiz.Day
}

// phoneSettings are of an account that asks two questions a day.
func phoneSettings(t *testing.T) Settings {
	s := defaults()
	s.Data, s.Questions = t.TempDir(), 2
	return s
}

// nextSpring is a Monday in March of next year, when no season begins or ends.
func nextSpring(now time.Time) quiz.Day {
	day := quiz.Date(now.Year()+1, 3, 1)
	for day.Start().Weekday() != time.Monday {
		day++
	}
	return day
}

// TestWeekOnThePhone lives nine days with three members in a browser.
func TestWeekOnThePhone(t *testing.T) {
	settings := phoneSettings(t)
	monday := nextSpring(time.Now())
	setClock(t, settings, monday.Start().Add(6*time.Hour))
	r := start(t, settings)
	w := &week{openPage(t, r, 1440, 900), r, monday}
	w.follow()
	for n := range 9 {
		t.Run(fmt.Sprintf("day %d", n+1), func(t *testing.T) {
			w.t = t
			w.morning(n)
			switch n {
			case 0:
				w.first()
			case 1:
				w.evening()
			case 2:
				w.plain()
				w.things()
			case 4:
				w.leave()
			case 6:
				w.sunday()
			case 7: // 王阿姨 is away
			case 8:
				w.back()
			default:
				w.plain()
			}
		})
		if t.Failed() {
			return
		}
	}
	w.t = t
	w.technician()
}

// follow has all three follow the account before the first push.
func (w *week) follow() {
	w.t.Helper()
	for _, name := range []string{wang, li, zhang} {
		w.holding(name)
		w.wait("the account introduces itself", `!document.querySelector("#profile").hidden`)
		w.tap("#follow")
		w.settle()
		w.lastSays("欢迎来到", "【参加须知】")
		w.wait("the menu is there", `document.querySelector("#bar").dataset.mode === "menu"`)
	}
}

// morning goes on to the push of day n, from 0, and looks for it in each chat.
func (w *week) morning(n int) {
	w.t.Helper()
	day := w.monday + quiz.Day(n)
	drill := n == 5 // WeChat does send, but its answer is lost
	if drill {
		w.pane("faults", "the drill is there", `$pane.querySelector("#fault-form")`)
		w.tap(`#fault-form [name="way"][value="drop"]`)
		w.tap(`#fault-form [name="effect"][value="after"]`)
		w.tap("#arm")
		w.wait("the fault is armed", `document.querySelectorAll("#armed li").length === 1`)
	}
	w.later("push")
	if drill {
		w.wait("the fault has struck", `document.querySelectorAll("#armed li").length === 0`)
	}
	if got := eval[string](w.phonePage, `document.querySelector("#cal-day").textContent + " " + document.querySelector("#cal-time").textContent`); got != fmt.Sprintf("%d 07:30", day.Start().Day()) {
		w.t.Errorf("the calendar shows %s on %s", got, day)
	}
	w.pushed(n+1, day)
}

// pushed fails unless each chat holds so many pushes, the last one of the day.
func (w *week) pushed(count int, day quiz.Day) {
	w.t.Helper()
	date := fmt.Sprintf("%d月%d日", day.Start().Month(), day.Start().Day())
	for _, name := range []string{zhang, li, wang} {
		w.holding(name)
		const pushes = `[...document.querySelectorAll("#chat > li[data-id^=sent-]")].filter(li => li.textContent.includes("【今日一题】"))`
		if n := eval[int](w.phonePage, pushes+".length"); n != count {
			w.t.Fatalf("%d pushes lie in the chat of %s, want %d", n, name, count)
		}
		mustSay(w.t, eval[string](w.phonePage, pushes+".at(-1).textContent"), date, "【今日一题】", "回复“答题”")
	}
}

// first is Monday: the question can be tapped, old bubbles are not graded, and one
// who has answered is told so.
func (w *week) first() {
	w.t.Helper()
	w.taps(wang)
	w.lastSays("答对 2/2 题，得 100 分", "已连续 1 天", "累计 100 分，第 1 名（共 1 人）")
	w.tap(`#chat .tap`) // of the first question
	w.settle()
	w.lastSays("答完")
	w.tells(li)
	w.lastSays("已连续 1 天", "（共 2 人）")
	if n := eval[int](w.phonePage, `document.querySelectorAll("#chat .voice .bubble").length`); n < 3 {
		w.t.Errorf("%d voice messages are shown", n)
	}
	w.taps(zhang)
	w.lastSays("已连续 1 天", "（共 3 人）")
}

// evening is Tuesday: all answer, but first 小张 is reminded of it while somebody
// else holds the phone.
func (w *week) evening() {
	w.t.Helper()
	w.taps(wang)
	w.tells(li)
	w.holding(zhang)
	w.says("提醒 10:00")
	w.lastSays("每天 10:00")
	w.holding(wang)
	w.later("3h")
	w.wait("小张 has an unread message", `document.querySelector('#members [data-name="小张"]').dataset.unread === "1"`)
	w.holding(zhang)
	w.lastSays("您要我提醒")
	w.says("取消提醒")
	w.taps(zhang)
	w.lastSays("已连续 2 天")
}

// plain is a day on which 小张 has no time.
func (w *week) plain() {
	w.t.Helper()
	w.taps(wang)
	w.tells(li)
}

// things is what 小张, who has no time for questions, sends instead; and somebody
// new comes by a branch's code.
func (w *week) things() {
	w.t.Helper()
	w.holding(zhang)
	w.keyboard()
	shows := func(kind, words string) {
		w.t.Helper()
		w.settle()
		w.wait("the chat shows a "+kind, `document.querySelector("#chat > .member[data-kind=`+kind+`]")?.innerHTML.includes("`+words+`")`)
		w.wait("so does the technician", `document.querySelector("#pane-trace [data-part=request]").textContent.includes("<MsgType><![CDATA[`+strings.Replace(kind, "sticker", "image", 1)+`]]>")`)
	}
	w.pane("trace", "messages are shown", `$pane.querySelector("[data-part=request]")`)
	w.tap("#plus")
	w.tap("#send-image")
	shows("image", "照片")
	w.tap("#plus")
	w.tap("#open-stickers")
	w.tap(`[data-sticker="早上好"]`)
	shows("sticker", "zao.svg")
	w.tap("#plus")
	w.tap("#open-location")
	w.tap(`[data-place="井冈山"]`)
	w.tap("#location-send")
	shows("location", "井冈山")

	w.tap("#add-member")
	w.wait("a name is asked for", `document.activeElement.id === "member-name"`)
	w.write("赵师傅<b>")
	w.tap("#member-add")
	w.wait("the new member holds the phone", `document.body.dataset.member === "赵师傅＜b＞"`)
	w.tap("#follow-scan")
	w.write("branch-7")
	w.tap("#scan-send")
	w.settle()
	w.lastSays("欢迎来到")
	mustSay(w.t, eval[string](w.phonePage, `document.querySelector("#pane-trace [data-part=request]").textContent`), "<Event><![CDATA[subscribe]]>", "<EventKey><![CDATA[qrscene_branch-7]]>", "<Ticket>")
	w.tap("#more")
	w.tap("#ask-unfollow")
	w.tap("#unfollow")
	w.settle()
}

// leave is Friday: 小张 has lost the streak, and leaves the ranking.
func (w *week) leave() {
	w.t.Helper()
	w.plain()
	w.taps(zhang)
	w.lastSays("连续天数从今天重新算起", "（共 3 人）")
	w.says("退出排行")
	w.lastSays("您已退出排行")
	w.holding(li)
	w.chooses("排行")
	w.lastSays("（共 2 人）", "您")
	w.holding(zhang)
	w.chooses("排行")
	w.lastSays("（共 2 人）")
}

// sunday is the seventh day in a row for two of them.
func (w *week) sunday() {
	w.t.Helper()
	w.taps(wang)
	w.lastSays("已连续 7 天", "奖您1张补签卡", "累计 700 分，第 1 名（共 2 人）")
	w.tells(li)
	w.lastSays("已连续 7 天")
	w.holding(zhang)
	w.chooses("我的")
	w.lastSays("【我的记录】", "答完 3 天")
}

// back is after a day that 王阿姨 has missed: a freeze has kept the streak.
func (w *week) back() {
	w.t.Helper()
	w.taps(wang)
	w.lastSays("已连续 8 天", "用掉 1 张补签卡", "累计 800 分，第 1 名（共 2 人）")
	w.chooses("我的")
	w.lastSays("连续 8 天", "补签卡 0 张")
	w.holding(li)
	w.tap("#more")
	w.tap("#ask-unfollow")
	w.tap("#unfollow")
	w.settle()
	w.wait("李老师 can follow again", `document.querySelector("#bar").dataset.mode === "follow"`)
}

// technician looks at what the panel shows of it all.
func (w *week) technician() {
	w.t.Helper()
	w.holding(wang)
	w.says("今天")
	w.pane("trace", "the last message is shown", `$pane.querySelector("[data-part=request]")?.textContent.includes("<![CDATA[今天]]>")`)
	for part, words := range map[string][]string{
		"request": {"<xml>", "<ToUserName><![CDATA[gh_", "<MsgType><![CDATA[text]]></MsgType>", "<MsgId>"},
		"reply":   {"<xml>", "<FromUserName><![CDATA[gh_", "<Content><![CDATA[【党史上的今天】"},
	} {
		mustSay(w.t, eval[string](w.phonePage, `document.querySelector("#pane-trace [data-part=`+part+`]").textContent`), words...)
	}
	mustSay(w.t, eval[string](w.phonePage, `document.querySelector("#pane-trace").textContent`), "signature", "timestamp", "nonce", "POST /wechat", "HTTP 200")
	w.pane("outbox", "nine mass messages and a reminder are shown",
		`$pane.querySelectorAll("[data-kind=mass]").length === 9 && $pane.querySelectorAll("[data-kind=custom]").length === 1`)
	w.pane("ledger", "nine days are called sent", `$pane.querySelectorAll("[data-outcome=sent]").length === 9`)
	w.pane("calls", "the mass sends are listed", `$pane.textContent.includes("/cgi-bin/message/mass/sendall")`)
	var days []quiz.Day
	for n := range 9 {
		days = append(days, w.monday+quiz.Day(n))
	}
	eachDayOnce(w.t, w.r, days)
}

// TestSafeModeOnThePhone answers a question over encrypted messages.
func TestSafeModeOnThePhone(t *testing.T) {
	settings := phoneSettings(t)
	settings.WechatToken, settings.WechatAppid, settings.WechatAeskey, settings.Sandbox = "phonetoken", "wx0123456789abcdef", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", true
	r := start(t, settings)
	w := &week{phonePage: openPage(t, r, 1440, 900), r: r}
	w.tap("#follow")
	w.settle()
	w.taps(wang)
	w.lastSays("得 100 分", "已连续 1 天")
	w.pane("trace", "both forms are shown", `$pane.querySelector("[data-part=opened]") && $pane.querySelector("[data-part=reply-opened]")`)
	for part, words := range map[string]string{"request": "<Encrypt>", "opened": "<MsgType><![CDATA[text]]>", "reply": "<MsgSignature>", "reply-opened": finished} {
		mustSay(t, eval[string](w.phonePage, `document.querySelector("#pane-trace [data-part=`+part+`]").textContent`), words)
	}
	mustSay(t, eval[string](w.phonePage, `document.querySelector("#pane-trace").textContent`), "安全模式", "msg_signature", "encrypt_typeaes")
}
