package fakeapi

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// callsKept is how many calls are remembered.
const callsKept = 200

// Call is one call as the sandbox's page shows it: no token, no secret, no openid.
type Call struct {
	Time   time.Time `json:"time"` // Asia/Shanghai, the sandbox's clock
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Code   int       `json:"errcode"`
	Cut    bool      `json:"cut,omitempty"` // a fault cut the connection: there was no answer
}

// maxPath bounds the path of a call that is shown, in bytes: no path of the API is longer.
const maxPath = 64

func shown(path string) string { return strings.ToValidUTF8(path[:min(len(path), maxPath)], "") }

// calls are the last ones. The zero value is ready.
type calls struct {
	mu  sync.Mutex
	all []Call
}

func (c *calls) add(one Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, one)
	c.all = c.all[max(0, len(c.all)-callsKept):]
}

// Calls are the last 200 calls of this process, oldest first.
func (a *API) Calls() []Call {
	a.calls.mu.Lock()
	defer a.calls.mu.Unlock()
	return slices.Clone(a.calls.all)
}
