package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"dangshi/admin/board"
	"dangshi/admin/frame"
	"dangshi/admin/ranking"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// rankingData is what the section 排行 shows and does.
type rankingData struct {
	*service
}

func (s *service) ranking() *ranking.Ranking {
	return ranking.New(rankingData{s}, s.works)
}

// quiet is the app as calls from a page need it: what a command prints, nobody reads.
func (a *app) quiet(ctx context.Context) *app {
	b := *a
	b.ctx, b.out, b.errs, b.shown = ctx, io.Discard, io.Discard, nil
	return &b
}

// quiet is the app with the branches as they are.
func (r rankingData) quiet(ctx context.Context) (a *app, err error) {
	a = r.app.quiet(ctx)
	a.tree, err = r.Branches(ctx)
	return a, err
}

// Seasons is of ranking.Data.
func (r rankingData) Seasons(ctx context.Context) ([]ranking.Season, error) {
	states, err := r.data.SeasonStates(ctx)
	if err != nil {
		return nil, err
	}
	now := r.now()
	var all []ranking.Season
	for _, st := range slices.Backward(states) {
		all = append(all, r.season(st))
	}
	present, ok := r.app.file.Seasons.At(quiz.DayOf(now))
	if ok && !slices.ContainsFunc(all, func(s ranking.Season) bool { return s.ID == present.ID }) {
		all = slices.Insert(all, 0, ranking.Season{Season: present})
	}
	return all, nil
}

// season is a season that has begun, with its stage.
func (r rankingData) season(st store.SeasonState) ranking.Season {
	s := ranking.Season{Season: quiz.Season{ID: st.ID, From: st.Terms.From, To: r.app.lastDay(st)}}
	switch {
	case st.Honours != nil:
		s.Stage = ranking.Closed
	case st.Entropy != "":
		s.Stage = ranking.Closing
	case s.To == 0 || s.To.Lapsed(r.now()):
		s.Stage = ranking.Ended
	}
	return s
}

// Branches is of ranking.Data.
func (r rankingData) Branches(ctx context.Context) (*quiz.Branches, error) {
	return r.data.merged.Branches(ctx)
}

// Tally is of ranking.Data.
func (r rankingData) Tally(ctx context.Context, season string) (quiz.Tally, bool, error) {
	return r.data.Tally(ctx, season)
}

// Page is of ranking.Data.
func (r rankingData) Page(ctx context.Context, season quiz.Season, offset, n int) ([]ranking.Member, int, error) {
	ranked, total, err := r.data.RankedPage(ctx, season, offset, n)
	return r.members(ranked), total, err
}

func (r rankingData) members(ranked []store.Ranked) []ranking.Member {
	all := make([]ranking.Member, len(ranked))
	for i, m := range ranked {
		all[i] = ranking.Member{Row: rankedRow(m, false), Ref: r.data.Ref(m.ID), Honour: m.Honour, Damaged: m.Fault != nil}
	}
	return all
}

// Offset is of ranking.Data.
func (r rankingData) Offset(ctx context.Context, season, ref string) (int, bool, error) {
	id, ok := r.data.ByRef(ref)
	if !ok {
		return 0, false, nil
	}
	return r.data.BoardOffset(ctx, season, id)
}

// Find is of ranking.Data.
func (r rankingData) Find(ctx context.Context, text string, most int, tell func(done, of int)) ([]string, int, error) {
	a, err := r.quiet(ctx)
	if err != nil {
		return nil, 0, err
	}
	q := a.query(text, nil, most)
	q.Progress = func(n int) { tell(n, 0) }
	found, total, err := r.data.Find(ctx, q)
	// A pseudonym or a receipt is one person's, whoever else is called like it.
	if len(found) > 1 && found[0].By <= store.ByPseudonym && found[1].By > found[0].By {
		found, total = found[:1], 1
	}
	refs := make([]string, len(found))
	for i, f := range found {
		refs[i] = r.data.Ref(f.ID)
	}
	return refs, total, err
}

// Members is of ranking.Data.
func (r rankingData) Members(ctx context.Context, season quiz.Season, refs []string) ([]ranking.Member, error) {
	var ids []string
	for _, ref := range refs {
		if id, ok := r.data.ByRef(ref); ok {
			ids = append(ids, id)
		}
	}
	accounts, err := r.data.Accounts(ctx, season, ids)
	if err != nil {
		return nil, err
	}
	var all []ranking.Member
	for i, a := range accounts {
		if a.Fault == nil && !a.Member.Known() {
			continue
		}
		m := ranking.Member{Ref: r.data.Ref(ids[i]), Damaged: a.Fault != nil}
		m.Pseudonym, m.Name, m.Branch = quiz.Pseudonym(r.data.Secret(), season.ID, a.Self), a.Member.Name, a.Member.Branch
		m.Points, m.Row.Days, m.Longest, m.Correct, m.Asked = a.Totals.Points, a.Totals.Days, a.Totals.Longest, a.Totals.Correct, a.Totals.Asked
		all = append(all, m)
	}
	return all, nil
}

// Why is of ranking.Data.
func (r rankingData) Why(ctx context.Context, season quiz.Season, ref string) (w ranking.Why, ok bool, err error) {
	id, ok := r.data.ByRef(ref)
	if !ok {
		return w, false, nil
	}
	x, known, err := r.data.Explain(ctx, season, id, explained)
	if err != nil || !known {
		return w, false, err
	}
	w = ranking.Why{Totals: x.Totals, OptOut: x.Dossier.Member.OptOut, Of: x.Of, Closed: x.Closed, Agree: x.Agree}
	w.Ref, w.Damaged = ref, x.Fault != nil
	w.Pseudonym, w.Name, w.Branch = quiz.Pseudonym(r.data.Secret(), season.ID, x.Self), x.Dossier.Member.Name, x.Dossier.Member.Branch
	if !w.Damaged {
		w.Days = daysIn(x)
	}
	if h := x.Honour; h != nil {
		w.Honour = h.Place
		if h.Revoked != nil {
			w.Member.Revoked, w.Revoked = true, h.Revoked.Reason
		}
	}
	for _, n := range x.Neighbours {
		w.Neighbours = append(w.Neighbours, ranking.Neighbour{Ref: r.data.Ref(n.ID), Place: n.Place, Pseudonym: n.Pseudonym, Score: n.Score, Lot: n.Lot, Itself: n.Itself})
	}
	return w, true, nil
}

// Report is of ranking.Data.
func (r rankingData) Report(ctx context.Context, season quiz.Season, top int, within string, sums bool) (h board.Head, rows board.Rows, err error) {
	a, err := r.quiet(ctx)
	if err != nil {
		return h, nil, err
	}
	if h, err = a.reportHead(r.data, season); err != nil {
		return h, nil, err
	}
	h.Top = top
	if within = content.Normalise(strings.TrimSpace(within)); within != "" {
		b, ok := a.tree.Get(within)
		if !ok {
			return h, nil, frame.NotFound("没有这个支部了。请从排行页重新选。")
		}
		h.Within = b.Code
	}
	if sums {
		if h.Tally, err = a.freshTally(r.data, season, h.At); err != nil {
			return h, nil, err
		}
	}
	return h, a.ranking(r.data, h, func() {}), nil
}

// Audit is of ranking.Data.
func (r rankingData) Audit(ctx context.Context, by, did, on, why, more string) error {
	return r.data.Audit(ctx, store.Audited{At: r.now(), By: by, Did: did, On: on, Why: why, More: more})
}
