package ranking

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/admin/work"
	"dangshi/quiz"
)

// mostFound is how many finds are listed, and longest how many characters are looked
// for.
const (
	mostFound = 50
	longest   = 60
)

// finds is the result of a search: nobody's name, who may be erased meanwhile.
type finds struct {
	Refs  []string `json:"refs"`
	Total int      `json:"total"`
}

// find begins a search. Who may not see names looks for pseudonyms and receipts
// alone.
func (r *Ranking) find(v *frame.Visit) error {
	season, _, err := r.chosen(v)
	if err != nil {
		return err
	}
	text := strings.TrimSpace(v.R.PostFormValue("q"))
	code, isCode := quiz.ParseCode(text)
	isCode = isCode && (len(code) == quiz.PseudonymLength || len(code) == quiz.ReceiptLength)
	switch {
	case text == "":
		return frame.Bad("请写要找的人：姓名、编号或回执号。")
	case utf8.RuneCountInString(text) > longest:
		return frame.Bad("要找的字太长了，请只写姓名、编号或回执号。")
	case !isCode && !v.May(account.Names):
		return frame.Bad("您的账号只能按编号（10 位）或回执号（8 位）找人。")
	}
	id := "find-" + rand.Text()
	err = r.works.Start(v.Context(), id, v.By(), func(ctx context.Context, tell func(done, of int)) (any, error) {
		return r.search(ctx, text, tell)
	})
	if err != nil {
		return err
	}
	if _, _, err := r.works.Await(v.Context(), id, patience); err != nil {
		return err
	}
	http.Redirect(v.W, v.R, "/admin/ranking/found?"+url.Values{"season": {season.ID}, "work": {id}}.Encode(), http.StatusSeeOther)
	return nil
}

// searches is how many searches read all members at once, however many are asked for:
// the others wait for their turn.
const searches = 2

func (r *Ranking) search(ctx context.Context, text string, tell func(done, of int)) (f finds, err error) {
	select {
	case r.searching <- struct{}{}:
		defer func() { <-r.searching }()
	case <-ctx.Done():
		return f, ctx.Err()
	}
	f.Refs, f.Total, err = r.data.Find(ctx, text, mostFound, tell)
	return f, err
}

type foundView struct {
	Season Season
	Work   work.Work
	Rows   []row
	Total  int
}

// found shows how far a search is, and then whom it has found: one alone on the board.
func (r *Ranking) found(v *frame.Visit) error {
	season, _, err := r.chosen(v)
	if err != nil {
		return err
	}
	x := foundView{Season: season}
	if x.Work, err = r.work(v); err != nil {
		return err
	}
	var f finds
	if x.Work.Over && x.Work.Fault == "" {
		if err := json.Unmarshal(x.Work.Result, &f); err != nil {
			return err
		}
		if len(f.Refs) == 1 {
			http.Redirect(v.W, v.R, "/admin/ranking?"+url.Values{"season": {season.ID}, "who": f.Refs}.Encode(), http.StatusSeeOther)
			return nil
		}
		members, err := r.data.Members(v.Context(), season.Season, f.Refs)
		if err != nil {
			return err
		}
		tree, err := r.data.Branches(v.Context())
		if err != nil {
			return err
		}
		x.Total, x.Rows = f.Total, rows(v, tree, members)
	}
	return v.Show("found.html", "找到的人", x)
}

// work is the work that the address names.
func (r *Ranking) work(v *frame.Visit) (work.Work, error) {
	w, ok, err := r.works.Find(v.Context(), v.R.FormValue("work"))
	if err == nil && !ok {
		err = frame.NotFound("结果只留一个小时，已经没有了。请再做一次。")
	}
	return w, err
}
