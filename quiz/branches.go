package quiz

import (
	"slices"
	"strings"

	"dangshi/content"
)

// Branches are the tree of units (支部) of an organisation, of any depth. They are
// never changed; nil is an organisation without any.
type Branches struct {
	all   []content.Branch // above before below, siblings in the order of the list
	depth []int            // 0: at the top
	at    map[string]int   // code → index
}

// NewBranches makes a tree. A branch whose parent is not in the list, or that
// would hang on itself, stands at the top; of two with one code the first counts.
func NewBranches(list []content.Branch) *Branches {
	b := &Branches{at: make(map[string]int, len(list))}
	known := make(map[string]bool, len(list))
	for _, x := range list {
		known[x.Code] = true
	}
	below := map[string][]content.Branch{}
	seen := map[string]bool{}
	for _, x := range list {
		if seen[x.Code] {
			continue
		}
		seen[x.Code] = true
		if !known[x.Parent] {
			x.Parent = ""
		}
		below[x.Parent] = append(below[x.Parent], x)
	}
	b.hang(below, "")
	for _, x := range list { // what was not reached hangs on itself
		if _, reached := b.at[x.Code]; !reached {
			x.Parent = ""
			b.put(x, 0)
			b.hang(below, x.Code)
		}
	}
	return b
}

func (b *Branches) put(x content.Branch, depth int) {
	b.at[x.Code] = len(b.all)
	b.all, b.depth = append(b.all, x), append(b.depth, depth)
}

// hang puts all that is below a branch behind it. A tree may be as deep as it has
// branches: the stack is a slice.
func (b *Branches) hang(below map[string][]content.Branch, top string) {
	type place struct {
		branch content.Branch
		depth  int
	}
	var stack []place
	push := func(code string, depth int) {
		for _, x := range slices.Backward(below[code]) {
			stack = append(stack, place{x, depth})
		}
	}
	depth := 0
	if top != "" {
		depth = 1
	}
	push(top, depth)
	for len(stack) > 0 {
		next := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if _, twice := b.at[next.branch.Code]; twice {
			continue
		}
		b.put(next.branch, next.depth)
		push(next.branch.Code, next.depth+1)
	}
}

// Len is the number of branches, retired ones too.
func (b *Branches) Len() int {
	if b == nil {
		return 0
	}
	return len(b.all)
}

// All are the branches as a tree is read: each before those below it. Nobody may
// change them.
func (b *Branches) All() []content.Branch {
	if b == nil {
		return nil
	}
	return b.all
}

// Get finds a branch by its code.
func (b *Branches) Get(code string) (content.Branch, bool) {
	if b == nil {
		return content.Branch{}, false
	}
	i, ok := b.at[code]
	if !ok {
		return content.Branch{}, false
	}
	return b.all[i], true
}

// Name is the name of a branch, and the code itself where there is no such branch.
func (b *Branches) Name(code string) string {
	if x, ok := b.Get(code); ok {
		return x.Name
	}
	return code
}

// Depth is how many branches stand above one.
func (b *Branches) Depth(code string) int {
	if b == nil {
		return 0
	}
	if i, ok := b.at[code]; ok {
		return b.depth[i]
	}
	return 0
}

// PathSeparator stands between the names of a path.
const PathSeparator = "/"

// Path is the name of a branch with the names of those above it before it; see
// Name.
func (b *Branches) Path(code string) string {
	names := []string{b.Name(code)}
	for x, ok := b.Get(code); ok && x.Parent != ""; {
		x, ok = b.Get(x.Parent)
		names = append(names, x.Name)
	}
	slices.Reverse(names)
	return strings.Join(names, PathSeparator)
}

// Within are the codes of a branch and of all branches below it; nil where there
// is no such branch.
func (b *Branches) Within(code string) map[string]bool {
	if _, ok := b.Get(code); !ok {
		return nil
	}
	first := b.at[code]
	within := map[string]bool{code: true}
	for i := first + 1; i < len(b.all) && b.depth[i] > b.depth[first]; i++ {
		within[b.all[i].Code] = true
	}
	return within
}

// With are these branches and, at the top, those of more (code → name) that are
// not among them: the settings of an installation that has loaded no tree, or part
// of one. What was loaded wins over them.
func (b *Branches) With(more map[string]string) *Branches {
	list := slices.Clone(b.All())
	codes := make([]string, 0, len(more))
	for code := range more {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		if _, known := b.Get(code); !known {
			list = append(list, content.Branch{Code: code, Name: more[code]})
		}
	}
	if len(list) == b.Len() && b != nil {
		return b
	}
	return NewBranches(list)
}

// Rolled are the sums of all branches where each also counts those below it. A
// member of a branch that is not in the tree is counted there, under its code.
func (t Tally) Rolled(b *Branches) map[string]BranchTally {
	rolled := make(map[string]BranchTally, len(t.Branches))
	for code, own := range t.Branches {
		for {
			sum := rolled[code]
			sum.Members += own.Members
			sum.Active += own.Active
			sum.Points += own.Points
			rolled[code] = sum
			x, ok := b.Get(code)
			if !ok || x.Parent == "" {
				break
			}
			code = x.Parent
		}
	}
	return rolled
}
