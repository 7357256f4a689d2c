package content

import "fmt"

// What a reader accepts of one file.
const (
	MaxLine   = 64 << 10 // bytes of one line
	MaxRows   = 200_000
	MaxFaults = 1000 // kept; the rest are counted
)

// intake gathers what a reader finds in one file. Rows with a fault are left
// out of what it gathers; all faults are kept up to MaxFaults.
type intake struct {
	file      string
	items     []Item
	questions []Question
	faults    Faults
	more      int            // faults beyond MaxFaults
	itemRow   map[string]int // id → row; ids of faulty rows count as taken too
	askedRow  map[string]int // id of a question → row
}

func newIntake(file string) *intake {
	return &intake{file: file, itemRow: map[string]int{}, askedRow: map[string]int{}}
}

func (in *intake) fault(row int, field, problem string) {
	if len(in.faults) == MaxFaults {
		in.more++
		return
	}
	in.faults = append(in.faults, Fault{File: in.file, Row: row, Field: field, Problem: problem})
}

// err is all faults as one error, or nil.
func (in *intake) err() error {
	if len(in.faults) == 0 {
		return nil
	}
	if in.more > 0 {
		in.faults = append(in.faults, Fault{File: in.file, Problem: fmt.Sprintf("另有 %d 处问题没有列出，请先改好以上各处再检查一次", in.more)})
		in.more = 0
	}
	return in.faults
}

// taken notes that row uses id, and says so where another row did before.
func (in *intake) taken(ids map[string]int, id string, row int) string {
	if id == "" {
		return ""
	}
	if first, twice := ids[id]; twice {
		return fmt.Sprintf("编号“%s”在第 %d 行已经用过，请改成不重复的编号", shown(id), first)
	}
	ids[id] = row
	return ""
}

// question takes a question of a row with the faults that reading it gave, and
// reports whether it is without fault.
func (in *intake) question(row int, q Question, faults []Fault) bool {
	faults = merge(faults, q.Check())
	if twice := in.taken(in.askedRow, q.ID, row); twice != "" {
		faults = merge(faults, []Fault{{Field: "id", Problem: twice}})
	}
	in.report(row, "", faults)
	if len(faults) == 0 {
		in.questions = append(in.questions, q)
	}
	return len(faults) == 0
}

func (in *intake) report(row int, prefix string, faults []Fault) {
	for _, f := range faults {
		field := f.Field
		switch {
		case prefix != "" && field != "":
			field = prefix + "." + field
		case prefix != "":
			field = prefix
		}
		in.fault(row, field, f.Problem)
	}
}

// merge adds to faults those of found whose field has none yet: a field that
// could not be read must not be called missing as well.
func merge(faults, found []Fault) []Fault {
	known := map[string]bool{}
	for _, f := range faults {
		known[f.Field] = true
	}
	for _, f := range found {
		if !known[f.Field] {
			faults = append(faults, f)
		}
	}
	return faults
}
