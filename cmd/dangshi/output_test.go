package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dangshi/content/workbook"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

func TestWriteOutput(t *testing.T) {
	t.Chdir(t.TempDir())
	hello := func(w io.Writer) error { _, err := io.WriteString(w, "hello"); return err }
	write(t, "real.csv", "old")
	if err := os.Symlink("real.csv", "link.csv"); err != nil {
		t.Fatal(err)
	}
	if err := writeOutput("link.csv", nil, hello); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile("real.csv"); string(text) != "hello" {
		t.Errorf("through a link: %q", text)
	}
	if info, err := os.Lstat("link.csv"); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
	broken := func(w io.Writer) error { _, _ = io.WriteString(w, "half"); return io.ErrUnexpectedEOF }
	if err := writeOutput("real.csv", nil, broken); err == nil {
		t.Error("a failed export is called done")
	}
	if text, _ := os.ReadFile("real.csv"); string(text) != "hello" {
		t.Errorf("a failed export left %q", text)
	}
	if err := os.Mkdir("dir.csv", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeOutput("dir.csv", nil, hello); report(io.Discard, err) != exitUsage {
		t.Errorf("onto a folder: %v", err)
	}
	if left, _ := filepath.Glob(".dangshi-*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := exec.LookPath("mkfifo"); err != nil {
		return
	}
	if err := exec.Command("mkfifo", "pipe").Run(); err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() { text, _ := os.ReadFile("pipe"); read <- string(text) }()
	if err := writeOutput("pipe", nil, hello); err != nil || <-read != "hello" {
		t.Errorf("into a pipe: %v", err)
	}
	if info, err := os.Stat("pipe"); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Error("the pipe was replaced by a file")
	}
}

// TestSecondServe: one folder has one serve.
func TestSecondServe(t *testing.T) {
	s := defaults()
	s.Data = t.TempDir()
	start(t, s)
	code, _, errs := run(t, "serve", "--data", s.Data, "--addr", "127.0.0.1:0")
	if code != exitFailed || !strings.Contains(errs, s.Data) {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// TestExportOfAnEarlierSeason: what was right in that season stays known.
func TestExportOfAnEarlierSeason(t *testing.T) {
	storetest.InTurn(t)
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	answerAll(t, r.client(), "oYear")
	season, _ := quiz.Seasons(nil).At(quiz.DayOf(r.bot.Now()))
	_, before, _ := run(t, "board", "export", "--season", season.ID, "--format", "csv", "--with-openid", "--redis-url", s.RedisURL)
	days := int(season.To-quiz.DayOf(r.bot.Now())) + 2
	for range days {
		advance(t, r, "24h")
	}
	answerAll(t, r.client(), "oYear")
	_, after, errs := run(t, "board", "export", "--season", season.ID, "--format", "csv", "--with-openid", "--redis-url", s.RedisURL)
	if before != after || !strings.Contains(after, "oYear") {
		t.Errorf("before:\n%s\nafter:\n%s%s", before, after, errs)
	}
	// Without --season it is the season of the sandbox's clock.
	_, now, _ := run(t, "board", "export", "--format", "csv", "--with-openid", "--redis-url", s.RedisURL)
	if !strings.Contains(now, "oYear") || now == after {
		t.Errorf("now:\n%s", now)
	}
}

// A workbook is not poured over a terminal; text is.
func TestNoWorkbookOnATerminal(t *testing.T) {
	var screen bytes.Buffer
	terminal := readable{&screen}
	if err := workbook.WriteTemplate(terminal); report(io.Discard, err) != exitUsage || screen.Len() > 0 {
		t.Errorf("%v, and %d bytes were shown", err, screen.Len())
	}
	if _, err := io.WriteString(terminal, "名次,编号\n"); err != nil || screen.String() != "名次,编号\n" {
		t.Errorf("%v, %q", err, screen.String())
	}
}
