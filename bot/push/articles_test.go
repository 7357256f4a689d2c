package push_test

import (
	"strings"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

// TestArticle: the day's article goes to all followers, once, whatever dies.
func TestArticle(t *testing.T) {
	for _, point := range []string{"", "upload", "draft", "save state", "article"} {
		for _, when := range []string{"before", "after"} {
			t.Run(point+" "+when, func(t *testing.T) {
				s := newStation(t, "", false)
				s.channel = []string{"article", "draft"}
				p := s.process("a")
				if err := p.start(); err != nil {
					t.Fatal(err)
				}
				s.setTime(s.at.On(quiz.DayOf(s.Now())))
				if point != "" {
					p.fate = at(point, when)
				}
				_ = p.run()
				if err := s.process("b").run(); err != nil {
					t.Fatal(err)
				}
				sent := s.outbox() // which waits for WeChat's report
				d := s.today()
				if d.Outcome != push.DaySent || len(d.Sends) != 1 || len(sent) != 1 || !sent[0].ToAll || sent[0].MsgType != "mpnews" || !strings.Contains(sent[0].Content, "的大事") {
					t.Errorf("%+v\n%+v", d, sent)
				}
				if d.Sends[0].Counts == nil || d.Sends[0].Counts.Sent != len(s.followers) || !strings.HasPrefix(d.Sends[0].Counts.URL, "http://mp.weixin.qq.com/s?") {
					t.Errorf("WeChat has told of %+v", d.Sends[0].Counts)
				}
			})
		}
	}
}

// TestArticlePublished: where the mass messages are used up, the article is published,
// once, and who is sent to by the next channel is given its address; a process that
// dies on the way, or a WeChat that refuses, costs nobody more than the address.
func TestArticlePublished(t *testing.T) {
	type c struct{ point, when, path string }
	for _, c := range []c{{}, {"publish", "before", ""}, {"publish", "after", ""}, {"published", "after", ""}, {"", "", "/cgi-bin/freepublish/submit"}, {"", "", "/cgi-bin/freepublish/get"}} {
		t.Run(c.point+c.when+c.path, func(t *testing.T) {
			s, _ := morning(t, "article", "notice", "custom")
			p := s.process("a")
			before := len(s.outbox())
			s.wechat.Fail(fakeapi.Fault{Path: "/cgi-bin/message/mass/sendall", Code: 45028, Times: -1})
			if c.path != "" {
				s.wechat.Fail(fakeapi.Fault{Path: c.path, Code: 53503, Times: -1})
			}
			if c.point != "" {
				p.fate = at(c.point, c.when)
			}
			_ = p.run()
			if c.point == "" {
				d := s.today()
				if len(d.Sends) != 2 || d.Sends[0].State != push.Refused || (d.Sends[0].Link != "") != (c.path == "") || !strings.Contains(d.Sends[0].Reason, "发布") {
					t.Fatalf("%+v", d)
				}
				for _, m := range s.outbox()[before:] {
					if strings.Contains(m.URL+m.Content, "https://mp.weixin.qq.com/s?") != (c.path == "") {
						t.Errorf("%+v", m)
					}
				}
				if got := s.got(before); len(got) != 3 {
					t.Errorf("%v", got)
				}
			}
			if err := s.process("b").run(); err != nil {
				t.Fatal(err)
			}
			tried := 0
			for _, call := range s.wechat.Calls() {
				if call.Path == "/cgi-bin/freepublish/submit" {
					tried++
				}
			}
			if tried > 1 {
				t.Errorf("published %d times", tried)
			}
			for name, kinds := range s.got(before) {
				if strings.Contains(kinds, " ") {
					t.Errorf("%s got %s", name, kinds)
				}
			}
		})
	}
}

// TestArticleByHand: a try leaves its draft, an editor sends that by hand, and then the
// next try comes. Nobody gets the article twice, by no channel; the operator is told.
func TestArticleByHand(t *testing.T) {
	for name, code := range map[string]int{"surely not sent": 40164, "in doubt": -1} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t, "", true)
			s.channel = []string{"article", "mass"}
			p := s.process("a")
			if err := p.start(); err != nil {
				t.Fatal(err)
			}
			s.setTime(s.at.On(quiz.DayOf(s.Now())))
			s.wechat.Fail(fakeapi.Fault{Path: "/cgi-bin/message/mass/sendall", Code: code, Times: -1})
			if err := p.run(); err == nil {
				t.Fatal("it was sent")
			}
			s.wechat.ClearFaults()
			kept, err := push.NewShelf(s.store.PushLedger()).Get(t.Context(), "article")
			_, draft, ok := strings.Cut(kept, " ")
			if err != nil || !ok {
				t.Fatalf("no draft is kept: %q, %v", kept, err)
			}
			if _, err := s.client.MassArticle(t.Context(), draft, "by hand"); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if err := s.process("b").run(); err != nil {
					t.Fatal(err)
				}
				s.setTime(s.Now().Add(15 * time.Minute))
			}
			if sent, d := s.outbox(), s.today(); len(sent) != 1 || d.Outcome != push.DayUnknown || !strings.Contains(d.Sends[0].Reason, "手动发出") {
				t.Errorf("sent %d times, %+v", len(sent), d)
			}
		})
	}
}
