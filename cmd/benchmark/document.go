package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// document is where the last figures stand.
const document = "BENCHMARKS.md"

// rewrite replaces what stands in the document between the two marks of a name.
func rewrite(path, name, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := fmt.Sprintf("<!-- %s -->\n", name), fmt.Sprintf("<!-- /%s -->", name)
	before, rest, ok := strings.Cut(string(old), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return errors.New(path + ": there is no part between the marks of " + name)
	}
	return os.WriteFile(path, []byte(before+begin+text+end+after), 0o644)
}

// stamp says when and on what figures were taken: the kind of machine, nothing by
// which it could be told from others of that kind.
func stamp(now time.Time) string {
	return fmt.Sprintf("%s，%d 核（%s），%s，Redis 和压测程序在同一台机器上。\n\n", now.Format(time.DateOnly), runtime.NumCPU(), processor(), runtime.Version())
}

// processor is the maker's name of the processor, without its number.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.SplitSeq(string(info), "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			words := strings.Fields(value)
			return strings.Join(words[:min(2, len(words))], " ")
		}
	}
	return runtime.GOARCH
}

// table is one in Markdown; its first column is text, the others are figures.
func table(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(head)
	rule := []string{"---"}
	for range head[1:] {
		rule = append(rule, "---:")
	}
	line(rule)
	for _, row := range rows {
		line(row)
	}
	return b.String()
}
