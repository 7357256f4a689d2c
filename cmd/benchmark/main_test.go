package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dangshi/store/storetest"
)

// TestMain is also the child process that main would be.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "bare" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A run of the smallest size writes tables and a picture that hold its figures.
func TestBenchmarkRuns(t *testing.T) {
	storetest.Require(t, "redis-server")
	root := t.TempDir()
	text, err := os.ReadFile(filepath.Join("..", "..", document))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, document), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "docs"), 0o700); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	o := options{members: 8, connections: 2, crowd: 16, rounds: 2, rate: 60, seconds: 1, times: 5, most: 1000, write: true, root: root, out: &out}
	for _, what := range []string{"", "growth", "burst"} {
		if err := run(t.Context(), what, o); err != nil {
			t.Fatalf("%q: %v\n%s", what, err, out.String())
		}
	}
	written, err := os.ReadFile(filepath.Join(root, document))
	if err != nil {
		t.Fatal(err)
	}
	figure := `\| *\d[\d.]* `
	for _, row := range []string{
		`\| 最小程序 ` + strings.Repeat(figure, 6), `\| 完整过程 ` + strings.Repeat(figure, 6),
		`每秒 60 条消息，共 1 秒`, `\| 1,000 ` + strings.Repeat(figure, 5),
		`\| 高峰 \| 600 \| \d`, `\| 之后 \| 60 \| 100.0% \| 0.0% \| 0.0% ` + strings.Repeat(figure, 3),
	} {
		if !regexp.MustCompile(row).Match(written) {
			t.Errorf("%s holds no %s:\n%s", document, row, written)
		}
	}
	picture, err := os.ReadFile(filepath.Join(root, "docs", "growth.svg"))
	if err != nil || bytes.Count(picture, []byte("<polyline")) != len(operations) {
		t.Errorf("the picture: %v\n%s", err, picture)
	}
	if err := run(t.Context(), "nothing", o); err == nil {
		t.Error("an unknown word is not refused")
	}
}

// Each part names a benchmark that is there.
func TestPartsAreThere(t *testing.T) {
	for _, p := range parts {
		name, _, _ := strings.Cut(p.benchmark, "/")
		files, err := filepath.Glob(filepath.Join("..", "..", p.room, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = found || bytes.Contains(text, []byte("func "+name+"(b *testing.B)"))
		}
		if !found {
			t.Errorf("%s: there is no %s in %s", p.label, name, p.room)
		}
	}
	const printed = "BenchmarkCommit/redis-2   \t  17744\t     70403 ns/op\t    2501 B/op\t      41 allocs/op\n"
	if c, ok := readCost(printed); !ok || c != (cost{"70403", "2501", "41"}) {
		t.Errorf("read %+v, %v", c, ok)
	}
}

// TestTripsTable: what BenchmarkTrips prints is read and compared round by round.
func TestTripsTable(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "store", "trips_bench_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{tripMedian, tripSlow, tripProcessor, tripCompany} {
		if !bytes.Contains(text, []byte(`"`+unit+`"`)) {
			t.Errorf("BenchmarkTrips reports no %s", unit)
		}
	}
	all := map[trip][]tripFigures{}
	for round, lanes := range []int{25000, 50000, 40000} {
		var printed strings.Builder
		for _, members := range atATime {
			for _, w := range ways {
				ns := 50000
				if w.name == "lanes" {
					ns = lanes
				}
				fmt.Fprintf(&printed, "BenchmarkTrips/%s/%d-2 \t 2238 \t %d ns/op \t 15.3 cpu-µs/op \t 0.99 ops/trip \t 46.0 p50-µs \t 430 p99-µs\n", w.name, members, ns)
			}
		}
		for of, f := range readTrips(printed.String()) {
			all[of] = append(all[of], f)
		}
		if len(all) != len(atATime)*len(ways) {
			t.Fatalf("round %d: read %v of\n%s", round, all, printed.String())
		}
	}
	got := tripsTable(all)
	for _, row := range []string{
		"| 8 个同时，go-redis 的 AutoPipeline | 20000 | 1.00 | 0.05 | 0.43 | 15 | 1.0 |",
		"| 64 个同时，本程序的做法（`store/lane.go`） | 25000 | 1.25 | 0.05 | 0.43 | 15 | 1.0 |",
	} {
		if !strings.Contains(got, row) {
			t.Errorf("there is no %s in\n%s", row, got)
		}
	}
}

// Only what stands between the marks is replaced.
func TestRewrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), document)
	if err := os.WriteFile(file, []byte("a\n<!-- x -->\nold\n<!-- /x -->\nb <!-- y -->\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := rewrite(file, "x", "new\n"); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "a\n<!-- x -->\nnew\n<!-- /x -->\nb <!-- y -->\n" {
		t.Errorf("%q, %v", text, err)
	}
	if err := rewrite(file, "y", "new\n"); err == nil {
		t.Error("a part that does not end was replaced")
	}
}
