package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dangshi/content"
	"dangshi/quiz"
)

// How long a name may be, in characters. A minority name with its dots has up to
// about twenty.
const (
	minName = 2
	maxName = 24
)

// offered is how many branches are offered for one that is not known.
const offered = 3

// wordMenu is the menu number of a tap that says a command: it names no question.
const wordMenu = 1

// bind takes a name and a branch for the honours list and shows them back.
// Nothing counts before the member has confirmed it.
func (b *Bot) bind(ctx context.Context, m Message, now time.Time, rest string) (string, error) {
	return b.change(ctx, m, now, func(r quiz.Record, _ quiz.Situation) (quiz.Event, string) {
		w := b.Wording
		name, unit := b.splitBinding(rest)
		switch {
		case name == "":
			return nil, compose("", "", b.bound(r.Member), w.BindHow.String())
		case !isName(name):
			return nil, lines(w.BindName.With("name", content.CutSentence(content.Plain(name), maxHeard)), w.BindHow.String())
		}
		code, near := "", []string(nil)
		if unit != "" && len(b.Branches) > 0 {
			if code, near = b.findBranch(unit); code == "" {
				return nil, b.offer(name, unit, near)
			}
		}
		ev := quiz.Claim{Binding: quiz.Binding{Name: name, Branch: code}}
		return ev, compose("", "", b.privacy(r.Member), w.BindCheck.String(), b.person(name, cmp.Or(code, r.Member.Branch)),
			lines(tap("确认绑定", w.BindYes.String()), w.BindNo.String()))
	})
}

// confirm makes the name and the branch count that were shown back.
func (b *Bot) confirm(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	return b.change(ctx, m, now, func(r quiz.Record, _ quiz.Situation) (quiz.Event, string) {
		w, member := b.Wording, r.Member
		if member.Claim.Name == "" {
			return nil, compose("", "", b.bound(member), w.BindHow.String())
		}
		after, _ := quiz.Step(member, quiz.Confirm{}, quiz.Situation{Now: now})
		return quiz.Confirm{}, compose("", "", w.BindDone.String(), b.person(after.Name, after.Branch), w.BindSame.String())
	})
}

// bound says what a member is known as; empty: nothing yet.
func (b *Bot) bound(m quiz.Member) string {
	if m.Name == "" {
		return ""
	}
	return lines(b.Wording.BindNow.String(), b.person(m.Name, m.Branch))
}

// person is name and branch, each on its line.
func (b *Bot) person(name, code string) string {
	unit := b.Wording.NoBranch.String()
	if known, ok := b.Branches[code]; ok {
		unit = content.Plain(known)
	}
	return b.Wording.Person.With("name", content.Plain(name), "branch", unit)
}

// offer names the branches that may be meant, each to be tapped.
func (b *Bot) offer(name, unit string, near []string) string {
	w := b.Wording
	text := w.BranchUnknown.With("branch", content.CutSentence(content.Plain(unit), maxHeard))
	for _, code := range near {
		// By the code: a name could hold what ends a link.
		text = lines(text, tap("绑定+"+name+"+"+code, content.Plain(b.Branches[code])))
	}
	return compose("", "", text, w.BindHow.String())
}

// tap is a line that says a command when it is tapped.
func tap(command, text string) string {
	var out strings.Builder
	option(&out, command, wordMenu, text)
	return out.String()
}

// splitBinding takes apart what follows 绑定: a name, and perhaps a branch, with
// or without something between them. An empty name is none.
func (b *Bot) splitBinding(rest string) (name, unit string) {
	parts := strings.FieldsFunc(rest, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("+＋,，、;；:：/|", r)
	})
	if len(parts) == 0 {
		return "", ""
	}
	name, unit = parts[0], strings.Join(parts[1:], "")
	if unit == "" {
		name, unit = b.cutBranch(name)
	}
	return name, unit
}

// isName reports whether somebody can have that name.
func isName(text string) bool {
	n := utf8.RuneCountInString(text)
	return n >= minName && n <= maxName && !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && r != '·' && r != '•' && r != '.' && r != '-'
	})
}

// cutBranch parts “张三城关第一支部” where a branch stands at the end.
func (b *Bot) cutBranch(text string) (name, unit string) {
	for _, known := range b.Branches {
		if before, ok := strings.CutSuffix(text, known); ok && utf8.RuneCountInString(before) >= minName && len(known) > len(unit) {
			name, unit = before, known
		}
	}
	if unit == "" {
		return text, ""
	}
	return name, unit
}

// findBranch finds a branch by its name or code, or else those whose names are
// nearest, best first. A part that only one name holds is that name.
func (b *Bot) findBranch(unit string) (code string, near []string) {
	want := content.Normalise(unit)
	if _, ok := b.Branches[want]; ok {
		return want, nil
	}
	type candidate struct {
		code  string
		score float64
	}
	var all []candidate
	var holders []string
	for c, name := range b.Branches {
		known := content.Normalise(name)
		if known == want {
			return c, nil
		}
		if strings.Contains(known, want) && utf8.RuneCountInString(want) > 1 {
			holders = append(holders, c)
		}
		if s := likeness(want, known); s > 0 {
			all = append(all, candidate{c, s})
		}
	}
	if len(holders) == 1 {
		return holders[0], nil
	}
	slices.SortFunc(all, func(x, y candidate) int { return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.code, y.code)) })
	for _, c := range all[:min(offered, len(all))] {
		if c.score < all[0].score/2 {
			break // 支部 alone makes no likeness
		}
		near = append(near, c.code)
	}
	return "", near
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
