package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// activityLife is how long the figures of a day are kept: a year later they can
// still be compared.
const activityLife = 400 * 24 * time.Hour

// lastField is when the last message of the day came. The other fields are of
// activityField.
const lastField = "last"

// activityField is one figure of one hour: "09a" are the answers from 9 to 10.
func activityField(hour int, kind byte) string {
	return string([]byte{'0' + byte(hour/10), '0' + byte(hour%10), kind})
}

// figures are the kinds of activityField, with what they stand for.
func figures(a *quiz.Activity) map[byte]*int64 {
	return map[byte]*int64{'m': &a.Messages, 'b': &a.Begun, 'a': &a.Answered, 'r': &a.Right, 'f': &a.Finished, 'n': &a.New}
}

// AddActivity adds what a replica has counted to what the others have, all of it or
// nothing. Errors: quiz.ErrUnavailable, also where the data are gone: then it may be
// given again; after quiz.ErrUnknown it may have been added.
func (s *Store) AddActivity(ctx context.Context, days ...quiz.ActivityDay) error {
	if _, err := s.versions(ctx); err != nil { // into data that took the place of ours nothing is counted
		return errors.Join(quiz.ErrUnavailable, err)
	}
	_, err := s.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for i := range days {
			d := &days[i]
			key := activityKey(d.Day)
			for hour := range d.Hours {
				for kind, n := range figures(&d.Hours[hour]) {
					if *n != 0 {
						p.HIncrBy(ctx, key, activityField(hour, kind), *n)
					}
				}
			}
			if !d.Last.IsZero() {
				p.HSet(ctx, key, lastField, d.Last.UnixMilli())
			}
			p.Expire(ctx, key, activityLife)
		}
		return nil
	})
	return outcome(err)
}

// Activity gives what went on on so many days up to one, that one first, by what the
// replicas have handed over. Errors: quiz.ErrUnavailable.
func (s *Store) Activity(ctx context.Context, last quiz.Day, days int) ([]quiz.ActivityDay, error) {
	p := s.client.Pipeline()
	cmds := make([]*redis.MapStringStringCmd, days)
	for i := range cmds {
		cmds[i] = p.HGetAll(ctx, activityKey(last-quiz.Day(i)))
	}
	if _, err := p.Exec(ctx); err != nil {
		return nil, unavailable(err)
	}
	all := make([]quiz.ActivityDay, days)
	for i, cmd := range cmds {
		all[i] = readActivity(last-quiz.Day(i), cmd.Val())
	}
	return all, nil
}

// readActivity reads a day. A field of a later release is left out.
func readActivity(day quiz.Day, fields map[string]string) quiz.ActivityDay {
	d := quiz.ActivityDay{Day: day}
	for name, text := range fields {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			continue
		}
		if name == lastField {
			d.Last = time.UnixMilli(n)
			continue
		}
		hour, err := strconv.Atoi(name[:max(0, len(name)-1)])
		if err != nil || hour < 0 || hour >= len(d.Hours) {
			continue
		}
		if figure := figures(&d.Hours[hour])[name[len(name)-1]]; figure != nil {
			*figure = n
		}
	}
	return d
}

// LastMessage is when the last message came, of so many days up to one; the zero
// time where none did. Errors: quiz.ErrUnavailable.
func (s *Store) LastMessage(ctx context.Context, last quiz.Day, days int) (time.Time, error) {
	p := s.client.Pipeline()
	cmds := make([]*redis.StringCmd, days)
	for i := range cmds {
		cmds[i] = p.HGet(ctx, activityKey(last-quiz.Day(i)), lastField)
	}
	_, _ = p.Exec(ctx) // each has its own error
	for _, cmd := range cmds {
		switch text, err := cmd.Result(); {
		case errors.Is(err, redis.Nil):
		case err != nil:
			return time.Time{}, unavailable(err)
		default:
			if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
				return time.UnixMilli(ms), nil
			}
		}
	}
	return time.Time{}, nil
}
