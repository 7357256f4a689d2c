package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dangshi/quiz"
)

// Ledger keeps documents under short names: one for each day (2026-11-22), and
// state, reminders. They are truth: a backup holds them.
type Ledger interface {
	// Load reads a document; nil and no version where there is none. Errors:
	// quiz.ErrUnavailable.
	Load(ctx context.Context, name string) (value []byte, version quiz.Version, err error)
	// Save replaces a document that still has the expected version. Errors:
	// quiz.ErrConflict, quiz.ErrUnavailable: nothing was written;
	// quiz.ErrUnknown: it may have been.
	Save(ctx context.Context, name string, value []byte, expected quiz.Version) (quiz.Version, error)
}

// desk is where documents are changed and claimed.
type desk struct {
	ledger  Ledger
	patient bool // waits for a store until its context ends
	wall    func() time.Time
	sleep   func(context.Context, time.Duration) error
	lease   time.Duration
	me      string
}

// rounds bounds how often a change is made again: each conflict means that
// another replica changed the document meanwhile.
const rounds = 20

// away are the pauses before asking a store again that cannot be reached.
var away = [...]time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second}

// amend loads a document, changes it and saves it, all again where another one
// was faster or the outcome of a save is unknown: so change must bear finding
// its own work. An error of change ends it, and nothing is written.
func amend[T any](ctx context.Context, d desk, name string, change func(*T) error) (*T, error) {
	var last error
	pauses := away[:]
	for range rounds {
		var doc *T
		doc, last = amendOnce(ctx, d, name, change)
		switch {
		case last == nil:
			return doc, nil
		case errors.Is(last, quiz.ErrConflict), errors.Is(last, quiz.ErrUnknown):
			continue
		case !errors.Is(last, quiz.ErrUnavailable):
			return doc, last
		case len(pauses) == 0 && !d.patient:
			return doc, last
		case len(pauses) == 0:
			pauses = away[len(away)-1:]
		}
		if err := d.sleep(ctx, pauses[0]); err != nil {
			return doc, errors.Join(last, err)
		}
		pauses = pauses[1:]
	}
	return nil, fmt.Errorf("推送台账 %s 一直被别处改动，请稍后再试：%w", name, last)
}

// amendOnce gives the document as change left it, also where change failed.
func amendOnce[T any](ctx context.Context, d desk, name string, change func(*T) error) (*T, error) {
	doc, version, err := read[T](ctx, d, name)
	if err != nil {
		return nil, err
	}
	if err := change(doc); err != nil {
		return doc, err
	}
	value, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	_, err = d.ledger.Save(ctx, name, value, version)
	return doc, err
}

// read gives a document, the zero value where there is none.
func read[T any](ctx context.Context, d desk, name string) (*T, quiz.Version, error) {
	doc := new(T)
	value, version, err := d.ledger.Load(ctx, name)
	if err != nil {
		return nil, "", fmt.Errorf("reading the push ledger: %w", err)
	}
	if len(value) > 0 {
		if err := json.Unmarshal(value, doc); err != nil {
			return nil, "", fmt.Errorf("推送台账 %s 已损坏，请从备份恢复：%w", name, err)
		}
	}
	return doc, version, nil
}

// Claim says who works on a document, and until when others leave it to them.
// It saves work, nothing depends on it: what must happen once is staged first.
type Claim struct {
	Holder string    `json:"holder,omitempty"`
	Until  time.Time `json:"until,omitzero"` // wall time
}

func (c Claim) equal(o Claim) bool { return c.Holder == o.Holder && c.Until.Equal(o.Until) }

// heldError: another replica is at work.
type heldError struct{ claim Claim }

func (e *heldError) Error() string { return "another replica is working on it" }

// hold takes or renews a claim, unless another one's holds; broken is one that
// was watched for a whole lease without a sign of life.
func (d desk) hold(c *Claim, broken Claim) error {
	now := d.wall()
	if c.Holder != "" && c.Holder != d.me && now.Before(c.Until) && !c.equal(broken) {
		return &heldError{*c}
	}
	*c = Claim{Holder: d.me, Until: now.Add(d.lease)}
	return nil
}

// look is how often a document is looked at that another replica works on.
const look = time.Second

// await tries until nobody else holds the document. A claim ends by the wall
// clock, or, since clocks differ, when it has not changed for a whole lease as
// counted here. While it waits, it waits for a store that is away as well.
func (d desk) await(ctx context.Context, try func(broken Claim) error) error {
	var seen, broken Claim
	var waited, away time.Duration
	for {
		err := try(broken)
		held, ok := errors.AsType[*heldError](err)
		if !ok && errors.Is(err, quiz.ErrUnavailable) && seen.Holder != "" && away < patience {
			if err := d.sleep(ctx, look); err != nil {
				return err
			}
			away += look
			continue
		}
		if !ok {
			return err
		}
		away = 0
		if !held.claim.equal(seen) {
			seen, waited = held.claim, 0
		}
		if waited >= d.lease {
			broken = seen
			continue
		}
		if err := d.sleep(ctx, look); err != nil {
			return err
		}
		waited += look
	}
}
