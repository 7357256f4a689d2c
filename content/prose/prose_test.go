package prose

import (
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
func shown(f *content.File) string {
	var b strings.Builder
	for _, e := range f.Questions {
		q := e.Value
		key := q.Answer.Letters.String()
		if q.Type == content.Blank {
			key = strings.Join(q.Answer.Accept, " | ")
		} else if q.Type == content.Judge {
			key = map[string]string{"A": "对", "B": "错"}[key]
		}
		fmt.Fprintf(&b, "%d %s %s", e.Row, q.Type.Word(), q.Stem)
		for i, option := range q.Options {
			fmt.Fprintf(&b, " [%c %s]", 'A'+i, option)
		}
		fmt.Fprintf(&b, " → %s", key)
		for _, more := range []string{q.Explain, q.Category, q.Source} {
			if more != "" {
				fmt.Fprintf(&b, " ※%s", more)
			}
		}
		if q.Difficulty > 0 {
			fmt.Fprintf(&b, " ※难度%d", q.Difficulty)
		}
		b.WriteByte('\n')
	}
	for _, fault := range f.Faults {
		fmt.Fprintln(&b, "!", fault)
	}
	for _, note := range f.Notes {
		fmt.Fprintln(&b, "#", note)
	}
	return b.String()
}

// TestShapes: the shapes in which banks circulate. -update rewrites what is
// expected: read the difference.
func TestShapes(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d shapes, %v", len(files), err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, ok := Read("题库.txt", Lines(string(text)))
		if !ok {
			t.Errorf("%s is not taken for a bank", path)
		}
		got, golden := shown(f), strings.TrimSuffix(path, ".txt")+".want"
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
}
