package mydata

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// file is one member's data as a file.
type file struct {
	data   quiz.OwnData
	at     time.Time
	branch func(code string) string
}

var fileTemplate = template.Must(template.New("file").Parse(fileText))

// row is a name with its value.
type row struct{ Name, Value string }

// fileView is what the page of the file shows.
type fileView struct {
	Style      template.CSS
	Made       string
	Person     []row
	Seasons    []seasonView
	Cards      []quiz.Card
	Unread     bool
	Objections []objectionView
	Awards     []string
	JSON       template.JS
}

type seasonView struct {
	ID     string
	Sums   []row
	Broken bool
	Days   []dayView
}

type dayView struct {
	Date, Result, Receipt, Note string
	Answers                     []answerView
}

type answerView struct {
	Stem, Chose, Key string
	Right            bool
}

type objectionView struct{ Head, Text, Receipts, Reply string }

// File is the file that staff hand to the member, in place of the one at the link.
func File(data quiz.OwnData, at time.Time, branch func(code string) string) ([]byte, error) {
	return file{data: data, at: at, branch: branch}.html()
}

// html is the file for people: one page that needs nothing else, with the same for
// programs inside.
func (f file) html() ([]byte, error) {
	data, err := f.json()
	if err != nil {
		return nil, err
	}
	d := f.data
	v := fileView{
		Style: template.CSS(style), Made: timeText(f.at.Unix()), Person: f.person(), Cards: d.Practice.Cards, Unread: d.Unread,
		JSON: template.JS(data), // encoding/json writes <, > and & so that no markup ends here
	}
	for _, s := range d.Seasons {
		v.Seasons = append(v.Seasons, f.season(s))
	}
	for _, o := range d.Objections {
		v.Objections = append(v.Objections, objection(o))
	}
	for _, a := range d.Awards {
		text := fmt.Sprintf("%s 赛季第 %d 名，证书编号 %s", a.Season.ID, a.Honour.Place, a.Code)
		if a.Honour.Revoked != nil {
			text += "（已撤销）"
		}
		v.Awards = append(v.Awards, text)
	}
	var out bytes.Buffer
	err = fileTemplate.Execute(&out, v)
	return out.Bytes(), err
}

// person are the parts of the record that are no sums.
func (f file) person() []row {
	m := f.data.Member
	rows := []row{
		{"微信给的编号（openid）", f.data.ID}, {"开始参加", m.Joined.String()},
		{"姓名", cmp.Or(m.Name, "没有登记")}, {"支部", cmp.Or(f.branch(m.Branch), "没有登记")},
	}
	add := func(is bool, name, value string) {
		if is {
			rows = append(rows, row{name, value})
		}
	}
	add(len(m.Former) > 0, "以前的编号", strings.Join(m.Former, "，"))
	add(m.Claim.Name != "", "还没有确认的登记", m.Claim.Name+" "+f.branch(m.Claim.Branch))
	add(true, "提醒", "没有设")
	if m.Remind > 0 {
		rows[len(rows)-1].Value = fmt.Sprintf("每天 %02d:%02d", (m.Remind-1)/60, (m.Remind-1)%60)
	}
	add(m.Reminded != 0, "上次提醒您", m.Reminded.String())
	add(true, "排行", map[bool]string{false: "参加", true: "已退出"}[m.OptOut])
	add(m.Unfollowed, "关注", "已取消")
	add(true, "连续", fmt.Sprintf("%d 天，补签卡 %d 张", m.Streak.Length, m.Streak.Freezes))
	add(m.Open.Opened(), "手上的卷子", fmt.Sprintf("%s，答了 %d 题", m.Open.Day, len(m.Open.Given)))
	read := slices.DeleteFunc(append([]string{m.Read.QA, m.Read.Story, m.Read.Audio}, m.Read.Series...), func(s string) bool { return s == "" })
	add(len(read) > 0, "读到哪里", strings.Join(read, "，"))
	for _, season := range slices.Sorted(maps.Keys(f.data.Pseudonyms)) {
		add(true, season+" 赛季的编号", f.data.Pseudonyms[season])
	}
	add(len(f.data.Recent) > 0, "最近的消息", fmt.Sprintf("%d 条的编号和时间，用来认出微信重发的消息，不存内容", len(f.data.Recent)))
	return rows
}

func (f file) season(s quiz.KeptSeason) seasonView {
	t := s.Totals
	v := seasonView{ID: s.Season.ID, Broken: s.Broken, Sums: []row{
		{"积分", quiz.Score(t.Points)}, {"完成", strconv.Itoa(t.Days) + " 天"}, {"最长连续", strconv.Itoa(t.Longest) + " 天"},
		{"答对", fmt.Sprintf("%d/%d 题", t.Correct, t.Asked)},
	}}
	if s.Broken {
		v.Sums = nil
	}
	for _, d := range slices.Backward(s.Days) { // the latest first: it is what people look for
		v.Days = append(v.Days, day(d))
	}
	return v
}

func day(d quiz.KeptDay) dayView {
	v := dayView{Date: d.Day.String(), Receipt: d.Receipt, Result: fmt.Sprintf("答对 %d/%d 题，%s 分", d.Correct, d.Questions, quiz.Score(d.Points))}
	switch {
	case d.Lapsed:
		v.Result = fmt.Sprintf("没有答完（%d/%d 题），不计分", len(d.Answers), d.Questions)
	case d.Void == quiz.Dropped:
		v.Note = "当天的题取消了，得分不计，连续天数不受影响。"
	case d.Void == quiz.Kept:
		v.Note = "当天的题取消了，得分保留。"
	case d.Points != d.Was:
		v.Note = "有题的答案后来更正过，更正前是 " + quiz.Score(d.Was) + " 分。"
	}
	for _, s := range d.Answers {
		a := answerView{Stem: s.Question.Stem, Chose: s.Chose, Key: s.Key, Right: s.Right}
		if s.Question.Type == content.Blank {
			a.Chose = "（填空）"
		}
		switch {
		case s.Void:
			a.Key += "（已作废，都算对）"
		case s.Now != "":
			a.Key = s.Now + "（原为 " + s.Key + "）"
		}
		v.Answers = append(v.Answers, a)
	}
	return v
}

func objection(o quiz.Objection) objectionView {
	v := objectionView{Head: fmt.Sprintf("%d 号，%s", o.Number, timeText(o.At)), Text: o.Text, Receipts: strings.Join(o.Receipts, "，"), Reply: "等待核实"}
	if !o.Open() {
		v.Reply = "答复（" + timeText(o.Replied) + "）：" + o.Reply
	}
	return v
}

func timeText(unix int64) string {
	return time.Unix(unix, 0).In(quiz.Zone).Format("2006-01-02 15:04")
}
