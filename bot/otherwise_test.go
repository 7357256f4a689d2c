package bot

import (
	"strings"
	"testing"
)

// TestOwnAnswers: one of several replies comes by chance, to the repeats of a message
// the same; a picture is one of the account's.
func TestOwnAnswers(t *testing.T) {
	b := New(Config{Answers: []Answer{{Words: []string{"你好"}, Replies: []string{"甲", "乙", "丙"}}, {Words: []string{"地图"}, Exact: true, Image: "m1"}}})
	got := map[string]int{}
	for id := range int64(300) {
		m := Message{Kind: Text, ID: 7_000_000_000 + id, Text: "你好啊"}
		first, ok := b.keyword(m)
		again, _ := b.keyword(m)
		if !ok || first.Text != again.Text {
			t.Fatalf("%v: %q, then %q", ok, first.Text, again.Text)
		}
		got[first.Text]++
	}
	if len(got) != 3 || got["甲"] < 50 || got["乙"] < 50 || got["丙"] < 50 {
		t.Errorf("%v", got)
	}
	if reply, ok := b.keyword(Message{Kind: Click, EventKey: "地图"}); !ok || reply.Image != "m1" || reply.Text != "" {
		t.Errorf("%+v", reply)
	}
	for _, wrong := range []Answer{{}, {Reply: "a", Image: "m"}, {Replies: []string{"a", ""}}, {Replies: []string{strings.Repeat("长", 700)}}, {Reply: "a", Service: true}} {
		if wrong.Check() == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
}
