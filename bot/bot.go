package bot

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// Members keeps the members' records and logs.
type Members interface {
	// Load reads a member's record, and the reply kept for the message of that
	// key, in one round trip. A member without a record is the zero Record.
	// Errors: quiz.ErrUnavailable.
	Load(ctx context.Context, id string, key uint64) (quiz.Loaded, error)
	// Recall is the record as this replica saw it last, without asking the store:
	// perhaps an old one, which only a Commit can tell.
	Recall(id string) (quiz.Record, bool)
	// Selves tells who members are, for the labels by which others see them.
	Selves(ctx context.Context, ids []string) ([]quiz.Self, error)
	// Commit writes a change, all of it or nothing. With quiz.ErrConflict comes
	// what is there now, read in the same round trip; other errors are
	// quiz.ErrUnknown and quiz.ErrUnavailable.
	Commit(ctx context.Context, id string, c quiz.Change) (quiz.Loaded, error)
	// Log reads a season's answer log, empty where there is none.
	Log(ctx context.Context, id, season string) ([]byte, error)
	// Erase removes all that is kept of a member, if the record still has the
	// expected version, and keeps the reply to the message of that key for its
	// repeats. Errors as of Commit; after quiz.ErrConflict load again.
	Erase(ctx context.Context, id string, expected quiz.Version, key uint64, reply string) error
	// SetReminder keeps the minute of the day at which a member is to be looked at
	// for a reminder, -1 for none. It is an index: the record decides.
	SetReminder(ctx context.Context, id string, minute int) error
	// HelpOnce reports whether someone who says nothing of the quiz is to be
	// helped: for the first message of the day, and for every repeat of it.
	HelpOnce(ctx context.Context, id string, day quiz.Day, key uint64) (bool, error)
}

// Boards ranks.
type Boards interface {
	// Rank is 1 + the number of members with a strictly higher score, and the
	// number of members on the board.
	Rank(ctx context.Context, season string, score int64) (rank, total int, err error)
	// Top is the first n places of the board, at most n of them.
	Top(ctx context.Context, season string, n int) ([]quiz.Standing, error)
	// Around is up to each members above and below, best first, the member
	// itself among them.
	Around(ctx context.Context, season, id string, score int64, each int) ([]quiz.Standing, error)
}

// Papers keeps the frozen papers and the voided days.
type Papers interface {
	// CurrentPaper is the day's paper, nil where none was issued yet.
	CurrentPaper(ctx context.Context, day quiz.Day) (*quiz.Paper, error)
	// Paper is a day's paper at a version, nil where there is none.
	Paper(ctx context.Context, day quiz.Day, version int) (*quiz.Paper, error)
	// RecentPapers are the papers issued from one day to another, both included.
	RecentPapers(ctx context.Context, from, to quiz.Day) ([]*quiz.Paper, error)
	// Freeze makes a drawn paper the day's, or gives the one that was frozen first.
	// Errors: quiz.ErrConflict where there is none and what it was drawn from, as
	// LibraryNow told, has changed.
	Freeze(ctx context.Context, p *quiz.Paper, under quiz.Version) (*quiz.Paper, error)
	// PinnedPapers are the questions that an administrator chose for days from one to
	// another, both included, whose paper is not drawn yet.
	PinnedPapers(ctx context.Context, from, to quiz.Day) (map[quiz.Day][]string, error)
	Voids(ctx context.Context) (quiz.Voids, error)
	// Rulings are what was ruled of keys that were wrong; nil: nothing.
	Rulings(ctx context.Context) (*quiz.Rulings, error)
	// BeginSeason gives the terms with which a season began; those proposed become
	// its own where it begins now.
	BeginSeason(ctx context.Context, id string, proposed quiz.Terms) (quiz.Terms, error)
}

// Library gives the approved content.
type Library interface {
	// Library is as it was a moment ago: members do not wait for a change to be read.
	Library(ctx context.Context) (*content.Library, error)
	// LibraryNow is as it is, to draw from; for the version see Papers.Freeze.
	LibraryNow(ctx context.Context) (*content.Library, quiz.Version, error)
}

// Units gives the sums of the branches (支部).
type Units interface {
	// Tally is the season's last count; ok is false where there is none yet.
	Tally(ctx context.Context, season string) (t quiz.Tally, ok bool, err error)
}

// Config is what the conversation needs.
type Config struct {
	Members  Members
	Boards   Boards
	Papers   Papers
	Library  Library
	Practice Practices // nil: 错题 is answered with help
	Units    Units     // nil: 支部 is off
	Awards   Awards    // nil: nobody has a certificate
	Pictures Pictures  // nil: certificates are told in words

	Objections Objections // nil: 申诉 is answered with the rules

	Wording   *Wording
	Now       func() time.Time // the product's clock: wall time, or the sandbox's
	Secret    []byte           // of the installation: pseudonyms, receipts, drawing
	Seasons   quiz.Seasons
	Weights   quiz.Weights // for seasons that have not begun
	Questions int          // of a paper
	Branches  Branches     // nil: none are listed
	Answers   []Answer     // the organisation's own, by keyword
	Honour    string       // what certificates are for
	Notice    NoticeKind   // of which members may agree to be sent some
	Otherwise Otherwise    // what becomes of messages that nothing here understands
	Limit     Limit

	// Page is the public address of a day's page; nil or "": there is none.
	Page func(day quiz.Day) string

	// Media is the public address of what was uploaded here and stands at a path; nil or
	// "": there is none.
	Media func(path string) string

	Logger *slog.Logger
	Sleep  func(context.Context, time.Duration) error // before trying again; nil: by wall time
	Count  func(event string)                         // metrics: committed, conflict, repeat, unknown, refused, fault, limited; may be nil

	// Happened is told what went on at an instant of Now, after it is stored: messages,
	// answers, new members. It must not wait for anything; nil: nobody is told. A
	// repeat of a message takes that message back, as it was told twice.
	Happened func(at time.Time, what quiz.Activity)

	// Link is where the certificate with a code is checked; nil or "": nowhere.
	Link func(code string) string

	// DataLink makes the link by which a member fetches everything that is kept,
	// once; nil: there is none.
	DataLink func(ctx context.Context, id string, now time.Time) (url string, err error)

	// Tell sends a member words of its own accord, as after a picture, which has
	// none; nil: nobody does.
	Tell func(ctx context.Context, id, text string) error

	// MassSent is told how a mass send ended; may be nil.
	MassSent func(context.Context, MassResult) error
}

// Bot answers messages. It keeps nothing of a member between two messages.
type Bot struct {
	Config
	limit    *limiter
	commands map[string]*command       // by word, normalised
	wishes   map[string]*command       // by other ways to say it
	branches atomic.Pointer[directory] // as they were read last
	building sync.Mutex                // of the next one
}

// New makes the conversation.
func New(cfg Config) *Bot {
	if cfg.Count == nil {
		cfg.Count = func(string) {}
	}
	if cfg.Happened == nil {
		cfg.Happened = func(time.Time, quiz.Activity) {}
	}
	if cfg.Page == nil {
		cfg.Page = func(quiz.Day) string { return "" }
	}
	if cfg.Media == nil {
		cfg.Media = func(string) string { return "" }
	}
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	for i := range cfg.Answers {
		cfg.Answers[i].normalise()
	}
	table := commands()
	return &Bot{Config: cfg, limit: newLimiter(cfg.Limit), commands: table, wishes: wishTable(table)}
}

// Handle answers one message. It always has something to say or deliberately
// nothing; faults inside become a friendly sentence.
func (b *Bot) Handle(ctx context.Context, m Message) Reply {
	now := b.Now()
	if m.Kind.wantsWords() && !b.limit.allow(m.From, now) {
		b.Count("limited")
		return Reply{Text: b.Wording.TooFast.String()}
	}
	if m.Kind.wantsWords() {
		b.Happened(now, quiz.Activity{Messages: 1})
	}
	reply, err := b.route(ctx, m, now)
	if err != nil {
		b.Count("fault")
		b.Logger.ErrorContext(ctx, "message not handled", "kind", m.Kind.String(), "error", err)
		return Reply{Text: b.Wording.Fault.String()}
	}
	if !reply.stored {
		b.touch(ctx, m, reply)
	}
	return reply
}

// route finds what the message asks for.
func (b *Bot) route(ctx context.Context, m Message, now time.Time) (Reply, error) {
	switch m.Kind {
	case Text:
		return b.text(ctx, m, now)
	case Voice:
		if content.Normalise(m.Text) == "" {
			return Reply{Text: b.Wording.Unheard.String()}, nil
		}
		return b.text(ctx, m, now)
	case Click:
		return b.click(ctx, m, now)
	case Follow:
		return say(b.follow(ctx, m, now))
	case Scan:
		return say(b.join(ctx, m, now, m.EventKey))
	case Unfollow:
		return say(b.unfollow(ctx, m, now))
	case MassSent:
		return Reply{}, b.massSent(ctx, m)
	case Event:
		return Reply{}, b.consent(ctx, m, now)
	case Image, Video, Link, Location, Other:
		return b.otherwise(ctx, m, now)
	}
	return Reply{}, nil // View, Position, Sent: nobody waits for words
}

// say makes a reply of words.
func say(text string, err error) (Reply, error) { return Reply{Text: text}, err }

// text handles words: a command, a branch's code or name, or an answer. The
// organisation's own answers come before what only may mean a command.
func (b *Bot) text(ctx context.Context, m Message, now time.Time) (Reply, error) {
	if c, rest, ok := b.command(m.Text); ok {
		return c.do(b, ctx, m, now, rest)
	}
	if _, ok := content.BranchCode(m.Text); ok {
		d, err := b.directory(ctx)
		if err != nil {
			return Reply{}, err
		}
		if _, ok := d.branch(m.Text); ok {
			return say(b.join(ctx, m, now, m.Text))
		}
	}
	if m.MenuID == 0 && len(m.Text) > 1 && !b.hasAnswer(m.Text) {
		if c, rest, ok := b.wish(m.Text); ok {
			return c.do(b, ctx, m, now, rest)
		}
		d, err := b.directory(ctx)
		if err != nil {
			return Reply{}, err
		}
		if code, ok := d.branchNamed(m.Text); ok {
			return say(b.joinNamed(ctx, m, now, d, code))
		}
		if several := d.bearers(m.Text); several != nil {
			return Reply{Text: b.whichBranch(d, m.Text, several)}, nil
		}
		if reply, ok, err := b.episode(ctx, m, now, m.Text); ok || err != nil {
			return say(reply, err)
		}
	}
	return b.answer(ctx, m, now)
}

// click handles an entry of the account's menu: a command, and never an answer,
// whatever its key looks like.
func (b *Bot) click(ctx context.Context, m Message, now time.Time) (Reply, error) {
	if c, rest, ok := b.command(m.EventKey); ok {
		return c.do(b, ctx, m, now, rest)
	}
	if reply, ok, err := b.episode(ctx, m, now, m.EventKey); ok || err != nil {
		return say(reply, err)
	}
	return b.otherwise(ctx, m, now)
}

func (b *Bot) massSent(ctx context.Context, m Message) error {
	if b.MassSent == nil {
		return nil
	}
	return b.MassSent(ctx, m.MassResult)
}
