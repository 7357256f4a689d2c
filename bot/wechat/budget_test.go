package wechat

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestBudget: a budget ends once, for the reason of whoever is first, and whoever
// asks for it later sees that it has.
func TestBudget(t *testing.T) {
	end := time.Now().Add(time.Minute)
	b := &budget{end: end}
	if at, ok := b.Deadline(); !ok || !at.Equal(end) {
		t.Errorf("the deadline is %v %v", at, ok)
	}
	waits := b.Done()
	select {
	case <-waits:
		t.Fatal("over before it ended")
	default:
	}
	if err := b.Err(); err != nil {
		t.Fatal(err)
	}
	b.finish(context.DeadlineExceeded)
	b.finish(context.Canceled)
	<-waits
	<-b.Done()
	if err := b.Err(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v", err)
	}
	late := &budget{}
	late.finish(context.Canceled)
	<-late.Done()
	child, cancel := context.WithTimeout(late, time.Minute)
	defer cancel()
	<-child.Done()
	if err := child.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("what was derived from it ended with %v", err)
	}
}
