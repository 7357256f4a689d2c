package bot

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"dangshi/content"
	"dangshi/quiz"
)

// Branches gives the tree of branches (支部), as it was a moment ago: it is asked
// on the way of answers, so it must come from memory most of the time, and be the
// same pointer as long as it is the same tree.
type Branches interface {
	Branches(ctx context.Context) (*quiz.Branches, error)
}

// directory is a tree of branches as the conversation looks things up in it.
type directory struct {
	tree   *quiz.Branches
	joined []entry           // branches that members can join, in the order of the tree
	at     map[string]string // code → how the branch is called, retired ones too
	named  map[string]string // name, normalised → code; empty where several that can be joined have it
}

// entry is one branch in the forms in which names are compared.
type entry struct {
	code string
	name string
	norm string // the name, normalised
	form string // unitForm of the name
	full string // with the name above before it; empty: at the top
	own  []rune // of ownName of form, in order
	long []rune // of ownName of full, in order
}

func newDirectory(tree *quiz.Branches) *directory {
	d := &directory{tree: tree, at: make(map[string]string, tree.Len()), named: map[string]string{}}
	bearers := make(map[string]int, tree.Len())
	normal := make(map[string]string, tree.Len()) // code → name
	for _, x := range tree.All() {
		normal[x.Code] = content.Normalise(x.Name)
		bearers[normal[x.Code]]++
	}
	for _, x := range tree.All() {
		title, name := content.Plain(x.Name), normal[x.Code]
		above, below := tree.Get(x.Parent)
		if below && bearers[name] > 1 {
			if longer := content.Plain(above.Name) + quiz.PathSeparator + title; len(longer) <= longUnit {
				title = longer
			}
		}
		d.at[x.Code] = content.CutSentence(title, longUnit)
		if x.Retired {
			continue
		}
		e := entry{code: x.Code, name: x.Name, norm: name, form: plainForm(name)}
		e.own = sortedRunes(ownName(e.form))
		d.name(name, x.Code)
		if below {
			e.full = plainForm(normal[above.Code]) + e.form
			e.long = sortedRunes(ownName(e.full))
			d.name(normal[above.Code]+name, x.Code)
		}
		d.joined = append(d.joined, e)
	}
	return d
}

// name notes a normalised name; one that two branches share names neither.
func (d *directory) name(name, code string) {
	if name == "" {
		return
	}
	if other, twice := d.named[name]; twice && other != code {
		code = ""
	}
	d.named[name] = code
}

// directory is the branches as they are now. Where they cannot be read they are
// what they were when they could: no answer fails for their sake.
func (b *Bot) directory(ctx context.Context) (*directory, error) {
	last := b.branches.Load()
	var tree *quiz.Branches
	if b.Branches != nil {
		var err error
		if tree, err = b.Branches.Branches(ctx); err != nil {
			if last == nil {
				return nil, err
			}
			return last, nil
		}
	}
	switch {
	case last != nil && last.tree == tree:
		return last, nil
	case !b.building.TryLock():
		// Another message does so: thousands of branches take some milliseconds.
		if last != nil {
			return last, nil
		}
		b.building.Lock()
	}
	defer b.building.Unlock()
	d := newDirectory(tree)
	b.branches.Store(d)
	return d, nil
}

// Prepare reads what answers take from memory, so that they need not fail where
// the store cannot be reached for a moment. Errors: quiz.ErrUnavailable.
func (b *Bot) Prepare(ctx context.Context) error {
	_, err := b.directory(ctx)
	return err
}

// known is the branches as they were read last, without asking.
func (b *Bot) known() *directory {
	if d := b.branches.Load(); d != nil {
		return d
	}
	return newDirectory(nil)
}

// none reports that the organisation has listed no branches: then each member
// says what theirs is called.
func (d *directory) none() bool { return d.tree.Len() == 0 }

// branch finds a branch that members can join by the code of its QR code or its
// text code.
func (d *directory) branch(code string) (plain string, ok bool) {
	plain = content.Normalise(code)
	x, ok := d.tree.Get(plain)
	return plain, ok && !x.Retired
}

// branchNamed finds such a branch by its whole name.
func (d *directory) branchNamed(text string) (code string, ok bool) {
	code = d.named[content.Normalise(text)]
	return code, code != ""
}

// bearers are the codes of the branches that share a name; nil: no two do.
func (d *directory) bearers(text string) (codes []string) {
	name := content.Normalise(text)
	if code, known := d.named[name]; !known || code != "" {
		return nil
	}
	for _, e := range d.joined {
		if e.norm == name {
			codes = append(codes, e.code)
		}
	}
	return codes
}

// findExactly finds such a branch by its whole name or code.
func (d *directory) findExactly(unit string) (code string, ok bool) {
	if code, ok := d.branch(unit); ok {
		return code, true
	}
	return d.branchNamed(unit)
}

// unitName is the name of a branch as it is shown; empty: there is no such branch.
// Where none are listed, it is what the member calls it.
func (d *directory) unitName(code string) string {
	if d.none() {
		return content.CutSentence(content.Plain(code), longUnit)
	}
	return d.at[code]
}

// cutBranch parts “张三城关第一支部” where a branch stands at the end.
func (d *directory) cutBranch(text string) (name, unit string) {
	for _, known := range d.joined {
		if before, ok := strings.CutSuffix(text, known.name); ok && utf8.RuneCountInString(before) >= quiz.MinName && len(known.name) > len(unit) {
			name, unit = before, known.name
		}
	}
	if unit == "" {
		return text, ""
	}
	return name, unit
}

func sortedRunes(s string) []rune {
	r := []rune(s)
	slices.Sort(r)
	return r
}

// likeness of two words, as the ordered characters of each, is the share that they
// have in common (Dice): names of branches differ in one or two.
func likeness(a, b []rune) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	return 2 * float64(content.InCommon(a, b)) / float64(len(a)+len(b))
}
