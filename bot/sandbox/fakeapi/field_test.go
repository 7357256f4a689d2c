package fakeapi_test

import (
	"fmt"
	"strings"
	"testing"

	"dangshi/bot/sandbox/fakeapi"
)

const pathNotice = "/cgi-bin/message/subscribe/bizsend"

// TestFieldLimits goes through what the documents say of each kind of field. The library of
// templates here has these kinds: the others are the same rules under other names.
func TestFieldLimits(t *testing.T) {
	for _, c := range []struct {
		kid        int
		field      string
		good, poor []string
	}{
		{1, "thing1", []string{"今", strings.Repeat("字", 20), strings.Repeat("a", 20), "汉字、abc 123！😀"}, []string{"", " ", "\n", strings.Repeat("字", 21), strings.Repeat("😀", 21)}},
		{2, "date2", []string{"2026年7月1日", "2026年07月01日", "2026-07-01", "2026/7/1", "2026.7.1", "2026年7月1日 15:01", "2026年7月1日~2026年7月3日"}, []string{"", "7月1日", "明天", "2026", "2026年7月1日 下午"}},
		{3, "phrase3", []string{"未", "尚未完成了"}, []string{"", "还没有完成呢", "abc", "完成1", "完成。"}},
		{5, "time5", []string{"20:00", "8:05", "15:01:02", "2026年7月1日 15:01", "15:01~16:02"}, []string{"", "8点", "晚上", "2000", "2026年7月1日"}},
		{6, "number6", []string{"5", "-1", "3.14", strings.Repeat("9", 32)}, []string{"", "五", "1,000", "1.", strings.Repeat("9", 33)}},
		{7, "character_string7", []string{"A-2026", "!", strings.Repeat("x", 32)}, []string{"", "编号", strings.Repeat("x", 33)}},
		{8, "name8", []string{"张三", strings.Repeat("张", 10), strings.Repeat("a", 20), "张a"}, []string{"", strings.Repeat("张", 11), strings.Repeat("a", 21), "张" + strings.Repeat("a", 10)}},
	} {
		w := open(t, fakeapi.Config{Service: true})
		other := "4" // thing4
		id := w.post("/wxaapi/newtmpl/addtemplate", fmt.Sprintf(`{"tid":"1003","kidList":[%d,%s],"sceneDesc":"x"}`, c.kid, other)).text("priTmplId")
		no(t, w.Consent(t.Context(), members[0], id, 1))
		send := func(value string) answer {
			return w.post(pathNotice, fmt.Sprintf(`{"touser":%q,"template_id":%q,"data":{%q:{"value":%q},"thing4":{"value":"x"}}}`, members[0], id, c.field, value))
		}
		for _, value := range c.good {
			if a := send(value); a.code() != 0 {
				t.Errorf("%s %q: %s", c.field, value, a.body)
			}
		}
		for _, value := range c.poor {
			if a := send(value); a.code() != 47003 || !strings.Contains(a.text("errmsg"), "data."+c.field+".value") {
				t.Errorf("%s %q: %s, want 47003", c.field, value, a.body)
			}
		}
		if n := len(w.sent()); n != len(c.good) {
			t.Errorf("%s: %d messages, want %d", c.field, n, len(c.good))
		}
	}
}

// A number is as good as its text, and what the template does not have is not shown.
func TestFieldsThatAreNotText(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	no(t, w.Consent(t.Context(), members[0], fakeapi.DailyNotice, 5))
	send := func(data string) int {
		return w.post(pathNotice, `{"touser":"`+members[0]+`","template_id":"`+fakeapi.DailyNotice+`","data":`+data+`}`).code()
	}
	for data, code := range map[string]int{
		`{"thing1":{"value":7},"date2":{"value":"2026年6月1日"},"thing4":{"value":"x"},"thing9":{"value":"y"}}`: 0,
		`{"thing1":{"value":true},"date2":{"value":"2026年6月1日"},"thing4":{"value":"x"}}`:                     47001,
		`{"thing1":"今日","date2":{"value":"2026年6月1日"},"thing4":{"value":"x"}}`:                               47001,
		`{"thing1":{"value":"今日"},"thing4":{"value":"x"}}`:                                                   47003,
		`{}`: 47003, `null`: 47003, `[]`: 47001,
	} {
		if got := send(data); got != code {
			t.Errorf("%s: %d, want %d", data, got, code)
		}
	}
	sent := w.sent()
	if len(sent) != 1 || sent[0].Data["thing1"] != "7" || len(sent[0].Data) != 3 || sent[0].Content != "7\n2026年6月1日\nx" {
		t.Errorf("%+v", sent)
	}
}

// Consent: "+2" a member agrees to two more, "-" takes it back, "2ok" so many are sent, "!" one is
// refused with 43101.
func TestConsent(t *testing.T) {
	for story, longTerm := range map[string]bool{
		"!": false, "+1 1ok !": false, "+2 1ok +1 2ok !": false, "+3 1ok - !": false, "- ! +1 1ok !": false,
		"+1 100ok": true, "+1 3ok - !": true, "! +1 +1 9ok - !": true,
	} {
		w := open(t, fakeapi.Config{Service: true})
		id := fakeapi.DailyNotice
		data := `{"thing1":{"value":"x"},"date2":{"value":"2026年6月1日"},"thing4":{"value":"x"}}`
		if longTerm {
			id = w.post("/wxaapi/newtmpl/addtemplate", `{"tid":"1003","kidList":[1,2,4],"sceneDesc":"x"}`).text("priTmplId")
		}
		send := func() int {
			return w.post(pathNotice, `{"touser":"`+members[0]+`","template_id":"`+id+`","data":`+data+`}`).code()
		}
		for _, word := range strings.Fields(story) {
			var n int
			switch {
			case word == "!":
				if code := send(); code != 43101 {
					t.Errorf("%s: %d", story, code)
				}
			case word == "-":
				no(t, w.Consent(t.Context(), members[0], id, 0))
			case word[0] == '+':
				_, err := fmt.Sscanf(word, "+%d", &n)
				no(t, err)
				no(t, w.Consent(t.Context(), members[0], id, n))
			default:
				_, err := fmt.Sscanf(word, "%dok", &n)
				no(t, err)
				for range n {
					if code := send(); code != 0 {
						t.Errorf("%s: %d", story, code)
					}
				}
			}
		}
		if code := w.post(pathNotice, `{"touser":"`+members[1]+`","template_id":"`+id+`","data":`+data+`}`).code(); code != 43101 {
			t.Errorf("%s: another member: %d", story, code)
		}
	}
	w := open(t, fakeapi.Config{Service: true})
	if err := w.Consent(t.Context(), members[0], "none", 1); err == nil {
		t.Error("consent to a template that is not there")
	}
}

// What a notice is refused for besides leaves the consent as it is.
func TestRefusedNoticesAreFree(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	no(t, w.Consent(t.Context(), members[0], fakeapi.DailyNotice, 1))
	body := func(thing string) string {
		return fmt.Sprintf(`{"touser":%q,"template_id":%q,"data":{"thing1":{"value":%q},"date2":{"value":"2026年6月1日"},"thing4":{"value":"x"}}}`, members[0], fakeapi.DailyNotice, thing)
	}
	for range 3 {
		if a := w.post(pathNotice, body(strings.Repeat("字", 21))); a.code() != 47003 {
			t.Fatal(string(a.body))
		}
	}
	if a := w.post(pathNotice, body("今日答题")); a.code() != 0 {
		t.Error(string(a.body))
	}
}
