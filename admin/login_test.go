package admin

import "testing"

// TestInside: signing in leads to pages of the console and nowhere else, whatever the
// address of the form says.
func TestInside(t *testing.T) {
	for next, want := range map[string]string{
		"/admin/accounts": "/admin/accounts", "/admin/audit?by=%E7%8E%8B&to=2026-07-01": "/admin/audit?by=%E7%8E%8B&to=2026-07-01", "": "/admin/",
		"//evil.example/admin/": "/admin/", "https://evil.example/admin/": "/admin/", `/\evil.example`: "/admin/", `/admin/\evil`: "/admin/", "/admin/../healthz": "/admin/",
		"/admin/%2e%2e/healthz": "/admin/", "/admin/..%2fhealthz": "/admin/", "/admin//evil.example": "/admin/", "/admin": "/admin/", "/adminx": "/admin/",
		"/admin/\t//evil": "/admin/", "/admin/\r\nX-A: 1": "/admin/", "javascript:alert(1)": "/admin/", "/admin/%zz": "/admin/", "http:/admin/": "/admin/",
	} {
		if got := inside(next); got != want {
			t.Errorf("%q leads to %q", next, got)
		}
	}
}
