package sandbox

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"mime"
	"net/http"
	"slices"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

// kept is how many entries of a chat are kept.
const kept = 400

// The sides of a chat.
const (
	fromMember  = "member"
	fromAccount = "account"
	fromWeChat  = "wechat" // a grey line in the middle
)

// entry is one message or line of a chat.
type entry struct {
	ID   string `json:"id"`
	At   int64  `json:"at"` // by the sandbox's clock, Unix milliseconds
	Side string `json:"side"`
	// Kind is text, voice, location, image, sticker, news, notice (a template or
	// subscribe message), line (WeChat's own words) or fault (WeChat's, too).
	Kind     string    `json:"kind"`
	Text     string    `json:"text,omitempty"`
	Ref      string    `json:"ref,omitempty"` // the page's own id of what it sent
	URL      string    `json:"url,omitempty"` // where a notice leads
	Articles []article `json:"articles,omitempty"`
	Media    string    `json:"media,omitempty"` // media_id of the account's picture
	Menu     []tap     `json:"menu,omitempty"`  // what can be tapped, besides the text's links
	Parts    []part    `json:"parts,omitempty"` // of the text, made when it is read
}

// article is one card of a news message.
type article struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url,omitempty"`
}

func chatName(member string) string { return "phone:chat:" + member }

// put adds an entry to a member's chat. It is appended before the roster tells
// of it: a crash between leaves an entry that is seen with the next one.
func (p *Phone) put(ctx context.Context, member string, e entry) error {
	if err := p.appendEntry(ctx, member, e); err != nil {
		return err
	}
	_, err := p.change(ctx, func(r *roster) error {
		m := r.find(member)
		if m == nil {
			return errUnknownMember
		}
		m.note(e)
		return nil
	})
	return err
}

func (p *Phone) appendEntry(ctx context.Context, member string, e entry) error {
	value, err := json.Marshal(e)
	if err != nil {
		return err
	}
	err = p.cfg.Shelf.Append(ctx, chatName(member), value, kept)
	if errors.Is(err, quiz.ErrUnknown) { // twice is as good as once
		err = p.cfg.Shelf.Append(ctx, chatName(member), value, kept)
	}
	return err
}

func (m *person) note(e entry) {
	m.Count++
	if e.Side == fromAccount {
		m.Unread++
	}
}

// pump puts what the account sent by itself into the chats of those to whom it
// went, and returns the roster. It runs before anything that a member does, so a
// message to all reaches those who followed when it was sent. A crash after the
// entries and before the roster appends them again: they are read once.
func (p *Phone) pump(ctx context.Context) (*roster, error) {
	r, err := p.members(ctx)
	if err != nil || p.cfg.API == nil {
		return r, err
	}
	sent, err := p.cfg.API.OutboxAfter(ctx, r.Seen) // ids grow
	if err != nil || len(sent) == 0 {
		return r, err
	}
	appended := map[string]bool{} // by member and entry: a conflict calls again
	return p.change(ctx, func(r *roster) error {
		for _, s := range sent {
			if s.ID <= r.Seen {
				continue
			}
			r.Seen = s.ID
			e := entryOf(s)
			for _, m := range r.Members {
				if !reaches(s, m) {
					continue
				}
				if key := m.ID + e.ID; !appended[key] {
					if err := p.appendEntry(ctx, m.ID, e); err != nil {
						return err
					}
					appended[key] = true
				}
				m.note(e)
			}
		}
		return nil
	})
}

// getChat answers the entries of a member's chat after the one with the id
// "after", or all where that is not among them: {"entries":[…],"whole":true}.
func (p *Phone) getChat(w http.ResponseWriter, r *http.Request) {
	member, after := r.FormValue("member"), r.FormValue("after")
	roster, err := p.members(r.Context())
	if err == nil && roster.find(member) == nil {
		err = errUnknownMember
	}
	var entries []entry
	if err == nil {
		entries, err = p.chat(r.Context(), member)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	at := slices.IndexFunc(entries, func(e entry) bool { return e.ID == after })
	entries = entries[at+1:]
	for i := range entries {
		if e := &entries[i]; e.Side == fromAccount {
			e.Parts, e.Menu = menuParts(e.Text, e.Menu), nil
		}
	}
	answer(w, map[string]any{"entries": entries, "whole": at < 0})
}

// chat reads a chat, oldest first, each entry once. One that cannot be read is
// left out: it must not hide the others.
func (p *Phone) chat(ctx context.Context, member string) ([]entry, error) {
	values, err := p.cfg.Shelf.List(ctx, chatName(member))
	if err != nil {
		return nil, err
	}
	entries := make([]entry, 0, len(values))
	seen := make(map[string]bool, len(values))
	for _, value := range values {
		var e entry
		err := json.Unmarshal(value, &e)
		if err == nil && e.ID == "" {
			err = errors.New("it has no id")
		}
		if err != nil {
			p.log.ErrorContext(ctx, "sandbox: an entry of a chat is damaged", "error", err)
			continue
		}
		if !seen[e.ID] {
			seen[e.ID] = true
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// getMedia shows a picture of a reply for as long as WeChat would have it.
func (p *Phone) getMedia(w http.ResponseWriter, r *http.Request) {
	data, kind, ok, err := p.cfg.API.Picture(r.Context(), r.PathValue("id"))
	if err == nil && !ok {
		err = &fault{http.StatusNotFound, "图片已过期"}
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(data) // the page was closed where this fails
}

// getLedger shows the ledger of the push.
func (p *Phone) getLedger(w http.ResponseWriter, r *http.Request) {
	if p.cfg.Ledger == nil {
		p.fail(w, r, &fault{http.StatusNotFound, "没有推送台账"})
		return
	}
	ledger, err := p.cfg.Ledger(r.Context())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	answer(w, ledger)
}

// getCalls shows what the account asked the API for.
func (p *Phone) getCalls(w http.ResponseWriter, _ *http.Request) {
	calls := []fakeapi.Call{}
	if p.cfg.API != nil {
		calls = append(calls, p.cfg.API.Calls()...)
	}
	answer(w, calls)
}

// revision is a hash of what the page is told.
func revision(v any) (string, error) {
	h := fnv.New64a()
	if err := json.NewEncoder(h).Encode(v); err != nil {
		return "", fmt.Errorf("the page's state: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}
