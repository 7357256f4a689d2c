package admin

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestResumedUnconfirmed: what was confirmed before somebody signed in anew is asked for
// once more; what was typed stays.
func TestResumedUnconfirmed(t *testing.T) {
	form := url.Values{"reason": {"本人要求"}, "confirmed": {"0123"}}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/admin/members/x/erase", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	kept, long, files := resumed(r)
	data, err := base64.RawURLEncoding.DecodeString(kept)
	var p resumption
	if err != nil || json.Unmarshal(data, &p) != nil || long || files {
		t.Fatal(kept, long, files, err)
	}
	if p.Fields.Get("reason") != "本人要求" || p.Fields.Has("confirmed") {
		t.Errorf("kept: %v", p.Fields)
	}
}
