package ranking

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"dangshi/admin/account"
	"dangshi/admin/board"
	"dangshi/admin/frame"
	"dangshi/quiz"
)

// asked is what files are asked for.
type asked struct {
	top    int // 0: all
	branch string
	csv    bool
}

func askedFor(v *frame.Visit) (a asked, err error) {
	top, format := v.R.FormValue("top"), v.R.FormValue("format")
	if top != "" {
		if a.top, err = strconv.Atoi(top); err != nil || a.top < 0 || a.top > 1<<30 {
			return a, frame.Bad("前多少名，请写一个数；0 是全部。")
		}
	}
	if format != "xlsx" && format != "csv" {
		return a, frame.Bad("请选 Excel（XLSX）或 CSV。")
	}
	a.branch, a.csv = v.R.FormValue("branch"), format == "csv"
	return a, nil
}

// name is the file's.
func (a asked) name(what string, season Season) string {
	name := what + season.ID
	if a.top > 0 {
		name += fmt.Sprintf("-前%d名", a.top)
	}
	if a.branch != "" {
		name += "-" + a.branch
	}
	if a.csv {
		return name + ".csv"
	}
	return name + ".xlsx"
}

// export writes the ranking while it is read: a table grows in the browser from the
// first second on, a workbook comes when it is complete. What fails on the way breaks
// the file off.
func (r *Ranking) export(v *frame.Visit) error {
	season, a, h, rows, err := r.report(v, 0)
	if err != nil {
		return err
	}
	more := a.name("", season)
	if err := r.data.Audit(v.Context(), v.By(), "board.export", season.ID, "", more); err != nil {
		return err
	}
	if !v.May(account.Names) {
		rows = unnamed(rows)
	}
	write := board.WriteXLSX
	if a.csv {
		write = board.WriteCSV
	}
	return v.Hand(a.name("排行榜", season), func(w io.Writer) error { return write(w, h, rows) })
}

// unnamed takes out who somebody is.
func unnamed(rows board.Rows) board.Rows {
	return func(take func(board.Row) error) error {
		return rows(func(r board.Row) error {
			r.Name, r.Branch = "", ""
			return take(r)
		})
	}
}

// report reads what files of a season need, of so many first places; 0: of as many as the
// form says.
func (r *Ranking) report(v *frame.Visit, top int) (season Season, a asked, h board.Head, rows board.Rows, err error) {
	if season, _, err = r.chosen(v); err != nil {
		return
	}
	if season.ID == "" {
		err = frame.NotFound("还没有人答过题，没有排行。")
		return
	}
	if a, err = askedFor(v); err != nil {
		return
	}
	if top > 0 {
		a.top = top
	}
	sums := top == 0 && !a.csv // they stand in the workbook of the ranking alone
	h, rows, err = r.data.Report(v.Context(), season.Season, a.top, a.branch, sums)
	return
}

type prizesView struct {
	Season  Season
	Seasons []Season
	Top     int
	Reason  string
	Fault   string
}

// prizes asks what the list for handing out prizes is for.
func (r *Ranking) prizes(v *frame.Visit) error {
	season, all, err := r.chosen(v)
	if err != nil {
		return err
	}
	top, err := r.listed(v, season, 0)
	if err != nil {
		return err
	}
	return v.Show("prizes.html", "颁奖名单", prizesView{Season: season, Seasons: all, Top: top})
}

// listed is how many are on the list for prizes where so many are asked for, 0: it was
// not said. Where more than quiz.MaxTop have won, the command lists them all.
func (r *Ranking) listed(v *frame.Visit, season Season, asked int) (int, error) {
	named := 0
	if season.Stage == Closed {
		awards, err := r.data.Awards(v.Context(), season.ID)
		if err != nil {
			return 0, err
		}
		named = len(awards)
	}
	end, err := r.data.End(v.Context(), season)
	return min(end.Prizes.Listed(asked, named), quiz.MaxTop), err
}

// longestReason bounds a reason, in characters.
const longestReason = 200

// reason is what was given as one.
func reason(v *frame.Visit) (text, fault string) {
	text = strings.TrimSpace(v.R.FormValue("reason"))
	switch {
	case text == "":
		return text, "请写明事由，记入操作记录。"
	case utf8.RuneCountInString(text) > longestReason:
		return text, "事由太长了，请写在 200 字以内。"
	}
	return text, ""
}

// asTop reads for how many prizes are asked: as many as a list names at most, since it
// is read whole before it is noted and handed out.
func asTop(text string) (top int, fault string) {
	top, err := strconv.Atoi(text)
	if err != nil || top < 1 || top > quiz.MaxTop {
		return 0, fmt.Sprintf("前多少名，请写 1 到 %d 的数。", quiz.MaxTop)
	}
	return top, ""
}

// prizesFile hands the list out, once that is noted: a crash in between leaves a line
// without a list, never a list without its line.
func (r *Ranking) prizesFile(v *frame.Visit) error {
	if !v.May(account.Names) {
		return frame.Refusal{Status: http.StatusForbidden, Text: "颁奖名单上有姓名，您的账号不能导出。"}
	}
	season, all, err := r.chosen(v)
	if err != nil {
		return err
	}
	top, refused := asTop(v.R.FormValue("top"))
	listed, err := r.listed(v, season, top)
	if err != nil {
		return err
	}
	why, fault := reason(v)
	if fault = cmp.Or(refused, fault); fault != "" {
		return v.ShowAgain("prizes.html", "颁奖名单", prizesView{Season: season, Seasons: all, Top: listed, Reason: why, Fault: fault})
	}
	season, a, h, rows, err := r.report(v, listed)
	if err != nil {
		return err
	}
	var list []board.Row
	if err := rows(func(row board.Row) error { list = append(list, row); return nil }); err != nil {
		return err
	}
	if err := r.data.Audit(v.Context(), v.By(), "board.prizes", season.ID, why, fmt.Sprintf("%d 人", len(list))); err != nil {
		return err
	}
	write := board.WritePrizesXLSX
	if a.csv {
		write = board.WritePrizesCSV
	}
	p := board.Prizes{Head: h, By: v.By(), Why: why}
	return v.Hand(a.name("颁奖名单", season), func(w io.Writer) error { return write(w, p, list) })
}
