package push_test

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"dangshi/bot/push"
	"dangshi/quiz"
	"dangshi/store"
)

// process is one replica of a station's. It may die wherever it touches something
// outside: before the deed, or after it and before it hears of it.
type process struct {
	*station
	name             string
	push             *push.Push
	reminders        *push.Reminders
	fate             func(point string) doom // nil: it lives
	ledger           push.Ledger
	away             func() bool        // whether the ledger cannot be reached now; may be nil
	mend             func()             // what sets right again what a test broke
	page             int                // of the index, at most; 0: as it comes
	blind, forgetful bool               // the index, or the records, cannot be reached
	then             func(point string) // what happens between a deed and its hearing of it; may be nil
	customs          push.CustomAPI     // takes customer messages instead of the account; nil: none does
	through          *store.Store       // by which the ledgers of runs are reached; nil: the station's
	dead             atomic.Bool
}

// doom is what becomes of a process at a point: load or save with the document's
// name, mass, upload, draft, custom.
type doom int

const (
	lives doom = iota
	diesBefore
	diesAfter
)

// process starts one, which does nothing by itself yet.
func (s *station) process(name string) *process {
	s.t.Helper()
	p := &process{station: s, name: name, ledger: s.store.PushLedger()}
	p.push = s.newPush(name, p, p, mortalRoll{p})
	p.reminders = push.NewReminders(push.RemindersConfig{
		Ledger: p, Index: mortalIndex{p}, Bot: mortalBot{p}, API: p, Notice: s.notice(p),
		Now: s.Now, Wall: s.Wall, Holder: name, Logger: slog.New(slog.DiscardHandler), Sleep: s.sleep, Lease: s.lease,
	})
	return p
}

// operator is the push as a command has it, beside all others.
func (s *station) operator() *push.Push {
	return s.newPush("operator", s.store.PushLedger(), speaking{s.client}, s.store.PushRuns())
}

// account is what a push calls.
type account interface {
	push.MassAPI
	push.ArticleAPI
	push.CustomAPI
	push.NoticeAPI
	push.PublishAPI
}

func (s *station) newPush(name string, ledger push.Ledger, account account, roll push.Roll) *push.Push {
	s.t.Helper()
	var channels []push.Channel
	var each []push.MemberChannel
	place := 0
	for _, name := range s.channel {
		switch name {
		case "article":
			channels = append(channels, push.NewArticles(account, account, push.NewShelf(ledger), nil, s.store.Secret(), s.sleep))
		case "custom", "notice":
			if len(each) == 0 {
				place = len(channels)
			}
		}
		switch name {
		case "custom":
			each = append(each, push.NewCustom(account))
		case "notice":
			each = append(each, s.notice(account))
		case "mass":
			channels = append(channels, push.NewMass(account, s.store.Secret()))
		case "draft":
			channels = append(channels, push.NewDraft(account, push.NewShelf(ledger), nil))
		}
	}
	if len(each) > 0 {
		channels = slices.Insert(channels, place, push.Channel(push.NewMembers(push.MembersConfig{
			Each: each, Roll: roll, Pace: s, AtOnce: s.atOnce, Batch: s.batch,
			Now: s.Now, Wall: s.Wall, Lease: s.lease, Sleep: s.sleep, Random: func() float64 { return 0.5 },
		})))
	}
	p, err := push.New(push.Config{
		Ledger: ledger, Bulletins: s.bot, Channels: channels, Asking: asked{s},
		Now: s.Now, Wall: s.Wall, At: s.at, Sandbox: s.sandbox, Holder: name,
		Logger: slog.New(slog.DiscardHandler), Sleep: s.sleep, Lease: s.lease,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// do does something with the push, in a goroutine of its own that may die of it.
func (p *process) do(work func(context.Context, *push.Push) error) (err error) {
	p.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = work(p.t.Context(), p.push)
	}()
	<-done
	return err
}

// start, run and send are what the program does at its start, at the instants of
// the schedule, and for an operator.
func (p *process) start() error {
	p.t.Helper()
	return p.do(func(ctx context.Context, push *push.Push) error { return push.Start(ctx) })
}

func (p *process) run() error {
	p.t.Helper()
	due := p.Now()
	return p.do(func(ctx context.Context, push *push.Push) error { return push.Run(ctx, due) })
}

func (p *process) remind() error {
	p.t.Helper()
	due := p.Now()
	return p.do(func(ctx context.Context, _ *push.Push) error { return p.reminders.Run(ctx, due) })
}

func (p *process) send() (r push.Report, err error) {
	p.t.Helper()
	err = p.do(func(ctx context.Context, push *push.Push) (err error) {
		r, err = push.Send(ctx, quiz.DayOf(p.Now()))
		return err
	})
	return r, err
}

// until lives until then: what falls due is done, each at its instant.
func (p *process) until(then time.Time, specs []string, once func() error) {
	p.t.Helper()
	due := parse(p.t, specs...)
	for at := p.Now().Add(-time.Second); !p.dead.Load(); {
		next, ok := due.Next(at, then)
		if !ok {
			p.setTime(then)
			return
		}
		if next.After(p.Now()) {
			p.setTime(next)
		}
		_ = once() // what came of it stands in the ledger
		at = next
	}
}

// point is where something outside is touched.
func (p *process) point(what string, do func() error) error {
	if p.dead.Load() {
		runtime.Goexit() // another goroutine of this process
	}
	end := lives
	if p.fate != nil {
		end = p.fate(what)
	}
	if end == diesBefore {
		p.die()
	}
	err := do()
	if p.then != nil {
		p.then(what)
	}
	if end == diesAfter {
		p.die()
	}
	return err
}

func (p *process) die() {
	p.dead.Store(true)
	runtime.Goexit()
}

// Load and Save are the ledger.
func (p *process) Load(ctx context.Context, name string) (value []byte, version quiz.Version, err error) {
	err = p.point("load "+name, func() error {
		if p.away != nil && p.away() {
			return quiz.ErrUnavailable
		}
		value, version, err = p.ledger.Load(ctx, name)
		return err
	})
	return value, version, err
}

func (p *process) Save(ctx context.Context, name string, value []byte, expected quiz.Version) (version quiz.Version, err error) {
	err = p.point("save "+name, func() error {
		if p.away != nil && p.away() {
			return quiz.ErrUnavailable
		}
		version, err = p.ledger.Save(ctx, name, value, expected)
		return err
	})
	return version, err
}

// MassText, UploadImage, AddDraft and CustomText are the account.
func (p *process) MassText(ctx context.Context, text, clientMsgID string) (id int64, err error) {
	err = p.point("mass", func() error {
		id, err = speaking{p.client}.MassText(ctx, text, clientMsgID)
		return err
	})
	return id, err
}

func (p *process) UploadImage(ctx context.Context, name string, data []byte) (id string, err error) {
	err = p.point("upload", func() error {
		id, err = speaking{p.client}.UploadImage(ctx, name, data)
		return err
	})
	return id, err
}

func (p *process) AddDraft(ctx context.Context, a push.Article) (id string, err error) {
	err = p.point("draft", func() error {
		id, err = speaking{p.client}.AddDraft(ctx, a)
		return err
	})
	return id, err
}

func (p *process) CustomText(ctx context.Context, openid, text string) error {
	return p.point("custom", func() error {
		if p.customs != nil {
			return p.customs.CustomText(ctx, openid, text)
		}
		err := speaking{p.client}.CustomText(ctx, openid, text)
		if err == nil {
			p.mu.Lock()
			p.spoken = append(p.spoken, openid)
			p.mu.Unlock()
		}
		return err
	})
}

// Notice and MassArticle are the account, too.
func (p *process) Notice(ctx context.Context, openid, template, page string, data map[string]string) error {
	return p.point("notice", func() error { return speaking{p.client}.Notice(ctx, openid, template, page, data) })
}

func (p *process) MassArticle(ctx context.Context, draftID, clientMsgID string) (id int64, err error) {
	err = p.point("article", func() error {
		id, err = speaking{p.client}.MassArticle(ctx, draftID, clientMsgID)
		return err
	})
	return id, err
}

// Publish and Published are the account, too.
func (p *process) Publish(ctx context.Context, draftID string) (id string, err error) {
	err = p.point("publish", func() error {
		id, err = speaking{p.client}.Publish(ctx, draftID)
		return err
	})
	return id, err
}

func (p *process) Published(ctx context.Context, publishID string) (address string, err error) {
	err = p.point("published", func() error {
		address, err = speaking{p.client}.Published(ctx, publishID)
		return err
	})
	return address, err
}
