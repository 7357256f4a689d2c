// Package board writes what staff take out of the program: the ranking of a
// season and the list for handing out prizes. It writes row by row as members
// come, so that a million of them need no more memory than a hundred, and no
// openid unless it is asked for.
package board

import (
	"fmt"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// Head is what a report says of itself.
type Head struct {
	Season   quiz.Season
	Weights  quiz.Weights
	At       time.Time // when it is made
	Closed   bool      // the places are those of the honours list
	Top      int       // 0: all
	Branches *quiz.Branches
	Within   string     // code of the branch whose members are listed; empty: of all
	Tally    quiz.Tally // the sums of the branches
	Voids    quiz.Voids
	Rulings  int  // corrections in force
	OpenID   bool // openids leave the organisation
}

// Row is one member of a ranking.
type Row struct {
	Place     int
	Pseudonym string
	Name      string // as the member gave it; empty: none was given
	Branch    string // code; empty: none
	Points    int    // in 1/quiz.Unit points
	Days      int
	Correct   int
	Asked     int
	Longest   int
	Draw      string // lot; empty: none was drawn
	Revoked   bool   // the honour was taken back
	Erased    bool   // the person was erased after the close: the place stays
	ID        string // openid, where it is to leave the organisation
}

// Rows hands out rows in order until take fails.
type Rows func(take func(Row) error) error

// columns are those of the ranking.
func (h Head) columns() []string {
	columns := []string{"名次", "编号", "姓名", "支部", "积分", "完成天数", "正确率", "最长连续天数", "抽签"}
	if h.OpenID {
		columns = append(columns, "openid")
	}
	return columns
}

// accuracy is the share of right answers; ok is false where it is not known.
func (r Row) accuracy() (share float64, ok bool) {
	if r.Asked == 0 {
		return 0, false
	}
	return float64(r.Correct) / float64(r.Asked), true
}

// name is the name as it is shown, safe in a sheet.
func (r Row) name() string {
	if r.Erased {
		return "（已注销）"
	}
	return content.Harmless(r.Name)
}

// draw is the lot as it is shown.
func (r Row) draw() string {
	if r.Revoked {
		return r.Draw + "（荣誉已撤销）"
	}
	return r.Draw
}

// branch is the path of a branch, safe in a sheet.
func (h Head) branch(code string) string {
	if code == "" {
		return ""
	}
	return content.Harmless(h.Branches.Path(code))
}

func percent(share float64) string { return fmt.Sprintf("%.1f%%", 100*share) }

// rounded are points as a number of a sheet, with one decimal, rounded down as
// quiz.Score does.
func rounded(points int) float64 { return float64(points*10/quiz.Unit) / 10 }
