package ranking

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/quiz"
)

// Honours is what the page of a closed season shows and does. What cannot be is a
// frame.Refusal.
type Honours interface {
	// Published is the honours list as it was published, and its file.
	Published(ctx context.Context, season string) (quiz.Honours, []byte, error)
	// Awards are its places with the people behind them.
	Awards(ctx context.Context, season string) ([]quiz.Award, error)
	// WriteAwards writes them as a table for people, with names.
	WriteAwards(ctx context.Context, season string, w io.Writer) error
	// Revocations are what was revoked and given back, the oldest first.
	Revocations(ctx context.Context, season string) ([]quiz.Revoked, error)
	// Revoke takes the honour of a place back, or gives it back again.
	Revoke(ctx context.Context, season string, place int, by, reason string, restore bool) error
	// WriteLedger writes the ledger of the season.
	WriteLedger(ctx context.Context, season Season, w io.Writer) error
	// Certificate is that of one place of a closed season, PNG.
	Certificate(ctx context.Context, season string, place int) ([]byte, error)
	// WriteCertificates writes a file of them; before the first byte it may refuse.
	WriteCertificates(ctx context.Context, season string, p Printed, w io.Writer) error
}

func (r *Ranking) honourRoutes() []frame.Route {
	return []frame.Route{
		{Pattern: "GET /admin/ranking/honours", Right: account.Look, Do: r.honours},
		{Pattern: "GET /admin/ranking/honours.json", Right: account.Export, Do: r.honoursFile},
		{Pattern: "GET /admin/ranking/honours.csv", Right: account.Export, Do: r.awardsFile},
		{Pattern: "GET /admin/ranking/ledger", Right: account.Export, Do: r.ledger, Slow: true, File: true},
		{Pattern: "GET /admin/ranking/certificates", Right: account.Export, Do: r.certificates, Slow: true, File: true},
		{Pattern: "GET /admin/ranking/revoke", Right: account.Govern, Do: r.revokeForm},
		{Pattern: "POST /admin/ranking/revoke", Right: account.Govern, Do: r.revoke},
	}
}

type honourRow struct {
	quiz.Award
	Unit  string
	Score string
}

type honoursView struct {
	Season  Season
	Seasons []Season
	List    quiz.Honours
	SHA256  string // of the file
	Rows    []honourRow
	Files   []Printed // of certificates; empty: nobody has one
	History []quiz.Revoked
}

// closed is the closed season that a page is about.
func (r *Ranking) closed(v *frame.Visit) (Season, []Season, error) {
	season, all, err := r.chosen(v)
	if err == nil && season.Stage != Closed {
		err = frame.NotFound("这个赛季还没有结赛，没有荣誉名单。")
	}
	return season, all, err
}

func (r *Ranking) honours(v *frame.Visit) error {
	season, all, err := r.closed(v)
	if err != nil {
		return err
	}
	x := honoursView{Season: season, Seasons: all}
	var file []byte
	if x.List, file, err = r.data.Published(v.Context(), season.ID); err != nil {
		return err
	}
	sum := sha256.Sum256(file)
	x.SHA256 = hex.EncodeToString(sum[:])
	awards, err := r.data.Awards(v.Context(), season.ID)
	if err != nil {
		return err
	}
	tree, err := r.data.Branches(v.Context())
	if err != nil {
		return err
	}
	for _, a := range awards {
		row := honourRow{Award: a, Score: quiz.Score(a.Honour.Points)}
		if a.Branch != "" {
			row.Unit = tree.Path(a.Branch)
		}
		if !v.May(account.Names) {
			row.Name, row.Unit, row.Code = "", "", "" // the code leads to the name
		}
		x.Rows = append(x.Rows, row)
	}
	x.Files = printedOf(len(awards))
	if v.May(account.Govern) {
		if x.History, err = r.data.Revocations(v.Context(), season.ID); err != nil {
			return err
		}
	}
	return v.Show("honours.html", "荣誉名单", x)
}

func (r *Ranking) honoursFile(v *frame.Visit) error {
	season, _, err := r.closed(v)
	if err != nil {
		return err
	}
	_, file, err := r.data.Published(v.Context(), season.ID)
	if err != nil {
		return err
	}
	v.File("honours-" + season.ID + ".json")
	_, err = v.W.Write(file)
	return err
}

// mayName lets those through who may see names.
func mayName(v *frame.Visit) error {
	if !v.May(account.Names) {
		return frame.Refusal{Status: http.StatusForbidden, Text: "这个文件里有姓名，您的账号不能导出。"}
	}
	return nil
}

func (r *Ranking) awardsFile(v *frame.Visit) error {
	season, _, err := r.closed(v)
	if err == nil {
		err = mayName(v)
	}
	if err != nil {
		return err
	}
	if err := r.data.Audit(v.Context(), v.By(), "season.honours", season.ID, "", ""); err != nil {
		return err
	}
	return v.Hand("honours-"+season.ID+".csv", func(w io.Writer) error { return r.data.WriteAwards(v.Context(), season.ID, w) })
}

func (r *Ranking) ledger(v *frame.Visit) error {
	season, err := r.named(v)
	if err != nil {
		return err
	}
	if err := r.data.Audit(v.Context(), v.By(), "board.ledger", season.ID, "", ""); err != nil {
		return err
	}
	return v.Hand("ledger-"+season.ID+".jsonl", func(w io.Writer) error { return r.data.WriteLedger(v.Context(), season, w) })
}

type revokeView struct {
	Season  Season
	Honour  quiz.Honour
	Restore bool // it is revoked, and would be given back
	Reason  string
	Fault   string
}

// place is the place of a closed season that the form names.
func (r *Ranking) place(v *frame.Visit) (Season, quiz.Honour, error) {
	season, _, err := r.closed(v)
	if err != nil {
		return season, quiz.Honour{}, err
	}
	place, _ := strconv.Atoi(v.R.FormValue("place"))
	awards, err := r.data.Awards(v.Context(), season.ID)
	if err == nil && (place < 1 || place > len(awards)) {
		err = frame.NotFound("荣誉名单里没有这个名次。")
	}
	if err != nil {
		return season, quiz.Honour{}, err
	}
	return season, awards[place-1].Honour, nil
}

func (r *Ranking) revokeForm(v *frame.Visit) error {
	season, honour, err := r.place(v)
	if err != nil {
		return err
	}
	return v.Show("revoke.html", "撤销荣誉", revokeView{Season: season, Honour: honour, Restore: honour.Revoked != nil})
}

// revoke takes an honour back, or with restore gives it back. Both are told with how
// to undo them.
func (r *Ranking) revoke(v *frame.Visit) error {
	season, honour, err := r.place(v)
	if err != nil {
		return err
	}
	restore := v.R.FormValue("restore") == "yes"
	why, fault := reason(v)
	if fault != "" {
		return v.ShowAgain("revoke.html", "撤销荣誉", revokeView{Season: season, Honour: honour, Restore: restore, Reason: why, Fault: fault})
	}
	if err := r.data.Revoke(v.Context(), season.ID, honour.Place, v.By(), why, restore); err != nil {
		return err
	}
	did, back := "撤销", "yes"
	if restore {
		did, back = "恢复", "no"
	}
	return v.Done("/admin/ranking/honours?"+url.Values{"season": {season.ID}}.Encode(), frame.Note{
		Text: fmt.Sprintf("已%s第 %d 名的荣誉。公布过的名单文件不变；查验证书的页面马上就会写明。", did, honour.Place),
		Undo: &frame.Undo{Path: "/admin/ranking/revoke", Fields: map[string]string{
			"season": season.ID, "place": strconv.Itoa(honour.Place), "restore": back, "reason": "改回刚才的" + did,
		}},
	})
}
