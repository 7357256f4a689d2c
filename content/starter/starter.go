// Package starter is the content with which an installation begins: a calendar
// of “党史上的今天” for every day of the year, 百问, 小故事 and a question bank,
// each with the source in which its facts were read.
package starter

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"

	"dangshi/content"
)

//go:embed today *.jsonl
var files embed.FS

// itemFiles besides the calendar, and the bank.
var itemFiles = []string{"qa.jsonl", "stories.jsonl"}

const bankFile = "bank.jsonl"

// names are all files of the pack in the order in which they are read.
func names() ([]string, error) {
	calendar, err := fs.Glob(files, "today/*.jsonl")
	if err != nil {
		return nil, fmt.Errorf("list the starter calendar: %w", err)
	}
	return append(append(calendar, itemFiles...), bankFile), nil
}

// Load reads the pack. Its items, and the questions in them, are approved; the
// bank's questions carry their own state. An error means that the program was
// built from a faulty pack; it is content.Faults where a file has faults.
func Load() (items []content.Item, questions []content.Question, err error) {
	all, err := names()
	if err != nil {
		return nil, nil, err
	}
	var faults content.Faults
	for _, name := range all {
		its, qs, err := read(name)
		if found, ok := err.(content.Faults); ok {
			faults = append(faults, found...)
		} else if err != nil {
			return nil, nil, err
		}
		items, questions = append(items, its...), append(questions, qs...)
	}
	faults = append(faults, repeated(items, questions)...)
	if len(faults) > 0 {
		return nil, nil, faults
	}
	return items, questions, nil
}

func read(name string) ([]content.Item, []content.Question, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("open the starter pack: %w", err)
	}
	defer f.Close()
	if name == bankFile {
		questions, err := content.ReadQuestions("starter/"+name, f)
		return nil, questions, err
	}
	items, questions, err := content.ReadItems("starter/"+name, f)
	for i := range items {
		approve(&items[i].State)
	}
	for i := range questions {
		approve(&questions[i].State)
	}
	return items, questions, err
}

// approve: the editors who made the pack approved it; its item files name no state.
func approve(s *content.State) {
	if *s == content.Draft {
		*s = content.Approved
	}
}

// repeated finds ids that stand in two files; a reader sees only its own.
func repeated(items []content.Item, questions []content.Question) (faults content.Faults) {
	seen := map[string]bool{}
	note := func(what, id string) {
		if seen[what+id] {
			faults = append(faults, content.Fault{File: "starter", Field: "id",
				Problem: fmt.Sprintf("%s编号“%s”在两个文件里都用了，请改掉一个", what, id)})
		}
		seen[what+id] = true
	}
	for _, it := range items {
		note("条目", it.ID)
	}
	for _, q := range questions {
		note("题目", q.ID)
	}
	return faults
}

// Version names the pack by its bytes: 12 hexadecimal digits that change when
// any file does.
func Version() string {
	h := sha256.New()
	all, err := names()
	if err != nil {
		return "" // not reachable: the pattern is well formed
	}
	for _, name := range all {
		data, err := files.ReadFile(name)
		if err != nil {
			continue // Load says which file is missing
		}
		fmt.Fprintf(h, "%s %d\n", name, len(data))
		h.Write(data)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}
