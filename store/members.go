package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// replyLife is how long the reply to a message is kept for its repeats: WeChat
// sends a message again within 15 s. No rule depends on it.
const replyLife = 2 * time.Minute

// helpLife is how long it is remembered that someone was helped.
const helpLife = 48 * time.Hour

// Load reads a member's record and the reply kept for the message of that key,
// in one round trip. A member without a record is the zero Record. Errors:
// quiz.ErrUnavailable, ErrRecord.
func (s *Store) Load(ctx context.Context, id string, key uint64) (quiz.Loaded, error) {
	shard := s.shard(id)
	values, err := s.pair(ctx, shard, id, key)
	if err != nil {
		return quiz.Loaded{}, err
	}
	l, err := loaded(values)
	if err == nil && l.Record.Version == "" {
		s.missed(s.recent.known(id))
	}
	if err == nil {
		l.Record, err = s.loadedWhileVoiding(ctx, id, l.Record)
	}
	if err == nil {
		s.recent.keep(id, l.Record)
		err = s.acknowledged(ctx, id, key, l)
	}
	return l, err
}

// Recall gives a member's record as this replica read or wrote it last, without
// asking Redis. It may be old: another replica may have replaced it. Only a
// Commit that succeeds shows that it was not, and one that fails brings what is
// there now, so that guessing never costs a round trip. Where Redis was not
// heard of for some milliseconds it gives nothing: see recentSilence.
func (s *Store) Recall(id string) (quiz.Record, bool) { return s.recent.get(id) }

func loaded(values []any) (quiz.Loaded, error) {
	record, _ := values[0].(string)
	reply, _ := values[1].(string)
	r, err := decodeRecord([]byte(record))
	return quiz.Loaded{Record: r, Reply: reply}, err
}

// Commit writes a change, all of it or nothing, if the record still has the
// version that was read. It returns the record as it is stored now. Errors:
//
//	quiz.ErrConflict     nothing was written; what is there now comes along,
//	                     read in the same step
//	quiz.ErrUnavailable  nothing was written
//	quiz.ErrUnknown      it may have been written or not: load and look
//
// A crash of Redis or of this program at any point keeps all of it or nothing.
// A change with Key 0 belongs to no message and keeps no reply. A board score
// of 0 or less takes the member off the board.
func (s *Store) Commit(ctx context.Context, id string, c quiz.Change) (quiz.Loaded, error) {
	if c.Record.Version == "" { // nothing else tells the data that were opened from others in their place
		s.missed(false)
		if _, err := s.versions(ctx); err != nil {
			return quiz.Loaded{}, err
		}
	}
	if c.Board != nil {
		var stale bool
		var err error
		if c, stale, err = s.committedWhileVoiding(ctx, id, c); err != nil {
			return quiz.Loaded{}, err
		}
		if stale {
			s.recent.forget(id)
			now, err := s.Load(ctx, id, c.Key)
			return now, cmp.Or(err, quiz.ErrConflict)
		}
	}
	next := c.Record
	next.Version = newVersion()
	w := write{shard: s.shard(id), id: id, expected: c.Record.Version, record: encodeRecord(next), change: c}
	answer, err := s.write(ctx, w)
	if err != nil {
		s.recent.forget(id) // it may or may not be what is stored now
		return quiz.Loaded{}, err
	}
	if answer != nil { // a conflict
		now, err := loaded(answer)
		if err == nil && now.Record.Version == "" && w.expected != "" {
			s.missed(true)
		}
		if err == nil {
			now.Record, err = s.loadedWhileVoiding(ctx, id, now.Record)
		}
		if err != nil {
			return quiz.Loaded{}, err
		}
		s.recent.keep(id, now.Record)
		if err := s.acknowledged(ctx, id, c.Key, now); err != nil {
			return quiz.Loaded{}, fmt.Errorf("%w: %w", quiz.ErrUnknown, err)
		}
		return now, quiz.ErrConflict
	}
	s.recent.keep(id, next)
	return quiz.Loaded{Record: next, Reply: c.Reply}, nil
}

// write is one run of commit.lua for a member.
type write struct {
	shard    int
	id       string
	expected quiz.Version
	record   []byte
	change   quiz.Change
}

// write runs commit.lua, again where the boards were chosen by an old
// generation. It gives nil where the change was written, and in a conflict the
// record and the reply that are there now.
func (s *Store) write(ctx context.Context, w write) ([]any, error) {
	for range maxTurns {
		var gen generation
		var pointer int
		if b := w.change.Board; b != nil {
			gen, pointer = s.gens.get(w.shard, b.Season), s.last().board(b.Season)
		}
		keys, args := w.commit(gen, pointer)
		answer, err := s.run(ctx, s.commit, keys, args...)
		if err != nil {
			return nil, err
		}
		status, values, err := commitAnswer(answer)
		switch {
		case err != nil:
			return nil, err
		case status == statusConflict:
			return values, nil
		case status == statusOK:
			return nil, nil
		}
		if _, err := s.learn(w.shard, w.change.Board.Season, values[0]); err != nil {
			return nil, err
		}
		if w.change.Board.Amend != 0 {
			// Perhaps the ruling that was about to be published was: to be decided anew.
			s.changed()
			return s.pair(ctx, w.shard, w.id, w.change.Key)
		}
	}
	return nil, fmt.Errorf("%w: the board is being replaced", quiz.ErrUnavailable)
}

// pair reads a record and the reply kept for a message, each nil where there is
// none. Errors: quiz.ErrUnavailable.
func (s *Store) pair(ctx context.Context, shard int, id string, message uint64) ([]any, error) {
	record := memberKey(shard, id)
	cmd := redis.NewSliceCmd(ctx, "mget", record, replyKey(shard, id, message))
	if err := s.lanes.send(ctx, record, cmd); err != nil {
		return nil, unavailable(err)
	}
	values, err := cmd.Result()
	return values, unavailable(err)
}

// What commit.lua has done. Those but statusOK, which is the number 1 there, are the first
// element of what it returns.
const (
	statusOK         = "ok"
	statusConflict   = "conflict"
	statusGeneration = "gen"
)

var errAnswer = errors.New("commit.lua gave an unknown answer")

// commitAnswer takes the answer of commit.lua apart, so that the values that
// belong to a status are there.
func commitAnswer(answer any) (status string, values []any, err error) {
	if answer == int64(1) {
		return statusOK, nil, nil
	}
	all, _ := answer.([]any)
	if len(all) == 0 {
		return "", nil, errAnswer
	}
	status, _ = all[0].(string)
	values = all[1:]
	switch {
	case status == statusConflict && len(values) == 2,
		status == statusGeneration && len(values) == 1 && values[0] != nil:
		return status, values, nil
	}
	return "", nil, errAnswer
}

// commit gives KEYS and ARGV of commit.lua, which says what they are.
func (w write) commit(gen generation, pointer int) (keys []string, args []any) {
	c := w.change
	t := make(argTexts, 0, 7) // as many as there are below, and so for keys and args
	keys, args = make([]string, 0, 6), make([]any, 0, 10)
	keys = append(keys, memberKey(w.shard, w.id), replyKey(w.shard, w.id, c.Key))
	args = append(args, t.arg(string(w.expected)), w.record, t.arg(c.Reply), lifeOf(c.Key))
	if c.Log == nil && c.Board == nil {
		return keys, args
	}
	season, entry := "", []byte(nil)
	if c.Log != nil {
		season, entry = c.Log.Season, c.Log.Entry
	} else {
		season = c.Board.Season
	}
	keys = append(keys, logKey(w.shard, season, w.id))
	args = append(args, entry)
	if c.Board == nil {
		return keys, args
	}
	args = append(args, t.arg(c.Board.Season), t.arg(gen.String()), t.arg(w.id))
	keys = append(keys, genKey(w.shard))
	// A board that readers have left for the new one is not written any more: who
	// still reads it for a moment must not see what came after.
	if gen.fill == 0 || gen.fill != pointer {
		keys, args = append(keys, boardKey(w.shard, c.Board.Season, gen.read)), append(args, t.arg(w.score(0)))
	}
	if gen.fill != 0 {
		keys, args = append(keys, boardKey(w.shard, c.Board.Season, gen.fill)), append(args, t.arg(w.score(c.Board.Amend)))
	}
	return keys, args
}

// score is the argument that sets the member's score, or takes the member off
// where there is none.
func (w write) score(amend int64) string {
	b := w.change.Board
	if b.Remove || b.Score+amend <= 0 {
		return ""
	}
	return strconv.FormatInt(b.Score+amend, 10)
}

// Log reads a season's answer log, empty where there is none. Errors:
// quiz.ErrUnavailable.
func (s *Store) Log(ctx context.Context, id, season string) ([]byte, error) {
	log, err := s.client.Get(ctx, logKey(s.shard(id), season, id)).Bytes()
	return log, unavailable(err)
}

// HelpOnce reports whether the message of that key is the first one of the day
// from someone who says nothing of the quiz, or a repeat of that first one: then
// it is to be helped, in the same words. The mark may vanish: then one is helped
// once more. Errors: quiz.ErrUnavailable; after quiz.ErrUnknown the same call
// finds out.
func (s *Store) HelpOnce(ctx context.Context, id string, day quiz.Day, key uint64) (bool, error) {
	answer, err := s.run(ctx, s.help, []string{helpedKey(s.shard(id), id)},
		day.String(), strconv.FormatUint(key, 16), helpLife.Milliseconds())
	return err == nil && answer == int64(1), err
}
