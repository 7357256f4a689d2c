package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dangshi/store/storetest"
)

// TestReportCommand: the command counts by itself, writes by the ending of the file,
// and refuses what is no month.
func TestReportCommand(t *testing.T) {
	storetest.InTurn(t)
	r := trendReplica(t)
	folder := t.TempDir()
	settings := filepath.Join(folder, "dangshi.yaml")
	write(t, settings, "certificate: {organisation: 中共江城区委党校}\n")
	args := func(more ...string) []string {
		return append([]string{"board", "report", "--config", settings, "--redis-url", r.app.RedisURL}, more...)
	}
	page := filepath.Join(folder, "report.html")
	if code, out, errs := run(t, args("--month", "2031-11", "-o", page)...); code != 0 {
		t.Fatalf("%d: %s%s", code, out, errs)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	mustSay(t, string(text), "2031年11月党史学习月报", "中共江城区委党校", "人均参加")
	if code, out, errs := run(t, args("--quarter", "2031Q4")...); code != 0 || !strings.Contains(out, "2031年第四季度党史学习季评") {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	for _, wrong := range [][]string{
		{}, {"--month", "2031-13"}, {"--month", "2031Q4"}, {"--quarter", "2031-11"}, {"--month", "2032-05"}, {"--month", "2024-05"},
		{"--month", "2031-11", "--quarter", "2031Q4"}, {"--month", "2031-11", "-o", filepath.Join(folder, "report.doc")},
	} {
		if code, _, errs := run(t, args(wrong...)...); code != 2 || errs == "" {
			t.Errorf("%q: exit code %d, %s", wrong, code, errs)
		}
	}
}
