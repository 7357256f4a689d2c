package content

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// derivedID names a question by what it asks, so that the same row has the same
// id in every file.
func (q Question) derivedID() string { return "q-" + short(string(q.Type)+"\n"+q.Fingerprint()) }

// WithID gives a question that has no id one by what it asks.
func (q Question) WithID() Question {
	if q.ID == "" {
		q.ID = q.derivedID()
	}
	return q
}

// Fingerprint is the same for two questions that ask the same: their stems are
// equal after Normalise and so are their options, in whatever order.
func (q Question) Fingerprint() string {
	parts := make([]string, 0, 1+len(q.Options))
	for _, option := range q.Options {
		parts = append(parts, sameText(option))
	}
	slices.Sort(parts)
	return short(strings.Join(append(parts, sameText(q.Stem)), "\n"))
}

// sameText is Normalise; a text of nothing but signs is compared as it is.
func sameText(s string) string {
	if same := Normalise(s); same != "" {
		return same
	}
	return strings.TrimSpace(s)
}

func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
