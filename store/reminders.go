package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// The reminder index says who is to be reminded at which minute of the day. It
// is derived from the members' records and written just before them, so that it
// may know of someone whose record says otherwise: whoever uses it looks at the
// record. It never lacks anyone whose record was committed.

// duePage is how many members Reminders hands over at once.
const duePage = 500

// SetReminder enters a member at a minute of the day, 0 to 1439, or with -1 takes
// the member off the index. It comes before the commit of the record that says
// so: a crash in between leaves an entry that the record does not bear out. The
// same call may be made again. Errors: quiz.ErrUnavailable where nothing was
// written, quiz.ErrUnknown.
func (s *Store) SetReminder(ctx context.Context, id string, minute int) error {
	key := remindKey(s.shard(id))
	switch {
	case minute == -1:
		return outcome(s.client.ZRem(ctx, key, id).Err())
	case minute < 0 || minute >= 24*60:
		return fmt.Errorf("%d is no minute of a day", minute)
	}
	return outcome(s.client.ZAdd(ctx, key, redis.Z{Score: float64(minute), Member: id}).Err())
}

// Reminders hands over everyone on the index at exactly that minute of the day,
// page by page, shard after shard, each once. Who comes or goes meanwhile may be
// handed over or not. It ends with the first error of visit. Errors:
// quiz.ErrUnavailable, quiz.ErrUnknown; the call may be made again.
func (s *Store) Reminders(ctx context.Context, minute int, visit func(ids []string) error) error {
	for shard := range s.pin.Shards {
		for last := ""; ; {
			ids, err := s.dueAt(ctx, shard, minute, last)
			if err != nil {
				return err
			}
			if len(ids) > 0 {
				if err := visit(ids); err != nil {
					return err
				}
				last = ids[len(ids)-1]
			}
			if len(ids) < duePage {
				break
			}
		}
	}
	return nil
}

// NextReminder is the first minute of the day, from the given one on, at which
// anyone is on the index; -1 where there is none until midnight. One round trip.
// Errors: quiz.ErrUnavailable.
func (s *Store) NextReminder(ctx context.Context, minute int) (next int, err error) {
	p := s.client.Pipeline()
	first := make([]*redis.ZSliceCmd, s.pin.Shards)
	for shard := range first {
		first[shard] = p.ZRangeArgsWithScores(ctx, redis.ZRangeArgs{
			Key: remindKey(shard), Start: strconv.Itoa(minute), Stop: "+inf", ByScore: true, Count: 1,
		})
	}
	if _, err := p.Exec(ctx); err != nil {
		return -1, unavailable(err)
	}
	next = -1
	for _, cmd := range first {
		if z := cmd.Val(); len(z) > 0 && (next < 0 || int(z[0].Score) < next) {
			next = int(z[0].Score)
		}
	}
	return next, nil
}

func (s *Store) dueAt(ctx context.Context, shard, minute int, last string) ([]string, error) {
	answer, err := s.run(ctx, s.due, []string{remindKey(shard)}, minute, last, duePage)
	if err != nil {
		return nil, err
	}
	page, _ := answer.([]any)
	ids := make([]string, len(page))
	for i := range page {
		ids[i], _ = page[i].(string)
	}
	return ids, nil
}

// RebuildReminders makes the index what the records say, while members go on
// changing them. Who is missing, as everyone is after the embedded store was
// loaded, is entered at once; an entry that is not what the record says may be
// about to be committed, and is looked at again after a few seconds. Damaged
// records are left out. The call may be made again. Errors: quiz.ErrUnavailable,
// quiz.ErrUnknown.
func (s *Store) RebuildReminders(ctx context.Context) error {
	var r reminding
	r.store = s
	if err := s.eachPage(ctx, func(ids []string) error { return r.page(ctx, ids) }); err != nil {
		return err
	}
	if err := s.eachShard(ctx, r.strays); err != nil {
		return err
	}
	if len(r.doubtful) == 0 {
		return nil
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	slices.Sort(r.doubtful)
	for _, id := range slices.Compact(r.doubtful) {
		if err := r.mend(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

type reminding struct {
	store    *Store
	mu       sync.Mutex
	doubtful []string // whose entry is not what the record says
}

func (r *reminding) doubt(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.doubtful = append(r.doubtful, id)
}

// reminder is what record and index say of one member; -1: no reminder.
type reminder struct {
	version quiz.Version
	must    int
	is      int
}

// read looks at some members in one round trip; those with a damaged record come
// with what the index says.
func (r *reminding) read(ctx context.Context, ids []string) ([]reminder, error) {
	s := r.store
	p := s.client.Pipeline()
	records, places := make([]*redis.StringCmd, len(ids)), make([]*redis.FloatCmd, len(ids))
	for i, id := range ids {
		shard := s.shard(id)
		records[i], places[i] = p.Get(ctx, memberKey(shard, id)), p.ZScore(ctx, remindKey(shard), id)
	}
	// The pipeline's error is that of its first command, and absent is none.
	_, _ = p.Exec(ctx)
	all := make([]reminder, len(ids))
	for i := range ids {
		if err := errors.Join(unavailable(records[i].Err()), unavailable(places[i].Err())); err != nil {
			return nil, err
		}
		all[i] = reminder{must: -1, is: -1}
		if places[i].Err() == nil {
			all[i].is = int(places[i].Val())
		}
		record, err := decodeRecord([]byte(records[i].Val()))
		if err != nil {
			all[i].must = all[i].is
			continue
		}
		all[i].version, all[i].must = record.Version, record.Member.Remind-1
	}
	return all, nil
}

func (r *reminding) page(ctx context.Context, ids []string) error {
	all, err := r.read(ctx, ids)
	if err != nil {
		return err
	}
	for i, at := range all {
		switch {
		case at.is == at.must:
		case at.is == -1:
			// A record that has changed meanwhile was preceded by its entry.
			if _, err := r.set(ctx, ids[i], at, "NX"); err != nil {
				return err
			}
		default:
			r.doubt(ids[i])
		}
	}
	return nil
}

// strays looks for entries of a shard whose member is gone.
func (r *reminding) strays(ctx context.Context, shard int) error {
	for cursor := uint64(0); ; {
		entries, next, err := r.store.client.ZScan(ctx, remindKey(shard), cursor, "", duePage).Result()
		if err != nil {
			return unavailable(err)
		}
		var ids []string
		for i := 0; i+1 < len(entries); i += 2 {
			ids = append(ids, entries[i])
		}
		all, err := r.read(ctx, ids)
		if err != nil {
			return err
		}
		for i, at := range all {
			if at.version == "" && at.is != at.must {
				r.doubt(ids[i])
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// mend sets what a member's record says, until nobody changes it in between.
func (r *reminding) mend(ctx context.Context, id string) error {
	for {
		at, err := r.read(ctx, []string{id})
		if err != nil || at[0].is == at[0].must {
			return err
		}
		if done, err := r.set(ctx, id, at[0], ""); done || err != nil {
			return err
		}
	}
}

func (r *reminding) set(ctx context.Context, id string, at reminder, mode string) (done bool, err error) {
	s, minute := r.store, ""
	if at.must >= 0 {
		minute = strconv.Itoa(at.must)
	}
	shard := s.shard(id)
	answer, err := s.run(ctx, s.remind, []string{memberKey(shard, id), remindKey(shard)}, string(at.version), id, minute, mode)
	return answer == int64(1), err
}
