// Package ranking is the part of the console about who stands where: the board, why a
// member has a place, what is taken out as files, wrong keys corrected, and the close
// of a season.
package ranking

import (
	"context"
	"embed"
	"slices"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/board"
	"dangshi/admin/frame"
	"dangshi/admin/work"
	"dangshi/quiz"
)

//go:embed *.html _parts.html style.css
var files embed.FS

// Data is what the pages show and do. Members go by references, which stand for them
// in addresses. All methods may give quiz.ErrUnavailable.
type Data interface {
	Keys
	Ends
	// Seasons are those that have begun, and the present one, the newest first.
	Seasons(ctx context.Context) ([]Season, error)
	// Branches are the tree.
	Branches(ctx context.Context) (*quiz.Branches, error)
	// Tally is the last count of a season's branches; ok is false where none was made.
	Tally(ctx context.Context, season string) (t quiz.Tally, ok bool, err error)

	// Page is n members of the board from the one at offset on, and how many are on it.
	Page(ctx context.Context, season quiz.Season, offset, n int) (page []Member, total int, err error)
	// Offset is where a member stands in the order of Page; ok is false for who is not
	// on the board.
	Offset(ctx context.Context, season, ref string) (offset int, ok bool, err error)
	// Find looks for members by name, pseudonym or receipt among all, which takes long,
	// and gives most of them at most, the surest first; total counts all.
	Find(ctx context.Context, text string, most int, tell func(done, of int)) (refs []string, total int, err error)
	// Members are some members, in the same order; who is gone is left out.
	Members(ctx context.Context, season quiz.Season, refs []string) ([]Member, error)
	// Why is a member's season; ok is false where there is no such member.
	Why(ctx context.Context, season quiz.Season, ref string) (why Why, ok bool, err error)

	// Report is what WriteXLSX and WriteCSV of admin/board take for a season's first
	// places (0: all) within a branch and below it (empty: all); with the sums of branches
	// only where they are asked for, since all members may have to be read for them.
	Report(ctx context.Context, season quiz.Season, top int, within string, sums bool) (board.Head, board.Rows, error)
	// Audit notes in the audit log what was done, of what and why.
	Audit(ctx context.Context, by, did, on, why, more string) error
}

// Stage is how far a season is.
type Stage uint8

// The stages.
const (
	Running Stage = iota // it can still be answered
	Ended                // it waits to be closed
	Closing              // its close was begun
	Closed
)

// Season is one that has begun.
type Season struct {
	quiz.Season // without a last day where the settings no longer name it
	Stage       Stage
}

// Word is its stage as people read it.
func (s Season) Word() string {
	return [...]string{"进行中", "已结束，等待结赛", "正在结赛", "已结赛"}[s.Stage]
}

// Member is one line of the board.
type Member struct {
	board.Row
	Ref     string
	Honour  int  // place on the honours list; 0: none
	Damaged bool // the record or the log cannot be read
}

// Why is why a member stands where it does.
type Why struct {
	Member
	Days       []board.Day
	Totals     quiz.Totals // of the log
	OptOut     bool
	Of         int  // members on the board
	Closed     bool // the season is: places are those of the draw
	Revoked    string
	Neighbours []Neighbour // best first, the member itself among them; none where it is not on the board
	Agree      bool        // board and record are what the log says
}

// Neighbour is one place near a member's.
type Neighbour struct {
	Ref       string
	Place     int
	Pseudonym string
	Score     int64  // packed
	Lot       string // empty: none was drawn
	Itself    bool
}

// Ranking is the section.
type Ranking struct {
	data      Data
	works     *work.Desk
	searching chan struct{} // holds one for each search that reads all members
}

// New makes the section.
func New(data Data, works *work.Desk) *Ranking {
	return &Ranking{data, works, make(chan struct{}, searches)}
}

// Section is the section as a part of the console.
func (r *Ranking) Section() frame.Section {
	routes := []frame.Route{
		{Pattern: "GET /admin/ranking", Right: account.Look, Do: r.board},
		{Pattern: "POST /admin/ranking/find", Right: account.Look, Do: r.find},
		{Pattern: "GET /admin/ranking/found", Right: account.Look, Do: r.found},
		{Pattern: "GET /admin/ranking/why", Right: account.Look, Do: r.why},
		{Pattern: "GET /admin/ranking/why.csv", Right: account.Export, Do: r.whyFile},
		{Pattern: "GET /admin/ranking/export", Right: account.Export, Do: r.export, Slow: true, File: true},
		{Pattern: "GET /admin/ranking/prizes", Right: account.Export, Do: r.prizes},
		{Pattern: "POST /admin/ranking/prizes", Right: account.Export, Do: r.prizesFile, Slow: true, File: true},
	}
	routes = slices.Concat(routes, r.keyRoutes(), r.endRoutes(), r.honourRoutes())
	return frame.Section{Path: "/admin/ranking", Name: "排行", Right: account.Look, Files: files, Routes: routes}
}

// chosen is the season that a page is about, by its form, or else the newest, with
// all that can be chosen. None has begun where there are none.
func (r *Ranking) chosen(v *frame.Visit) (Season, []Season, error) {
	all, err := r.data.Seasons(v.Context())
	if err != nil || len(all) == 0 {
		return Season{}, all, err
	}
	id := v.R.FormValue("season")
	if id == "" {
		return all[0], all, nil
	}
	for _, s := range all {
		if s.ID == id {
			return s, all, nil
		}
	}
	return Season{}, all, frame.NotFound("没有这个赛季。请从排行页重新选。")
}

// waiting is the last season that is over and not closed; ID "": none.
func waiting(all []Season) Season {
	for _, s := range all {
		if s.Stage == Ended || s.Stage == Closing {
			return s
		}
	}
	return Season{}
}

// patience is how long an action waits for a work that may be over at once.
const patience = 1500 * time.Millisecond
