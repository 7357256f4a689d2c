package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var counting = regexp.MustCompile(`\bCount\("(\w+)"\)`)

// TestEventsAreThereFromTheStart: whatever the conversation counts has a value before it
// first happens, and is explained.
func TestEventsAreThereFromTheStart(t *testing.T) {
	m, explained := newMetrics(), row(documents(t), "`dangshi_events_total`")
	files, err := filepath.Glob("../../bot/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, call := range counting.FindAllStringSubmatch(document(t, file), -1) {
			found[call[1]] = true
		}
	}
	for event := range found {
		if m.counted[event] == nil || !strings.Contains(explained, "`"+event+"`") {
			t.Errorf("%s appears when it first happens, or is not in the manual", event)
		}
	}
	if len(found) < 6 {
		t.Errorf("only %d events were found", len(found))
	}
}
