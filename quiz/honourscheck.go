package quiz

import (
	"encoding/hex"
	"fmt"
	"slices"
)

// Checked is one thing that was looked at in an honours list, in words for people.
type Checked struct {
	What string
	Why  string // what is wrong; empty: it is as it must be
}

// OK reports whether it is as it must be.
func (c Checked) OK() bool { return c.Why == "" }

// checks collects what was looked at.
type checks []Checked

func (c *checks) add(what string, ok bool, why string, args ...any) {
	checked := Checked{What: what}
	if !ok {
		checked.Why = fmt.Sprintf(why, args...)
	}
	*c = append(*c, checked)
}

// Check looks at a list as an outsider would who has nothing but the file.
func (h Honours) Check() []Checked {
	var c checks
	h.checkFile(&c)
	seed, err := hex.DecodeString(h.Seed)
	c.add("公布了种子", err == nil && len(seed) == SeedBytes, "seed 应为 %d 个十六进制数字", 2*SeedBytes)
	h.checkCommits(&c, seed)
	clean, err := CleanEntropy(h.Entropy)
	c.add("写明了公开的随机数", err == nil && clean == h.Entropy, "entropy 应为一行文字，前后没有空格")
	h.checkDraw(&c, NewUrn(seed, h.Entropy))
	return c
}

func (h Honours) checkFile(c *checks) {
	sealed, err := h.Encode()
	again, parsed := ParseHonours(sealed)
	c.add("文件完整，没有被改动", err == nil && parsed == nil && again.Seal == h.Seal, "封印对不上，内容与写出时不同")
	p := Prizes{h.Top, h.Ties}
	err = p.Check()
	if err == nil {
		err = h.Weights.Check()
	}
	if err == nil {
		err = Seasons{h.Season}.Check()
	}
	c.add("赛季、权重和名额写得对", err == nil, "%v", err)
	c.add("规则的文字与计算一致", slices.Equal(h.Rule, HonoursRule(h.Weights, p)), "rule 与这个版本的规则不同")
	c.add("在赛季结束以后才结赛", h.Season.To.Lapsed(unixTime(h.Began)), "began 早于最后一天 %s 的次日 00:30", h.Season.To)
}

// checkCommits compares the seed with what was published of it.
func (h Honours) checkCommits(c *checks, seed []byte) {
	const what = "种子与结赛前公布的散列一致"
	if len(h.Commits) == 0 {
		c.add(what, false, "没有承诺（commits 是空的）")
		return
	}
	last := int64(0)
	for i, commit := range h.Commits {
		if commit.Seed != SeedHash(seed) {
			c.add(what, false, "第%d条承诺的散列是 %s，种子的是 %s", i+1, clip(commit.Seed), SeedHash(seed))
			return
		}
		if commit.At < last || commit.At > h.Began {
			c.add(what, false, "第%d条承诺的时间不对", i+1)
			return
		}
		last = commit.At
	}
	c.add(what, true, "")
	c.add("公布过的编号不少于上榜人数", h.Commits[len(h.Commits)-1].Members >= h.Ranked, "承诺时 %d 个，上榜 %d 人", h.Commits[len(h.Commits)-1].Members, h.Ranked)
}

// checkDraw draws again for all whom the list names and for those at the line.
func (h Honours) checkDraw(c *checks, u Urn) {
	var near []Candidate
	seen := map[string]bool{}
	known := func(pseudonym string, score int64) bool {
		if seen[pseudonym] || !isPseudonym(pseudonym) {
			return false
		}
		seen[pseudonym] = true
		near = append(near, Candidate{pseudonym, score})
		return true
	}
	for _, p := range h.Places {
		if ok := known(p.Pseudonym, p.score()); !ok || !p.possible() || p.Revoked != nil {
			c.add("每个编号只有一个名次", false, "第%d名的编号或成绩写得不对", p.Place)
			return
		}
		if p.Lot != "" && p.Lot != u.Lot(p.Pseudonym) {
			c.add("签由种子和随机数算出", false, "第%d名的签不对，应为 %s", p.Place, u.Lot(p.Pseudonym))
			return
		}
	}
	if l := h.Line; l != nil {
		end := Honour{Points: l.Points, Days: l.Days, Longest: l.Longest}
		if !end.possible() || l.Named < 0 || l.Named > min(len(l.Drawn), len(h.Places)) {
			c.add("末位的一组写得对", false, "line 的成绩或 named 不对")
			return
		}
		for i, d := range l.Drawn {
			if i >= l.Named && !known(d.Pseudonym, end.score()) {
				c.add("每个编号只有一个名次", false, "line 里的编号 %q 重复或写得不对", clip(d.Pseudonym))
				return
			}
			if d.Lot != u.Lot(d.Pseudonym) {
				c.add("签由种子和随机数算出", false, "line 里 %s 的签不对，应为 %s", clip(d.Pseudonym), u.Lot(d.Pseudonym))
				return
			}
		}
	}
	c.add("签由种子和随机数算出", true, "")
	places, line := Prizes{h.Top, h.Ties}.Award(near, u)
	c.add("名次按成绩和签排列", slices.Equal(places, h.Places), "重新排列，第%d名不同", firstOther(places, h.Places))
	c.add("末位并列的一组都在，取舍按签", line.equal(h.Line), "重新抽签，末位的一组（line）不同")
	c.add("名额正好用完", len(h.Places) == h.Ranked || len(h.Places) >= h.Top && len(h.Places) <= h.Ranked, "上榜 %d 人，名额 %d，名单上 %d 人", h.Ranked, h.Top, len(h.Places))
}

// possible reports whether a score is one that a season can give.
func (h Honour) possible() bool {
	return h.Points >= 0 && h.Days > 0 && h.Days < 1<<10 && h.Longest >= 0 && h.Longest <= h.Days && h.Points <= h.Days*100*Unit
}

// equal reports whether two lines, nil or not, say the same.
func (l *Line) equal(other *Line) bool {
	if l == nil || other == nil {
		return l == other
	}
	return l.Points == other.Points && l.Days == other.Days && l.Longest == other.Longest && l.Named == other.Named && slices.Equal(l.Drawn, other.Drawn)
}

// firstOther is the first place, from 1, in which two lists differ.
func firstOther(a, b []Honour) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i + 1
		}
	}
	return min(len(a), len(b)) + 1
}

// CheckLedger looks whether the list follows from a ledger that was read to its
// end.
func (h Honours) CheckLedger(l *LedgerCheck) []Checked {
	var c checks
	c.add("台账就是名单所指的那一份", l.SHA256 == h.Ledger, "台账的 SHA-256 是 %s，名单写的是 %s", l.SHA256, clip(h.Ledger))
	c.add("台账里每个人的成绩都算得出", l.Faults == 0, "有 %d 处不一致", l.Faults)
	c.add("台账和名单是同一个赛季、同样的权重", l.Head.Season == h.Season && l.Head.Weights == h.Weights, "台账是赛季 %s（%s 到 %s）", l.Head.Season.ID, l.Head.Season.From, l.Head.Season.To)
	c.add("上榜人数一致", len(l.Candidates) == h.Ranked, "台账 %d 人，名单写的是 %d 人", len(l.Candidates), h.Ranked)
	sum, members := l.List()
	last := Commitment{}
	if n := len(h.Commits); n > 0 {
		last = h.Commits[n-1]
	}
	c.add("上榜的编号都在公布过的名单里", sum == last.List && members == last.Members, "台账里 %d 个编号的散列是 %s，公布的是 %d 个、%s", members, sum, last.Members, clip(last.List))
	seed, _ := hex.DecodeString(h.Seed)
	places, line := Prizes{h.Top, h.Ties}.Award(l.Candidates, NewUrn(seed, h.Entropy))
	c.add("由台账重新排名、重新抽签，名单一字不差", slices.Equal(places, h.Places) && line.equal(h.Line), "第%d名起不同", firstOther(places, h.Places))
	return c
}

// CheckCommits looks whether what was published before the draw is what the list
// says of it: whoever kept it need not take the list's word.
func (h Honours) CheckCommits(published []Commitment) []Checked {
	var c checks
	kept := len(published) > 0 && len(published) <= len(h.Commits) && slices.Equal(published, h.Commits[:len(published)])
	c.add("承诺就是结赛前公布的那些", kept, "名单里的承诺与公布过的不同")
	return c
}
