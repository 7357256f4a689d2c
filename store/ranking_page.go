package store

import (
	"context"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// page reads what belongs to some places.
func (r *ranking) page(ctx context.Context, places []place) ([]Ranked, error) {
	s := r.store
	p := s.client.Pipeline()
	records := make([]*redis.StringCmd, len(places))
	for i, at := range places {
		records[i] = p.Get(ctx, memberKey(s.shard(at.id), at.id))
	}
	_, _ = p.Exec(ctx) // its error is that of the first command, and who was erased is none
	all := make([]Ranked, len(places))
	var behind []int // members whose record counts another season by now
	for i, at := range places {
		if err := unavailable(records[i].Err()); err != nil {
			return nil, err
		}
		m := &all[i]
		m.Place, m.ID = int(at.rank), at.id
		m.Points, m.Days, m.Longest = quiz.UnpackRank(at.score)
		record, err := decodeRecord([]byte(records[i].Val()))
		m.Member, m.Fault = record.Member.Amended(r.past.Rulings.Published()), err
		m.Pseudonym = r.name(m.Member.Self(at.id))
		if m.Member.Totals.Season == r.season.ID {
			m.Totals = m.Member.Totals
		} else if err == nil && m.Member.Known() {
			behind = append(behind, i)
		}
		r.drawn(m, at)
	}
	return all, r.recount(ctx, all, behind)
}

// recount gives the totals of members whose record counts another season by now:
// from their points where all papers of the season had as many questions, which is
// exact, else from their logs.
func (r *ranking) recount(ctx context.Context, all []Ranked, behind []int) error {
	if len(behind) == 0 {
		return nil
	}
	if err := r.look(ctx); err != nil {
		return err
	}
	var ids []string
	var replayed []int
	for _, i := range behind {
		m := &all[i]
		correct, ok := r.weights.CorrectOf(m.Points, m.Days, r.questions)
		if !ok {
			ids, replayed = append(ids, m.ID), append(replayed, i)
			continue
		}
		m.Totals = quiz.Totals{Season: r.season.ID, Points: m.Points, Days: m.Days, Longest: m.Longest, Correct: correct, Asked: m.Days * r.questions}
	}
	if len(ids) == 0 {
		return nil
	}
	states, err := r.readMembers(ctx, ids)
	if err != nil {
		return err
	}
	for i, st := range states {
		m := &all[replayed[i]]
		if m.Totals, m.Fault = st.totals, st.fault; st.fault != nil {
			m.Totals = quiz.Totals{}
		}
	}
	return nil
}

// look finds whether all papers of the season had as many questions.
func (r *ranking) look(ctx context.Context) error {
	if r.looked {
		return nil
	}
	r.looked = true
	first, same := true, true
	err := r.store.eachPaper(ctx, r.season, func(p *quiz.Paper) {
		if first {
			first, r.questions, r.weights = false, len(p.Questions), p.Weights
		}
		same = same && len(p.Questions) == r.questions && p.Weights == r.weights
	})
	if !same {
		r.questions = 0
	}
	return err
}

// drawn puts to a place what the honours list says of it.
func (r *ranking) drawn(m *Ranked, at place) {
	if at.honour > 0 {
		h := r.closed.honours.Places[at.honour-1]
		m.Pseudonym, m.Lot, m.Honour = h.Pseudonym, h.Lot, h.Place
		m.Revoked = quiz.RevokedNow(r.closed.revocations, h.Place) != nil
		if m.Fault == nil && m.Member.Joined == 0 { // erased: the record is gone
			m.ID = ""
		}
		return
	}
	m.Lot = r.lots[m.Pseudonym]
}
