package members

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

// register is who there is, by name: made from all records at one moment, and kept in
// memory alone (some 60 MB for a million members). What pages show of a member is read
// anew: the register only finds.
type register struct {
	names    []byte   // folded, each ended by a 0, in order; who has none stands behind
	nameEnds []uint32 // where the name of entry i ends in names
	ids      []byte
	idEnds   []uint32
	branches []uint32 // of each entry, its place in codes
	codes    []string
	waiting  []bool // gave a name and did not confirm it
	figures  figures
}

// figures are sums over a register.
type figures struct {
	All, Named, Waiting int
	Strays              int // of a branch that the tree does not have
}

// enrolled is one member while a register is made.
type enrolled struct {
	name, id string
	branch   uint32
	waiting  bool
}

// enrolment makes a register.
type enrolment struct {
	all    []enrolled
	places map[string]uint32
	codes  []string
}

func newEnrolment() *enrolment {
	return &enrolment{places: map[string]uint32{"": 0}, codes: []string{""}}
}

func (e *enrolment) take(id string, m quiz.Member) {
	place, ok := e.places[m.Branch]
	if !ok {
		place = uint32(len(e.codes))
		e.places[m.Branch] = place
		e.codes = append(e.codes, m.Branch)
	}
	e.all = append(e.all, enrolled{foldName(m.Name), id, place, m.Claim.Name != ""})
}

// foldName is a name as it is searched: no 0 is left in it.
func foldName(name string) string { return strings.ReplaceAll(content.Fold(name), "\x00", "") }

// register ends the enrolment. Names stand in the order of their bytes, which is that
// of radicals and strokes within the common characters.
func (e *enrolment) register() *register {
	slices.SortFunc(e.all, func(a, b enrolled) int {
		if (a.name == "") != (b.name == "") {
			return strings.Compare(b.name, a.name) // who has none stands behind
		}
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.id, b.id))
	})
	r := &register{codes: e.codes, figures: figures{All: len(e.all)}}
	for _, one := range e.all {
		r.names = append(append(r.names, one.name...), 0)
		r.nameEnds = append(r.nameEnds, uint32(len(r.names)-1))
		r.ids = append(r.ids, one.id...)
		r.idEnds = append(r.idEnds, uint32(len(r.ids)))
		r.branches = append(r.branches, one.branch)
		r.waiting = append(r.waiting, one.waiting)
		if one.name != "" {
			r.figures.Named++
		}
		if one.waiting {
			r.figures.Waiting++
		}
	}
	return r
}

func (r *register) id(i int) string {
	from := uint32(0)
	if i > 0 {
		from = r.idEnds[i-1]
	}
	return string(r.ids[from:r.idEnds[i]])
}

func (r *register) name(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = r.nameEnds[i-1] + 1
	}
	return r.names[from:r.nameEnds[i]]
}

// wish is what is looked for; all of it must fit.
type wish struct {
	name    string // or a part of one; "": any
	branch  string // a code, with all below it; "": any
	waiting bool   // only who has still to confirm
	strays  bool   // only who is in a branch that the tree does not have
}

// find gives so many ids from a place on, whole names first, and how many fit in all.
func (r *register) find(w wish, tree *quiz.Branches, from, most int) (ids []string, total int) {
	fits := r.fitting(w, tree)
	take := func(i int) {
		if !fits(i) {
			return
		}
		if total >= from && len(ids) < most {
			ids = append(ids, r.id(i))
		}
		total++
	}
	name := foldName(w.name)
	if name == "" {
		for i := range r.branches {
			take(i)
		}
		return ids, total
	}
	whole := r.whole(name)
	for i := whole[0]; i < whole[1]; i++ {
		take(i)
	}
	for at, part := 0, []byte(name); ; {
		next := bytes.Index(r.names[at:], part)
		if next < 0 {
			return ids, total
		}
		i := sort.Search(len(r.nameEnds), func(i int) bool { return int(r.nameEnds[i]) > at+next })
		if i < whole[0] || i >= whole[1] {
			take(i)
		}
		at = int(r.nameEnds[i]) + 1
	}
}

// whole are the places between which the entries of just that name stand.
func (r *register) whole(name string) [2]int {
	named := r.figures.Named
	from := sort.Search(named, func(i int) bool { return string(r.name(i)) >= name })
	to := sort.Search(named, func(i int) bool { return string(r.name(i)) > name })
	return [2]int{from, to}
}

func (r *register) fitting(w wish, tree *quiz.Branches) func(i int) bool {
	branches := make([]bool, len(r.codes))
	within := map[string]bool{w.branch: true}
	if w.branch != "" {
		if below := tree.Within(w.branch); below != nil {
			within = below
		}
	}
	for place, code := range r.codes {
		branches[place] = (w.branch == "" || within[code]) && (!w.strays || stray(tree, code))
	}
	return func(i int) bool { return branches[r.branches[i]] && (!w.waiting || r.waiting[i]) }
}

// stray reports whether a branch is none of the tree.
func stray(tree *quiz.Branches, code string) bool {
	if code == "" {
		return false
	}
	_, known := tree.Get(code)
	return !known
}

// sums are the figures, by the tree as it is now.
func (r *register) sums(tree *quiz.Branches) figures {
	f := r.figures
	strays := make([]bool, len(r.codes))
	for place, code := range r.codes {
		strays[place] = stray(tree, code)
	}
	for _, place := range r.branches {
		if strays[place] {
			f.Strays++
		}
	}
	return f
}
