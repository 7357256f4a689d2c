package bot

import (
	"fmt"
	"slices"
	"testing"

	"dangshi/content"
	"dangshi/quiz"
)

// deepTree has two 第一支部, below two committees, and one that is retired.
var deepTree = []content.Branch{
	{Code: "dw1", Name: "城关街道党工委"},
	{Code: "hx0", Name: "红星社区党委", Parent: "dw1"}, {Code: "hx1", Name: "第一支部", Parent: "hx0"}, {Code: "hx2", Name: "第二支部", Parent: "hx0"},
	{Code: "df0", Name: "东风社区党委", Parent: "dw1"}, {Code: "df1", Name: "第一支部", Parent: "df0"}, {Code: "df9", Name: "老干部支部", Parent: "df0", Retired: true},
}

// TestDirectory: how the branches of a tree are found and called.
func TestDirectory(t *testing.T) {
	d := newDirectory(quiz.NewBranches(deepTree))
	for _, c := range []struct {
		unit, code string
		near       []string
	}{
		{"HX1", "hx1", nil},
		{"第二支部", "hx2", nil},
		{"红星社区党委第一支部", "hx1", nil},
		{"东风社区党委/第1党支部", "df1", nil},
		{"第一支部", "", []string{"hx1", "df1"}}, // two are called that
		{"红星社区第一支部", "", []string{"hx1"}},    // the nearest one first
		{"老干部支部", "", nil},                   // retired: nobody joins it
		{"df9", "", nil},
		{"红星社区", "hx0", nil},
	} {
		code, near := d.findBranch(c.unit)
		if code != c.code || len(near) < len(c.near) || !slices.Equal(near[:len(c.near)], c.near) || c.near == nil && slices.Contains(near, "df9") {
			t.Errorf("%s: %q, near %v; want %q, %v", c.unit, code, near, c.code, c.near)
		}
	}
	for code, want := range map[string]string{"hx1": "红星社区党委/第一支部", "hx2": "第二支部", "df9": "老干部支部", "dw1": "城关街道党工委", "zz9": ""} {
		if got := d.unitName(code); got != want {
			t.Errorf("%s is called %q, want %q", code, got, want)
		}
	}
	if _, ok := d.branch("df9"); ok {
		t.Error("a retired branch can be joined")
	}
	if got := (&Bot{Config: Config{}}).exampleBranch(d); got != "红星社区党委/第一支部" {
		t.Errorf("the example is %s", got)
	}
	if name, unit := d.splitBinding("李四红星社区党委"); name != "李四" || unit != "红星社区党委" {
		t.Errorf("%s of %s", name, unit)
	}
}

// TestLevels: sums roll up; small branches are not shown at any level, and cannot be had
// from those above and beside them.
func TestLevels(t *testing.T) {
	d := newDirectory(quiz.NewBranches(deepTree))
	tally := quiz.Tally{Branches: map[string]quiz.BranchTally{
		"hx1": {Members: 4, Active: 4, Points: 400}, "hx2": {Members: 6, Active: 3, Points: 600}, "df1": {Members: 3, Points: 900}, "df9": {Members: 3, Points: 30}, "gone": {Members: 50, Points: 1},
	}}
	for above, want := range map[string]string{
		"":    "[{dw1 120 {16 7 1930}}]",
		"dw1": "[{df0 155 {6 0 930}} {hx0 100 {10 7 1000}}]",
		"hx0": "[]", // hx1 has four members, and is hx0 less hx2
		"df0": "[]",
	} {
		if got := fmt.Sprint(d.ordered(tally, above)); got != want {
			t.Errorf("below %q: %s, want %s", above, got, want)
		}
	}
}

// BenchmarkFindBranch is what an unknown branch costs among thousands.
func BenchmarkFindBranch(b *testing.B) {
	var list []content.Branch
	for i := range 5000 {
		list = append(list, content.Branch{Code: fmt.Sprintf("zb%d", i), Name: fmt.Sprintf("第%d社区第%d党支部", i/20, i%20)})
	}
	tree := quiz.NewBranches(list)
	b.Run("find", func(b *testing.B) {
		d := newDirectory(tree)
		for b.Loop() {
			d.findBranch("第31区第7支部")
		}
	})
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			newDirectory(tree)
		}
	})
}
