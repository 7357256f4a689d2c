package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/bot/wechat/peer"
)

// menuItem is a button of the account's menu as the page shows it.
type menuItem struct {
	Name string     `json:"name"`
	Type string     `json:"type"`
	Key  string     `json:"key,omitempty"`
	URL  string     `json:"url,omitempty"` // http or https
	Sub  []menuItem `json:"sub,omitempty"`
}

// menu is the account's menu as the API has installed it.
func (p *Phone) menu(ctx context.Context) ([]menuItem, error) {
	if p.cfg.API == nil {
		return nil, nil
	}
	buttons, err := p.cfg.API.Menu(ctx)
	if err != nil {
		return nil, err
	}
	return menuItems(buttons), nil
}

func menuItems(buttons []fakeapi.Button) (items []menuItem) {
	for _, b := range buttons {
		items = append(items, menuItem{Name: b.Name, Type: b.Type, Key: b.Key, URL: webURL(b.URL), Sub: menuItems(b.SubButton)})
	}
	return items
}

// interact opens the window in which the account may write to a member.
func (p *Phone) interact(ctx context.Context, f peer.Fields) error {
	if p.cfg.API == nil {
		return nil
	}
	kind := fakeapi.Wrote
	switch {
	case f["Event"] == "subscribe":
		kind = fakeapi.Followed
	case f["Event"] == "unsubscribe":
		kind = fakeapi.Unfollowed
	case f["Event"] == "SCAN":
		kind = fakeapi.Scanned
	case f["MsgType"] == "event", f["bizmsgmenuid"] != "":
		kind = fakeapi.Tapped
	}
	return p.cfg.API.Interact(ctx, f["FromUserName"], kind)
}

// reaches reports whether a message goes to m.
func reaches(s fakeapi.Sent, m *person) bool {
	return m.Follows && (s.ToAll || slices.Contains(s.To, m.ID))
}

// entryOf is a message of the outbox as it lies in a chat.
func entryOf(s fakeapi.Sent) entry {
	e := entry{ID: "sent-" + strconv.FormatInt(s.ID, 10), At: s.Time.UnixMilli(), Side: fromAccount, Kind: "text", Text: s.Content, URL: webURL(s.URL)}
	for _, a := range s.Articles {
		e.Articles = append(e.Articles, article{Title: a.Title, Description: a.Digest, URL: webURL(a.URL)})
	}
	for _, item := range s.Menu {
		e.Menu = append(e.Menu, tap{Content: item.Content, MenuID: item.ID})
	}
	switch {
	case s.Kind == fakeapi.KindTemplate || s.Kind == fakeapi.KindSubscribe:
		e.Kind = "notice"
	case len(e.Articles) > 0:
		e.Kind = "news"
	case s.MsgType != "text" && s.MsgType != "msgmenu":
		e.Text = strings.TrimSpace("［" + mediaName(s.MsgType) + "］" + s.Content)
	}
	return e
}

// mediaName names what the phone cannot show.
func mediaName(kind string) string {
	switch kind {
	case "image":
		return "图片"
	case "voice":
		return "语音"
	case "video", "mpvideo":
		return "视频"
	case "music":
		return "音乐"
	}
	return kind
}

// menuParts are the parts of a message with options (msgmenu): each is a line of
// its text.
func menuParts(text string, options []tap) (parts []part) {
	for _, o := range options {
		at := lineOf(text, o.Content)
		if at < 0 {
			continue
		}
		parts = append(parts, parseParts(text[:at])...)
		parts = append(parts, part{Text: o.Content, Tap: &tap{o.Content, o.MenuID}})
		text = text[at+len(o.Content):]
	}
	return append(parts, parseParts(text)...)
}

// lineOf is where line stands in text as a line of its own, or -1.
func lineOf(text, line string) int {
	for from := 0; from <= len(text); {
		at := strings.Index(text[from:], line)
		if at < 0 {
			return -1
		}
		at += from
		end := at + len(line)
		if (at == 0 || text[at-1] == '\n') && (end == len(text) || text[end] == '\n') {
			return at
		}
		from = at + 1
	}
	return -1
}

// OutboxHandler answers GET with what the account sent by itself: a JSON array,
// oldest first, [] when there is nothing.
func OutboxHandler(api *fakeapi.API) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "只接受 GET", http.StatusMethodNotAllowed)
			return
		}
		sent, err := api.Outbox(r.Context())
		if err != nil {
			http.Error(w, "发件箱暂时读不出来，请稍后再试", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		// The client has gone where this fails.
		_ = json.NewEncoder(w).Encode(append([]fakeapi.Sent{}, sent...))
	})
}
