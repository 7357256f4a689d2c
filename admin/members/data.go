package members

import (
	"context"
	"errors"
	"time"

	"dangshi/quiz"
)

// Data are what the pages show. Errors of all: quiz.ErrUnavailable.
type Data interface {
	// EachMember hands out all members, each once. progress is told how many were read.
	EachMember(ctx context.Context, progress func(n int), take func(id string, m quiz.Member)) error
	// MembersOf reads some members, in the order of the ids; the zero Member for one who
	// is gone.
	MembersOf(ctx context.Context, ids []string) ([]quiz.Member, error)
	// Seek finds the owner of a receipt or a pseudonym among all members; day 0: a
	// receipt of any day. It takes seconds to minutes.
	Seek(ctx context.Context, code string, day quiz.Day, progress func(n int)) ([]Hit, error)
	// OwnData is everything that is kept of a member; known is false where that is
	// nothing.
	OwnData(ctx context.Context, id string) (own quiz.OwnData, known bool, err error)
	// Voids are the days that were voided. Errors: quiz.ErrUnavailable.
	Voids(ctx context.Context) (quiz.Voids, error)
	// Standing is where a member stands in a season.
	Standing(ctx context.Context, season quiz.Season, id string) (Standing, error)
	// AllObjections are those of all members, by number. It goes through all keys.
	AllObjections(ctx context.Context) ([]Filed, error)
	Branches(ctx context.Context) (*quiz.Branches, error)
	// Season is the one that runs, or between seasons the last one that has begun.
	Season(ctx context.Context, now time.Time) (quiz.Season, error)
	// Ref stands for a member in addresses, and ByRef is who it is; ok is false for what
	// stands for nobody.
	Ref(id string) string
	ByRef(ref string) (id string, ok bool)
	Pseudonym(season string, self quiz.Self) string
	// File is the file of own data that a member is given.
	File(own quiz.OwnData, at time.Time) ([]byte, error)
}

// Act is who changes something, when and why, for the audit log.
type Act struct {
	By, Why string
	At      time.Time
}

// Acts are what staff may do. Each is noted in the audit log, without a name. Errors:
// ErrNames, ErrGone, quiz.ErrConflict, quiz.ErrUnavailable; after quiz.ErrUnknown it is to be
// looked at.
type Acts interface {
	Correct(ctx context.Context, season, id string, from, to quiz.Binding, act Act) (changed bool, err error)
	Unbind(ctx context.Context, season, id string, what quiz.Unbound, act Act) (before quiz.Member, changed bool, err error)
	SetRanked(ctx context.Context, season, id string, ranked bool, act Act) (changed bool, err error)
	Erase(ctx context.Context, season, id string, act Act) error
	Object(ctx context.Context, season, id string, o quiz.Objection, act Act) (quiz.Objection, error)
	// Answer answers an objection. Errors: quiz.ErrAnswered, quiz.ErrNoObjection.
	Answer(ctx context.Context, season, id string, number int, text string, act Act) error
	// HandedOut notes that a member's own data left as a file.
	HandedOut(ctx context.Context, season, id string, act Act) error
}

// Why something is not done for a member.
var (
	ErrNames = errors.New("the reason names the member")
	ErrGone  = errors.New("there is no record of the member")
)

// Hit is a member who was found by a receipt or a pseudonym.
type Hit struct {
	ID     string
	Season string
	Day    quiz.Day // of the receipt; 0: it was a pseudonym
}

// Standing is a member's place on the board.
type Standing struct {
	Rank, Of int    // 0: not on it
	Agree    bool   // record and board are what the log says
	Fault    string // why record or log cannot be read; "": they can
}

// Filed is an objection with the member whose it is.
type Filed struct {
	ID string
	quiz.Objection
}
