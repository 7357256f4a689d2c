package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"dangshi/admin/board"
	"dangshi/admin/frame"
	"dangshi/admin/ranking"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/web/certificate"
	"dangshi/web/drawing"
)

// state is what is stored of a season that has begun.
func (r rankingData) state(ctx context.Context, season string) (store.SeasonState, error) {
	states, err := r.data.SeasonStates(ctx)
	if err != nil {
		return store.SeasonState{}, err
	}
	for _, st := range states {
		if st.ID == season {
			return st, nil
		}
	}
	return store.SeasonState{ID: season}, nil
}

// End is of ranking.Ends.
func (r rankingData) End(ctx context.Context, season ranking.Season) (e ranking.End, err error) {
	st, err := r.state(ctx, season.ID)
	if err != nil {
		return e, err
	}
	e = ranking.End{Over: season.Stage != ranking.Running, Commits: st.Commits, Entropy: st.Entropy, Prizes: r.app.prizes()}
	if season.To >= season.From {
		e.From = (season.To + 1).Start().Add(quiz.Grace)
	}
	if e.Pending, _, err = r.Pending(ctx); err != nil {
		return e, err
	}
	voids, err := r.data.Voids(ctx)
	if err != nil {
		return e, err
	}
	for day := range voids {
		if day >= season.From && (day <= season.To || season.To < season.From) {
			e.Voids++
		}
	}
	rulings, err := r.data.Rulings(ctx)
	e.Rulings = rulings.Published()
	return e, err
}

// Check is of ranking.Ends.
func (r rankingData) Check(ctx context.Context, season quiz.Season, tell func(done, of int)) (c ranking.Check, err error) {
	verified, err := r.data.Verify(ctx, season, store.VerifyOptions{Progress: func(n int) { tell(n, 0) }})
	if err != nil {
		return c, err
	}
	c = ranking.Check{At: r.now(), Members: verified.Members, Differences: len(verified.Differences)}
	left, err := r.data.Unlisted(ctx, season, func(n int) { tell(n, 0) })
	if err != nil {
		return c, closeRefusal(season, err)
	}
	c.Ranked, c.Unlisted, c.Damaged, c.Committed = left.Ranked, left.Unlisted, left.Damaged, left.Commits
	objections, err := r.data.EachObjections(ctx, true)
	if err != nil {
		return c, err
	}
	c.Objections = len(objections)
	c.Tied, c.Named, err = r.tied(ctx, season, r.app.prizes())
	return c, err
}

// tied reads what quiz.Prizes.AtLine tells; 0 where there are fewer than are to be named.
func (r rankingData) tied(ctx context.Context, season quiz.Season, p quiz.Prizes) (tied, named int, err error) {
	last, _, err := r.data.BoardPage(ctx, season.ID, p.Top-1, 1)
	if err != nil || len(last) == 0 {
		return 0, 0, err
	}
	rank, _, err := r.data.Rank(ctx, season.ID, last[0].Score)
	if err != nil {
		return 0, 0, err
	}
	next, _, err := r.data.Rank(ctx, season.ID, last[0].Score-1)
	tied, named = p.AtLine(rank-1, next-1)
	return tied, named, err
}

// Commit is of ranking.Ends.
func (r rankingData) Commit(ctx context.Context, season quiz.Season, by string, tell func(done, of int)) error {
	_, err := r.data.CommitSeason(ctx, season, r.now().Unix(), by, func(n int) { tell(n, 0) })
	return closeRefusal(season, err)
}

// Close is of ranking.Ends. The ledger is kept where serve keeps those of the closes
// that it resumes.
func (r rankingData) Close(ctx context.Context, season quiz.Season, c ranking.Choice, tell func(done, of int)) error {
	_, err := r.app.quiet(ctx).closeSeason(r.data, store.CloseRequest{
		Season: season, Entropy: c.Entropy, Prizes: r.app.prizes(), Now: r.now(), By: c.By, Damaged: c.Damaged,
		Ledger: func(write func(io.Writer) error) error { return r.app.keepLedger(season.ID, write) },
	}, store.RebuildOptions{Progress: func(n int) { tell(n, 0) }})
	return closeRefusal(season, err)
}

// Resume is of ranking.Ends.
func (r rankingData) Resume(ctx context.Context, tell func(done, of int)) error {
	err := r.app.quiet(ctx).inTurn(r.data, closeTurn, func(ctx context.Context) error {
		_, err := r.data.ResumeClose(ctx, r.now(), r.app.keepLedger, store.RebuildOptions{Progress: func(n int) { tell(n, 0) }})
		return err
	})
	return closeRefusal(quiz.Season{}, err)
}

// Commitment is of ranking.Ends.
func (r rankingData) Commitment(ctx context.Context, season string) ([]byte, error) {
	st, err := r.state(ctx, season)
	if err != nil {
		return nil, err
	}
	if len(st.Commits) == 0 {
		return nil, frame.NotFound("这个赛季还没有承诺。")
	}
	return quiz.EncodeCommitted(season, st.Commits)
}

// Published is of ranking.Honours.
func (r rankingData) Published(ctx context.Context, season string) (quiz.Honours, []byte, error) {
	h, file, ok, err := r.data.HonoursFile(ctx, season)
	if err == nil && !ok {
		err = frame.NotFound("这个赛季还没有结赛，没有荣誉名单。")
	}
	return h, file, err
}

// Awards is of ranking.Honours.
func (r rankingData) Awards(ctx context.Context, season string) ([]quiz.Award, error) {
	return r.data.Awards(ctx, season)
}

// WriteAwards is of ranking.Honours.
func (r rankingData) WriteAwards(ctx context.Context, season string, w io.Writer) error {
	awards, err := r.data.Awards(ctx, season)
	if err != nil {
		return err
	}
	tree, err := r.Branches(ctx)
	if err != nil {
		return err
	}
	return board.WriteHonoursCSV(w, awards, tree)
}

// Revocations is of ranking.Honours.
func (r rankingData) Revocations(ctx context.Context, season string) ([]quiz.Revoked, error) {
	st, err := r.state(ctx, season)
	return st.Revoked, err
}

// Revoke is of ranking.Honours.
func (r rankingData) Revoke(ctx context.Context, season string, place int, by, reason string, restore bool) error {
	err := r.data.Revoke(ctx, season, place, quiz.Revocation{At: r.now().Unix(), By: by, Reason: reason}, restore)
	switch {
	case errors.Is(err, store.ErrRevoked):
		return frame.Refusal{Status: 409, Text: "已经是这样了，没有什么要改。也许别人刚刚改过，请回到名单看一看。"}
	case errors.Is(err, store.ErrNames):
		return frame.Bad("事由会公开，请不要写姓名。")
	}
	return err
}

// WriteLedger is of ranking.Honours.
func (r rankingData) WriteLedger(ctx context.Context, season ranking.Season, w io.Writer) error {
	folder, err := os.MkdirTemp("", "dangshi-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "ledger") // whole before the first byte is sent: it may have to be begun anew
	_, err = r.app.writeLedger(ctx, r.data, season.Season, func(write func(io.Writer) error) error { return writeOutput(path, nil, write) }, nil)
	if errors.Is(err, store.ErrLedgerGone) {
		return frame.NotFound(ledgerGone + "。请用结赛时公布的那一份。")
	}
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// Certificate is of ranking.Honours.
func (r rankingData) Certificate(ctx context.Context, season string, place int) ([]byte, error) {
	awards, err := r.data.Awards(ctx, season)
	if err != nil {
		return nil, err
	}
	if awards = certificate.OfPlace(awards, place); len(awards) == 0 {
		return nil, frame.NotFound("荣誉名单里没有这个名次。")
	}
	data, err := r.maker.PNG(awards[0], certificate.ForPrint)
	if certificate.IsObstacle(err) {
		return nil, frame.Bad(fmt.Sprintf("第 %d 名没有证书：%s。", place, err))
	}
	return data, noFont(err)
}

// WriteCertificates is of ranking.Honours.
func (r rankingData) WriteCertificates(ctx context.Context, season string, p ranking.Printed, w io.Writer) error {
	awards, err := r.data.Awards(ctx, season)
	if err != nil {
		return err
	}
	awards = slices.DeleteFunc(awards, func(a quiz.Award) bool { return a.Honour.Place < p.From || a.Honour.Place > p.To })
	if len(awards) == 0 {
		return frame.NotFound("荣誉名单里没有这些名次。")
	}
	if p.PDF {
		_, err = r.maker.WritePDF(ctx, w, season+" 荣誉证书", time.Unix(awards[0].Closed, 0), awards)
	} else {
		_, err = r.maker.WriteZIP(ctx, w, awards, nil)
	}
	if errors.Is(err, certificate.ErrNone) {
		return frame.NotFound("这些名次都没有证书：没有登记姓名、已注销，或荣誉已撤销。")
	}
	return noFont(err)
}

// noFont says who is to help where certificates cannot be drawn.
func noFont(err error) error {
	if errors.Is(err, drawing.ErrNoFont) {
		return frame.Refusal{Status: 503, Text: "这台服务器没有装中文字体，画不出证书。请技术人员按文档安装字体。"}
	}
	return err
}
