package report

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dangshi/admin/chart"
	"dangshi/content"
	"dangshi/quiz"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata: read the difference before you commit it")

var tree = quiz.NewBranches([]content.Branch{
	{Code: "d1", Name: "区委党校机关党委"}, {Code: "z1", Name: "第一支部", Parent: "d1"}, {Code: "z2", Name: "第二支部", Parent: "d1"}, {Code: "z3", Name: "<b>第三支部</b>"},
})

// year is a season as it was counted on a day of its November, at 03:30.
func year(counted quiz.Day) quiz.Trends {
	t := quiz.Trends{Season: "2026", From: quiz.Date(2026, 1, 1), To: quiz.Date(2026, 12, 31), At: counted.Start().Add(210 * time.Minute).Unix(), Members: 1500, Longest: map[int]int{1: 300, 6: 500, 12: 400, 45: 250, 180: 50}}
	for d := t.From; d < counted; d++ {
		n := 400 + int(d)%7*20 + int(d-t.From)
		t.Days = append(t.Days, quiz.DaySums{Sums: quiz.Sums{Finished: n, Points: n * 80 * quiz.Unit, Right: n*4 - int(d)%5, Asked: n * 5}})
	}
	for m := t.From.Monday(); m < counted; m += 7 {
		t.Weeks = append(t.Weeks, quiz.SpanSums{Active: 900, Kept: 800, New: 3})
	}
	t.Weeks[0].Kept = 0
	for i := range 11 {
		t.Months = append(t.Months, quiz.SpanSums{Active: 1000 + 20*i, Kept: 900, New: 100 - 8*i})
	}
	for i := range 4 {
		t.Quarters = append(t.Quarters, quiz.SpanSums{Active: 1200 + 50*i, Kept: 1000, New: 200 - 60*i})
	}
	for i, code := range []string{"d1", "z1", "z2", "z3"} {
		b := quiz.BranchTrend{Code: code, Members: 40 - 8*i, Whole: quiz.Sums{Finished: 4000, Right: 16000, Asked: 20000}, Lasting: quiz.Lasting{Before: 900, Kept: 700}}
		for m := range 11 {
			b.Months = append(b.Months, quiz.BranchSpan{Active: 30 - 5*i, Lasting: quiz.Lasting{Before: 100 - 20*i, Kept: 60 - 9*i}, Sums: quiz.Sums{Finished: 500 - 60*i + m, Right: 2000 - 300*i, Asked: 2500 - 300*i + m}})
		}
		for range 4 {
			b.Quarters = append(b.Quarters, quiz.BranchSpan{Active: 36 - 5*i, Lasting: quiz.Lasting{Before: 300 - 50*i, Kept: 240 - 60*i}, Sums: quiz.Sums{Finished: 1500 - 200*i, Right: 6000 - 900*i, Asked: 7500 - 900*i}})
		}
		t.Branches = append(t.Branches, b)
	}
	t.Branches[2].Months[10] = quiz.BranchSpan{Few: true}
	for i, name := range []string{"党史", "新中国史", "改革开放史", ""} {
		c := quiz.CategoryTrend{Name: name}
		for range 11 {
			c.Months = append(c.Months, quiz.Tried{Right: 900 - 120*i, All: 1000})
		}
		t.Categories = append(t.Categories, c)
	}
	for i := range 6 {
		t.Weakest = append(t.Weakest, quiz.QuestionTrend{AskedAs: quiz.AskedAs{Question: fmt.Sprint("q", i)}, Tried: quiz.Tried{Right: 10 + i, All: 100}, Stem: fmt.Sprintf("第%d道难题是哪一年的事？", i+1)})
	}
	return t
}

func coming(n int) (all []Coming) {
	for i := range n {
		all = append(all, Coming{quiz.Date(2026, 12, 1) + quiz.Day(i), fmt.Sprintf("第%d件事", i+1)})
	}
	return all
}

// text is a report as plain text.
func text(r Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%s\n", r.Title, r.Organisation, r.Until)
	for _, p := range r.Sections {
		fmt.Fprintf(&b, "\n%s\n", p.Heading)
		for _, t := range p.Text {
			fmt.Fprintln(&b, "　　"+t)
		}
		for _, c := range p.Charts {
			fmt.Fprintf(&b, "［图：%s］\n", c.Caption())
		}
		for _, t := range p.Tables {
			fmt.Fprintf(&b, "［表：%s］\n%s\n", t.Caption, strings.Join(t.Head, "｜"))
			for _, row := range t.Rows {
				fmt.Fprintln(&b, strings.Join(row, "｜"))
			}
		}
	}
	fmt.Fprintf(&b, "\n%s\n%s\n", r.Organisation, r.Signed())
	return b.String()
}

func period(t *testing.T, key string) Period {
	t.Helper()
	p, ok := ParsePeriod(key)
	if !ok || p.Key() != key {
		t.Fatalf("%q is read as %+v", key, p)
	}
	return p
}

func reports(t *testing.T) map[string]Report {
	over, under := year(quiz.Date(2026, 12, 1)), year(quiz.Date(2026, 11, 26))
	make := func(trends quiz.Trends, key string, before bool, next []Coming, made quiz.Day) Report {
		p := period(t, key)
		in := Input{Organisation: "中共江城区委党校", Now: Of(trends, tree, p), Coming: next, Made: made}
		if before {
			in.Before = Of(trends, tree, p.Before())
		}
		return Make(in)
	}
	nobody := quiz.Trends{Season: "2026", From: quiz.Date(2026, 1, 1), To: quiz.Date(2026, 12, 31), At: quiz.Date(2026, 11, 2).Start().Unix()}
	return map[string]Report{
		"month":   make(over, "2026-11", true, coming(31), quiz.Date(2026, 12, 1)),
		"midway":  make(under, "2026-11", true, coming(2), quiz.Date(2026, 11, 26)),
		"quarter": make(over, "2026Q3", true, coming(40), quiz.Date(2026, 10, 8)),
		"first":   make(over, "2026-01", false, nil, quiz.Date(2026, 2, 1)),
		"nobody":  make(nobody, "2026-11", false, nil, quiz.Date(2026, 11, 2)),
	}
}

// TestReports compares the sentences with golden files.
func TestReports(t *testing.T) {
	for name, r := range reports(t) {
		path := filepath.Join("testdata", name+".txt")
		got := text(r)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not as in %s:\n%s", name, path, got)
		}
		if strings.Contains(got, "NaN") || strings.Contains(got, "Inf") {
			t.Errorf("%s has a figure that is none:\n%s", name, got)
		}
	}
}

// TestFile: the page that is a file needs nothing beside it and lets no text be markup.
func TestFile(t *testing.T) {
	var b bytes.Buffer
	if err := WriteHTML(&b, reports(t)["month"]); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	if strings.Contains(got, "<b>第三") || !strings.Contains(got, "&lt;b&gt;第三") || strings.Contains(got, "http") || strings.Contains(got, "style=") {
		t.Error("markup from a name, or something from elsewhere")
	}
}

// TestPDF draws two of them where the font is installed; where DANGSHI_TEST_PICTURES
// names a folder all of them, which are kept to be looked at.
func TestPDF(t *testing.T) {
	folder := os.Getenv("DANGSHI_TEST_PICTURES")
	for name, r := range reports(t) {
		if folder == "" && name != "month" && name != "nobody" {
			continue
		}
		var b bytes.Buffer
		err := WritePDF(&b, r, "", time.Unix(1_796_000_000, 0))
		var cannot CannotDraw
		if errors.As(err, &cannot) && os.Getenv("CI") != "true" {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) || b.Len() > 2<<20 {
			t.Errorf("%s: %d bytes", name, b.Len())
		}
		if folder != "" {
			if err := os.WriteFile(filepath.Join(folder, "report-"+name+".pdf"), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := WritePDF(&bytes.Buffer{}, Report{Title: "甲"}, filepath.Join(t.TempDir(), "none.ttc"), time.Unix(0, 0)); !errors.As(err, new(CannotDraw)) {
		t.Errorf("without a font: %v", err)
	}
}

func TestPeriods(t *testing.T) {
	for _, bad := range []string{"", "2026", "2026-00", "2026-13", "2026Q0", "2026Q5", "1999-01", "2026-1", "2026-11-01", "<script>"} {
		if p, ok := ParsePeriod(bad); ok {
			t.Errorf("%q is read as %+v", bad, p)
		}
	}
	m, q := period(t, "2026-01"), period(t, "2026Q1")
	if m.Before().Key() != "2025-12" || m.After().Key() != "2026-02" || q.Before().Key() != "2025Q4" || q.After().Key() != "2026Q2" {
		t.Error("beside a January:", m.Before().Key(), m.After().Key(), q.Before().Key(), q.After().Key())
	}
	if q.Last().String() != "2026-03-31" || m.Last().String() != "2026-01-31" || q.Name() != "2026年第一季度" {
		t.Error(q.Last(), m.Last(), q.Name())
	}
	seasons := []quiz.Season{{ID: "a", From: quiz.Date(2025, 1, 1), To: quiz.Date(2026, 1, 10)}, {ID: "b", From: quiz.Date(2026, 1, 15), To: quiz.Date(2026, 6, 30)}}
	if s, ok := m.SeasonOf(seasons); !ok || s.ID != "b" {
		t.Error("most of January is of season", s.ID)
	}
	if s, ok := period(t, "2026Q4").SeasonOf(seasons); ok {
		t.Error("a quarter after all is of season", s.ID)
	}
	months, quarters := Periods(seasons[1], quiz.Date(2026, 5, 2))
	if len(months) != 5 || months[0].Key() != "2026-05" || months[4].Key() != "2026-01" || len(quarters) != 2 || quarters[0].Key() != "2026Q2" {
		t.Error(months, quarters)
	}
}

// source is a Source of one season.
type source struct {
	trends quiz.Trends
	err    error
}

func (s source) Seasons(context.Context) ([]quiz.Season, error) {
	return []quiz.Season{{ID: "2026", From: quiz.Date(2026, 1, 1), To: quiz.Date(2026, 12, 31)}}, s.err
}
func (s source) Trends(context.Context, string) (quiz.Trends, error) { return s.trends, s.err }
func (source) Branches(context.Context) (*quiz.Branches, error)      { return tree, nil }
func (source) Library(context.Context) (*content.Library, error)     { return &content.Library{}, nil }
func (source) Organisation() string                                  { return "" }

func TestGather(t *testing.T) {
	today := quiz.Date(2026, 12, 1)
	for _, c := range []struct {
		source source
		key    string
		want   error
	}{
		{source{trends: year(today)}, "2026-11", nil},
		{source{trends: year(today)}, "2026-01", nil}, // nothing is known of the month before
		{source{}, "2026-11", ErrNotCounted},
		{source{trends: year(today)}, "2025-11", ErrNoSeason},
		{source{trends: year(today)}, "2027-01", ErrNotBegun},
		{source{err: quiz.ErrUnavailable}, "2026-11", quiz.ErrUnavailable},
	} {
		r, err := Gather(t.Context(), c.source, period(t, c.key), today)
		if !errors.Is(err, c.want) || err == nil && len(r.Sections) == 0 {
			t.Errorf("%s: %v, want %v", c.key, err, c.want)
		}
	}
}

// TestFirstNight: what a few have answered by the count of the first night of a month is
// not set beside whole days of the month before.
func TestFirstNight(t *testing.T) {
	first := quiz.Date(2026, 12, 1)
	trends := year(first)
	compared := func() bool {
		p := period(t, "2026-12")
		return strings.Contains(text(Make(Input{Now: Of(trends, tree, p), Before: Of(trends, tree, p.Before()), Made: first})), "与上月相比")
	}
	trends.Days = append(trends.Days, quiz.DaySums{Sums: quiz.Sums{Finished: 3, Right: 12, Asked: 15}})
	if compared() {
		t.Error("three in the night are compared with a whole day")
	}
	trends.At += 24 * 3600
	if !compared() {
		t.Error("a day later nothing is compared")
	}
	f := Of(trends, tree, period(t, "2026-12"))
	if drawn := f.Participation().(chart.Bars).Labels; len(drawn) != 1 || drawn[0] != "12/1" {
		t.Errorf("the second day has begun, and is drawn among whole ones: %v", drawn)
	}
	if f := Of(trends, tree, Period{}); len(f.wholeWeeks()) != len(f.Weeks)-1 {
		t.Error("a week of two days is drawn among whole ones")
	}
}
