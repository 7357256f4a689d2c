package push

import (
	"context"
	"fmt"
	"sync"

	"dangshi/bot"
	"dangshi/quiz"
)

// keeper is how a run keeps the day, and learns that it must stop.
type keeper interface {
	// begun writes down that ledgers were made for all shards, of so many members, by
	// these moves of ids: from then on one that is missing was lost.
	begun(ctx context.Context, total int, moves string) error
	// hold keeps the claim. Its error ends the run: errLost, errLate, or the ledger's.
	hold(ctx context.Context) error
}

// run is one process at work on the members of a day.
type run struct {
	*Members
	day      quiz.Day
	bulletin bot.Bulletin
	keep     keeper
	closed   closed
	rate     int // calls a second
	tries    int // batches in a row that came to nothing
	moves    string
	reach    Reach
}

// Run sends to all members of the send who were not dealt with yet. It is the same the
// first time, after a crash, and on another replica. Errors: errLost and errLate; a
// closedError where nothing can be sent any more today; a Verdict or the store's
// where it is to go on later. What was reached comes along in any case.
func (m *Members) Run(ctx context.Context, day quiz.Day, s Send, b bot.Bulletin, keep keeper) (Reach, error) {
	r := &run{Members: m, day: day, bulletin: b, keep: keep, rate: m.PerSecond, moves: s.Moves}
	var err error
	if !s.Begun {
		r.moves, err = m.Roll.Moves(ctx)
	}
	if err != nil {
		return r.reach, moving(err)
	}
	rosters, err := r.rosters(ctx)
	if err == nil && !s.Begun {
		err = r.prepare(ctx)
	}
	if err != nil {
		return r.reach, err
	}
	for shard, roster := range rosters {
		if err := r.shard(ctx, shard, roster); err != nil {
			// What the shards behind it have come to counts, too.
			for behind := shard + 1; behind < len(rosters); behind++ {
				if l, unread := r.open(ctx, behind, r.name()); unread == nil {
					r.reach.add(l.Reach)
				}
			}
			return r.reach, err
		}
		rosters[shard] = nil
	}
	return r.reach, nil
}

func (r *run) name() string { return r.day.String() }

// prepare makes a ledger for each shard, and then says that they are there. A crash
// in between leaves some of them, in which nothing stands.
func (r *run) prepare(ctx context.Context) error {
	r.forget(ctx)
	for shard := range r.Roll.Shards() {
		b, err := r.open(ctx, shard, r.name())
		if err != nil {
			return err
		}
		if b.version != "" {
			continue
		}
		if err := b.save(ctx, nil); err != nil {
			return err
		}
	}
	return r.keep.begun(ctx, r.reach.Total, r.moves)
}

// kept is for how many days the ledgers of runs are kept.
const kept = 8

// forget drops the ledgers of the days before that. One that cannot be reached now is
// dropped with a later run.
func (r *run) forget(ctx context.Context) {
	for day := r.day - kept; day > r.day-2*kept; day-- {
		for shard := range r.Roll.Shards() {
			b, err := r.open(ctx, shard, day.String())
			if err != nil || b.version == "" {
				break // the shards of a day come and go together
			}
			_ = r.Roll.Drop(ctx, shard, day.String(), b.part()+1)
		}
	}
}

// rosters are all members, by shard.
func (r *run) rosters(ctx context.Context) ([]*roster, error) {
	all := make([]*roster, r.Roll.Shards())
	for shard := range all {
		all[shard] = new(roster)
	}
	var mu sync.Mutex
	n := 0
	err := r.Roll.Members(ctx, func(shard int, id string) error {
		mu.Lock()
		defer mu.Unlock()
		all[shard].add(id)
		if n++; n%10_000 == 0 {
			return r.keep.hold(ctx)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing the members: %w", err)
	}
	for _, roster := range all {
		roster.sort()
		r.reach.Total += len(roster.ids)
	}
	return all, nil
}

// shard goes through one shard's members, from where its ledger says.
func (r *run) shard(ctx context.Context, shard int, all *roster) error {
	var b *book
	err := r.patiently(ctx, func() (err error) {
		b, err = r.open(ctx, shard, r.name())
		return err
	})
	if err != nil {
		return err
	}
	defer func() { r.reach.add(b.Reach) }()
	switch {
	case b.version == "": // it was there: whoever was sent to, none is sent to again
		r.reach.Lost++
		return nil
	case b.Done:
		return nil
	case b.Open != nil:
		if err := b.save(ctx, b.interrupted()); err != nil {
			return err
		}
		from, to := all.behind(b.After), all.behind(b.Open.Until)
		if err := r.deliver(ctx, b, b.marked(all.page(from, to), b.Open.Again), to-from); err != nil {
			return err
		}
	}
	for from := all.behind(b.After); from < len(all.ids); {
		to := min(from+r.Batch, len(all.ids))
		ids := all.page(from, to)
		b.Open = &batch{Until: ids[len(ids)-1]}
		if err := r.deliver(ctx, b, ids, to-from); err != nil {
			return err
		}
		from = to
	}
	b.Done, b.After = true, ""
	return b.save(ctx, nil)
}

// deliver deals with a page of members, of whom the ids have still to be sent to.
func (r *run) deliver(ctx context.Context, b *book, ids []string, page int) error {
	for {
		if err := r.keep.hold(ctx); err != nil {
			return err
		}
		if err := r.unmoved(ctx); err != nil {
			return err
		}
		waiting, err := r.choose(ctx, b, ids)
		if err != nil {
			return err
		}
		if len(waiting) == 0 {
			b.pass(page) // nobody was sent to: it is written down with what comes next
			return nil
		}
		if err := r.pace(ctx, waiting); err != nil {
			return err
		}
		b.Open.Staged, b.Open.Again = b.marks(waiting, all), nil
		// A crash from here on, until it is resolved: they may have been sent to.
		if err := b.save(ctx, nil); err != nil {
			return err
		}
		trouble := r.send(ctx, waiting)
		doubt, progress := b.resolve(waiting)
		if len(b.Open.Again) == 0 {
			b.Batches++
			b.pass(page)
		}
		// What is known is written down also where whoever asked for it has gone.
		if err := b.save(context.WithoutCancel(ctx), doubt); err != nil {
			return err
		}
		if progress {
			r.tries = 0
		}
		if err := r.rest(ctx, trouble); err != nil || b.Open == nil {
			return err
		}
		ids = b.marked(ids, b.Open.Again)
	}
}

// pass leaves a page behind.
func (b *book) pass(page int) {
	b.After, b.Open = b.Open.Until, nil
	b.Seen += page
}

// choose reads the records as they are now, and leaves out whom no channel takes.
func (r *run) choose(ctx context.Context, b *book, ids []string) (waiting []*recipient, err error) {
	if reason, all := r.closed.all(r.Each); all {
		return nil, &closedError{reason}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var records []quiz.Record
	err = r.patiently(ctx, func() (err error) {
		records, err = r.Roll.Records(ctx, b.shard, ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	now := r.Now()
	for i, id := range ids {
		one := &recipient{id: id, record: records[i]}
		reason := ""
		for _, c := range r.Each {
			if !takes(c, one.record, now) {
				continue
			}
			if why, closed := r.closed.reason(c.Name()); closed {
				reason = why
				continue
			}
			one.channels = append(one.channels, c)
		}
		switch {
		case len(one.channels) > 0:
			waiting = append(waiting, one)
		case reason != "":
			b.refuse(reason, 1)
			r.Progress("member_refused")
		default:
			b.Beyond++
		}
	}
	return waiting, nil
}
