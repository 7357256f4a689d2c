// Package members is the console's section on members: who there is, one member's
// record, what is done at a member's wish, objections. Whoever sees it may see names.
package members

import (
	"context"
	"embed"
	"net/http"
	"strings"
	"sync"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/quiz"
)

//go:embed *.html style.css
var files embed.FS

// path is where the section is.
const path = "/admin/members"

// Members is the section.
type Members struct {
	data       Data
	acts       Acts
	register   *frame.Survey[*register]
	objections *frame.Survey[[]Filed]

	mu      sync.Mutex
	beside  context.Context
	now     func() time.Time
	seeking []*seeking // the latest last
}

// New makes the section. beside ends with the program: what takes long goes on beside
// the pages. now is the product's clock; turn has replicas read all members one after the
// other.
func New(beside context.Context, now func() time.Time, turn frame.Turn, data Data, acts Acts) *Members {
	m := &Members{data: data, acts: acts, beside: beside, now: now}
	m.register = frame.NewSurvey(beside, now, func(ctx context.Context, progress func(int)) (*register, error) {
		e := newEnrolment()
		if err := data.EachMember(ctx, progress, e.take); err != nil {
			return nil, err
		}
		return e.register(), nil
	}).InTurn(turn, "register")
	m.objections = frame.NewSurvey(beside, now, func(ctx context.Context, _ func(int)) ([]Filed, error) { return data.AllObjections(ctx) }).InTurn(turn, "objections")
	return m
}

// Section is the section as a part of the console.
func (m *Members) Section() frame.Section {
	return frame.Section{Path: path, Name: "学员", Right: account.Names, Files: files, Routes: []frame.Route{
		{Pattern: "GET " + path, Right: account.Names, Do: m.list},
		{Pattern: "POST " + path, Right: account.Names, Do: m.find},
		{Pattern: "POST " + path + "/again", Right: account.Names, Do: m.again},
		{Pattern: "GET " + path + "/objections", Right: account.Names, Do: m.listObjections},
		{Pattern: "GET " + path + "/{who}", Right: account.Names, Do: m.show},
		{Pattern: "POST " + path + "/{who}/file", Right: account.Govern, Do: m.file},
		{Pattern: "POST " + path + "/{who}/correct", Right: account.Govern, Do: m.correct},
		{Pattern: "POST " + path + "/{who}/unbind", Right: account.Govern, Do: m.unbind},
		{Pattern: "POST " + path + "/{who}/rank", Right: account.Govern, Do: m.rank},
		{Pattern: "POST " + path + "/{who}/object", Right: account.Govern, Do: m.object},
		{Pattern: "POST " + path + "/{who}/answer", Right: account.Govern, Do: m.answer},
		{Pattern: "POST " + path + "/{who}/erase", Right: account.Govern, Do: m.erase},
	}}
}

// listed is how many members a page lists.
const listed = 50

// row is one member of a list.
type row struct {
	Path, Name, Branch, Claim, Number string
	Days                              int
	Out, Left                         bool
}

// listPage is the page of the list.
type listPage struct {
	Query, Branch, Only, Day string
	Lost                     bool // what was looked for is no longer known
	Tree                     []option
	At                       time.Time
	Ready, Old, Failed       bool // the register is there; it may be old; reading it failed
	Seen                     int
	Figures                  figures
	Rows                     []row
	Total                    int
	Pager                    frame.Pager
	Seek                     *seekPage
	Open                     int // objections; -1: not known yet
}

// option is one branch of a choice.
type option struct {
	Code, Name string
	Chosen     bool
}

// find takes what is looked for, which stands in no address that others can read.
func (m *Members) find(v *frame.Visit) error {
	text := strings.TrimSpace(v.R.PostFormValue("q"))
	if len(text) > maxQuery {
		return frame.Bad("要找的文字太长了。")
	}
	if done, err := m.byID(v, text); done || err != nil {
		return err
	}
	return v.Find(path, []string{"branch", "only", "day"}, []string{"q"})
}

func (m *Members) list(v *frame.Visit) error {
	ctx, q := v.Context(), v.R.URL.Query()
	hidden, ok := v.Unsealed()
	p := listPage{Query: hidden.Get("q"), Branch: q.Get("branch"), Only: q.Get("only"), Day: q.Get("day"), Lost: !ok, Open: -1}
	tree, err := m.data.Branches(ctx)
	if err != nil {
		return err
	}
	p.Tree = options(tree, p.Branch)
	found := m.register.Look(ctx)
	p.At, p.Ready, p.Seen, p.Failed, p.Old = found.At, !found.At.IsZero(), found.Seen, found.Err != nil, found.Running
	if p.Ready {
		p.Figures = found.Value.sums(tree)
		wished := wish{name: p.Query, branch: p.Branch, waiting: p.Only == "waiting", strays: p.Only == "strays"}
		ids, total := found.Value.find(wished, tree, (v.Page()-1)*listed, listed)
		p.Total, p.Pager = total, v.Pager(total, listed)
		if p.Rows, err = m.rows(v, tree, ids); err != nil {
			return err
		}
		if total == 0 {
			if p.Seek, err = m.seek(v, p.Query, p.Day); err != nil {
				return err
			}
		}
	}
	if found := m.objections.Look(ctx); !found.At.IsZero() {
		p.Open = countOpen(found.Value)
	}
	return v.Show("list.html", "学员", p)
}

// Waiting is how many objections wait for an answer, and how many bindings for their
// member's word; of the latter as far as the list was looked at, since all members are
// not read for a number. 0 where it is not known.
func (m *Members) Waiting(ctx context.Context) (objections, bindings int) {
	if last := m.register.Last(); !last.At.IsZero() {
		bindings = last.Value.figures.Waiting
	}
	return countOpen(m.objections.Look(ctx).Value), bindings
}

// maxQuery bounds what is looked for, in bytes.
const maxQuery = 200

// rows reads the members of a page as they are now; who is gone since is left out.
func (m *Members) rows(v *frame.Visit, tree *quiz.Branches, ids []string) ([]row, error) {
	season, err := m.data.Season(v.Context(), v.Now)
	if err != nil {
		return nil, err
	}
	members, err := m.data.MembersOf(v.Context(), ids)
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, x := range members {
		if !x.Known() {
			continue
		}
		r := row{
			Path: path + "/" + m.data.Ref(ids[i]), Name: x.Name, Branch: branchText(tree, x.Branch), Claim: x.Claim.Name,
			Number: m.data.Pseudonym(season.ID, x.Self(ids[i])), Out: x.OptOut, Left: x.Unfollowed,
		}
		if x.Totals.Season == season.ID {
			r.Days = x.Totals.Days
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// byID leads to the member whose openid was given, the only one who can have it.
func (m *Members) byID(v *frame.Visit, text string) (done bool, err error) {
	if len(text) < 6 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false, nil
	}
	members, err := m.data.MembersOf(v.Context(), []string{text})
	if err != nil || !members[0].Known() {
		return false, err
	}
	http.Redirect(v.W, v.R, path+"/"+m.data.Ref(text), http.StatusSeeOther)
	return true, nil
}

// again has the register made anew.
func (m *Members) again(v *frame.Visit) error {
	m.register.Changed()
	m.objections.Changed()
	http.Redirect(v.W, v.R, path, http.StatusSeeOther)
	return nil
}

func options(tree *quiz.Branches, chosen string) []option {
	var all []option
	for _, b := range tree.All() {
		all = append(all, option{b.Code, strings.Repeat("　", tree.Depth(b.Code)) + b.Name, b.Code == chosen})
	}
	return all
}

// branchText is a branch with those above it; "": none.
func branchText(tree *quiz.Branches, code string) string {
	if code == "" {
		return ""
	}
	return tree.Path(code)
}
