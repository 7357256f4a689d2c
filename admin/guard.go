package admin

import (
	"context"
	"errors"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"dangshi/admin/account"
	"dangshi/admin/frame"
)

// cookieName is that of the session; nameKey and epochKey are what it holds.
const (
	cookieName = "dangshi_admin"
	nameKey    = "name"
	epochKey   = "epoch"
)

// pageTimeout bounds a page where Config sets no limit, slowTimeout one that takes or
// gives files.
const (
	pageTimeout = 10 * time.Second
	slowTimeout = 5 * time.Minute
)

// policy lets a page load what stands beside it and nothing else; there is no script
// or style in pages.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		if overTLS(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// overTLS reports whether the browser speaks TLS, to us or to the proxy before us:
// the header is only left where the proxy is one of ours.
func overTLS(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// local reports whether the browser is on this machine and speaks to it without any
// proxy: nothing goes over a network. A proxy here that leaves no mark is told by the
// page from which a browser says that its request comes.
func local(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() || !hereabouts(r.Host) {
		return false
	}
	for name := range r.Header {
		if name == "Forwarded" || name == "X-Real-Ip" || name == "Via" || strings.HasPrefix(name, "X-Forwarded-") {
			return false
		}
	}
	from := r.Header.Get("Origin")
	if from == "" {
		return true
	}
	u, err := url.Parse(from)
	return err == nil && u.Scheme == "http" && hereabouts(u.Host)
}

// hereabouts reports whether a host, with or without a port, is this machine without
// asking DNS.
func hereabouts(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && a.Unmap().IsLoopback()
}

// secureSession marks the cookie Secure, other than on this machine itself, where
// some browsers would throw it away.
func secureSession(sessions *scs.SessionManager, next http.Handler) http.Handler {
	secure := sessions.LoadAndSave(next)
	here := *sessions
	here.Cookie.Secure = false
	plain := here.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if local(r) && !overTLS(r) {
			plain.ServeHTTP(w, r)
			return
		}
		secure.ServeHTTP(w, r)
	})
}

// signedIn lets those through who are signed in; others sign in first and come back.
func (c *Console) signedIn(at *frame.Section, route frame.Route) http.Handler {
	handle := c.frame.Handler(at, route)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most, limit := route.MaxBody, c.cfg.PageLimit
		if most == 0 {
			most = frame.MaxBody
		}
		if route.Slow {
			limit = slowTimeout
		}
		r, cancel := within(r, limit)
		defer cancel()
		who, ok, err := c.who(r)
		v := c.frame.Visit(w, r, who, at)
		switch {
		case err != nil:
			v.Fail(route.Pattern, err)
		case !ok && !reads(r):
			c.signInAgain(w, r, at, most)
		case !ok:
			http.Redirect(w, r, "/admin/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		case who.OneTime && route.Pattern != "GET /admin/me" && route.Pattern != "POST /admin/me/password" && route.Pattern != "POST /admin/logout":
			http.Redirect(w, r, "/admin/me", http.StatusSeeOther)
		default:
			if route.Slow { // strangers have the server's own time
				control := http.NewResponseController(w)
				_ = control.SetReadDeadline(time.Now().Add(limit))
				_ = control.SetWriteDeadline(time.Now().Add(limit))
			}
			r.Body = http.MaxBytesReader(w, r.Body, most)
			v.R = r
			if err := readForm(r); err != nil {
				v.Fail(route.Pattern, err)
				return
			}
			if route.File {
				c.inTurn(v, route.Pattern, handle)
				return
			}
			handle(v)
		}
	})
}

// readForm reads the fields of a form, unless files come with it: half of one is none.
func readForm(r *http.Request) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/x-www-form-urlencoded" {
		return nil
	}
	err := r.ParseForm()
	var tooLong *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLong) {
		return frame.Bad("送来的内容不完整，什么也没有做。请回到上一页再做一次。")
	}
	return err
}

// who is signed in; ok is false where nobody is, or no longer.
func (c *Console) who(r *http.Request) (a account.Account, ok bool, err error) {
	name := c.sessions.GetString(r.Context(), nameKey)
	if name == "" {
		return a, false, nil
	}
	if a, ok, err = c.cfg.Desk.Current(r.Context(), name, c.sessions.GetInt(r.Context(), epochKey)); err != nil || ok {
		return a, ok, err
	}
	return account.Account{}, false, c.sessions.Destroy(r.Context())
}

// nowhere answers what no route takes: there is no such page, or it is not asked for
// in this way.
func (c *Console) nowhere() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r, cancel := within(r, c.cfg.PageLimit)
		defer cancel()
		who, ok, err := c.who(r)
		v := c.frame.Visit(w, r, who, nil)
		switch allowed := methods(c.declared, r); {
		case err != nil:
			v.Fail("nowhere", err)
		case !ok && !reads(r):
			c.signInAgain(w, r, nil, 0)
		case !ok:
			http.Redirect(w, r, "/admin/login", http.StatusSeeOther)
		case who.OneTime:
			http.Redirect(w, r, "/admin/me", http.StatusSeeOther)
		case len(allowed) > 0:
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			v.Fail("nowhere", frame.Refusal{Status: http.StatusMethodNotAllowed, Text: "这个地址不能这样打开。"})
		default:
			v.Fail("nowhere", frame.NotFound("没有这一页。"))
		}
	}
}

// methods are those by which a path can be asked for.
func methods(declared *http.ServeMux, r *http.Request) (all []string) {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := *r
		other.Method = method
		if _, pattern := declared.Handler(&other); pattern != "" {
			all = append(all, method)
		}
	}
	return all
}

// foreign answers what a page of somebody else's has sent here.
func (c *Console) foreign(w http.ResponseWriter, r *http.Request) {
	c.frame.Visit(w, r, account.Account{}, nil).Fail("foreign", frame.Refusal{Status: http.StatusForbidden, Text: "这是从别的网站送来的，什么也没有做。请从管理台自己的页面再做一次。"})
}

// reads reports whether a request changes nothing.
func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// within bounds the time of a request.
func within(r *http.Request, limit time.Duration) (*http.Request, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	return r.WithContext(ctx), cancel
}

// sessionFailed answers where a session cannot be read. One that cannot be kept has had
// its page: it ends earlier than it should, and who signs in is told.
func (c *Console) sessionFailed(w http.ResponseWriter, r *http.Request, err error) {
	if c.hasSession(r.Context()) {
		c.cfg.Logger.Error("console: a session cannot be kept", "error", err)
		return
	}
	c.frame.Outside(w, r).Fail("session", err)
}

// hasSession reports whether a session, be it a new one, was loaded. scs panics where
// there is none and has no way to ask.
func (c *Console) hasSession(ctx context.Context) (has bool) {
	defer func() { has = recover() == nil }()
	c.sessions.Status(ctx)
	return true
}

// begin makes the session that of an account, under a new token: one that was known
// before is worth nothing afterwards. Errors: quiz.ErrUnavailable.
func (c *Console) begin(ctx context.Context, a account.Account) error {
	if err := c.sessions.RenewToken(ctx); err != nil {
		return err
	}
	if c.sessions.GetString(ctx, nameKey) != a.Name { // what is told and kept there is for somebody else
		if err := c.sessions.Clear(ctx); err != nil {
			return err
		}
	}
	c.sessions.Put(ctx, nameKey, a.Name)
	c.sessions.Put(ctx, epochKey, a.Epoch)
	_, _, err := c.sessions.Commit(ctx)
	return err
}
