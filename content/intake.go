package content

import (
	"bytes"
	"fmt"
	"io"
)

// What a reader accepts of one file.
const (
	MaxLine   = 64 << 10 // bytes of one line
	MaxRows   = 200_000
	MaxFaults = 1000     // kept; the rest are counted
	MaxFile   = 64 << 20 // bytes of a file that is read by ReadQuestionsFile or ReadItemsFile
)

// intake gathers what a reader finds in one file. Rows with a fault are left
// out of what it gathers; all faults are kept up to MaxFaults.
type intake struct {
	File
	columns    map[string]string // field → heading of its column, in a table
	itemRow    map[string]int    // id → row; ids of faulty rows count as taken too
	askedRow   map[string]int    // id of a question → row
	about      string            // see Fault.About: of the question that is being taken
	episodeRow map[string]int    // series and episode → row
	lastBad    int               // the last row that has a fault
}

func newIntake(file string) *intake {
	return &intake{File: File{Name: file}, itemRow: map[string]int{}, askedRow: map[string]int{}, episodeRow: map[string]int{}}
}

func (in *intake) fault(row int, field, problem string) {
	if row > 0 && row != in.lastBad { // rows come in order
		in.lastBad = row
		in.Faulty++
	}
	if len(in.Faults) == MaxFaults {
		in.More++
		return
	}
	in.Faults = append(in.Faults, Fault{File: in.Name, Row: row, Field: field, About: in.about, Problem: problem})
}

// stop is a fault after which nothing of the file can be read any more.
func (in *intake) stop(row int, problem string) {
	in.fault(row, "", problem)
	in.Unread = true
}

// readAll reads a file whole, up to MaxFile; ok is false, and the file at fault,
// where it is longer.
func (in *intake) readAll(r io.Reader) (data []byte, ok bool, err error) {
	if data, err = ReadWhole(r); err != nil {
		return nil, false, fmt.Errorf("read %s: %w", in.Name, err)
	}
	if len(data) > MaxFile {
		in.stop(0, fmt.Sprintf("文件超过 %d MB，请分成几个文件", MaxFile>>20))
		return nil, false, nil
	}
	return data, true, nil
}

// ReadWhole reads a file, or as much of it as tells that it is longer than
// MaxFile. What is in memory, in a Buffer, is not copied.
func ReadWhole(r io.Reader) ([]byte, error) {
	if b, ok := r.(*bytes.Buffer); ok {
		return b.Bytes(), nil
	}
	return io.ReadAll(io.LimitReader(r, MaxFile+1))
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

// note tells of something that was left out and stands in the way of nothing.
func (in *intake) note(row int, problem string) {
	if len(in.Notes) == MaxFaults {
		in.MoreNotes++
		return
	}
	in.Notes = append(in.Notes, Fault{File: in.Name, Row: row, Problem: problem})
}

// question takes a question of a row with the faults that reading it gave; lacks is
// what the row says nothing of.
func (in *intake) question(row int, q Question, faults []Fault, lacks Fields) {
	stated := q.State != ""
	if !stated {
		q.State = Draft
	}
	faults = merge(faults, q.Check())
	if twice := in.taken(in.askedRow, q.ID, row); twice != "" {
		faults = merge(faults, []Fault{{Field: "id", Problem: twice}})
	}
	in.report(row, "", faults)
	e := Entry[Question]{Value: q, File: in.Name, Row: row, Stated: stated, Lacks: lacks}
	switch {
	case len(faults) == 0:
		in.Questions = append(in.Questions, e)
	case len(in.Faulted) < MaxFaults:
		if q.ID == q.derivedID() || q.ID == standIn(row) {
			e.Value.ID = ""
		}
		in.Faulted = append(in.Faulted, e)
	}
}

func (in *intake) report(row int, prefix string, faults []Fault) {
	for _, f := range faults {
		field := f.Field
		if heading, ok := in.columns[field]; ok {
			field = heading
		}
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
