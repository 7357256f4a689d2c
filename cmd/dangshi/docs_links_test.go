package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestLinksOfTheManual: what the documents point to is there.
func TestLinksOfTheManual(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, path := range append([]string{"../../CONTRIBUTING.md", "../../CHANGELOG.md"}, manual...) {
		for _, m := range link.FindAllStringSubmatch(document(t, path), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s points to %s: %v", path, m[1], err)
			}
		}
	}
}
