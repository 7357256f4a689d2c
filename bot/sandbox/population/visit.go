package population

import (
	"context"
	"strconv"
	"time"

	"dangshi/bot/wechat/peer"
	"dangshi/quiz"
)

// How often WeChat delivers a message more than once, and why.
const (
	thrice   = 0.02  // three times at the same moment
	unheard  = 0.01  // the line breaks before the answer is there
	overtook = 0.015 // again, after the next message
)

// visit is one member with the phone in hand at one slot.
type visit struct {
	*world
	*member
	ctx  context.Context
	slot slot
	now  time.Time
	day  quiz.Day
	said int64  // messages of this visit
	last string // what was sent last
	took []uint32
	late *counted // to be delivered again
	lost bool     // what the simulator knows and what it was told no longer fit: the visit ends
}

// counted is a message that was counted, and what was said to it.
type counted struct {
	fields peer.Fields
	text   string
}

// message fills in what WeChat adds to a message. Two of one visit are a second apart,
// as people type.
func (v *visit) message(f peer.Fields) peer.Fields {
	v.sent++
	v.said++
	f["CreateTime"] = strconv.FormatInt(v.now.Unix()+v.said, 10)
	if f["MsgType"] != "event" {
		f["MsgId"] = strconv.FormatInt(int64(v.n+1)<<32|v.sent, 10)
	}
	return f
}

// transcribed is a message as the transcript has it.
func transcribed(f peer.Fields) string {
	return f["MsgType"] + " " + f["Content"] + f["Recognition"] + f["Event"] + " " + f["bizmsgmenuid"]
}

// say sends a message, by whatever bad luck on the way, and reads the reply. kept says
// that it changes the record, as an answer that is graded does: only then is what was
// said kept for a repeat that comes after the next message.
func (v *visit) say(f peer.Fields, kept bool) bubble {
	f = v.message(f)
	v.last = f["Content"] + f["Recognition"]
	text, luck := "", v.rng.Float64()
	switch {
	case luck < thrice:
		v.repeats.Add(2)
		all := v.atOnce(v.ctx, f, f, f)
		text = v.agree(f, all...)
	case luck < thrice+unheard:
		v.hangUp(v.ctx, f)
		text = v.agree(f, v.deliver(v.ctx, f, &v.took))
	default:
		text = v.agree(f, v.deliver(v.ctx, f, &v.took))
	}
	v.messages.Add(1)
	b := v.words.read(text)
	if v.words.fault(text) {
		v.violate(v.member, v.day, "学员看到了故障提示", "正常的回答", text)
		v.lost = true
	}
	v.note(transcribed(f), v.words.steady(b))
	v.repeat()
	if (kept || b.graded) && chance(v.rng, overtook) {
		v.late = &counted{f, text}
	}
	return b
}

// repeat delivers an earlier message once more: it gets the same reply, and counts for
// nothing.
func (v *visit) repeat() {
	if v.late == nil {
		return
	}
	late := v.late
	v.late = nil
	v.courier.late.Add(1)
	v.repeats.Add(1)
	if again := v.deliver(v.ctx, late.fields, nil); v.ctx.Err() != nil {
		v.lost = true
	} else if again.wrong != "" || again.text != late.text {
		v.violate(v.member, v.day, "迟到的重发得到的回答应和先前一样", late.text, again.text+again.wrong)
	}
}

// agree is the one text that all deliveries of a message got.
func (v *visit) agree(f peer.Fields, all ...delivered) string {
	for _, d := range all {
		switch {
		case v.ctx.Err() != nil:
			v.lost = true
		case d.wrong != "":
			v.violate(v.member, v.day, "每条消息都应有回答："+transcribed(f), "200", d.wrong)
			v.lost = true
		case d.text != all[0].text:
			v.violate(v.member, v.day, "同一条消息的几次投递应得到一样的回答："+transcribed(f), all[0].text, d.text)
		}
	}
	return all[0].text
}

// wrong notes that the bot did something else than it must, and ends the visit: from
// here on the two know different things.
func (v *visit) wrong(rule, want string, b bubble) {
	if v.ctx.Err() == nil {
		v.violate(v.member, v.day, rule, want, b.text)
	}
	v.lost = true
}

// minute is the time of day.
func (v *visit) minute() int { return times[v.slot] }

// run does what the member means to do.
func (v *visit) run() {
	switch v.plan[v.slot] {
	case whole:
		v.paper(1 << 30)
	case half:
		v.paper(1 + v.rng.IntN(3))
	case straggle:
		v.straggle()
	case look:
		v.look()
	case talk:
		v.chat()
	case bind:
		if chance(v.rng, 0.3) {
			v.join()
		} else {
			v.bind()
		}
	case erase:
		v.erase()
	case leave:
		v.say(peer.Event(v.id, "unsubscribe", ""), false)
		v.gone = true
	case comeBack:
		if v.gone {
			v.say(peer.Event(v.id, "subscribe", ""), false)
			v.gone = false
		}
	}
	v.repeat()
	v.courier.add(v.took)
}

// paper begins the day's paper, or goes on with it, and gives up to n answers.
func (v *visit) paper(n int) {
	// After midnight the question still stands on the screen.
	goOn := v.slot == afterMidnight && v.shown != nil && v.truth.current(v.day, v.minute()) && chance(v.rng, 0.5)
	if !goOn && !v.open() {
		return
	}
	for range n {
		if v.habit.trait == idle && chance(v.rng, 0.3) {
			v.chat()
		}
		if v.lost || v.shown == nil || !v.answer() {
			return
		}
	}
}

// open asks for a question and compares what comes with what must come.
func (v *visit) open() bool {
	t := &v.truth
	fresh := !t.current(v.day, v.minute()) && t.last().day != v.day
	b := v.say(v.begin(), fresh)
	if v.lost {
		return false
	}
	switch {
	case t.current(v.day, v.minute()):
		if b.asked == nil || b.asked.n != len(t.open.given)+1 || b.asked.of != int(t.open.of) {
			v.wrong("“答题”应接着问没答的题", "第"+itoa(len(t.open.given)+1)+"题", b)
			return false
		}
	case t.last().day == v.day:
		last := t.last()
		if b.already == nil || b.already.correct != last.correct() || b.already.of != int(last.of) || b.already.points != shown(dayParts(last.correct(), int(last.of))) {
			v.wrong("答完以后“答题”只说当天的成绩", itoa(last.correct())+"/"+itoa(int(last.of)), b)
		}
		return false
	default:
		if b.asked == nil || b.asked.n != 1 {
			v.wrong("“答题”应问第1题", "第1题", b)
			return false
		}
		t.begin(v.day, b.asked.of)
	}
	return v.show(b)
}

// show puts the question of a reply on the screen.
func (v *visit) show(b bubble) bool {
	v.shown = b.asked
	if b.asked.question < 0 {
		v.wrong("题目应当在题库里，选项应当和题库一样", "题库里的一道题", b)
		return false
	}
	return true
}
