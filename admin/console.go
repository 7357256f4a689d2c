// Package admin is the web console for administrators and staff, at /admin/: its
// pages are the packages below it, frame is what they share, account who may sign in.
package admin

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"dangshi/admin/account"
	"dangshi/admin/frame"
)

// Path is where the console is.
const Path = "/admin/"

// Config is what the console needs. Each page declares what it needs of the data; its
// section is made by whoever wires the rooms, and added here in the order of the
// navigation.
type Config struct {
	Desk      *account.Desk
	Sessions  scs.CtxStore
	Caller    func(*http.Request) netip.Addr // whom attempts to sign in are counted for
	Now       func() time.Time               // the product's, the sandbox's in a sandbox
	Sandbox   bool
	Logger    *slog.Logger
	Sections  []frame.Section
	PageLimit time.Duration // how long a page may take; 0: ten seconds
	Spool     string        // folder for files that browsers are fetching; made when needed
}

// Console answers everything below Path.
type Console struct {
	cfg      Config
	frame    *frame.Frame
	sessions *scs.SessionManager
	handler  http.Handler
	files    chan struct{} // holds one for each file that is being made
	hands    sync.Map      // by account: what it holds for its files
	spools   *spools
	declared *http.ServeMux            // what can be asked for; it never answers
	actions  map[string]*frame.Section // whose a pattern is
	rights   map[string]account.Right  // that a pattern takes
}

// sessionLife is how long somebody stays signed in at most, and sessionIdle how long
// without asking for a page.
const (
	sessionLife = 12 * time.Hour
	sessionIdle = 2 * time.Hour
)

// New makes the console.
func New(cfg Config) (*Console, error) {
	cfg.PageLimit = cmp.Or(cfg.PageLimit, pageTimeout)
	c := &Console{cfg: cfg, files: make(chan struct{}, filesAtOnce), spools: newSpools(cfg.Spool, cfg.Logger)}
	c.sessions = &scs.SessionManager{ // not scs.New: its store in memory never ends
		Store: cfg.Sessions, HashTokenInStore: true, Codec: scs.GobCodec{},
		Lifetime: sessionLife, IdleTimeout: sessionIdle, ErrorFunc: c.sessionFailed,
		Cookie: scs.SessionCookie{Name: cookieName, HttpOnly: true, Path: Path, SameSite: http.SameSiteStrictMode, Secure: true},
	}
	var err error
	if c.frame, err = frame.New(frame.Config{Sessions: c.sessions, Now: cfg.Now, Sandbox: cfg.Sandbox, Logger: cfg.Logger}); err != nil {
		return nil, err
	}
	for _, s := range append(cfg.Sections, c.own()) {
		if err := c.frame.Add(s); err != nil {
			return nil, err
		}
	}
	c.handler = c.routes()
	return c, nil
}

// Routes are all routes that somebody must be signed in for, with what they take.
func (c *Console) Routes() (all []frame.Route) {
	for _, s := range c.frame.Sections() {
		all = append(all, s.Routes...)
	}
	return all
}

func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

func (c *Console) routes() http.Handler {
	inside := http.NewServeMux()
	c.declared, c.actions, c.rights = http.NewServeMux(), map[string]*frame.Section{}, map[string]account.Right{}
	for _, s := range c.frame.Sections() {
		for _, route := range s.Routes {
			inside.Handle(route.Pattern, c.signedIn(s, route))
			c.declared.Handle(route.Pattern, http.NotFoundHandler())
			c.actions[route.Pattern], c.rights[route.Pattern] = s, route.Right
		}
	}
	inside.HandleFunc("GET /admin/login", c.loginPage)
	inside.HandleFunc("POST /admin/login", c.login)
	inside.HandleFunc("/admin/", c.nowhere())
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(c.foreign))
	mux := http.NewServeMux()
	mux.Handle("GET /admin/assets/", c.frame.Assets())
	mux.Handle("/", secureSession(c.sessions, sameOrigin.Handler(inside)))
	return headers(mux)
}
