package wechat

import (
	"bytes"
	"context"
	"flag"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"dangshi/bot"
	"dangshi/bot/wechat/peer"
	"dangshi/content"

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

// card is what a handler may ask for.
var card = bot.Article{Title: "中国共产党成立", Digest: "一九二一年七月，\n一大在上海召开。", PictureURL: "https://example.com/1.png", URL: "https://example.com/today/2026-07-01?a=1&b=]]>"}

func TestCardsAndServiceArrive(t *testing.T) {
	tests := []struct {
		name string
		said bot.Reply
		want peer.Answer
	}{
		{"card", bot.Reply{News: &card}, peer.Answer{Type: peer.TypeNews, News: &peer.Article{
			Title: card.Title, Description: card.Digest, PicUrl: card.PictureURL, Url: card.URL}}},
		{"card, text aside", bot.Reply{Text: "好", News: &bot.Article{Title: "一", URL: "http://example.com/"}},
			peer.Answer{Type: peer.TypeNews, News: &peer.Article{Title: "一", Url: "http://example.com/"}}},
		{"card with what XML can't carry", bot.Reply{News: &bot.Article{Title: " 一\x00\n二\xff ", Digest: "三]]>\x1b", PictureURL: "javascript:1", URL: card.URL}},
			peer.Answer{Type: peer.TypeNews, News: &peer.Article{Title: "一 二", Description: "三]]>", Url: card.URL}}},
		{"card that is too long", bot.Reply{News: &bot.Article{Title: strings.Repeat("党", 33), Digest: strings.Repeat("史", 121), URL: card.URL}},
			peer.Answer{Type: peer.TypeNews, News: &peer.Article{Title: strings.Repeat("党", 31) + "…", Description: strings.Repeat("史", 119) + "…", Url: card.URL}}},
		{"the longest card", bot.Reply{News: &bot.Article{Title: strings.Repeat("党", 32), Digest: strings.Repeat("史", 120), URL: card.URL}},
			peer.Answer{Type: peer.TypeNews, News: &peer.Article{Title: strings.Repeat("党", 32), Description: strings.Repeat("史", 120), Url: card.URL}}},
		{"card without a title", bot.Reply{News: &bot.Article{Title: "\x00", Digest: "摘要", URL: card.URL}}, peer.Answer{Type: peer.TypeText, Text: "摘要"}},
		{"card without a link", bot.Reply{News: &bot.Article{Title: "标题", Digest: "摘要"}}, peer.Answer{Type: peer.TypeText, Text: "标题\n摘要"}},
		{"card whose title is a link", bot.Reply{News: &bot.Article{Title: "<a href=\"https://x\">一</a>"}}, peer.Answer{Type: peer.TypeText, Text: "＜a href=\"https：//x\"＞一＜/a＞"}},
		{"card with a link that opens nothing", bot.Reply{Text: "好", News: &bot.Article{Title: "标题", URL: "/today"}}, peer.Answer{Type: peer.TypeText, Text: "好"}},
		{"empty card", bot.Reply{News: &bot.Article{}}, peer.Answer{Success: true}},
		{"picture", bot.Reply{Image: "MEDIA_ID-1"}, peer.Answer{Type: peer.TypeImage, Image: "MEDIA_ID-1"}},
		{"picture, words aside", bot.Reply{Text: "好", Image: "a]]>\x00b"}, peer.Answer{Type: peer.TypeImage, Image: "a]]>b"}},
		{"service", bot.Reply{Service: true}, peer.Answer{Type: peer.TypeService}},
		{"service, all else aside", bot.Reply{Service: true, Text: "好", News: &card}, peer.Answer{Type: peer.TypeService}},
	}
	for _, tt := range tests {
		for _, mode := range modes[:3] {
			t.Run(tt.name+"/"+mode.name, func(t *testing.T) {
				h := newWebhook(t, testConfig(mode.key), func(context.Context, bot.Message) bot.Reply { return tt.said })
				got := deliver(t, h, testClient(mode.sealed, mode.compatible), textXML("客服"))
				if !got.Success && (got.To != member || got.From != peer.Account || got.Created != testTime.Unix()) {
					t.Errorf("%+v", got)
				}
				tt.want.To, tt.want.From, tt.want.Created, tt.want.Status, tt.want.Body = got.To, got.From, got.Created, got.Status, got.Body
				if !reflect.DeepEqual(got, tt.want) {
					t.Errorf("\ngot  %s %q %+v\nwant %s %q %+v", got.Type, got.Text, got.News, tt.want.Type, tt.want.Text, tt.want.News)
				}
			})
		}
	}
}

// Whatever a card holds, it is shown as a card, or told in words.
func TestAnyCardArrives(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "]]>", "https://example.com/", "http://", "https://a/\x00", strings.Repeat("党", 200), "\xff"}))
		said := bot.Article{Title: text.Draw(r, "title"), Digest: text.Draw(r, "digest"), PictureURL: text.Draw(r, "picture"), URL: text.Draw(r, "url")}
		h := newWebhook(t, testConfig(true), func(context.Context, bot.Message) bot.Reply { return bot.Reply{News: &said} })
		a := deliver(t, h, testClient(true, false), textXML("今天"))
		if a.News == nil && a.Text == "" && content.PlainText(said.Title+said.Digest) != "" {
			r.Fatalf("nothing was said of %+v", said)
		}
		if a.News != nil && (utf8.RuneCountInString(a.News.Title) > 32 || utf8.RuneCountInString(a.News.Description) > 120) {
			r.Fatalf("%+v", a.News)
		}
	})
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

// TestCleanAlready: a reply as members get it takes the short way.
func TestCleanAlready(t *testing.T) {
	if !cleanAlready(replies["question"]) || !cleanAlready("") {
		t.Error("it goes the long way")
	}
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
