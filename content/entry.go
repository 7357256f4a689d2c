package content

import (
	"fmt"
	"slices"
)

// Entry is one question or item of a file and where it stands there.
type Entry[T any] struct {
	Value  T
	File   string
	Row    int    // as in Fault
	Stated bool   // the file says its state; otherwise it is Draft until it is planned
	Inside bool   // a question that stands in an item
	Lacks  Fields // optional fields of which the file says nothing, not even that they are empty
}

// File is what a reader found in one file.
type File struct {
	Name      string
	Items     []Entry[Item]     // of faultless rows
	Questions []Entry[Question] // of faultless rows; those that stand in an item are among them
	Branches  []Entry[Branch]   // of faultless rows; see LinkBranches
	Moves     []Entry[Move]     // of faultless rows; see LinkMoves
	Faulted   []Entry[Question] // of faulty rows, as far as they could be read, up to MaxFaults; without an id where the file has none
	Faults    Faults            // up to MaxFaults of them
	More      int               // faults beyond those
	Faulty    int               // rows that have a fault
	Notes     []Fault           // what was left out on purpose, up to MaxFaults; it stands in the way of nothing
	MoreNotes int               // notes beyond those
	Unread    bool              // it is no such file, or its end was not read: what was found must not be loaded
}

// Err is all faults as one error, or nil.
func (f *File) Err() error {
	if len(f.Faults) == 0 {
		return nil
	}
	faults := slices.Clip(f.Faults)
	if f.More > 0 {
		faults = append(faults, Fault{File: f.Name, Problem: fmt.Sprintf("另有 %d 处问题没有列出，请先改好以上各处再检查一次", f.More)})
	}
	return faults
}

// Join puts files that are loaded together into one. An id that two of them use
// is a fault of the later one, and makes faulty what stands in the same row.
func Join(files []*File) *File {
	all := &File{}
	items, asked := map[string]Entry[Item]{}, map[string]Entry[Question]{}
	for _, f := range files {
		all.Branches = append(all.Branches, f.Branches...)
		all.Moves = append(all.Moves, f.Moves...)
		all.Faulted = append(all.Faulted, f.Faulted...)
		all.Faults = append(all.Faults, f.Faults...)
		all.More += f.More
		all.Notes = append(all.Notes, f.Notes...)
		all.MoreNotes += f.MoreNotes
		all.Faulty += f.Faulty
		all.Unread = all.Unread || f.Unread
		bad := map[int]bool{}
		for _, e := range f.Items {
			if first, twice := items[e.Value.ID]; twice {
				bad[e.Row] = true
				all.Faults = append(all.Faults, usedIn(e.File, e.Row, "id", e.Value.ID, first.File, first.Row))
			}
		}
		for _, e := range f.Questions {
			if first, twice := asked[e.Value.ID]; twice && !bad[e.Row] {
				bad[e.Row] = true
				all.Faults = append(all.Faults, usedIn(e.File, e.Row, "id", e.Value.ID, first.File, first.Row))
			}
		}
		all.Faulty += len(bad)
		for _, e := range f.Items {
			if !bad[e.Row] {
				items[e.Value.ID] = e
				all.Items = append(all.Items, e)
			}
		}
		for _, e := range f.Questions {
			if bad[e.Row] {
				all.Faulted = append(all.Faulted, e)
				continue
			}
			asked[e.Value.ID] = e
			all.Questions = append(all.Questions, e)
		}
	}
	return all
}

func usedIn(file string, row int, field, id, first string, firstRow int) Fault {
	return Fault{File: file, Row: row, Field: field, Problem: fmt.Sprintf(
		"编号“%s”在 %s 第 %d 行已经用过；是同一条请删去一处，不是请改编号", shown(id), first, firstRow)}
}

// Values are the entries without their places; nil where there are none.
func Values[T any](entries []Entry[T]) []T {
	if len(entries) == 0 {
		return nil
	}
	values := make([]T, len(entries))
	for i := range entries {
		values[i] = entries[i].Value
	}
	return values
}
