// Package banks is the part of the console for the questions: files that are loaded,
// the list, one question with its history, review, files that are taken away.
package banks

import (
	"context"
	"crypto/rand"
	"embed"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

//go:embed *.html style.css script.js
var pages embed.FS

// Path is where the section is.
const Path = "/admin/banks"

// Library is the bank, with the items that are loaded beside it. Errors are
// quiz.ErrUnavailable, and where something is written also quiz.ErrUnknown.
type Library interface {
	// LibraryVersion changes with every change of the library.
	LibraryVersion(ctx context.Context) (string, error)
	// ChangedQuestions are the ids of those that changed from one version of the library to
	// another; known is false where that is not told.
	ChangedQuestions(ctx context.Context, from, to string) (ids []string, known bool, err error)
	EachQuestion(ctx context.Context, take func(content.Sheet[content.Question])) error
	Questions(ctx context.Context) ([]content.Question, error)
	Items(ctx context.Context) ([]content.Item, error)
	QuestionSheet(ctx context.Context, id string) (sheet content.Sheet[content.Question], v quiz.Version, ok bool, err error)
	QuestionSheets(ctx context.Context, ids []string) ([]content.Sheet[content.Question], error)
	ItemSheets(ctx context.Context, ids []string) ([]content.Sheet[content.Item], error)
	QuestionHistory(ctx context.Context, id string) (pages []content.Page[content.Question], live int, err error)
	// Review does an act with questions. Errors: quiz.ErrConflict where one of them is
	// at another revision than was seen, or in another state, and nothing was written.
	Review(ctx context.Context, r Review) ([]Line, error)
	// Edit writes one question over the version that was seen, "" for none. Errors:
	// quiz.ErrConflict where another one is there.
	Edit(ctx context.Context, h content.Hand, q content.Question, seen quiz.Version) error
	// Load writes all of it or nothing. Errors: quiz.ErrConflict where something of it is
	// no longer as it was seen.
	Load(ctx context.Context, l Loading) error
	// Undo sets back what an act did, as far as nobody has gone on from it; shown is what
	// was looked at, see Undone.Set, and with "" nothing is written. Errors: ErrNoUndo,
	// quiz.ErrConflict where something else would be done.
	Undo(ctx context.Context, h content.Hand, act string, today quiz.Day, shown string) (Undone, error)
	Acts
	// Signatures is how many people must sign before a question is approved.
	Signatures() int
}

// Drafts keep what is begun and not yet stored, one for each account. Errors of those
// that write: quiz.ErrConflict where another one than the expected is there.
type Drafts interface {
	Draft(ctx context.Context, owner string) (value []byte, v quiz.Version, err error)
	KeepDraft(ctx context.Context, owner string, value []byte, expected quiz.Version) error
	DropDraft(ctx context.Context, owner string, expected quiz.Version) error
}

// Use is what became of questions among the members.
type Use interface {
	// Season is that of a day; ok is false between seasons.
	Season(day quiz.Day) (season quiz.Season, ok bool)
	// QuestionFigures are how the questions of a season did when that was counted last.
	QuestionFigures(ctx context.Context, season string) (all quiz.AllFigures, ok bool, err error)
	// Count begins to count them anew, behind the pages.
	Count(ctx context.Context, by string, season quiz.Season) error
	// Asked is on which days a question was asked in a season, by revision.
	Asked(ctx context.Context, id string, season quiz.Season) ([]Asked, error)
	// Phone is how a question reads in the chat, links as WeChat has them, and what
	// follows the right answer.
	Phone(q content.Question) (asked, answered string)
}

// Data is all that the section needs.
type Data interface {
	Library
	Drafts
	Use
}

// Review is an act with some questions.
type Review struct {
	Act    content.Act
	Hand   content.Hand
	Seen   map[string]content.Seen // by id
	DryRun bool
}

// Loading is what files bring into the library, with what was seen of it there, by id.
type Loading struct {
	Hand                     content.Hand
	Items                    []content.Item
	Questions                []content.Question
	SeenItems, SeenQuestions map[string]content.Seen
}

// Line is what became of one question.
type Line struct {
	ID, Title     string
	From, To      content.State
	Verdict       content.Verdict
	WasLive, Live bool
}

// Asked is a paper in which a question was asked.
type Asked struct {
	Day      quiz.Day
	Revision int
	Place    int
}

// Banks is the section.
type Banks struct {
	data  Data
	index *index
}

// New makes the section.
func New(data Data) *Banks { return &Banks{data: data, index: &index{data: data}} }

// Section is the section as a part of the console.
func (b *Banks) Section() frame.Section {
	return frame.Section{Path: Path, Name: "题库", Right: account.Look, Files: pages, Routes: []frame.Route{
		{Pattern: "GET /admin/banks", Right: account.Look, Do: b.list},
		{Pattern: "POST /admin/banks/act", Right: account.Edit, Do: b.act, Slow: true},
		{Pattern: "POST " + UndoPath, Right: account.Edit, Do: b.undo, Slow: true},
		{Pattern: "GET /admin/banks/export", Right: account.Look, Do: b.export, Slow: true, File: true},
		{Pattern: "GET /admin/banks/template", Right: account.Look, Do: b.template},
		{Pattern: "POST /admin/banks/count", Right: account.Edit, Do: b.count},
		{Pattern: "GET /admin/banks/new", Right: account.Edit, Do: b.newForm},
		{Pattern: "POST /admin/banks/new", Right: account.Edit, Do: b.create},
		{Pattern: "POST /admin/banks/check", Right: account.Edit, Do: b.check},
		{Pattern: "GET /admin/banks/q/{id}", Right: account.Look, Do: b.question},
		{Pattern: "GET /admin/banks/q/{id}/edit", Right: account.Edit, Do: b.editForm},
		{Pattern: "POST /admin/banks/q/{id}/edit", Right: account.Edit, Do: b.edit},
		{Pattern: "GET /admin/banks/review", Right: account.Edit, Do: b.review},
		{Pattern: "GET /admin/banks/load", Right: account.Edit, Do: b.loadPage},
		{Pattern: "POST /admin/banks/load", Right: account.Edit, Do: b.upload, Slow: true, MaxBody: maxUpload},
		{Pattern: "GET /admin/banks/load/check", Right: account.Edit, Do: b.preview, Slow: true},
		{Pattern: "POST /admin/banks/load/mend", Right: account.Edit, Do: b.mend, Slow: true},
		{Pattern: "POST /admin/banks/load/take", Right: account.Edit, Do: b.take, Slow: true},
		{Pattern: "POST /admin/banks/load/drop", Right: account.Edit, Do: b.drop},
	}}
}

// hand is that of who visits, to the second, for one act.
func (b *Banks) hand(v *frame.Visit) content.Hand {
	return content.Hand{By: v.By(), At: v.Now.UTC().Truncate(time.Second), Signatures: b.data.Signatures(), Act: rand.Text()}
}
