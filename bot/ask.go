package bot

import (
	"strconv"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

// appendOption appends a line that can be tapped, with what is shown of it in pieces: a
// tap sends letters back with number.
func appendOption(dst []byte, letters string, number int64, shown ...string) []byte {
	dst = append(dst, `<a href="weixin://bizmsgmenu?msgmenucontent=`...)
	dst = append(dst, letters...)
	dst = append(dst, `&msgmenuid=`...)
	dst = strconv.AppendInt(dst, number, 10)
	dst = append(dst, `">`...)
	for _, piece := range shown {
		dst = append(dst, piece...)
	}
	return append(dst, "</a>"...)
}

// letterNames are the letters of options.
const letterNames = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// posed is a question as it is put to a member.
type posed struct {
	heading     string
	question    content.Question // options in the member's order
	tap, submit int64            // menu numbers of one option, and of all that were chosen
}

// daily poses a question of the day's paper.
func (b *Bot) daily(a *quiz.Asked) posed {
	ref := a.Ref
	p := posed{
		heading:  b.Wording.Heading.With("n", strconv.Itoa(ref.Question+1), "of", strconv.Itoa(a.Of), "type", b.kind(a.Question).String()),
		question: a.Question,
		tap:      ref.Number(),
	}
	ref.Submit = true
	p.submit = ref.Number()
	return p
}

// kind names the type of a question.
func (b *Bot) kind(q content.Question) Phrase {
	switch q.Type {
	case content.Multiple:
		return b.Wording.TypeMultiple
	case content.Judge:
		return b.Wording.TypeJudge
	case content.Blank:
		return b.Wording.TypeBlank
	}
	return b.Wording.TypeSingle
}

// ask prints a question of the day's paper.
func (b *Bot) ask(a *quiz.Asked) string { return b.pose(b.daily(a)) }

// pose prints a question with its options, one a line. Letters that are printed
// work as well as a tap, for phones on which the links do not.
func (b *Bot) pose(p posed) string {
	var room [MaxReply]byte // enough for nearly every question
	return string(b.appendPosed(room[:0], p))
}

// appendPosed appends what pose prints.
func (b *Bot) appendPosed(dst []byte, p posed) []byte {
	w, q := b.Wording, p.question
	how := w.HowSingle
	switch q.Type {
	case content.Multiple:
		how = w.HowMultiple
	case content.Judge:
		how = w.HowJudge
	case content.Blank:
		how = w.HowBlank
	}
	dst = append(dst, p.heading...)
	dst = append(dst, '\n')
	dst = append(dst, content.Plain(q.Stem)...)
	for i, text := range q.Choices() {
		letter := letterNames[i : i+1]
		dst = appendOption(append(dst, '\n'), letter, p.tap, letter, ". ", content.Plain(text))
	}
	return append(append(dst, '\n'), how.String()...)
}

// picked answers a tap on one option of a multiple question: nothing is graded
// yet. The letters chosen so far travel in the links, so nothing is stored.
func (b *Bot) picked(p posed, letters content.Letters) string {
	out := []byte(b.Wording.Picked.With("letters", letters.String()))
	for i, text := range p.question.Choices() {
		out = append(out, '\n')
		line := string(rune('A'+i)) + ". " + content.Plain(text)
		if letters.Has(i) {
			line = "✓ " + line
		}
		toggled := letters ^ 1<<i
		if toggled == 0 {
			out = append(out, line...) // a tap must send some letter
			continue
		}
		out = appendOption(out, toggled.String(), p.tap, line)
	}
	if letters.Len() > 1 { // one alone is never right
		out = append(out, '\n')
		out = appendOption(out, letters.String(), p.submit, b.Wording.PickedDone.With("letters", letters.String()))
	}
	return string(out)
}

// longKey is the size from which an option's text is not said again with the
// key: the next question must fit the same message.
const longKey = 120

// key names the right answer in the member's own letters, with the option's
// text where it is one short option.
func (b *Bot) key(g *quiz.Graded) string {
	q := g.Question
	if q.Type == content.Blank {
		return content.Plain(q.Answer.Accept[0])
	}
	if len(g.Also) > 0 {
		all := g.Key.String()
		for _, also := range g.Also {
			all = b.Wording.KeyOr.With("one", all, "other", also.String())
		}
		return all
	}
	choices := q.Choices()
	if q.Type == content.Judge || g.Key.Len() == 1 {
		for i, text := range choices {
			if g.Key.Has(i) && len(text) <= longKey {
				return string(rune('A'+i)) + ". " + content.Plain(text)
			}
		}
	}
	return g.Key.String()
}

// compose joins the parts of a reply, an empty line between them, and cuts the
// explanation, never anything else, so that all of it fits a message.
func compose(verdict, explain string, rest ...string) string {
	return composeWith(verdict, explain, nil, rest...)
}

// composeAsked is compose with a question of the day's paper at the end.
func (b *Bot) composeAsked(verdict, explain, before string, asked *quiz.Asked) string {
	var room [MaxReply]byte
	return composeWith(verdict, explain, b.appendPosed(room[:0], b.daily(asked)), before)
}

// composeWith is compose with one more part, at the end.
func composeWith(verdict, explain string, last []byte, rest ...string) string {
	room := MaxReply - len(verdict)
	if len(last) > 0 {
		room -= len(last) + 2
	}
	for _, r := range rest {
		if r != "" {
			room -= len(r) + 2
		}
	}
	if explain = content.CutSentence(content.Plain(explain), room-1); verdict == "" {
		explain = ""
	}
	var out strings.Builder
	out.Grow(MaxReply - room + 1 + len(explain))
	out.WriteString(verdict)
	if explain != "" {
		out.WriteByte('\n')
		out.WriteString(explain)
	}
	for _, r := range rest {
		addPart(&out, "\n\n", r)
	}
	if len(last) > 0 && out.Len() > 0 {
		out.WriteString("\n\n")
	}
	out.Write(last)
	return out.String()
}

// lines joins the lines that are not empty.
func lines(parts ...string) string {
	kept, last := 0, ""
	for _, p := range parts {
		if p != "" {
			kept, last = kept+1, p
		}
	}
	if kept <= 1 { // most of the time
		return last
	}
	var out strings.Builder
	for _, p := range parts {
		addPart(&out, "\n", p)
	}
	return out.String()
}

// addPart writes a part that is not empty, apart from what stands before it.
func addPart(out *strings.Builder, separator, part string) {
	if part == "" {
		return
	}
	if out.Len() > 0 {
		out.WriteString(separator)
	}
	out.WriteString(part)
}
