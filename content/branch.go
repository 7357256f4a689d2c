package content

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Branch is a unit (支部, 党委, 单位 …) to which members belong.
type Branch struct {
	Code    string `json:"code"`             // as BranchCode gives it
	Name    string `json:"name"`             // one line
	Parent  string `json:"parent,omitempty"` // code of the unit above; empty: at the top
	Retired bool   `json:"retired,omitempty"`
}

// Bounds of a tree of branches.
const (
	MaxBranches   = 20_000
	maxBranchCode = 32
	maxBranchName = 60 // characters
)

// branchCode is what no answer and no command looks like, together with a digit.
var branchCode = regexp.MustCompile(`^[a-z][a-z0-9]*$|^[0-9]+[a-z][a-z0-9]*$`)

// BranchCode brings the code of a branch to the form in which messages are
// compared; ok is false where it is none: in the chat it would be taken for
// something else.
func BranchCode(code string) (plain string, ok bool) {
	plain = Normalise(code)
	return plain, branchCode.MatchString(plain) && strings.ContainsAny(plain, "0123456789") && len(plain) <= maxBranchCode
}

// BranchCodeForm says what a code of a branch must be.
const BranchCodeForm = "应为2到32个字母和数字，两样都要有，例如 zb3"

var branchHeadings = map[string][]string{
	"code":   {"编号", "支部编号", "单位编号", "代码", "支部代码", "组织编码", "code", "id"},
	"name":   {"名称", "支部名称", "单位名称", "组织名称", "支部", "单位", "name"},
	"parent": {"上级编号", "上级", "上级支部", "上级单位", "上级组织", "上级代码", "上级名称", "parent"},
	"state":  {"状态", "state"},
}

var branchFieldsInOrder = []string{"code", "name", "parent", "state"}

var branchSchema = func() *schema {
	return &schema{branchHeadings, lookup(branchHeadings), []string{"code", "name"}, true}
}

// The words for the state of a branch.
const (
	branchInUse   = "在用"
	branchRetired = "停用"
)

// ReadBranchesFile reads a tree of branches as a table: see branchHeadings. name
// is how faults call the file; each tells its row and column. See
// ReadQuestionsFile.
func ReadBranchesFile(name string, r io.Reader) (*File, error) {
	noJSON := func(in *intake, _ io.Reader) error {
		in.stop(0, "支部名单要写成表格（XLSX 或 CSV），不收 JSON")
		return nil
	}
	return readFile(name, r, noJSON, branchSchema, (*intake).tableBranch)
}

// ReadBranchRows is ReadQuestionRows for branches.
func ReadBranchRows(name string, next Rows) (f *File, headed bool) {
	return readRows(name, next, branchSchema(), (*intake).tableBranch)
}

// NoBranchRows says that no sheet of a file has headings.
func NoBranchRows() string { return branchSchema().noHead() }

// tableBranch takes one row. A parent stays as it is written: the rows below it
// may say what it is.
func (in *intake) tableBranch(r *tableRow) {
	plain, ok := BranchCode(r.text("code"))
	b := Branch{Code: plain, Name: strings.Join(strings.Fields(r.text("name")), " "), Parent: r.text("parent")}
	switch cell := r.text("code"); {
	case cell == "":
		r.add("code", "缺少编号，%s", BranchCodeForm)
	case !ok:
		r.add("code", "编号“%s”%s（不然学员发来的编号会被当成别的话）", shown(cell), BranchCodeForm)
	default:
		if twice := in.taken(in.itemRow, plain, r.row); twice != "" {
			r.add("code", "%s（不分大小写）", twice)
		}
	}
	switch {
	case b.Name == "":
		r.add("name", "缺少名称")
	case Normalise(b.Name) == "":
		r.add("name", "名称“%s”里没有文字", shown(b.Name))
	case utf8.RuneCountInString(b.Name) > maxBranchName:
		r.add("name", "名称超过 %d 个字", maxBranchName)
	}
	switch r.text("state") {
	case "", branchInUse:
	case branchRetired:
		b.Retired = true
	default:
		r.add("state", "没有“%s”这种状态，请填 %s 或 %s，不填是%[2]s", shown(r.text("state")), branchInUse, branchRetired)
	}
	in.report(r.row, "", r.faults)
	if len(r.faults) == 0 {
		in.Branches = append(in.Branches, Entry[Branch]{Value: b, File: in.Name, Row: r.row})
	}
}

// LinkBranches finds the parents of all branches of a file, by code or by a name
// that only one has, and faults those that cannot be: unknown, or above
// themselves.
func (f *File) LinkBranches() {
	byCode, byName := map[string]int{}, map[string]int{}
	bad := func(i int, field, problem string, args ...any) {
		e := f.Branches[i]
		f.Faulty++
		f.Faults = append(f.Faults, Fault{File: e.File, Row: e.Row, Field: branchHeadings[field][0], Problem: fmt.Sprintf(problem, args...)})
	}
	for i, e := range f.Branches {
		if first, twice := byCode[e.Value.Code]; twice { // on two sheets: else its row was refused
			bad(i, "code", "编号“%s”在 %s 第 %d 行已经用过", e.Value.Code, f.Branches[first].File, f.Branches[first].Row)
			continue
		}
		byCode[e.Value.Code] = i
		name := Normalise(e.Value.Name)
		if _, twice := byName[name]; twice {
			i = -1
		}
		byName[name] = i
	}
	if len(f.Branches) > MaxBranches {
		f.Faults = append(f.Faults, Fault{File: f.Name, Problem: fmt.Sprintf("支部超过 %d 个", MaxBranches)})
		return
	}
	for i := range f.Branches {
		b := &f.Branches[i].Value
		if b.Parent == "" {
			continue
		}
		written := Normalise(b.Parent)
		above, ok := byCode[written]
		if !ok {
			above, ok = byName[written]
		}
		switch {
		case !ok && f.Faulty > 0: // its row may be the faulty one
			b.Parent = ""
		case !ok:
			bad(i, "parent", "没有编号或名称是“%s”的上级，请在文件里加上它，或改成已有的编号；顶层的不填", shown(b.Parent))
			b.Parent = ""
		case above < 0:
			bad(i, "parent", "叫“%s”的不止一个，请填上级的编号", shown(b.Parent))
			b.Parent = ""
		default:
			b.Parent = f.Branches[above].Value.Code
		}
	}
	f.circles(byCode, bad)
}

// circles faults each ring of branches once, where it was come upon.
func (f *File) circles(byCode map[string]int, bad func(i int, field, problem string, args ...any)) {
	walk := make([]int, len(f.Branches)) // number of the walk that came by, from 1
	for i := range f.Branches {
		at := i
		for walk[at] == 0 {
			walk[at] = i + 1
			parent := f.Branches[at].Value.Parent
			if parent == "" {
				break
			}
			at = byCode[parent]
		}
		if parent := f.Branches[at].Value.Parent; walk[at] != i+1 || parent == "" {
			continue
		}
		ring := []string{f.Branches[at].Value.Code}
		for next := byCode[f.Branches[at].Value.Parent]; next != at; next = byCode[f.Branches[next].Value.Parent] {
			if ring = append(ring, f.Branches[next].Value.Code); len(ring) == 8 {
				ring = append(ring, "…")
				break
			}
		}
		bad(at, "parent", "上级绕成了一圈：%s → %s", strings.Join(ring, " → "), ring[0])
	}
}

// BranchColumns are the headings of branches as a table, in order.
func BranchColumns() []string { return headingsOf(branchHeadings, branchFieldsInOrder...) }

// BranchCells are the cells of one branch under BranchColumns; see QuestionCells.
func BranchCells(b Branch) []string {
	state := branchInUse
	if b.Retired {
		state = branchRetired
	}
	return harmlessAll([]string{b.Code, b.Name, b.Parent, state})
}

// WriteBranchesCSV writes branches as a table that ReadBranchesFile reads back.
func WriteBranchesCSV(w io.Writer, all []Branch) error {
	return writeCSV(w, BranchColumns(), len(all), func(i int) []string { return BranchCells(all[i]) })
}
