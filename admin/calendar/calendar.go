// Package calendar is what members read and are asked day by day: the month, a day,
// items and their review, the papers that are chosen, the days that are voided.
package calendar

import (
	"context"
	"crypto/rand"
	"embed"
	"net/http"
	"slices"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/admin/work"
	"dangshi/content"
	"dangshi/quiz"
)

//go:embed *.html style.css script.js
var pages embed.FS

// Path is that of the section.
const Path = "/admin/calendar"

// Edit is an entry as it is wished for, and the version of what it was made from; "":
// there must be none.
type Edit[T content.Material] struct {
	Value T
	Seen  quiz.Version
}

// Writing is what is written together, or not at all.
type Writing struct {
	Did       string // the word for the log
	Items     []Edit[content.Item]
	Questions []Edit[content.Question]
	// Days must have just these items as it is written, and no paper; nil: whatever
	// they have.
	Days []DayItems
}

// DayItems are the items that stand on a day, by id.
type DayItems struct {
	Day quiz.Day
	IDs []string
}

// StandingOn are the items of a day, by id, whatever their state but for what is not
// used any more.
func StandingOn(items []content.Item, day quiz.Day) (ids []string) {
	for _, it := range items {
		if on(it, day) && it.State != content.Retired {
			ids = append(ids, it.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// Preview is how an item reads where members meet it.
type Preview struct{ Reply, Push, Title, Digest string }

// Sent is one try to send the day's bulletin.
type Sent struct{ Channel, State, When, Reason string }

// Pushed is what became of a day's push.
type Pushed struct {
	Outcome, Title string
	Sends          []Sent
}

// Library reads and writes what members read. Errors of all: quiz.ErrUnavailable.
type Library interface {
	// Library is what is in use.
	Library(ctx context.Context) (*content.Library, error)
	// FindQuestions finds those in use by words, without those of some ids: the first ids, at
	// most so many, and how many more there are.
	FindQuestions(ctx context.Context, words string, without []string, most int) (ids []string, more int, err error)
	// Items are all at their latest revision, by id. They are shared, and not to be
	// changed.
	Items(ctx context.Context) ([]content.Item, error)
	// ItemSheet is one, ok is false where there is none; QuestionSheet likewise.
	ItemSheet(ctx context.Context, id string) (sheet content.Sheet[content.Item], v quiz.Version, ok bool, err error)
	QuestionSheet(ctx context.Context, id string) (sheet content.Sheet[content.Question], v quiz.Version, ok bool, err error)
	// ItemHistory is what an item was, oldest first, and the revision in use, 0: none.
	ItemHistory(ctx context.Context, id string) (pages []content.Page[content.Item], live int, err error)
	// Write writes entries that are still as they were seen. Errors: quiz.ErrConflict,
	// also where one of the days is not as it was seen;
	// content.ErrHand, quiz.ErrUnknown.
	Write(ctx context.Context, h content.Hand, w Writing) error
	// ReviewItem does one act with one item that is still as it was read.
	// Errors: as of Write.
	ReviewItem(ctx context.Context, act content.Act, h content.Hand, id string, seen content.Seen) (content.Verdict, error)
	// CanUndo reports whether what it takes to undo an act was kept.
	CanUndo(ctx context.Context, act string, now time.Time) (bool, error)
	// Signatures are how many different people a revision needs.
	Signatures() int
}

// Papers are the days' questions. Errors of all: quiz.ErrUnavailable.
type Papers interface {
	// CurrentPaper is the day's, nil where none was drawn.
	CurrentPaper(ctx context.Context, day quiz.Day) (*quiz.Paper, error)
	// RecentPapers are those of days from one to another.
	RecentPapers(ctx context.Context, from, to quiz.Day) ([]*quiz.Paper, error)
	// PinnedPaper are the questions chosen for a day, PinnedPapers those of several.
	PinnedPaper(ctx context.Context, day quiz.Day) (questions []string, v quiz.Version, err error)
	PinnedPapers(ctx context.Context, from, to quiz.Day) (map[quiz.Day][]string, error)
	// PinPaper chooses them; none: the paper is drawn. Errors: quiz.ErrConflict,
	// quiz.ErrUnknown.
	PinPaper(ctx context.Context, day quiz.Day, questions []string, expected quiz.Version, by string) error
	// Voids are the days that are voided.
	Voids(ctx context.Context) (quiz.Voids, error)
}

// Channels show where members meet an item.
type Channels interface {
	// Preview is the item in the chat and as the push of a day; stem is that of the
	// day's first question, "" where there is none yet.
	Preview(day quiz.Day, it content.Item, stem string) Preview
	// ServePage answers with the public page of a day as it would show the item.
	ServePage(w http.ResponseWriter, r *http.Request, day quiz.Day, it content.Item)
	// Pushed is what became of a day's push; nil where nothing is ever pushed.
	Pushed(ctx context.Context, day quiz.Day) (*Pushed, error)
}

// Data is all that the section needs.
type Data interface {
	Library
	Papers
	Channels
	Voiding
	Shelf
}

// Calendar is the section.
type Calendar struct {
	data    Data
	desk    *work.Desk
	drawing chan struct{} // holds one while a picture is decoded
}

// New makes it; desk is where what takes minutes runs.
func New(data Data, desk *work.Desk) *Calendar { return &Calendar{data, desk, make(chan struct{}, 1)} }

// Section is the calendar as a part of the console.
func (c *Calendar) Section() frame.Section {
	return frame.Section{Path: Path, Name: "日历", Right: account.Look, Files: pages, Routes: []frame.Route{
		{Pattern: "GET " + Path, Right: account.Look, Do: c.month},
		{Pattern: "GET " + Path + "/gaps", Right: account.Look, Do: c.gaps},
		{Pattern: "GET " + Path + "/{day}", Right: account.Look, Do: c.day},
		{Pattern: "GET " + Path + "/page/{day}", Right: account.Look, Do: c.page},
		{Pattern: "GET " + Path + "/export", Right: account.Look, Do: c.export, Slow: true, File: true},
		{Pattern: "GET " + Path + "/items", Right: account.Look, Do: c.list},
		{Pattern: "GET " + Path + "/new", Right: account.Edit, Do: c.blank},
		{Pattern: "POST " + Path + "/new", Right: account.Edit, Do: c.create, MaxBody: maxForm, Slow: true},
		{Pattern: "POST " + Path + "/check", Right: account.Edit, Do: c.check},
		{Pattern: "GET " + Path + "/items/{id}", Right: account.Look, Do: c.item},
		{Pattern: "POST " + Path + "/items/{id}", Right: account.Edit, Do: c.save, MaxBody: maxForm, Slow: true},
		{Pattern: "POST " + Path + "/review/{id}", Right: account.Edit, Do: c.review},
		{Pattern: "POST " + Path + "/restore/{id}", Right: account.Edit, Do: c.restore},
		{Pattern: "POST " + Path + "/move", Right: account.Edit, Do: c.move},
		{Pattern: "GET " + Path + "/paper/{day}", Right: account.Edit, Do: c.paper},
		{Pattern: "POST " + Path + "/paper/{day}", Right: account.Edit, Do: c.pin},
		{Pattern: "GET " + Path + "/void/{day}", Right: account.Govern, Do: c.voidPage},
		{Pattern: "POST " + Path + "/void/{day}", Right: account.Govern, Do: c.foresee},
		{Pattern: "POST " + Path + "/voided/{day}", Right: account.Govern, Do: c.publish},
		{Pattern: "GET " + Path + "/voided/{day}", Right: account.Govern, Do: c.published},
	}}
}

// hand is who writes, by the product's clock, for one act.
func (c *Calendar) hand(v *frame.Visit) content.Hand {
	return content.Hand{By: v.By(), At: v.Now.Truncate(1e9), Signatures: c.data.Signatures(), Act: rand.Text()}
}

// firstDay and lastDay bound the calendar: further no address leads.
var (
	firstDay = quiz.Date(2000, 1, 1)
	lastDay  = quiz.Date(content.LastYear, 12, 31)
)

// dayIn is the day that an address names.
func dayIn(v *frame.Visit) (quiz.Day, error) {
	day, err := quiz.ParseDay(v.R.PathValue("day"))
	if err != nil || day < firstDay || day > lastDay {
		return 0, frame.NotFound("日历上没有这一天。日期应像 2026-07-01 这样写。")
	}
	return day, nil
}

// dayPath is the page of a day.
func dayPath(day quiz.Day) string { return Path + "/" + day.String() }

// done ends an act with an item that was done, and says in which state it is now; the page
// of the banks undoes it, if what that takes was kept, and goes back from there.
func (c *Calendar) done(v *frame.Visit, h content.Hand, id, said, back string) error {
	note, err := c.told(v, id, said)
	if err != nil {
		return err
	}
	kept, err := c.data.CanUndo(v.Context(), h.Act, h.At)
	undo := &frame.Undo{Path: "/admin/banks/undo", Fields: map[string]string{"act": h.Act, "back": back}}
	return v.Done(itemPath(id), note.Undoable(kept, err, undo))
}

// itemPath is the page of an item.
func itemPath(id string) string { return Path + "/items/" + id }
