package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"dangshi/content"
	"dangshi/quiz"
)

// pair is what two ids of one move hold.
type pair struct {
	fate     Fate
	old, new quiz.Record
	raw      string   // the old record as it is stored
	rest     []string // what further keys of the old id hold, in the order of movedKeys
	ahead    bool     // the new id's logs begin with the old id's: to delete the old one loses nothing
}

// rekeying is a Rekey under way.
type rekeying struct {
	store   *Store
	moves   []content.Move
	seasons []string
	truths  map[string]truth // by season
	winners map[string]bool  // ids that stand on lists of winners

	mu   sync.Mutex
	plan RekeyPlan
}

func (s *Store) newRekeying(ctx context.Context, moves []content.Move) (*rekeying, error) {
	r := &rekeying{store: s, moves: moves, truths: map[string]truth{}, winners: map[string]bool{}}
	begun, err := s.Seasons(ctx)
	if err != nil {
		return nil, err
	}
	for id, terms := range begun {
		r.seasons = append(r.seasons, id)
		if r.truths[id], err = s.truth(ctx, quiz.Season{ID: id, From: terms.From}); err != nil {
			return nil, err
		}
	}
	slices.Sort(r.seasons)
	err = s.changeWinners(ctx, func(winners map[int]string) bool {
		for _, id := range winners {
			r.winners[id] = true
		}
		return false
	})
	return r, err
}

// movedKeys are the keys of a member that move beside the record.
func movedKeys(shard int, id string, seasons []string) []string {
	keys := []string{practiceKey(shard, id), objectionsKey(shard, id)}
	for _, season := range seasons {
		keys = append(keys, logKey(shard, season, id))
	}
	return keys
}

// readPair looks at both ids; with seasons also at what else the old one holds.
func (s *Store) readPair(ctx context.Context, m content.Move, seasons []string) (p pair, err error) {
	from, to := s.shard(m.Old), s.shard(m.New)
	pipe := s.client.Pipeline()
	old := pipe.MGet(ctx, append([]string{memberKey(from, m.Old)}, movedKeys(from, m.Old, seasons)...)...)
	now := pipe.MGet(ctx, append([]string{memberKey(to, m.New)}, movedKeys(to, m.New, seasons)...)...)
	stones := pipe.ZMScore(ctx, erasedKey(to), tombstone(s.pin.Secret, m.New), tombstone(s.pin.Secret, m.Old)) // 0 where absent
	if _, err := pipe.Exec(ctx); err != nil {
		return p, unavailable(err)
	}
	values, news := stringsOf(old.Val()), stringsOf(now.Val())
	p.raw, p.rest = values[0], values[1:]
	if p.old, err = decodeRecord([]byte(p.raw)); err != nil {
		return p, fmt.Errorf("the old openid: %w", err)
	}
	if p.new, err = decodeRecord([]byte(news[0])); err != nil {
		return p, fmt.Errorf("the new openid: %w", err)
	}
	former := slices.Contains(p.new.Member.Former, m.Old)
	switch {
	case p.raw == "" && former:
		p.fate = Moved
	case p.raw == "":
		p.fate = Unmoved
	case news[0] == "" && stones.Val()[0] > 0 && stones.Val()[0] == stones.Val()[1]:
		p.fate = Erased // one erasure of both: of the copy, before the old record went
	case news[0] == "":
		p.fate = Ready
	case former:
		p.fate = Copied
	default:
		p.fate = Conflict
	}
	p.ahead = true
	const logs = 2 // of movedKeys
	for i := logs; i < len(p.rest); i++ {
		p.ahead = p.ahead && strings.HasPrefix(news[1:][i], p.rest[i])
	}
	return p, nil
}

// stringsOf are the answers of an MGET, empty where a key is absent.
func stringsOf(values []any) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i], _ = v.(string)
	}
	return all
}

// move takes one member as far as it goes.
func (r *rekeying) move(ctx context.Context, i int) error {
	m := r.moves[i]
	var wrote, from quiz.Version // the copy that this run made, and of what
	for turn := range maxSteps {
		p, err := r.store.readPair(ctx, m, r.seasons)
		if err != nil {
			return err
		}
		// The old account is dead after the move. Where it is not, and the old id was
		// used after the copy, a copy that nobody has touched is made again.
		again := p.fate == Copied && wrote != "" && p.new.Version == wrote && p.old.Version != from
		if p.fate == Copied && !p.ahead && !again {
			p.fate = Conflict
		}
		if turn == 0 || p.fate == Conflict {
			r.note(i, p)
		}
		switch {
		case p.fate == Unmoved, p.fate == Conflict:
			return nil
		case p.fate == Moved:
			return r.rank(ctx, m)
		case p.fate == Ready, again:
			from = p.old.Version
			wrote, err = r.copy(ctx, m, p)
		case p.fate == Erased:
			err = r.delete(ctx, m, p, tombstone(r.store.pin.Secret, m.Old))
		case p.fate == Copied:
			err = r.delete(ctx, m, p, movedStone(r.store.pin.Secret, m.Old))
		}
		if err != nil && !errors.Is(err, quiz.ErrUnknown) { // what is not known shows at the next look
			return err
		}
	}
	return fmt.Errorf("%w: both openids keep changing", quiz.ErrUnavailable)
}

func (r *rekeying) note(i int, p pair) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.plan.note(i, p)
}

// copy writes what the old id has under the new one, if nothing came in between. A
// crash afterwards leaves both records and the old id on the boards.
func (r *rekeying) copy(ctx context.Context, m content.Move, p pair) (quiz.Version, error) {
	s, shard := r.store, r.store.shard(m.New)
	next := p.old
	next.Member.Former = append(slices.Clone(p.old.Member.Former), m.Old)
	next.Version = newVersion()
	minute := ""
	if next.Member.Remind > 0 {
		minute = strconv.Itoa(next.Member.Remind - 1)
	}
	keys := append([]string{memberKey(shard, m.New), remindKey(shard)}, movedKeys(shard, m.New, r.seasons)...)
	args := []any{string(p.new.Version), encodeRecord(next), m.New, minute}
	for _, value := range p.rest {
		args = append(args, value)
	}
	s.recent.forget(m.New)
	_, err := s.run(ctx, s.move, keys, args...)
	return next.Version, err
}

// delete takes the old id away, if it is still what was copied. A crash afterwards
// leaves the member on no board; the next run sees the new record and ranks it.
func (r *rekeying) delete(ctx context.Context, m content.Move, p pair, stone string) error {
	s := r.store
	if r.winners[m.Old] && p.fate != Erased {
		if err := s.MoveWinner(ctx, m.Old, m.New); err != nil {
			return err
		}
	}
	keys, args, err := s.erasure(ctx, m.Old, 0, []string{stone})
	if err != nil {
		return err
	}
	args[0], args[1] = string(p.old.Version), ""
	s.recent.forget(m.Old)
	_, err = s.run(ctx, s.erase, keys, args...) // what is refused is looked at again
	return err
}

// rank puts the member on the boards of all seasons, as the logs say. It does
// nothing where they have it.
func (r *rekeying) rank(ctx context.Context, m content.Move) error {
	for _, season := range r.seasons {
		if err := r.rankIn(ctx, r.truths[season], m.New); err != nil {
			return err
		}
	}
	return nil
}

func (r *rekeying) rankIn(ctx context.Context, t truth, id string) error {
	s := r.store
	for range maxSteps {
		states, err := t.readMembers(ctx, []string{id})
		if err != nil {
			return err
		}
		st := states[0]
		if st.ranked() == 0 || st.fault != nil {
			return nil // not ranked, erased meanwhile, or damaged: board verify tells
		}
		shard := s.shard(id)
		set := &quiz.BoardSet{Season: t.season.ID, Score: st.ranked(), Amend: st.ahead}
		gen := s.gens.get(shard, t.season.ID)
		if score, err := s.client.ZScore(ctx, boardKey(shard, t.season.ID, gen.read), id).Result(); err == nil && int64(score) == set.Score && gen.fill == 0 {
			return nil
		} else if err != nil && !errors.Is(err, redis.Nil) {
			return unavailable(err)
		}
		_, err = s.Commit(ctx, id, quiz.Change{Record: st.record, Board: set})
		if err == nil {
			return nil
		}
		if !errors.Is(err, quiz.ErrConflict) && !errors.Is(err, quiz.ErrUnknown) {
			return err
		}
	}
	return fmt.Errorf("%w: the member keeps changing the record", quiz.ErrUnavailable)
}
