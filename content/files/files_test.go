package files

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dangshi/content"
)

var update = flag.Bool("update", false, "rewrite the files of what is expected")

// shown is a file as people can check it.
func shown(t *testing.T, f *content.File) string {
	t.Helper()
	var b bytes.Buffer
	for _, e := range f.Questions {
		fmt.Fprintf(&b, "%s 第%d行 ", e.File, e.Row)
		if err := content.WriteQuestions(&b, []content.Question{e.Value}); err != nil {
			t.Fatal(err)
		}
	}
	for _, fault := range f.Faults {
		fmt.Fprintln(&b, "!", fault)
	}
	for _, note := range f.Notes {
		fmt.Fprintln(&b, "#", note)
	}
	return b.String()
}

// TestPrograms: files that other programs have written: LibreOffice, Gnumeric,
// openpyxl and XlsxWriter, a table as a Chinese Excel saves it, a document whose
// numbers LibreOffice makes. -update rewrites what is expected.
func TestPrograms(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, path := range paths {
		if strings.HasSuffix(path, ".want") {
			continue
		}
		tried++
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := ReadQuestions("题库", bytes.NewReader(data)) // the name says nothing
		if err != nil {
			t.Fatal(err)
		}
		got, golden := shown(t, f), path+".want"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s: %v\n got\n%s\nwant\n%s", path, err, got, want)
		}
	}
	if tried < 7 {
		t.Errorf("only %d files", tried)
	}
}
