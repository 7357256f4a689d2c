package fakeapi

// NewMemory is the store that a Config without one gets.
func NewMemory() Store { return newMemory() }
