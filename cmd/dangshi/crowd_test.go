package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/bot/wechat/peer"
)

// crowd are members who come one after the other and answer the day's paper
// through the webhook, without end, while something befalls what is behind it. It
// keeps book of what each was told; nothing of the product is asked for that.
type crowd struct {
	t    *testing.T
	name string
	hook *peer.Client
	stop chan struct{}
	wg   sync.WaitGroup

	mu      sync.Mutex
	members []*participant
	told    int           // answers that were told to be right or wrong
	thirds  [3]int        // of them, by third of the slots
	faults  int           // messages that were answered with 开小差
	again   int           // deliveries that came to nothing, so that WeChat made another
	slowest time.Duration // of a delivery that was answered
}

// participant is one member and what was told of its answers.
type participant struct {
	id   string
	told verdicts
	at   [5]time.Time // when
	done bool         // told that the paper is finished
	lost []time.Time  // when that was told which was asked once more later on
}

// newCrowd lets so many members answer at a time.
func newCrowd(t *testing.T, name string, hook *peer.Client, workers int) *crowd {
	c := &crowd{t: t, name: name, hook: hook, stop: make(chan struct{})}
	for range workers {
		c.wg.Go(func() {
			for {
				select {
				case <-c.stop:
					return
				default:
				}
				c.day(c.arrive())
			}
		})
	}
	return c
}

// leave lets those who have begun finish their papers.
func (c *crowd) leave() {
	close(c.stop)
	c.wg.Wait()
}

// unanswered is how many deliveries came to nothing.
func (c *crowd) unanswered() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.again
}

func (c *crowd) arrive() *participant {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := &participant{id: fmt.Sprintf("o%s%05d", c.name, len(c.members))}
	c.members = append(c.members, m)
	return m
}

// day is a member's whole paper. After a fault the bot asks to send 答题, and so
// the member does.
func (c *crowd) day(m *participant) {
	open := -1
	for range 2000 {
		if c.t.Context().Err() != nil {
			return // the test has failed
		}
		word := "答题"
		if open >= 0 {
			word = string(rune('A' + rand.IntN(2)))
		}
		reply := c.deliver(peer.Text(m.id, word))
		verdict, asked, finished := read(reply)
		c.mu.Lock()
		if verdict != nil && open >= 0 {
			m.told[open], m.at[open] = verdict, time.Now()
			c.told++
			c.thirds[third(m.id)]++
		}
		if asked >= 0 {
			m.forget(asked)
		}
		m.done = finished
		c.mu.Unlock()
		if finished {
			return
		}
		open = asked
		if strings.Contains(reply, "开小差") {
			c.mu.Lock()
			c.faults++
			c.mu.Unlock()
			time.Sleep(50 * time.Millisecond) // an impatient member
		}
		time.Sleep(5 * time.Millisecond) // leaves the processor to others
	}
	c.t.Errorf("%s did not finish", m.id)
}

// forget notes as lost what was told of a question that is asked once more, and of
// all that came after it.
func (m *participant) forget(asked int) {
	for k := asked; k < len(m.told); k++ {
		if m.told[k] != nil {
			m.lost, m.told[k] = append(m.lost, m.at[k]), nil
		}
	}
}

// deliver sends a message as WeChat does: three times at most, when no answer comes.
func (c *crowd) deliver(f peer.Fields) string {
	f["MsgId"] = fmt.Sprint(rand.Int64N(1<<62) + 1)
	f["CreateTime"] = fmt.Sprint(time.Now().Unix())
	var last error
	for range 3 {
		began := time.Now()
		a, err := c.hook.Send(c.t.Context(), f)
		took := time.Since(began)
		if err == nil && a.Status == http.StatusOK && a.Text != "" {
			c.mu.Lock()
			c.slowest = max(c.slowest, took)
			c.mu.Unlock()
			return a.Text
		}
		last = fmt.Errorf("status %d, text %q, %v", a.Status, a.Text, err)
		c.mu.Lock()
		c.again++
		c.mu.Unlock()
	}
	if c.t.Context().Err() != nil {
		return ""
	}
	c.t.Errorf("%s: a member would read that the service is out of order: %v", f["FromUserName"], last)
	return ""
}

// count reads one of the counters.
func (c *crowd) count(n *int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return *n
}

// await waits until a counter has grown by n.
func (c *crowd) await(n *int, by int) {
	c.t.Helper()
	want := c.count(n) + by
	eventually(c.t, fmt.Sprintf("%s: %d more", c.name, by), func() bool { return c.count(n) >= want })
}

// settle holds the book against the logs, when all is over. Whatever is in the log
// is what was told; ranked are those who are in it. What was told and is not there
// is lost: those members, and when it was told.
func (c *crowd) settle(r *replica) (ranked int, lost map[string][]time.Time) {
	c.t.Helper()
	lost = map[string][]time.Time{}
	for _, m := range c.members {
		counted := countedOf(c.t, r, m.id)
		switch {
		case len(counted) == 5:
			ranked++
		case len(counted) != 0:
			c.t.Errorf("%s has %d answers in the log", m.id, len(counted))
		case m.done:
			m.forget(0)
		}
		for k, right := range counted {
			if m.told[k] != nil && *m.told[k] != right {
				c.t.Errorf("%s: answer %d was said to be right: %v, counted as right: %v", m.id, k+1, *m.told[k], right)
			}
		}
		if len(m.lost) > 0 {
			lost[m.id] = m.lost
		}
	}
	c.t.Logf("%s: %d members, %d answers told, %d faults read, %d deliveries repeated, the slowest answer took %v; told and lost: %d of %d members",
		c.name, len(c.members), c.told, c.faults, c.again, c.slowest.Round(time.Millisecond), total(lost), len(lost))
	return ranked, lost
}

func total(lost map[string][]time.Time) (n int) {
	for _, times := range lost {
		n += len(times)
	}
	return n
}
