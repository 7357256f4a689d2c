package peer

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const (
	aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	appID  = "wx0123456789abcdef"
)

func client(key string) *Client {
	return &Client{Token: "token", AppID: appID, AESKey: key, Now: func() time.Time { return time.Unix(1767225600, 0) }}
}

// The example of the platform's documents.
func TestSign(t *testing.T) {
	const encrypted = "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
	if got := Sign("QDG6eK", "1409659813", "1372623149", encrypted); got != "477715d11cdb4164915debcba66cb864d751f3e6" {
		t.Error(got)
	}
	plain, err := Decrypt("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7", encrypted)
	if err != nil || !strings.Contains(string(plain), "<Content><![CDATA[hello]]></Content>") {
		t.Errorf("%s %v", plain, err)
	}
}

func TestEncryption(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		document := rapid.SliceOf(rapid.Byte()).Draw(t, "document")
		encrypted, err := Encrypt(aesKey, appID, document)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Decrypt(aesKey, appID, encrypted); err != nil || !bytes.Equal(got, document) {
			t.Fatalf("%q %v", got, err)
		}
		if got, err := Decrypt(aesKey, appID+"0", encrypted); err == nil {
			t.Fatalf("another account read %q", got)
		}
	})
	if _, err := Encrypt(aesKey[1:], appID, nil); err == nil {
		t.Error("a short key was taken")
	}
}

func TestFields(t *testing.T) {
	tests := []struct {
		name   string
		fields Fields
		want   map[string]string // "*": anything
	}{
		{"text", Text("o1", "a]]>b<&"), map[string]string{"MsgType": "text", "Content": "a]]>b<&", "MsgId": "*"}},
		{"tap", Tap("o1", "A", 7), map[string]string{"MsgType": "text", "Content": "A", "MsgId": "*", "bizmsgmenuid": "7"}},
		{"repeat", Fields{"FromUserName": "o1", "MsgType": "text", "MsgId": "5", "CreateTime": "9"},
			map[string]string{"MsgType": "text", "MsgId": "5", "CreateTime": "9"}},
		{"voice", Voice("o1", "答题"), map[string]string{"MsgType": "voice", "MediaId": "media", "Format": "amr", "MsgId": "*", "Recognition": "答题"}},
		{"voice unrecognised", Voice("o1", ""), map[string]string{"MsgType": "voice", "MediaId": "media", "Format": "amr", "MsgId": "*"}},
		{"location", Location("o1", 31.2203, -121.5), map[string]string{"MsgType": "location", "MsgId": "*",
			"Location_X": "31.220300", "Location_Y": "-121.500000", "Scale": "15", "Label": ""}},
		{"event", Event("o1", "SCAN", "k"), map[string]string{"MsgType": "event", "Event": "SCAN", "EventKey": "k"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got struct {
				Fields []struct {
					XMLName xml.Name
					Value   string `xml:",chardata"`
				} `xml:",any"`
			}
			if err := xml.Unmarshal(tt.fields.xml(time.Unix(1767225600, 0)), &got); err != nil {
				t.Fatal(err)
			}
			for name, value := range map[string]string{"ToUserName": Account, "FromUserName": "o1", "CreateTime": "1767225600"} {
				if _, ok := tt.want[name]; !ok {
					tt.want[name] = value
				}
			}
			for _, f := range got.Fields {
				if want, ok := tt.want[f.XMLName.Local]; !ok || want != f.Value && want != "*" {
					t.Errorf("%s is %q, want %q", f.XMLName.Local, f.Value, want)
				}
			}
			if len(got.Fields) != len(tt.want) {
				t.Errorf("%d fields, want %d", len(got.Fields), len(tt.want))
			}
		})
	}
}

// A server that answers as it is told: what would WeChat make of it?
func TestAnswers(t *testing.T) {
	reply := func(content string) string {
		return "<xml><ToUserName>o1</ToUserName><FromUserName>gh_1</FromUserName><CreateTime>1767225600</CreateTime><MsgType>text</MsgType><Content>" + content + "</Content></xml>"
	}
	sealed := func(document, signature string) string {
		encrypted, err := Encrypt(aesKey, appID, []byte(document))
		if err != nil {
			t.Fatal(err)
		}
		if signature == "" {
			signature = Sign("token", "1", "n", encrypted)
		}
		return fmt.Sprintf("<xml><Encrypt>%s</Encrypt><MsgSignature>%s</MsgSignature><TimeStamp>1</TimeStamp><Nonce>n</Nonce></xml>", encrypted, signature)
	}
	typed := func(kind, inner string) string {
		return strings.NewReplacer(">text<", ">"+kind+"<", "<Content></Content>", inner).Replace(reply(""))
	}
	item := "<item><Title>标题</Title><Description>摘要</Description><PicUrl>https://a/1.png</PicUrl><Url>https://a/</Url></item>"
	news := func(count, items string) string {
		return typed("news", "<ArticleCount>"+count+"</ArticleCount><Articles>"+items+"</Articles>")
	}
	tests := []struct {
		name, key string
		status    int
		body      string
		news      *Article
		text      string
		success   bool
		refused   bool
	}{
		{name: "success", body: "success", success: true},
		{name: "nothing", body: "", success: true},
		{name: "success in safe mode", key: aesKey, body: "success", success: true},
		{name: "text", body: reply("好"), text: "好"},
		{name: "sealed text", key: aesKey, body: sealed(reply("好"), ""), text: "好"},
		{name: "an error page", body: "<html>oops</html>", refused: true},
		{name: "other words", body: "ok", refused: true},
		{name: "cut off", body: reply("好")[:80], refused: true},
		{name: "a control character", body: reply("\x01"), refused: true},
		{name: "no receiver", body: strings.Replace(reply("好"), "o1", "", 1), refused: true},
		{name: "too long", body: reply(strings.Repeat("a", 2049)), refused: true},
		{name: "the most", body: reply(strings.Repeat("a", 2048)), text: strings.Repeat("a", 2048)},
		{name: "plain in safe mode", key: aesKey, body: reply("好"), refused: true},
		{name: "sealed in plain mode", body: sealed(reply("好"), ""), refused: true},
		{name: "badly signed", key: aesKey, body: sealed(reply("好"), strings.Repeat("0", 40)), refused: true},
		{name: "sealed success", key: aesKey, body: sealed("success", ""), refused: true},
		{name: "card", body: news("1", item), news: &Article{Title: "标题", Description: "摘要", PicUrl: "https://a/1.png", Url: "https://a/"}},
		{name: "two cards", body: news("2", item+item), refused: true},
		{name: "a card that is counted wrongly", body: news("2", item), refused: true},
		{name: "no card", body: news("0", ""), refused: true},
		{name: "a card without an address", body: news("1", "<item><Title>标题</Title></item>"), refused: true},
		{name: "customer service", body: typed("transfer_customer_service", "")},
		{name: "a type that nobody knows", body: typed("greeting", "<Content>好</Content>"), refused: true},
		{name: "forbidden", status: 403, body: "no"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if body, err := io.ReadAll(r.Body); err != nil || (tt.key == "") != bytes.Contains(body, []byte("你好")) {
					t.Errorf("it was sent %q, %v", body, err)
				}
				if tt.status != 0 {
					w.WriteHeader(tt.status)
				}
				io.WriteString(w, tt.body)
			}))
			defer server.Close()
			c := client(tt.key)
			c.URL = server.URL
			a, err := c.Send(t.Context(), Text("o1", "你好"))
			if errors.Is(err, ErrAnswer) != tt.refused || !tt.refused && err != nil {
				t.Fatal(err)
			}
			if !tt.refused && (a.Text != tt.text || a.Success != tt.success || !reflect.DeepEqual(a.News, tt.news)) {
				t.Errorf("%+v", a)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		c := client("")
		c.URL = "http://127.0.0.1:1/"
		if _, err := c.Send(t.Context(), Text("o1", "你好")); err == nil || errors.Is(err, ErrAnswer) {
			t.Error(err)
		}
	})
}

func FuzzRead(f *testing.F) {
	encrypted, err := Encrypt(aesKey, appID, []byte("<xml><ToUserName>o1</ToUserName></xml>"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("success"), []byte{})
	f.Add([]byte("<xml><Encrypt>"+encrypted+"</Encrypt></xml>"), make([]byte, 64))
	f.Fuzz(func(t *testing.T, body, ciphertext []byte) {
		for _, key := range []string{"", aesKey} {
			if a, err := client(key).Read(200, body); err == nil && !a.Success && (a.To == "" || len(a.Text) > 2048) {
				t.Fatalf("%+v", a)
			}
		}
		// Under a valid signature, too.
		encrypted := base64.StdEncoding.EncodeToString(ciphertext)
		sealed := "<xml><Encrypt>" + encrypted + "</Encrypt><MsgSignature>" + Sign("token", "1", "n", encrypted) +
			"</MsgSignature><TimeStamp>1</TimeStamp><Nonce>n</Nonce></xml>"
		if a, err := client(aesKey).Read(200, []byte(sealed)); err == nil {
			t.Fatalf("%+v", a)
		}
	})
}
