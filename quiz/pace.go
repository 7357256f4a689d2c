package quiz

import "time"

// Pace is how long an answer took, on a scale of 16 steps that each are half as
// long again as the one before: 0 is under 2 s, 15 is 10 minutes or more. It
// takes four bits of the log, serves statistics only and is never scored: speed
// is unfair to older members and easy for programs.
type Pace uint8

// PaceOf puts a duration on the scale.
func PaceOf(d time.Duration) Pace {
	limit := 2 * time.Second
	for p := Pace(0); p < 15; p++ {
		if d < limit {
			return p
		}
		limit += limit / 2
	}
	return 15
}

// Seconds is the middle of the step, in seconds, for medians.
func (p Pace) Seconds() float64 {
	low, high := 0.0, 2.0
	for range p {
		low, high = high, high*1.5
	}
	return (low + high) / 2
}
