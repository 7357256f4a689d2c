package members

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"dangshi/admin/board"
	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// person is the member whom a page is about.
type person struct {
	id, path string
	own      quiz.OwnData
	season   quiz.Season // that is shown, and under whose pseudonym changes are noted
}

// person finds whom the address names.
func (m *Members) person(v *frame.Visit) (p person, err error) {
	ref := v.R.PathValue("who")
	id, ok := m.data.ByRef(ref)
	if !ok {
		return p, frame.NotFound("没有这名学员。")
	}
	p = person{id: id, path: path + "/" + ref}
	var known bool
	if p.own, known, err = m.data.OwnData(v.Context(), id); err != nil {
		return p, err
	}
	if !known {
		return p, gone
	}
	if p.season, err = m.data.Season(v.Context(), v.Now); err != nil {
		return p, err
	}
	if asked := v.R.FormValue("season"); asked != "" {
		if i := slices.IndexFunc(p.own.Seasons, func(s quiz.KeptSeason) bool { return s.Season.ID == asked }); i >= 0 {
			p.season = p.own.Seasons[i].Season
		}
	}
	return p, nil
}

// gone is told where nothing is kept of a member.
var gone = frame.NotFound("这名学员的记录已经没有了：可能刚刚注销。")

// number is the member's pseudonym of the season that is shown.
func (m *Members) number(p person) string {
	return m.data.Pseudonym(p.season.ID, p.own.Member.Self(p.id))
}

// memberPage is the page of one member.
type memberPage struct {
	Path, Number string
	Ref          string
	Member       quiz.Member
	Branch       string // with those above it
	ClaimBranch  string
	Facts        []fact
	Season       string
	Seasons      []string
	Totals       quiz.Totals
	Points       string
	Standing     Standing
	Days         []dayRow
	Pager        frame.Pager
	Broken       bool // the log or something else cannot be read
	Objections   []objectionRow
	Awards       []string
	Tree         []option
	Today        string

	Form form // what was typed, where something must be mended
}

// form is what was typed into one of the forms of the page.
type form struct {
	At      string // which one
	Problem string
	Name    string
	Branch  string
	Reason  string
	Text    string
	Day     string
	Number  int
}

type fact struct{ Name, Value string }

// dayRow is one day of the log.
type dayRow struct {
	Date, Marks, Points, Sum, Receipt string
	Streak, Freezes                   int
	Correct, Questions                int
	Notes                             []string
	Answers                           []answerRow
}

type answerRow struct {
	Stem, Chose, Key string
	Right            bool
}

// objectionRow is one objection.
type objectionRow struct {
	quiz.Objection
	On, From string
	Typed    string // an answer that was not taken
}

// shownDays is how many days a page shows.
const shownDays = 31

func (m *Members) show(v *frame.Visit) error {
	p, err := m.person(v)
	if err != nil {
		return err
	}
	return m.showPerson(v, p, form{})
}

// showPerson shows the page, where something must be mended with what was typed.
func (m *Members) showPerson(v *frame.Visit, p person, typed form) error {
	tree, err := m.data.Branches(v.Context())
	if err != nil {
		return err
	}
	voids, err := m.data.Voids(v.Context())
	if err != nil {
		return err
	}
	x, today := p.own.Member, quiz.DayOf(v.Now)
	streak, _ := x.Streak.At(today, voids)
	page := memberPage{
		Path: p.path, Ref: m.data.Ref(p.id), Number: m.number(p), Member: x, Branch: branchText(tree, x.Branch), ClaimBranch: branchText(tree, x.Claim.Branch),
		Season: p.season.ID, Tree: options(tree, x.Branch), Broken: p.own.Unread, Facts: facts(x, streak), Today: today.String(), Form: typed,
	}
	if typed.At == "correct" {
		page.Tree = options(tree, typed.Branch)
	}
	if page.Standing, err = m.data.Standing(v.Context(), p.season, p.id); err != nil {
		return err
	}
	for _, s := range slices.Backward(p.own.Seasons) {
		page.Seasons = append(page.Seasons, s.Season.ID)
		if s.Season.ID == p.season.ID {
			page.Totals, page.Points, page.Broken = s.Totals, quiz.Score(s.Totals.Points), page.Broken || s.Broken
			page.Pager = v.Pager(len(s.Days), shownDays)
			page.Days = dayRows(s.Days, v.Page())
		}
	}
	for _, o := range slices.Backward(p.own.Objections) {
		row := objectionRow{Objection: o, From: notedBy(o)}
		if o.Day != 0 {
			row.On = o.Day.String()
		}
		if typed.At == "answer" && typed.Number == o.Number {
			row.Typed = typed.Text
		}
		page.Objections = append(page.Objections, row)
	}
	for _, a := range p.own.Awards {
		text := fmt.Sprintf("%s 赛季第 %d 名，证书编号 %s", a.Season.ID, a.Honour.Place, a.Code)
		if a.Honour.Revoked != nil {
			text += "（已撤销）"
		}
		page.Awards = append(page.Awards, text)
	}
	title := cmp.Or(content.Plain(x.Name), "没有登记姓名的学员")
	if typed.Problem != "" {
		return v.ShowAgain("member.html", title, page)
	}
	return v.Show("member.html", title, page)
}

// facts are what else is in the record; the streak is as it stands today, as the member is
// told it.
func facts(m quiz.Member, streak quiz.Streak) []fact {
	all := []fact{{"开始参加", m.Joined.String()}}
	add := func(is bool, name, value string) {
		if is {
			all = append(all, fact{name, value})
		}
	}
	add(true, "排行", map[bool]string{false: "参加", true: "已退出"}[m.OptOut])
	add(m.Unfollowed, "关注", "已取消关注")
	add(true, "连续", fmt.Sprintf("%d 天，补签卡 %d 张", streak.Length, streak.Freezes))
	remind := "没有设"
	if m.Remind > 0 {
		remind = fmt.Sprintf("每天 %02d:%02d", (m.Remind-1)/60, (m.Remind-1)%60)
	}
	if m.Reminded != 0 {
		remind += "，上次 " + m.Reminded.String()
	}
	add(true, "提醒", remind)
	consent := "没有同意"
	switch {
	case m.Consent.Always:
		consent = "长期同意"
	case m.Consent.Times > 0:
		consent = fmt.Sprintf("还能收 %d 次", m.Consent.Times)
	}
	add(true, "订阅通知", consent)
	add(m.Open.Opened(), "手上的卷子", fmt.Sprintf("%s，答了 %d 题", m.Open.Day, len(m.Open.Given)))
	add(m.Unbound != quiz.Unbound{}, "待告知", "登记被删去一部分，学员下次发消息时会看到说明")
	return all
}

// dayRows are the days of a page, the latest first.
func dayRows(days []quiz.KeptDay, page int) []dayRow {
	var rows []dayRow
	latest := slices.Clone(days)
	slices.Reverse(latest)
	from := min((page-1)*shownDays, len(latest))
	for _, d := range latest[from:min(from+shownDays, len(latest))] {
		day := board.Day{DayLine: d.DayLine, Shown: d.Answers, Receipt: d.Receipt}
		r := dayRow{
			Date: d.Day.String(), Marks: day.Marks(), Points: quiz.Score(d.Points), Sum: quiz.Score(d.Sum), Receipt: d.Receipt,
			Streak: d.Streak.Length, Freezes: d.Streak.Freezes, Correct: d.Correct, Questions: d.Questions, Notes: day.Notes(),
		}
		for _, a := range d.Answers {
			r.Answers = append(r.Answers, answerOf(a))
		}
		rows = append(rows, r)
	}
	return rows
}

func answerOf(a quiz.ShownAnswer) answerRow {
	row := answerRow{Stem: a.Question.Stem, Chose: a.Chose, Key: a.Key, Right: a.Right}
	if a.Question.Type == content.Blank {
		row.Chose = "（填空）"
	}
	switch {
	case a.Void:
		row.Key += "（已作废，人人得分）"
	case a.Now != "":
		row.Key = a.Now + "（原为 " + a.Key + "）"
	}
	return row
}

func notedBy(o quiz.Objection) string {
	if o.By == "" {
		return "学员在聊天里发的"
	}
	return o.By + " 代记"
}

// act is who does something now, with the reason that was typed. It gives what is wrong
// with the reason, too; "": nothing.
func act(v *frame.Visit) (a Act, problem string) {
	reason := strings.TrimSpace(v.R.PostFormValue("reason"))
	switch {
	case reason == "":
		problem = "请写原因，例如“本人来电要求”。"
	case len(reason) > maxReason:
		problem = "原因太长了，请写短一些。"
	}
	return Act{By: v.By(), Why: reason, At: v.Now.Truncate(time.Second)}, problem
}

// maxReason bounds a reason, in bytes.
const maxReason = 600
