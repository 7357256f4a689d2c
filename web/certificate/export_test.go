package certificate

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/web/drawing"
)

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestExport(t *testing.T) {
	m := newMaker(t, someConfig())
	m.print = 30
	dir := filepath.Join(t.TempDir(), "new", "folder")
	awards := []quiz.Award{
		someAward(1, "张三"), someAward(2, ""), someAward(3, "王\U0002CEB0"), someAward(4, "../买买提·江"), someAward(5, "李四"),
	}
	awards[1].Erased = true
	awards[4].Honour.Revoked = &quiz.Revocation{Reason: "代答"}
	var progress []int
	o := ExportOptions{
		Dir: dir, PDF: filepath.Join(t.TempDir(), "all.pdf"), Title: "证书", Made: time.Unix(1_800_000_000, 0),
		Progress: func(done, total int) { progress = append(progress, done, total) },
	}
	r, err := m.Export(context.Background(), awards, o)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"2026-001-张三.png", "2026-004-买买提·江.png"}
	if got := names(t, dir); !slices.Equal(got, want) || !slices.Equal(r.Pictures, want) {
		t.Errorf("%q, told %q, want %q", got, r.Pictures, want)
	}
	if got := []int{1, 5, 2, 5, 3, 5, 4, 5, 5, 5}; !slices.Equal(progress, got) {
		t.Errorf("progress %v", progress)
	}
	var missing drawing.MissingError
	if len(r.Skipped) != 3 || r.Skipped[0].Why != ErrErased || !errors.As(r.Skipped[1].Why, &missing) || r.Skipped[2].Why != ErrRevoked {
		t.Errorf("skipped: %v", r.Skipped)
	}
	data, err := os.ReadFile(filepath.Join(dir, want[1]))
	if err != nil {
		t.Fatal(err)
	}
	decodePNG(t, data)
	text, err := os.ReadFile(o.PDF)
	if err != nil {
		t.Fatal(err)
	}
	checkPDF(t, text, layout(t, m, awards[0]).Sheet, layout(t, m, awards[3]).Sheet)
}

// checkPDF reads a PDF's pages: each fills exactly the paths of its sheet, over
// the frame.
func checkPDF(t *testing.T, data []byte, pages ...drawing.Sheet) {
	t.Helper()
	if n := bytes.Count(data, []byte("/Type /Page\n")); n != len(pages) {
		t.Errorf("%d pages, want %d", n, len(pages))
	}
	if !bytes.Contains(data, []byte("/MediaBox [0 0 841.89 595.28]")) {
		t.Error("a page is not A4 landscape")
	}
	want := []int{len(frame())}
	for _, s := range pages {
		want = append(want, len(s))
	}
	var got []int
	for _, part := range bytes.Split(data, []byte("stream\n"))[1:] {
		z, err := zlib.NewReader(bytes.NewReader(part))
		if err != nil {
			continue // the end of a stream
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, len(fills.FindAll(text, -1)))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the streams fill %v paths, want %v", got, want)
	}
}

var fills = regexp.MustCompile(`(?m)^f$`)

func TestExportStoppedHalfwayChangesNothing(t *testing.T) {
	m := newMaker(t, someConfig())
	m.print = 30
	dir := t.TempDir()
	pdf := filepath.Join(dir, "all.pdf")
	old := filepath.Join(dir, "2026-001-张三.png")
	for _, path := range []string{pdf, old} {
		if err := os.WriteFile(path, []byte("earlier"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	o := ExportOptions{Dir: dir, PDF: pdf, Progress: func(done, _ int) {
		if done == 2 {
			cancel()
		}
	}}
	_, err := m.Export(ctx, []quiz.Award{someAward(1, "张三"), someAward(2, "李四"), someAward(3, "王五")}, o)
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got := strings.Join(names(t, dir), " "); got != "2026-001-张三.png all.pdf" {
		t.Errorf("there is %s", got)
	}
	for _, path := range []string{pdf, old} {
		if text, err := os.ReadFile(path); err != nil || string(text) != "earlier" {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
	if _, err := m.Export(context.Background(), []quiz.Award{someAward(1, "")}, ExportOptions{Dir: dir, PDF: pdf}); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(pdf); string(text) != "earlier" {
		t.Error("an empty PDF replaced one")
	}
}
