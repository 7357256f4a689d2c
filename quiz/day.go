package quiz

import (
	"fmt"
	"time"
)

// Zone is China Standard Time. Asia/Shanghai has had no other offset since
// 1991, so a fixed zone says the same as the time zone database without
// needing one on the machine; a test compares the two.
var Zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Grace is how long after midnight a paper begun the day before may be finished.
const Grace = 30 * time.Minute

// Day is a civil date in Asia/Shanghai, as days since 1970-01-01.
type Day int32

// DayOf is the day in Shanghai at the instant t.
func DayOf(t time.Time) Day {
	y, m, d := t.In(Zone).Date()
	return Date(y, m, d)
}

// Date is the day y-m-d, normalised as time.Date does.
func Date(y int, m time.Month, d int) Day {
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDay reads a day written as 2006-01-02.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q 不是日期，例如 2026-01-31", s)
	}
	return Date(t.Date()), nil
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Start is midnight in Shanghai, with which the day begins.
func (d Day) Start() time.Time {
	y, m, dd := d.utc().Date()
	return time.Date(y, m, dd, 0, 0, 0, 0, Zone)
}

// Civil gives year, month and day of the month.
func (d Day) Civil() (year int, month time.Month, day int) { return d.utc().Date() }

// String writes the day as 2006-01-02.
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// MonthDay writes the day as 01-02, the form in which yearly items are dated.
func (d Day) MonthDay() string { return d.utc().Format("01-02") }

// MarshalText writes the day as 2006-01-02.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Day) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDay(string(b))
	return err
}

// Lapsed reports whether a paper begun on day d can no longer be answered at
// now: it may be finished until 00:30 of the next day.
func (d Day) Lapsed(now time.Time) bool {
	return !now.Before((d + 1).Start().Add(Grace))
}

func unixTime(seconds int64) time.Time { return time.Unix(seconds, 0) }
