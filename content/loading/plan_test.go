package loading

import (
	"slices"
	"strings"
	"testing"

	"dangshi/content"
)

// TestPlan: what the words of a plan say, of each fate one.
func TestPlan(t *testing.T) {
	there := []content.Question{
		{ID: "old", Type: content.Judge, Stem: "旧题对吗", Answer: content.Key{Letters: 1}, State: content.Approved, Revision: 1},
		{ID: "stays", Type: content.Judge, Stem: "不变的题对吗", Answer: content.Key{Letters: 1}, State: content.Approved, Revision: 1, Explain: "是。"},
	}
	entry := func(row int, q content.Question) content.Entry[content.Question] {
		return content.Entry[content.Question]{Value: q, File: "题.csv", Row: row, Stated: q.State != content.Draft}
	}
	found := &content.File{Faulty: 1, Questions: []content.Entry[content.Question]{
		entry(2, content.Question{ID: "old", Type: content.Judge, Stem: "改了的旧题对吗", Answer: content.Key{Letters: 2}, State: content.Draft}),
		entry(3, there[1]),
		entry(4, content.Question{ID: "new", Type: content.Judge, Stem: "新题对吗", Answer: content.Key{Letters: 1}, State: content.Approved}),
		entry(5, content.Question{ID: "again", Type: content.Judge, Stem: "新题，对吗？", Answer: content.Key{Letters: 2}, State: content.Draft}),
	}}
	var asked []string
	p, err := New(found, nil, there, content.Hand{By: "甲", Signatures: 2}, func(_, questions []string) ([]content.Sheet[content.Item], []content.Sheet[content.Question], error) {
		asked = questions
		return nil, []content.Sheet[content.Question]{{Value: there[0]}}, nil
	})
	if err != nil || !slices.Equal(asked, []string{"old"}) {
		t.Fatal(asked, err)
	}
	if n := Fates(p.Questions); n != [4]int{1, 1, 1, 1} {
		t.Errorf("fates %v", n)
	}
	if o := p.Outcome(); o != (Outcome{Fresh: 1, Back: 1}) {
		t.Errorf("%+v", o)
	}
	if s := p.States(); s.Text() != "草稿 1，已审 1" || s.Wished != 1 || !s.Signed() {
		t.Errorf("%+v", s)
	}
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{p.Changes(), "题.csv 第2行 题目 old：状态、答案、题干"},
		{p.Duplicates(), "题.csv 第5行 again：和 题.csv 第4行 new 是同一道题，但答案不同，没有载入"},
		{p.Advice(), "建议写一句解析，答完以后会显示（这样的题共 2 道，这是第一道）"},
	} {
		if len(c.lines) != 1 || !strings.Contains(c.lines[0], c.want) {
			t.Errorf("%q, want %s", c.lines, c.want)
		}
	}
}
