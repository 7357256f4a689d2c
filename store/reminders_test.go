package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// dueIDs are all who are to be reminded at a minute, sorted.
func dueIDs(t *testing.T, s *Store, minute int) []string {
	t.Helper()
	var all []string
	must(t, s.Reminders(t.Context(), minute, func(ids []string) error {
		all = append(all, ids...)
		return nil
	}))
	slices.Sort(all)
	return all
}

func checkDue(t *testing.T, s *Store, minute int, want ...string) {
	t.Helper()
	if got := dueIDs(t, s, minute); !slices.Equal(got, want) {
		t.Errorf("at minute %d: %q, want %q", minute, got, want)
	}
}

func TestReminders(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ctx := t.Context()
		checkDue(t, s, 0)
		must(t, s.SetReminder(ctx, "first", 0), s.SetReminder(ctx, "last", 1439), s.SetReminder(ctx, "b", 1200),
			s.SetReminder(ctx, "a", 1200), s.SetReminder(ctx, "near", 1199), s.SetReminder(ctx, "near too", 1201))
		checkDue(t, s, 0, "first")
		checkDue(t, s, 1439, "last")
		checkDue(t, s, 1200, "a", "b")
		must(t, s.SetReminder(ctx, "a", 1199), s.SetReminder(ctx, "first", -1), s.SetReminder(ctx, "never", -1))
		checkDue(t, s, 0)
		checkDue(t, s, 1199, "a", "near")
		checkDue(t, s, 1200, "b")
		for from, want := range map[int]int{0: 1199, 1199: 1199, 1200: 1200, 1201: 1201, 1202: 1439, 1439: 1439, 1440: -1} {
			if next, err := s.NextReminder(ctx, from); err != nil || next != want {
				t.Errorf("from minute %d the next is %d, want %d: %v", from, next, want, err)
			}
		}
		for _, minute := range []int{-2, 1440} {
			if err := s.SetReminder(ctx, "b", minute); err == nil {
				t.Errorf("minute %d was taken", minute)
			}
		}
		stopped := errors.New("stopped")
		if err := s.Reminders(ctx, 1200, func([]string) error { return stopped }); !errors.Is(err, stopped) {
			t.Errorf("%v", err)
		}
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		if err := s.Reminders(ctx, 1200, func([]string) error { return nil }); !errors.Is(err, quiz.ErrUnavailable) {
			t.Errorf("%v", err)
		}
	})
}

// Many are due at one minute, and some come and go while they are handed over:
// everyone who stays is handed over once.
func TestRemindersPageByPage(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ctx, pages := t.Context(), 5
		p := s.client.Pipeline()
		var all []string
		for i := range pages * duePage * s.Shards() / 3 {
			id := fmt.Sprintf("m%05d", i)
			all = append(all, id)
			p.ZAdd(ctx, remindKey(s.shard(id)), redis.Z{Score: 700, Member: id})
		}
		_, err := p.Exec(ctx)
		must(t, err)
		seen, left := map[string]int{}, map[string]bool{}
		turn := 0
		leave := func(id string, minute int) {
			left[id] = true
			must(t, s.SetReminder(ctx, id, minute))
		}
		must(t, s.Reminders(ctx, 700, func(ids []string) error {
			for _, id := range ids {
				seen[id]++
			}
			// The last one handed over goes, and the first, and others that were not
			// handed over yet.
			turn++
			leave(ids[len(ids)-1], []int{-1, 600, 800, 700}[turn%4])
			leave(ids[0], []int{600, 800, -1}[turn%3])
			leave(all[len(all)-turn], -1)
			return s.SetReminder(ctx, fmt.Sprintf("a new one %d", turn), 700)
		}))
		for _, id := range all {
			if n := seen[id]; n != 1 && !(n == 0 && left[id]) {
				t.Errorf("%s was handed over %d times", id, n)
			}
		}
	})
}

// withReminder commits a record that says so and enters nothing on the index.
func withReminder(t *testing.T, s *Store, id string, remind int) {
	t.Helper()
	r := get[quiz.Loaded](t)(s.Load(t.Context(), id, 0)).Record
	r.Member.Joined, r.Member.Remind = testDay, remind
	get[quiz.Loaded](t)(s.Commit(t.Context(), id, quiz.Change{Record: r}))
}

func TestRebuildReminders(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		ctx := t.Context()
		s.settle = func(context.Context) error { t.Error("waited for nothing"); return nil }
		var many []string
		for i := range 300 {
			many = append(many, fmt.Sprintf("n%03d", i))
			withReminder(t, s, many[i], 700+1)
		}
		withReminder(t, s, "midnight", 1)
		withReminder(t, s, "never", 0)
		must(t, s.RebuildReminders(ctx), s.RebuildReminders(ctx))
		checkDue(t, s, 700, many...)
		checkDue(t, s, 0, "midnight")

		// entries that records do not bear out
		must(t, s.SetReminder(ctx, "n000", 5), s.SetReminder(ctx, "never", 6), s.SetReminder(ctx, "gone", 7))
		must(t, s.client.Set(ctx, memberKey(s.shard("damaged"), "damaged"), "x", 0).Err(), s.SetReminder(ctx, "damaged", 8))
		// and such that are about to be: the commit comes while the rebuild waits
		must(t, s.SetReminder(ctx, "midnight", 9), s.SetReminder(ctx, "new", 10), s.SetReminder(ctx, "n001", -1))
		waited := 0
		s.settle = func(context.Context) error {
			waited++
			withReminder(t, other, "midnight", 9+1)
			withReminder(t, other, "new", 10+1)
			withReminder(t, other, "n001", 0)
			must(t, other.SetReminder(ctx, "n001", -1))
			return nil
		}
		must(t, s.RebuildReminders(ctx))
		if waited != 1 {
			t.Errorf("it waited %d times", waited)
		}
		found := map[int][]string{}
		for _, minute := range []int{0, 5, 6, 7, 8, 9, 10} {
			if ids := dueIDs(t, s, minute); ids != nil {
				found[minute] = ids
			}
		}
		if want := map[int][]string{8: {"damaged"}, 9: {"midnight"}, 10: {"new"}}; !reflect.DeepEqual(found, want) {
			t.Errorf("%v, want %v", found, want)
		}
		checkDue(t, s, 700, append([]string{"n000"}, many[2:]...)...)
	})
}

// One who is erased while the index is rebuilt is not entered again.
func TestRebuildRemindersOfAnErased(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		for _, id := range []string{"leaving", "staying"} {
			withReminder(t, s, id, 101)
		}
		s.client.AddHook(beforeCommand{"evalsha", sync.OnceFunc(func() { other.mustErase(t, "leaving") })})
		must(t, s.RebuildReminders(t.Context()))
		checkDue(t, s, 100, "staying")
	})
}
