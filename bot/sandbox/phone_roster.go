package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dangshi/content"
	"dangshi/quiz"
)

// rosterName is the shelf's name of the roster.
const rosterName = "phone:roster"

// Bounds of the roster.
const (
	maxMembers = 30
	maxName    = 12 // characters
)

// roster is who holds the phone.
type roster struct {
	Members []*person `json:"members"`
	// Seen is the id of the last message in the outbox that lies in the chats.
	Seen int64 `json:"seen"`
}

// person is one member of the sandbox, as WeChat knows them.
type person struct {
	ID      string `json:"id"` // openid
	Name    string `json:"name"`
	Follows bool   `json:"follows"`
	// Count is how many entries the chat ever had, Unread how many of them came
	// since the member last looked.
	Count  int `json:"count"`
	Unread int `json:"unread"`
}

func (r *roster) find(id string) *person {
	for _, m := range r.Members {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// starters are the members at the first start.
func starters() *roster {
	r := &roster{}
	for _, name := range []string{"王阿姨", "李老师", "小张"} {
		r.Members = append(r.Members, &person{ID: newOpenID(), Name: name})
	}
	return r
}

// newOpenID makes an id like WeChat's: 28 characters, the first an o.
func newOpenID() string {
	var b [21]byte
	_, _ = rand.Read(b[:]) // never fails: the runtime ends the program instead
	return ("o" + base64.RawURLEncoding.EncodeToString(b[:]))[:28]
}

// load reads the roster; where there is none yet it is that of the first start.
func (p *Phone) load(ctx context.Context) (*roster, quiz.Version, error) {
	value, version, err := p.cfg.Shelf.Load(ctx, rosterName)
	if err != nil {
		return nil, "", err
	}
	if version == "" {
		return starters(), "", nil
	}
	r := &roster{}
	if err := json.Unmarshal(value, r); err != nil {
		return nil, "", fmt.Errorf("the phone's roster is damaged: %w", err)
	}
	return r, version, nil
}

// members reads the roster and sees to it that it lasts: the openids of the
// first start are drawn once.
func (p *Phone) members(ctx context.Context) (*roster, error) {
	r, version, err := p.load(ctx)
	if err != nil || version != "" {
		return r, err
	}
	return p.change(ctx, func(*roster) error { return nil })
}

// attempts bounds how often a change is tried against those of other replicas,
// giveWay how long each waits after the first time.
const (
	attempts = 20
	giveWay  = 5 * time.Millisecond
)

// change applies f to the roster and keeps it. f may be called more than once.
func (p *Phone) change(ctx context.Context, f func(*roster) error) (*roster, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := range attempts {
		if n > 0 {
			time.Sleep(mathrand.N(giveWay * time.Duration(n))) // 1 s at the most: no reason to look at ctx
		}
		r, version, err := p.load(ctx)
		if err != nil {
			return nil, err
		}
		if err := f(r); err != nil {
			return nil, err
		}
		value, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		if _, err = p.cfg.Shelf.Save(ctx, rosterName, value, version); err == nil {
			return r, nil
		}
		// An unknown outcome is tried again as well: what f does bears being done
		// twice, but for a count, which only has to grow.
		if !errors.Is(err, quiz.ErrConflict) && !errors.Is(err, quiz.ErrUnknown) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("the phone's roster: %w", quiz.ErrConflict)
}

// Followers are the openids of the members that follow the account.
func (p *Phone) Followers(ctx context.Context) ([]string, error) {
	r, err := p.members(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, m := range r.Members {
		if m.Follows {
			ids = append(ids, m.ID)
		}
	}
	return ids, nil
}

var errUnknownMember = &fault{http.StatusNotFound, "没有这位成员，请刷新页面"}

// postMember adds a member: {"name":"…"}.
func (p *Phone) postMember(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name string `json:"name"`
	}
	if err := readJSON(w, r, &in); err != nil {
		p.fail(w, r, err)
		return
	}
	name := strings.TrimSpace(content.Plain(in.Name))
	if n := utf8.RuneCountInString(name); n == 0 || n > maxName {
		p.fail(w, r, badRequest(fmt.Sprintf("名字应为 1 到 %d 个字", maxName)))
		return
	}
	id := newOpenID()
	_, err := p.change(r.Context(), func(r *roster) error {
		switch {
		case r.find(id) != nil: // the first try was kept after all
		case len(r.Members) >= maxMembers:
			return badRequest(fmt.Sprintf("最多 %d 位成员", maxMembers))
		case slices.ContainsFunc(r.Members, func(m *person) bool { return m.Name == name }):
			return badRequest("已经有叫这个名字的成员了")
		default:
			r.Members = append(r.Members, &person{ID: id, Name: name})
		}
		return nil
	})
	if err != nil {
		p.fail(w, r, err)
		return
	}
	answer(w, map[string]string{"id": id})
}

// postRead notes that a member has looked at the chat: {"member":"…"}.
func (p *Phone) postRead(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Member string `json:"member"`
	}
	err := readJSON(w, r, &in)
	if err == nil {
		_, err = p.change(r.Context(), func(r *roster) error {
			m := r.find(in.Member)
			if m == nil {
				return errUnknownMember
			}
			m.Unread = 0
			return nil
		})
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	answer(w, struct{}{})
}

// state is what the page polls.
type state struct {
	Revision string     `json:"revision"` // of all that follows; the page sends it back
	Account  string     `json:"account"`
	Safe     bool       `json:"safe"` // messages are encrypted
	Members  []*person  `json:"members"`
	Menu     []menuItem `json:"menu"`
	Trace    int        `json:"trace"` // the number of the last delivery
	API      bool       `json:"api"`
	Ledger   bool       `json:"ledger"`
	Push     string     `json:"push,omitempty"` // when the day's message goes out, as 07:30
}

// getState answers {"now":…} alone while the page's revision still holds.
func (p *Phone) getState(w http.ResponseWriter, r *http.Request) {
	s, err := p.state(r.Context())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	now := p.cfg.Clock.Now().UnixMilli()
	if r.FormValue("revision") == s.Revision {
		answer(w, map[string]any{"now": now, "revision": s.Revision})
		return
	}
	answer(w, struct {
		Now int64 `json:"now"`
		*state
	}{now, s})
}

func (p *Phone) state(ctx context.Context) (*state, error) {
	r, err := p.pump(ctx)
	if err != nil {
		return nil, err
	}
	s := &state{
		Account: p.cfg.Account, Safe: p.cfg.AESKey != "", Members: r.Members,
		Trace: p.trace.last(), API: p.cfg.API != nil, Ledger: p.cfg.Ledger != nil, Push: p.cfg.PushAt,
	}
	if s.Menu, err = p.menu(ctx); err != nil {
		return nil, err
	}
	s.Revision, err = revision(s)
	return s, err
}
