package push_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

var update = flag.Bool("update", false, "rewrite the stories by what happens now")

// TestStories plays the stories of testdata/stories. A line “DATE TIME what” is
// what happens then, the indented lines below it are what comes of it: what
// arrives at WeChat, what the ledger says of today where that is new, and what is
// answered. Between two lines nobody runs. First come the settings:
//
//	! account real|sandbox    ! at 07:30    ! channels draft mass    ! service account
//
// and then
//
//	start NAME           a replica starts
//	run NAME             its schedule wakes it up
//	run NAME until TIME  it lives from now until then
//	send NAME            an operator wants it to be sent
//	NAME dies before|after POINT    at the next such point: mass, draft, save 2026-11-20 …
//	on | off | plan [DAY] | status N
//	set at TIME, set channels NAME…    for those that start from now on
//	fault PATH CODE|drop [before|after] [times N]   what WeChat does to calls of that path; no faults: PATH none
//	check                doctor: a fresh token is fetched
//	reminders NAME [until TIME]     its schedule wakes the reminders up
//	WHO writes TEXT, WHO leaves     a member
//	editor               someone sends a mass message by hand
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := (&story{t: t, processes: map[string]*process{}}).play(string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("something else happens; with -update the file shows what:\n%s", got)
			}
		})
	}
}

type story struct {
	*station
	t         *testing.T
	processes map[string]*process

	massed, drafted int    // seen so far
	said            string // of today, last time
	out             strings.Builder
}

func (s *story) play(script string) string {
	var settings []string
	lines := bufio.NewScanner(strings.NewReader(script))
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "  "):
			continue // what came of it last time
		case strings.HasPrefix(line, "! "):
			settings = append(settings, line[2:])
		case line != "" && line[0] != '#':
			if s.station == nil {
				s.settle(settings)
			}
			s.out.WriteString(line + "\n")
			s.happen(line)
			continue
		}
		s.out.WriteString(line + "\n")
	}
	return s.out.String()
}

// settle makes the station as the settings say.
func (s *story) settle(settings []string) {
	all := strings.Join(settings, "\n")
	s.station = newStation(s.t, "", strings.Contains(all, "service account"))
	s.sandbox = !strings.Contains(all, "account real")
	for _, setting := range settings {
		s.set(strings.Fields(setting))
	}
}

func (s *story) set(words []string) {
	switch words[0] {
	case "at":
		s.at = s.timeOfDay(words[1])
	case "channels":
		s.channel = words[1:]
	}
}

func (s *story) timeOfDay(text string) push.TimeOfDay {
	at, err := push.ParseTimeOfDay(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return at
}

// say writes down what comes of something.
func (s *story) say(format string, args ...any) {
	fmt.Fprintf(&s.out, "  "+format+"\n", args...)
}

func (s *story) happen(line string) {
	if len(line) < 18 {
		s.t.Fatalf("%q has no time", line)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", line[:16], quiz.Zone)
	if err != nil {
		s.t.Fatal(err)
	}
	s.setTime(at)
	if err := s.act(strings.Fields(line[17:])); err != nil {
		s.say("error: %s", cause(err.Error()))
	}
	s.tellArrivals()
	s.tellLedger()
}

func (s *story) act(words []string) error {
	ctx := s.t.Context()
	switch words[0] {
	case "start":
		s.processes[words[1]] = s.process(words[1])
		return s.processes[words[1]].start()
	case "run", "reminders":
		return s.runs(words)
	case "send":
		r, err := s.processes[words[1]].send()
		if err == nil {
			s.tellReport(r)
		}
		return err
	case "on", "off":
		return s.operator().Switch(ctx, words[0] == "on")
	case "set":
		s.set(words[1:])
		return nil
	case "check":
		return s.client.Check(ctx)
	case "plan":
		return s.plan(ctx, words[1:])
	case "status":
		return s.status(ctx, words[1])
	case "fault":
		return s.fault(words[1:])
	case "editor":
		_, err := s.client.MassText(ctx, "编辑自己写的通知", "an editor's "+s.Now().String()[:16])
		return err
	}
	switch words[1] {
	case "writes":
		return s.member(words[0]).writes(words[2])
	case "leaves":
		return s.member(words[0]).leaves()
	}
	if p := s.processes[words[0]]; p != nil && words[1] == "dies" {
		p.fate = at(strings.Join(words[3:], " "), words[2])
		return nil
	}
	s.t.Fatalf("nobody knows what %q means", words)
	return nil
}

// at is a fate: once, at a point.
func at(point, when string) func(string) doom {
	return func(here string) doom {
		switch {
		case here != point:
			return lives
		case when == "before":
			return diesBefore
		}
		return diesAfter
	}
}

func (s *story) runs(words []string) error {
	p := s.processes[words[1]]
	once, specs := p.run, p.push.Specs()
	if words[0] == "reminders" {
		once, specs = p.remind, []string{push.ReminderSpec}
	}
	if len(words) == 2 {
		return once()
	}
	p.until(s.timeOfDay(words[3]).On(quiz.DayOf(s.Now())), specs, once)
	return nil
}

func (s *story) fault(words []string) error {
	if words[1] == "none" {
		s.wechat.ClearFaults()
		return nil
	}
	f := fakeapi.Fault{Path: words[0], Times: 1}
	for i, word := range words[1:] {
		switch word {
		case "drop":
			f.Drop = true
		case "before":
			f.Before = true
		case "after":
			f.After = true
		case "times":
			f.Times, _ = strconv.Atoi(words[i+2])
		default:
			if n, err := strconv.Atoi(word); err == nil && f.Code == 0 && !f.Drop {
				f.Code = n
			}
		}
	}
	s.wechat.Fail(f)
	return nil
}
