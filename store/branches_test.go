package store

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"dangshi/content"
	"dangshi/quiz"
)

// loading is the line of a load of branches.
var loading = Audited{At: testDay.Start(), By: "甲", Did: "branch.load"}

func loadBranches(t *testing.T, s *Store, retire bool, list ...content.Branch) (BranchLoading, error) {
	t.Helper()
	p := get[BranchLoading](t)(s.PlanBranches(t.Context(), list))
	return p, s.PutBranches(t.Context(), p, retire, loading)
}

// TestBranches on every kind of Redis: a tree is there for all replicas within
// Staleness, a list that lacks branches with members is refused, and the same list
// again writes nothing. What is written has its line in the audit log.
func TestBranches(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		if b, err := other.Branches(t.Context()); err != nil || b != nil {
			t.Fatalf("before anything was loaded: %v, %v", b, err)
		}
		top := content.Branch{Code: "dw1", Name: "党工委"}
		one, two := content.Branch{Code: "zb1", Name: "第一支部", Parent: "dw1"}, content.Branch{Code: "zb2", Name: "第二支部", Parent: "dw1"}
		if _, err := loadBranches(t, s, false, one, top, two); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool {
			return get[*quiz.Branches](t)(other.Branches(t.Context())).Path("zb2") == "党工委/第二支部"
		})
		before := get[string](t)(s.client.Get(t.Context(), branchesKey()).Result())
		if p, err := loadBranches(t, s, false, one, top, two); err != nil || p.Unchanged != 3 {
			t.Errorf("again: %+v, %v", p, err)
		}
		if after := get[string](t)(s.client.Get(t.Context(), branchesKey()).Result()); after != before {
			t.Error("loading the same again wrote something")
		}
		for i := range 7 {
			c := quiz.Change{Record: quiz.Record{Member: quiz.Member{Joined: 1, Branch: "zb2", OptOut: i == 0}}}
			get[quiz.Loaded](t)(s.Commit(t.Context(), fmt.Sprint("bound", i), c))
		}
		p, err := loadBranches(t, s, false, top)
		if !errors.Is(err, ErrRetires) || p.Bound["zb2"] != 7 || p.Bound["zb1"] != 0 {
			t.Errorf("members were left without a branch: %+v, %v", p, err)
		}
		if _, err := loadBranches(t, s, true, top); err != nil {
			t.Fatal(err)
		}
		want := []content.Branch{top, {Code: "zb2", Name: "第二支部", Parent: "dw1", Retired: true}}
		if b, err := s.Branches(t.Context()); err != nil || !reflect.DeepEqual(b.All(), want) {
			t.Errorf("%+v, %v", b.All(), err)
		}
		lines := 0
		must(t, s.EachAudited(t.Context(), func(a Audited) bool {
			if lines++; a.By != "甲" || a.Did != "branch.load" {
				t.Errorf("the line: %+v", a)
			}
			return true
		}))
		if lines != 2 {
			t.Errorf("%d lines of 2 loads that changed something", lines)
		}
	})
}

// TestBranchesTogether: of two who load at once, from the same state, one is told.
func TestBranchesTogether(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	var plans []BranchLoading
	for i := range 8 {
		plans = append(plans, get[BranchLoading](t)(s.PlanBranches(t.Context(), []content.Branch{{Code: fmt.Sprint("zb", i), Name: "支部"}})))
	}
	var wg sync.WaitGroup
	errs := make([]error, len(plans))
	for i, p := range plans {
		wg.Go(func() { errs[i] = s.PutBranches(t.Context(), p, false, loading) })
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if !errors.Is(err, quiz.ErrConflict) {
			t.Error(err)
		}
	}
	if b, err := s.Branches(t.Context()); done != 1 || err != nil || b.Len() != 1 {
		t.Errorf("%d of 8 loaded: %v, %v", done, b, err)
	}
}
