package today

import (
	"cmp"
	"slices"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/frame"
)

// Harm says how much a finding matters; the worst comes first.
type Harm int

// How much a finding may matter.
const (
	Loses  Harm = iota // data are lost, or would be
	Broken             // something does not work
	Doubt              // it works, and could do harm or be better
	Unseen             // it was not looked at
	Fine
)

// Tag is the harm as it is shown: a class of the style, and a word.
func (h Harm) Tag() (class string) { return [...]string{"bad", "bad", "warn", "soft", "good"}[h] }

// Word is the harm in a word.
func (h Harm) Word() string {
	return [...]string{"会丢数据", "要先改好", "提醒", "没有检查", "正常"}[h]
}

// Finding is one thing that was found, with what to do.
type Finding struct {
	Harm  Harm   `json:"harm"`
	About string `json:"about"`
	Text  string `json:"text"` // what was found, and what to do
}

// Checkup is an examination of the installation.
type Checkup struct {
	At       time.Time // when it ended, by wall time; zero: none has
	Running  bool
	Fault    string // why it ended without findings, for people
	Findings []Finding
	Waiting  int // questions that wait for review
	Starter  int // questions and items that came with the program and nobody has answered for
}

// mend is where something can be mended.
type mend struct {
	Name, Path string
	right      account.Right
}

// mends are those of the things that an examination is about; what is not in it is
// mended on the machine.
var mends = map[string]mend{
	"题库":           {"去题库", "/admin/banks", account.Edit},
	"题库和条目":        {"去题库", "/admin/banks", account.Edit},
	"自带的内容":        {"去审核", "/admin/banks/review", account.Edit},
	"党史上的今天":       {"去日历", "/admin/calendar", account.Edit},
	"每日推送":         {"去推送", "/admin/push", account.Govern},
	"赛季":           {"去结赛", "/admin/ranking/close", account.Govern},
	"没做完的事":        {"去排行", "/admin/ranking", account.Govern},
	"公网地址":         {"看怎样设", StartPath + "#address", account.Govern},
	"条目页":          {"看怎样设", StartPath + "#address", account.Govern},
	"服务器地址":        {"看怎样设", StartPath + "#server", account.Govern},
	"安全模式":         {"看怎样设", StartPath + "#account", account.Govern},
	"接口凭据和 IP 白名单": {"看怎样设", StartPath + "#account", account.Govern},
	"接口权限":         {"看怎样设", StartPath + "#account", account.Govern},
	"设置":           {"看怎样设", StartPath + "#account", account.Govern},
	"菜单":           {"看怎样设", StartPath + "#menu", account.Govern},
	"原有的自动回复":      {"看怎样设", StartPath + "#menu", account.Govern},
	"备份":           {"看怎样设", StartPath + "#backup", account.Govern},
}

// checkView is an examination as it is shown to somebody.
type checkView struct {
	At       string
	Running  bool
	Fault    string
	Findings []shownFinding
	Fine     int // how many things were found in order
}

type shownFinding struct {
	Finding
	Mend *mend // nil: there is no page for it
}

// view is what concerns who looks, the worst first: what is mended on the machine is
// told to those who govern.
func (c Checkup) view(v *frame.Visit) checkView {
	x := checkView{Running: c.Running, Fault: c.Fault}
	if !c.At.IsZero() {
		x.At = clockTime(c.At)
	}
	for _, f := range c.Findings {
		m, ok := mends[f.About]
		may := v.May(account.Govern) || ok && v.May(m.right)
		switch {
		case f.Harm == Fine:
			x.Fine++
		case !may || f.Harm == Unseen:
		case ok:
			x.Findings = append(x.Findings, shownFinding{f, &m})
		default:
			x.Findings = append(x.Findings, shownFinding{f, nil})
		}
	}
	slices.SortStableFunc(x.Findings, func(a, b shownFinding) int { return cmp.Compare(a.Harm, b.Harm) })
	return x
}

// about are the findings about one of these things.
func (c Checkup) about(things ...string) (found []Finding) {
	for _, f := range c.Findings {
		if slices.Contains(things, f.About) {
			found = append(found, f)
		}
	}
	return found
}
