package fakeapi

import (
	"bytes"
	"context"
	"encoding/xml"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Event is what WeChat would push to the account's webhook. Fields are its elements by name,
// without ToUserName, FromUserName, CreateTime and MsgType; an element within another is named by
// the way to it, as SubscribeMsgSentEvent.List.ErrorCode, and of several of one name each has its
// number, as item[2].
type Event struct {
	OpenID string // FromUserName: the member, or massHelper
	Fields map[string]string
}

// massHelper is the FromUserName of events about what was sent to all or published.
const massHelper = "mphelper"

// XML is the document that WeChat would push.
func (e Event) XML(account string, created time.Time) []byte {
	all := map[string]string{
		"ToUserName":   account,
		"FromUserName": e.OpenID,
		"CreateTime":   strconv.FormatInt(created.Unix(), 10),
		"MsgType":      "event",
	}
	maps.Copy(all, e.Fields)
	var b bytes.Buffer
	b.WriteString("<xml>")
	writeFields(&b, all)
	b.WriteString("</xml>")
	return b.Bytes()
}

func writeFields(b *bytes.Buffer, fields map[string]string) {
	inner := map[string]map[string]string{}
	for name, value := range fields {
		first, rest, _ := strings.Cut(name, ".")
		if inner[first] == nil {
			inner[first] = map[string]string{}
		}
		inner[first][rest] = value
	}
	for _, numbered := range slices.Sorted(maps.Keys(inner)) {
		name, _, _ := strings.Cut(numbered, "[")
		b.WriteString("<" + name + ">")
		if value, leaf := inner[numbered][""]; leaf {
			_ = xml.EscapeText(b, []byte(value)) // a buffer takes all
		} else {
			writeFields(b, inner[numbered])
		}
		b.WriteString("</" + name + ">")
	}
}

// eventTime bounds the delivery of one event.
const eventTime = time.Minute

// deliveries hands events on, one after the other.
type deliveries struct {
	mu      sync.Mutex
	free    *sync.Cond // on mu: running became false
	due     int        // calls that have events and are being answered
	queue   []Event
	running bool
}

// expect says that a call is about to be answered whose events come after the answer; what it
// returns hands them on, and does not wait.
func (d *deliveries) expect(to func(context.Context, Event), events []Event) (deliver func()) {
	if to == nil || len(events) == 0 {
		return func() {}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.due++
	return func() { d.deliver(to, events) }
}

func (d *deliveries) deliver(to func(context.Context, Event), events []Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.due--
	d.queue = append(d.queue, events...)
	if !d.running {
		d.running = true
		go d.run(to)
	}
}

func (d *deliveries) run(to func(context.Context, Event)) {
	for {
		d.mu.Lock()
		if len(d.queue) == 0 {
			d.running = false
			d.free.Broadcast()
			d.mu.Unlock()
			return
		}
		e := d.queue[0]
		d.queue = d.queue[1:]
		d.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), eventTime)
		to(ctx, e)
		cancel()
	}
}

// Wait waits until the events of all calls that were answered have been delivered.
func (a *API) Wait() {
	a.events.mu.Lock()
	defer a.events.mu.Unlock()
	for a.events.running || a.events.due > 0 {
		a.events.free.Wait()
	}
}
