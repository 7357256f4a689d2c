package content

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestPlain(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"1949年10月1日，开国大典。", "1949年10月1日，开国大典。"},
		{`<a href="weixin://bizmsgmenu?msgmenucontent=A&msgmenuid=1">领奖</a>`, `＜a href="weixin：//bizmsgmenu?msgmenucontent=A＆msgmenuid=1"＞领奖＜/a＞`},
		{"]]><x/>", "]]＞＜x/＞"},
		{"https://12371.cn/2021", "https：//12371．cn/2021"},
		{"://x", "：//x"},
		{"weixin:dl TEL:110 mailto:a@b.cn sms:1", "weixin：dl TEL：110 mailto：a＠b．cn sms：1"},
		{"www.abc.com", "www．abc．com"},
		{"www.163.com www.163", "www．163．com www．163"},
		{"见abc.cn/xyz。", "见abc．cn/xyz。"},
		{"人民网.中国", "人民网．中国"},
		{"abc.xn--fiqs8s", "abc．xn--fiqs8s"},
		{"192.168.1.1 1.2.3.4.com 地址1.2.3.4a", "192．168．1．1 1．2．3．4．com 地址1．2．3．4a"},
		{"3.14 1979.1.1 3.5G 20:00 9:30 v1.2 1.2.3", "3.14 1979.1.1 3.5G 20:00 9:30 v1.2 1.2.3"},
		{"面积3.14平方公里", "面积3.14平方公里"},
		{"a. b .c …… a.", "a. b .c …… a."},
		{"&lt;b&gt; &#60; A & B", "＆lt;b＆gt; ＆#60; A & B"},
		{"wei\u200bxin\u202e:x", "weixin：x"},
		{"www\u2060.abc\u00ad.com", "www．abc．com"},
		{"甲\r\n\r\n　乙\t丙\u2028丁", "甲 乙 丙 丁"},
		{"（　　）年  ", "（　　）年"},
		{"坏\xff字\x00", "坏字"},
	} {
		if got := Plain(c.in); got != c.want {
			t.Errorf("Plain(%q)\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

func TestPlainTextKeepsParagraphs(t *testing.T) {
	in := "\n\n　　第一段。 \r\n\r\n\r\n\n　　见 www.abc.cn\u2029第三段\n\n"
	want := "　　第一段。\n\n　　见 www．abc．cn\n第三段"
	if got := PlainText(in); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// linkish is everything that Plain promises to leave nothing of.
var linkish = regexp.MustCompile(`[<>@]|://|(?i:[a-z]:)|&[#A-Za-z]|[\pL\pN_-]\.\pL|(?i:^|[^\pL\pN\pM\p{So}_-])www\.[\pL\pN]|\d+\.\d+\.\d+\.\d`)

func checkPlain(t interface{ Fatalf(string, ...any) }, s string) {
	if plainAlready(s) && makePlain(s) != s {
		t.Fatalf("%q passes for plain", s)
	}
	for name, f := range map[string]func(string) string{"Plain": Plain, "PlainText": PlainText} {
		got := f(s)
		if bad := linkish.FindString(got); bad != "" {
			t.Fatalf("%s(%q) = %q has %q", name, s, got, bad)
		}
		if again := f(got); again != got {
			t.Fatalf("%s(%q) = %q, and then %q", name, s, got, again)
		}
		if len(got) > PlainGrowth*len(s) {
			t.Fatalf("%s(%q) has %d bytes, %d before", name, s, len(got), len(s))
		}
		if !utf8.ValidString(got) {
			t.Fatalf("%s(%q) = %q is not UTF-8", name, s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) && !(r == '\n' && name == "PlainText") || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%s(%q) keeps %U", name, s, r)
			}
		}
	}
}

// nasty strings are put together from what could become a link.
var nasty = rapid.Custom(func(t *rapid.T) string {
	part := rapid.OneOf(
		rapid.SampledFrom([]string{"<", ">", ":", "//", ".", "@", "&", "www", "abc", "com", "cn", "1", "163", "weixin",
			"tel", "mailto", "\u200b", "\u202e", "\n", "\r\n", " ", "　", "党", "-", "_", "\xff", "#", "😀", "\u0301"}),
		rapid.String())
	return strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "parts"), "")
})

func TestPlainProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkPlain(t, nasty.Draw(t, "s")) })
}

// TestPlainAlready: what the banks are made of takes the short way.
func TestPlainAlready(t *testing.T) {
	for _, s := range []string{"", "1921年7月23日，中国共产党第一次全国代表大会在（  ）召开。", "A. 甲"[3:], "“五四运动”——1919…", "《论持久战》；～！"} {
		if !plainAlready(s) {
			t.Errorf("%q goes the long way", s)
		}
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"", "www.abc.com", "weixin://x", "1.2.3.4.com", "0.0.0.0A", "a@b.cn", "<a>", "1979.1.1", "wei\u200bxin:", "\xff\xfe", "甲\r\n乙", "　“空”—3·14…", "ａ：～\uff3f\uff40\uff5f", "\u4dff龥 \u3001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkPlain(t, s) })
}

func TestCutSentence(t *testing.T) {
	for _, c := range []struct {
		in   string
		max  int
		want string
	}{
		{"短句。", 100, "短句。"},
		{"短句。", 9, "短句。"},
		{"第一句。第二句。第三句。", 25, "第一句。第二句。"},
		{"第一句！第二句未完", 20, "第一句！"},
		{"他说：“走。”然后走了。", 24, "他说：“走。”"},
		{"他说：“走。”然后走了。", 20, "他说：“走。”"[:len("他说：“走。")]},
		{"开头，中间、后面没有句号的长句子", 24, "开头，中间…"},
		{"没有任何标点的一段很长的话", 14, "没有任…"},
		{"没有标点", 3, "没"},
		{"没有标点", 4, "没"},
		{"没有标点", 2, ""},
		{"没有标点", 0, ""},
		{"没有标点", -1, ""},
		{"，只有开头有逗号的话", 12, "，只有…"},
		{"等等……没有完", 15, "等等……"},
		{"Yes! and no", 8, "Yes!"},
	} {
		if got := CutSentence(c.in, c.max); got != c.want {
			t.Errorf("CutSentence(%q, %d) = %q, want %q", c.in, c.max, got, c.want)
		}
	}
}

func checkCut(t interface{ Fatalf(string, ...any) }, s string, limit int) {
	got := CutSentence(s, limit)
	if len(got) > max(limit, 0) {
		t.Fatalf("CutSentence(%q, %d) = %q is longer", s, limit, got)
	}
	if len(s) <= limit && got != s {
		t.Fatalf("CutSentence(%q, %d) = %q, though it fits", s, limit, got)
	}
	if !strings.HasPrefix(s, got) && !strings.HasPrefix(s, strings.TrimSuffix(got, ellipsis)) {
		t.Fatalf("CutSentence(%q, %d) = %q is no start of it", s, limit, got)
	}
	if utf8.ValidString(s) && !utf8.ValidString(got) {
		t.Fatalf("CutSentence(%q, %d) = %q splits a character", s, limit, got)
	}
	if len(s) > limit && limit >= 8 && got == "" {
		t.Fatalf("CutSentence(%q, %d) leaves nothing", s, limit)
	}
}

func TestCutSentenceProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.OneOf(rapid.SampledFrom([]string{"。", "，", "”", "…", "党史", "a", "!", " ", "\xff", "\x80"}), rapid.String())
		s := strings.Join(rapid.SliceOfN(part, 0, 15).Draw(t, "parts"), "")
		checkCut(t, s, rapid.IntRange(-1, 60).Draw(t, "max"))
	})
}

func FuzzCutSentence(f *testing.F) {
	f.Add("第一句。第二句", 12)
	f.Add("开头，没有句号", 10)
	f.Add("\x80\x80\x80\x80\x80\x80", 5)
	f.Add("他说：“走。”", 17)
	f.Fuzz(func(t *testing.T, s string, limit int) { checkCut(t, s, limit) })
}

func TestTitled(t *testing.T) {
	for title, want := range map[string]string{"开国大典": "《开国大典》", "《抗日救国宣言》发布": "“《抗日救国宣言》发布”"} {
		if got := Titled(title); got != want {
			t.Errorf("%s: %s, want %s", title, got, want)
		}
	}
}
