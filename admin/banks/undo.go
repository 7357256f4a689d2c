package banks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// ErrNoUndo means that an act can no longer be undone.
var ErrNoUndo = errors.New("this act can no longer be undone")

// Undone is what undoing an act does, or did.
type Undone struct {
	By        string // whose act it was, and when
	At        time.Time
	Removed   int      // questions and items that it had brought
	Back      int      // those that are again as they were before it
	Questions []string // ids of the questions among both
	Left      []Left   // what stays as it is
	Set       string   // tells this from what another undoing would do
}

// Left is a question or an item that stays as it is, and why.
type Left struct{ ID, Title, Why string }

// UndoPath is the action that undoes an act with the library: a form with the act, and
// where one goes back to.
const UndoPath = Path + "/undo"

// undoing is the button that undoes an act.
func undoing(act, back, name string) *frame.Undo {
	return &frame.Undo{Path: UndoPath, Name: name, Fields: map[string]string{"act": act, "back": back}}
}

// done ends an act that was done: the note offers to undo it, if that can be.
func (b *Banks) done(v *frame.Visit, h content.Hand, path string, note frame.Note, undo *frame.Undo) error {
	kept, err := b.data.CanUndo(v.Context(), h.Act, h.At)
	return v.Done(path, note.Undoable(kept, err, undo))
}

// Acts know of which acts it is kept, and still is, what it takes to undo them. Errors:
// quiz.ErrUnavailable.
type Acts interface {
	CanUndo(ctx context.Context, act string, now time.Time) (bool, error)
}

// loadAct is the id of a load, by which the page of what was loaded finds it again; by is
// as of handOf.
func loadAct(by string, at int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "load %d %s", at, by))
	return "load-" + hex.EncodeToString(sum[:12])
}

// LoadPath is the page of what somebody loaded then, where it can be undone.
func LoadPath(h content.Hand) string { return filter{By: handOf(h.By), At: h.At.Unix()}.List() }

// OwnSecond gives a load of somebody a second in which they have loaded nothing else, and
// the act that belongs to it: the list tells loads apart by who and when, and what undoes
// one must not be put over what undoes another. Errors: quiz.ErrUnavailable.
func OwnSecond(ctx context.Context, acts Acts, h content.Hand) (content.Hand, error) {
	for ; ; h.At = h.At.Add(time.Second) {
		h.Act = loadAct(handOf(h.By), h.At.Unix())
		if taken, err := acts.CanUndo(ctx, h.Act, h.At); err != nil || !taken {
			return h, err
		}
	}
}

// leftShown is how many of those that stay are named.
const leftShown = 10

// undo sets back what an act did. More than one entry is confirmed first, and so is what
// cannot be undone whole.
func (b *Banks) undo(v *frame.Visit) error {
	act, back := v.R.PostFormValue("act"), safeBack(v.R.PostFormValue("back"))
	hand, today := b.hand(v), quiz.DayOf(v.Now)
	u, err := b.data.Undo(v.Context(), hand, act, today, "")
	if errors.Is(err, ErrNoUndo) {
		return v.Done(back, frame.Note{Text: "这次改动没有留底，或者已经过了一天，或者后来改得太多，不能撤销了。", Bad: true})
	}
	if err != nil {
		return err
	}
	left := leftLines(u.Left)
	switch n := u.Removed + u.Back; {
	case n == 0:
		return v.Done(back, frame.Note{Text: "没有能撤销的：" + strings.Join(left, "；") + "。", Bad: true})
	case n > 1 || len(left) > 0:
		c := &frame.Confirm{
			Title: fmt.Sprintf("撤销 %s 在 %s 的改动？", u.By, u.At.In(quiz.Zone).Format("2006-01-02 15:04")), Path: UndoPath, Button: "撤销", Danger: u.Removed > 0, Back: back,
			Facts: undoneFacts(u), Fields: map[string]string{"act": act, "back": back, "set": u.Set},
		}
		if len(left) > 0 {
			c.Facts = append(c.Facts, fmt.Sprintf("不能撤销、照旧的：%d", len(u.Left)))
			c.Facts = append(c.Facts, left...)
		}
		if !v.Confirmed(c) {
			return v.Ask(c)
		}
	}
	done, err := b.data.Undo(v.Context(), hand, act, today, u.Set)
	if errors.Is(err, quiz.ErrConflict) {
		return v.Done(back, frame.Note{Text: "刚才又有人改了其中的，没有撤销。要撤销请再按一次，会先列出新的情形。", Bad: true, Undo: undoing(act, back, "")})
	}
	if err != nil {
		return err
	}
	b.touch(v.Context(), done.Questions...)
	text := "撤销了：" + strings.Join(undoneFacts(done), "，") + "。"
	if len(left) > 0 {
		text += "照旧的：" + strings.Join(left, "；") + "。"
	}
	return b.done(v, hand, back, frame.Note{Text: text}, undoing(hand.Act, back, "不撤销了，改回去"))
}

// undoneFacts says in numbers what becomes of the entries.
func undoneFacts(u Undone) (facts []string) {
	if u.Removed > 0 {
		facts = append(facts, fmt.Sprintf("新加的删去：%d", u.Removed))
	}
	if u.Back > 0 {
		facts = append(facts, fmt.Sprintf("恢复原样：%d", u.Back))
	}
	return facts
}

// leftLines name what stays as it is.
func leftLines(all []Left) (lines []string) {
	for _, l := range all[:min(len(all), leftShown)] {
		lines = append(lines, fmt.Sprintf("“%s”（%s）：%s", content.CutSentence(content.Plain(l.Title), 60), l.ID, l.Why))
	}
	if more := len(all) - leftShown; more > 0 {
		lines = append(lines, fmt.Sprintf("另有 %d 条", more))
	}
	return lines
}
