package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// traced is how many messages the technician can look back on.
const traced = 20

// exchange is one message to the webhook with all its deliveries.
type exchange struct {
	N          int         `json:"n"`
	At         int64       `json:"at"`   // by the sandbox's clock, Unix milliseconds
	From       string      `json:"from"` // openid
	What       string      `json:"what"`
	Deliveries []*delivery `json:"deliveries"`
}

// delivery is one request with its answer, as they went over the wire.
type delivery struct {
	Wall        int64    `json:"wall"` // Unix milliseconds
	Method      string   `json:"method"`
	URL         string   `json:"url"`
	Header      []string `json:"header"`
	Request     string   `json:"request"`
	Opened      string   `json:"opened,omitempty"` // the request decrypted, in safe mode
	Status      int      `json:"status"`           // 0: there was no answer
	ReplyHeader []string `json:"replyHeader"`
	Reply       string   `json:"reply"`
	ReplyOpened string   `json:"replyOpened,omitempty"`
	Error       string   `json:"error,omitempty"`
}

// trace keeps the last messages, in memory: they are of use only now.
type trace struct {
	mu   sync.Mutex
	n    int
	list []exchange
}

func (t *trace) add(x exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n++
	x.N = t.n
	t.list = append(t.list, x)
	t.list = t.list[max(0, len(t.list)-traced):]
}

func (t *trace) last() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n
}

func (t *trace) all() []exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.list)
}

// getTrace answers the last messages, oldest first.
func (p *Phone) getTrace(w http.ResponseWriter, _ *http.Request) {
	list := p.trace.all()
	if list == nil {
		list = []exchange{}
	}
	answer(w, list)
}

// open adds what safe mode hides. What cannot be opened is shown as it came.
func (p *Phone) open(d *delivery) {
	if p.cfg.AESKey == "" {
		return
	}
	for _, c := range []struct {
		sealed string
		opened *string
	}{{d.Request, &d.Opened}, {d.Reply, &d.ReplyOpened}} {
		if strings.HasPrefix(c.sealed, "<xml>") {
			if plain, err := p.plain([]byte(c.sealed)); err == nil {
				*c.opened = string(plain)
			}
		}
	}
}

// headerLines writes a header as its lines, sorted, after those that net/http
// adds itself.
func headerLines(h http.Header, first ...string) []string {
	out := first
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			out = append(out, name+": "+value)
		}
	}
	return out
}
