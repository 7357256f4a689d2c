package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"dangshi/admin/account"
)

// probe is what a file may hold to reach whoever looks at it.
const probe = `<script>alert(1)</script>"><img src=x onerror=alert(1)>`

// drop drags a file onto the page.
func (p *consolePage) drop(name, text string) {
	p.t.Helper()
	eval[bool](p.phonePage, `window.left = true`)
	eval[bool](p.phonePage, fmt.Sprintf(`(() => {
		const files = new DataTransfer();
		files.items.add(new File([%s], %s, { type: "text/csv" }));
		document.querySelector("main").dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
		return true;
	})()`, strconv.Quote(text), strconv.Quote(name)))
	p.wait("the file was read", `window.left !== true && document.readyState === "complete" && document.querySelector("main h1")`)
}

// press hits a key and waits for the next page.
func (p *consolePage) press(keys string) {
	p.t.Helper()
	eval[bool](p.phonePage, `window.left = true`)
	p.do(chromedp.KeyEvent(keys))
	p.wait("another page is there", `window.left !== true && document.readyState === "complete" && document.querySelector("main h1")`)
}

// TestConsoleBanks: a file is dragged in, its faults are mended, it is loaded, reviewed
// by the keyboard, and a member answers what it held.
func TestConsoleBanks(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	p := openConsole(t, r, account.Editor)
	p.open("/admin/banks")
	p.says("题库", "已批准")
	p.accessible()
	p.picture("banks-list")

	// All that came with the program is put aside at once, with its number.
	p.open("/admin/banks?state=approved")
	p.tap(`input[name=scope][value=all]`)
	p.click(`button[value=retire]`)
	p.says("停用", "学员用得到的：现在", "以后 0 道")
	p.accessible()
	p.picture("banks-confirm")
	p.click(".confirm button")
	p.says("停用了")

	p.open("/admin/banks/load")
	p.accessible()
	p.picture("banks-load")
	p.drop(`..\..\`+probe+".csv", "编号,题型,题干,选项A,选项B,选项C,答案,解析,来源,链接\n"+
		`con-1,单选,"管理台里载入的第一题是哪个`+strings.ReplaceAll(probe, `"`, `""`)+`？",甲,乙,丙,B,"解析`+strings.ReplaceAll(probe, `"`, `""`)+`",党史,https://example.org/`+"\n"+
		"con-2,单选,管理台里载入的第二题是哪个？,甲,乙,丙,F,,,\n")
	p.says("载入前看一看", "有问题的行", "第 3 行", "载入 1 道", "答案是 F，但只有 A 到 C", "<script>alert(1)</script>")
	p.accessible()
	p.picture("banks-check")
	p.tap(`#row0 input[name=answer][value="C"]`)
	p.click(`#row0 button.main`)
	p.says("改好了", "载入 2 道")
	p.click(`form[action$="/take"] button`)
	p.says("载入了 2 道题。其中 2 道是新的", "con-1", "con-2")

	p.click(`.acts a.button`)
	p.says("还有 2 道", "管理台里载入的第一题", "A. 甲", "解析")
	p.accessible()
	p.picture("banks-review")
	if !eval[bool](p.phonePage, `(() => {
		window.pressed = 0;
		for (const b of document.querySelectorAll("[data-key=a]")) b.addEventListener("click", (e) => { pressed++; e.preventDefault(); }, { once: true });
		document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "a", repeat: true, bubbles: true }));
		const held = pressed;
		document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
		return held === 0 && pressed === 1;
	})()`) {
		t.Error("a key that is held down approves what nobody has read")
	}
	p.press("a")
	p.says("还有 1 道", "第二题", "现在是已批准")
	// The first X asks for words, which Enter sends with it.
	p.do(chromedp.KeyEvent("x"))
	p.wait("the remark is asked for", `document.activeElement.id === "remark"`)
	p.write("选项少一个")
	p.press(kb.Enter)
	p.says("记下了要改的地方")
	p.open("/admin/banks?remark=1")
	p.says("要改：选项少一个", "con-2")

	p.open("/admin/banks/q/con-2/edit")
	p.fill("#stem", "管理台里改过的第二题是哪个？")
	p.wait("it is shown as the phone shows it", `document.querySelector("#checked .bubble")?.innerText.includes("改过的第二题")`)
	p.accessible()
	p.picture("banks-edit")
	p.click("form.card button.main")
	p.says("存好了", "第 2 版", "原来", "管理台里载入的第二题")
	p.accessible()
	p.picture("banks-question")
	p.click(`button[value=approve]`)
	p.says("现在是已批准", "学员用的就是这一版")

	c := r.client()
	advance(t, r, "24h")
	asked := say(t, c, "oReader", "答题")
	mustSay(t, asked, "第1题", "管理台里")
	answer := "C" // of con-2
	if strings.Contains(asked, "第一题") {
		answer = "B"
	}
	var letter string
	for _, line := range strings.Split(asked, "\n") {
		for _, l := range []string{"A", "B", "C"} {
			if text := map[string]string{"B": "乙", "C": "丙"}[answer]; strings.Contains(line, l+". "+text) {
				letter = l
			}
		}
	}
	mustSay(t, say(t, c, "oReader", letter), "答对了")

	p.become(account.Staff)
	p.open("/admin/banks/q/con-1")
	p.says("管理台里载入的第一题", "<script>alert(1)</script>", "这个赛季出过")
	if eval[bool](p.phonePage, `Boolean(document.querySelector("main form, main .button.main"))`) {
		t.Error("who may only look is offered to change something")
	}
}
