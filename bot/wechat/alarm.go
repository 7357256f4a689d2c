package wechat

import (
	"sync"
	"time"
)

// alarm tells messages that their time is over. All have as much of it, so that one timer
// does for them: it stands at the end of the one that began first. A timer for each
// message would cost more than to find out what the message means.
type alarm struct {
	mu    sync.Mutex
	under []*exchange // those under way, oldest first; nil: it has returned
	first int         // number of the first of them
	timer *time.Timer // made with the first message
	set   bool        // the timer will ring
	last  time.Time   // the latest end of all that have begun
}

// disorder bounds how much later than at its end a message is told because another one,
// which came later, began before it.
const disorder = 10 * time.Millisecond

// alone is the number of a message that has a timer of its own.
const alone = -1

// begin watches a message whose budget has an end, until done with the number that it gives.
func (a *alarm) begin(e *exchange) (number int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if e.budget.end.Before(a.last.Add(-disorder)) { // its body came slowly: it would wait behind others
		time.AfterFunc(time.Until(e.budget.end), e.over) // where it has returned by then, nothing happens
		return alone
	}
	if e.budget.end.After(a.last) {
		a.last = e.budget.end
	}
	number = a.first + len(a.under)
	a.under = append(a.under, e)
	if !a.set {
		a.wind(e.budget.end)
	}
	return number
}

// done ends that.
func (a *alarm) done(number int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if number < a.first {
		return // it rang before, or is alone
	}
	a.under[number-a.first] = nil
	for len(a.under) > 0 && a.under[0] == nil {
		a.drop()
	}
}

// drop forgets the oldest message. It needs mu, as does wind.
func (a *alarm) drop() {
	a.under[0] = nil
	a.under = a.under[1:]
	a.first++
}

// wind sets the timer.
func (a *alarm) wind(end time.Time) {
	a.set = true
	if a.timer == nil {
		a.timer = time.AfterFunc(time.Until(end), a.ring)
		return
	}
	a.timer.Reset(time.Until(end))
}

// ring tells those whose time is over. With nothing under way it rings once more, and is
// still then.
func (a *alarm) ring() {
	var over []*exchange
	a.mu.Lock()
	for now := time.Now(); len(a.under) > 0 && (a.under[0] == nil || !a.under[0].budget.end.After(now)); a.drop() {
		if e := a.under[0]; e != nil {
			over = append(over, e)
		}
	}
	if a.set = len(a.under) > 0; a.set {
		a.wind(a.under[0].budget.end)
	}
	a.mu.Unlock()
	for _, e := range over {
		e.over()
	}
}
