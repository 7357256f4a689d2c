package wechat

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/bot/wechat/peer"

	"pgregory.net/rapid"
)

// envelope is a body with the given Encrypt, and its query with the signatures of it.
func envelope(token, encrypted string) (query, body string) {
	query = signedQuery(token, testTime) + "&encrypt_type=aes&msg_signature=" +
		peer.Sign(token, "1767225600", "nonce7", encrypted)
	return query, "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[" + encrypted + "]]></Encrypt></xml>"
}

// post gives h a signed request and returns the status.
func post(t testing.TB, h http.Handler, query, body string) int {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/wechat?"+query, strings.NewReader(body)))
	return w.Code
}

func encrypt(t testing.TB, key, appID string, document []byte) string {
	t.Helper()
	encrypted, err := peer.Encrypt(key, appID, document)
	if err != nil {
		t.Fatal(err)
	}
	return encrypted
}

func TestSafeModeRefuses(t *testing.T) {
	text := textXML("答题")
	good := encrypt(t, testAESKey, testAppID, text)
	goodQuery, goodBody := envelope(testToken, good)
	without := func(name string) string {
		q, err := url.ParseQuery(goodQuery)
		if err != nil {
			t.Fatal(err)
		}
		q.Del(name)
		return q.Encode()
	}
	sealed := func(encrypted string) [2]string {
		q, b := envelope(testToken, encrypted)
		return [2]string{q, b}
	}
	otherKey := "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg"
	tests := []struct {
		name    string
		request [2]string
		status  int
	}{
		{"nothing", [2]string{goodQuery, goodBody}, 200},
		{"no encrypt_type: the body decides", [2]string{without("encrypt_type"), goodBody}, 200},
		{"a plain message", [2]string{signedQuery(testToken, testTime), string(text)}, 403},
		{"a plain message that claims aes", [2]string{goodQuery, string(text)}, 403},
		{"an empty Encrypt beside plain fields", [2]string{goodQuery, strings.Replace(string(text), "</xml>", "<Encrypt/></xml>", 1)}, 403},
		{"Encrypt only inside another element", [2]string{goodQuery, "<xml><a><Encrypt>" + good + "</Encrypt></a></xml>"}, 403},
		{"no msg_signature", [2]string{without("msg_signature"), goodBody}, 403},
		{"no signature", [2]string{without("signature"), goodBody}, 403},
		{"signature in place of msg_signature", [2]string{signedQuery(testToken, testTime) + "&msg_signature=" + peer.Sign(testToken, "1767225600", "nonce7"), goodBody}, 403},
		{"another token", func() [2]string { q, b := envelope("another", good); return [2]string{q, b} }(), 403},
		{"stale", [2]string{signedQuery(testToken, testTime.Add(-time.Hour)) + "&msg_signature=" + peer.Sign(testToken, "1767222000", "nonce7", good), goodBody}, 403},
		{"another AppID", sealed(encrypt(t, testAESKey, "wx1123456789abcdef", text)), 403},
		{"a longer AppID", sealed(encrypt(t, testAESKey, testAppID+"0", text)), 403},
		{"no AppID", sealed(encrypt(t, testAESKey, "", text)), 403},
		{"another AES key", sealed(encrypt(t, otherKey, testAppID, text)), 403},
		{"not base64", sealed("<&"), 403},
		{"not base64 either", sealed("!!!!"), 403},
		{"half a block", sealed(base64.StdEncoding.EncodeToString(make([]byte, 16))), 403},
		{"zeros", sealed(base64.StdEncoding.EncodeToString(make([]byte, 64))), 403},
		{"malformed inside", sealed(encrypt(t, testAESKey, testAppID, text[:len(text)-1])), 400},
		{"empty inside", sealed(encrypt(t, testAESKey, testAppID, nil)), 400},
		{"encrypted twice", sealed(encrypt(t, testAESKey, testAppID, []byte(goodBody))), 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []bot.Message
			h := newWebhook(t, testConfig(true), records(&got, "好"))
			if status := post(t, h, tt.request[0], tt.request[1]); status != tt.status {
				t.Errorf("status %d", status)
			}
			if (len(got) == 1) != (tt.status == 200) {
				t.Errorf("handled %+v", got)
			}
		})
	}
}

// In compatible mode a man in the middle may write what he likes beside Encrypt.
func TestCompatibleModeBelievesEncryptedPart(t *testing.T) {
	query, body := envelope(testToken, encrypt(t, testAESKey, testAppID, textXML("答题")))
	forged := strings.ReplaceAll(string(textXML("确认注销")), member, "oVictim")
	forged = strings.TrimSuffix(forged, "</xml>")
	inner := strings.TrimPrefix(body, "<xml>")
	var got []bot.Message
	h := newWebhook(t, testConfig(true), records(&got, "好"))
	if status := post(t, h, query, forged+inner); status != 200 {
		t.Fatal("status", status)
	}
	if len(got) != 1 || got[0].From != member || got[0].Text != "答题" {
		t.Errorf("handled %+v", got)
	}
}

// The published example of the platform's own encryption library, in compatible mode.
func TestPublishedExample(t *testing.T) {
	const encrypted = "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
	cfg := testConfig(true)
	cfg.Token, cfg.AppID = "spamtest", "wx2c2769f8efd9abc2"
	cfg.Now = func() time.Time { return time.Unix(1409735669, 0) }
	var got []bot.Message
	h := newWebhook(t, cfg, records(&got, "好"))
	query := "signature=" + peer.Sign("spamtest", "1409735669", "1320562132") + "&timestamp=1409735669&nonce=1320562132" +
		"&msg_signature=5d197aaffba7e9b25a30732f161a50dee96bd5fa"
	if status := post(t, h, query, "<xml><ToUserName>gh_10f6c3c3ac5a</ToUserName><Encrypt>"+encrypted+"</Encrypt></xml>"); status != 200 {
		t.Fatal("status", status)
	}
	want := bot.Message{From: "oyORnuP8q7ou2gfYjqLzSIWZf0rs", To: "gh_10f6c3c3ac5a", Kind: bot.Text,
		Sent: 1409735668, ID: 6054768590064713728, Text: "abcdteT"}
	if len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("handled %+v", got)
	}
}

// Whatever stands under a valid signature, the answer is a refusal and no panic.
func TestTamperedCiphertext(t *testing.T) {
	good, err := base64.StdEncoding.DecodeString(encrypt(t, testAESKey, testAppID, textXML("答题")))
	if err != nil {
		t.Fatal(err)
	}
	h := newWebhook(t, testConfig(true), says("好"))
	rapid.Check(t, func(t *rapid.T) {
		bad := append([]byte(nil), good...)
		at := rapid.IntRange(0, len(bad)-1).Draw(t, "at")
		bad[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		bad = bad[rapid.IntRange(0, len(bad)).Draw(t, "from"):]
		query, body := envelope(testToken, base64.StdEncoding.EncodeToString(bad))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/wechat?"+query, strings.NewReader(body)))
		// The first block is random: a flip there changes nothing that is read but what
		// CBC lets it flip in the length or the text behind it.
		if w.Code != 403 && w.Code != 400 && w.Code != 200 {
			t.Fatal("status", w.Code)
		}
	})
}

// Plaintexts that no honest sender writes: lengths and paddings out of range.
func TestDishonestPlaintext(t *testing.T) {
	h := newWebhook(t, testConfig(true), says("好"))
	rapid.Check(t, func(t *rapid.T) {
		plain := make([]byte, 32*rapid.IntRange(1, 4).Draw(t, "blocks"))
		binary.BigEndian.PutUint32(plain[16:], rapid.Uint32().Draw(t, "length"))
		plain[len(plain)-1] = rapid.Byte().Draw(t, "padding")
		encrypted, err := peer.EncryptRaw(testAESKey, plain)
		if err != nil {
			t.Fatal(err)
		}
		query, body := envelope(testToken, encrypted)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/wechat?"+query, strings.NewReader(body)))
		if w.Code != 403 {
			t.Fatal("status", w.Code)
		}
	})
}

// Two answers to the same message share neither nonce nor ciphertext.
func TestSealedReplies(t *testing.T) {
	h := newWebhook(t, testConfig(true), says("好"))
	c := testClient(true, false)
	first := deliver(t, h, c, textXML("答题"))
	second := deliver(t, h, c, textXML("答题"))
	if first.Text != "好" || second.Text != "好" {
		t.Fatalf("%+v\n%+v", first, second)
	}
	element := func(a peer.Answer, name string) string {
		_, rest, _ := strings.Cut(string(a.Body), "<"+name+">")
		value, _, _ := strings.Cut(rest, "</"+name+">")
		return value
	}
	for _, name := range []string{"Encrypt", "MsgSignature", "Nonce"} {
		if a, b := element(first, name), element(second, name); a == "" || a == b {
			t.Errorf("%s: %q and %q", name, a, b)
		}
	}
	if got := element(first, "TimeStamp"); got != "1767225600" {
		t.Error("timestamp", got)
	}
	if a := deliver(t, newWebhook(t, testConfig(true), says("")), c, textXML("答题")); string(a.Body) != "success" {
		t.Errorf("an empty reply became %q", a.Body)
	}
}
