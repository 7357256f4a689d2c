package content

import (
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/longbridgeapp/opencc"
	"pgregory.net/rapid"
)

func TestNormalise(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"a", "a"},
		{"A", "a"},
		{"Ａ", "a"},
		{" １９２１ 年。", "1921年"},
		{"1921", "1921"},
		{"一九二一年", "一九二一年"},
		{"二○二一年", "二〇二一年"},
		{"二◯二一年", "二〇二一年"},
		{"○", "○"},
		{"毛澤東", "毛泽东"},
		{"《論持久戰》", "论持久战"},
		{"中華人民共和國", "中华人民共和国"},
		{"⼈⺠⽇报 ⻓征 ⻢克思", "人民日报长征马克思"}, // radicals, as copied from a PDF
		{"八·一七公报", "八一七公报"},
		{"3.5", "3.5"},
		{"3．5亿。", "3.5亿"},
		{"3。5", "35"},
		{"35", "35"},
		{".5", "5"},
		{"v1.2.3.", "v1.2.3"},
		{"1,000", "1000"},
		{"互联网＋", "互联网+"},
		{"C++", "c++"},
		{"A\u200b\ufeff\u00adB\u2060", "ab"},
		{"a\u0301", "a"},
		{"1\ufe0f\u20e3", "1"},
		{"👍🏽党👨‍👩‍👧", "党"},
		{"好的~~~", "好的"},
		{"\ue415答题\ue056", "答题"}, // private-use emoji of old phones
		{"\x00答\x1b题\r\n", "答题"},
		{"答\xff题\xc0", "答题"},
		{"√", "√"}, {"✔️", "✔"}, {"×", "×"}, {"❌", "❌"}, {"⭕️", "⭕"},
		{"①", "①"}, {"⒈", "⒈"}, {"㈠", "㈠"}, {"Ⓐ", "ⓐ"}, {"🅰️", "🅰"}, {"Ⅱ", "ⅱ"},
		{"对[微笑]", "对"}, {"[強]", ""}, {"[OK]", ""}, {"[Facepalm] [Yeah!]", ""}, {"[Let Down]", "letdown"},
		{"[强[玫瑰]]", ""},
		{"[A]", "a"},
		{"1921[666]", "1921"},
		{"/::B", ""}, {"/::D/::D对", "对"}, {"/:v", ""}, {"答题/:strong/:rose", "答题"}, {"[疑问]", ""},
		{"http://a/:b", "httpab"},
		{"𠮷", "𠮷"},
		{"བོད", "བོད"}, // Tibetan vowels are marks that stay
		{strings.Repeat("ＡＢ", 200), strings.Repeat("ab", 200)},
	} {
		if got := Normalise(c.in); got != c.want {
			t.Errorf("Normalise(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestFoldKeepsShape(t *testing.T) {
	for in, want := range map[string]string{
		"Ａ、Ｃ":             "a、c",
		"這題選Ｂ嗎？":          "这题选b吗?",
		"A\r\nC":          "a  c",
		"B[疑問]":           "b?",
		"B/:?":            "b?",
		"B　[强][玫瑰]\u200d": "b ",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

// Every single rune: normalising twice is normalising once, and nothing hidden
// or broken comes out.
func TestNormaliseEveryRune(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		once := Normalise(string(r))
		if twice := Normalise(once); twice != once {
			t.Errorf("%U: %q, then %q", r, once, twice)
		}
		for _, got := range once {
			if hidden(got) || got == utf8.RuneError || got == ' ' {
				t.Errorf("%U becomes %q", r, once)
			}
		}
	}
}

// awkward gives texts from pieces that fold, join or vanish.
var awkward = rapid.Custom(func(t *rapid.T) string {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			"A", "Ｂ", "1", "３", ".", "．", "。", " ", "　", "\n", "○", "二", "零", "〇", "澤", "⼈", "①", "√", "\u200b", "\ufe0f",
			"[", "]", "[强]", "[强", "强]", "/", ":", "/:", "/::", "/::B", ")", "?", "İ", "ẞ", "K", "\u0301", "\xff", "薴", "+",
		}),
		rapid.String(),
	)
	return strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")
})

func TestNormaliseIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := awkward.Draw(t, "s")
		checkNormalised(t, s)
	})
}

func checkNormalised(t interface {
	Fatalf(string, ...any)
}, s string) {
	once := Normalise(s)
	if twice := Normalise(once); twice != once {
		t.Fatalf("Normalise(%q) = %q, then %q", s, once, twice)
	}
	if !utf8.ValidString(once) {
		t.Fatalf("Normalise(%q) = %q is not UTF-8", s, once)
	}
	if len(once) > 2*len(s) {
		t.Fatalf("Normalise(%q) grew from %d to %d bytes", s, len(s), len(once))
	}
}

// A simplified text that OpenCC puts into traditional characters normalises to
// the same as the text itself. The texts are those of the starter bank.
func TestNormaliseTraditional(t *testing.T) {
	for _, conversion := range []string{"s2t", "s2tw", "s2hk"} {
		cc, err := opencc.New(conversion)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{
			"中国共产党成立于一九二一年", "毛泽东、周恩来、刘少奇、朱德", "红军长征胜利会师", "新民主主义革命", "实事求是群众路线独立自主",
			"西柏坡、延安、瑞金、井冈山", "改革开放的总设计师", "全面建成小康社会", "为人民服务", "抗日战争胜利纪念日", "双百方针", "选择第二项",
			"这个说法是错误的", "应该是对的", "没错", "不对", "打钩打叉", "我选择甲和丙", "头一个", "后两个都选", "纪律检查委员会", "万里长江第一桥",
		} {
			trad, err := cc.Convert(s)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := Normalise(trad), Normalise(s); got != want {
				t.Errorf("%s: %q normalises to %q, not %q", conversion, trad, got, want)
			}
		}
	}
}

// The table agrees with OpenCC on every character that it knows: what it
// replaces, OpenCC replaces by the same or leaves at the start of a chain.
func TestTableIsClosed(t *testing.T) {
	table := t2s()
	if len(table) < 4000 {
		t.Fatalf("the table has %d characters", len(table))
	}
	for from, to := range table {
		if next, ok := table[to]; ok {
			t.Errorf("%c becomes %c, which becomes %c", from, to, next)
		}
		if from < firstHan {
			t.Errorf("%c is below the first that is looked up", from)
		}
	}
	cc, err := opencc.New("t2s")
	if err != nil {
		t.Fatal(err)
	}
	differ := 0
	for from, to := range table {
		if got, err := cc.Convert(string(from)); err != nil || got != string(to) && 0x4E00 <= from && from <= 0x9FFF {
			differ++
			t.Logf("%c becomes %c, by OpenCC %s (%v)", from, to, got, err)
		}
	}
	if differ > 1 { // 薴 → 苧 → 苎 is the one chain
		t.Errorf("%d characters differ from OpenCC", differ)
	}
}

func TestStickerCodesArePrefixFree(t *testing.T) {
	all := stickers()
	for a := range all {
		for b := range all {
			if a != b && strings.HasPrefix(b, a) {
				t.Errorf("%q is the beginning of %q: it would be cut out first", a, b)
			}
		}
		if Fold(a) != a && Fold(a) != "" && Fold(a) != "?" {
			t.Errorf("%q is not in folded form", a)
		}
		if len(a) > maxSticker {
			t.Errorf("%q is longer than %d bytes", a, maxSticker)
		}
		if Normalise("答题"+strings.ToUpper(a)) != "答题" {
			t.Errorf("%q is not recognised", a)
		}
	}
}

func TestNormaliseConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if got := Normalise("毛澤東[微笑]"); got != "毛泽东" {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	wg.Wait()
}

func TestNormaliseAllocations(t *testing.T) {
	for in, most := range map[string]float64{"a": 0, "dati": 0, "A": 1, " B. ": 1, "Hello, World 12": 1, "我选Ｂ": 1, "毛澤東": 1} {
		if got := testing.AllocsPerRun(100, func() { Normalise(in) }); got > most {
			t.Errorf("Normalise(%q) allocates %v times, not %v", in, got, most)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"", "Ａ、C", "毛澤東。", "二○二一.5", "[强[玫瑰]]/::B", "1️⃣", "\xff\xc0[", "İẞ", "3..5", "/:/::d:d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkNormalised(t, s) })
}

func BenchmarkNormalise(b *testing.B) {
	for name, in := range map[string]string{"letter": "a", "upper": "B", "ascii": "Hello, World 12", "chinese": "应该是第二个吧。", "traditional": "我選擇毛澤東"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Normalise(in)
			}
		})
	}
}

// BenchmarkTable measures what the first Chinese text pays.
func BenchmarkTable(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		readPairs(t2sPairs)
	}
}
