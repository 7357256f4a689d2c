package push

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"dangshi/quiz"
)

// TimeOfDay is a time of the day in Asia/Shanghai, in minutes since midnight.
type TimeOfDay int

const (
	minutesADay = 24 * 60
	noon        = TimeOfDay(12 * 60)
	late        = TimeOfDay(2 * 60) // for catching up where the push is at noon or later
	again       = 15                // minutes between two looks at whether a day is to be gone on with
)

// ParseTimeOfDay reads 07:30 or 7:30.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q 不是时间，例如 07:30", s)
	}
	return TimeOfDay(t.Hour()*60 + t.Minute()), nil
}

// String writes the time as 07:30.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// On is the instant on a day.
func (t TimeOfDay) On(day quiz.Day) time.Time {
	return day.Start().Add(time.Duration(t) * time.Minute)
}

// until is when catching up ends: at noon, or two hours after a push at noon or
// later, and with the day in any case: the next day has its own.
func (t TimeOfDay) until() TimeOfDay {
	if t < noon {
		return noon
	}
	return min(t+late, minutesADay)
}

// Specs are the instants at which Run is to be called, as five fields of cron in
// Asia/Shanghai: the time of the push, and every 15 minutes from it until
// catching up ends, so that a day goes on whose replica has died.
func (p *Push) Specs() []string { return p.At.specs() }

func (t TimeOfDay) specs() (all []string) {
	var minutes [24][]string
	for at := t; at < t.until(); at += again {
		hour := int(at) / 60
		minutes[hour] = append(minutes[hour], strconv.Itoa(int(at)%60))
	}
	for from := 0; from < 24; from++ {
		list := strings.Join(minutes[from], ",")
		if list == "" {
			continue
		}
		to := from
		for to < 23 && strings.Join(minutes[to+1], ",") == list {
			to++
		}
		hours := strconv.Itoa(from)
		if to > from {
			hours += "-" + strconv.Itoa(to)
		}
		all = append(all, list+" "+hours+" * * *")
		from = to
	}
	return all
}
