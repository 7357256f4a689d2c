package content

import (
	"fmt"
	"io"
	"regexp"
)

// Move is one member of an account that was moved to another subject: the openid
// before and after.
type Move struct {
	Old, New string
}

var openidForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

var moveHeadings = map[string][]string{
	"old": {"旧openid", "原openid", "旧的openid", "原来的openid", "迁移前openid", "old_openid", "ori_openid", "old openid", "oldopenid", "old"},
	"new": {"新openid", "新的openid", "现openid", "迁移后openid", "new_openid", "new openid", "newopenid", "new"},
}

var moveSchema = func() *schema {
	return &schema{moveHeadings, lookup(moveHeadings), []string{"old", "new"}, true}
}

// ReadMovesFile reads a table of old and new openids: see moveHeadings. name is how
// faults call the file; each tells its row and column. Rows with an empty new
// openid are faults, too: who did not come along has none, and is left out by
// whoever makes the table. See ReadQuestionsFile.
func ReadMovesFile(name string, r io.Reader) (*File, error) {
	noJSON := func(in *intake, _ io.Reader) error {
		in.stop(0, "新旧 openid 要写成表格（XLSX 或 CSV），不收 JSON")
		return nil
	}
	return readFile(name, r, noJSON, moveSchema, (*intake).tableMove)
}

// ReadMoveRows is ReadQuestionRows for moves.
func ReadMoveRows(name string, next Rows) (f *File, headed bool) {
	return readRows(name, next, moveSchema(), (*intake).tableMove)
}

// NoMoveRows says that no sheet of a file has headings.
func NoMoveRows() string { return moveSchema().noHead() }

// tableMove takes one row.
func (in *intake) tableMove(r *tableRow) {
	m := Move{r.text("old"), r.text("new")}
	for _, cell := range []struct{ field, id string }{{"old", m.Old}, {"new", m.New}} {
		switch {
		case cell.id == "":
			r.add(cell.field, "没有写；没有新 openid 的人请删去这一行")
		case !openidForm.MatchString(cell.id):
			r.add(cell.field, "“%s”不是 openid（字母、数字、_ 和 -，最多64个）", shown(cell.id))
		}
	}
	if m.Old != "" && m.Old == m.New {
		r.add("new", "和旧 openid 一样")
	}
	in.report(r.row, "", r.faults)
	if len(r.faults) == 0 {
		in.Moves = append(in.Moves, Entry[Move]{Value: m, File: in.Name, Row: r.row})
	}
}

// LinkMoves faults openids that stand twice, and chains: an openid that is new in
// one row and old in another leaves it open in which order they are meant.
func (f *File) LinkMoves() {
	olds, news := make(map[string]int, len(f.Moves)), make(map[string]int, len(f.Moves))
	bad := func(i int, field, problem string, other int) {
		e, o := f.Moves[i], f.Moves[other]
		f.Faulty++
		if len(f.Faults) == MaxFaults {
			f.More++
			return
		}
		fault := Fault{File: e.File, Row: e.Row, Field: moveHeadings[field][0]}
		fault.Problem = "openid “" + map[string]string{"old": e.Value.Old, "new": e.Value.New}[field] + "”" + problem + fmt.Sprintf(" %s 第%d行", o.File, o.Row)
		f.Faults = append(f.Faults, fault)
	}
	for i, e := range f.Moves {
		if first, twice := olds[e.Value.Old]; twice {
			bad(i, "old", "在两行里都是旧 openid，另一行是", first)
		} else {
			olds[e.Value.Old] = i
		}
		if first, twice := news[e.Value.New]; twice {
			bad(i, "new", "在两行里都是新 openid，两个人会合成一个，另一行是", first)
		} else {
			news[e.Value.New] = i
		}
	}
	for i, e := range f.Moves {
		if other, chained := olds[e.Value.New]; chained && other != i {
			bad(i, "new", "在另一行里又是旧 openid；搬过两次的人请只写最早的和最后的，那一行是", other)
		}
	}
}
