package bot

import (
	"context"
	"log/slog"
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
	// Commit writes a change, all of it or nothing. With quiz.ErrConflict comes
	// what is there now, read in the same round trip; other errors are
	// quiz.ErrUnknown and quiz.ErrUnavailable.
	Commit(ctx context.Context, id string, c quiz.Change) (quiz.Loaded, error)
	// Log reads a season's answer log, empty where there is none.
	Log(ctx context.Context, id, season string) ([]byte, error)
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
	Freeze(ctx context.Context, p *quiz.Paper) (*quiz.Paper, error)
	Voids(ctx context.Context) (quiz.Voids, error)
	// BeginSeason gives the terms with which a season began; those proposed become
	// its own where it begins now.
	BeginSeason(ctx context.Context, id string, proposed quiz.Terms) (quiz.Terms, error)
}

// Library gives the approved content.
type Library interface {
	Library(ctx context.Context) (*content.Library, error)
}

// Config is what the conversation needs.
type Config struct {
	Members Members
	Boards  Boards
	Papers  Papers
	Library Library

	Wording   *Wording
	Now       func() time.Time // the product's clock: wall time, or the sandbox's
	Secret    []byte           // of the installation: pseudonyms, receipts, drawing
	Seasons   quiz.Seasons
	Weights   quiz.Weights // for seasons that have not begun
	Questions int          // of a paper
	Branches  map[string]string
	Limit     Limit
	Logger    *slog.Logger
	Sleep     func(context.Context, time.Duration) error // before trying again; nil: by wall time
	Count     func(event string)                         // metrics: committed, conflict, repeat, unknown, fault; may be nil
}

// Bot answers messages. It keeps nothing of a member between two messages.
type Bot struct {
	Config
	limit *limiter
}

// New makes the conversation.
func New(cfg Config) *Bot {
	if cfg.Count == nil {
		cfg.Count = func(string) {}
	}
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	return &Bot{Config: cfg, limit: newLimiter(cfg.Limit)}
}

// Handle answers one message. It always has something to say or deliberately
// nothing; faults inside become a friendly sentence.
func (b *Bot) Handle(ctx context.Context, m Message) Reply {
	now := b.Now()
	if m.Kind.wantsWords() && !b.limit.allow(m.From, now) {
		b.Count("limited")
		return Reply{Text: b.Wording.TooFast.String()}
	}
	text, err := b.route(ctx, m, now)
	if err != nil {
		b.Count("fault")
		b.Logger.ErrorContext(ctx, "message not handled", "kind", m.Kind.String(), "error", err)
		return Reply{Text: b.Wording.Fault.String()}
	}
	return Reply{Text: text}
}

// route finds what the message asks for.
func (b *Bot) route(ctx context.Context, m Message, now time.Time) (string, error) {
	switch m.Kind {
	case Text:
		return b.text(ctx, m, now)
	case Voice:
		if content.Normalise(m.Text) == "" {
			return b.Wording.Unheard.String(), nil
		}
		return b.text(ctx, m, now)
	case Click:
		return b.click(ctx, m, now)
	case Follow:
		return b.follow(ctx, m, now)
	case Scan:
		return b.join(ctx, m, now, m.EventKey)
	case Unfollow:
		return b.unfollow(ctx, m, now)
	case Image, Video, Link, Location, Other:
		return b.otherwise(ctx, m, now)
	}
	return "", nil // View, Position, MassSent, Sent, Event: nobody waits for words
}

// text handles words: a command, a tap, a branch's code, or an answer.
func (b *Bot) text(ctx context.Context, m Message, now time.Time) (string, error) {
	if c := commandOf(m.Text); c != noCommand {
		return b.command(ctx, m, now, c)
	}
	if _, ok := b.branch(m.Text); ok {
		return b.join(ctx, m, now, m.Text)
	}
	return b.answer(ctx, m, now)
}

// click handles an entry of the account's menu: a command, and never an answer,
// whatever its key looks like.
func (b *Bot) click(ctx context.Context, m Message, now time.Time) (string, error) {
	if c := commandOf(m.EventKey); c != noCommand {
		return b.command(ctx, m, now, c)
	}
	return b.otherwise(ctx, m, now)
}

func (b *Bot) command(ctx context.Context, m Message, now time.Time, c command) (string, error) {
	switch c {
	case cmdQuiz:
		return b.quiz(ctx, m, now)
	case cmdToday:
		return b.today(ctx, now)
	case cmdBoard:
		return b.board(ctx, m, now)
	case cmdMine:
		return b.mine(ctx, m, now)
	}
	return b.help(ctx, m, now)
}
