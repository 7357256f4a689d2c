package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// Objections reads a member's objections, and the reply kept for the message of
// that key, in one round trip. Errors: quiz.ErrUnavailable, ErrRecord.
func (s *Store) Objections(ctx context.Context, id string, key uint64) (all quiz.Objections, version quiz.Version, reply string, err error) {
	shard := s.shard(id)
	values, err := s.client.MGet(ctx, objectionsKey(shard, id), replyKey(shard, id, key)).Result()
	if err != nil {
		return nil, "", "", unavailable(err)
	}
	stored, _ := values[0].(string)
	reply, _ = values[1].(string)
	all, version, err = parseObjections(stored)
	return all, version, reply, err
}

func parseObjections(stored string) (quiz.Objections, quiz.Version, error) {
	data, version, err := cutVersion(stored)
	if err != nil {
		return nil, "", err
	}
	all, err := quiz.ParseObjections(data)
	if err != nil {
		return nil, "", fmt.Errorf("%w: objections: %w", ErrRecord, err)
	}
	return all, version, nil
}

// CommitObjections writes a member's objections if they still have the version
// that was read and the member has a record, and keeps the reply to the message of
// that key for its repeats; key 0 belongs to no message. Errors as of
// CommitPractice.
func (s *Store) CommitObjections(ctx context.Context, id string, all quiz.Objections, expected quiz.Version, key uint64, reply string) error {
	data, err := all.Marshal()
	if err != nil {
		return err
	}
	shard := s.shard(id)
	answer, err := s.run(ctx, s.practice, // for objections the same holds as for practice
		[]string{memberKey(shard, id), objectionsKey(shard, id), replyKey(shard, id, key)},
		string(expected), string(newVersion())+string(data), reply, lifeOf(key))
	if err == nil && answer != int64(1) {
		err = quiz.ErrConflict
	}
	return err
}

// NextObjection takes the next number. One that is not used leaves a gap. Errors:
// quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) NextObjection(ctx context.Context) (int, error) {
	n, err := s.client.Incr(ctx, objectedKey()).Result()
	return int(n), outcome(err)
}

// ErrStranger means that there is no record of the member.
var ErrStranger = errors.New("there is no record of the member")

// Object notes what staff were told by a member, and gives its number. Errors:
// quiz.ErrObjectionsAll, ErrStranger, quiz.ErrUnavailable; after quiz.ErrUnknown
// it may be noted or not: look at the list.
func (s *Store) Object(ctx context.Context, season, id string, o quiz.Objection, act Act) (quiz.Objection, error) {
	loaded, err := s.Load(ctx, id, 0)
	if err != nil {
		return o, err
	}
	if !loaded.Record.Member.Known() {
		return o, ErrStranger
	}
	o.At, o.By = act.At.Unix(), act.By
	if o.Number, err = s.NextObjection(ctx); err != nil {
		return o, err
	}
	noted := announcement{store: s}
	return o, noted.end(ctx, s.changeObjections(ctx, id, func(all quiz.Objections) (quiz.Objections, error) {
		if err := all.Check(o); err != nil {
			return nil, err
		}
		return append(slices.Clone(all), o), noted.make(ctx, act.line(s, "member.objection", season, loaded.Record.Member.Self(id), fmt.Sprint(o.Number)))
	}))
}

// changeObjections is compare-and-set until nothing comes in between.
func (s *Store) changeObjections(ctx context.Context, id string, change func(quiz.Objections) (quiz.Objections, error)) error {
	for range maxSteps {
		all, version, _, err := s.Objections(ctx, id, 0)
		if err != nil {
			return err
		}
		next, err := change(all)
		if err != nil {
			return err
		}
		if err = s.CommitObjections(ctx, id, next, version, 0, ""); !errors.Is(err, quiz.ErrConflict) {
			return err
		}
		if now, err := s.Load(ctx, id, 0); err != nil || !now.Record.Member.Known() {
			return cmp.Or(err, ErrStranger)
		}
	}
	return fmt.Errorf("%w: the objections keep changing", quiz.ErrUnavailable)
}

// Filed is an objection with the member whose it is.
type Filed struct {
	ID   string
	Self quiz.Self
	quiz.Objection
}

// EachObjections lists the objections of all members, by number; open: only those
// that wait for an answer. There is no index of them, since an index would name
// people: the names of all keys are gone through (a second for a million members).
// Damaged ones are passed over. Errors: quiz.ErrUnavailable.
func (s *Store) EachObjections(ctx context.Context, open bool) ([]Filed, error) {
	var mu sync.Mutex
	var found []Filed
	err := s.eachKey(ctx, objectionsPattern, func(keys []string) error {
		some, err := s.filed(ctx, keys, open)
		mu.Lock()
		defer mu.Unlock()
		found = append(found, some...)
		return err
	})
	slices.SortFunc(found, func(a, b Filed) int { return cmp.Or(a.Number-b.Number, cmp.Compare(a.ID, b.ID)) })
	found = slices.CompactFunc(found, func(a, b Filed) bool { return a.Number == b.Number && a.ID == b.ID })
	return found, err
}

func (s *Store) filed(ctx context.Context, keys []string, open bool) ([]Filed, error) {
	ids := make([]string, len(keys))
	p := s.client.Pipeline()
	cmds := make([]*redis.StringCmd, len(keys))
	for i, key := range keys {
		ids[i] = key[len(objectionsKey(0, "")):]
		cmds[i] = p.Get(ctx, key)
	}
	_, _ = p.Exec(ctx) // its error is that of the first command, and who is gone is none
	selves, err := s.Selves(ctx, ids)
	if err != nil {
		return nil, err
	}
	var found []Filed
	for i, id := range ids {
		if err := unavailable(cmds[i].Err()); err != nil {
			return nil, err
		}
		all, _, _ := parseObjections(cmds[i].Val())
		for _, o := range all {
			if !open || o.Open() {
				found = append(found, Filed{id, selves[i], o})
			}
		}
	}
	return found, nil
}

// Answer answers an objection; the member is told with the next message. A second
// call for the same number completes what a killed one began, and is then
// quiz.ErrAnswered. Errors: quiz.ErrNoObjection, quiz.ErrAnswered,
// quiz.ErrUnavailable, quiz.ErrUnknown: then it may be called again.
func (s *Store) Answer(ctx context.Context, season string, number int, text string, act Act) (Filed, error) {
	all, err := s.EachObjections(ctx, false)
	if err != nil {
		return Filed{}, err
	}
	i := slices.IndexFunc(all, func(f Filed) bool { return f.Number == number })
	if i < 0 {
		return Filed{}, quiz.ErrNoObjection
	}
	return s.answer(ctx, season, all[i], text, act)
}

// AnswerOf is Answer of an objection of which it is known whose it is: it does not look
// through all members.
func (s *Store) AnswerOf(ctx context.Context, season, id string, number int, text string, act Act) (Filed, error) {
	all, _, _, err := s.Objections(ctx, id, 0)
	if err != nil {
		return Filed{}, err
	}
	o, ok := all.Number(number)
	if !ok {
		return Filed{}, quiz.ErrNoObjection
	}
	selves, err := s.Selves(ctx, []string{id})
	if err != nil {
		return Filed{}, err
	}
	return s.answer(ctx, season, Filed{id, selves[0], o}, text, act)
}

func (s *Store) answer(ctx context.Context, season string, f Filed, text string, act Act) (Filed, error) {
	turns := 0
	noted, line := announcement{store: s}, act.line(s, "member.answer", season, f.Self, fmt.Sprint(f.Number))
	answered := s.changeObjections(ctx, f.ID, func(all quiz.Objections) (quiz.Objections, error) {
		next, err := all.Answer(f.Number, text, act.By, act.At.Unix())
		turns = next.Turns()
		if err == nil {
			err = noted.make(ctx, line)
		}
		return next, err
	})
	if answered != nil && !errors.Is(answered, quiz.ErrAnswered) {
		return f, noted.end(ctx, answered)
	}
	// A crash here leaves an answer that the member is not told of, until the same
	// command runs again.
	_, _, told, err := s.steps(ctx, f.ID, quiz.Reply{Turns: turns}, act.At, func(quiz.Member) error { return noted.make(ctx, line) })
	switch {
	case told || err != nil && answered == nil:
		return f, err
	case err != nil:
		return f, noted.end(ctx, err)
	case answered != nil: // somebody else answered, and told it, after the line was written
		return f, noted.end(ctx, answered)
	}
	return f, nil
}
