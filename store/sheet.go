package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"dangshi/quiz"
)

// sheet is a season's ranking at one moment: who, with which score, and how much
// of the log that counts. It takes some 70 bytes for each member.
type sheet struct {
	truth
	members []ranked     // in the order of pseudonyms
	scores  []int64      // ascending
	damaged []string     // pseudonyms of those whose log cannot be read
	moves   quiz.Version // of the ledger of moves: nobody was being moved
}

type ranked struct {
	id        string
	score     int64
	pseudonym [pseudonymBytes]byte
	finished  uint16 // days
}

// errPseudonyms means that two members have the same pseudonym, which one season
// of a million members in two thousand sees.
var errPseudonyms = errors.New("two members have the same pseudonym in this season")

// sheet reads the ranking; on reports who is on it by pseudonym and state. Errors:
// ErrRekeying, quiz.ErrUnavailable.
func (s *Store) sheet(ctx context.Context, season quiz.Season, on func(pseudonym []byte, st state) bool, progress func(n int)) (*sheet, error) {
	moves, err := s.notRekeying(ctx)
	if err != nil {
		return nil, err
	}
	t, err := s.truth(ctx, season)
	if err != nil {
		return nil, err
	}
	sh := &sheet{truth: t, moves: moves}
	var mu sync.Mutex
	done := counter{report: progress}
	err = s.eachPage(ctx, func(ids []string) error {
		states, err := t.readMembers(ctx, ids)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		for i, st := range states {
			name := t.name(st.self)
			if st.fault != nil && st.raw != "" {
				sh.damaged = append(sh.damaged, name)
			}
			if st.raw == "" || st.totals.Days == 0 || !on([]byte(name), st) {
				continue
			}
			// Not the id itself, which would keep the whole page of names in memory.
			r := ranked{id: strings.Clone(ids[i]), score: st.totals.Rank(), finished: uint16(len(finishedDays(st.log)))}
			copy(r.pseudonym[:], name)
			sh.members = append(sh.members, r)
		}
		done.add(len(ids))
		return nil
	})
	if err == nil {
		err = sh.unmoved(ctx)
	}
	if err != nil {
		return nil, err
	}
	return sh, sh.sort()
}

// unmoved refuses where members were moved to other openids since the sheet was
// begun: it may lack some, and its ids be old.
func (sh *sheet) unmoved(ctx context.Context) error {
	moves, err := sh.store.notRekeying(ctx)
	if err == nil && moves != sh.moves {
		err = ErrRekeying
	}
	return err
}

// sort brings the members into order, each once: a scan may show one twice.
func (sh *sheet) sort() error {
	slices.Sort(sh.damaged)
	sh.damaged = slices.Compact(sh.damaged)
	slices.SortFunc(sh.members, func(a, b ranked) int { return bytes.Compare(a.pseudonym[:], b.pseudonym[:]) })
	sh.members = slices.CompactFunc(sh.members, func(a, b ranked) bool { return a.id == b.id && a.pseudonym == b.pseudonym })
	for i := range sh.members {
		if i > 0 && sh.members[i].pseudonym == sh.members[i-1].pseudonym {
			return fmt.Errorf("%w: %s", errPseudonyms, sh.members[i].pseudonym[:])
		}
		sh.scores = append(sh.scores, sh.members[i].score)
	}
	slices.Sort(sh.scores)
	return nil
}

func (sh *sheet) roll() roll {
	r := make(roll, 0, len(sh.members)*pseudonymBytes)
	for i := range sh.members {
		r = append(r, sh.members[i].pseudonym[:]...)
	}
	return r
}

func (sh *sheet) candidates() []quiz.Candidate {
	all, names := make([]quiz.Candidate, len(sh.members)), string(sh.roll()) // one text for all
	for i, m := range sh.members {
		all[i] = quiz.Candidate{Pseudonym: names[i*pseudonymBytes : (i+1)*pseudonymBytes], Score: m.score}
	}
	return all
}

// member is who has a pseudonym of the sheet.
func (sh *sheet) member(pseudonym string) (id string) {
	i, ok := slices.BinarySearchFunc(sh.members, pseudonym, func(m ranked, name string) int { return bytes.Compare(m.pseudonym[:], []byte(name)) })
	if !ok {
		return ""
	}
	return sh.members[i].id
}

// finishedDays are the entries that count.
func finishedDays(log []quiz.Entry) []quiz.Entry {
	return slices.DeleteFunc(slices.Clone(log), func(e quiz.Entry) bool { return e.Lapsed })
}

// errSheetMoved means that a member has gone since the sheet was read.
var errSheetMoved = errors.New("a member of the ranking was erased meanwhile")
