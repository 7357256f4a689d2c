package wechat

import (
	"bytes"
	"flag"
	"log/slog"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"dangshi/bot"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

var replies = map[string]string{
	"plain":    "好",
	"question": "【今日答题 1/5】中国共产党第一次全国代表大会在哪里召开？\nA. 上海和嘉兴\nB. 北京\n<a href=\"weixin://bizmsgmenu?msgmenucontent=A&msgmenuid=2026010101\">A. 上海和嘉兴</a>",
	"cdata":    "a]]>b]]>]]]>>c]]",
	"controls": "一\x00二\x1b三\r\n\t四\x7f\u0085五\uffff\xff六",
	"markup":   "</Content></xml><!--&amp;-->",
	"emoji":    "👍🏻🇨🇳",
}

func TestGoldenReplies(t *testing.T) {
	for name, text := range replies {
		t.Run(name, func(t *testing.T) {
			path := "testdata/replies/" + name + ".xml"
			got := deliver(t, newWebhook(t, testConfig(false), says(text)), testClient(false, false), textXML("答题"))
			if *update {
				if err := os.WriteFile(path, got.Body, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Body, want) {
				t.Errorf("\ngot  %q\nwant %q", got.Body, want)
			}
			// In safe mode the same reply lies in the envelope.
			safe := deliver(t, newWebhook(t, testConfig(true), says(text)), testClient(true, false), textXML("答题"))
			if safe.Text != got.Text || safe.To != got.To || safe.From != got.From || safe.Created != got.Created || safe.Type != "text" {
				t.Errorf("sealed %+v\nplain  %+v", safe, got)
			}
		})
	}
}

// What the member reads is what was said, but for what XML can't carry.
func TestRepliesArriveWhole(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		said := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("]]>>&<\r\n\t\x00\x7f党")))).Draw(r, "said")
		said = cut(said, bot.MaxReply)
		want := withoutControls(said)
		for _, key := range []bool{false, true} {
			a := deliver(t, newWebhook(t, testConfig(key), says(said)), testClient(key, false), textXML("答题"))
			if a.Text != want || a.Success != (want == "") {
				r.Fatalf("said %q, read %q", said, a.Text)
			}
		}
	})
}

func TestCut(t *testing.T) {
	tests := []struct {
		name, in string
		limit    int
		want     string
	}{
		{"short", "党史", 6, "党史"},
		{"between two characters", "党史", 5, "党"},
		{"within the first", "党史", 2, ""},
		{"in a tag", `ab<a href="x">y</a>`, 8, "ab"},
		{"behind the bracket", `ab<a href="x">y</a>`, 3, "ab"},
		{"behind the a", `ab<a href="x">y</a>`, 4, "ab"},
		{"before the bracket", `ab<a href="x">y</a>`, 2, "ab"},
		{"in the link's text", `ab<a href="x">yz</a>`, 15, "ab"},
		{"in the end tag", `ab<a href="x">y</a>c`, 18, "ab"},
		{"behind the link", `ab<a href="x">y</a>c`, 19, `ab<a href="x">y</a>`},
		{"in the second link", `<a h="x">y</a><a h="z">w</a>`, 16, `<a h="x">y</a>`},
		{"nothing but a link", `<a href="x">yyyyyyyyy</a>`, 20, ""},
		{"a beginning before it", `<a <a href="x">y</a>`, 4, ""},
		{"no link", `1 < 2 <b <abc`, 12, `1 < 2 <b <ab`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := cut(tt.in, tt.limit); got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
	t.Run("always", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			s := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"党", "a", "<", ">", `<a href="http://x/?a=1&b=2">文</a>`, "👍", " "})).Draw(t, "s"), "")
			limit := rapid.IntRange(0, len(s)+1).Draw(t, "limit")
			got := cut(s, limit)
			if len(got) > limit || !strings.HasPrefix(s, got) || !utf8.ValidString(got) {
				t.Fatalf("got %q", got)
			}
			if open := strings.LastIndex(got, "<a "); len(got) < len(s) && open > strings.LastIndex(got, "</a>") {
				t.Fatalf("%q leaves a link open", got)
			}
		})
	})
}

func TestLongReply(t *testing.T) {
	link := `<a href="https://example.com/today">今天</a>`
	tests := []struct{ name, said, want string }{
		{"the most", strings.Repeat("a", 2048), strings.Repeat("a", 2048)},
		{"cut", strings.Repeat("党", 683), strings.Repeat("党", 682)},
		{"cut before the link", strings.Repeat("a", 2020) + link, strings.Repeat("a", 2020)},
		{"only a link", "<a href=\"https://example.com/\">" + strings.Repeat("a", 2048) + "</a>", Sorry},
		{"long only by what is taken out", strings.Repeat("a", 2048) + "\x00", strings.Repeat("a", 2048)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			cfg := testConfig(true)
			cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
			a := deliver(t, newWebhook(t, cfg, says(tt.said)), testClient(true, false), textXML("答题"))
			if a.Text != tt.want {
				t.Errorf("read %q", a.Text)
			}
			wasCut := strings.Contains(log.String(), "level=ERROR")
			if wasCut != (len(withoutControls(tt.said)) > 2048) {
				t.Errorf("log: %s", &log)
			}
			secrets(t, &log, "党", "example.com", "aaaa")
		})
	}
}
