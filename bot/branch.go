package bot

import (
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

// joinNamed puts a member into the branch whose name was sent: it may be the
// correction of a name and branch that were shown back.
func (b *Bot) joinNamed(ctx context.Context, m Message, now time.Time, d *directory, code string) (string, error) {
	return b.change(ctx, m, now, func(r quiz.Record, s quiz.Situation) (quiz.Event, string) {
		if what, _ := s.Waits(r.Member); what == quiz.Claimed {
			return b.claim(d, r.Member, r.Member.Claim.Name, code)
		}
		return b.joined(d, r.Member, code)
	})
}

// longUnit is the size in bytes from which a branch's name is cut where it is shown.
const longUnit = 90

// ownUnit is a branch as a member writes it, where none are listed.
func ownUnit(unit string) string {
	return content.CutSentence(content.Plain(strings.TrimSuffix(unit, "的")), longUnit)
}

// exampleBranch is a branch for the example of how to bind: one without others
// below it.
func (b *Bot) exampleBranch(d *directory) string {
	all := d.tree.All()
	for i, x := range all {
		if !x.Retired && (i+1 == len(all) || all[i+1].Parent != x.Code) {
			return d.unitName(x.Code)
		}
	}
	return b.Wording.BranchExample.String()
}

// codes are the codes of the branches that members can join.
func (d *directory) codes() []string {
	codes := make([]string, len(d.joined))
	for i, e := range d.joined {
		codes[i] = e.code
	}
	return codes
}

// findBranch finds a branch by its name or code, or else those whose names are
// nearest, best first. A part that only one name holds is that name. It looks at
// every branch: a millisecond for some thousands.
func (d *directory) findBranch(unit string) (code string, near []string) {
	if code, ok := d.findExactly(unit); ok {
		return code, nil
	}
	want := unitForm(unit)
	own := sortedRunes(ownName(want))
	var all []candidate
	var same, holders []string
	for _, e := range d.joined {
		if e.form == want || e.full == want {
			same = append(same, e.code)
		}
		if strings.Contains(e.form, want) && utf8.RuneCountInString(want) > 1 {
			holders = append(holders, e.code)
		}
		if s := max(likeness(own, e.own), likeness(own, e.long)); s > unlike {
			all = keepNearest(all, candidate{e.code, s})
		}
	}
	switch {
	case len(same) == 1:
		return same[0], nil
	case len(same) == 0 && len(holders) == 1:
		return holders[0], nil
	}
	for i, c := range all {
		if c.score < all[0].score/2 || i >= offered && c.score < all[0].score {
			break
		}
		near = append(near, c.code)
	}
	return "", near
}

// candidate is a branch that may be meant.
type candidate struct {
	code  string
	score float64 // likeness
}

// keepNearest adds c to the few nearest, best first; of equals the earlier one.
func keepNearest(all []candidate, c candidate) []candidate {
	if len(all) == few && c.score <= all[few-1].score {
		return all
	}
	at, _ := slices.BinarySearchFunc(all, c, func(x, c candidate) int {
		if x.score >= c.score {
			return -1
		}
		return 1
	})
	all = slices.Insert(all, at, c)
	return all[:min(len(all), few)]
}

// unitForm is the form in which names of branches are compared: 城关第3党支部的 is
// the same as 城关三支部.
func unitForm(name string) string { return plainForm(content.Normalise(name)) }

// plainForm is unitForm of what is normalised.
func plainForm(name string) string {
	name = strings.TrimSuffix(name, "的")
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
