package push_test

import (
	"context"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
	"dangshi/store"
)

// Pace and HoldPace are those of the store, by the station's clock.
func (s *station) Pace(_ context.Context, kind string, calls, perSecond int) (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wait := s.busy[kind].Sub(s.wall); wait > 0 && s.pace == 0 {
		return wait, nil
	}
	s.hold(kind, time.Duration(calls)*time.Second/time.Duration(perSecond))
	return 0, nil
}

func (s *station) HoldPace(_ context.Context, kind string, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold(kind, d)
	return nil
}

func (s *station) hold(kind string, d time.Duration) {
	if s.busy == nil {
		s.busy = map[string]time.Time{}
	}
	if until := s.wall.Add(d); until.After(s.busy[kind]) {
		s.busy[kind] = until
	}
}

// notice is the channel of subscribe messages, by the template that the simulated
// account has.
func (s *station) notice(api push.NoticeAPI) *push.Notice {
	return push.NewNotice(api, s.bot, push.NoticeTemplate{
		ID: fakeapi.DailyNotice, Data: map[string]string{"thing1": "{title}", "date2": "{date}", "thing4": "{hint}"},
	}, func(quiz.Day) string { return "" }, s.bot.Wording.NoticeHow.String())
}

// mortalRoll is the members and the ledgers of runs as a process has them.
type mortalRoll struct{ *process }

func (m mortalRoll) runs() store.Runs {
	if m.through != nil {
		return m.through.PushRuns()
	}
	return m.store.PushRuns()
}

func (m mortalRoll) Moves(ctx context.Context) (string, error) { return m.runs().Moves(ctx) }

func (m mortalRoll) Shards() int            { return m.runs().Shards() }
func (m mortalRoll) Mark(id string) [8]byte { return m.runs().Mark(id) }

func (m mortalRoll) Members(ctx context.Context, visit func(shard int, id string) error) error {
	return m.point("members", func() error { return m.runs().Members(ctx, visit) })
}

func (m mortalRoll) Records(ctx context.Context, shard int, ids []string) (records []quiz.Record, err error) {
	err = m.point("records", func() error {
		records, err = m.runs().Records(ctx, shard, ids)
		return err
	})
	return records, err
}

func (m mortalRoll) Load(ctx context.Context, shard int, name string) (value []byte, version quiz.Version, err error) {
	err = m.point("load run", func() error {
		value, version, err = m.runs().Load(ctx, shard, name)
		return err
	})
	return value, version, err
}

func (m mortalRoll) Save(ctx context.Context, shard int, name string, value []byte, expected quiz.Version, part int, marks []byte) (version quiz.Version, err error) {
	err = m.point("save run", func() error {
		version, err = m.runs().Save(ctx, shard, name, value, expected, part, marks)
		return err
	})
	return version, err
}

func (m mortalRoll) Drop(ctx context.Context, shard int, name string, parts int) error {
	return m.point("drop run", func() error { return m.runs().Drop(ctx, shard, name, parts) })
}
