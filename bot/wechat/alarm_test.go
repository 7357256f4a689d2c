package wechat

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// watched is a message of TestAlarm.
type watched struct {
	exchange
	returns time.Duration // after it began; 0: never
	pause   time.Duration // until the next one begins
}

// TestAlarm: whatever begins and returns when, each message is told that its time is
// over at its end, and only if it is still under way then.
func TestAlarm(t *testing.T) {
	const length = 10 * time.Second
	rapid.Check(t, func(r *rapid.T) {
		all := make([]*watched, rapid.IntRange(1, 12).Draw(r, "messages"))
		for i := range all {
			all[i] = &watched{
				returns: time.Duration(rapid.IntRange(0, 15).Draw(r, "returns")) * time.Second,
				pause:   time.Duration(rapid.IntRange(0, 12).Draw(r, "pause"))*time.Second + time.Microsecond,
			}
			all[i].done = true // nobody is there to be answered
		}
		left := 0
		synctest.Test(t, func(*testing.T) { left = watch(all, length) })
		if left != 0 {
			r.Fatalf("%d are left", left)
		}
		for i, m := range all {
			want := context.DeadlineExceeded
			if m.returns > 0 && m.returns < length {
				want = context.Canceled
			}
			if err := m.budget.Err(); !errors.Is(err, want) {
				r.Fatalf("message %d, which returns after %v, ended with %v", i, m.returns, err)
			}
		}
	})
}

// watch lets messages begin and return under one alarm, and gives how many it still
// watches when all are over.
func watch(all []*watched, length time.Duration) (left int) {
	var a alarm
	for _, m := range all {
		m.budget.end = time.Now().Add(length)
		number := a.begin(&m.exchange)
		if m.returns > 0 {
			time.AfterFunc(m.returns+time.Nanosecond, func() {
				a.done(number)
				m.budget.finish(context.Canceled)
			})
		}
		time.Sleep(m.pause)
	}
	time.Sleep(2 * length)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.set {
		left++
	}
	return left + len(a.under)
}

// TestAlarmRingsInTime: a message is told at its end, however many returned before.
func TestAlarmRingsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a alarm
		for range 2 {
			e := &exchange{}
			e.budget.end = time.Now().Add(4 * time.Second)
			a.done(a.begin(e))
			time.Sleep(time.Second)
		}
		last := &exchange{done: true}
		last.budget.end = time.Now().Add(4 * time.Second)
		a.begin(last)
		<-last.budget.Done()
		if !time.Now().Equal(last.budget.end) {
			t.Errorf("told at %v, not at %v", time.Now(), last.budget.end)
		}
	})
}

// TestAlarmOfSlowBody: a message that took long to come is told at its end, and not
// behind those that came later and began before it.
func TestAlarmOfSlowBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a alarm
		var all []*exchange
		for _, left := range []time.Duration{4 * time.Second, time.Second, 5 * time.Second, 0} {
			e := &exchange{done: true}
			e.budget.end = time.Now().Add(left)
			number := a.begin(e)
			defer a.done(number)
			all = append(all, e)
		}
		for _, e := range []*exchange{all[3], all[1], all[0], all[2]} {
			<-e.budget.Done()
			if !time.Now().Equal(e.budget.end) {
				t.Errorf("told %v after its end", time.Since(e.budget.end))
			}
		}
	})
}
