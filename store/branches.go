package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"

	"github.com/redis/go-redis/v9"

	"dangshi/content"
	"dangshi/quiz"
)

// Branches are the tree of branches that was loaded, nil where none was; see
// Staleness. All callers share it. Errors: quiz.ErrUnavailable.
func (s *Store) Branches(ctx context.Context) (*quiz.Branches, error) {
	v, err := s.versions(ctx)
	if err != nil {
		return nil, err
	}
	return s.branches.get(ctx, v[versionBranches], s.timeout, func(ctx context.Context) (*quiz.Branches, error) {
		b, _, err := s.readBranches(ctx)
		return b, err
	})
}

// readBranches reads the branches as they are now.
func (s *Store) readBranches(ctx context.Context) (*quiz.Branches, quiz.Version, error) {
	stored, err := s.client.Get(ctx, branchesKey()).Result()
	if err := unavailable(err); err != nil {
		return nil, "", err
	}
	value, version, err := cutVersion(stored)
	var list []content.Branch
	if err == nil && len(value) > 0 {
		err = json.Unmarshal(value, &list)
	}
	if err != nil {
		return nil, "", fmt.Errorf("the stored branches cannot be read: %w", err)
	}
	if len(list) == 0 {
		return nil, version, nil
	}
	return quiz.NewBranches(list), version, nil
}

// BranchLoading is a list of branches compared with what is stored.
type BranchLoading struct {
	quiz.BranchPlan
	Now   *quiz.Branches
	Bound map[string]int // members of those that the list lacks

	version quiz.Version
}

// PlanBranches compares a list with the branches as they are now, and writes
// nothing. Only where the list lacks some are members counted: each is read, page
// by page. Errors: quiz.ErrUnavailable.
func (s *Store) PlanBranches(ctx context.Context, list []content.Branch) (p BranchLoading, err error) {
	if p.Now, p.version, err = s.readBranches(ctx); err != nil {
		return p, err
	}
	if missing := p.Now.Missing(list); len(missing) > 0 {
		all, err := s.CountBranches(ctx)
		if err != nil {
			return p, err
		}
		p.Bound = map[string]int{}
		for _, x := range missing {
			p.Bound[x.Code] = all[x.Code]
		}
	}
	p.BranchPlan = quiz.PlanBranches(p.Now, list, p.Bound)
	return p, nil
}

// ErrRetires means that a list lacks branches to which members belong.
var ErrRetires = errors.New("members belong to branches that the list lacks")

// PutBranches writes what was planned, all of it or nothing. Who bound to a branch
// since the plan was made keeps its code, which then names no branch. The line of the
// audit log is written in the same step. Where nothing changes nothing is written. Errors:
//
//	ErrRetires           branches become retired, and retire does not say so
//	quiz.ErrConflict     nothing was written: somebody else loaded; plan again
//	quiz.ErrUnavailable  nothing was written
//	quiz.ErrUnknown      it may have been written or not: plan again
func (s *Store) PutBranches(ctx context.Context, p BranchLoading, retire bool, line Audited) error {
	switch {
	case len(p.Retired) > 0 && !retire:
		return ErrRetires
	case !p.Changes(p.Now):
		return nil
	}
	text, err := json.Marshal(p.Next)
	if err != nil {
		return err
	}
	done, err := s.saveUnder(ctx, branchesKey(), p.version, text, versionBranches, nil, line)
	if err == nil && !done {
		err = quiz.ErrConflict
	}
	return err
}

// CountBranches counts the members of each branch by its code, also those who
// never answered or left the ranking. It reads every member, page by page, and
// holds 8 bytes for each. Damaged records are left out. Errors:
// quiz.ErrUnavailable.
func (s *Store) CountBranches(ctx context.Context) (map[string]int, error) {
	var mu sync.Mutex
	seen, counts := map[uint64]bool{}, map[string]int{}
	err := s.eachPage(ctx, func(ids []string) error {
		p := s.client.Pipeline()
		cmds := make([]*redis.StringCmd, len(ids))
		for i, id := range ids {
			cmds[i] = p.Get(ctx, memberKey(s.shard(id), id))
		}
		_, _ = p.Exec(ctx) // its error is that of the first command, and who is gone is none
		mu.Lock()
		defer mu.Unlock()
		for i, id := range ids {
			if err := unavailable(cmds[i].Err()); err != nil {
				return err
			}
			r, err := decodeRecord([]byte(cmds[i].Val()))
			h := fnv.New64a()
			h.Write([]byte(id))
			if err != nil || r.Member.Branch == "" || seen[h.Sum64()] {
				continue
			}
			seen[h.Sum64()] = true
			counts[r.Member.Branch]++
		}
		return nil
	})
	return counts, err
}
