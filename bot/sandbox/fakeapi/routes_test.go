package fakeapi_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
)

// allRoutes are the paths with the quotas that WeChat's documents name: method, path, calls a
// day, calls a minute (0: any number), and who may call: all, service (accounts), anyone (without
// a token).
const allRoutes = `
GET  /cgi-bin/token                               2000      0  anyone
POST /cgi-bin/stable_token                      500000  10000  anyone
GET  /cgi-bin/getcallbackip                     100000      0  all
GET  /cgi-bin/get_api_domain_ip                 100000      0  all
POST /cgi-bin/clear_quota                       100000      0  all
POST /cgi-bin/clear_quota/v2                    100000      0  anyone
POST /cgi-bin/openapi/quota/get                 100000      0  all
POST /cgi-bin/message/mass/sendall                 100     60  all
POST /cgi-bin/message/mass/send                    100     60  all
POST /cgi-bin/message/mass/preview                 100      0  all
POST /cgi-bin/message/mass/get                  100000      0  all
POST /cgi-bin/message/mass/delete               100000      0  all
POST /cgi-bin/message/mass/speed/get            100000      0  all
POST /cgi-bin/message/mass/speed/set            100000      0  all
POST /cgi-bin/message/custom/send               500000      0  all
POST /cgi-bin/message/custom/typing             500000      0  all
POST /cgi-bin/message/template/send             100000      0  service
POST /cgi-bin/template/api_add_template         100000      0  service
GET  /cgi-bin/template/get_all_private_template 100000      0  service
POST /cgi-bin/template/del_private_template     100000      0  service
POST /cgi-bin/message/subscribe/bizsend         100000      0  service
POST /wxaapi/newtmpl/addtemplate                100000      0  service
POST /wxaapi/newtmpl/deltemplate                100000      0  service
GET  /wxaapi/newtmpl/gettemplate                100000      0  service
GET  /wxaapi/newtmpl/getcategory                100000      0  service
GET  /wxaapi/newtmpl/getpubtemplatetitles       100000      0  service
GET  /wxaapi/newtmpl/getpubtemplatekeywords     100000      0  service
POST /cgi-bin/draft/add                           1000      0  all
POST /cgi-bin/draft/get                            500      0  all
POST /cgi-bin/draft/update                        1000      0  all
POST /cgi-bin/draft/delete                        1000      0  all
GET  /cgi-bin/draft/count                         1000      0  all
POST /cgi-bin/draft/batchget                      1000      0  all
POST /cgi-bin/freepublish/submit                   100      0  all
POST /cgi-bin/freepublish/get                      100      0  all
POST /cgi-bin/freepublish/getarticle               100      0  all
POST /cgi-bin/freepublish/batchget                 100      0  all
POST /cgi-bin/freepublish/delete                    10      0  all
FILE /cgi-bin/media/upload                      100000      0  all
GET  /cgi-bin/media/get                         200000      0  all
FILE /cgi-bin/media/uploadimg                   100000      0  all
FILE /cgi-bin/material/add_material             100000      0  all
POST /cgi-bin/material/get_material             100000      0  all
POST /cgi-bin/material/del_material             100000      0  all
GET  /cgi-bin/material/get_materialcount        100000      0  all
POST /cgi-bin/material/batchget_material        100000      0  all
POST /cgi-bin/menu/create                         1000      0  all
GET  /cgi-bin/menu/get                           10000      0  all
GET  /cgi-bin/menu/delete                         1000      0  all
GET  /cgi-bin/get_current_selfmenu_info          10000      0  all
GET  /cgi-bin/get_current_autoreply_info        100000      0  all
POST /cgi-bin/qrcode/create                     100000      0  service
GET  /cgi-bin/user/get                             500      0  all
GET  /cgi-bin/user/info                        5000000      0  all
POST /cgi-bin/tags/create                         1000      0  all
GET  /cgi-bin/tags/get                            1000      0  all
POST /cgi-bin/tags/delete                         1000      0  all
POST /cgi-bin/tags/members/batchtagging         100000      0  all
POST /cgi-bin/tags/members/batchuntagging       100000      0  all
POST /cgi-bin/user/tag/get                      100000      0  all
`

// route is one line of the table.
type route struct {
	method, path string
	file         bool
	day, minute  int
	who          string
}

func tableOfRoutes(t *testing.T) (all []route) {
	t.Helper()
	for line := range strings.Lines(strings.TrimSpace(allRoutes)) {
		var r route
		if _, err := fmt.Sscan(line, &r.method, &r.path, &r.day, &r.minute, &r.who); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if r.file = r.method == "FILE"; r.file {
			r.method = "POST"
		}
		all = append(all, r)
	}
	return all
}

func TestRoutesAreTheDocumentedOnes(t *testing.T) {
	want := map[string]fakeapi.Route{}
	for _, r := range tableOfRoutes(t) {
		want[r.path] = fakeapi.Route{
			Post: r.method == "POST", Upload: r.file, Open: r.who == "anyone", Service: r.who == "service", Day: r.day, Minute: r.minute,
		}
	}
	got := fakeapi.Routes()
	for _, path := range slices.Sorted(maps.Keys(got)) {
		if got[path] != want[path] {
			t.Errorf("%s: %+v, documented %+v", path, got[path], want[path])
		}
	}
	for path := range want {
		if _, there := got[path]; !there {
			t.Errorf("%s is not there", path)
		}
	}
}

// attempt is one call that must be refused.
type attempt struct {
	what, method, target, contentType, body string
	code                                    int
}

func attempts(w *world, r route) (all []attempt) {
	signed := w.signed(r.path)
	add := func(what, method, target, contentType, body string, code int) {
		all = append(all, attempt{what, method, target, contentType, body, code})
	}
	wrong := 43001
	if r.method == "POST" {
		wrong = 43002
		add("GET", "GET", signed, "", "", wrong)
	}
	for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS"} {
		add(method, method, signed, "application/json", "{}", wrong)
	}
	if r.who != "anyone" {
		add("no token", r.method, r.path, "", "", 41001)
		add("empty token", r.method, r.path+"?access_token=", "", "", 41001)
		add("false token", r.method, r.path+"?access_token=x", "", "", 40001)
		add("token in the body", r.method, r.path, "application/x-www-form-urlencoded", "access_token="+w.token, 41001)
	}
	add("path goes on", r.method, strings.Replace(signed, r.path, r.path+"/", 1), "", "", 40066)
	add("other case", r.method, strings.Replace(signed, r.path, strings.ToUpper(r.path), 1), "", "", 40066)
	switch {
	case r.file:
		add("no body", "POST", signed, "", "", 41005)
		add("JSON", "POST", signed, "application/json", "{}", 41005)
		add("no boundary", "POST", signed, "multipart/form-data", "--x--", 41005)
	case r.method == "POST" && r.path != "/cgi-bin/message/mass/speed/get" && r.path != "/cgi-bin/clear_quota/v2":
		add("no body", "POST", signed, "application/json", "", 44002)
		add("white space", "POST", signed, "application/json", " \n\t", 44002)
		for what, body := range map[string]string{
			"a brace": "{", "a list": "[]", "a number": "7", "a string": `"x"`, "two objects": "{}{}", "a form": "a=1",
			"XML": "<xml></xml>", "no UTF-8": "{\"a\":\"\xff\"}", "GBK": "{\"a\":\"\xb5\xb3\"}",
			"a very deep list": strings.Repeat("[", 100_000), "very deep": strings.Repeat(`{"a":`, 100_000),
		} {
			add(what, "POST", signed, "application/json", body, 47001)
		}
	}
	return all
}

// Whatever is wrong with the form of a call, each path says so in the same way.
func TestEveryPathRefusesWhatIsNotACall(t *testing.T) {
	for _, r := range tableOfRoutes(t) {
		w := open(t, fakeapi.Config{Service: true})
		for _, a := range attempts(w, r) {
			// Some paths take ten calls a day.
			no(t, w.Spend(t.Context(), r.path, 0, 0))
			got := w.ask(a.method, a.target, a.contentType, a.body)
			if got.code() != a.code || got.status != http.StatusOK {
				t.Errorf("%s, %s: status %d, %s; want %d", r.path, a.what, got.status, got.body, a.code)
			}
		}
		if events := w.heard(); len(w.sent())+len(events) != 0 {
			t.Errorf("%s did something: %+v, %+v", r.path, w.sent(), events)
		}
	}
}

// What may be asked for with GET is answered to POST, too: nothing in the documents forbids it.
func TestGetIsNotInsistedOn(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	for _, r := range tableOfRoutes(t) {
		if r.method != "GET" {
			continue
		}
		get, post := w.get(r.path), w.post(r.path, "")
		if get.code() != post.code() {
			t.Errorf("%s: %s, by POST %s", r.path, get.body, post.body)
		}
	}
}

func TestPathsForServiceAccounts(t *testing.T) {
	w := open(t, fakeapi.Config{})
	for _, r := range tableOfRoutes(t) {
		got := w.ask(r.method, w.signed(r.path), "application/json", "{}")
		if refused := got.code() == 48001; refused != (r.who == "service") {
			t.Errorf("%s: %s", r.path, got.body)
		}
	}
}

// Each path has its own quota a day, which refused calls use up as well, and which the next day
// in Shanghai gives back.
func TestDailyQuotaOfEveryPath(t *testing.T) {
	for _, r := range tableOfRoutes(t) {
		w := open(t, fakeapi.Config{Service: true})
		call := func() int { return w.ask(r.method, w.signed(r.path), "application/json", "{}").code() }
		w.signed(r.path)
		no(t, w.Spend(t.Context(), r.path, r.day-1, 0))
		last, over := call(), call()
		if last == 45009 || over != 45009 {
			t.Errorf("%s: call %d of the day: %d; one more: %d", r.path, r.day, last, over)
		}
		w.clock.add(16*time.Hour + 29*time.Minute + 59*time.Second)
		w.token = ""
		if r.path != "/cgi-bin/stable_token" {
			if code := call(); code != 45009 {
				t.Errorf("%s: at 23:59:59 %d", r.path, code)
			}
		}
		w.clock.add(time.Second)
		if code := call(); code == 45009 {
			t.Errorf("%s: at midnight it is still used up", r.path)
		}
	}
}

func TestQuotaOfAMinute(t *testing.T) {
	for _, r := range tableOfRoutes(t) {
		if r.minute == 0 {
			continue
		}
		w := open(t, fakeapi.Config{Service: true})
		call := func() int { return w.ask(r.method, w.signed(r.path), "application/json", "{}").code() }
		w.signed(r.path)
		no(t, w.Spend(t.Context(), r.path, 0, r.minute-2))
		if one, two, over := call(), call(), call(); one == 45011 || two == 45011 || over != 45011 {
			t.Errorf("%s: %d, %d, then %d", r.path, one, two, over)
		}
		w.clock.add(59 * time.Second)
		if code := call(); code != 45011 {
			t.Errorf("%s: in the same minute %d", r.path, code)
		}
		w.clock.add(time.Second)
		if code := call(); code == 45011 {
			t.Errorf("%s: in the next minute it is still refused", r.path)
		}
	}
}

// clear_quota gives the calls of the day back, ten times a month; neither those of the minute nor
// the mass message.
func TestClearQuota(t *testing.T) {
	w := open(t, fakeapi.Config{})
	const sendAll = "/cgi-bin/message/mass/sendall"
	text := `{"filter":{"is_to_all":true},"msgtype":"text","text":{"content":"%d"}}`
	if a := w.post(sendAll, fmt.Sprintf(text, 0)); a.code() != 0 {
		t.Fatal(string(a.body))
	}
	no(t, w.Spend(t.Context(), sendAll, 100, 60))
	clear := func() int { return w.post("/cgi-bin/clear_quota", `{"appid":"`+appID+`"}`).code() }
	if code := w.post(sendAll, fmt.Sprintf(text, 1)).code(); code != 45009 {
		t.Fatalf("used up: %d", code)
	}
	if code := clear(); code != 0 {
		t.Fatal(code)
	}
	if code := w.post(sendAll, fmt.Sprintf(text, 1)).code(); code != 45011 {
		t.Errorf("within the minute: %d", code)
	}
	w.clock.add(time.Minute)
	if code := w.post(sendAll, fmt.Sprintf(text, 1)).code(); code != 45028 {
		t.Errorf("a second mass message: %d", code)
	}
	for i := 2; i <= 10; i++ {
		if code := clear(); code != 0 {
			t.Fatalf("time %d: %d", i, code)
		}
	}
	if code := clear(); code != 48006 {
		t.Errorf("time 11: %d", code)
	}
	if code := w.ask("POST", "/cgi-bin/clear_quota/v2?appid="+appID+"&appsecret="+secret, "", "").code(); code != 48006 {
		t.Errorf("by secret: %d", code)
	}
	w.clock.add(30 * 24 * time.Hour) // July
	w.token = ""
	if code := clear(); code != 0 {
		t.Errorf("next month: %d", code)
	}
}
