package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"dangshi/bot/sandbox"
)

// adds adds a member and gives status and answer.
func (w *phoneWorld) adds(name string) (int, string) {
	w.t.Helper()
	body, err := json.Marshal(map[string]string{"name": name})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.ask("POST", "members", "", string(body))
}

func TestNames(t *testing.T) {
	w := newPhone(t)
	for _, c := range []struct {
		name   string
		status int
		kept   string
	}{
		{"赵师傅", 200, "赵师傅"},
		{"  钱 姐  ", 200, "钱 姐"},
		{"十二个字的名字也可以的啊", 200, "十二个字的名字也可以的啊"},
		{"十三个字的名字就不可以了啊", 400, ""},
		{"", 400, ""},
		{" \u200b\u0000\n", 400, ""},
		{"赵师傅", 400, ""}, // there is one
		{"赵\u200b师傅", 400, ""},
		{"王阿姨", 400, ""},
		{"<b>孙</b>", 200, "＜b＞孙＜/b＞"},
		{"a@b.example", 200, ""}, // whatever Plain makes of it, it is no link
	} {
		status, text := w.adds(c.name)
		if status != c.status {
			t.Errorf("%q: %d %s, want %d", c.name, status, text, c.status)
		}
		members := w.state().Members
		last := members[len(members)-1]
		if c.kept != "" && last.Name != c.kept {
			t.Errorf("%q is kept as %q, want %q", c.name, last.Name, c.kept)
		}
		if strings.ContainsAny(last.Name, "<>&\x00\u200b") {
			t.Errorf("%q is kept as %q", c.name, last.Name)
		}
	}
	for body, want := range map[string]int{`{}`: 400, `{"name":7}`: 400, `{"name":"孙","age":1}`: 400, ``: 400} {
		if status, _ := w.ask("POST", "members", "", body); status != want {
			t.Errorf("%s: %d, want %d", body, status, want)
		}
	}
}

func TestRosterIsBounded(t *testing.T) {
	w := newPhone(t)
	var ids []string
	for n := range 27 {
		status, text := w.adds(fmt.Sprintf("成员%d", n))
		if status != 200 {
			t.Fatal(status, text)
		}
		ids = append(ids, text)
	}
	if status, text := w.adds("第三十一位"); status != 400 || !strings.Contains(text, "30") {
		t.Errorf("%d %s", status, text)
	}
	members := w.state().Members
	if len(members) != 30 || members[0].Name != "王阿姨" || members[29].Name != "成员26" {
		t.Errorf("there are %d members", len(members))
	}
	form := regexp.MustCompile(`^o[A-Za-z0-9_-]{27}$`)
	seen := map[string]bool{}
	for _, m := range members {
		if !form.MatchString(m.ID) || seen[m.ID] {
			t.Errorf("an openid is %q", m.ID)
		}
		seen[m.ID] = true
	}
	if want := `{"id":"` + members[29].ID + `"}`; ids[26] != want {
		t.Errorf("the answer was %s, want %s", ids[26], want)
	}
}

// TestRevision: the page is told all only where something has changed.
func TestRevision(t *testing.T) {
	w := newPhone(t)
	s := w.state()
	if s.Push != "07:30" || s.Safe || s.Now == 0 {
		t.Errorf("the state is %+v", s)
	}
	_, short := w.ask("GET", "state?revision="+s.Revision, "", "")
	if strings.Contains(short, "members") || !strings.Contains(short, s.Revision) {
		t.Errorf("where nothing has changed the answer is %s", short)
	}
	w.follower(0)
	var after told
	w.get("state?revision="+s.Revision, &after)
	if after.Revision == s.Revision || len(after.Members) != 3 {
		t.Errorf("after a change the answer is %+v", after)
	}
}

// TestNewPhoneRefuses settings that cannot work, in words.
func TestNewPhoneRefuses(t *testing.T) {
	w := newPhone(t)
	good := sandbox.PhoneConfig{Webhook: "http://127.0.0.1:1/wechat", Token: testToken, Clock: w.clock, Shelf: w.store.Simulator()}
	if _, err := sandbox.NewPhone(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]option{
		"no clock":   func(c *sandbox.PhoneConfig) { c.Clock = nil },
		"no shelf":   func(c *sandbox.PhoneConfig) { c.Shelf = nil },
		"no webhook": func(c *sandbox.PhoneConfig) { c.Webhook = "" },
		"no scheme":  func(c *sandbox.PhoneConfig) { c.Webhook = "127.0.0.1/wechat" },
		"a short key": func(c *sandbox.PhoneConfig) {
			c.AESKey = "short"
		},
	} {
		cfg := good
		change(&cfg)
		if _, err := sandbox.NewPhone(cfg); err == nil || strings.Contains(err.Error(), "short") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOnlyThisMachine: neither another page nor another name gets to the phone.
func TestOnlyThisMachine(t *testing.T) {
	w := newPhone(t)
	id := w.follower(0)
	for name, change := range map[string]func(*http.Request){
		"another page":  func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another name":  func(r *http.Request) { r.Host = "rebound.example" },
		"through proxy": func(r *http.Request) { r.Header.Set("X-Forwarded-For", "203.0.113.7") },
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", w.url+"/sandbox/send", strings.NewReader(`{"member":"`+id+`","type":"image"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		change(r)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
}
