package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"dangshi/admin/work"
	"dangshi/quiz"
	"dangshi/store"
)

// What a ledger holds is worked on by one process at a time, under these names of
// store.Alone. Its compare-and-set steps keep the data right without; the claim saves
// work, and tells others whether the one that is at it lives.
const (
	regradeTurn = "regrade" // a correction, or a day that is voided: both are in one ledger
	closeTurn   = "close"   // of whichever season
)

// turnPause is how often who waits for another process looks whether it has finished.
const turnPause = time.Second

// maxTurns bounds how often something is begun anew that another process took over all
// the same, such as one that knows of no claims.
const maxTurns = 30

// inTurn does something under a claim. As long as another process is at such a thing,
// it waits, however long: to regrade a million members takes many minutes, and one that is
// stuck cannot be told from one that has much to do. So it tells who is at it, since when,
// and how to end it. One that has died is waited for until its claim has run out, and do
// goes on with what it has left. Errors: those of do, quiz.ErrUnavailable, quiz.ErrUnknown.
func (a *app) inTurn(d *data, name string, do func(ctx context.Context) error) error {
	return a.awaitTurn(d, name, func() (ran bool, err error) { return d.Alone(a.ctx, name, do) })
}

// awaitTurn is inTurn of what is tried under a claim of that name.
func (a *app) awaitTurn(d *data, name string, try func() (ran bool, err error)) error {
	var w waiting
	for turns := 0; ; {
		ran, err := try()
		if !yielded(err) && (ran || err != nil) {
			return err
		}
		if ran {
			if turns++; turns == maxTurns {
				return fmt.Errorf("另一个进程总是抢着做同样的事，请看是不是还有旧版本的 serve 在运行：%w", err)
			}
		} else if who, since, ok, err := d.Claimant(a.ctx, name); err != nil {
			return err
		} else if ok {
			line, long := w.say(who, since, time.Now())
			fmt.Fprint(a.errs, line)
			if long && a.serves { // where nobody reads what is said
				a.logger.Warn("it waits for another process, which has not finished", "turn", name, "process", who, "since", since)
			}
		}
		select {
		case <-a.ctx.Done():
			return a.ctx.Err()
		case <-time.After(turnPause):
		}
	}
}

// tellTurn is how often who waits is told again; maxTurnMinutes are minutes in which what
// is done in turn is finished nearly always.
const (
	tellTurn       = time.Minute
	maxTurnMinutes = 30
)

// waiting is what was told of whom one waits for.
type waiting struct {
	who  string
	told time.Time
}

// say is what is told of another process that is at something since then, empty where that
// was just told; long says that it takes longer than it should.
func (w *waiting) say(who string, since, now time.Time) (line string, long bool) {
	first := who != w.who
	if !first && now.Sub(w.told) < tellTurn {
		return "", false
	}
	w.who, w.told = who, now
	minutes := int(now.Sub(since).Minutes())
	switch {
	case first:
		return fmt.Sprintf("另一个进程（%s）从 %s 起正在做，等它做完；它要是断了，就由这里接着做……\n", who, clockText(since.Unix())), false
	case minutes < maxTurnMinutes:
		return fmt.Sprintf("它做了 %d 分钟，还在做；人多时要几分钟到几十分钟。按 Ctrl+C 不再等，它做的不受影响……\n", minutes), false
	}
	return fmt.Sprintf("它做了 %d 分钟，可能卡住了：请到那台机器上看看进程 %s，停掉它，20 秒以后由这里接着做……\n", minutes, who), true
}

// turn is a frame.Turn: replicas make such a thing one after the other.
func (s *service) turn(ctx context.Context, name string, do func(ctx context.Context) error) error {
	return s.app.quiet(ctx).inTurn(s.data, name, do)
}

// yielded reports whether another process goes on with what was begun here.
func yielded(err error) bool {
	return errors.Is(err, store.ErrSuperseded) || errors.Is(err, store.ErrClaimLost)
}

// publish makes a correction, or the voiding of a day, the rule when it is its turn.
// What was begun before may have been just this, so that it is in force already.
func (a *app) publish(d *data, do func(ctx context.Context) error) error {
	err := a.inTurn(d, regradeTurn, do)
	if errors.Is(err, store.ErrRuled) || errors.Is(err, store.ErrVoided) {
		return nil
	}
	return err
}

// closeSeason closes a season when it is its turn.
func (a *app) closeSeason(d *data, r store.CloseRequest, o store.RebuildOptions) (done store.Closed, err error) {
	err = a.inTurn(d, closeTurn, func(ctx context.Context) (err error) {
		done, err = d.CloseSeason(ctx, r, o)
		return err
	})
	return done, err
}

// Serve looks so often for what a dead process has left. Its claim has run out 20 s
// after its death: a living replica goes on within half a minute.
const takeOverEvery = 10 * time.Second

// takeOverAgain is how long what failed, for a reason other than the store's, is left
// alone: it would fail again.
const takeOverAgain = 5 * time.Minute

// takeOver goes on with what other processes have left, until ctx ends. At the start
// that is what this one left when it was killed.
func (s *service) takeOver(ctx context.Context) {
	all := []*leftover{{resume: s.resumeRegrade}, {resume: sweeping(s.resumeClose)}}
	for {
		for _, l := range all {
			l.look(ctx, time.Now())
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(takeOverEvery):
		}
	}
}

// leftover is a kind of thing that other processes may have left. One that fails puts off
// no other one.
type leftover struct {
	resume func(ctx context.Context) error
	again  time.Time // it is left alone until then
}

// look goes on with what is left, unless that has just failed.
func (l *leftover) look(ctx context.Context, now time.Time) {
	if now.Before(l.again) {
		return
	}
	if err := l.resume(ctx); err != nil && !errors.Is(err, quiz.ErrUnavailable) && !errors.Is(err, quiz.ErrUnknown) {
		l.again = now.Add(takeOverAgain)
	}
}

// sweeping asks for a sweep until one has succeeded.
func sweeping(resume func(ctx context.Context, sweep bool) error) func(ctx context.Context) error {
	sweep := true
	return func(ctx context.Context) error {
		err := resume(ctx, sweep)
		sweep = sweep && err != nil
		return err
	}
}

// resumeRegrade goes on with a correction, or with the voiding of a day, at which no
// process is.
func (s *service) resumeRegrade(ctx context.Context) error {
	left, ok, err := s.data.Staged(ctx)
	if err != nil || !ok {
		return err
	}
	return s.resume(ctx, regradeTurn, cmp.Or(left.Work, regradeTurn), func(ctx context.Context, o store.RebuildOptions) error {
		_, err := s.data.ResumeRegrade(ctx, o)
		return err
	})
}

// resumeClose goes on with the closes of seasons at which no process is. sweep says to
// look at those that are published as well: who was erased meanwhile may have been left
// behind a place.
func (s *service) resumeClose(ctx context.Context, sweep bool) error {
	seasons, err := s.data.Closing(ctx)
	if err != nil {
		return err
	}
	do := func(ctx context.Context, o store.RebuildOptions) error {
		closed, err := s.data.ResumeClose(ctx, s.now(), s.app.keepLedger, o)
		for _, season := range closed {
			s.app.logger.Info("a season's close that was begun is finished: run season close again for its files", "season", season)
		}
		return err
	}
	if len(seasons) > 0 {
		return s.resume(ctx, closeTurn, "close-"+seasons[0], do) // the work by which the console closes it
	}
	if sweep {
		_, err = s.data.Alone(ctx, closeTurn, func(ctx context.Context) error { return do(ctx, store.RebuildOptions{}) })
	}
	return err
}

// resume goes on with something by the function that runs it first, as the work that
// its page shows. Where a process that lives is at it, nothing is done. A crash here
// leaves it to the next replica in the same way.
func (s *service) resume(ctx context.Context, turn, id string, do func(ctx context.Context, o store.RebuildOptions) error) error {
	ran := false
	_, err := s.data.Alone(ctx, turn, func(ctx context.Context) (err error) {
		ran, err = s.works.Resume(ctx, id, resuming(s.app, do))
		return err
	})
	switch {
	case yielded(err), ctx.Err() != nil:
		return nil
	case err != nil:
		s.app.logger.Error("what was begun is not finished: run the command again", "work", id, "error", err)
	case ran:
		s.app.logger.Info("what was begun before is finished", "work", id)
	}
	return err
}

func resuming(a *app, do func(ctx context.Context, o store.RebuildOptions) error) work.Do {
	return func(ctx context.Context, tell func(done, of int)) (any, error) {
		return nil, do(ctx, store.RebuildOptions{Damaged: a.damaged, Progress: func(n int) { tell(n, 0) }})
	}
}
