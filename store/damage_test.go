package store

import (
	"context"
	"errors"
	"io"
	"maps"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/content"
	"dangshi/quiz"
)

// damage spoils the record, the log or the paper of some members, each in
// another way, and gives them by id with the error that is expected. Member 9
// alone has answered the paper of day 10.
func damage(t *testing.T, s *Store, season quiz.Season, players []*player) map[string]error {
	t.Helper()
	ctx := t.Context()
	record := func(i int) (id, key string) { id = players[i].id; return id, memberKey(s.shard(id), id) }
	log := func(i int) (id, key string) { id = players[i].id; return id, logKey(s.shard(id), season.ID, id) }
	want := map[string]error{}
	spoil := func(id string, cause, err error) {
		must(t, err)
		want[id] = cause
	}
	id, key := record(1)
	spoil(id, ErrRecord, s.client.Set(ctx, key, "x", 0).Err())
	id, key = record(2)
	spoil(id, ErrRecord, s.client.SetRange(ctx, key, versionBytes, "\xff").Err())
	id, key = log(3)
	spoil(id, quiz.ErrLog, s.client.Append(ctx, key, "\x0b").Err())
	id, key = log(4)
	spoil(id, quiz.ErrLog, s.client.SetRange(ctx, key, 0, "\x7f").Err())
	play(t, players[9], []attempt{{testDay + 10, []int{0}}})
	spoil(players[9].id, errPaper, s.client.Del(ctx, frozenKey(testDay+10, 1)).Err())
	return want
}

// One damaged log, record or paper keeps nobody else from being counted, and
// everyone concerned is named.
func TestDamageStopsNobodyElse(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		freezePapers(t, s, 11)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + 300}
		players := answered(t, s, season, 30, 10)
		want := damage(t, s, season, players)
		right := board(t, s, season.ID)
		maps.DeleteFunc(right, func(id string, _ float64) bool { return want[id] != nil })

		fresh := openTest(t, url) // has the paper that is lost in no memory
		checkDamage(t, fresh, season, players, want, false)
		told := map[string]error{}
		err := fresh.Rebuild(t.Context(), season, RebuildOptions{Damaged: func(pseudonym string, err error) {
			if told[pseudonym] != nil {
				t.Errorf("%s was named twice", pseudonym)
			}
			told[pseudonym] = err
		}})
		must(t, err)
		for id, cause := range want {
			if err := told[quiz.Pseudonym(s.Secret(), season.ID, quiz.Self(id))]; !errors.Is(err, cause) {
				t.Errorf("%s: %v, want %v", id, err, cause)
			}
		}
		if got := board(t, fresh, season.ID); len(told) != len(want) || !reflect.DeepEqual(got, right) {
			t.Errorf("%d were named; board %v, want %v", len(told), got, right)
		}
		checkDamage(t, fresh, season, players, want, true)
		must(t, fresh.Rebuild(t.Context(), season, RebuildOptions{})) // nobody listens
	})
}

// checkDamage wants Verify to report the damaged members and nobody else.
func checkDamage(t *testing.T, s *Store, season quiz.Season, players []*player, want map[string]error, rebuilt bool) {
	t.Helper()
	v := get[Verification](t)(s.Verify(t.Context(), season, VerifyOptions{}))
	for id, cause := range want {
		name := quiz.Pseudonym(s.Secret(), season.ID, quiz.Self(id))
		i := slices.IndexFunc(v.Differences, func(d Difference) bool { return d.Pseudonym == name })
		if i < 0 || !errors.Is(v.Differences[i].Err, cause) || v.Differences[i].Truth != 0 || (v.Differences[i].Board == 0) != rebuilt {
			t.Errorf("%s, want %v: %+v", id, cause, v.Differences)
		}
	}
	if len(v.Differences) != len(want) || v.Members != len(players) {
		t.Errorf("%d of %d members differ, want %d of %d", len(v.Differences), v.Members, len(want), len(players))
	}
}

// cutOff fails a command as a server does that cannot be reached.
type cutOff struct{ command string }

func (c cutOff) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c cutOff) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (c cutOff) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() != c.command {
			return next(ctx, cmd)
		}
		cmd.SetErr(io.ErrUnexpectedEOF)
		return cmd.Err()
	}
}

// A paper that cannot be fetched is no damage: it stops everything.
func TestUnreachableIsNoDamage(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		freezePapers(t, s, 2)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + 300}
		answered(t, s, season, 4, 2)
		before := board(t, s, season.ID)
		fresh := openTest(t, url)
		fresh.client.AddHook(cutOff{"get"})
		err := fresh.Rebuild(t.Context(), season, RebuildOptions{Damaged: func(string, error) { t.Error("a member was named") }})
		if !errors.Is(err, quiz.ErrUnavailable) {
			t.Errorf("Rebuild: %v", err)
		}
		if v, err := fresh.Verify(t.Context(), season, VerifyOptions{}); !errors.Is(err, quiz.ErrUnavailable) {
			t.Errorf("Verify: %+v, %v", v, err)
		}
		if after := board(t, s, season.ID); !reflect.DeepEqual(after, before) {
			t.Errorf("the board is %v, before %v", after, before)
		}
	})
}

// An entry of the library that cannot be read is left out and named, and loading
// it again mends it.
func TestLibraryLeavesOutWhatIsDamaged(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		var mu sync.Mutex
		told := map[string]bool{}
		s, err := Open(t.Context(), Options{URL: url, Sandbox: true, Damaged: func(entry string, err error) {
			mu.Lock()
			defer mu.Unlock()
			told[entry] = err != nil
		}})
		must(t, err)
		defer s.Close()
		silent := openTest(t, url)
		get[Put](t)(s.PutQuestions(t.Context(), []content.Question{aQuestion("a", "one"), aQuestion("b", "two")}))
		get[Put](t)(s.PutItems(t.Context(), []content.Item{anItem("x", "one"), anItem("y", "two")}))
		must(t, s.client.HSet(t.Context(), questionsKey(), "b", "{").Err(), s.client.HSet(t.Context(), itemsKey(), "y", `{"title":1}`).Err(),
			s.client.HIncrBy(t.Context(), versionKey(), versionLibrary, 1).Err())
		s.changed()
		for _, s := range []*Store{s, silent} {
			l := get[*content.Library](t)(s.Library(t.Context()))
			if len(l.Questions()) != 1 || len(l.Items(content.Story)) != 1 {
				t.Errorf("questions %+v, items %+v", l.Questions(), l.Items(content.Story))
			}
		}
		if want := map[string]bool{"question:b": true, "item:y": true}; !reflect.DeepEqual(told, want) {
			t.Errorf("told of %v, want %v", told, want)
		}
		if got := get[Put](t)(s.PutQuestions(t.Context(), []content.Question{aQuestion("b", "again")})); got != (Put{Changed: 1}) {
			t.Errorf("loaded again: %+v", got)
		}
		if got := revisions(t, s); !reflect.DeepEqual(got, map[string]string{"a": "one 1", "b": "again 1"}) {
			t.Errorf("the bank is %v", got)
		}
	})
}
