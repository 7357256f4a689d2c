package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"dangshi/store/storetest"
)

// phonePage is the phone page of a replica in a headless Chromium.
type phonePage struct {
	t    *testing.T
	ctx  context.Context
	host string

	mu     sync.Mutex
	faults []string // what the browser complained of, and requests to other hosts
}

// patience bounds each wait, for a page or for the program: a busy machine may need long.
const patience = 2 * time.Minute

// openPage opens the phone page of a replica.
func openPage(t *testing.T, r *replica, width, height int64) *phonePage {
	t.Helper()
	p := openBrowser(t, r)
	p.do(chromedp.Navigate(r.url + "/sandbox/"))
	p.size(width, height, 1)
	p.wait("the page is ready", `document.body.dataset.ready === ""`)
	return p
}

// openBrowser starts a browser for the pages of a replica. At the test's end it fails
// where the browser complained of anything or asked another host.
func openBrowser(t *testing.T, r *replica) *phonePage {
	t.Helper()
	storetest.Require(t, "chromium")
	host, err := url.Parse(r.url)
	if err != nil {
		t.Fatal(err)
	}
	p := &phonePage{t: t, host: host.Host}
	browser, stop := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath("chromium"), chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun,
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true))
	t.Cleanup(stop)
	var done context.CancelFunc
	p.ctx, done = chromedp.NewContext(browser, chromedp.WithListener(p.hear), chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(done)
	if err := chromedp.Do(p.ctx, chromedp.Func(watch)); err != nil {
		t.Fatal("chromium did not start: ", err)
	}
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, fault := range p.faults {
			t.Error("the browser:", fault)
		}
	})
	return p
}

// watch has the browser tell what it asks for and complains of, and leaves out
// animations, as it does for people whom they make dizzy.
func watch(ctx context.Context, t *chromedp.Target) error {
	_, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{})
	if err == nil {
		_, err = cdp.Call(ctx, t, log.Enable, cdp.Empty{})
	}
	if err == nil {
		still := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}
		_, err = cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: still})
	}
	return err
}

func (p *phonePage) hear(event any) {
	var fault string
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		// Icons of the browser's own controls are data.
		if u, err := url.Parse(e.Request.URL); (err != nil || u.Host != p.host && u.Scheme != "data") && e.Request.URL != "about:blank" {
			fault = "it asked for " + e.Request.URL
		}
	case *log.EventEntryAdded: // of the content security policy, too
		if strings.Contains(e.Entry.Text, "status of 422") || strings.Contains(e.Entry.Text, "status of 401") && strings.Contains(e.Entry.URL, "/admin/") {
			return // a form that comes back to be mended, or after signing in again
		}
		fault = fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL)
	case *runtime.EventConsoleAPICalled:
		fault = "console." + string(e.Type)
		for _, arg := range e.Args {
			fault += " " + string(arg.Value)
		}
	case *runtime.EventExceptionThrown:
		fault = e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			fault += " " + x.Description
		}
	}
	if fault != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.faults = append(p.faults, fault)
	}
}

// size sets the viewport, in CSS pixels of so many device pixels; one narrower
// than 760 is a phone's, with touch.
func (p *phonePage) size(width, height int64, scale float64) {
	p.t.Helper()
	options := []chromedp.EmulateViewportOption{chromedp.EmulateScale(scale)}
	if min(width, height) < 500 {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	p.do(chromedp.EmulateViewport(width, height, options...))
	p.wait("the page has its size", fmt.Sprintf("innerWidth === %d && innerHeight === %d", width, height))
	eval[bool](p, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`) // it is laid out anew
}

// do does something within patience.
func (p *phonePage) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatal("the page: ", err)
	}
}

// eval gives the value of an expression on the page.
func eval[T any](p *phonePage, expression string) T {
	p.t.Helper()
	v, err := ask[T](p, expression)
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// ask is eval that gives the error: of the expression, or because the page is being left.
func ask[T any](p *phonePage, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// wait waits until a condition holds on the page, or on the next one: of one that is
// being left, or of which half is there, an expression may fail.
func (p *phonePage) wait(what, condition string) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		holds, err := ask[bool](p, "Boolean("+condition+")")
		if holds {
			return
		}
		if time.Now().After(end) || p.ctx.Err() != nil {
			p.t.Fatalf("%s: not within %s, %v; the chat ends with\n%s", what, patience, err, p.last())
		}
	}
}

// settle waits until all that was sent is answered and the clock stands.
func (p *phonePage) settle() {
	p.t.Helper()
	p.wait("all is answered", `document.body.dataset.sending === "0" && !document.body.hasAttribute("data-advancing")`)
}

// target is where an element can be hit, or why it cannot.
type target struct {
	X, Y float64
	Why  string
}

const findTarget = `(selector => {
	const node = document.querySelector(selector);
	if (!node || node.disabled) return { Why: node ? "disabled" : "not there" };
	node.scrollIntoView({ block: "nearest", inline: "nearest" });
	const box = node.getBoundingClientRect();
	const x = box.left + Math.min(box.width / 2, 40), y = box.top + box.height / 2;
	const hit = document.elementFromPoint(x, y);
	if (box.width > 0 && hit && (node === hit || node.contains(hit))) return { X: x, Y: y };
	return { Why: box.width === 0 ? "not shown" : "at " + x + ", " + y + " there is " + (hit?.outerHTML.slice(0, 120) ?? "nothing") };
})(%s)`

// tap clicks where the element is to be seen, as a finger does: what is covered is
// not hit.
func (p *phonePage) tap(selector string) {
	p.t.Helper()
	p.do(chromedp.MouseClickXY(p.find(selector)))
}

// down presses where the element is to be seen, and up lets go there.
func (p *phonePage) down(selector string) (up func()) {
	p.t.Helper()
	x, y := p.find(selector)
	mouse := func(what input.DispatchMouseEventType) {
		p.t.Helper()
		p.do(chromedp.MouseEvent(what, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	}
	mouse(chromedp.MousePressed)
	return func() { mouse(chromedp.MouseReleased) }
}

// find is where the element is to be seen.
func (p *phonePage) find(selector string) (x, y float64) {
	p.t.Helper()
	find := fmt.Sprintf(findTarget, strconv.Quote(selector))
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		at, err := ask[target](p, find)
		if err != nil {
			at.Why = err.Error()
		}
		if at.Why == "" {
			return at.X, at.Y
		}
		if time.Now().After(end) || p.ctx.Err() != nil {
			p.t.Fatalf("%s cannot be hit: %s; open is %s", selector, at.Why, eval[string](p, `document.querySelector(".sheet[open]")?.id ?? "no sheet"`))
		}
	}
}

// key presses a key of kb, or types words.
func key(keys string) chromedp.Action[chromedp.Void] { return chromedp.KeyEvent(keys) }

// write types into the field that has the focus.
func (p *phonePage) write(text string) {
	p.t.Helper()
	p.do(key(text))
}

// last is the text of the chat's last entry, without who says it.
func (p *phonePage) last() string {
	p.t.Helper()
	return eval[string](p, `(() => {
		const node = document.querySelector("#chat > li:last-child")?.cloneNode(true);
		node?.querySelector(".hidden")?.remove();
		return node?.textContent ?? "";
	})()`)
}

// lastSays fails unless the chat's last entry is the account's and holds each word.
func (p *phonePage) lastSays(words ...string) {
	p.t.Helper()
	mustSay(p.t, p.last(), words...)
	if side := eval[string](p, `document.querySelector("#chat > li:last-child").dataset.side`); side != "account" {
		p.t.Errorf("the chat ends with the side %q", side)
	}
}

// holding gives the phone to the member of that name, if need be, and waits until
// the chat is there.
func (p *phonePage) holding(name string) {
	p.t.Helper()
	if eval[string](p, `document.body.dataset.member`) != name {
		p.tap(`#members button[data-name="` + name + `"]`)
	}
	p.wait("the chat of "+name+" is there", `document.body.dataset.member === "`+name+`" && document.querySelector("#log").ariaBusy === "false"`)
}

// keyboard opens the line to write in.
func (p *phonePage) keyboard() {
	p.t.Helper()
	if eval[string](p, `document.querySelector("#bar").dataset.mode`) == "menu" {
		p.tap("#to-keyboard")
	}
	p.wait("the keyboard is open", `document.querySelector("#bar").dataset.mode === "keyboard"`)
}

// says writes a message and waits for the answer.
func (p *phonePage) says(text string) {
	p.t.Helper()
	p.keyboard()
	p.tap("#text")
	p.write(text)
	p.tap("#send")
	p.settle()
}

// speaks sends a voice message of which WeChat recognises text.
func (p *phonePage) speaks(text string) {
	p.t.Helper()
	p.keyboard()
	p.tap("#voice")
	p.tap("#voice-text")
	p.write(text)
	p.tap("#voice-send")
	p.settle()
}

// chooses taps an entry of the account's menu.
func (p *phonePage) chooses(key string) {
	p.t.Helper()
	if eval[string](p, `document.querySelector("#bar").dataset.mode`) == "keyboard" {
		p.tap("#to-menu")
	}
	entry := `#menu [data-key="` + key + `"]`
	if eval[bool](p, `document.querySelector('`+entry+`').closest(".sub")?.hidden === true`) {
		menu := eval[string](p, `document.querySelector('`+entry+`').closest(".slot").lastChild.dataset.menu`)
		p.tap(`#menu [data-menu="` + menu + `"]`)
	}
	p.tap(entry)
	p.settle()
}

// later presses a button that moves the clock.
func (p *phonePage) later(button string) {
	p.t.Helper()
	p.tap("#advance-" + button)
	p.settle()
}

// pane opens a pane of the technician and waits for a condition on it.
func (p *phonePage) pane(name, what, condition string) {
	p.t.Helper()
	p.tap("#tab-" + name)
	p.wait(what, strings.ReplaceAll(condition, "$pane", `document.querySelector("#pane-`+name+`")`))
}
