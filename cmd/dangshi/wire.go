package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"dangshi/content"
	"dangshi/content/starter"
	"dangshi/quiz"
	"dangshi/store"
)

// data is an open store, with the embedded server behind it where no Redis is set.
type data struct {
	*store.Store
	embedded *store.Embedded // nil: a real Redis, or the embedded one of a running serve
	beside   bool            // it is that of a running serve
	begun    bool            // by this command
	folder   string          // of a preview, removed in the end
	merged   *mergedBranches // its branches with those of the settings
}

// openData connects to Redis, or to the embedded store where none is set.
func (a *app) openData(ctx context.Context) (*data, error) {
	url, embedded, err := a.address(ctx)
	if err != nil {
		return nil, err
	}
	d := &data{embedded: embedded, beside: embedded == nil && a.RedisURL == ""}
	d.merged = &mergedBranches{store: d, more: a.file.Branches}
	if err = a.openStore(ctx, d, url); err == nil && (a.serves || d.begun) {
		err = a.prepare(ctx, d)
	}
	if err == nil {
		err = a.knowSeasons(ctx, d)
	}
	if err == nil && a.serves {
		err = a.hurry(ctx, d, url)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// hurry opens the data anew with the time limits of an answer: from here on
// somebody waits in the chat.
func (a *app) hurry(ctx context.Context, d *data, url string) error {
	prepared := d.Store
	o := a.options(url)
	o.Timeout = a.redisTime
	var err error
	d.Store, err = store.Open(ctx, o)
	return errors.Join(err, prepared.Close())
}

// openPreview opens the data, or where there are none yet what an installation
// begins with, in a folder that goes when the command ends: to look at, not to
// write.
func (a *app) openPreview(ctx context.Context) (*data, error) {
	d, err := a.openData(ctx)
	if !errors.Is(err, store.ErrNoData) {
		return d, err
	}
	folder, err := os.MkdirTemp("", "dangshi-")
	if err != nil {
		return nil, err
	}
	b := *a
	b.RedisURL, b.Data, b.begins, b.out = "", folder, true, io.Discard
	d, err = b.openData(ctx)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	d.folder = folder
	fmt.Fprintln(a.errs, "这里还没有数据，以下按自带的内容显示。")
	return d, nil
}

// commandTimeout is for one command of Redis where nobody waits for an answer in
// the chat: an export may read a million members at once, and a machine that has
// just started may be busy.
const commandTimeout = 15 * time.Second

func (a *app) options(url string) store.Options {
	return store.Options{URL: url, Sandbox: !a.real(), Existing: !a.serves, Serves: a.serves, Damaged: a.damagedEntry, Behind: a.libraryBehind, Dial: a.dial, Timeout: commandTimeout, Wait: a.RedisWait, Rehearsal: a.rehearsal, Holder: holder()}
}

// openStore opens the data. Serve decides what they are, by the settings, and so
// do commands that may come before the first serve, where there are none; all
// other commands take them as they are, of either kind.
func (a *app) openStore(ctx context.Context, d *data, url string) (err error) {
	o := a.options(url)
	d.Store, err = store.Open(ctx, o)
	if a.begins && errors.Is(err, store.ErrNoData) {
		o.Existing = false
		d.Store, err = store.Open(ctx, o)
		d.begun = err == nil
	}
	if d.begun {
		fmt.Fprintf(a.out, "这里还没有数据，已按%s建立，并放入自带的内容。\n", map[bool]string{true: "沙盒（没有公众号凭据，或设了 DANGSHI_SANDBOX）", false: "真实公众号"}[o.Sandbox])
	}
	return err
}

// address is where the data are. Without a Redis it is the embedded store: a
// command uses that of a running serve, or starts it by itself; the lock on the
// folder keeps two processes from writing one folder. A second serve is refused:
// it would lose its data when the first one stops.
func (a *app) address(ctx context.Context) (url string, embedded *store.Embedded, err error) {
	if a.RedisURL != "" {
		return a.RedisURL, nil, nil
	}
	if !a.serves {
		url, running, err := store.FindEmbedded(ctx, a.Data)
		if err != nil || running {
			return url, nil, err
		}
		if _, err := os.Stat(a.Data); !a.begins && errors.Is(err, fs.ErrNotExist) {
			return "", nil, store.ErrNoData // who only looks leaves no folder behind
		}
	}
	embedded, err = store.StartEmbedded(ctx, a.Data, store.EmbeddedOptions{Private: !a.serves, Report: a.saveFailed})
	if err != nil {
		return "", nil, err
	}
	return embedded.URL(), embedded, nil
}

// starterPack is what an installation begins with: to be used at once in a sandbox,
// and on a real account drafts until the organisation has reviewed them.
func starterPack(sandbox bool) ([]content.Item, []content.Question, error) {
	items, questions, err := starter.Load()
	if err != nil {
		return nil, nil, fmt.Errorf("starter pack: %w", err)
	}
	for i := range items {
		items[i].State = starterState(items[i].State, sandbox)
	}
	for i := range questions {
		questions[i].State = starterState(questions[i].State, sandbox)
	}
	return items, questions, nil
}

func starterState(s content.State, sandbox bool) content.State {
	if s == content.Approved && !sandbox {
		return content.Draft
	}
	return s
}

// prepare makes the data ready for serve. All of it does nothing where it was
// done already.
func (a *app) prepare(ctx context.Context, d *data) error {
	items, questions, err := starterPack(d.Sandbox())
	if err != nil {
		return err
	}
	if err := d.Seed(ctx, starter.Version(), items, questions); err != nil {
		return err
	}
	if d.embedded != nil { // its file leaves the index out
		return d.RebuildReminders(ctx)
	}
	return nil
}

// knowSeasons compares the seasons that have begun with the settings: the logs
// count their days from the first one, so that it cannot be moved any more, nor the
// last one of a season that is closed.
func (a *app) knowSeasons(ctx context.Context, d *data) error {
	begun, err := d.Seasons(ctx)
	if err != nil {
		return err
	}
	if faults, err := a.misdated(ctx, d); err != nil || len(faults) > 0 {
		return cmp.Or(err, errors.Join(faults...))
	}
	for id, terms := range begun {
		season := quiz.Season{ID: id, From: terms.From} // a season that the settings no longer name keeps its ranking
		// The embedded store's file leaves out what can be computed again, also
		// where it was moved into a Redis.
		lost := d.embedded != nil
		if !lost {
			if lost, err = d.BoardLost(ctx, id); err != nil {
				return err
			}
		}
		if !lost {
			continue
		}
		o := store.RebuildOptions{Alone: d.embedded != nil, Damaged: a.damaged}
		if err := d.Rebuild(ctx, season, o); err != nil {
			return fmt.Errorf("rebuilding the board of %s: %w", id, err)
		}
	}
	return nil
}

// moved is the fault of a season that has begun and whose first day the settings
// have changed.
func (a *app) moved(id string, begun quiz.Terms) error {
	season, ok := a.file.Seasons.ByID(id)
	if !ok || season.From == begun.From {
		return nil
	}
	return usagef("赛季 %s 是从 %s 算起的，设置里写的却是 %s；已有答题记录的赛季不能改起始日，请改回去，或给新赛季另起一个 id", id, begun.From, season.From)
}

// damagedEntry is told of a question or item that cannot be read. The others are
// used.
func (a *app) damagedEntry(entry string, err error) {
	a.logger.Error("an entry of the library is damaged", "entry", entry, "error", err)
}

// libraryBehind is told that a change of the library could not be read. Members go on
// with the former one, and it is tried again.
func (a *app) libraryBehind(err error) {
	a.logger.Warn("a change of the library is not read yet", "error", err)
}

// damaged is told of a member whose log or record cannot be read. The others go
// on; board verify lists them.
func (a *app) damaged(pseudonym string, err error) {
	a.logger.Error("a member's log or record is damaged", "pseudonym", pseudonym, "error", err)
}

// saveFailed is told when the embedded store cannot be saved, and with nil when
// it can be again.
func (a *app) saveFailed(err error) {
	if err != nil {
		a.logger.Error("embedded store not saved: answers since the last save would be lost", "error", err)
		return
	}
	a.logger.Info("embedded store saved again")
}

// Close saves and ends the embedded store, if it is ours.
func (d *data) Close() error {
	var err error
	if d.Store != nil {
		err = d.Store.Close()
	}
	if d.embedded != nil {
		err = errors.Join(err, d.embedded.Close())
	}
	if d.folder != "" {
		err = errors.Join(err, os.RemoveAll(d.folder))
	}
	return err
}
