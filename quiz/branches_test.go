package quiz_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
)

func branch(code, parent string) content.Branch {
	return content.Branch{Code: code, Name: strings.ToUpper(code) + "支部", Parent: parent}
}

func codes(all []content.Branch) string {
	var list []string
	for _, b := range all {
		code := b.Code
		if b.Retired {
			code += "!"
		}
		list = append(list, code)
	}
	return strings.Join(list, " ")
}

// TestBranches: above before below; paths, depths, subtrees; what hangs on nothing
// or on itself stands at the top.
func TestBranches(t *testing.T) {
	b := quiz.NewBranches([]content.Branch{
		branch("c", "b"), branch("b", "a"), branch("a", ""), branch("b2", "a"), branch("c2", "b"), branch("d", "c"),
		branch("lost", "nowhere"), branch("r1", "r2"), branch("r2", "r1"), branch("a", "b"),
	})
	if got := codes(b.All()); got != "a b c d c2 b2 lost r1 r2" || b.Len() != 9 {
		t.Errorf("order %s", got)
	}
	if got := b.Path("d"); got != "A支部/B支部/C支部/D支部" || b.Depth("d") != 3 || b.Depth("r2") != 1 || b.Path("x") != "x" || b.Name("x") != "x" {
		t.Errorf("path %s, depth %d", got, b.Depth("d"))
	}
	if w := b.Within("b"); len(w) != 4 || !w["d"] || w["b2"] || b.Within("x") != nil {
		t.Errorf("within b: %v", w)
	}
	var none *quiz.Branches
	if _, ok := none.Get("a"); ok || none.Len() != 0 || none.All() != nil || none.Within("a") != nil || none.Path("a") != "a" {
		t.Error("nil is not an organisation without branches")
	}
	if got := none.With(map[string]string{"z2": "二", "z1": "一"}); codes(got.All()) != "z1 z2" {
		t.Errorf("from settings: %s", codes(got.All()))
	}
	if got := b.With(map[string]string{"c": "另一个名字"}); got != b {
		t.Error("the settings won over what was loaded")
	}
	if got := b.With(map[string]string{"z1": "一"}); got.Len() != 10 || got.Depth("z1") != 0 || got.Path("d") != b.Path("d") {
		t.Errorf("merged: %s", codes(got.All()))
	}
}

// TestBranchesProperty: in any list every branch is there once, below its parent,
// and the sums of a tally roll up to what is below.
func TestBranchesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "branches")
		var list []content.Branch
		tally := quiz.Tally{Branches: map[string]quiz.BranchTally{}}
		for i := range n {
			list = append(list, branch(fmt.Sprint("b", i), fmt.Sprint("b", rapid.IntRange(0, n+2).Draw(t, "parent"))))
			tally.Branches[fmt.Sprint("b", i)] = quiz.BranchTally{Members: rapid.IntRange(0, 9).Draw(t, "members"), Active: i, Points: 10 * i}
		}
		b := quiz.NewBranches(list)
		if b.Len() != n {
			t.Fatalf("%d of %d", b.Len(), n)
		}
		place := map[string]int{}
		for i, x := range b.All() {
			place[x.Code] = i
			if above, ok := place[x.Parent]; x.Parent != "" && (!ok || b.Depth(x.Code) != b.Depth(b.All()[above].Code)+1) {
				t.Fatalf("%s stands before its parent %s", x.Code, x.Parent)
			}
		}
		rolled := tally.Rolled(b)
		for _, x := range b.All() {
			var want quiz.BranchTally
			for code := range b.Within(x.Code) {
				own := tally.Branches[code]
				want.Members += own.Members
				want.Active += own.Active
				want.Points += own.Points
			}
			if rolled[x.Code] != want {
				t.Fatalf("%s: %+v, want %+v", x.Code, rolled[x.Code], want)
			}
		}
	})
}

// TestPlanBranches: what a list lacks goes, unless members belong to it: then it
// stays as a retired one, below what stays; the same list again changes nothing.
func TestPlanBranches(t *testing.T) {
	now := quiz.NewBranches([]content.Branch{branch("a", ""), branch("b", "a"), branch("c", "b"), branch("d", "c"), branch("e", "a"), branch("f", "")})
	renamed := branch("e", "a")
	renamed.Name = "新名字"
	list := []content.Branch{branch("a", ""), renamed, branch("g", "a")}
	p := quiz.PlanBranches(now, list, map[string]int{"d": 3})
	got := fmt.Sprint("+", codes(p.Added), " ~", codes(p.Changed), " -", codes(p.Removed), " !", codes(p.Retired), " =", p.Unchanged, " next ", codes(p.Next))
	if want := "+g ~e -b c f !d =1 next a e g d!"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	after := quiz.NewBranches(p.Next)
	if !p.Changes(now) || after.Path("d") != "A支部/D支部" {
		t.Errorf("the retired one hangs on %s", after.Path("d"))
	}
	again := quiz.PlanBranches(after, list, map[string]int{"d": 3})
	if again.Changes(after) || len(again.Retired)+len(again.Added)+len(again.Changed)+len(again.Removed) > 0 {
		t.Errorf("the same list again: %+v", again)
	}
	if left := quiz.PlanBranches(after, list, nil); codes(left.Removed) != "d!" || codes(left.Next) != "a e g" {
		t.Errorf("once nobody is left: %+v", left)
	}
	if exported := quiz.PlanBranches(after, after.All(), nil); exported.Changes(after) {
		t.Errorf("what was exported changes something: %+v", exported)
	}
}

// TestNameFaults: a branch is not called what answers a question.
func TestNameFaults(t *testing.T) {
	var file []content.Entry[content.Branch]
	names := []string{"A", "对", "第二个", "甲乙", "第一支部", "红星社区二支部", "3号楼党支部"}
	for i, name := range names {
		file = append(file, content.Entry[content.Branch]{Value: content.Branch{Code: "zb1", Name: name}, File: "f", Row: i + 2})
	}
	faults := quiz.NameFaults(file)
	if len(faults) != 4 || !slices.ContainsFunc(faults, func(f content.Fault) bool { return f.Row == 4 && strings.Contains(f.String(), "第二个") }) {
		t.Errorf("%v", faults)
	}
}
