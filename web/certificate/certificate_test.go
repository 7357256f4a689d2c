package certificate

import (
	"errors"
	"image"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"dangshi/quiz"
	"dangshi/web/drawing"
)

func TestTheCodeOnThePictureLeadsToItsPage(t *testing.T) {
	m := newMaker(t, someConfig())
	data, err := m.PNG(someAward(3, "欧阳文华"), 100)
	if err != nil {
		t.Fatal(err)
	}
	img := decodePNG(t, data)
	if got := img.Bounds().Size(); got != image.Pt(1169, 827) {
		t.Errorf("the picture has %v pixels", got)
	}
	corner := img.(*image.RGBA).SubImage(image.Rect(0, 530, 470, 827)) // a whole page takes long under the race detector
	bitmap, err := gozxing.NewBinaryBitmapFromImage(corner)
	if err != nil {
		t.Fatal(err)
	}
	found, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatal(err)
	}
	if want := "https://dangshi.example.cn/verify/7KQ2M9XW4T3HBZ0V"; found.GetText() != want {
		t.Errorf("the code says %q, want %q", found.GetText(), want)
	}
}

func TestWithoutAnAddressTheNumberIsPrintedAlone(t *testing.T) {
	cfg := someConfig()
	cfg.BaseURL = ""
	m := newMaker(t, cfg)
	w := layout(t, m, someAward(1, "张三"))
	if !strings.Contains(strings.Join(w.texts, "\n"), "编号 7KQ2 M9XW 4T3H BZ0V") {
		t.Errorf("no number in %q", w.texts)
	}
	for _, f := range w.Sheet {
		if f.Paint == black {
			t.Error("there is something to scan")
		}
	}
	if m.Link("7KQ2M9XW4T3HBZ0V") != "" {
		t.Error("a link leads nowhere")
	}
}

// laid is a certificate with where its texts stand.
type laid struct {
	drawing.Sheet
	texts []string
	boxes []box
}

type box struct {
	field                    string
	left, right, top, bottom float64
}

func layout(t *testing.T, m *Maker, a quiz.Award) laid {
	t.Helper()
	f, err := m.opened()
	if err != nil {
		t.Fatal(err)
	}
	var l laid
	w := drawing.NewWriter(f)
	w.Extent = func(field, text string, left, right, top, bottom float64) {
		l.texts = append(l.texts, text)
		l.boxes = append(l.boxes, box{field, left, right, top, bottom})
	}
	if err := errors.Join(m.inscription(w, a), w.Err()); err != nil {
		t.Fatal(err)
	}
	l.Sheet = w.Sheet
	return l
}

// TestWhateverIsAllowedFits draws the longest names, branches and wordings: every
// text stands within the frame, on its own, and no pixel is outside.
func TestWhateverIsAllowedFits(t *testing.T) {
	long := func(n int) string { return strings.Repeat("赢", n) }
	for _, c := range []struct {
		what, name, branch string
		wording            Wording
		season             string
	}{
		{"short", "张三", "第一支部", Wording{}, "2026"},
		{"twelve characters", "阿卜杜热西提买买提江艾力", "江城区城关街道办事处第一社区居民委员会离退休干部第三党支部", Wording{Organisation: "中共江城区委党校"}, "2026"},
		{"the longest", long(24), long(52), Wording{Organisation: long(maxOrganisation), Honour: long(maxHonour), Text: long(maxText)}, "2026-2027-winter"},
		{"latin", strings.Repeat("W", 24), strings.Repeat("W", 40), Wording{Organisation: strings.Repeat("W", maxOrganisation), Text: strings.Repeat("W ", maxText/2)}, "WWWWWWWWWWWWWWWW"},
		{"no branch", "诸葛青云", "", Wording{}, "2026"},
	} {
		cfg := someConfig()
		cfg.Wording, cfg.Branch, cfg.Specimen = c.wording, nil, c.name == "张三"
		m := newMaker(t, cfg)
		a := someAward(10_000, c.name)
		a.Branch, a.Season.ID = c.branch, c.season
		l := layout(t, m, a)
		const e = margin + band + 4
		for i, b := range l.boxes {
			if b.left < e || b.right > width-e || b.top < e || b.bottom > height-e {
				t.Errorf("%s: %s leaves the frame: %+v", c.what, b.field, b)
			}
			for _, o := range l.boxes[:i] {
				if o.field != b.field && b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom {
					t.Errorf("%s: %s %q stands on %s", c.what, b.field, l.texts[i], o.field)
				}
			}
		}
		blank, full := page.Paint(24, paper, frame()), page.Paint(24, paper, frame())
		page.PaintOver(full, l.Sheet)
		inner := image.Rect(pixel(e), pixel(e), pixel(width-e), pixel(height-e))
		changed := 0
		for y := range full.Rect.Dy() {
			for x := range full.Rect.Dx() {
				if blank.RGBAAt(x, y) == full.RGBAAt(x, y) {
					continue
				}
				changed++
				if !image.Pt(x, y).In(inner) {
					t.Fatalf("%s: something is drawn at %d, %d, outside of %v", c.what, x, y, inner)
				}
			}
		}
		if changed < 1000 {
			t.Errorf("%s: only %d pixels are drawn", c.what, changed)
		}
	}
}

func pixel(mm float64) int { return int(mm * 24 / 25.4) }

func TestACharacterThatNoFontHasIsNamed(t *testing.T) {
	m := newMaker(t, someConfig())
	_, err := m.PNG(someAward(7, "王\U0002CEB0明"), 20)
	var missing drawing.MissingError
	if !errors.As(err, &missing) {
		t.Fatalf("the error is %v", err)
	}
	if got, want := err.Error(), "字体里没有姓名“王\U0002CEB0明”里的“\U0002CEB0”（U+2CEB0）"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	// Rare ones that the font has are drawn: names of people, old and new.
	if _, err := m.PNG(someAward(8, "㛃䶮喆\U00020164"), 20); err != nil {
		t.Error(err)
	}
	a := someAward(9, "李四")
	a.Branch = "第\u200b一支部"
	if _, err := m.PNG(a, ForPhone); !errors.As(err, &missing) || missing[0].Field != "支部" {
		t.Errorf("an invisible character in the branch: %v", err)
	}
}

func TestWhoCanHaveNoCertificate(t *testing.T) {
	m := newMaker(t, someConfig())
	for _, c := range []struct {
		change func(*quiz.Award)
		want   error
	}{
		{func(a *quiz.Award) { a.Name = "" }, ErrNoName},
		{func(a *quiz.Award) { a.Name, a.Erased = "", true }, ErrErased},
		{func(a *quiz.Award) { a.Honour.Revoked = &quiz.Revocation{Reason: "代答"} }, ErrRevoked},
	} {
		a := someAward(1, "张三")
		c.change(&a)
		if _, err := m.PNG(a, ForPhone); !errors.Is(err, c.want) {
			t.Errorf("%v, want %v", err, c.want)
		}
	}
	a := someAward(1, strings.Repeat("长", 90))
	var long *drawing.TooLongError
	if _, err := m.PNG(a, ForPhone); !errors.As(err, &long) || long.Field != "姓名" {
		t.Errorf("a name of 90 characters: %v", err)
	}
}

func TestNoFont(t *testing.T) {
	m, err := New(Config{Font: filepath.Join(t.TempDir(), "none.ttc")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.PNG(someAward(1, "张三"), ForPhone); err == nil || !strings.Contains(err.Error(), "none.ttc") {
		t.Errorf("the error is %v", err)
	}
	if m, err = New(Config{Font: "certificate_test.go"}); err != nil {
		t.Fatal(err)
	}
	if err := m.Open(); err == nil || !strings.Contains(err.Error(), "不是 TTF、OTF 或 TTC 字体") {
		t.Errorf("the error is %v", err)
	}
}

func TestWhatIsInThePictureIsInItsDigest(t *testing.T) {
	m, err := New(someConfig())
	if err != nil {
		t.Fatal(err)
	}
	a := someAward(1, "张三")
	seen := map[string]bool{m.Digest(a): true}
	for _, change := range []func(*quiz.Award){
		func(a *quiz.Award) { a.Name = "张山" },
		func(a *quiz.Award) { a.Branch = "zb2" },
		func(a *quiz.Award) { a.Code = "ANOTHER" },
		func(a *quiz.Award) { a.Honour.Place = 2 },
	} {
		b := a
		change(&b)
		seen[m.Digest(b)] = true
	}
	cfg := someConfig()
	cfg.Wording.Honour = "学习标兵"
	if m, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	if seen[m.Digest(a)] = true; len(seen) != 6 {
		t.Errorf("%d digests, want 6", len(seen))
	}
}
