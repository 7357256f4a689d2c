package quiz

// Void says what became of the points of a voided day.
type Void uint8

// A day that stands, or one of the two ways in which a day is voided.
const (
	Stands Void = iota
	Dropped
	Kept // those who have points for the day keep them
)

// Voids are the days that were voided (an outage, a bad paper).
type Voids map[Day]Void

// missed counts the days strictly between last and day that were not voided.
func (v Voids) missed(last, day Day) int {
	n := max(int(day-last)-1, 0)
	for d := range v {
		if v[d] != Stands && last < d && d < day {
			n--
		}
	}
	return n
}
