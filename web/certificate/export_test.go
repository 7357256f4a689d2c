package certificate

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
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
	want := []string{"2026-001-张三-7KQ2M9XW4T3HBZ0V.png", "2026-004-买买提·江-7KQ2M9XW4T3HBZ0V.png"}
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
	checkArchive(t, m, awards, dir, r)
}

// checkArchive compares the one file with those that were written apart.
func checkArchive(t *testing.T, m *Maker, awards []quiz.Award, dir string, apart Report) {
	t.Helper()
	var b bytes.Buffer
	r, err := m.WriteZIP(t.Context(), &b, awards, nil)
	if err != nil || !reflect.DeepEqual(r, apart) {
		t.Fatalf("%+v, %v, want %+v", r, err, apart)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range z.File {
		got = append(got, f.Name)
		data, err := fs.ReadFile(z, f.Name)
		if err != nil || !f.Modified.Equal(time.Unix(awards[0].Closed, 0)) {
			t.Fatalf("%s of %v: %v", f.Name, f.Modified, err)
		}
		if strings.HasSuffix(f.Name, ".png") {
			if one, err := os.ReadFile(filepath.Join(dir, f.Name)); err != nil || !bytes.Equal(one, data) {
				t.Errorf("%s is another picture: %v", f.Name, err)
			}
		} else if want := "第2名 （没有姓名）：已注销，姓名和支部已按本人意愿删除\r\n"; !strings.Contains(string(data), want) || strings.Count(string(data), "\r\n") != 5 {
			t.Errorf("%s says %q", f.Name, data)
		}
	}
	if want := append(slices.Clone(apart.Pictures), "2026-没有证书的.txt"); !slices.Equal(got, want) {
		t.Errorf("the archive has %q, want %q", got, want)
	}
	b.Reset()
	if _, err := m.WriteZIP(t.Context(), &b, awards[1:2], nil); !errors.Is(err, ErrNone) || b.Len() > 0 {
		t.Errorf("of nobody: %d bytes, %v", b.Len(), err)
	}
	if _, err := m.WritePDF(t.Context(), &b, "证书", time.Unix(1, 0), awards[1:2]); !errors.Is(err, ErrNone) || b.Len() > 0 {
		t.Errorf("a PDF of nobody: %d bytes, %v", b.Len(), err)
	}
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
	old := filepath.Join(dir, "2026-001-张三-7KQ2M9XW4T3HBZ0V.png")
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
	if got := strings.Join(names(t, dir), " "); got != "2026-001-张三-7KQ2M9XW4T3HBZ0V.png all.pdf" {
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
