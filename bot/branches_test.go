package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// loadable are branches that can be loaded anew, and be out of reach.
type loadable struct {
	tree *quiz.Branches
	err  error
}

func (l *loadable) Branches(context.Context) (*quiz.Branches, error) { return l.tree, l.err }

// TestBranchesLoaded: a tree that was loaded is used from the next message on; a
// retired branch is shown and takes nobody; and where the tree is out of reach for
// a moment, what was known of it goes on being used.
func TestBranchesLoaded(t *testing.T) {
	c := newChat(t)
	c.now = quiz.Date(2026, 3, 1).Start().Add(9 * time.Hour)
	source := &loadable{err: quiz.ErrUnavailable}
	c.bot.Branches = source
	say := func(text string) string {
		t.Helper()
		c.now = c.now.Add(time.Second)
		return c.bot.Handle(t.Context(), c.message("oMember", text)).Text
	}
	if got := say("zb7"); got != c.bot.Wording.Fault.String() {
		t.Errorf("where branches were never read: %s", got)
	}
	source.tree, source.err = quiz.NewBranches([]content.Branch{{Code: "dw1", Name: "党工委"}, {Code: "zb7", Name: "第七支部", Parent: "dw1"}}), nil
	if got := say("zb7"); !strings.Contains(got, "第七支部") {
		t.Errorf("once loaded: %s", got)
	}
	source.err = quiz.ErrUnavailable
	if got := say("绑定 李四 第七支部"); !strings.Contains(got, "姓名：李四\n支部：第七支部") {
		t.Errorf("out of reach: %s", got)
	}
	say("确认绑定")
	source.tree, source.err = quiz.NewBranches([]content.Branch{{Code: "dw1", Name: "党工委"}, {Code: "zb7", Name: "原第七支部", Parent: "dw1", Retired: true}}), nil
	if got := say("我的数据"); !strings.Contains(got, "原第七支部") {
		t.Errorf("a retired one is not shown: %s", got)
	}
	if got := say("绑定 李四 zb7"); strings.Contains(got, "确认绑定") {
		t.Errorf("a retired one takes members: %s", got)
	}
}

// TestBranchesOfOneName: who sends a name that several branches have is asked which
// one it is, and a tap joins it.
func TestBranchesOfOneName(t *testing.T) {
	c := newChat(t)
	c.now = quiz.Date(2026, 3, 1).Start().Add(9 * time.Hour)
	c.bot.Branches = &loadable{tree: quiz.NewBranches([]content.Branch{
		{Code: "hx0", Name: "红星社区党委"}, {Code: "hx1", Name: "第一支部", Parent: "hx0"},
		{Code: "df0", Name: "东风社区党委"}, {Code: "df1", Name: "第一支部", Parent: "df0"},
	})}
	say := func(text string) string {
		t.Helper()
		c.now = c.now.Add(time.Second)
		return c.bot.Handle(t.Context(), c.message("oMember", text)).Text
	}
	for _, text := range []string{"第一支部", "绑定 李四 第一支部"} {
		got := say(text)
		if !strings.Contains(got, "不止一个") || !strings.Contains(got, "红星社区党委/第一支部") || !strings.Contains(got, "东风社区党委/第一支部") {
			t.Errorf("%s: %s", text, got)
		}
	}
	if got := say("df1"); !strings.Contains(got, "东风社区党委/第一支部") {
		t.Errorf("the tap: %s", got)
	}
	if got := say("红星社区党委第一支部"); !strings.Contains(got, "红星社区党委/第一支部") || strings.Contains(got, "不止一个") {
		t.Errorf("with the name above: %s", got)
	}
}
