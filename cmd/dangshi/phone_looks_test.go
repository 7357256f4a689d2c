package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// unfit lists what does not fit: what stands out at the sides, words cut off on a
// button, and targets too small for a finger.
const unfit = `(() => {
	const bad = [];
	const name = n => n.tagName + (n.id ? "#" + n.id : "") + "." + n.className + " “" + n.textContent.trim().slice(0, 12) + "”";
	if (document.scrollingElement.scrollWidth > innerWidth) bad.push("the page can be pushed sideways");
	for (const n of document.querySelectorAll("body *")) {
		if (n.closest("svg, .hidden") || !n.checkVisibility()) continue;
		const box = n.getBoundingClientRect();
		if (!box.width || !box.height) continue;
		if (box.left < -1 || box.right > innerWidth + 1) bad.push(name(n) + " stands out at the side");
		const touched = n.matches("button, .tap.whole, input:not([type=radio], [type=checkbox]), select");
		if (touched && n.scrollWidth > n.clientWidth + 1) bad.push(name(n) + " is cut off");
		if (touched && n.closest(".screen, .side") && Math.min(box.width, box.height) < 40) bad.push(name(n) + " is only " + Math.round(box.width) + "×" + Math.round(box.height));
	}
	return bad.join("\n");
})()`

// nameless lists what a screen reader has no name for, and ids that are not unique.
const nameless = `(() => {
	const bad = [];
	for (const n of document.querySelectorAll("button, a, input, select, dialog, section, aside, [role=img], img")) {
		const by = n.getAttribute("aria-labelledby");
		const said = n.getAttribute("aria-label") || n.alt || by && document.getElementById(by)?.textContent || n.labels?.[0]?.textContent || n.querySelector("img")?.alt || n.textContent;
		if (!said.trim()) bad.push(n.outerHTML.slice(0, 80) + " has no name");
	}
	const ids = [...document.querySelectorAll("[id]")].map(n => n.id);
	for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) bad.push("two have the id " + id);
	for (const n of document.querySelectorAll("[aria-controls]")) if (!document.getElementById(n.getAttribute("aria-controls"))) bad.push(n.id + " controls nothing");
	return bad.join("\n");
})()`

// hostile is what members and foreign texts may hold.
const hostile = `<img src=x onerror="document.body.dataset.broken=1"><script>document.body.dataset.broken=1</script>&lt;b&gt;`

// puts puts entries into a member's chat, as the account would.
func puts(t *testing.T, r *replica, member string, entries ...map[string]any) {
	t.Helper()
	for i, e := range entries {
		e["id"], e["at"], e["side"] = fmt.Sprintf("put-%d-%d", time.Now().UnixNano(), i), time.Now().UnixMilli(), "account"
		value, err := json.Marshal(e)
		if err == nil {
			err = r.data.Simulator().Append(t.Context(), "phone:chat:"+member, value, 400)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// longEntries are as long as they come: a question of eight options, an address
// without a break, a card, a notice.
func longEntries() []map[string]any {
	var question strings.Builder
	question.WriteString("第1题（共5题）【单选】\n" + strings.Repeat("下列哪一项说法是正确的", 6) + "？")
	for i := range 8 {
		fmt.Fprintf(&question, "\n"+`<a href="weixin://bizmsgmenu?msgmenucontent=%c&msgmenuid=%d">%c. %s</a>`, 'A'+i, i+1, 'A'+i, strings.Repeat("一个很长的选项", 1+i))
	}
	return []map[string]any{
		{"kind": "text", "text": question.String()},
		{"kind": "text", "text": "https://example.com/" + strings.Repeat("a", 300)},
		{"kind": "news", "articles": []map[string]string{{"title": strings.Repeat("长标题", 10), "description": strings.Repeat("摘要", 60), "url": "https://example.com/"}}},
		{"kind": "notice", "text": "题目：" + strings.Repeat("内容", 40)},
		{"kind": "text", "text": hostile},
	}
}

// TestPhoneLooks: nothing stands out or is cut off, on small phones and large
// desks, in each size of type and with everything open.
func TestPhoneLooks(t *testing.T) {
	r := start(t, phoneSettings(t))
	p := openPage(t, r, 1440, 900)
	fits := func(t *testing.T, when string) {
		t.Helper()
		if bad := eval[string](p, unfit); bad != "" {
			t.Errorf("%s:\n%s", when, bad)
		}
	}
	p.tap("#follow")
	p.settle()
	var state struct{ Members []struct{ ID string } }
	r.getJSON(t, "/sandbox/state", &state)
	puts(t, r, state.Members[0].ID, longEntries()...)
	p.speaks(strings.Repeat("我想说很长很长的话", 10))
	for _, name := range []string{"名字有十二个字那么长的人", strings.Repeat("W", 12)} {
		r.postJSON(t, "/sandbox/members", map[string]string{"name": name}, nil)
	}
	for _, size := range []struct{ width, height int64 }{{320, 568}, {390, 844}, {844, 390}, {1024, 768}, {1440, 900}} {
		for letters := 1; letters <= 3; letters++ {
			t.Run(fmt.Sprintf("%d×%d, letters %d", size.width, size.height, letters), func(t *testing.T) {
				p.t = t
				p.size(size.width, size.height, 1)
				p.tap("#more")
				p.tap(fmt.Sprintf(`[data-size="%d"]`, letters))
				fits(t, "settings")
				p.tap("#ask-unfollow")
				fits(t, "asked whether to unfollow")
				p.tap("#sheet-unfollow [data-close]")
				p.keyboard()
				fits(t, "keyboard")
				p.tap("#plus")
				fits(t, "panel")
				p.tap("#open-stickers")
				fits(t, "stickers")
				p.tap("#plus") // closes it
				p.tap("#plus")
				for _, sheet := range []string{"location", "scan"} {
					p.tap("#open-" + sheet)
					fits(t, sheet)
					p.tap("#sheet-" + sheet + " [data-close]")
				}
				p.tap("#voice")
				fits(t, "voice")
				p.tap("#sheet-voice [data-close]")
				p.tap("#to-menu")
				for menu := 1; menu <= 2; menu++ {
					p.tap(fmt.Sprintf(`#menu [data-menu="%d"]`, menu))
					fits(t, "menu")
				}
				p.do(key(kb.Escape))
				if min(size.width, size.height) < 520 {
					p.tap("#open-time")
					fits(t, "time and members")
					p.tap("#close-side")
				}
			})
			if t.Failed() {
				return // whatever is open now would be in the way
			}
		}
	}
	p.t = t
	if bad := eval[string](p, nameless); bad != "" {
		t.Error(bad)
	}
	if eval[bool](p, `document.body.dataset.broken !== undefined || document.querySelectorAll("#chat script, #chat img:not(.sticker), #chat b").length > 0`) {
		t.Error("words became markup")
	}
	if !eval[bool](p, `document.querySelector("#chat").textContent.includes("<img src=x")`) {
		t.Error("words of markup are not shown")
	}
}

// TestPhoneUnderAFinger: a tap counts although the list changes under it.
func TestPhoneUnderAFinger(t *testing.T) {
	r := start(t, phoneSettings(t))
	p := openPage(t, r, 1440, 900)
	up := p.down(`#members button[data-name="` + li + `"]`)
	r.postJSON(t, "/sandbox/members", map[string]string{"name": "赵师傅"}, nil)
	p.wait("the list has changed", `document.querySelector('#members [data-name="赵师傅"]')`)
	up()
	p.wait(li+" holds the phone", `document.body.dataset.member === "`+li+`"`)
	if current := eval[string](p, `[...document.querySelectorAll("#members [aria-current=true]")].map(n => n.dataset.name).join()`); current != li {
		t.Errorf("the list shows that %s holds the phone", current)
	}
}

// TestPhoneByKeyboard: all can be done without a mouse, and one sees where one is.
func TestPhoneByKeyboard(t *testing.T) {
	p := openPage(t, start(t, phoneSettings(t)), 1440, 900)
	focused := func(selector string) {
		t.Helper()
		p.wait(selector+" has the focus", `document.activeElement?.matches("`+selector+`")`)
	}
	tabTo := func(selector string) {
		t.Helper()
		for range 80 {
			p.do(key(kb.Tab))
			if eval[bool](p, `document.activeElement.matches("`+selector+`")`) {
				if width := eval[string](p, `getComputedStyle(document.activeElement).outlineStyle`); width != "solid" {
					t.Errorf("%s shows no focus", selector)
				}
				return
			}
		}
		t.Fatalf("%s is not reached with the tab key", selector)
	}
	tabTo("#follow")
	p.do(key(kb.Enter))
	p.settle()
	tabTo("#menu [data-key=答题]")
	p.do(key(" "))
	p.settle()
	if strings.Contains(p.last(), "要填的词") {
		t.Skip("today's first question has no options")
	}
	tabTo("#chat > li:last-child .tap")
	p.do(key(" "))
	p.settle()
	if said := eval[string](p, `[...document.querySelectorAll("#chat > .member .bubble")].at(-1).textContent`); said != "A" {
		t.Errorf("the space bar on an option sends %q", said)
	}
	tabTo("#to-keyboard")
	p.do(key(kb.Enter))
	focused("#text")
	p.write("帮助")
	p.do(key(kb.Enter))
	p.settle()
	p.lastSays("答题")
	focused("#text")
	// A sheet takes the focus, keeps it on the phone, and gives it back.
	tabTo("#plus")
	p.do(key(kb.Enter))
	tabTo("#open-scan")
	p.do(key(kb.Enter))
	focused("#scene")
	p.do(key(kb.Escape))
	p.wait("the sheet is closed", `!document.querySelector(".sheet[open]")`)
	tabTo("#menu [data-menu='1'], #to-menu")
	tabTo("#tab-trace")
	p.do(key(kb.ArrowRight))
	focused("#tab-outbox")
	p.do(key(kb.End))
	focused("#tab-faults")
	p.wait("the drill is there", `document.querySelector("#fault-form")`)
	p.do(key(kb.Home))
	focused("#tab-trace")
}
