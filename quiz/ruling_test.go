package quiz_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"dangshi/content"
	"dangshi/quiz"
)

// TestProposal: what an operator may write, and what is refused.
func TestProposal(t *testing.T) {
	single := content.Question{ID: "s", Revision: 1, Type: content.Single, Options: []string{"甲", "乙", "丙", "丁"}, Answer: content.Key{Letters: 1}}
	multiple := content.Question{ID: "m", Revision: 1, Type: content.Multiple, Options: []string{"甲", "乙", "丙", "丁"}, Answer: content.Key{Letters: 3}}
	judge := content.Question{ID: "j", Revision: 1, Type: content.Judge, Answer: content.Key{Letters: 1}}
	blank := content.Question{ID: "b", Revision: 1, Type: content.Blank, Answer: content.Key{Accept: []string{"嘉兴"}}}
	letters := func(all ...content.Letters) quiz.Ruling { return quiz.Ruling{Keys: all} }
	for _, c := range []struct {
		q    content.Question
		p    quiz.Proposal
		want quiz.Ruling
		text string // of the key, or of the error
	}{
		{single, quiz.Proposal{Key: "b"}, letters(2), "B"},
		{single, quiz.Proposal{Key: "Ｂ"}, letters(2), "B"},
		{single, quiz.Proposal{Accept: []string{"A", "C"}}, letters(1, 4), "A 或 C"},
		{single, quiz.Proposal{Void: true}, quiz.Ruling{Void: true}, "作废，人人得分"},
		{single, quiz.Proposal{Key: "E"}, quiz.Ruling{}, "只有 A 到 D"},
		{single, quiz.Proposal{Key: "AB"}, quiz.Ruling{}, "一个字母"},
		{single, quiz.Proposal{Key: "甲"}, quiz.Ruling{}, "选项的字母"},
		{multiple, quiz.Proposal{Key: "DCA"}, letters(13), "ACD"},
		{multiple, quiz.Proposal{Accept: []string{"AB", "ABC"}}, letters(3, 7), "AB 或 ABC"},
		{judge, quiz.Proposal{Key: "F"}, letters(2), "错"},
		{judge, quiz.Proposal{Key: "错"}, letters(2), "错"},
		{judge, quiz.Proposal{Accept: []string{"T", "F"}}, letters(1, 2), "对 或 错"},
		{judge, quiz.Proposal{Key: "C"}, quiz.Ruling{}, "判断题"},
		{blank, quiz.Proposal{Key: "南湖、红船"}, quiz.Ruling{Accept: []string{"南湖", "红船"}}, "南湖、红船"},
		{blank, quiz.Proposal{Accept: []string{"嘉興", "嘉兴市"}}, quiz.Ruling{Accept: []string{"嘉兴", "嘉兴市"}}, "嘉兴、嘉兴市"},
		{blank, quiz.Proposal{Accept: []string{"！"}}, quiz.Ruling{}, "没有可以比较的文字"},
		{single, quiz.Proposal{}, quiz.Ruling{}, "选一个"},
		{single, quiz.Proposal{Key: "A", Accept: []string{"B"}}, quiz.Ruling{}, "选一个"},
	} {
		got, err := c.p.Ruling(c.q, quiz.AsFrozen(c.q))
		if err != nil {
			if !reflect.DeepEqual(c.want, quiz.Ruling{}) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%s %+v: %v, want %q", c.q.Type, c.p, err, c.text)
			}
			continue
		}
		if !got.Equal(c.want) || got.KeyText(c.q) != c.text {
			t.Errorf("%s %+v: %+v %q, want %+v %q", c.q.Type, c.p, got, got.KeyText(c.q), c.want, c.text)
		}
		kept, err := json.Marshal(got)
		var back quiz.Ruling
		if err != nil || json.Unmarshal(kept, &back) != nil || !back.Equal(got) {
			t.Errorf("%s comes back as %+v, %v", kept, back, err)
		}
	}
}

// TestRuledPaper: a paper grades by what is in force, whatever it was frozen with,
// and an edited question is another one.
func TestRuledPaper(t *testing.T) {
	p := &quiz.Paper{Day: 20454, Version: 1, Season: "2026", Weights: quiz.DefaultWeights, Fixed: []bool{true, true}, Questions: []content.Question{
		{ID: "s", Revision: 2, Type: content.Single, Options: []string{"甲", "乙"}, Answer: content.Key{Letters: 1}},
		{ID: "b", Revision: 1, Type: content.Blank, Answer: content.Key{Accept: []string{"嘉兴"}}},
	}}
	correction := func(id string, revision int, r quiz.Ruling) quiz.Correction {
		return quiz.Correction{AskedAs: quiz.AskedAs{Question: id, Revision: revision}, Ruling: r}
	}
	b := []quiz.Given{{Letters: 2}, {Hash: quiz.BlankHash("南湖")}}
	history := []quiz.Correction{
		correction("s", 1, quiz.Ruling{Void: true}), // of another revision
		correction("s", 2, quiz.Ruling{Keys: []content.Letters{2}}),
		correction("b", 1, quiz.Ruling{Accept: []string{"嘉兴", "南湖"}}),
		correction("s", 2, quiz.Ruling{Keys: []content.Letters{1}}), // undone
	}
	for n, want := range []int{0, 0, 1, 2, 1} {
		rulings := quiz.NewRulings(history[:n], nil)
		for name, ruled := range map[string]*quiz.Paper{"as it is": p.Under(rulings), "prepared": p.Under(rulings).Prepared(), "prepared before": p.Prepared().Under(rulings)} {
			if got := ruled.Result(b).Correct; got != want {
				t.Errorf("after %d rulings %d are right (%s), want %d", n, got, name, want)
			}
		}
		if staged := p.Under(quiz.NewRulings(history[:n], &history[min(n, 3)])); staged.Result(b).Correct != want {
			t.Errorf("what is staged after %d rulings counts already", n)
		}
	}
	if p.Result(b).Correct != 0 || p.Questions[0].Answer.Letters != 1 {
		t.Error("the frozen paper was changed")
	}
	if frozen, _ := json.Marshal(p.Under(quiz.NewRulings(history, nil))); strings.Contains(string(frozen), "南湖") {
		t.Errorf("a ruling is stored with the paper: %s", frozen)
	}
}
