package main

import (
	"context"
	"fmt"

	"dangshi/bot/push"
	"dangshi/quiz"
	"dangshi/store"
)

// The file of the embedded store is behind by seconds. A process that is killed, be it
// this one or a serve beside which this one runs, would have forgotten what it was
// about to send, and send it again. So the ledgers of the push are saved with each
// write: none is taken for done before it is in the file.

// save writes the file of the embedded store; nil where there is none.
func (d *data) save() func(context.Context) error {
	switch {
	case d.embedded != nil:
		return func(context.Context) error { return d.embedded.Save() }
	case d.beside:
		return d.SaveEmbedded
	}
	return nil
}

// roll are the ledgers of what is sent to members one by one.
func (d *data) roll() push.Roll {
	if save := d.save(); save != nil {
		return savedRuns{d.PushRuns(), save}
	}
	return d.PushRuns()
}

// ledger is the ledger of the push. The sandbox's needs no saving: the WeChat that it
// plays is in the same file, and forgets with it.
func (a *app) ledger(d *data) push.Ledger {
	if save := d.save(); save != nil && a.real() {
		return savedLedger{d.PushLedger(), save}
	}
	return d.PushLedger()
}

type savedRuns struct {
	store.Runs
	save func(context.Context) error
}

// Save is part of push.Roll.
func (r savedRuns) Save(ctx context.Context, shard int, name string, value []byte, expected quiz.Version, part int, marks []byte) (quiz.Version, error) {
	version, err := r.Runs.Save(ctx, shard, name, value, expected, part, marks)
	return version, saved(ctx, err, r.save)
}

type savedLedger struct {
	store.Documents
	save func(context.Context) error
}

// Save is part of push.Ledger.
func (l savedLedger) Save(ctx context.Context, name string, value []byte, expected quiz.Version) (quiz.Version, error) {
	version, err := l.Documents.Save(ctx, name, value, expected)
	return version, saved(ctx, err, l.save)
}

// saved writes the file behind a write. Where it fails nothing is sent, and what was
// staged is found interrupted: a disk that is full makes nobody get it twice.
func saved(ctx context.Context, err error, save func(context.Context) error) error {
	if err != nil {
		return err
	}
	if err := save(ctx); err != nil {
		return fmt.Errorf("saving the embedded store: %w", err)
	}
	return nil
}
