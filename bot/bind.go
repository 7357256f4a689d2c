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

// wordMenu is the menu number of a tap that says a command: it names no question.
const wordMenu = 1

// bind takes a name and a branch for the honours list and shows them back.
// Nothing counts before the member has confirmed it.
func (b *Bot) bind(ctx context.Context, m Message, now time.Time, rest string) (string, error) {
	d, err := b.directory(ctx)
	if err != nil {
		return "", err
	}
	return b.change(ctx, m, now, func(r quiz.Record, _ quiz.Situation) (quiz.Event, string) {
		w := b.Wording
		name, unit := d.splitBinding(rest)
		switch {
		case name == "":
			return nil, compose("", "", b.bound(d, r.Member), b.bindHow(d))
		case !quiz.IsName(name):
			return nil, lines(w.BindName.With("name", content.CutSentence(content.Plain(name), maxHeard)), b.bindHow(d))
		}
		code, near := "", []string(nil)
		switch {
		case unit == "":
		case d.none():
			code = ownUnit(unit)
		default:
			if code, near = d.findBranch(unit); code == "" {
				return nil, b.offer(d, name, unit, near)
			}
		}
		return b.claim(d, r.Member, name, code)
	})
}

// claim shows a name and a branch back. Without a branch the one stays that the
// member is in.
func (b *Bot) claim(d *directory, m quiz.Member, name, code string) (quiz.Event, string) {
	w := b.Wording
	ev := quiz.Claim{Binding: quiz.Binding{Name: name, Branch: code}}
	return ev, compose("", "", b.privacy(m), w.BindCheck.String(), b.person(d, name, cmp.Or(code, m.Branch)),
		lines(tap("确认绑定", w.BindYes.String()), w.BindNo.String()))
}

// confirm makes the name and the branch count that were shown back.
func (b *Bot) confirm(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	d, err := b.directory(ctx)
	if err != nil {
		return "", err
	}
	return b.change(ctx, m, now, func(r quiz.Record, _ quiz.Situation) (quiz.Event, string) {
		w, member := b.Wording, r.Member
		if member.Claim.Name == "" {
			return nil, compose("", "", b.bound(d, member), b.bindHow(d))
		}
		after, _ := quiz.Step(member, quiz.Confirm{}, quiz.Situation{Now: now})
		return quiz.Confirm{}, compose("", "", w.BindDone.String(), b.person(d, after.Name, after.Branch), w.BindSame.String())
	})
}

// bindHow says how to bind, with a branch that there is.
func (b *Bot) bindHow(d *directory) string {
	return b.Wording.BindHow.With("branch", b.exampleBranch(d))
}

// bound says what a member is known as; empty: nothing yet.
func (b *Bot) bound(d *directory, m quiz.Member) string {
	if m.Name == "" {
		return ""
	}
	return lines(b.Wording.BindNow.String(), b.person(d, m.Name, m.Branch))
}

// person is name and branch, each on its line.
func (b *Bot) person(d *directory, name, code string) string {
	return b.Wording.Person.With("name", content.Plain(name), "branch", cmp.Or(d.unitName(code), b.Wording.NoBranch.String()))
}

// offer names the branches that may be meant, each to be tapped; of few, where
// none is near, all.
func (b *Bot) offer(d *directory, name, unit string, near []string) string {
	w := b.Wording
	unit = content.CutSentence(content.Plain(unit), maxHeard)
	text := w.BranchUnknown.With("branch", unit)
	switch {
	case d.bearers(unit) != nil:
		text = w.BranchSeveral.With("branch", unit)
	case near == nil:
		text = w.BranchNone.With("branch", unit)
		if all := d.codes(); len(all) <= few {
			near = all
		}
	}
	how := b.bindHow(d)
	for _, code := range near {
		// By the code: a name could hold what ends a link.
		more := lines(text, tap("绑定+"+name+"+"+code, d.unitName(code)))
		if len(more)+len(how)+2 > MaxReply {
			break
		}
		text = more
	}
	return compose("", "", text, how)
}

// whichBranch asks which one is meant of those that share a name, each to be
// tapped.
func (b *Bot) whichBranch(d *directory, name string, codes []string) string {
	text := b.Wording.BranchSeveral.With("branch", content.CutSentence(content.Plain(name), maxHeard))
	for _, code := range codes {
		more := lines(text, tap(code, d.unitName(code)))
		if len(more) > MaxReply {
			break
		}
		text = more
	}
	return text
}

// tap is a line that says a command when it is tapped.
func tap(command, text string) string {
	return string(appendOption(nil, command, wordMenu, text))
}

// Words with which people say what follows, and what no name begins with.
var (
	bindLabels = []string{"姓名", "名字", "支部", "单位", "党支部", "所在支部", "我的支部", "我的名字", "我叫", "我是", "叫", "是", "吧", "一下", "谢谢"}
	bindLeads  = []string{"我的名字叫", "我的名字是", "姓名是", "姓名", "名字是", "名字叫", "名字", "我叫", "我是"}
	bindTalk   = []string{"什么", "怎么", "如何", "为什么", "不了", "不上", "失败", "一下", "不", "没", "了"}
)

// splitBinding takes apart what follows 绑定: a name, and perhaps a branch, with
// or without something between them, in either order. An empty name is none.
func (d *directory) splitBinding(rest string) (name, unit string) {
	parts := strings.FieldsFunc(rest, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("+＋,，、。;；:：/|()（）【】<>《》“”\"！!", r)
	})
	parts = slices.DeleteFunc(parts, func(p string) bool { return slices.Contains(bindLabels, content.Fold(p)) })
	if len(parts) == 0 {
		return "", ""
	}
	for len(parts) > 1 && utf8.RuneCountInString(parts[0]) == 1 { // 王 军
		parts = slices.Concat([]string{parts[0] + parts[1]}, parts[2:])
	}
	if lead := longestPrefix(parts[0], bindLeads); lead != parts[0] {
		parts[0] = strings.TrimPrefix(parts[0], lead)
	}
	name, unit = parts[0], strings.Join(parts[1:], "")
	if unit == "" {
		name, unit = d.cutBranch(name)
	}
	if code, _ := d.findExactly(name); code != "" && (unit == "" || quiz.IsName(unit)) { // 绑定 第一支部 张三
		name, unit = unit, name
	}
	if longestPrefix(content.Fold(name), bindTalk) != "" {
		return "", ""
	}
	return name, unit
}
