package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

const (
	// manyQuestions is from how many entries on a command says how far it is.
	manyQuestions = 2000
	// manyMembers is after how many members a long command says so where its lines
	// are kept, as in a log.
	manyMembers = 100_000
	// spinEvery is how often what takes unknown long moves on a terminal.
	spinEvery = 120 * time.Millisecond
)

// progress is where a command says how far it is: a bar on a terminal, which goes
// when anything else is printed, and a line now and then where lines are kept.
type progress struct {
	errs     io.Writer
	terminal bool
	mu       sync.Mutex
	bar      *progressbar.ProgressBar // nil: none is shown
	stop     chan struct{}            // ends what moves it
}

// newProgress shows on errs, and gives out and errs so that what is printed there
// does not mix with the bar.
func newProgress(out, errs io.Writer) (p *progress, cleanOut, cleanErrs io.Writer) {
	p = &progress{errs: errs, terminal: isTerminal(errs)}
	if !p.terminal {
		return p, out, errs
	}
	return p, clearing{out, p}, clearing{errs, p}
}

// clearing takes the bar away before it writes.
type clearing struct {
	io.Writer
	p *progress
}

func (c clearing) Write(b []byte) (int, error) {
	c.p.clear()
	return c.Writer.Write(b)
}

// clear takes the bar off the screen.
func (p *progress) clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar == nil {
		return
	}
	close(p.stop)
	_ = p.bar.Clear() // only looks
	p.bar, p.stop = nil, nil
}

// show begins a bar that moves by itself: how long the step takes, nobody knows. tell
// changes its text, as long as it is shown.
func (p *progress) show(text string) (tell func(text string)) {
	p.clear()
	p.mu.Lock()
	defer p.mu.Unlock()
	bar := progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(p.errs), progressbar.OptionSetDescription(text), progressbar.OptionUseANSICodes(true),
		progressbar.OptionSpinnerType(14), progressbar.OptionSetElapsedTime(true), progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionSetSpinnerChangeInterval(0), // it would go on by itself after it was cleared
	)
	p.bar, p.stop = bar, make(chan struct{})
	go p.spin(bar, p.stop)
	return func(text string) { p.with(bar, func() { bar.Describe(text) }) }
}

// with does something with a bar unless it was cleared meanwhile.
func (p *progress) with(bar *progressbar.ProgressBar, do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar == bar {
		do()
	}
}

func (p *progress) spin(bar *progressbar.ProgressBar, stop chan struct{}) {
	tick := time.NewTicker(spinEvery)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			p.with(bar, func() { _ = bar.Add(1) }) // it only shows
		}
	}
}

// step tells of a step that takes long for n entries; how far it is, is not known.
func (a *app) step(n int, text string) {
	switch {
	case n < manyQuestions || a.shown == nil:
	case a.shown.terminal:
		a.shown.show(fmt.Sprintf("%s（%d 条）", text, n))
	default:
		fmt.Fprintf(a.errs, "%s（%d 条）……\n", text, n)
	}
}

// reading tells of a file that takes long to read, by its bytes.
func (a *app) reading(name string, bytes int) {
	if bytes >= manyBytes && a.shown != nil && a.shown.terminal {
		a.shown.show(fmt.Sprintf("正在读 %s（%.1f MB）", name, float64(bytes)/(1<<20)))
	}
}

// manyBytes is from what size on a file takes a while to read.
const manyBytes = 256 << 10

// fewCodes is after how many of some hundred or thousand a long command says so where
// its lines are kept.
const fewCodes = 500

// outOf tells how many of a known number are done.
func (a *app) outOf(text string, total int) func(done int) {
	if a.shown != nil && a.shown.terminal {
		tell := a.shown.show(fmt.Sprintf("%s（共 %d 个）", text, total))
		return func(done int) { tell(fmt.Sprintf("%s（%d / %d）", text, done, total)) }
	}
	return func(done int) {
		if done%fewCodes == 0 {
			fmt.Fprintf(a.errs, "%s（%d / %d）\n", text, done, total)
		}
	}
}

// every tells of progress now and then; format takes the number of members.
func (a *app) every(format string) func(n int) {
	if a.shown != nil && a.shown.terminal {
		tell := a.shown.show(strings.TrimRight(fmt.Sprintf(format, 0), "\n"))
		return func(n int) { tell(strings.TrimRight(fmt.Sprintf(format, n), "\n")) }
	}
	told := 0
	return func(n int) {
		if n-told >= manyMembers {
			told = n
			fmt.Fprintf(a.errs, format, n)
		}
	}
}
