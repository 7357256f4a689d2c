package store

import (
	"errors"
	"sync"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestActivity: what several replicas have counted adds up, by day and hour, and a
// day without anything is nothing.
func TestActivity(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		at := testDay.Start().Add(9*time.Hour + time.Second)
		one := quiz.Activity{Messages: 3, Begun: 1, Answered: 2, Right: 1, Finished: 1, New: 1}
		d, next := quiz.ActivityDay{Day: testDay}, quiz.ActivityDay{Day: testDay + 1}
		d.Count(at, one)
		d.Count(at.Add(10*time.Hour), quiz.Activity{Messages: 5})
		next.Count(at.Add(15*time.Hour), one)
		var all sync.WaitGroup
		for _, s := range []*Store{s, other} {
			all.Go(func() { must(t, s.AddActivity(t.Context(), d, next)) })
		}
		all.Wait()
		must(t, s.AddActivity(t.Context(), quiz.ActivityDay{Day: testDay - 1}))
		must(t, s.client.HSet(t.Context(), activityKey(testDay+1), "99z", "1", "x", "y", "", "1", "00?", "7").Err()) // of a later release

		days := get[[]quiz.ActivityDay](t)(s.Activity(t.Context(), testDay+1, 3))
		if len(days) != 3 || days[0].Day != testDay+1 || days[2].Total() != (quiz.Activity{}) {
			t.Fatalf("three days up to the second: %+v", days)
		}
		if got, want := days[1].Hours[9], (quiz.Activity{Messages: 6, Begun: 2, Answered: 4, Right: 2, Finished: 2, New: 2}); got != want {
			t.Errorf("from 9 to 10: %+v, want %+v", got, want)
		}
		if got := days[1].Total().Messages; got != 16 {
			t.Errorf("%d messages of 16", got)
		}
		if got := days[0].Hours[0]; got != days[1].Hours[9] || days[0].Total() != got {
			t.Errorf("after midnight: %+v", days[0])
		}
		if !days[1].Last.Equal(at.Add(10 * time.Hour)) {
			t.Errorf("the last message of the day came at %v", days[1].Last)
		}
		for _, c := range []struct {
			last quiz.Day
			want time.Time
		}{{testDay + 20, at.Add(15 * time.Hour)}, {testDay, at.Add(10 * time.Hour)}, {testDay - 1, time.Time{}}} {
			if got := get[time.Time](t)(s.LastMessage(t.Context(), c.last, 30)); !got.Equal(c.want) {
				t.Errorf("up to %s the last message came at %v, want %v", c.last, got, c.want)
			}
		}
		if life := s.client.TTL(t.Context(), activityKey(testDay)).Val(); life <= 399*24*time.Hour || life > activityLife {
			t.Errorf("it is kept for %v", life)
		}
	})
}

// TestActivityOfOthers: into data that were emptied nothing is counted, so that they
// can be restored.
func TestActivityOfOthers(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	must(t, s.client.FlushDB(t.Context()).Err())
	d := quiz.ActivityDay{Day: testDay}
	d.Count(testDay.Start(), quiz.Activity{Messages: 1})
	deadline := time.Now().Add(patience)
	for {
		err := s.AddActivity(t.Context(), d)
		if errors.Is(err, quiz.ErrUnavailable) && errors.Is(err, ErrNoData) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("still counted: %v", err)
		}
		must(t, s.client.FlushDB(t.Context()).Err())
		time.Sleep(50 * time.Millisecond) // what is shared is read anew after Staleness
	}
	if n := s.client.DBSize(t.Context()).Val(); n != 0 {
		t.Errorf("%d keys were left in emptied data", n)
	}
}
