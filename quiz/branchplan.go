package quiz

import (
	"slices"

	"dangshi/content"
)

// BranchPlan is what loading a list of branches changes.
type BranchPlan struct {
	Added, Changed []content.Branch
	Removed        []content.Branch // nobody belongs to them
	Retired        []content.Branch // not in the list, but members belong to them: kept, without new ones
	Unchanged      int
	Next           []content.Branch // the whole tree after it, as All gives it
}

// Changes reports whether there is anything to write.
func (p BranchPlan) Changes(now *Branches) bool { return !slices.Equal(p.Next, now.All()) }

// Missing are the branches that a list lacks.
func (b *Branches) Missing(list []content.Branch) (missing []content.Branch) {
	listed := make(map[string]bool, len(list))
	for _, x := range list {
		listed[x.Code] = true
	}
	for _, x := range b.All() {
		if !listed[x.Code] {
			missing = append(missing, x)
		}
	}
	return missing
}

// PlanBranches compares a list with the branches as they are. bound says how many
// members belong to each branch that the list lacks. A retired branch hangs on the
// nearest one above it that stays.
func PlanBranches(now *Branches, list []content.Branch, bound map[string]int) (p BranchPlan) {
	stays := make(map[string]bool, len(list))
	for _, x := range list {
		stays[x.Code] = true
	}
	next := slices.Clone(list)
	for _, x := range now.Missing(list) { // above before below: what a retired one hangs on is decided before
		if bound[x.Code] == 0 {
			p.Removed = append(p.Removed, x)
			continue
		}
		for x.Parent != "" && !stays[x.Parent] {
			above, _ := now.Get(x.Parent)
			x.Parent = above.Parent
		}
		if !x.Retired {
			p.Retired = append(p.Retired, x)
		}
		x.Retired = true
		stays[x.Code] = true
		next = append(next, x)
	}
	p.Next = NewBranches(next).All()
	for _, x := range list {
		switch was, known := now.Get(x.Code); {
		case !known:
			p.Added = append(p.Added, x)
		case was != x:
			p.Changed = append(p.Changed, x)
		default:
			p.Unchanged++
		}
	}
	return p
}

// NameFaults are the branches of a file whose names would be taken for an answer:
// who sends the name of a branch joins it.
func NameFaults(file []content.Entry[content.Branch]) (faults content.Faults) {
	judge := content.Question{Type: content.Judge, Answer: content.Key{Letters: 1}}
	choice := content.Question{Type: content.Multiple, Options: make([]string, content.MaxOptions), Answer: content.Key{Letters: 3}}
	for _, e := range file {
		_, verdict := ParseAnswer(e.Value.Name, judge)
		_, letters := ParseAnswer(e.Value.Name, choice)
		if verdict || letters {
			faults = append(faults, content.Fault{
				File: e.File, Row: e.Row, Field: "名称", Problem: "名称“" + content.Quoted(e.Value.Name) + "”会被当成答案，请写全，例如“第一党支部”",
			})
		}
	}
	return faults
}
