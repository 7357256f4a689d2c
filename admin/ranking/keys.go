package ranking

import (
	"context"

	"dangshi/admin/board"
	"dangshi/content"
)

// Keys is what the pages about wrong keys show and do. What cannot be is a
// frame.Refusal.
type Keys interface {
	// Recent are the questions of the last papers, the newest day first.
	Recent(ctx context.Context) ([]Recent, error)
	// Asked are the revisions of a question that were asked, the oldest first.
	Asked(ctx context.Context, question string) ([]Asked, error)
	// Plan is what a proposal would be; nothing is written.
	Plan(ctx context.Context, p Proposal) (Plan, error)
	// JudgedUnder tells under what seasons are judged now from anything else.
	JudgedUnder(ctx context.Context, seasons []string) (string, error)
	// Preview computes what it would change, which takes long.
	Preview(ctx context.Context, p Proposal, tell func(done, of int)) ([]board.Impact, error)
	// Regrade makes it the rule, which takes long, and waits where another process goes
	// on with it. Called again after a crash it goes on.
	Regrade(ctx context.Context, p Proposal, work string, tell func(done, of int)) error
	// Pending is what is being published now, in words, and the work that tells how far it
	// is; empty: nothing is.
	Pending(ctx context.Context) (what, work string, err error)
	// Rulings are all that was ruled, the newest first.
	Rulings(ctx context.Context) ([]Ruling, error)
}

// Recent is a question of a paper.
type Recent struct {
	Day      string
	Number   int
	Question content.Question
}

// Asked is a revision of a question that was asked.
type Asked struct {
	Question content.Question // as it was frozen
	Times    []string         // “2026-07-01第2题”, oldest first
	Key      string           // what is right now, in words
	Ruled    bool             // that was ruled; else it is what the question says
}

// Proposal is what is to be ruled.
type Proposal struct {
	Question string // ID
	Revision int    // 0: the only one that was asked
	Way      string // "key", "accept" or "void"
	Key      string // letters, T or F, words
	Accept   string // several, parted by commas
	Reason   string
	By       string
}

// Plan is what a proposal would be.
type Plan struct {
	Asked   Asked
	To      string   // what will be right, in words
	Seasons []string // whose scores change
	Closed  []string // whose do not: they are closed
}

// Ruling is one correction that was published.
type Ruling struct {
	At       int64 // Unix seconds
	Question string
	Revision int
	From, To string
	By, Why  string
}
