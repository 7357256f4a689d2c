package fakeapi

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"sync"

	"dangshi/quiz"
)

// memory is the store of one process that keeps nothing.
type memory struct {
	mu       sync.Mutex
	values   map[string][]byte
	versions map[string]int
	lists    map[string][][]byte
}

func newMemory() *memory {
	return &memory{values: map[string][]byte{}, versions: map[string]int{}, lists: map[string][][]byte{}}
}

func (m *memory) version(name string) quiz.Version {
	if m.versions[name] == 0 {
		return ""
	}
	return quiz.Version(strconv.Itoa(m.versions[name]))
}

// Load implements Store.
func (m *memory) Load(_ context.Context, name string) ([]byte, quiz.Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return bytes.Clone(m.values[name]), m.version(name), nil
}

// Save implements Store.
func (m *memory) Save(_ context.Context, name string, value []byte, expected quiz.Version) (quiz.Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.version(name) != expected {
		return "", quiz.ErrConflict
	}
	m.values[name] = bytes.Clone(value)
	m.versions[name]++
	return m.version(name), nil
}

// Append implements Store.
func (m *memory) Append(_ context.Context, list string, value []byte, keep int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := append(m.lists[list], bytes.Clone(value))
	m.lists[list] = all[max(0, len(all)-keep):]
	return nil
}

// List implements Store.
func (m *memory) List(_ context.Context, list string) ([][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.lists[list]), nil
}
