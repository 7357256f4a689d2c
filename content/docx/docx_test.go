package docx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// document packs parts as a document; the body stands in its frame.
func document(t testing.TB, body string, more map[string]string) []byte {
	t.Helper()
	files := map[string]string{"word/document.xml": `<w:document xmlns:w="w" xmlns:m="m" xmlns:mc="mc"><w:body>` + body + `</w:body></w:document>`}
	for name, text := range more {
		files[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func shown(blocks []Block) string {
	var b strings.Builder
	for _, block := range blocks {
		for _, l := range block.Lines {
			fmt.Fprintf(&b, "%d:%s\n", l.Number, l.Text)
		}
		for _, row := range block.Table {
			fmt.Fprintf(&b, "%d|", row.Number)
			for _, c := range row.Cells {
				for _, l := range c {
					b.WriteString(l.Text + "/")
				}
				b.WriteString("|")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

const numbering = `<w:numbering xmlns:w="w">
<w:abstractNum w:abstractNumId="0">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2"/></w:lvl>
 <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%3."/></w:lvl>
 <w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%1)"/><w:pStyle w:val="Listed"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="1"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>`

const styles = `<w:styles xmlns:w="w"><w:style w:styleId="Listed"><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="More"><w:basedOn w:val="Listed"/></w:style><w:style w:styleId="Ring"><w:basedOn w:val="Ring"/></w:style></w:styles>`

func listed(num, level int, text string) string {
	return fmt.Sprintf(`<w:p><w:pPr><w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr></w:pPr><w:r><w:t>%s</w:t></w:r></w:p>`, level, num, text)
}

func plain(text string) string { return "<w:p><w:r><w:t>" + text + "</w:t></w:r></w:p>" }

func TestRead(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"numbers": {listed(1, 0, "单选题") + listed(1, 1, "甲") + listed(1, 2, "一") + listed(1, 2, "二") + listed(1, 1, "乙") + listed(1, 2, "三") + listed(1, 3, "点") +
			listed(1, 0, "多选题") + listed(1, 1, "丙") + listed(2, 1, "丁") + listed(1, 1, "戊") + listed(0, 0, "无") + listed(9, 0, "无") + listed(1, 1, ""),
			"1:一、 单选题\n2:1. 甲\n3:A. 一\n4:B. 二\n5:2. 乙\n6:A. 三\n7:点\n8:二、 多选题\n9:1. 丙\n10:7. 丁\n11:8. 戊\n12:无\n13:无\n14:\n"},
		"styles": {`<w:p><w:pPr><w:pStyle w:val="Listed"/></w:pPr><w:r><w:t>甲</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="More"/></w:pPr><w:r><w:t>乙</w:t></w:r></w:p>` +
			`<w:p><w:pPr><w:pStyle w:val="Ring"/></w:pPr><w:r><w:t>丙</w:t></w:r></w:p>`, "1:(c) 甲\n2:(d) 乙\n3:丙\n"},
		"breaks": {`<w:p><w:r><w:t>甲</w:t><w:br/><w:t xml:space="preserve"> 乙</w:t><w:tab/><w:t>丙</w:t></w:r></w:p><w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="9"/></w:tabs></w:pPr></w:p>` + plain("丁"), "1:甲\n2: 乙\t丙\n3:\n4:丁\n"},
		"tables": {plain("前") + `<w:tbl><w:tr><w:tc>` + plain("甲") + plain("乙") + `</w:tc><w:tc/></w:tr><w:tr><w:tc><w:tbl><w:tr><w:tc>` + plain("内") + `</w:tc></w:tr></w:tbl>` + plain("外") + `</w:tc></w:tr></w:tbl>` + plain("后"),
			"1:前\n2|甲/乙/||\n4|内/外/|\n6:后\n"},
		"signs": {`<w:p><w:r><w:t>对（</w:t><w:sym w:font="Wingdings" w:char="F0FC"/><w:t>）</w:t></w:r><w:r><w:sym w:font="Symbol" w:char="F0B4"/><w:sym w:font="Webdings" w:char="F001"/></w:r></w:p>`, "1:对（√）×�\n"},
		"underlined": {`<w:p><w:pPr><w:rPr><w:u w:val="single"/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">  在</w:t></w:r><w:r><w:rPr><w:u w:val="single"/></w:rPr><w:t xml:space="preserve">      </w:t></w:r><w:r><w:t>召开</w:t></w:r></w:p>`,
			"1:  在____召开\n"},
		"deleted": {`<w:p><w:del><w:r><w:t>旧</w:t></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:r><w:instrText>HYPERLINK "https://example.test"</w:instrText></w:r></w:p>`, "1:新链接\n"},
		"boxes":   {`<w:p><w:r><w:t>外</w:t></w:r><mc:AlternateContent><mc:Choice>` + plain("框") + `</mc:Choice><mc:Fallback>` + plain("框") + `</mc:Fallback></mc:AlternateContent></w:p>`, "1:框\n2:外\n"},
	} {
		blocks, err := Read(document(t, c.body, map[string]string{"word/numbering.xml": numbering, "word/styles.xml": styles}))
		if got := shown(blocks); err != nil || got != c.want {
			t.Errorf("%s: %v\n got %q\nwant %q", name, err, got, c.want)
		}
	}
	// Without lists, and with the text under another name.
	data := document(t, "", map[string]string{"_rels/.rels": `<Relationships><Relationship Type="http://x/officeDocument" Target="/word/document2.xml"/></Relationships>`,
		"word/document2.xml": `<document><p><r><t>文</t></r></p></document>`})
	if blocks, err := Read(data); err != nil || shown(blocks) != "1:文\n" {
		t.Errorf("%v %q", err, shown(blocks))
	}
}

func TestFormats(t *testing.T) {
	for want, c := range map[string]struct {
		format string
		n      int
	}{"二十一": {"chineseCounting", 21}, "十": {"chineseCountingThousand", 10}, "〇": {"chineseCounting", 0}, "AA": {"upperLetter", 27}, "iv": {"lowerRoman", 4},
		"丙": {"ideographTraditional", 3}, "07": {"decimalZero", 7}, "12": {"unknown", 12}, "": {"none", 1}, "100": {"chineseCounting", 100}} {
		if got := inFormat(c.format, c.n); got != want {
			t.Errorf("%s %d: %q, want %q", c.format, c.n, got, want)
		}
	}
}

func TestHostile(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"no archive":  {[]byte("PK\x03\x04"), ErrDamaged},
		"no text":     {document(t, "", map[string]string{"_rels/.rels": `<Relationships><Relationship Type="http://x/officeDocument" Target="/other.xml"/></Relationships>`}), ErrDamaged},
		"torn":        {document(t, "<w:p>", nil), ErrDamaged},
		"entity":      {document(t, plain("&xxe;"), nil), ErrDamaged},
		"deep":        {document(t, strings.Repeat("<w:sdt>", 1000)+strings.Repeat("</w:sdt>", 1000), nil), ErrDamaged},
		"lines":       {document(t, strings.Repeat("<w:p/>", 2001), nil), ErrLarge},
		"cells":       {document(t, "<w:tbl>"+strings.Repeat("<w:tc/>", 2001)+"</w:tbl>", nil), ErrLarge},
		"bomb":        {document(t, strings.Repeat(" ", 1<<20), nil), ErrLarge},
		"lists":       {document(t, plain("文"), map[string]string{"word/numbering.xml": "<a><b></a>"}), ErrDamaged},
		"outside":     {document(t, plain("文"), map[string]string{"_rels/.rels": `<Relationships><Relationship Type="http://x/officeDocument" Target="../../etc/passwd"/></Relationships>`}), ErrDamaged},
		"with a door": {document(t, `<!DOCTYPE a SYSTEM "https://example.test/a.dtd">`+plain("文"), nil), nil},
	} {
		if _, err := read(c.data, bounds{part: 100_000, depth: 500, lines: 2000}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(listed(1, 0, "甲")+listed(1, 1, "乙"), numbering, styles)
	f.Add(`<w:tbl><w:tr><w:tc>`+plain("甲")+`</w:tc></w:tr></w:tbl></w:tc></w:p>`, "", "<w:styles/>")
	f.Fuzz(func(t *testing.T, body, numbering, styles string) {
		blocks, err := Read(document(t, body, map[string]string{"word/numbering.xml": numbering, "word/styles.xml": styles}))
		if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrLarge) {
			t.Fatal(err)
		}
		last := 0
		for _, b := range blocks {
			for _, l := range b.Lines {
				if l.Number <= last || strings.Contains(l.Text, "\n") {
					t.Fatalf("line %+v after %d", l, last)
				}
				last = l.Number
			}
		}
	})
}
