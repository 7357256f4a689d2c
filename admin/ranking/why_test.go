package ranking

import (
	"strings"
	"testing"

	"dangshi/quiz"
)

func score(points, days, longest int) int64 {
	return quiz.Totals{Points: points * quiz.Unit, Days: days, Longest: longest}.Rank()
}

// TestReasons: what tells neighbours from a member is the first thing that differs,
// and between equals the lot.
func TestReasons(t *testing.T) {
	own := Neighbour{Place: 5, Score: score(100, 3, 2), Lot: "b", Itself: true}
	for want, n := range map[string]Neighbour{
		"积分多 20 分":  {Place: 4, Score: score(120, 3, 2)},
		"积分少 1 分":   {Place: 6, Score: score(99, 3, 2)},
		"完成天数多 1 天": {Place: 4, Score: score(100, 4, 2)},
		"最长连续少 1 天": {Place: 6, Score: score(100, 3, 1)},
		"都相同，并列":    {Place: 5, Score: score(100, 3, 2)},
		"都相同，抽签在前":  {Place: 4, Score: score(100, 3, 2), Lot: "a"},
		"都相同，抽签在后":  {Place: 6, Score: score(100, 3, 2), Lot: "c"},
	} {
		list, mine := besides([]Neighbour{n, own})
		if mine == nil || mine.Place != 5 || mine.Reason != "" || !strings.Contains(list[0].Reason, want) {
			t.Errorf("%+v: %q, want %q", n, list[0].Reason, want)
		}
	}
	if list, own := besides([]Neighbour{{Place: 1}}); own != nil || list[0].Reason != "" {
		t.Errorf("nobody's neighbours: %+v", list)
	}
}

func TestVerdicts(t *testing.T) {
	days := quiz.Totals{Days: 1}
	on := []Neighbour{{Itself: true}}
	for want, w := range map[string]Why{
		"":        {Totals: days, Neighbours: on, Agree: true},
		"已退出排行":   {Totals: days, OptOut: true, Agree: true},
		"没有答完过一天": {Agree: true},
		"排行榜上没有":  {Totals: days, Agree: true},
		"日志不一致":   {Totals: days, Neighbours: on},
		"损坏，读不出来": {Member: Member{Damaged: true}},
	} {
		got := strings.Join(verdict(w), " ")
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%+v: %q, want %q", w, got, want)
		}
	}
}

// TestDigest: another proposal, and the same one after another ruling, is another
// preview.
func TestDigest(t *testing.T) {
	p := Proposal{Question: "q1", Way: "key", Key: "B", Reason: "错"}
	plan := Plan{Asked: Asked{Key: "A"}}
	same := p.digest(plan)
	if same != p.digest(plan) {
		t.Error("the same proposal has two digests")
	}
	others := []string{p.digest(Plan{Asked: Asked{Key: "C"}})}
	for _, change := range []func(*Proposal){
		func(p *Proposal) { p.Question = "q2" }, func(p *Proposal) { p.Revision = 2 }, func(p *Proposal) { p.Way = "void" },
		func(p *Proposal) { p.Key = "C" }, func(p *Proposal) { p.Accept = "C" }, func(p *Proposal) { p.Reason = "改" },
	} {
		next := p
		change(&next)
		others = append(others, next.digest(plan))
	}
	for i, other := range others {
		if other == same {
			t.Errorf("change %d has the same digest", i)
		}
	}
}
