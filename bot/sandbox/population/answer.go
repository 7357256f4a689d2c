package population

import (
	"strconv"
	"strings"

	"dangshi/bot/wechat/peer"
	"dangshi/content"
)

// begin is one of the ways to ask for the day's paper.
func (v *visit) begin() peer.Fields {
	if v.habit.trait == speaking {
		return peer.Voice(v.id, []string{"答题。", "答題", "我要答题。"}[v.rng.IntN(3)])
	}
	switch v.rng.IntN(4) {
	case 0:
		return peer.Event(v.id, "CLICK", "答题")
	case 1:
		return peer.Text(v.id, []string{"开始", "今日答题", "答題", " 答题 "}[v.rng.IntN(4)])
	}
	return peer.Text(v.id, "答题")
}

// choice is what a member means to answer.
type choice struct {
	letters content.Letters // as the bank has the options
	word    string          // of a blank
	right   bool
}

// choose thinks of an answer to the question on the screen.
func (v *visit) choose() choice {
	q := v.words.questions[v.shown.question]
	c := choice{right: chance(v.rng, v.skill), letters: q.Answer.Letters}
	if q.Type == content.Blank {
		c.word = "东湖边"
		if c.right {
			c.word = q.Answer.Accept[v.rng.IntN(len(q.Answer.Accept))]
		}
		return c
	}
	n := len(q.Choices())
	for !c.right && c.letters == q.Answer.Letters {
		other := content.Letters(1) << v.rng.IntN(n)
		if q.Type != content.Multiple {
			c.letters = other
		} else if toggled := q.Answer.Letters ^ other; toggled.Len() > 1 {
			c.letters = toggled
		} else {
			c.letters = q.Answer.Letters | other | 1<<v.rng.IntN(n)
		}
	}
	return c
}

// places are the letters that stand before options, in the order of the screen.
func (a *asked) places(canonical content.Letters) (letters string) {
	for place, k := range a.order {
		if canonical.Has(k) {
			letters += string(rune('A' + place))
		}
	}
	return letters
}

// answer answers the question on the screen. It reports whether another one follows.
func (v *visit) answer() bool {
	c := v.choose()
	if v.habit.trait == cheating && c.word == "" && chance(v.rng, 0.1) {
		return v.volley(c)
	}
	if v.habit.trait == speaking && chance(v.rng, 0.15) {
		if b := v.say(peer.Voice(v.id, ""), false); !v.lost && b.text != v.words.unheard {
			v.wrong("听不清的语音不能当作答案", v.words.unheard, b)
		}
		if v.lost {
			return false
		}
	}
	before := v.shown
	b, sent := v.send(c)
	if v.lost {
		return false
	}
	if !b.graded && !sent { // it was said so that it need not be understood
		if b.asked == nil || b.asked.n != before.n {
			v.wrong("没看懂的回答应再问同一道题", "第"+itoa(before.n)+"题", b)
			return false
		}
		if b = v.plainly(c); v.lost {
			return false
		}
	}
	more := v.grade(c, b)
	if v.habit.trait == cheating && !v.lost {
		v.cheat(before)
	}
	return more && !v.lost
}

// grade compares what became of an answer with what must become of it.
func (v *visit) grade(c choice, b bubble) (more bool) {
	t, q := &v.truth, v.words.questions[v.shown.question]
	if !b.graded || b.right != c.right {
		v.wrong("第"+itoa(v.shown.n)+"题（"+q.ID+"）对“"+v.last+"”的判断", map[bool]string{true: v.words.right, false: "答错"}[c.right], b)
		return false
	}
	t.open.given = append(t.open.given, answered{int32(v.shown.question), c.letters, c.right})
	v.answers.Add(1)
	if len(t.open.given) < int(t.open.of) {
		if b.asked == nil || b.asked.n != len(t.open.given)+1 {
			v.wrong("答完一题应问下一题", "第"+itoa(len(t.open.given)+1)+"题", b)
			return false
		}
		return v.show(b)
	}
	v.old, v.shown = v.shown, nil
	t.finish()
	v.finished.Add(1)
	v.result(b)
	return false
}

// result compares a day's result with what the member answered.
func (v *visit) result(b bubble) {
	last := v.truth.last()
	year, _, _ := last.day.Civil()
	streak, _ := v.truth.streak(last.day + 1)
	want := result{
		correct: last.correct(), of: int(last.of), streak: streak,
		points: shown(dayParts(last.correct(), int(last.of))), total: shown(v.truth.season(year).parts),
	}
	switch {
	case b.finished == nil:
		v.wrong("答完应告诉成绩", want.String(), b)
	case *b.finished != want:
		v.wrong("当天的成绩", want.String(), b)
	case b.ranked.names == nil:
		if !v.truth.optOut { // the rank could not be read in time, and is left out
			v.unranked.Add(1)
		}
	default:
		rank, of := b.ranked.number("rank"), b.ranked.number("of")
		if rank < 1 || rank > of || of > v.cfg.Members {
			v.wrong("名次应在人数之内", "1到"+itoa(v.cfg.Members), b)
		}
	}
}

func (r result) String() string {
	return itoa(r.correct) + "/" + itoa(r.of) + "，" + r.points + "分，连续" + itoa(r.streak) + "天，累计" + r.total + "分"
}

// send answers in one of the ways in which people do. sure says that it must be
// understood.
func (v *visit) send(c choice) (b bubble, sure bool) {
	switch {
	case v.habit.trait == speaking && c.word == "":
		return v.spoken(c)
	case c.word == "" && chance(v.rng, 0.6):
		return v.tapped(c)
	}
	return v.typed(c)
}

// plainly types the letters, which nothing can be taken for.
func (v *visit) plainly(c choice) bubble {
	if c.word != "" {
		return v.say(peer.Text(v.id, c.word), false)
	}
	return v.say(peer.Text(v.id, v.shown.places(c.letters)), false)
}

// typed types an answer. By a number something in an option may be meant: then the
// question is asked again.
func (v *visit) typed(c choice) (b bubble, sure bool) {
	letters := v.shown.places(c.letters)
	n := strings.Index("ABCD", letters)
	switch {
	case c.word != "":
		return v.plainly(c), true
	case v.words.questions[v.shown.question].Type == content.Judge:
		words := []string{"对", "√", "是", "正确", "A"}
		if letters == "B" {
			words = []string{"错", "×", "否", "错误", "B"}
		}
		return v.say(peer.Text(v.id, words[v.rng.IntN(len(words))]), false), true
	case len(letters) > 1 || n < 0:
		return v.plainly(c), true
	case chance(v.rng, 0.3):
		number := []string{itoa(n + 1), string(rune('①' + n)), []string{"甲", "乙", "丙", "丁"}[n], []string{"一", "二", "三", "四"}[n]}
		return v.say(peer.Text(v.id, number[v.rng.IntN(len(number))]), false), false
	}
	forms := []string{letters, strings.ToLower(letters), string(rune('Ａ' + n)), "选" + letters, letters + "。"}
	return v.say(peer.Text(v.id, forms[v.rng.IntN(len(forms))]), false), true
}

// spoken says an answer; by what sounds alike it may not be understood, but never as
// something else.
func (v *visit) spoken(c choice) (bubble, bool) {
	letters := v.shown.places(c.letters)
	forms := []string{"选" + letters + "。", "選" + letters, "我选" + letters}
	sure := true
	switch {
	case v.words.questions[v.shown.question].Type == content.Judge:
		forms = map[string][]string{"A": {"对。", "對", "正确。"}, "B": {"错。", "錯", "错误。"}}[letters]
	case len(letters) == 1 && letters < "D" && chance(v.rng, 0.3):
		forms = map[string][]string{"A": {"选诶", "选诶。"}, "B": {"必", "选必"}, "C": {"西", "选西。"}}[letters]
		sure = false
	}
	return v.say(peer.Voice(v.id, forms[v.rng.IntN(len(forms))]), false), sure
}

// tapped taps an answer; of several options one after another, and at last the line
// that says so.
func (v *visit) tapped(c choice) (bubble, bool) {
	letters := v.shown.places(c.letters)
	if v.words.questions[v.shown.question].Type != content.Multiple {
		return v.say(tapOn(v.id, letters, v.shown.number), false), true
	}
	if len(letters) < 2 {
		return v.typed(c)
	}
	taps := v.shown.taps
	for i := 1; ; i++ {
		picked := letters[:min(i, len(letters))]
		number := ""
		for _, t := range taps {
			// The last line chooses all that is chosen, by a number of its own.
			if t.Content == picked && (t.MenuID == v.shown.number) == (i <= len(letters)) {
				number = t.MenuID
			}
		}
		if number == "" {
			v.wrong("多选题应能点选"+picked, "一行可点的"+picked, bubble{})
			return bubble{}, true
		}
		b := v.say(tapOn(v.id, picked, number), false)
		if v.lost || i > len(letters) {
			return b, true
		}
		taps = b.taps
	}
}

// tapOn is a tap on an option.
func tapOn(id, letters, number string) peer.Fields {
	n, _ := strconv.ParseInt(number, 10, 64) // it was read from a link
	return peer.Tap(id, letters, n)
}
