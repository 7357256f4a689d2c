package wechat

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// reference reads raw with encoding/xml as read is documented to: the first
// occurrence of each field, its direct text, without control characters. Like
// encoding/xml it takes documents that read refuses.
func reference(raw []byte) (doc document, err error) {
	raw = bytes.TrimPrefix(stripControls(bytes.Clone(raw)), []byte("\uFEFF"))
	d := xml.NewDecoder(bytes.NewReader(raw))
	var open []string
	var value []byte
	var into *[]byte // where value belongs, once the element at level has ended
	level := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			return doc, nil
		}
		if err != nil {
			return doc, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(open) == 0 && token.Name.Local != "xml" {
				return doc, fmt.Errorf("root %s", token.Name.Local)
			}
			open = append(open, token.Name.Local)
			if to := doc.belongs(open); to != nil && *to == nil {
				into, level, value = to, len(open), []byte{}
			}
		case xml.EndElement:
			if into != nil && len(open) == level {
				*into, into = stripControls(value), nil
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if into != nil && len(open) == level {
				value = append(value, token...)
			}
		}
	}
}

// belongs is where the value of the element belongs to which the names of open lead; nil: nowhere.
func (doc *document) belongs(open []string) *[]byte {
	path := strings.Join(open[1:], "/")
	if f := fieldOf([]byte(path)); f > fieldNone && f < fieldCount {
		return &doc.fields[f]
	}
	if f, ok := map[string]field{"SendLocationInfo/Location_X": fieldPlaceX, "SendLocationInfo/Location_Y": fieldPlaceY,
		"SendLocationInfo/Label": fieldPlaceLabel, "ArticleUrlResult/ResultList/item/ArticleUrl": fieldArticleURL}[path]; ok {
		return &doc.fields[f]
	}
	inList, ok := strings.CutPrefix(path, "SubscribeMsgPopupEvent/List")
	if !ok {
		inList, ok = strings.CutPrefix(path, "SubscribeMsgChangeEvent/List")
	}
	if !ok {
		inList, ok = strings.CutPrefix(path, "SubscribeMsgSentEvent/List")
	}
	if ok && inList == "" {
		doc.items = append(doc.items, item{})
	}
	if f, known := map[string]int{"/TemplateId": itemTemplate, "/SubscribeStatusString": itemStatus, "/PopupScene": itemScene,
		"/MsgID": itemJobID, "/ErrorCode": itemErrorCode, "/ErrorStatus": itemErrorStatus}[inList]; ok && known {
		return &doc.items[len(doc.items)-1][f]
	}
	return nil
}

// agrees fails the test where read accepts raw and encoding/xml does not see
// the same in it.
func agrees(t *testing.T, raw []byte) {
	t.Helper()
	var got document
	if err := got.read(bytes.Clone(raw)); err != nil {
		return
	}
	want, err := reference(raw)
	if err != nil {
		t.Fatalf("%q was taken; encoding/xml: %v", raw, err)
	}
	same := func(where string, got, want []byte) {
		if !bytes.Equal(got, want) || (got == nil) != (want == nil) {
			t.Fatalf("%q: %s is %q; encoding/xml: %q", raw, where, got, want)
		}
		if !utf8.Valid(got) || firstControl(got) >= 0 {
			t.Fatalf("%q: %s is %q", raw, where, got)
		}
	}
	for f := range want.fields {
		same(fmt.Sprint("field ", f), got.fields[f], want.fields[f])
	}
	if len(got.items) != len(want.items) {
		t.Fatalf("%q: %d items; encoding/xml: %d", raw, len(got.items), len(want.items))
	}
	for i := range want.items {
		for f := range want.items[i] {
			same(fmt.Sprintf("item %d, field %d", i, f), got.items[i][f], want.items[i][f])
		}
	}
}

func TestXMLIsTaken(t *testing.T) {
	tests := []struct{ name, in, content string }{
		{"CDATA", "<xml><Content><![CDATA[党史]]></Content></xml>", "党史"},
		{"text", "<xml><Content>党史</Content></xml>", "党史"},
		{"empty", "<xml><Content></Content></xml>", ""},
		{"empty element", "<xml><Content/></xml>", ""},
		{"empty element, first of two", "<xml><Content/><Content>b</Content></xml>", ""},
		{"empty CDATA", "<xml><Content><![CDATA[]]></Content></xml>", ""},
		{"space in tags", "<xml ><Content\n>a</Content\t></xml >", "a"},
		{"space is kept", "<xml><Content> a <![CDATA[ b ]]>\n</Content></xml>", " a  b \n"},
		{"pieces", "<xml><Content>a<![CDATA[<b>]]>&amp;c<![CDATA[d]]></Content></xml>", "a<b>&cd"},
		{"pieces around a comment", "<xml><Content>a<!-- & ]]> <x> -->b</Content></xml>", "ab"},
		{"pieces around an element", "<xml><Content>a<b>x<Content>y</Content></b>&lt;c</Content></xml>", "a<c"},
		{"brackets", "<xml><Content><![CDATA[]]]]]]></Content></xml>", "]]]]"},
		{"end of CDATA, split", "<xml><Content><![CDATA[a]]]]><![CDATA[>b]]></Content></xml>", "a]]>b"},
		{"a reference in CDATA", "<xml><Content><![CDATA[&amp;&#60;]]></Content></xml>", "&amp;&#60;"},
		{"references", "<xml><Content>&lt;&gt;&amp;&apos;&quot;&#20826;&#x53f2;&#x53F2;&#9;&#10;&#13;&#x1F44D;</Content></xml>", "<>&'\"党史史\t\n👍"},
		{"a reference to a reference", "<xml><Content>&amp;lt;&#38;lt;</Content></xml>", "&lt;&lt;"},
		{"the first of two", "<xml><Content>a</Content><Content>b</Content></xml>", "a"},
		{"not from inside another", "<xml><a><Content>a</Content></a><Content>b</Content></xml>", "b"},
		{"unknown elements", "<xml><a/><b.c-d_2>x</b.c-d_2><Content>a</Content><FuncFlag>0</FuncFlag></xml>", "a"},
		{"declaration", `<?xml version='1.0' encoding='utf-8' standalone="yes" ?><xml><Content>a</Content></xml>`, "a"},
		{"byte order mark", "\uFEFF<xml><Content>a</Content></xml>", "a"},
		{"both", "\uFEFF<?xml version=\"1.0\"?>\r\n<xml><Content>a</Content></xml>", "a"},
		{"comments outside", "<!-- a --><xml><!----><Content>a</Content></xml><!-- b -->\n", "a"},
		{"control characters", "<x\x00ml><Content><![CDATA[a\x01\x1f\x7f\u0085\r\n\ufffe]]></Content></xml>\x00", "a\n"},
		{"the deepest", "<xml>" + strings.Repeat("<a>", 7) + strings.Repeat("</a>", 7) + "<Content>a</Content></xml>", "a"},
		{"the most", "<xml>" + strings.Repeat("<a/>", 1022) + "<Content>a</Content></xml>", "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var doc document
			if err := doc.read([]byte(tt.in)); err != nil {
				t.Fatal(err)
			}
			if got := doc.fields[fieldContent]; got == nil || string(got) != tt.content {
				t.Errorf("got %q", got)
			}
			agrees(t, []byte(tt.in))
		})
	}
}

func TestXMLIsRefused(t *testing.T) {
	in := func(s string) string { return "<xml><Content>" + s + "</Content></xml>" }
	tests := []struct {
		name, in string
		want     error
	}{
		{"nothing", "", errCut},
		{"space", " \n", errCut},
		{"only a comment", "<!-- a -->", errCut},
		{"no markup", "xml", errStray},
		{"another root", "<html></html>", errRoot},
		{"root of another case", "<XML></XML>", errRoot},
		{"two roots", "<xml></xml><xml></xml>", errStray},
		{"text behind", "<xml></xml>a", errStray},
		{"CDATA behind", "<xml></xml><![CDATA[]]>", errStray},
		{"text before", "a<xml></xml>", errStray},
		{"text between fields", "<xml>a<Content/></xml>", errStray},
		{"reference between fields", "<xml>&#32;<Content/></xml>", errStray},
		{"CDATA between fields", "<xml><![CDATA[ ]]></xml>", errStray},
		{"byte order mark twice", "\uFEFF\uFEFF<xml></xml>", errStray},
		{"open", "<xml>", errCut},
		{"open tag", "<xml", errCut},
		{"open end tag", "<xml></xml", errCut},
		{"open CDATA", in("<![CDATA[a]]"), errCut},
		{"open comment", in("<!-- -"), errCut},
		{"crossed", "<xml><a><b></a></b></xml>", errNesting},
		{"end without start", "</xml>", errNesting},
		{"one end too many", "<xml></xml></xml>", errNesting},
		{"end of another case", "<xml></Xml>", errNesting},
		{"nameless end", "<xml></></xml>", errNesting},
		{"nameless start", "<xml><></></xml>", errMarkup},
		{"space before the name", "< xml></xml>", errMarkup},
		{"space before the end's name", "<xml></ xml>", errMarkup},
		{"space in an empty element", "<xml><a/ ></xml>", errMarkup},
		{"name that begins with a digit", "<xml><1/></xml>", errMarkup},
		{"prefix", "<xml><a:b/></xml>", errMarkup},
		{"name beyond ASCII", "<xml><党/></xml>", errMarkup},
		{"attribute", `<xml a="b"></xml>`, errMarkup},
		{"attribute of an end tag", `<xml></xml a="b">`, errMarkup},
		{"namespace", `<xml xmlns="urn:x"></xml>`, errMarkup},
		{"document type", "<!DOCTYPE xml><xml></xml>", errMarkup},
		{"entity", `<!DOCTYPE xml [<!ENTITY a "b">]><xml>&a;</xml>`, errMarkup},
		{"element declaration", "<xml><!ELEMENT a></xml>", errMarkup},
		{"processing instruction", "<xml><?php a ?></xml>", errMarkup},
		{"declaration inside", `<xml><?xml version="1.0"?></xml>`, errMarkup},
		{"declaration behind space", ` <?xml version="1.0"?><xml></xml>`, errMarkup},
		{"declaration of another version", `<?xml version="1.1"?><xml></xml>`, errMarkup},
		{"declaration of another encoding", `<?xml version="1.0" encoding="GBK"?><xml></xml>`, errMarkup},
		{"stylesheet", `<?xml-stylesheet href="a"?><xml></xml>`, errMarkup},
		{"dashes in a comment", in("<!-- a -- b -->"), errMarkup},
		{"three dashes", in("<!-- a --->"), errMarkup},
		{"end of CDATA outside of one", in("a]]>b"), errMarkup},
		{"end of CDATA in a skipped element", "<xml><a>]]></a></xml>", errMarkup},
		{"lower-case CDATA", in("<![cdata[a]]>"), errMarkup},
		{"unknown entity", in("&nbsp;"), errReference},
		{"unknown entity in a skipped element", "<xml><a>&nbsp;</a></xml>", errReference},
		{"bare ampersand", in("a & b"), errReference},
		{"reference across a tag", "<xml><Content>&am<b/>p;</Content></xml>", errReference},
		{"empty reference", in("&;"), errReference},
		{"empty number", in("&#;"), errReference},
		{"empty hex", in("&#x;"), errReference},
		{"upper-case X", in("&#X41;"), errReference},
		{"hex without #", in("&x41;"), errReference},
		{"digits without #", in("&65;"), errReference},
		{"sign", in("&#+65;"), errReference},
		{"underscore", in("&#6_5;"), errReference},
		{"NUL", in("&#0;"), errReference},
		{"escape", in("&#27;"), errReference},
		{"DEL", in("&#x7f;"), errReference},
		{"C1", in("&#x85;"), errReference},
		{"surrogate", in("&#xD800;"), errReference},
		{"noncharacter", in("&#xFFFF;"), errReference},
		{"beyond Unicode", in("&#x110000;"), errReference},
		{"beyond 64 bits", in("&#99999999999999999999;"), errReference},
		{"not UTF-8", in("\xff"), errUTF8},
		{"overlong", in("\xc0\xaf"), errUTF8},
		{"surrogate in UTF-8", in("\xed\xa0\x80"), errUTF8},
		{"UTF-16", "\xff\xfe<\x00x\x00", errUTF8},
		{"too deep", "<xml>" + strings.Repeat("<a>", 8) + strings.Repeat("</a>", 8) + "</xml>", errDepth},
		{"too deep, empty", "<xml>" + strings.Repeat("<a>", 7) + "<a/>" + strings.Repeat("</a>", 7) + "</xml>", errDepth},
		{"too many", "<xml>" + strings.Repeat("<a/>", 1024) + "</xml>", errElements},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var doc document
			if err := doc.read([]byte(tt.in)); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// Documents put together from pieces of XML reach further than bytes do.
func TestXMLAgrees(t *testing.T) {
	pieces := []string{"<ArticleUrlResult>", "</ArticleUrlResult>", "<ResultList>", "</ResultList>", "<item>", "</item>", "<ArticleUrl>", "</ArticleUrl>",
		"<ArticleUrlResult><ResultList><item><ArticleUrl>", "</ArticleUrl></item></ResultList></ArticleUrlResult>",
		"<SendLocationInfo>", "</SendLocationInfo>", "<Label>", "</Label>", "<SubscribeMsgSentEvent>", "</SubscribeMsgSentEvent>",
		"<List>", "</List>", "<List/>", "<MsgID>", "</MsgID>", "<TemplateId>", "</TemplateId>", "<xml>", "</xml>", "<Content>", "</Content>", "<Content/>", "<EventKey>", "</EventKey>", "<a>", "</a>", "<a />",
		"<![CDATA[", "]]>", "]]", "]", ">", "<!--", "-->", "--", "-", "&lt;", "&amp;", "&#13;", "&#x4e00;", "&#xD800;", "&", ";",
		"党", "x", " ", "\n", "\r\n", "\r", "\x00", "\x7f", "\u0085", "\ufffe", "\uFEFF", "\xff", `<?xml version="1.0"?>`, "<?a?>"}
	taken := 0
	rapid.Check(t, func(r *rapid.T) {
		inner := rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(r, "inner")
		doc := strings.Join(slices.Concat([]string{"<xml><Content>"}, inner, []string{"</Content></xml>"}), "")
		if rapid.Bool().Draw(r, "outside") {
			doc = strings.Join(inner, "") + doc
		}
		if new(document).read([]byte(doc)) == nil {
			taken++
		}
		agrees(t, []byte(doc))
	})
	if taken == 0 {
		t.Error("not one document was taken")
	}
}

// A message that is cut off anywhere is refused, never half read.
func TestCutOffXMLIsRefused(t *testing.T) {
	for name, raw := range sampleFiles(t) {
		whole := len(bytes.TrimRight(raw, "\n"))
		for n := range whole {
			var doc document
			if err := doc.read(bytes.Clone(raw[:n])); err == nil {
				t.Errorf("%s: its first %d of %d bytes were taken", name, n, whole)
			}
		}
	}
}
