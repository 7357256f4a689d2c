package store

import (
	"context"
	"errors"
	"reflect"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/content"
	"dangshi/quiz"
)

// heldReading is a reading of the library that waits until a test lets it go on.
type heldReading struct {
	begun chan *copied // from what it reads on
	with  chan result
}

type result struct {
	got *copied
	err error
}

func (h heldReading) read(_ context.Context, from *copied) (*copied, error) {
	h.begun <- from
	r := <-h.with
	return r.got, r.err
}

// soon does not wait for a reading: it would fail.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// TestFollower: where there is a copy nobody waits for the next one but who says so, one
// at a time is read, and what fails is told, and tried again.
func TestFollower(t *testing.T) {
	h := heldReading{make(chan *copied), make(chan result)}
	var told []error
	var passed atomic.Int64
	start := time.Now()
	f := follower{read: h.read, tell: func(err error) { told = append(told, err) }, clock: func() time.Time { return start.Add(time.Duration(passed.Load())) }}
	one, two, three := &copied{version: "1"}, &copied{version: "2"}, &copied{version: "3"}

	// The first ones wait, for the same reading; who gives up leaves it to the others.
	asks := func(f func(ctx context.Context, version string) (*copied, error), version string) <-chan result {
		answer := make(chan result, 1)
		go func() {
			got, err := f(t.Context(), version)
			answer <- result{got, err}
		}()
		return answer
	}
	var first []<-chan result
	for range 3 {
		first = append(first, asks(f.lately, "1"))
	}
	if from := <-h.begun; from != nil {
		t.Errorf("the first reading goes on from %+v", from)
	}
	if _, err := f.lately(soon(t), "1"); !errors.Is(err, quiz.ErrUnavailable) {
		t.Errorf("without a copy: %v", err)
	}
	h.with <- result{one, nil}
	for _, answer := range first {
		if got := <-answer; got != (result{one, nil}) {
			t.Errorf("the first ones get %+v", got)
		}
	}

	// A change: all have the former one, and one reading is begun.
	for range 3 {
		if got := get[*copied](t)(f.lately(soon(t), "2")); got != one {
			t.Errorf("while a change is read: %+v", got)
		}
	}
	if from := <-h.begun; from != one {
		t.Errorf("the reading goes on from %+v", from)
	}
	// Who must have the newest waits for one that was begun afterwards.
	newest := asks(f.now, "3")
	h.with <- result{two, nil}
	if from := <-h.begun; from != two {
		t.Errorf("the next reading goes on from %+v", from)
	}
	if got := get[*copied](t)(f.lately(soon(t), "2")); got != two {
		t.Errorf("what has been read meanwhile is %+v", got)
	}
	h.with <- result{three, nil}
	if got := <-newest; got != (result{three, nil}) {
		t.Errorf("the newest is %+v", got)
	}
	if got := get[*copied](t)(f.now(soon(t), "3")); got != three {
		t.Errorf("what is the newest by now: %+v", got)
	}

	// A reading that fails: the former one is used on, it is told, and soon tried again.
	lost := errors.New("lost")
	if got := get[*copied](t)(f.lately(soon(t), "4")); got != three {
		t.Errorf("before it fails: %+v", got)
	}
	failing := f.running
	<-h.begun
	h.with <- result{nil, lost}
	<-failing.done
	if got := get[*copied](t)(f.lately(soon(t), "4")); got != three || f.running != nil || len(told) != 1 || !errors.Is(told[0], lost) {
		t.Errorf("after it failed: %+v, under way %v, told %v", got, f.running, told)
	}
	passed.Add(int64(libraryPause))
	if got := get[*copied](t)(f.lately(soon(t), "4")); got != three || f.running == nil {
		t.Errorf("a moment later: %+v, under way %v", got, f.running)
	}
	<-h.begun

	// A former one that was the newest too long ago, as after a quiet night, is not used: who
	// asks waits, and fails as the reading does.
	passed.Add(int64(LibraryStaleness))
	late := asks(f.lately, "4")
	if _, err := f.lately(soon(t), "4"); !errors.Is(err, quiz.ErrUnavailable) {
		t.Errorf("a copy that is too old: %v", err)
	}
	h.with <- result{nil, lost}
	var got result
	select {
	case got = <-late:
	case <-h.begun: // it came when that one had failed
		h.with <- result{nil, lost}
		got = <-late
	}
	if !errors.Is(got.err, lost) {
		t.Errorf("who has waited gets %+v", got)
	}
}

// TestLibraryFollows: what is changed is seen at once by who has changed it, on its
// replica and with LibraryNow on every other one, and is the same as if all had been
// read: told change by change, or not.
func TestLibraryFollows(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		scans := 0
		other.client.AddHook(onCommand{"hscan", func() { scans++ }})
		get[*content.Library](t)(s.Library(t.Context()))
		draft, retired, item := aQuestion("b", "zwei"), aQuestion("c", "three"), anItem("x", "one")
		draft.State, retired.State = content.Draft, content.Retired
		series := anItem("y", "two")
		series.Series, series.Episode = "系列", 1
		damaged := func(ctx context.Context) error {
			if err := s.client.HSet(ctx, questionsKey(), "d", "{").Err(); err != nil {
				return err
			}
			told, err := toldOf([]entry{{pages: "question:d"}})
			if err != nil {
				return err
			}
			n, err := s.client.HIncrBy(ctx, versionKey(), versionLibrary, 1).Result()
			if err != nil {
				return err
			}
			s.changed()
			return s.client.HSet(ctx, changesKey(), strconv.FormatInt(n, 10), told).Err()
		}
		untold := func(ctx context.Context) error { // an older program
			return errors.Join(s.client.HDel(ctx, questionsKey(), "a").Err(), s.client.HIncrBy(ctx, versionKey(), versionLibrary, 1).Err())
		}
		put := func(items []content.Item, questions ...content.Question) func(context.Context) error {
			return func(ctx context.Context) error {
				_, _, err := s.PutLibrary(ctx, items, questions)
				return err
			}
		}
		var many []content.Question
		for i := range maxTold + 1 {
			many = append(many, aQuestion("many"+strconv.Itoa(i), "?"))
		}
		hand := content.Hand{By: "张三", At: time.Unix(1_790_000_000, 0), Signatures: 1, Act: "act"}
		for i, step := range []struct {
			do    func(context.Context) error
			whole bool // all is read
			past  bool // the replica that sees its own changes at once has not made it
		}{
			{put([]content.Item{anItem("w", "zero"), item}, aQuestion("a", "one"), aQuestion("b", "two"), aQuestion("c", "three")), true, false}, // the first time
			{put(nil, aQuestion("b", "zwei")), false, false},
			{put([]content.Item{series}, draft, retired, aQuestion("d", "four")), false, false},
			{put([]content.Item{anItem("w", "null")}), false, false},
			{func(ctx context.Context) error {
				_, _, err := s.EditLibrary(ctx, hand, []content.Item{anItem("v", "added")}, []content.Question{aQuestion("0", "added")})
				return err
			}, false, false},
			{func(ctx context.Context) error { // takes both away
				u, err := s.Undo(ctx, hand, "act", testDay, "")
				if err == nil {
					u, err = s.Undo(ctx, hand, "act", testDay, u.Set)
				}
				if u.Removed != 2 {
					t.Errorf("undone: %+v", u)
				}
				return err
			}, false, false},
			{damaged, false, true},
			{put(nil, many...), true, true}, // it reads them behind who asks
			{put(nil, aQuestion("d", "vier")), false, false},
			{untold, true, true},
		} {
			from := get[string](t)(other.LibraryVersion(t.Context()))
			must(t, step.do(t.Context()))
			ids, known, err := other.ChangedQuestions(t.Context(), from, get[string](t)(other.LibraryVersion(t.Context())))
			if must(t, err); known == step.whole || i == 2 && !reflect.DeepEqual(ids, []string{"b", "c", "d"}) || i == 3 && len(ids) > 0 {
				t.Errorf("step %d: the changed questions are %v, known %v", i, ids, known)
			}
			before := scans
			now, under, err := other.LibraryNow(t.Context())
			must(t, err)
			items := get[[]content.Item](t)(other.ItemsNow(t.Context()))
			if whole := scans > before; whole != step.whole {
				t.Errorf("step %d: all was read: %v", i, whole)
			}
			fresh := openTest(t, url)
			all, its, err := fresh.LibraryNow(t.Context())
			must(t, err)
			if !reflect.DeepEqual(now, all) || under != its {
				t.Errorf("step %d: %+v under %s, read afresh %+v under %s", i, now, under, all, its)
			}
			if want := get[[]content.Item](t)(fresh.Items(t.Context())); !reflect.DeepEqual(items, want) && len(items)+len(want) > 0 {
				t.Errorf("step %d: items %+v, read afresh %+v", i, items, want)
			}
			own := get[*content.Library](t)(s.Library(t.Context()))
			if !step.past && !reflect.DeepEqual(own, all) {
				t.Errorf("step %d: who has made the change sees %+v, there is %+v", i, own, all)
			}
		}
		if n := get[int64](t)(s.client.HLen(t.Context(), changesKey()).Result()); n > toldChanges {
			t.Errorf("%d changes are kept", n)
		}
	})
}

// onCommand does something before each command of a name.
type onCommand struct {
	name string
	do   func()
}

func (o onCommand) DialHook(next redis.DialHook) redis.DialHook { return next }

func (o onCommand) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == o.name {
			o.do()
		}
		return next(ctx, cmd)
	}
}

func (o onCommand) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// TestMembersDoNotWaitForTheLibrary: while a change by another replica is being read,
// members are answered from the former library, and then from the new one.
func TestMembersDoNotWaitForTheLibrary(t *testing.T) {
	url := servers.Redis(t).URL
	s, other := openTest(t, url), openTest(t, url)
	begun := time.Now()
	other.library.clock = func() time.Time { return begun } // however slow this machine is
	get[Put](t)(s.PutQuestions(t.Context(), []content.Question{aQuestion("a", "one")}))
	get[*content.Library](t)(other.Library(t.Context()))
	release := make(chan struct{})
	other.client.AddHook(onCommand{"hmget", func() { <-release }})
	get[Put](t)(s.PutQuestions(t.Context(), []content.Question{aQuestion("a", "two")}))
	for range 20 {
		other.changed() // what Staleness does in a second
		if q, _ := get[*content.Library](t)(other.Library(t.Context())).Question("a"); q.Stem != "one" {
			t.Errorf("before it was read: %q", q.Stem)
		}
	}
	close(release)
	eventually(t, func() bool {
		q, _ := get[*content.Library](t)(other.Library(t.Context())).Question("a")
		return q.Stem == "two"
	})
}
