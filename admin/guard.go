package admin

import (
	"context"
	"crypto/tls"
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

// pageTimeout bounds a page, slowTimeout one that takes or gives files.
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

// overTLS reports whether the browser speaks TLS, to us or to the proxy before us,
// whose word is only here where it is trusted.
func overTLS(r *http.Request) bool {
	return r.TLS != nil && r.TLS.Version >= tls.VersionTLS12 || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// local reports whether the browser is on this machine and speaks to it without any
// proxy: nothing goes over a network.
func local(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() || r.Header.Get("X-Forwarded-For") != "" {
		return false
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && a.IsLoopback()
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
		most, limit := route.MaxBody, pageTimeout
		if most == 0 {
			most = 1 << 20
		}
		if route.Slow {
			limit = slowTimeout
			control := http.NewResponseController(w)
			_ = control.SetReadDeadline(time.Now().Add(limit)) // else the server's own
			_ = control.SetWriteDeadline(time.Now().Add(limit))
		}
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		r = r.WithContext(ctx)
		who, ok, err := c.who(r)
		v := c.frame.Visit(w, r, who, at)
		switch {
		case err != nil:
			v.Fail(route.Pattern, err)
		case !ok && r.Method != http.MethodGet:
			v.Fail(route.Pattern, frame.Refusal{Status: http.StatusUnauthorized, Text: "登录过期了，什么也没有改。请重新登录再做一次。"})
		case !ok:
			http.Redirect(w, r, "/admin/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		case who.OneTime && route.Pattern != "GET /admin/me" && route.Pattern != "POST /admin/me/password" && route.Pattern != "POST /admin/logout":
			http.Redirect(w, r, "/admin/me", http.StatusSeeOther)
		default:
			r.Body = http.MaxBytesReader(w, r.Body, most)
			v.R = r
			handle(v)
		}
	})
}

// who is signed in; ok is false where nobody is, or no longer.
func (c *Console) who(r *http.Request) (a account.Account, ok bool, err error) {
	name := c.sessions.GetString(r.Context(), nameKey)
	if name == "" {
		return a, false, nil
	}
	if a, ok, err = c.desk.Current(r.Context(), name, c.sessions.GetInt(r.Context(), epochKey)); err != nil || ok {
		return a, ok, err
	}
	return account.Account{}, false, c.sessions.Destroy(r.Context())
}

func (c *Console) nowhere(w http.ResponseWriter, r *http.Request) {
	who, ok, err := c.who(r)
	v := c.frame.Visit(w, r, who, nil)
	if err == nil && !ok {
		http.Redirect(w, r, "/admin/login", http.StatusSeeOther)
		return
	}
	if err == nil && who.OneTime {
		http.Redirect(w, r, "/admin/me", http.StatusSeeOther)
		return
	}
	if err == nil {
		err = frame.NotFound("没有这一页。")
	}
	v.Fail(r.Pattern, err)
}

// sessionFailed answers where sessions cannot be read or written.
func (c *Console) sessionFailed(w http.ResponseWriter, r *http.Request, err error) {
	c.frame.Visit(w, r, account.Account{}, nil).Fail("session", err)
}
