package wechat

import (
	"context"
	"encoding/base64"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dangshi/bot"
	"dangshi/bot/wechat/peer"
)

func seed(f *testing.F) {
	f.Helper()
	for _, document := range sampleFiles(f) {
		f.Add(document)
	}
	for _, s := range []string{"", "<xml>", "<xml/>", "<xml><Encrypt>AAAA</Encrypt></xml>", "<!DOCTYPE x>", "\uFEFF<?xml version=\"1.0\"?><xml></xml>",
		"<xml><FromUserName>o</FromUserName><ToUserName>g</ToUserName><Content>&#x10FFFF;&lt;]]&gt;</Content></xml>"} {
		f.Add([]byte(s))
	}
}

// checkMessage fails the test where m is nothing that the rooms behind may be given.
func checkMessage(t *testing.T, m bot.Message) {
	t.Helper()
	for _, id := range []string{m.From, m.To} {
		if id == "" || len(id) > 64 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
			t.Fatalf("id %q", id)
		}
	}
	texts := []string{m.Text, m.Event, m.EventKey, m.Label, m.MassResult.Status}
	for _, c := range m.Consents {
		texts = append(texts, c.Template, c.Status, c.PopupScene)
	}
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, control) {
			t.Fatalf("text %q", s)
		}
	}
	if m.ID < 0 || m.Sent < 0 || m.Kind > bot.Event {
		t.Fatalf("message %+v", m)
	}
	if !(m.Latitude >= -90 && m.Latitude <= 90 && m.Longitude >= -180 && m.Longitude <= 180) {
		t.Fatalf("message %+v", m)
	}
}

// outcome is what became of one delivery.
type outcome struct {
	status  int
	message bot.Message
	handled bool
}

// try delivers body in an account with or without a key, and checks what comes of it
// whatever body is: one answer that WeChat takes, or a refusal.
func try(t *testing.T, key bool, query, body string) (o outcome) {
	t.Helper()
	h := newWebhook(t, testConfig(key), func(_ context.Context, m bot.Message) bot.Reply {
		o.message, o.handled = m, true
		return bot.Reply{Text: m.Text + "|" + m.EventKey + "]]>"}
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/wechat?"+query, strings.NewReader(body)))
	o.status = w.Code
	a, err := testClient(key, false).Read(w.Code, w.Body.Bytes())
	if err != nil {
		t.Fatalf("%q: %v", w.Body, err)
	}
	if o.handled != (o.status == 200) {
		t.Fatalf("status %d, handled %t", o.status, o.handled)
	}
	if o.handled {
		checkMessage(t, o.message)
		if a.To != o.message.From || a.From != o.message.To || len(a.Text) > bot.MaxReply {
			t.Fatalf("answer %+v to %+v", a, o.message)
		}
	}
	return o
}

func FuzzXML(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) { agrees(t, raw) })
}

func FuzzWebhookPlain(f *testing.F) {
	seed(f)
	query := signedQuery(testToken, testTime)
	f.Fuzz(func(t *testing.T, body []byte) {
		if o := try(t, false, query, string(body)); o.status != 200 && o.status != 400 {
			t.Fatal("status", o.status)
		}
		// Without an envelope, the same in safe mode is a downgrade or worse.
		if o := try(t, true, query, string(body)); o.status != 403 && o.status != 400 {
			t.Fatal("safe mode: status", o.status)
		}
	})
}

// What lies in a valid envelope means what it means in plain mode.
func FuzzWebhookSafe(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, document []byte) {
		query, body := envelope(testToken, encrypt(t, testAESKey, testAppID, document))
		safe := try(t, true, query, body)
		plain := try(t, false, query, string(document))
		if !reflect.DeepEqual(safe, plain) {
			t.Fatalf("safe %+v\nplain %+v", safe, plain)
		}
	})
}

// The plain part of a compatible-mode body changes nothing but whether it is read.
func FuzzWebhookCompatible(f *testing.F) {
	for _, document := range sampleFiles(f) {
		f.Add([]byte(strings.TrimSuffix(strings.TrimSpace(string(document)), "</xml>")), false)
	}
	f.Add([]byte("<xml>"), true)
	f.Add([]byte("<xml><!--"), true)
	f.Add([]byte("<xml><a>"), false)
	query, body := envelope(testToken, encrypt(f, testAESKey, testAppID, textXML("答题")))
	element := body[strings.Index(body, "<Encrypt>"):strings.Index(body, "</xml>")]
	f.Fuzz(func(t *testing.T, plain []byte, behind bool) {
		body := string(plain) + element + "</xml>"
		if behind {
			body = "<xml>" + element + string(plain) + "</xml>"
		}
		o := try(t, true, query, body)
		if o.handled && (o.message.From != member || o.message.Text != "答题") {
			t.Fatalf("the plain part was believed: %+v", o.message)
		}
		if o := try(t, false, query, body); o.handled && strings.Contains(o.message.Text, element) {
			t.Fatalf("the encrypted part was read: %+v", o.message)
		}
	})
}

// Bytes of any kind as ciphertext, under valid signatures.
func FuzzCiphertext(f *testing.F) {
	good, err := base64.StdEncoding.DecodeString(encrypt(f, testAESKey, testAppID, textXML("答题")))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[32:])
	f.Add(good[:len(good)-32])
	f.Add(make([]byte, 16))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, ciphertext []byte) {
		query, body := envelope(testToken, base64.StdEncoding.EncodeToString(ciphertext))
		try(t, true, query, body)
	})
}

// Of what net/url can parse, parseQuery sees the same: the first value that is not empty. It
// differs where a name is escaped, and admits nothing without a signature.
func FuzzQuery(f *testing.F) {
	f.Add(signedQuery(testToken, testTime) + "&echostr=a%2Bb+c&openid=o1&encrypt_type=aes&msg_signature=00")
	f.Add("signature&timestamp=1=2&nonce=%zz&&echostr=;")
	f.Fuzz(func(t *testing.T, raw string) {
		got := parseQuery(raw)
		if got.signature != "" && got.timestamp != "" && got.nonce != "" {
			h := newWebhook(t, testConfig(false), says(""))
			valid := got.signature == peer.Sign(testToken, got.timestamp, got.nonce)
			if (h.admit(&got) == nil) && !valid {
				t.Fatalf("%q was admitted", raw)
			}
		}
		want, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		for pair := range strings.SplitSeq(raw, "&") {
			if name, _, _ := strings.Cut(pair, "="); strings.ContainsAny(name, "%+") {
				return
			}
		}
		for name, value := range map[string]string{"signature": got.signature, "timestamp": got.timestamp, "nonce": got.nonce,
			"msg_signature": got.msgSignature, "echostr": got.echostr} {
			first := slices.IndexFunc(want[name], func(v string) bool { return v != "" })
			if first < 0 && value != "" || first >= 0 && want[name][first] != value {
				t.Fatalf("%s is %q of %q", name, value, want[name])
			}
		}
	})
}

// FuzzClean: what passes for clean is, and of the rest nothing is left that isn't.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "✅ 答对了！", "\x7f", "\u0085\u00a0", "\ufffe党\uffff\uffbf", "\xed\xa0\x80", "\xe0\x80\x80", "🎉\xf0\x9f", "A\n\t\r"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := makeClean(s)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, control) {
			t.Fatalf("%q became %q", s, got)
		}
		if cleanAlready(s) && got != s {
			t.Fatalf("%q passes for clean", s)
		}
	})
}
