package population

import (
	"strings"

	"dangshi/bot/wechat/peer"
	"dangshi/content"
)

// begins reports whether a reply begins with some words.
func (b bubble) begins(words string) bool { return strings.HasPrefix(b.text, words) }

// small is what people say to an account that answers.
var small = []string{
	"你好", "谢谢", "辛苦了", "请问几点上班", "今天天气真好", "党费什么时候交", "在吗", "这个活动办到什么时候", "👍", "哈哈哈", "收到", "明白了", "下午开会吗",
}

// chat says something that is no answer: it is never graded.
func (v *visit) chat() {
	if v.shown != nil && v.shown.question >= 0 && v.words.questions[v.shown.question].Type == content.Blank {
		return // any word may be meant to fill it
	}
	var f peer.Fields
	switch v.rng.IntN(6) {
	case 0:
		f = peer.Fields{"FromUserName": v.id, "MsgType": "image", "PicUrl": "http://mmbiz.qpic.cn/mmbiz/0", "MediaId": "media"}
	default:
		f = peer.Text(v.id, small[v.rng.IntN(len(small))])
	}
	v.never(v.say(f, false))
}

// bind gives name and branch, and confirms them.
func (v *visit) bind() {
	b := v.say(peer.Text(v.id, "绑定 王"+[]string{"建国", "秀英", "小红", "志强"}[v.rng.IntN(4)]+" "+branches[v.rng.IntN(len(branches))]), false)
	if v.lost {
		return
	}
	if !strings.Contains(b.text, v.words.bindCheck) {
		v.wrong("“绑定”应请学员核对", v.words.bindCheck, b)
		return
	}
	if b = v.say(peer.Text(v.id, "确认绑定"), false); !v.lost && !b.begins(v.words.bindDone) {
		v.wrong("“确认绑定”应登记", v.words.bindDone, b)
	}
}

// erase takes everything away that is kept.
func (v *visit) erase() {
	b := v.say(peer.Text(v.id, "注销"), false)
	if v.lost || !b.begins(v.words.eraseAsk) {
		return // nothing is kept of the member
	}
	if b = v.say(peer.Text(v.id, "确认注销"), true); v.lost {
		return
	}
	if b.text != v.words.erased {
		v.wrong("“确认注销”应删除", v.words.erased, b)
		return
	}
	v.erasures.Add(1)
	v.truth, v.shown, v.old = truth{}, nil, nil
	if v.habit.trait == cheating { // and begins anew: with nothing but this day
		v.paper(1 << 30)
	}
}

// look reads around, at a time when nobody answers.
func (v *visit) look() {
	switch v.rng.IntN(7) {
	case 0, 1:
		v.mine(v.say(peer.Text(v.id, "我的"), false))
	case 2, 3:
		v.board(v.say(peer.Text(v.id, "排行"), false))
	case 4:
		v.say(peer.Text(v.id, "今天"), false)
	case 5:
		v.say(peer.Text(v.id, []string{"百问", "故事", "规则", "帮助", "我的数据"}[v.rng.IntN(5)]), false)
	case 6:
		v.practise()
	}
}

// join leaves the ranking, or comes back.
func (v *visit) join() {
	if !v.truth.optOut && !chance(v.rng, 0.2) || v.truth.last().day == 0 {
		return
	}
	v.truth.optOut = !v.truth.optOut
	v.say(peer.Text(v.id, map[bool]string{true: "退出排行", false: "加入排行"}[v.truth.optOut]), false)
}

// practise answers a question that the member once got wrong. It counts for nothing.
func (v *visit) practise() {
	b := v.say(peer.Text(v.id, "错题"), false)
	if v.lost || b.asked == nil || b.asked.n != 0 || b.asked.question < 0 || len(b.asked.order) == 0 {
		return
	}
	v.say(tapOn(v.id, "A", b.asked.number), false)
}

// mine compares a member's own record with what must stand there.
func (v *visit) mine(b bubble) {
	if v.lost {
		return
	}
	t := &v.truth
	if t.last().day == 0 {
		if b.text != v.words.mineNone {
			v.wrong("没有答完过的人没有记录", v.words.mineNone, b)
		}
		return
	}
	year, _, _ := v.day.Civil()
	s := t.season(year)
	until := v.day
	if t.last().day == v.day {
		until++
	}
	streak, _ := t.streak(until)
	total, _ := v.words.mineTotal.find(b.text)
	longest, _ := v.words.mineLongest.find(b.text)
	running, _ := v.words.mineStreak.find(b.text)
	want := shown(s.parts) + "分，" + itoa(s.days) + "天，最长" + itoa(s.longest) + "天，连续" + itoa(streak) + "天"
	got := total.text("points") + "分，" + total.text("days") + "天，最长" + longest.text("longest") + "天，连续" + running.text("streak") + "天"
	if s.days > 0 && !t.optOut {
		rank, of := v.rank(s)
		want += "，第" + itoa(rank) + "名，共" + itoa(of) + "人"
		told, _ := v.words.mineRank.find(b.text)
		got += "，第" + told.text("rank") + "名，共" + told.text("of") + "人"
	}
	if s.of > 0 {
		want += "，对" + itoa(s.correct) + "/" + itoa(s.of)
		told, _ := v.words.mineAccuracy.find(b.text)
		got += "，对" + told.text("correct") + "/" + told.text("of")
	}
	if got != want {
		v.violate(v.member, v.day, "“我的”应和学员听到的一样", want, got)
	}
}

// board compares the first lines of the ranking with what must stand there.
func (v *visit) board(b bubble) {
	if v.lost {
		return
	}
	order := v.standings()
	if len(order) == 0 {
		if b.text != v.words.boardEmpty {
			v.wrong("没有人上榜", v.words.boardEmpty, b)
		}
		return
	}
	head, _ := v.words.board.find(b.text)
	want, got := "共"+itoa(len(order))+"人", "共"+head.text("of")+"人"
	_, rest, _ := strings.Cut(b.text, "\n")
	for i := range min(10, len(order)) {
		rank, _ := v.rank(order[i])
		want += "，第" + itoa(rank) + "名" + shown(order[i].parts) + "分"
		line, after, _ := strings.Cut(rest, "\n")
		rest = after
		told, _ := v.words.place.find(line)
		got += "，第" + told.text("rank") + "名" + told.text("points") + "分"
	}
	if got != want {
		v.violate(v.member, v.day, "“排行”的前十名", want, got)
	}
}
