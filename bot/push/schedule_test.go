package push_test

import (
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"dangshi/bot/push"
	"dangshi/quiz"
)

// instants are all times in [from, to) at which one of the specs is due, as
// robfig/cron reads them, in order and each once.
func instants(t testing.TB, specs []string, from, to time.Time) (all []time.Time) {
	t.Helper()
	due := parse(t, specs...)
	for at := from.Add(-time.Second); ; {
		next, ok := due.Next(at, to.Add(-time.Second))
		if !ok {
			return all
		}
		all, at = append(all, next), next
	}
}

// schedules are several of cron, in Asia/Shanghai.
type schedules []cron.Schedule

func parse(t testing.TB, specs ...string) (all schedules) {
	t.Helper()
	for _, spec := range specs {
		s, err := cron.ParseStandard(spec)
		if err != nil {
			t.Fatalf("%q: %v", spec, err)
		}
		all = append(all, s)
	}
	return all
}

// Next is the first instant after t, and no later than until.
func (s schedules) Next(t, until time.Time) (at time.Time, ok bool) {
	for _, each := range s {
		if next := each.Next(t.In(quiz.Zone)); !next.After(until) && (!ok || next.Before(at)) {
			at, ok = next, true
		}
	}
	return at, ok
}

// TestSpecs: at its time and every quarter of an hour from there, until noon, or
// for two hours where that is at noon or later, and never into the next day; on
// each of 366 days, by the parser that the program uses.
func TestSpecs(t *testing.T) {
	for _, c := range []struct {
		at    string
		specs []string // as an operator would write them
		first string
		last  string
		times int // a day
	}{
		{"00:00", []string{"0,15,30,45 0-11 * * *"}, "00:00", "11:45", 48},
		{"00:07", []string{"7,22,37,52 0-11 * * *"}, "00:07", "11:52", 48},
		{"05:59", []string{"59 5 * * *", "14,29,44,59 6-11 * * *"}, "05:59", "11:59", 25},
		{"07:30", []string{"30,45 7 * * *", "0,15,30,45 8-11 * * *"}, "07:30", "11:45", 18},
		{"11:44", []string{"44,59 11 * * *"}, "11:44", "11:59", 2},
		{"11:45", []string{"45 11 * * *"}, "11:45", "11:45", 1},
		{"11:59", []string{"59 11 * * *"}, "11:59", "11:59", 1},
		{"12:00", []string{"0,15,30,45 12-13 * * *"}, "12:00", "13:45", 8},
		{"20:10", []string{"10,25,40,55 20-21 * * *"}, "20:10", "21:55", 8},
		{"22:00", []string{"0,15,30,45 22-23 * * *"}, "22:00", "23:45", 8},
		{"22:30", []string{"30,45 22 * * *", "0,15,30,45 23 * * *"}, "22:30", "23:45", 6},
		{"23:50", []string{"50 23 * * *"}, "23:50", "23:50", 1},
		{"23:59", []string{"59 23 * * *"}, "23:59", "23:59", 1},
	} {
		t.Run(c.at, func(t *testing.T) {
			at, err := push.ParseTimeOfDay(c.at)
			if err != nil {
				t.Fatal(err)
			}
			p, err := push.New(push.Config{Channels: []push.Channel{push.NewMass(nil, nil)}, At: at})
			if err != nil {
				t.Fatal(err)
			}
			specs := p.Specs()
			if len(specs) != len(c.specs) {
				t.Fatalf("%q, want %q", specs, c.specs)
			}
			for i := range specs {
				if specs[i] != c.specs[i] {
					t.Fatalf("%q, want %q", specs, c.specs)
				}
			}
			from := quiz.Date(2028, 1, 1) // a leap year
			all := instants(t, specs, from.Start(), (from + 366).Start())
			if len(all) != 366*c.times {
				t.Fatalf("%d instants in a year of 366 days, %d a day are expected", len(all), c.times)
			}
			for day := range 366 {
				today := all[day*c.times : (day+1)*c.times]
				for i, at := range today {
					if quiz.DayOf(at) != from+quiz.Day(day) || i > 0 && at.Sub(today[i-1]) != 15*time.Minute {
						t.Fatalf("instant %d of day %d is at %s", i, day, at)
					}
				}
				if first, last := today[0].Format("15:04"), today[c.times-1].Format("15:04"); first != c.first || last != c.last {
					t.Fatalf("day %d: from %s to %s", day, first, last)
				}
			}
		})
	}
}

// TestSpecsOfEveryMinute: whatever the time of the push, it is its first instant,
// none is outside of the time for catching up, and none is missing.
func TestSpecsOfEveryMinute(t *testing.T) {
	day := quiz.Date(2026, 12, 31)
	for at := push.TimeOfDay(0); at < 24*60; at++ {
		p, err := push.New(push.Config{Channels: []push.Channel{push.NewMass(nil, nil)}, At: at})
		if err != nil {
			t.Fatal(err)
		}
		until := max(12*60, min(int(at)+120, 24*60))
		if at < 12*60 {
			until = 12 * 60
		}
		var want []time.Time
		for minute := int(at); minute < until; minute += 15 {
			want = append(want, day.Start().Add(time.Duration(minute)*time.Minute))
		}
		got := instants(t, p.Specs(), day.Start(), (day + 1).Start())
		if len(got) != len(want) {
			t.Fatalf("%s: %v, want %v", at, got, want)
		}
		for i := range want {
			if !got[i].Equal(want[i]) {
				t.Fatalf("%s: %v, want %v", at, got, want)
			}
		}
	}
}

func TestTimeOfDay(t *testing.T) {
	for text, want := range map[string]string{
		"07:30": "07:30", "7:30": "07:30", "00:00": "00:00", "0:05": "00:05", "23:59": "23:59",
		"24:00": "", "07:60": "", "7": "", "": "", "07:30:00": "", "7.30": "", "七点": "", "-1:00": "", " 07:30": "",
	} {
		at, err := push.ParseTimeOfDay(text)
		if (err == nil) != (want != "") || err == nil && at.String() != want {
			t.Errorf("%q is read as %s, %v", text, at, err)
		}
	}
	at, _ := push.ParseTimeOfDay("07:30")
	if got := at.On(quiz.Date(2028, 2, 29)).UTC().Format(time.RFC3339); got != "2028-02-28T23:30:00Z" {
		t.Errorf("07:30 in Shanghai on the leap day is at %s", got)
	}
}

// TestSettingsAreChecked: what an operator can get wrong is said in words.
func TestSettingsAreChecked(t *testing.T) {
	mass := push.NewMass(nil, nil)
	for name, cfg := range map[string]push.Config{
		"没有设置推送渠道":       {},
		"推送渠道 mass 写了两次": {Channels: []push.Channel{mass, mass}},
		"推送时间 1440":      {Channels: []push.Channel{mass}, At: 24 * 60},
		"推送时间 -1":        {Channels: []push.Channel{mass}, At: -1},
	} {
		if _, err := push.New(cfg); err == nil || len(err.Error()) < len(name) || err.Error()[:len(name)] != name {
			t.Errorf("want %q…, got %v", name, err)
		}
	}
}
