package main

import (
	"slices"
	"sync"
)

// damages are entries of the library that cannot be read; a reading that is given up
// may still tell of some.
type damages struct {
	mu      sync.Mutex
	entries []string
}

// add is of store.Options.
func (d *damages) add(entry string, _ error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = append(d.entries, entry)
}

// all are sorted, each once, however often it was read.
func (d *damages) all() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	slices.Sort(d.entries)
	return slices.Compact(slices.Clone(d.entries))
}
