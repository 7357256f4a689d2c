package bot

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dangshi/content"
	"dangshi/quiz"
)

// offered is how many branches are offered for one that is not known; where there
// are no more than few altogether, all of them.
const (
	offered = 3
	few     = 8
)

// unlike is the likeness up to which a name is not offered: 张三 for 第三支部.
const unlike = 0.3

// branch finds a branch by the code of its QR code or its text code.
func (b *Bot) branch(code string) (name string, ok bool) {
	name, ok = b.Branches[content.Normalise(code)]
	return name, ok
}

// byName gives the code for the name of each branch, normalised. Names that two
// branches share name neither.
func byName(branches map[string]string) map[string]string {
	named := make(map[string]string, len(branches))
	for code, name := range branches {
		name = content.Normalise(name)
		if _, twice := named[name]; twice {
			code = ""
		}
		named[name] = code
	}
	delete(named, "")
	return named
}

// branchNamed finds a branch by its whole name.
func (b *Bot) branchNamed(text string) (code string, ok bool) {
	code = b.named[content.Normalise(text)]
	return code, code != ""
}

// joinNamed puts a member into the branch whose name was sent: it may be the
// correction of a name and branch that were shown back.
func (b *Bot) joinNamed(ctx context.Context, m Message, now time.Time, code string) (string, error) {
	return b.change(ctx, m, now, func(r quiz.Record, s quiz.Situation) (quiz.Event, string) {
		if what, _ := s.Waits(r.Member); what == quiz.Claimed {
			return b.claim(r.Member, r.Member.Claim.Name, code)
		}
		return b.joined(r.Member, code)
	})
}

// longUnit is the size in bytes from which a branch's name is cut where it is shown.
const longUnit = 90

// unitName is the name of a branch as it is shown; empty: there is no such branch.
// Where the settings list none, it is what the member calls it.
func (b *Bot) unitName(code string) string {
	name := b.Branches[code]
	if len(b.Branches) == 0 {
		name = code
	}
	return content.CutSentence(content.Plain(name), longUnit)
}

// ownUnit is a branch as a member writes it, where the settings list none.
func ownUnit(unit string) string {
	return content.CutSentence(content.Plain(strings.TrimSuffix(unit, "的")), longUnit)
}

// exampleBranch is a branch for the example of how to bind.
func (b *Bot) exampleBranch() string {
	if len(b.Branches) == 0 {
		return b.Wording.BranchExample.String()
	}
	return b.unitName(b.codes()[0])
}

// codes are the codes of the branches in order.
func (b *Bot) codes() []string {
	codes := make([]string, 0, len(b.Branches))
	for code := range b.Branches {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// findBranch finds a branch by its name or code, or else those whose names are
// nearest, best first. A part that only one name holds is that name.
func (b *Bot) findBranch(unit string) (code string, near []string) {
	if code, ok := b.findExactly(unit); ok {
		return code, nil
	}
	want := unitForm(unit)
	type candidate struct {
		code  string
		score float64
	}
	var all []candidate
	var same, holders []string
	for _, c := range b.codes() {
		known := unitForm(b.Branches[c])
		if known == want {
			same = append(same, c)
		}
		if strings.Contains(known, want) && utf8.RuneCountInString(want) > 1 {
			holders = append(holders, c)
		}
		if s := likeness(ownName(want), ownName(known)); s > unlike {
			all = append(all, candidate{c, s})
		}
	}
	switch {
	case len(same) == 1:
		return same[0], nil
	case len(holders) == 1:
		return holders[0], nil
	}
	slices.SortFunc(all, func(x, y candidate) int { return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.code, y.code)) })
	for _, c := range all[:min(offered, len(all))] {
		if c.score < all[0].score/2 {
			break
		}
		near = append(near, c.code)
	}
	return "", near
}

// unitForm is the form in which names of branches are compared: 城关第3党支部的 is
// the same as 城关三支部.
func unitForm(name string) string {
	name = strings.TrimSuffix(content.Normalise(name), "的")
	name = strings.TrimPrefix(name, longestPrefix(name, []string{"是", "在", "属于", "我在", "我是", "我属于"}))
	name = strings.NewReplacer("第", "", "党支部", "支部").Replace(name)
	return arabicNumber.ReplaceAllStringFunc(name, chineseNumber)
}

// ownName is what tells a branch from others: all are called 支部.
func ownName(form string) string {
	if own := strings.TrimSuffix(form, "支部"); own != "" {
		return own
	}
	return form
}

var arabicNumber = regexp.MustCompile(`[0-9]+`)

// chineseNumber writes 1 to 99 in Chinese numerals, and leaves others as they are.
func chineseNumber(digits string) string {
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > 99 {
		return digits
	}
	numerals := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch {
	case n < 10:
		return numerals[n]
	case n < 20:
		return "十" + numerals[n%10]
	}
	return numerals[n/10] + "十" + numerals[n%10]
}

// likeness of two words is the share of their characters that they have in
// common (Dice): names of branches differ in one or two.
func likeness(a, b string) float64 {
	left := map[rune]int{}
	for _, r := range a {
		left[r]++
	}
	common := 0
	for _, r := range b {
		if left[r] > 0 {
			left[r]--
			common++
		}
	}
	return 2 * float64(common) / float64(utf8.RuneCountInString(a)+utf8.RuneCountInString(b))
}
