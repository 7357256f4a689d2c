package sandbox

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func TestParseParts(t *testing.T) {
	words := func(s string) part { return part{Text: s} }
	link := func(s, to string) part { return part{Text: s, URL: to} }
	option := func(s, content, id string) part { return part{Text: s, Tap: &tap{content, id}} }
	for _, c := range []struct {
		text string
		want []part
	}{
		{"", nil},
		{"早上好\n", []part{words("早上好\n")}},
		{`去<a href="https://a.example/x">这里</a>看`, []part{words("去"), link("这里", "https://a.example/x"), words("看")}},
		{`<a href='http://a.example'>单引号</a>`, []part{link("单引号", "http://a.example")}},
		{`<a  href = "http://a.example" data-miniprogram-appid="x">小程序</a>`, []part{link("小程序", "http://a.example")}},
		{`<a href="http://a.example/?a=1&amp;b=2">x</a>`, []part{link("x", "http://a.example/?a=1&b=2")}},
		{`<a href="weixin://bizmsgmenu?msgmenucontent=%E5%AF%B9&msgmenuid=7">A. 对</a>`, []part{option("A. 对", "对", "7")}},
		{`<a href="weixin://bizmsgmenu?msgmenucontent=A&amp;msgmenuid=7">A</a><a href="weixin://bizmsgmenu?msgmenucontent=B&msgmenuid=8">B</a>`,
			[]part{option("A", "A", "7"), option("B", "B", "8")}},
		// What WeChat would not follow is words, without the tags.
		{`<a href="javascript:alert(1)">点</a>我`, []part{words("点我")}},
		{`<a href="data:text/html,x">点</a>`, []part{words("点")}},
		{`<a href="//a.example">点</a>`, []part{words("点")}},
		{`<a href="weixin://bizmsgmenu?msgmenucontent=A">没有编号</a>`, []part{words("没有编号")}},
		{`<a href="weixin://dl/scan">扫</a>`, []part{words("扫")}},
		{`<a href="http://a.example"></a>空`, []part{words("空")}},
		// What is no link is words as it stands.
		{`1 <a 2`, []part{words(`1 <a 2`)}},
		{`<a href=http://a.example>x</a>`, []part{words(`<a href=http://a.example>x</a>`)}},
		{`<a href="http://a.example">没有结尾`, []part{words(`<a href="http://a.example">没有结尾`)}},
		{`<a href="http://a.example/<b>">x</a>`, []part{words(`<a href="http://a.example/<b>">x</a>`)}},
		{`<A HREF="http://a.example">x</A>`, []part{words(`<A HREF="http://a.example">x</A>`)}},
		{`<b>粗</b><script>x</script>`, []part{words(`<b>粗</b><script>x</script>`)}},
		{`<a href="http://a.example"><a href="http://b.example">内</a>`, []part{words(`<a href="http://a.example">`), link("内", "http://b.example")}},
	} {
		if got := parseParts(c.text); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.text, got, c.want)
		}
	}
}

// TestMenuParts: an option of a msgmenu is a line of its own in the text.
func TestMenuParts(t *testing.T) {
	option := func(s, id string) part { return part{Text: s, Tap: &tap{s, id}} }
	got := menuParts("满意吗\n满意\n不满意\n谢谢", []tap{{"满意", "1"}, {"不满意", "2"}, {"没有这一行", "3"}})
	want := []part{{Text: "满意吗\n"}, option("满意", "1"), {Text: "\n"}, option("不满意", "2"), {Text: "\n谢谢"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got := menuParts("没有选项", nil); !reflect.DeepEqual(got, []part{{Text: "没有选项"}}) {
		t.Errorf("got %+v", got)
	}
}

// FuzzParseParts: whatever an account says, what can be followed is harmless, and
// no word is added or lost but tags.
func FuzzParseParts(f *testing.F) {
	f.Add(`去<a href="https://a.example/x">这里</a>看`)
	f.Add(`<a href="weixin://bizmsgmenu?msgmenucontent=A&msgmenuid=7">A. 对</a>` + "\n")
	f.Add(`<a <a href='javascript:x' >y</a><a href="">`)
	f.Fuzz(func(t *testing.T, text string) {
		parts := parseParts(text)
		rest, plain := text, false
		for _, p := range parts {
			if p.Text == "" {
				t.Fatal("an empty part")
			}
			if p.URL != "" && p.Tap != nil {
				t.Fatalf("%+v leads to two places", p)
			}
			if u, err := url.Parse(p.URL); p.URL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
				t.Fatalf("a link leads to %q", p.URL)
			}
			if p.Tap != nil && (p.Tap.Content == "" || p.Tap.MenuID == "") {
				t.Fatalf("a tap sends %+v", *p.Tap)
			}
			if words := p.URL == "" && p.Tap == nil; words && plain {
				t.Fatal("two parts of words in a row")
			} else {
				plain = words
			}
			for _, b := range []byte(p.Text) { // in order, with tags left out between
				at := strings.IndexByte(rest, b)
				if at < 0 {
					t.Fatalf("%q is not in the text, or not there", p.Text)
				}
				rest = rest[at+1:]
			}
		}
		if !strings.Contains(text, "<a ") && text != "" && (len(parts) != 1 || parts[0].Text != text) {
			t.Fatalf("words became %+v", parts)
		}
	})
}
