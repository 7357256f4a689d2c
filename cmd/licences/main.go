// Command licences lists the licences of everything that is linked into the
// program, and writes their texts, which whoever passes a binary on must pass on
// with it. It fails where a licence is unknown or does not go with ours.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	pkg := flag.String("of", "dangshi/cmd/dangshi", "the program's `package`")
	dir := flag.String("o", "", "the `folder` to write the texts to")
	flag.Parse()
	if err := run(os.Stdout, *pkg, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, pkg, dir string) error {
	modules, err := linked(pkg)
	if err != nil {
		return err
	}
	var errs []error
	for _, m := range modules {
		names, texts, err := m.licences()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		fmt.Fprintln(out, strings.TrimSpace(m.Path+" "+m.Version), "\t", strings.Join(names, ", "))
		if dir != "" {
			errs = append(errs, save(filepath.Join(dir, filepath.FromSlash(m.Path)), texts))
		}
	}
	return errors.Join(errs...)
}

// module is one whose code is in the program; Path "std" is Go itself.
type module struct{ Path, Version, Dir string }

// linked are the modules that the package needs to be built, by path, without
// those of tests and generators.
func linked(pkg string) ([]module, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	all := []module{{Path: "std", Dir: strings.TrimSpace(string(root))}}
	cmd := exec.Command("go", "list", "-deps", "-json=Module", pkg)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	for dec := json.NewDecoder(bytes.NewReader(text)); ; {
		var p struct {
			Module *struct {
				module
				Main    bool
				Replace *module
			}
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		switch m := p.Module; {
		case m == nil || m.Main: // Go itself, or this module
		case m.Replace != nil:
			all = append(all, *m.Replace)
		default:
			all = append(all, m.module)
		}
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return slices.Compact(all), nil
}

// legal are the names of files that hold a licence or must go with one.
var legal = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|copyright)([.-].*)?$`)

// licences are the names of a module's licences and the texts by file name.
func (m module) licences() (names []string, texts map[string][]byte, err error) {
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", m.Path, err)
	}
	texts = make(map[string][]byte)
	for _, e := range entries {
		if e.IsDir() || !legal.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.Dir, e.Name()))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", m.Path, err)
		}
		texts[e.Name()] = text
		if strings.EqualFold(e.Name()[:min(6, len(e.Name()))], "notice") {
			continue // it goes with a licence and is none
		}
		found, err := identify(text)
		if err != nil {
			return nil, nil, fmt.Errorf("%s %s: %s: %w", m.Path, m.Version, e.Name(), err)
		}
		names = append(names, found...)
	}
	if len(names) == 0 {
		return nil, nil, fmt.Errorf("%s %s: no licence found in %s", m.Path, m.Version, m.Dir)
	}
	slices.Sort(names)
	return slices.Compact(names), texts, nil
}

// phrases stand in the text of a licence and in no other's. Those above the
// line go with Apache-2.0; of the others no code may be linked.
var phrases = []struct{ name, phrase string }{
	{"Apache-2.0", "apache license version 2.0"},
	{"Apache-2.0", "licensed under the apache license, version 2.0"},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"BSD", "redistribution and use in source and binary forms, with or without modification, are permitted"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose"},
	{"ISC", "permission to use, copy, modify, and distribute this software for any purpose"},
	{"Unlicense", "this is free and unencumbered software released into the public domain"},
	{"MPL-2.0", "mozilla public license version 2.0"},
	{"MulanPSL-2.0", "mulan permissive software license"},
	{"", ""},
	{"GPL", "gnu general public license"},
	{"AGPL", "gnu affero general public license"},
	{"LGPL", "gnu lesser general public license"},
	{"SSPL", "server side public license"},
	{"BUSL", "business source license"},
}

// identify names the licences in a text, or says why it can't be used. The text
// of MPL-2.0 names the GNU licences as those that it may be combined with.
func identify(text []byte) (names []string, err error) {
	plain := strings.ToLower(strings.Join(strings.Fields(string(text)), " "))
	fits := true
	for _, p := range phrases {
		switch {
		case p.name == "":
			fits = false
		case !strings.Contains(plain, p.phrase) || slices.Contains(names, p.name):
		case fits:
			names = append(names, p.name)
		case !slices.Contains(names, "MPL-2.0"):
			return nil, fmt.Errorf("%s does not go with Apache-2.0", p.name)
		}
	}
	if len(names) == 0 {
		return nil, errors.New("this licence is not known here")
	}
	return names, nil
}

// save writes one module's texts into a folder of their own.
func save(dir string, texts map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), text, fs.FileMode(0o644)); err != nil {
			return err
		}
	}
	return nil
}
