package ranking

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/quiz"
)

const (
	pageRows = 50
	// looked is how many members a page looks at for those of a branch: there is no
	// board of a branch alone.
	looked   = 2000
	lookedAt = 500 // at once
)

// row is a member as the table shows it.
type row struct {
	Member
	Unit   string // the branch with those above it
	Score  string
	Right  string // share of right answers
	Itself bool   // whom the page is around
}

// option is one choice of a list.
type option struct{ Value, Label string }

type boardView struct {
	Season   Season
	Seasons  []Season
	Waiting  string // the season that is to be closed; empty: none
	Branches []option
	Branch   string
	Rows     []row
	Total    int
	Pager    frame.Pager
	Export   string // query of the files of what is shown

	Unit    string // the branch
	Tally   quiz.BranchTally
	Average string
	At      int64 // when it was counted; 0: it was not
	From    int   // members that were passed over before this page of a branch
	Looked  int   // up to which place it has looked
	Next    string
}

func (r *Ranking) board(v *frame.Visit) error {
	season, all, err := r.chosen(v)
	if err != nil {
		return err
	}
	x := &boardView{Season: season, Seasons: all, Waiting: waiting(all).ID}
	if len(all) == 0 {
		return v.Show("board.html", "排行", x)
	}
	tree, err := r.data.Branches(v.Context())
	if err != nil {
		return err
	}
	if v.May(account.Names) { // which branch somebody is in is told to nobody else
		x.Branches = options(tree)
		x.Branch = v.R.FormValue("branch")
	}
	x.Export = url.Values{"season": {season.ID}, "branch": {x.Branch}}.Encode()
	if x.Branch != "" {
		return r.ofBranch(v, x, tree)
	}
	offset, moved, err := r.wanted(v, season)
	if err != nil || moved {
		return err
	}
	members, total, err := r.data.Page(v.Context(), season.Season, offset, pageRows)
	if err != nil {
		return err
	}
	x.Total, x.Pager = total, v.Pager(total, pageRows)
	x.Rows = rows(v, tree, members)
	return v.Show("board.html", "排行", x)
}

// wanted is where the page begins. A place, or a member, that is asked for is on
// another page: then the browser is sent there.
func (r *Ranking) wanted(v *frame.Visit, season Season) (offset int, moved bool, err error) {
	to := func(offset int) error {
		q := url.Values{"season": {season.ID}, "page": {strconv.Itoa(offset/pageRows + 1)}}
		if who := v.R.FormValue("who"); who != "" {
			q.Set("who", who)
		}
		http.Redirect(v.W, v.R, "/admin/ranking?"+q.Encode()+"#itself", http.StatusSeeOther)
		return nil
	}
	if v.R.FormValue("page") != "" {
		return (v.Page() - 1) * pageRows, false, nil
	}
	if at := strings.TrimSpace(v.R.FormValue("at")); at != "" {
		place, err := strconv.Atoi(at)
		if err != nil || place < 1 || place > 1<<30 {
			return 0, false, frame.Bad("名次请写一个数，例如 300。")
		}
		return 0, true, to(place - 1)
	}
	who := v.R.FormValue("who")
	if who == "" {
		return 0, false, nil
	}
	offset, ok, err := r.data.Offset(v.Context(), season.ID, who)
	switch {
	case err != nil:
		return 0, false, err
	case !ok: // why not, the page about the member says
		http.Redirect(v.W, v.R, "/admin/ranking/why?"+url.Values{"season": {season.ID}, "who": {who}}.Encode(), http.StatusSeeOther)
		return 0, true, nil
	}
	return 0, true, to(offset)
}

// ofBranch shows the members of a branch and of those below it, as far as so many
// members of the board go.
func (r *Ranking) ofBranch(v *frame.Visit, x *boardView, tree *quiz.Branches) error {
	within := tree.Within(x.Branch)
	if within == nil {
		return frame.NotFound("没有这个支部了。请从排行页重新选。")
	}
	x.Unit = tree.Path(x.Branch)
	tally, ok, err := r.data.Tally(v.Context(), x.Season.ID)
	if err != nil {
		return err
	}
	if ok {
		x.At, x.Tally = tally.At, tally.Rolled(tree)[x.Branch]
		if x.Tally.Members > 0 {
			x.Average = quiz.Score(x.Tally.Points / x.Tally.Members)
		}
	}
	x.From, _ = strconv.Atoi(v.R.FormValue("from"))
	x.From = max(0, x.From)
	var found []Member
	for x.Looked = x.From; x.Looked < x.From+looked && len(found) < pageRows; {
		members, total, err := r.data.Page(v.Context(), x.Season.Season, x.Looked, lookedAt)
		if err != nil {
			return err
		}
		x.Total = total
		for _, m := range members {
			if x.Looked++; within[m.Branch] {
				if found = append(found, m); len(found) == pageRows {
					break
				}
			}
		}
		if len(members) < lookedAt {
			break
		}
	}
	if x.Looked < x.Total {
		x.Next = "/admin/ranking?" + url.Values{"season": {x.Season.ID}, "branch": {x.Branch}, "from": {strconv.Itoa(x.Looked)}}.Encode()
	}
	x.Rows = rows(v, tree, found)
	return v.Show("board.html", "排行", x)
}

// rows are members for who looks.
func rows(v *frame.Visit, tree *quiz.Branches, members []Member) []row {
	who := v.R.FormValue("who")
	all := make([]row, len(members))
	for i, m := range members {
		x := row{Member: m, Score: quiz.Score(m.Points), Right: frame.Percent(m.Correct, m.Asked), Itself: who != "" && m.Ref == who}
		if m.Branch != "" {
			x.Unit = tree.Path(m.Branch)
		}
		if !v.May(account.Names) {
			x.Name, x.Unit = "", ""
		}
		all[i] = x
	}
	return all
}

// options are the branches of a tree, each set in below the one above it.
func options(tree *quiz.Branches) []option {
	var all []option
	for _, b := range tree.All() {
		all = append(all, option{b.Code, strings.Repeat("　", tree.Depth(b.Code)) + b.Name})
	}
	return all
}
