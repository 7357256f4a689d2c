package work

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// previewFor is how long what a preview has counted may be shown as what would happen:
// members go on answering.
const previewFor = 10 * time.Minute

// Preview is what a work has found that would happen, with what it was counted under.
type Preview[T any] struct {
	Basis string    `json:"basis"` // tells that from anything else
	Value T         `json:"value"`
	At    time.Time `json:"-"` // wall time at which it was ready
}

// Previewing is the work that makes a preview; basis is what it is counted under, now.
func Previewing[T any](basis func(ctx context.Context) (string, error), count func(ctx context.Context, tell func(done, of int)) (T, error)) Do {
	return func(ctx context.Context, tell func(done, of int)) (any, error) {
		// Before: what changes while this is counted makes it an old one.
		under, err := basis(ctx)
		if err != nil {
			return nil, err
		}
		value, err := count(ctx, tell)
		return Preview[T]{Basis: under, Value: value}, err
	}
}

// ReadPreview is the preview that a work has made.
func ReadPreview[T any](w Work) (p Preview[T], err error) {
	if err := json.Unmarshal(w.Result, &p); err != nil {
		return p, fmt.Errorf("a preview: %w", err)
	}
	p.At = w.Beat
	return p, nil
}

// Bound tells this preview from any other, for a confirmation.
func (p Preview[T]) Bound() string { return p.Basis + " " + p.At.UTC().Format(time.RFC3339Nano) }

// Holds reports whether what a preview showed may still be done: it was counted a moment
// ago, under what holds now.
func (p Preview[T]) Holds(w Work, basis string) bool {
	return p.Basis == basis && w.found.Sub(p.At) <= previewFor
}
