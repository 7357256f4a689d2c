package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProgram: whatever is linked into the program may be passed on with it.
// Where this fails, a module came in whose licence must be read by a person.
func TestProgram(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if err := run(&out, "dangshi/cmd/dangshi", dir); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"std \t BSD", "github.com/redis/go-redis/v9 ", "github.com/prometheus/client_golang "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the list lacks %q:\n%s", want, &out)
		}
	}
	for _, file := range []string{"std/LICENSE", "github.com/prometheus/client_golang/NOTICE", "github.com/alecthomas/kong/COPYING"} {
		if text, err := os.ReadFile(filepath.Join(dir, file)); err != nil || len(text) == 0 {
			t.Errorf("the text of %s: %d bytes, %v", file, len(text), err)
		}
	}
}

// TestCopyleft: the refusal is tried on a module that tests and a generator use
// and that must not get into the program.
func TestCopyleft(t *testing.T) {
	var out bytes.Buffer
	err := run(&out, "github.com/liuzl/cedar-go", "")
	if err == nil || !strings.Contains(err.Error(), "cedar-go") || !strings.Contains(err.Error(), "GPL") {
		t.Errorf("a module under the GPL: %v\n%s", err, &out)
	}
}

func TestIdentify(t *testing.T) {
	for _, c := range []struct{ text, names, fault string }{
		{"Apache License\n   Version 2.0, January 2004", "Apache-2.0", ""},
		{"MIT. Permission is hereby granted,\nfree of charge, to any person obtaining a copy", "MIT", ""},
		{"GNU GENERAL PUBLIC LICENSE\nVersion 2", "", "GPL"},
		{"GNU AFFERO GENERAL PUBLIC LICENSE", "", "AGPL"},
		{"Mozilla Public License Version 2.0 … the GNU General Public License", "MPL-2.0", ""},
		{"All rights reserved.", "", "not known"},
		{"", "", "not known"},
	} {
		names, err := identify([]byte(c.text))
		if got := strings.Join(names, " "); got != c.names || (err == nil) != (c.fault == "") {
			t.Errorf("%q is %q, %v, want %q", c.text, got, err, c.names)
		}
		if err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%q: %v, want %s", c.text, err, c.fault)
		}
	}
}

// TestOurs: our own licence is the one that the others are compared with.
func TestOurs(t *testing.T) {
	text, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	names, err := identify(text)
	if err != nil || strings.Join(names, " ") != "Apache-2.0" {
		t.Errorf("LICENSE is %v, %v", names, err)
	}
	if !bytes.Contains(text, []byte("dangshi contributors")) {
		t.Error("LICENSE names nobody")
	}
}
