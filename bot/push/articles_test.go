package push_test

import (
	"strings"
	"testing"

	"dangshi/bot/push"
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
