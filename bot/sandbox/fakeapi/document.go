package fakeapi

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"dangshi/quiz"
)

// attempts bounds how often a change is made again because another replica was faster.
const attempts = 40

// stampsKept is how many writers a document remembers: one whose write has an unknown outcome
// finds out whether it happened unless as many others wrote meanwhile.
const stampsKept = 16

// documents are the store's, as JSON, changed by compare-and-set.
type documents struct {
	store Store
	turn  chan struct{} // holds one value while this process changes a document: only replicas compete
}

// envelope is what is stored.
type envelope struct {
	Stamps []string        `json:"stamps"` // of the last writers, oldest first
	Value  json.RawMessage `json:"value"`
}

// errUnchanged ends a change without writing.
var errUnchanged = errors.New("fakeapi: the document stays as it is")

// change makes one change of a document: do gets it as it is, its zero value where it is absent.
// It may be called more than once, each time with what is stored, and must have no other
// effect. Where it returns an error, nothing is written; errUnchanged counts as success.
func change[T any](ctx context.Context, d *documents, name string, do func(*T) error) error {
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-d.turn }()
	stamp := hex.EncodeToString(random(8))
	for attempt := range attempts {
		if attempt > 0 {
			if err := pause(ctx, attempt); err != nil {
				return err
			}
		}
		old, version, value, err := loadDocument[T](ctx, d, name)
		if err != nil {
			return err
		}
		if slices.Contains(old.Stamps, stamp) {
			return nil // the write with the unknown outcome did happen
		}
		if err := do(value); errors.Is(err, errUnchanged) {
			return nil
		} else if err != nil {
			return err
		}
		_, err = d.save(ctx, name, stamp, old.Stamps, value, version)
		if err == nil {
			return nil
		}
		if !errors.Is(err, quiz.ErrConflict) && !errors.Is(err, quiz.ErrUnknown) {
			return err
		}
	}
	return fmt.Errorf("fakeapi: %s: %w", name, quiz.ErrConflict)
}

// read is the document as it is now, its zero value where it is absent.
func read[T any](ctx context.Context, d *documents, name string) (*T, error) {
	_, _, value, err := loadDocument[T](ctx, d, name)
	return value, err
}

func loadDocument[T any](ctx context.Context, d *documents, name string) (e envelope, version quiz.Version, value *T, err error) {
	value = new(T)
	raw, version, err := d.store.Load(ctx, name)
	if err != nil || len(raw) == 0 {
		return e, version, value, err
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return e, version, nil, fmt.Errorf("fakeapi: document %s: %w", name, err)
	}
	if err := json.Unmarshal(e.Value, value); err != nil {
		return e, version, nil, fmt.Errorf("fakeapi: document %s: %w", name, err)
	}
	return e, version, value, nil
}

func (d *documents) save(ctx context.Context, name, stamp string, stamps []string, value any, version quiz.Version) (quiz.Version, error) {
	stamps = append(slices.Clone(stamps), stamp)
	stamps = stamps[max(0, len(stamps)-stampsKept):]
	raw, err := json.Marshal(envelope{Stamps: stamps, Value: encode(value)})
	if err != nil {
		return "", err
	}
	return d.store.Save(ctx, name, raw, version)
}

// pause waits a little, longer each time, so that replicas do not meet again.
func pause(ctx context.Context, attempt int) error {
	wait := time.Duration(rand.Int64N(int64(min(attempt, 10)) * int64(2*time.Millisecond)))
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
