package members

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"dangshi/admin/frame"
	"dangshi/quiz"
)

// told says for people why something was not done; "": it is no such reason.
func told(err error) string {
	switch {
	case errors.Is(err, ErrNames):
		return "原因会一直留在操作记录里，请不要写学员的姓名或 openid。"
	case errors.Is(err, quiz.ErrConflict):
		return "刚才学员自己或别人也改了登记，您的没有写入。上面是现在的登记，请看一看再改。"
	}
	return ""
}

// fail answers an act that was not done: where it can be mended with what was typed.
func (m *Members) fail(v *frame.Visit, p person, typed form, err error) error {
	if errors.Is(err, ErrGone) {
		return gone
	}
	if typed.Problem = told(err); typed.Problem == "" {
		return err
	}
	if errors.Is(err, quiz.ErrConflict) {
		now, err := m.person(v)
		if err != nil {
			return err
		}
		p = now
	}
	return m.showPerson(v, p, typed)
}

// correct writes another name and branch down. It takes the place of what the page
// showed, and of nothing that the member has changed since.
func (m *Members) correct(v *frame.Visit) error {
	p, err := m.person(v)
	if err != nil {
		return err
	}
	value := func(name string) string { return strings.TrimSpace(v.R.PostFormValue(name)) }
	typed := form{At: "correct", Name: value("name"), Branch: value("branch"), Reason: value("reason")}
	from := quiz.Binding{Name: v.R.PostFormValue("was-name"), Branch: v.R.PostFormValue("was-branch")}
	to := quiz.Binding{Name: typed.Name, Branch: typed.Branch}
	tree, err := m.data.Branches(v.Context())
	if err != nil {
		return err
	}
	undoing := v.R.PostFormValue("undo") != ""
	_, known := tree.Get(to.Branch)
	a, problem := act(v)
	switch {
	case problem != "":
	case to.Name != "" && !quiz.IsName(to.Name):
		problem = fmt.Sprintf("姓名要有 %d 到 %d 个字，只能有文字和间隔号。", quiz.MinName, quiz.MaxName)
	case to.Branch != "" && to.Branch != from.Branch && !known && !undoing:
		problem = "没有这个支部，请从列表里选。"
	case !undoing && (to.Name == "" && from.Name != "" || to.Branch == "" && from.Branch != ""):
		problem = "要去掉姓名或支部，请用下面的“删去登记”：学员会收到说明。"
	case to == from:
		problem = "和现在的登记一样，没有什么要改。"
	}
	if typed.Problem = problem; problem != "" {
		return m.showPerson(v, p, typed)
	}
	changed, err := m.acts.Correct(v.Context(), p.season.ID, p.id, from, to, a)
	if err != nil {
		return m.fail(v, p, typed, err)
	}
	m.register.Changed()
	if !changed {
		return v.Done(p.path, frame.Note{Text: "登记已经是这样，没有改什么。"})
	}
	note := frame.Note{Text: "登记已更正。学员发“绑定”可以看到。"}
	if !undoing {
		note.Undo = rebinding(p, to, from)
	}
	return v.Done(p.path, note)
}

// rebinding takes a correction back.
func rebinding(p person, from, to quiz.Binding) *frame.Undo {
	return &frame.Undo{Path: p.path + "/correct", Fields: map[string]string{
		"was-name": from.Name, "was-branch": from.Branch, "name": to.Name, "branch": to.Branch, "reason": "撤销上一步", "undo": "yes",
	}}
}

// unbind takes out what is wrong; the member is told and can register anew.
func (m *Members) unbind(v *frame.Visit) error {
	p, err := m.person(v)
	if err != nil {
		return err
	}
	what := quiz.Unbound{Name: v.R.PostFormValue("drop-name") != "", Branch: v.R.PostFormValue("drop-branch") != ""}
	a, problem := act(v)
	typed := form{At: "unbind", Reason: a.Why, Problem: problem}
	if (what == quiz.Unbound{}) {
		typed.Problem = "请先勾选要删去的：姓名、支部或两样。"
	}
	if typed.Problem != "" {
		return m.showPerson(v, p, typed)
	}
	before, changed, err := m.acts.Unbind(v.Context(), p.season.ID, p.id, what, a)
	if err != nil {
		return m.fail(v, p, typed, err)
	}
	m.register.Changed()
	if !changed {
		return v.Done(p.path, frame.Note{Text: "没有登记，没有什么要删。"})
	}
	was := quiz.Binding{Name: before.Name, Branch: before.Branch}
	now := was
	if what.Name {
		now.Name = ""
	}
	if what.Branch {
		now.Branch = ""
	}
	return v.Done(p.path, frame.Note{Text: "已删去。学员下次发消息时会收到一次说明，并告诉怎样重新登记。", Undo: rebinding(p, now, was)})
}

// rank takes the member off the ranking, or puts them back.
func (m *Members) rank(v *frame.Visit) error {
	p, err := m.person(v)
	if err != nil {
		return err
	}
	ranked := v.R.PostFormValue("ranked") == "yes"
	a, problem := act(v)
	typed := form{At: "rank", Reason: a.Why, Problem: problem}
	if problem != "" {
		return m.showPerson(v, p, typed)
	}
	season, err := m.data.Season(v.Context(), v.Now)
	if err != nil {
		return err
	}
	changed, err := m.acts.SetRanked(v.Context(), season.ID, p.id, ranked, a)
	if err != nil {
		return m.fail(v, p, typed, err)
	}
	if !changed { // an undo would change what somebody else has done
		return v.Done(p.path, frame.Note{Text: "已经是这样，没有改什么。"})
	}
	text, back := "已退出排行：不再上榜，答题和积分照旧记着。", "yes"
	if ranked {
		text, back = "已重新加入排行，按现有积分排。", ""
	}
	return v.Done(p.path, frame.Note{Text: text, Undo: &frame.Undo{Path: p.path + "/rank", Fields: map[string]string{"ranked": back, "reason": "撤销上一步"}}})
}

// file hands the member's own data out, for somebody who cannot fetch them in the chat.
func (m *Members) file(v *frame.Visit) error {
	p, err := m.person(v)
	if err != nil {
		return err
	}
	a, problem := act(v)
	if problem != "" {
		return m.showPerson(v, p, form{At: "file", Problem: problem})
	}
	text, err := m.data.File(p.own, v.Now)
	if err != nil {
		return err
	}
	// Noted first: a file without its line must not be.
	if err := m.acts.HandedOut(v.Context(), p.season.ID, p.id, a); err != nil {
		return m.fail(v, p, form{At: "file", Reason: a.Why}, err)
	}
	number := m.number(p)
	h := v.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "my-data-" + number + ".html"}))
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(text)
	return nil
}

// erase takes away all that is kept of a member who asked for it.
func (m *Members) erase(v *frame.Visit) error {
	p, err := m.person(v)
	if err != nil {
		return err
	}
	a, problem := act(v)
	typed := form{At: "erase", Reason: a.Why, Problem: problem}
	if problem != "" {
		return m.showPerson(v, p, typed)
	}
	ask := m.erasing(p, a.Why)
	if !v.Confirmed(ask) {
		return v.Ask(ask)
	}
	switch err := m.acts.Erase(v.Context(), p.season.ID, p.id, a); {
	case errors.Is(err, ErrGone):
	case err != nil:
		return m.fail(v, p, typed, err)
	}
	m.register.Changed()
	m.objections.Changed()
	return v.Done(path, frame.Note{Text: "已注销：这名学员的记录都已删去。以后再来，就是新学员。"})
}

// erasing asks before an erasure, with what goes and what stays.
func (m *Members) erasing(p person, reason string) *frame.Confirm {
	x := p.own.Member
	days := 0
	for _, s := range p.own.Seasons {
		days += len(s.Days)
	}
	facts := []string{
		fmt.Sprintf("删去：姓名、支部、%s 以来 %d 个赛季共 %d 天的答题记录和排行上的名次。", x.Joined, len(p.own.Seasons), days),
		fmt.Sprintf("删去：错题本 %d 题，申诉 %d 条，提醒，订阅通知的同意，个人数据链接。", len(p.own.Practice.Cards), len(p.own.Objections)),
		"留下：操作记录里的编号（没有姓名，以后查不到是谁）；以前的备份到期后才没有，恢复备份时不会把这名学员带回来。",
	}
	if n := len(p.own.Awards); n > 0 {
		facts = append(facts, fmt.Sprintf("留下：%d 个已公布的荣誉名次，名次不变，不再知道是谁。", n))
	}
	number := m.number(p)
	typed := number
	if quiz.IsName(x.Name) {
		typed = x.Name
	}
	return &frame.Confirm{
		Title: "注销编号 " + number + " 的学员？", Facts: facts, Final: "注销不能撤销。请先确认是本人要求的。",
		Path: p.path + "/erase", Fields: map[string]string{"reason": reason, "season": p.season.ID},
		Button: "注销这名学员", Danger: true, Type: typed, Back: p.path,
	}
}
