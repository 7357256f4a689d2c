package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"dangshi/quiz"
)

// write writes the ledger of the sheet; listed are the pseudonyms that were
// committed, nil where none were. What was answered since the sheet was read is
// left out. It gives the SHA-256 of what it wrote.
func (sh *sheet) write(ctx context.Context, w io.Writer, listed roll) (sum string, err error) {
	h := sha256.New()
	out := &ledgerWriter{w: io.MultiWriter(w, h), from: sh.season.From}
	if out.buf, err = sh.head(ctx); err != nil {
		return "", err
	}
	at := 0
	for page := range slices.Chunk(sh.members, pageSize) {
		ids := make([]string, len(page))
		for i, m := range page {
			ids[i] = m.id
		}
		states, err := sh.readMembers(ctx, ids)
		if err != nil {
			return "", err
		}
		for i, m := range page {
			line, err := sh.line(m, states[i])
			if err != nil {
				return "", err
			}
			at = out.gone(listed, at, m.pseudonym[:])
			out.buf = line.Append(out.buf, sh.season.From)
			out.ranked++
		}
		if err := out.flush(); err != nil {
			return "", err
		}
	}
	out.gone(listed, at, nil)
	if err := out.flush(); err != nil {
		return "", err
	}
	if _, err := out.w.Write(quiz.LedgerEnd(out.ranked, out.outs, hex.EncodeToString(h.Sum(nil)))); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

type ledgerWriter struct {
	w            io.Writer
	from         quiz.Day
	buf          []byte
	ranked, outs int
}

func (o *ledgerWriter) flush() error {
	_, err := o.w.Write(o.buf)
	o.buf = o.buf[:0]
	return err
}

// gone writes those of the list, from place at on, who come before a pseudonym and
// are ranked no more; it gives the place behind it. nil: all that are left.
func (o *ledgerWriter) gone(listed roll, at int, before []byte) int {
	for ; at < listed.len(); at++ {
		order := -1
		if before != nil {
			order = bytes.Compare(listed.at(at), before)
		}
		if order >= 0 {
			return at + 1 - min(order, 1)
		}
		o.buf = quiz.LedgerLine{Pseudonym: string(listed.at(at)), Out: true}.Append(o.buf, o.from)
		o.outs++
	}
	return at
}

// line is one member's, as the sheet has it.
func (sh *sheet) line(m ranked, st state) (quiz.LedgerLine, error) {
	entries := finishedDays(st.log)
	if len(entries) < int(m.finished) {
		return quiz.LedgerLine{}, errSheetMoved
	}
	entries = entries[:m.finished]
	totals, err := quiz.Replay(sh.season, entries, sh.past.Paper, sh.past.Voids)
	if err != nil {
		return quiz.LedgerLine{}, err
	}
	if totals.Rank() != m.score {
		return quiz.LedgerLine{}, errSheetMoved
	}
	return quiz.LedgerLine{
		Pseudonym: string(m.pseudonym[:]), Rank: rankIn(sh.scores, m.score),
		Points: totals.Points, Days: totals.Days, Longest: totals.Longest, Entries: entries,
	}, nil
}

// head is the first line.
func (sh *sheet) head(ctx context.Context) ([]byte, error) {
	s := sh.store
	terms, err := s.Seasons(ctx)
	if err != nil {
		return nil, err
	}
	var papers []*quiz.Paper
	all := quiz.Season{ID: sh.season.ID, From: sh.season.From} // those too that came before the last day was moved
	if err := s.eachPaper(ctx, all, func(p *quiz.Paper) { papers = append(papers, p) }); err != nil {
		return nil, err
	}
	weights := quiz.DefaultWeights
	if begun, ok := terms[sh.season.ID]; ok {
		weights = begun.Weights
	}
	return quiz.NewLedgerHead(sh.season, weights, papers, sh.past.Voids, sh.past.Rulings.For(sh.season.ID)).Encode()
}

// LedgerSum is what is told of a ledger that was written.
type LedgerSum struct {
	Season quiz.Season
	SHA256 string
	Ranked int
	Closed bool // the ledger is the one of the season's honours list
}

// ErrLedgerGone means that the ledger of a closed season cannot be written again
// as it was: members were erased since, and their logs with them. The file that
// was written at the close is the one to keep.
var ErrLedgerGone = errors.New("the logs of members who were erased since the close are gone")

// WriteLedger writes the ledger of a season: of one that is closed, the ledger of
// its honours list. keep is handed what writes it, perhaps several times: each
// time from the beginning, where somebody was erased meanwhile. Errors:
// ErrLedgerGone, ErrRekeying, quiz.ErrUnavailable.
func (s *Store) WriteLedger(ctx context.Context, season quiz.Season, keep func(write func(io.Writer) error) error, progress func(n int)) (LedgerSum, error) {
	one, closed, err := s.readHonours(ctx, season.ID)
	if err != nil {
		return LedgerSum{}, err
	}
	if closed {
		return s.writeClosedLedger(ctx, one, keep, progress)
	}
	for range maxTurns {
		sh, err := s.sheet(ctx, season, func(_ []byte, st state) bool { return st.ranked() > 0 }, progress)
		if err != nil {
			return LedgerSum{}, err
		}
		sum := LedgerSum{Season: season, Ranked: len(sh.members)}
		err = keep(func(w io.Writer) (err error) {
			sum.SHA256, err = sh.write(ctx, w, nil)
			return err
		})
		if !errors.Is(err, errSheetMoved) {
			return sum, err
		}
	}
	return LedgerSum{}, fmt.Errorf("%w: members are being erased", quiz.ErrUnavailable)
}

// writeClosedLedger writes the ledger of those who were ranked at the close,
// whatever they have decided since.
func (s *Store) writeClosedLedger(ctx context.Context, one honouredSeason, keep func(write func(io.Writer) error) error, progress func(n int)) (LedgerSum, error) {
	season := one.honours.Season
	c, err := s.readClosing(ctx, season.ID)
	if err != nil {
		return LedgerSum{}, err
	}
	frozen, err := s.readRoll(ctx, season.ID, c.Frozen)
	if err != nil {
		return LedgerSum{}, err
	}
	listed, err := s.readRoll(ctx, season.ID, c.List)
	if err != nil {
		return LedgerSum{}, err
	}
	sh, err := s.sheet(ctx, season, func(pseudonym []byte, _ state) bool { return frozen.holds(pseudonym) }, progress)
	if err != nil {
		return LedgerSum{}, err
	}
	if len(sh.members) < frozen.len() {
		return LedgerSum{}, ErrLedgerGone
	}
	sum := LedgerSum{Season: season, Ranked: len(sh.members), Closed: true}
	err = keep(func(w io.Writer) (err error) {
		if sum.SHA256, err = sh.write(ctx, w, listed); err == nil && sum.SHA256 != one.honours.Ledger {
			err = ErrLedgerGone
		}
		return err
	})
	if errors.Is(err, errSheetMoved) {
		err = ErrLedgerGone
	}
	return sum, err
}
