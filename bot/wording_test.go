package bot

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestWordingIsChecked: whoever replaces the wording is told what is wrong, and in
// which line.
func TestWordingIsChecked(t *testing.T) {
	whole := string(defaultWording)
	lineOf := func(text string) string {
		before, _, ok := strings.Cut(whole, text)
		if !ok {
			t.Fatalf("the shipped file has no %q", text)
		}
		return fmt.Sprintf("第%d行：", strings.Count(before, "\n")+1)
	}
	last := fmt.Sprintf("第%d行：", strings.Count(whole, "\n")+1)
	replaced := func(old, with string) string { return strings.Replace(whole, old, with, 1) }
	for name, c := range map[string]struct {
		file string
		says []string
	}{
		"empty":         {"", []string{"文件是空的"}},
		"only comments": {"# nothing\n", []string{"文件是空的"}},
		"a list":        {"- again\n", []string{"第1行：应为“名称: 文字”"}},
		"not UTF-8":     {"again: \xb5\xda\n", []string{"UTF-8"}},
		"not YAML":      {"again: \"x\nright: y", []string{"不是有效的 YAML", "第2行："}},
		"missing":       {replaced("\nagain: ", "\n# again: "), []string{"缺少 again", "这个回答没看懂"}},
		"unknown":       {whole + "more: x\n", []string{last + "没有叫 more 的话"}},
		"twice":         {whole + "again: x\n", []string{last + "again 在" + strings.TrimSuffix(lineOf("again: "), "：") + "已经写过"}},
		"not a text":    {replaced("again: ", "again: [a, b] #"), []string{lineOf("again: ") + "again 应为一段文字"}},
		"no text":       {replaced("again: ", "again: #"), []string{lineOf("again: ") + "again 是空的"}},
		"unknown place": {replaced("{n}", "{nn}"), []string{lineOf("heading: ") + "heading 里不能有 {nn}，可以用的是 {n}、{of}、{type}"}},
		"no such place": {replaced("again: \"", "again: \"{name}"), []string{lineOf("again: ") + "again 里不能有 {name}：这一条没有"}},
		"open brace":    {replaced("{n}", "{n"), []string{lineOf("heading: ") + "heading 里的 { 没有配对的 }"}},
		"too long":      {replaced("自愿参加", strings.Repeat("自愿参加", 40)), []string{"遇到长题放不下", "privacy"}},
		"much too long": {replaced("自愿参加", strings.Repeat("自愿参加", 400)), []string{lineOf("privacy: ") + "privacy 有", "最多 900 字节"}},
		"control":       {replaced("again: \"", "again: \"\\a"), []string{lineOf("again: ") + "again 含有看不见的控制字符"}},
		"all at once":   {replaced("{n}", "{nn}") + "more: x\nmore2: y\n", []string{"{nn}", "more 的话", "more2 的话"}},
	} {
		_, err := ParseWording([]byte(c.file))
		for _, says := range c.says {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v, want %q", name, err, says)
			}
		}
	}
}

// TestWordingIsReplaced: an organisation's file with every sentence changed, and
// with fewer places, is what is said.
func TestWordingIsReplaced(t *testing.T) {
	file := strings.Replace(string(defaultWording), "heading: \"第{n}题（共{of}题）【{type}】\"", "heading: \"问题{n}\"", 1)
	file = "\ufeff" + strings.ReplaceAll(file, "\n", "\r\n") // as Windows' editor writes it
	w, err := ParseWording([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	if got := w.Heading.With("n", "3", "of", "5", "type", "单选"); got != "问题3" {
		t.Error(got)
	}
	if strings.Contains(w.HelpNew.String(), "\r") {
		t.Errorf("%q", w.HelpNew.String())
	}
}

// TestWordingFitsAPhone: sentences are whole and lines short enough to be read.
func TestWordingFitsAPhone(t *testing.T) {
	const longLine = 100 // characters: five or six lines of a phone
	for _, entry := range strings.Split(string(defaultWording), "\n") {
		if n := utf8.RuneCountInString(entry); n > longLine {
			t.Errorf("%d characters in a line: %s", n, entry)
		}
		halfWidth := regexp.MustCompile(`\p{Han}[,;!?()]|[,;!?()]\p{Han}`)
		if !strings.HasPrefix(entry, "#") && halfWidth.MatchString(entry) {
			t.Errorf("half-width punctuation: %s", entry)
		}
	}
}

// TestNothingIsSaidBesidesTheWording: no Chinese stands in the program's text but
// in words that are understood, and in faults of settings and files.
func TestNothingIsSaidBesidesTheWording(t *testing.T) {
	understood := map[string]bool{ // words of members, names and faults of settings
		"command.go": true, "wish.go": true, "bind.go": true, "branch.go": true, "remind.go": true, "menu.go": true,
		"wordingfile.go": true, "phrase.go": true, "settle.go": true, "erase.go": true, "data.go": true, "otherwise.go": true,
	}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	literal := regexp.MustCompile("\"[^\"\n]*\"|`[^`]*`")
	for _, name := range files {
		if understood[name] || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(text), "\n") {
			code, _, _ := strings.Cut(line, "//")
			for _, s := range literal.FindAllString(code, -1) {
				if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
					t.Errorf("%s:%d: %s", name, n+1, s)
				}
			}
		}
	}
}

// FuzzWording: any file is taken or refused, never a panic.
func FuzzWording(f *testing.F) {
	f.Add(defaultWording)
	f.Add([]byte("welcome: {a: [b]}"))
	f.Add([]byte("again: &a x\nright: *a"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if w, err := ParseWording(file); err == nil {
			_ = w.Heading.With("n", "1")
		}
	})
}
