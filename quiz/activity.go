package quiz

import "time"

// Activity is what went on for a while, in figures that name nobody. They are for
// looking on while a day goes; what decides anything is computed from the logs.
type Activity struct {
	Messages int64 // that somebody sent, taps and commands among them, each once however often it was delivered
	Begun    int64 // papers that were begun
	Answered int64 // questions of papers
	Right    int64 // of those
	Finished int64 // papers, one of the day before among them until Grace is over
	New      int64 // members whose record began
}

// Add adds what went on besides.
func (a *Activity) Add(b Activity) {
	a.Messages += b.Messages
	a.Begun += b.Begun
	a.Answered += b.Answered
	a.Right += b.Right
	a.Finished += b.Finished
	a.New += b.New
}

// Activity is what a step that was stored adds to what goes on.
func (out *Outcome) Activity(before, after *Member) (a Activity) {
	if out.Fresh {
		a.Begun = 1
	}
	if out.Graded != nil {
		a.Answered = 1
		if out.Graded.Right {
			a.Right = 1
		}
		if out.Status == Finished {
			a.Finished = 1
		}
	}
	if !before.Known() && after.Known() {
		a.New = 1
	}
	return a
}

// ActivityDay is a day by the hour.
type ActivityDay struct {
	Day   Day
	Hours [24]Activity
	Last  time.Time // when the last message came; zero: none did
}

// Count adds what happened at an instant of the day.
func (d *ActivityDay) Count(at time.Time, a Activity) {
	d.Hours[at.In(Zone).Hour()].Add(a)
	if a.Messages > 0 && at.After(d.Last) {
		d.Last = at
	}
}

// Join adds what was counted elsewhere of the same day.
func (d *ActivityDay) Join(other ActivityDay) {
	for hour, a := range other.Hours {
		d.Hours[hour].Add(a)
	}
	if other.Last.After(d.Last) {
		d.Last = other.Last
	}
}

// Total is the whole day.
func (d *ActivityDay) Total() (sum Activity) {
	for _, a := range d.Hours {
		sum.Add(a)
	}
	return sum
}

// Until is about what had gone on by the time of day of an instant: the hour that was
// not over counts in proportion.
func (d *ActivityDay) Until(at time.Time) (sum Activity) {
	at = at.In(Zone)
	for _, a := range d.Hours[:at.Hour()] {
		sum.Add(a)
	}
	sum.Add(d.Hours[at.Hour()].part(int64(at.Minute()), 60))
	return sum
}

// part is n of so many parts, rounded down.
func (a Activity) part(n, of int64) Activity {
	return Activity{a.Messages * n / of, a.Begun * n / of, a.Answered * n / of, a.Right * n / of, a.Finished * n / of, a.New * n / of}
}
