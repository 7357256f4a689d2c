package fakeapi_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
)

// elements are the texts of a document by the way to them, as lines in their order.
func elements(t *testing.T, document []byte) (lines []string) {
	t.Helper()
	var way []string
	var text string
	d := xml.NewDecoder(bytes.NewReader(document))
	for {
		switch token, err := d.Token(); token := token.(type) {
		case nil:
			if err != io.EOF {
				t.Fatalf("%v: %s", err, document)
			}
			return lines
		case xml.StartElement:
			way, text = append(way, token.Name.Local), ""
		case xml.CharData:
			text += string(token)
		case xml.EndElement:
			if text != "" {
				lines = append(lines, strings.Join(way, "/")+" "+text)
			}
			way, text = way[:len(way)-1], ""
		}
	}
}

// The events have the elements that the documents show. Lines are "element text", "$x" stands for
// what the API answered.
func TestEventDocuments(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	cover := w.cover()
	draft := func() string {
		return w.post("/cgi-bin/draft/add", `{"articles":[{"title":"一 & 二","content":"x","thumb_media_id":"`+cover+`"}]}`).text("media_id")
	}
	no(t, w.Consent(t.Context(), members[0], fakeapi.DailyNotice, 1))
	template := w.post("/cgi-bin/template/api_add_template", `{"template_id_short":"TM1","keyword_name_list":[]}`).text("template_id")
	for n, c := range []struct {
		call func() answer
		want string
	}{
		{func() answer { return w.toAll("今天", "") }, `
			xml/Event MASSSENDJOBFINISH
			xml/FromUserName mphelper
			xml/MsgID $msg_id
			xml/Status send success
			xml/TotalCount 3
			xml/FilterCount 3
			xml/SentCount 3
			xml/ErrorCount 0`},
		{func() answer {
			return w.post(pathSend, `{"touser":["`+members[0]+`","oNobody"],"msgtype":"mpnews","mpnews":{"media_id":"`+draft()+`"}}`)
		}, `
			xml/Event MASSSENDJOBFINISH
			xml/FromUserName mphelper
			xml/MsgID $msg_id
			xml/Status send success
			xml/TotalCount 2
			xml/FilterCount 1
			xml/SentCount 1
			xml/ErrorCount 0
			xml/ArticleUrlResult/Count 1
			xml/ArticleUrlResult/ResultList/item/ArticleIdx 1
			xml/ArticleUrlResult/ResultList/item/ArticleUrl $url`},
		{func() answer {
			return w.post("/cgi-bin/message/template/send", `{"touser":"`+members[0]+`","template_id":"`+template+`","data":{"first":{"value":"x"}}}`)
		}, `
			xml/Event TEMPLATESENDJOBFINISH
			xml/FromUserName $member
			xml/MsgID $msgid
			xml/Status success`},
		{func() answer {
			return w.post(pathNotice, `{"touser":"`+members[0]+`","template_id":"`+fakeapi.DailyNotice+`","data":{"thing1":{"value":"x"},"date2":{"value":"2026年6月1日"},"thing4":{"value":"x"}}}`)
		}, `
			xml/Event subscribe_msg_sent_event
			xml/FromUserName $member
			xml/SubscribeMsgSentEvent/List/TemplateId ` + fakeapi.DailyNotice + `
			xml/SubscribeMsgSentEvent/List/MsgID $id
			xml/SubscribeMsgSentEvent/List/ErrorCode 0
			xml/SubscribeMsgSentEvent/List/ErrorStatus success`},
		{func() answer { return w.post("/cgi-bin/freepublish/submit", `{"media_id":"`+draft()+`"}`) }, `
			xml/Event PUBLISHJOBFINISH
			xml/FromUserName mphelper
			xml/PublishEventInfo/publish_id $publish_id
			xml/PublishEventInfo/publish_status 0
			xml/PublishEventInfo/article_id $article
			xml/PublishEventInfo/article_detail/count 1
			xml/PublishEventInfo/article_detail/item/idx 1
			xml/PublishEventInfo/article_detail/item/article_url $url`},
	} {
		a := c.call()
		if a.code() != 0 {
			t.Fatalf("%s", a.body)
		}
		events := w.heard()
		if len(events) != n+1 {
			t.Fatalf("%d events after call %d", len(events), n+1)
		}
		got := elements(t, events[n].XML("gh_3e8adccde292", time.Unix(1394524295, 0)))
		want := []string{"xml/CreateTime 1394524295", "xml/MsgType event", "xml/ToUserName gh_3e8adccde292"}
		for line := range strings.FieldsFuncSeq(c.want, func(r rune) bool { return r == '\n' }) {
			line = strings.TrimSpace(line)
			name, value, _ := strings.Cut(line, " ")
			if value == "$member" {
				value = members[0]
			} else if key, named := strings.CutPrefix(value, "$"); named && a.number(key) != 0 {
				value = strconv.FormatInt(a.number(key), 10)
			} else if named {
				i := slices.IndexFunc(got, func(l string) bool { return strings.HasPrefix(l, name+" ") })
				if i < 0 {
					t.Fatalf("no %s in %q", name, got)
				}
				_, value, _ = strings.Cut(got[i], " ")
			}
			want = append(want, name+" "+value)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if url := w.sent()[1].Articles[0].URL; !strings.Contains(string(w.heard()[1].XML("x", time.Now())), strings.ReplaceAll(url, "&", "&amp;")) {
		t.Errorf("the article of the event is not that of the message: %s", url)
	}
}

// An element's text cannot break out of it.
func TestEventTextIsEscaped(t *testing.T) {
	for _, text := range []string{"<a>&\"'", "]]>", "\x00\x1b\xff", "</xml>", "党"} {
		e := fakeapi.Event{OpenID: text, Fields: map[string]string{"Event": text, "A.B[1].C": text, "A.B[2].C": text}}
		if got := elements(t, e.XML(text, time.Unix(1, 0))); len(got) != 7 {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// An event comes after the answer, in order, one at a time; who is slow holds no answer up.
func TestEventsComeAfterTheAnswer(t *testing.T) {
	release, begun := make(chan struct{}), make(chan string, 10)
	busy := make(chan struct{}, 1)
	var order []string
	w := open(t, fakeapi.Config{Service: true, Event: func(_ context.Context, e fakeapi.Event) {
		select {
		case busy <- struct{}{}:
		default:
			t.Error("two at a time")
		}
		begun <- e.Fields["MsgID"]
		<-release
		order = append(order, e.Fields["MsgID"])
		<-busy
	}})
	var want []string
	for i := range 4 {
		// The answer is here although no event has been taken.
		a := w.toAll(strconv.Itoa(i), "")
		if a.code() != 0 {
			t.Fatal(string(a.body))
		}
		want = append(want, fmt.Sprint(a.number("msg_id")))
	}
	if first := <-begun; first != want[0] {
		t.Errorf("first %s, want %s", first, want[0])
	}
	close(release)
	w.Wait()
	if !slices.Equal(order, want) {
		t.Errorf("%q, want %q", order, want)
	}
}

// Who is told nothing needs nobody to take it.
func TestNoEvents(t *testing.T) {
	api, err := fakeapi.New(fakeapi.Config{})
	no(t, err)
	w := &world{t: t, API: api, clock: &clock{}}
	w.serve(api)
	if a := w.toAll("今天", ""); a.code() != 0 {
		t.Error(string(a.body))
	}
	w.Wait()
	if sent := w.sent(); len(sent) != 1 || !sent[0].ToAll {
		t.Errorf("%+v", sent)
	}
}
