// Package push sends each morning what the day has to say, and reminds members
// in the evening. What is sent and in which words is the bot's; here is when, by
// which channel, and that it happens once.
//
// Each day has a document in the ledger: its sends with stable ids, written
// before a send is made (stage) and after it (resolve). The first run, the run
// after a crash and the run of another replica are the same function, which goes
// on from what the document says.
package push

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
)

// Bulletins give what is sent on a day; ok is false where there is nothing.
type Bulletins interface {
	Bulletin(ctx context.Context, day quiz.Day) (b bot.Bulletin, ok bool, err error)
	// Outlook is what Bulletin would give now; it changes nothing.
	Outlook(ctx context.Context, day quiz.Day) (b bot.Bulletin, ok bool, err error)
}

// Config is what the push needs.
type Config struct {
	Ledger    Ledger
	Bulletins Bulletins
	Asking    Asking           // nil: a mass send whose report is lost is left as it is
	Trial     TrialAPI         // nil: nothing can be tried
	Channels  []Channel        // in order of preference: the first that takes the day's bulletin
	Now       func() time.Time // the product's clock: wall time, or the sandbox's
	Wall      func() time.Time // for claims, which are about processes, not days
	At        TimeOfDay
	Sandbox   bool   // on from the first start; a real account is off until it is switched on
	Holder    string // names this replica in claims and in the setting
	Logger    *slog.Logger
	Lease     time.Duration                              // for which a claim holds without being renewed; 0: DefaultLease
	Sleep     func(context.Context, time.Duration) error // nil: by wall time
	Progress  func(event string)                         // metrics: sent, refused, unknown, failed, nothing; may be nil
}

// DefaultLease lets another replica go on within 15 s of the death of the one at
// work: it looks once a second.
const DefaultLease = 12 * time.Second

// Push is the daily push of one replica.
type Push struct {
	Config
	desk
	turn chan struct{} // holds one value while a day is worked on
}

// New checks the settings.
func New(cfg Config) (*Push, error) {
	if len(cfg.Channels) == 0 {
		return nil, errors.New("没有设置推送渠道，请至少写一个，例如 mass 或 draft")
	}
	names := map[string]bool{}
	for _, c := range cfg.Channels {
		if names[c.Name()] {
			return nil, fmt.Errorf("推送渠道 %s 写了两次", c.Name())
		}
		names[c.Name()] = true
	}
	if cfg.At < 0 || cfg.At >= minutesADay {
		return nil, fmt.Errorf("推送时间 %d 不在一天之内", int(cfg.At))
	}
	cfg.Lease = cmp.Or(cfg.Lease, DefaultLease)
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	p := &Push{Config: cfg, turn: make(chan struct{}, 1)}
	p.desk = desk{
		ledger: cfg.Ledger, wall: cfg.Wall, sleep: cfg.Sleep, lease: cfg.Lease,
		me: cfg.Holder + "#" + rand.Text()[:8], // one that starts again is another holder: the one before may still live
	}
	return p, nil
}

// Start sets the baseline at the first start of an installation and makes up for
// today's push if it is due. It may wait for as long as a claim holds, where a
// process that ended was at work: call it beside the server, not before it.
func (p *Push) Start(ctx context.Context) error {
	return p.Run(ctx, p.Now())
}

// Run does what is due: nothing, today's push, or what is left of it. Every
// replica calls it at the instants of Specs, with the instant; calling it more
// often does no harm. Where another replica is at work it waits until that one
// has finished, or can be taken for dead.
func (p *Push) Run(ctx context.Context, due time.Time) error {
	if err := p.take(ctx); err != nil {
		return err
	}
	defer p.release()
	now := p.Now()
	if due.After(now) {
		now = due // the wall clock was set back a little since the timer fired
	}
	day := quiz.DayOf(now)
	set, err := p.look(ctx)
	if err != nil {
		return err
	}
	p.ask(ctx, day)
	if p.why(set, day, now) != "" {
		return nil
	}
	_, err = p.work(ctx, day, false, "")
	return err
}

// Send makes today's push at the wish of an operator, before its time or after
// the time for catching up as well, or goes on with it. What was refused is tried
// again; what was sent, or may have been, is not.
func (p *Push) Send(ctx context.Context, day quiz.Day) (Report, error) {
	return p.SendSeen(ctx, day, "")
}

// ErrOther means that something else would be sent than was seen.
var ErrOther = errors.New("what would be sent is not what was seen")

// ErrNext is ErrOther where the channel that was seen has refused, and another one would
// be next.
var ErrNext = fmt.Errorf("%w: its channel has refused", ErrOther)

// SendSeen is Send of what somebody has seen, see Report.Seen; "": whatever it is. Errors:
// ErrOther and ErrNext, where nothing was sent.
func (p *Push) SendSeen(ctx context.Context, day quiz.Day, seen string) (Report, error) {
	if err := p.take(ctx); err != nil {
		return Report{}, err
	}
	defer p.release()
	if today := quiz.DayOf(p.Now()); day != today {
		return Report{}, fmt.Errorf("只能推送当天（%s）的内容，不能推送 %s 的", today, day)
	}
	set, err := p.look(ctx)
	if err != nil {
		return Report{}, err
	}
	if !set.On {
		return p.report(ctx, day, SwitchedOff)
	}
	if _, err := p.work(ctx, day, true, seen); err != nil {
		return Report{}, err
	}
	return p.report(ctx, day, "")
}

// take waits for this replica's other work on the push.
func (p *Push) take(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Push) release() { <-p.turn }

// sleep waits, unless ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
