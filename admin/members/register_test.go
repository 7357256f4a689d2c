package members

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dangshi/content"
	"dangshi/quiz"
)

func TestRegister(t *testing.T) {
	tree := quiz.NewBranches([]content.Branch{{Code: "a", Name: "甲"}, {Code: "b", Name: "乙", Parent: "a"}, {Code: "c", Name: "丙"}})
	e := newEnrolment()
	for _, m := range []struct{ id, name, branch, claim string }{
		{"o1", "欧阳修", "a", ""}, {"o2", "阳修", "b", ""}, {"o3", "欧阳修", "c", ""}, {"o4", "", "b", "王五"}, {"o5", "欧阳询", "x", ""}, {"o6", "ABC", "", ""}, {"o7", "", "", ""},
	} {
		e.take(m.id, quiz.Member{Joined: 1, Name: m.name, Branch: m.branch, Claim: quiz.Binding{Name: m.claim}})
	}
	r := e.register()
	if f, want := r.sums(tree), (figures{All: 7, Named: 5, Waiting: 1, Strays: 1}); f != want {
		t.Errorf("%+v", f)
	}
	for _, c := range []struct {
		wish
		ids string
	}{
		{wish{}, "o6 o1 o3 o5 o2 o4 o7"},
		{wish{name: "欧阳修"}, "o1 o3"},
		{wish{name: "阳修"}, "o2 o1 o3"}, // the whole name first
		{wish{name: "阳"}, "o1 o3 o5 o2"},
		{wish{name: "ａｂ"}, "o6"},
		{wish{name: "欧阳询"}, "o5"},
		{wish{name: "修欧"}, ""}, // not over the border of two names
		{wish{branch: "a"}, "o1 o2 o4"},
		{wish{branch: "a", name: "修"}, "o1 o2"},
		{wish{branch: "x"}, "o5"},
		{wish{waiting: true}, "o4"},
		{wish{strays: true}, "o5"},
		{wish{branch: "nowhere"}, ""},
	} {
		ids, total := r.find(c.wish, tree, 0, 100)
		if got := strings.Join(ids, " "); got != c.ids || total != len(ids) {
			t.Errorf("%+v: %q, %d", c.wish, got, total)
		}
		for from := range total + 2 {
			part, all := r.find(c.wish, tree, from, 2)
			if all != total || !slices.Equal(part, ids[min(from, total):min(from+2, total)]) {
				t.Errorf("%+v from %d: %v of %d", c.wish, from, part, all)
			}
		}
	}
}

// BenchmarkRegister looks for names among a million.
//
//	go test -run '^$' -bench Register ./admin/members
func BenchmarkRegister(b *testing.B) {
	const family, given = "王李张刘陈杨黄赵吴周", "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"
	e, f, g := newEnrolment(), []rune(family), []rune(given)
	for i := range 1_000_000 {
		name := string([]rune{f[i%len(f)], g[i/7%len(g)], g[i/1000%len(g)]})
		e.take(fmt.Sprintf("oABCD-efgh_1234567890%07d", i), quiz.Member{Joined: 1, Name: name, Branch: fmt.Sprint("b", i%500)})
	}
	r := e.register()
	for name, w := range map[string]wish{"name": {name: "王秀英"}, "part": {name: "秀英"}, "common": {name: "王"}, "nobody": {name: "诸葛亮"}, "branch": {branch: "b7"}, "all": {}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r.find(w, nil, 0, listed)
			}
		})
	}
}
