package calendar

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"dangshi/admin/board"
	"dangshi/admin/frame"
	"dangshi/admin/work"
	"dangshi/quiz"
)

// Errors of voiding.
var (
	ErrSame   = errors.New("the day is so already")
	ErrClosed = errors.New("the season of the day is closed")
	ErrBusy   = errors.New("the openids of members are being moved")
)

// Voiding computes and voids days. Both read every member and take minutes.
type Voiding interface {
	// ForeseeVoid is what would change, a season each. Errors: ErrSame, ErrClosed,
	// quiz.ErrUnavailable.
	ForeseeVoid(ctx context.Context, day quiz.Day, how quiz.Void, tell func(n int)) ([]board.Impact, error)
	// JudgedUnder tells under what the seasons of a day are judged now from anything else.
	JudgedUnder(ctx context.Context, day quiz.Day) (string, error)
	// VoidDay does it, and notes it in the log; called again after a crash it goes on.
	// Errors: ErrClosed, ErrBusy, quiz.ErrUnavailable, quiz.ErrUnknown.
	VoidDay(ctx context.Context, day quiz.Day, how quiz.Void, by, why, work string, tell func(n int)) error
}

// ways are the choices of the form, by what the form sends.
var ways = map[string]quiz.Void{"drop": quiz.Dropped, "keep": quiz.Kept, "stand": quiz.Stands}

// wayNames say what a choice does.
var wayNames = map[string]string{"drop": "取消，人人不计这一天的分", "keep": "取消，已经有这一天的分的人保留", "stand": "不取消了，照常计分"}

const maxWhy = 200 // characters

type voidView struct {
	Day      quiz.Day
	Word     string
	Now      string // how the day stands; "": it counts
	How      string
	Why      string
	Way      string
	Problem  string
	Work     *work.Work
	Working  string
	Confirm  *frame.Confirm
	Impacts  []board.Impact
	Foreseen time.Time

	preview work.Preview[[]board.Impact]
}

// voidPage asks how, shows how far the preview is, and at its end what would happen.
func (c *Calendar) voidPage(v *frame.Visit) error {
	x, err := c.voidAsked(v)
	if err != nil || x.How == "" {
		return c.showVoid(v, x, err)
	}
	w, ok, err := c.desk.Find(v.Context(), foreseeID(x))
	switch {
	case err != nil:
		return err
	case !ok:
		return c.showVoid(v, x, nil) // forgotten after an hour
	case w.Running():
		x.Work, x.Working = &w, "正在算会有什么变化"
	case w.Fault != "":
		x.Problem = w.Fault
	case w.Lost():
		x.Problem = "算到一半，服务停了。请再看一次。"
	default:
		if err := c.foreseen(&x, w); err != nil {
			return err
		}
		v.Confirmed(x.Confirm)
	}
	return c.showVoid(v, x, nil)
}

// patience is how long an action waits for the work that it has begun, which may be over
// soon; pages wait for none.
const patience = 300 * time.Millisecond

func (c *Calendar) begin(v *frame.Visit, id string, do work.Do) error {
	if err := c.desk.Start(v.Context(), id, v.By(), do); err != nil {
		return err
	}
	_, _, err := c.desk.Await(v.Context(), id, patience)
	return err
}

func (c *Calendar) showVoid(v *frame.Visit, x voidView, err error) error {
	if err != nil {
		return err
	}
	return v.Show("void.html", "取消成绩："+x.Word, x)
}

// voidAsked is what the address or the form says.
func (c *Calendar) voidAsked(v *frame.Visit) (x voidView, err error) {
	day, err := dayIn(v)
	if err != nil {
		return x, err
	}
	if day > quiz.DayOf(v.Now) {
		return x, frame.Refusal{Status: http.StatusConflict, Text: day.String() + " 还没有到，没有成绩可以取消。"}
	}
	voids, err := c.data.Voids(v.Context())
	if err != nil {
		return x, err
	}
	x = voidView{Day: day, Word: dayWord(day), Now: voidWord(voids[day]), How: v.R.FormValue("how"), Why: strings.TrimSpace(v.R.PostFormValue("why"))}
	hidden, known := v.Unsealed()
	if why := hidden.Get("why"); why != "" {
		x.Why = why
	} else if !known {
		x.How, x.Problem = "", "登录过了，写的原因没有留下。请再写一次。"
	}
	if _, known := ways[x.How]; x.How != "" && !known {
		return x, frame.Bad("没有写明怎样取消。")
	}
	if utf8.RuneCountInString(x.Why) > maxWhy {
		return x, frame.Bad(fmt.Sprintf("原因最多 %d 个字。", maxWhy))
	}
	x.Way = wayNames[x.How]
	return x, nil
}

func foreseeID(x voidView) string { return "void:" + x.Day.String() + ":" + x.How }

// address is the page of the preview. The reason is sealed: it may name somebody.
func (x voidView) address(v *frame.Visit) (string, error) {
	hidden := url.Values{}
	if x.Why != "" {
		hidden.Set("why", x.Why)
	}
	return v.Sealed(Path+"/void/"+x.Day.String(), url.Values{"how": {x.How}}, hidden)
}

// foresee begins the preview.
func (c *Calendar) foresee(v *frame.Visit) error {
	x, err := c.voidAsked(v)
	if err != nil {
		return err
	}
	if x.How == "" {
		return frame.Bad("没有写明怎样取消。")
	}
	if err := c.count(v, x); err != nil {
		return err
	}
	to, err := x.address(v)
	if err != nil {
		return err
	}
	http.Redirect(v.W, v.R, to, http.StatusSeeOther)
	return nil
}

// count begins to count what would change.
func (c *Calendar) count(v *frame.Visit, x voidView) error {
	under := func(ctx context.Context) (string, error) { return c.data.JudgedUnder(ctx, x.Day) }
	return c.begin(v, foreseeID(x), work.Previewing(under, func(ctx context.Context, tell func(done, of int)) ([]board.Impact, error) {
		impacts, err := c.data.ForeseeVoid(ctx, x.Day, ways[x.How], func(n int) { tell(n, 0) })
		return impacts, refusedVoid(err)
	}))
}

// refusedVoid are the errors of voiding in words.
func refusedVoid(err error) error {
	text := ""
	switch {
	case errors.Is(err, ErrSame):
		text = "现在就是这样，没有什么要改。"
	case errors.Is(err, ErrClosed):
		text = "这一天的赛季已经结赛，荣誉名单已经公布，不能再改。"
	case errors.Is(err, ErrBusy):
		text = "正在搬迁学员的 openid，做完以后再取消。"
	default:
		return err
	}
	return frame.Refusal{Status: http.StatusConflict, Text: text}
}

// foreseen makes the confirmation of what the preview found.
func (c *Calendar) foreseen(x *voidView, w work.Work) error {
	p, err := work.ReadPreview[[]board.Impact](w)
	if err != nil {
		return fmt.Errorf("the preview of %s: %w", x.Day, err)
	}
	x.Impacts, x.Foreseen, x.preview = p.Value, p.At, p
	facts := []string{x.Way + "。谁的连续天数都不因此中断。"}
	for _, i := range x.Impacts {
		told := i.Facts("答完这一天的卷子的", frame.Number)
		facts = append(facts, told[:]...)
	}
	if len(x.Impacts) == 0 {
		facts = append(facts, "这一天不在已经有人答题的赛季里，没有谁的成绩会变。")
	}
	if x.Why != "" {
		facts = append(facts, "原因："+x.Why)
	}
	x.Confirm = &frame.Confirm{
		Title: x.Word + "：" + x.Way + "？", Facts: facts, Path: Path + "/voided/" + x.Day.String(), Button: "就这样做，重算成绩", Danger: true,
		Fields: map[string]string{"how": x.How, "why": x.Why}, Back: dayPath(x.Day), Bound: p.Bound(),
	}
	return nil
}

// publish voids the day once who asks has seen the preview as it is.
func (c *Calendar) publish(v *frame.Visit) error {
	x, err := c.voidAsked(v)
	if err != nil {
		return err
	}
	w, ok, err := c.desk.Find(v.Context(), foreseeID(x))
	if err != nil {
		return err
	}
	if !ok || w.Result == nil {
		return frame.Refusal{Status: http.StatusConflict, Text: "请先看会有什么变化，再确认。"}
	}
	if err := c.foreseen(&x, w); err != nil {
		return err
	}
	if !v.Confirmed(x.Confirm) {
		return c.showVoid(v, x, nil)
	}
	under, err := c.data.JudgedUnder(v.Context(), x.Day)
	if err != nil {
		return err
	}
	if !x.preview.Holds(w, under) {
		if err := c.count(v, x); err != nil {
			return err
		}
		to, err := x.address(v)
		if err != nil {
			return err
		}
		return v.Done(to, frame.Note{Text: "您看的是早些时候算的，那以后有了变化，或者隔得太久，所以什么也没有改。下面是重新算的，请再看一眼。", Bad: true})
	}
	by := v.By()
	id := publishID(x)
	err = c.begin(v, id, func(ctx context.Context, tell func(done, of int)) (any, error) {
		return x.How, refusedVoid(c.data.VoidDay(ctx, x.Day, ways[x.How], by, x.Why, id, func(n int) { tell(n, 0) }))
	})
	if err != nil {
		return err
	}
	http.Redirect(v.W, v.R, Path+"/voided/"+x.Day.String()+"?how="+x.How, http.StatusSeeOther)
	return nil
}

func publishID(x voidView) string { return "voided:" + x.Day.String() + ":" + x.How }

// published shows how far the replay is, and leads to the day at its end.
func (c *Calendar) published(v *frame.Visit) error {
	x, err := c.voidAsked(v)
	if err != nil {
		return err
	}
	w, ok, err := c.desk.Find(v.Context(), publishID(x))
	switch {
	case err != nil:
		return err
	case ok && w.Running():
		x.Work, x.Working = &w, "正在重算每个人的成绩"
		return c.showVoid(v, x, nil)
	case ok && w.Fault != "":
		return v.Done(dayPath(x.Day), frame.Note{Text: w.Fault, Bad: true})
	case !ok || w.Lost():
		return v.Done(dayPath(x.Day), frame.Note{Text: "服务停过，做到哪里请看下面：已经开始的，另一台服务器半分钟内会接着做，没有就等服务启动。", Bad: true})
	}
	note := frame.Note{Text: "做好了：" + x.Way + "。成绩和排行榜都换成新的了。"}
	if x.How != "stand" {
		note.Undo = &frame.Undo{Path: Path + "/void/" + x.Day.String(), Fields: map[string]string{"how": "stand"}, Name: "撤销（先看影响）"}
	}
	return v.Done(dayPath(x.Day), note)
}
