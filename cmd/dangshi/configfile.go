package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"
	"gopkg.in/yaml.v3"
)

// configFile resolves flags from dangshi.yaml. Its keys are the names of flags,
// with - or _, and those of fileSettings. Environment variables come before it.
type configFile struct {
	values map[string]string
	more   fileSettings
}

// configPath finds the settings file before the flags are parsed, since it
// decides what their values are.
func configPath(args []string) (path string, chosen bool) {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--config="); ok {
			return v, true
		}
		if a == "--config" && i+1 < len(args) {
			return args[i+1], true
		}
	}
	if v := os.Getenv("DANGSHI_CONFIG"); v != "" {
		return v, true
	}
	return "dangshi.yaml", false
}

// load reads the file; one that was not asked for by name may be missing.
func (f *configFile) load(path string, chosen bool, model *kong.Application) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && !chosen {
		return nil
	}
	if err != nil {
		return fmt.Errorf("读不到设置文件：%w", err)
	}
	if err := f.parse(data, flagNames(model.Node)); err != nil {
		return fmt.Errorf("设置文件 %s：%w", path, err)
	}
	return nil
}

// parse reads the settings; the error names the line of everything wrong.
func (f *configFile) parse(data []byte, flags []string) error {
	if !utf8.Valid(data) {
		return errors.New("不是 UTF-8 编码，请另存为 UTF-8")
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return err
	}
	if len(doc.Content) == 0 {
		return nil // empty, or nothing but comments
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return fmt.Errorf("第%d行：应为“名称: 值”", root.Line)
	}
	f.values = make(map[string]string)
	fields := f.more.fields()
	seen := make(map[string]bool)
	var errs []error
	fault := func(n *yaml.Node, format string, args ...any) {
		errs = append(errs, fmt.Errorf("第%d行：%w", n.Line, fmt.Errorf(format, args...)))
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		name := strings.ReplaceAll(key.Value, "_", "-")
		if seen[name] {
			fault(key, "%s 写了两次", key.Value)
		}
		seen[name] = true
		to, structured := fields[name]
		switch {
		case structured:
			if err := decodeStrictly(value, to); err != nil {
				fault(value, "%s：%w", name, err)
			}
		case !slices.Contains(flags, name):
			fault(key, "没有叫 %s 的设置", key.Value)
		case value.Kind != yaml.ScalarNode:
			fault(value, "%s 应为一个值", key.Value)
		default:
			f.values[name] = value.Value
		}
	}
	return errors.Join(errs...)
}

// decodeStrictly refuses fields that it does not know. Its errors name the lines
// of the file.
func decodeStrictly(n *yaml.Node, to any) error {
	if err := n.Decode(to); err != nil {
		return err
	}
	text, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	err = dec.Decode(to)
	wrong, ok := errors.AsType[*yaml.TypeError](err)
	if !ok {
		return err
	}
	var errs []error
	for _, e := range wrong.Errors {
		found := unknownField.FindStringSubmatch(e)
		if found == nil {
			return err
		}
		line, ok := keyLine(n, found[1])
		if !ok {
			line = n.Line
		}
		errs = append(errs, fmt.Errorf("第%d行：没有叫 %s 的设置", line, found[1]))
	}
	return errors.Join(errs...)
}

// unknownField is how yaml says that a mapping has a key too many. Its own line is
// that of the text that was made of the node.
var unknownField = regexp.MustCompile(`field (.+) not found in type`)

// keyLine finds the line of a key somewhere in a node.
func keyLine(n *yaml.Node, key string) (line int, ok bool) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && c.Value == key {
			return c.Line, true
		}
		if line, ok = keyLine(c, key); ok {
			return line, true
		}
	}
	return 0, false
}

// flagNames are the names of all flags of all commands.
func flagNames(n *kong.Node) []string {
	var names []string
	for _, f := range n.Flags {
		if f.Name != "help" && f.Name != "config" {
			names = append(names, f.Name)
		}
	}
	for _, c := range n.Children {
		names = append(names, flagNames(c)...)
	}
	return names
}

// Validate is part of kong.Resolver.
func (f *configFile) Validate(*kong.Application) error { return nil }

// Resolve gives the file's value of a flag, unless the environment has one.
func (f *configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	v, ok := f.values[flag.Name]
	if !ok {
		return nil, nil
	}
	for _, env := range flag.Envs {
		if _, set := os.LookupEnv(env); set {
			return nil, nil
		}
	}
	return v, nil
}
