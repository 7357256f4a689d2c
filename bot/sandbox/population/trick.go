package population

import (
	"strconv"

	"dangshi/bot/wechat/peer"
	"dangshi/content"
)

// cheat tries to gain something after an answer, by what must never be graded.
func (v *visit) cheat(answered *asked) {
	switch v.rng.IntN(8) {
	case 0: // another option of the question that was just answered
		v.never(v.say(v.tapOld(answered), false))
	case 1: // an old bubble
		if v.old != nil {
			v.never(v.say(v.tapOld(v.old), false))
		}
	case 2: // an erasure that is not confirmed
		if len(v.truth.open.given) == 0 && v.truth.open.day == 0 {
			b := v.say(peer.Text(v.id, "注销"), false)
			if !v.lost && !b.begins(v.words.eraseAsk) {
				v.wrong("“注销”应先问一遍", v.words.eraseAsk, b)
				return
			}
			v.open()
		}
	}
}

// tapOld taps some option of a question that was answered.
func (v *visit) tapOld(a *asked) peer.Fields {
	n := max(len(a.order), 1)
	number := a.number
	if number == "" {
		number = "1"
	}
	return tapOn(v.id, string(rune('A'+v.rng.IntN(n))), number)
}

// never is a reply to what must not be graded.
func (v *visit) never(b bubble) {
	if v.lost {
		return
	}
	if b.graded || b.finished != nil {
		v.wrong("点前面的题不能再计分", "不计分", b)
		return
	}
	if v.shown != nil && b.asked != nil && b.asked.n != 0 && b.asked.n != v.shown.n {
		v.wrong("不计分的消息不能换题", "第"+itoa(v.shown.n)+"题", b)
	}
}

// chosen is what the line that ends the choice of several options adds to the number of
// a tap: see quiz.Ref.
const chosen = 50

// volley sends the same answer several times at once, as messages of their own: one of
// them counts.
func (v *visit) volley(c choice) bool {
	const shots = 4
	letters := v.shown.places(c.letters)
	q := v.words.questions[v.shown.question]
	number := v.shown.number
	if q.Type == content.Multiple {
		n, _ := strconv.ParseInt(number, 10, 64) // it was read from a link
		number = strconv.FormatInt(n+chosen, 10)
	}
	fs := make([]peer.Fields, shots)
	first := v.message(tapOn(v.id, letters, number))
	fs[0], v.last = first, letters
	for i := 1; i < shots; i++ {
		fs[i] = v.message(tapOn(v.id, letters, number))
		fs[i]["CreateTime"] = first["CreateTime"]
	}
	all := v.atOnce(v.ctx, fs...)
	v.messages.Add(shots)
	var hit *bubble
	var missed []string
	for i, d := range all {
		b := v.words.read(v.agree(fs[i], d))
		if v.lost {
			return false
		}
		switch {
		case !b.graded:
			missed = append(missed, b.text)
		case hit != nil:
			v.wrong("同时发的几个答案只能计一个", "一个", b)
			return false
		default:
			hit = &b
		}
	}
	if hit == nil {
		v.wrong("同时发的几个答案应计一个", "一个", v.words.read(all[0].text))
		return false
	}
	for _, text := range missed {
		if text != missed[0] {
			v.wrong("没有计的几条应得到一样的回答", missed[0], v.words.read(text))
			return false
		}
	}
	v.note(transcribed(first), v.words.steady(*hit), missed[0])
	return v.grade(c, *hit)
}

// straggle answers the question that was left open, after it may be answered.
func (v *visit) straggle() {
	left := v.truth.open
	b := v.say(peer.Text(v.id, "A"), false)
	if v.lost || left.day == 0 {
		return
	}
	if b.graded || b.finished != nil {
		v.wrong("00:30以后昨天的题不能再计分", "不计分", b)
	} else if left.day == v.day-1 && !b.lapsed {
		v.wrong("00:30以后应说明已过时间", "已过时间", b)
	}
}
