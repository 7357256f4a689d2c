package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The phases of a burst: the push has just gone out, and ten times as many write.
const (
	beforeBurst = iota
	inBurst
	afterBurst
	burstPhases
)

const (
	burstFactor = 10
	// calm is a latency that nobody would notice: it tells when a burst is over.
	calm = 100 * time.Millisecond
)

// phaseFigures are what became of the messages that were due in one phase.
type phaseFigures struct {
	rate                      int // messages due a second
	sent, crowded, faults     int
	p50, p99, most            time.Duration // of those that were answered in their own words
	crowdP99                  time.Duration // of those that were told of the crowd
	lastSlow                  time.Duration // when the last message that waited longer than calm was due, from the phase's begin
	memoryBefore, memoryAfter int64         // the most that the server has had, in bytes
}

// runBurst lets the server answer a steady rate, ten times that, and the steady rate
// again, all by the clock.
func runBurst(ctx context.Context, o options, server *server) ([]phaseFigures, error) {
	var messages []due
	var begins [burstPhases]time.Duration
	first, begin := 0, time.Duration(0)
	phases := make([]phaseFigures, burstPhases)
	for p := range phases {
		phases[p].rate = o.rate
		if p == inBurst {
			phases[p].rate *= burstFactor
		}
		begins[p] = begin
		for _, m := range atRate(server, phases[p].rate, o.seconds, first) {
			m.at, m.phase = m.at+begin, p
			messages = append(messages, m)
		}
		first += phases[p].rate * (o.seconds/len(script) + 1)
		begin += time.Duration(o.seconds) * time.Second
	}
	memory, err := server.peakMemory()
	if err != nil {
		return nil, err
	}
	answers, err := byTheClock(ctx, server, messages, o.crowd)
	if err != nil {
		return nil, err
	}
	phases[inBurst].memoryBefore = memory
	if phases[inBurst].memoryAfter, err = server.peakMemory(); err != nil {
		return nil, err
	}
	for p := range phases {
		phases[p].count(answers, p, begins[p])
	}
	return phases, nil
}

func (f *phaseFigures) count(answers []answer, phase int, begin time.Duration) {
	var own, crowded []time.Duration
	for _, a := range answers {
		if a.phase != phase {
			continue
		}
		f.sent++
		if a.took > calm {
			f.lastSlow = max(f.lastSlow, a.at-begin)
		}
		switch {
		case a.crowded:
			crowded = append(crowded, a.took)
		case a.fault:
			f.faults++
		default:
			own = append(own, a.took)
		}
	}
	f.crowded = len(crowded)
	if len(own) > 0 {
		slices.Sort(own)
		f.p50, f.p99, f.most = own[len(own)/2], own[len(own)*99/100], own[len(own)-1]
	}
	if len(crowded) > 0 {
		slices.Sort(crowded)
		f.crowdP99 = crowded[len(crowded)*99/100]
	}
}

// burstTable is what the document says of it.
func burstTable(phases []phaseFigures, o options) string {
	names := [burstPhases]string{"之前", "高峰", "之后"}
	var rows [][]string
	for p, f := range phases {
		late := "–"
		if f.crowded > 0 {
			late = fmt.Sprintf("%.1f", ms(f.crowdP99))
		}
		share := func(n int) string { return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(max(1, f.sent))) }
		rows = append(rows, []string{names[p], grouped(f.rate), share(f.sent - f.crowded - f.faults), share(f.crowded), share(f.faults),
			fmt.Sprintf("%.2f", ms(f.p50)), fmt.Sprintf("%.1f", ms(f.p99)), fmt.Sprintf("%.0f", ms(f.most)), late})
	}
	burst := phases[inBurst]
	return fmt.Sprintf("每段 %d 秒，不管前面的答完没有，到点就发，延迟从该发的那一刻算起；%s 个连接。每条消息都有回复。高峰过去 %.1f 秒后，没有人再等 %d 毫秒以上；"+
		"服务程序的内存最多 %d MB（之前 %d MB）。\n\n",
		o.seconds, grouped(o.crowd), phases[afterBurst].lastSlow.Seconds(), calm.Milliseconds(), burst.memoryAfter>>20, burst.memoryBefore>>20) +
		table([]string{"时候", "每秒到几条", "照常答", "请过一会儿再发", "出错", "p50 毫秒", "p99 毫秒", "最慢毫秒", "请过一会儿的 p99 毫秒"}, rows)
}

// burst measures the minute after the push.
func burst(ctx context.Context, o options, redis *server) error {
	product, err := build(ctx, o.dir)
	if err != nil {
		return err
	}
	whole, err := startServer(ctx, o.dir, wholeName, redis, 1, product, "serve")
	if err != nil {
		return err
	}
	defer whole.stop()
	phases, err := runBurst(ctx, o, whole)
	if err != nil {
		return err
	}
	text := burstTable(phases, o)
	fmt.Fprint(o.out, text)
	if !o.write {
		return nil
	}
	return rewrite(filepath.Join(o.root, document), "burst", stamp(time.Now())+text)
}

// peakMemory is the most memory that the child has had, in bytes.
func (s *server) peakMemory() (bytes int64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			_, err = fmt.Sscan(rest, &bytes)
			return bytes << 10, err
		}
	}
	return 0, fmt.Errorf("what is %q?", status)
}
