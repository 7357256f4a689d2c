package population

import (
	"dangshi/content"
	"dangshi/quiz"
)

// truth is what one member was told and sent, and what must follow from it: kept by
// the simulator alone, and computed without the product's rules.
type truth struct {
	days   []sheet // finished, or left open and never finished; in order
	open   sheet   // the paper that is being answered; day 0: none
	optOut bool
}

// sheet is one day's answers.
type sheet struct {
	day      quiz.Day
	of       int8
	finished bool
	given    []answered
}

// answered is one answer.
type answered struct {
	question int32           // index in the bank
	letters  content.Letters // as the bank has the options; 0: a word
	right    bool
}

func (s sheet) correct() (n int) {
	for _, a := range s.given {
		if a.right {
			n++
		}
	}
	return n
}

// current reports whether the open paper can be answered at that time: until half
// past twelve.
func (t *truth) current(day quiz.Day, minute int) bool {
	return t.open.day == day || t.open.day == day-1 && t.open.day != 0 && minute < 30
}

// begin opens a day's paper. One that was never finished stays in the log with what
// was answered of it.
func (t *truth) begin(day quiz.Day, of int) {
	if len(t.open.given) > 0 {
		t.days = append(t.days, t.open)
	}
	t.open = sheet{day: day, of: int8(of)}
}

// finish closes the open paper.
func (t *truth) finish() {
	t.open.finished = true
	t.days = append(t.days, t.open)
	t.open = sheet{}
}

// last is the day that was finished last; the zero sheet where there is none.
func (t *truth) last() sheet {
	for i := len(t.days) - 1; i >= 0; i-- {
		if t.days[i].finished {
			return t.days[i]
		}
	}
	return sheet{}
}

// sums are what a season's days come to.
type sums struct {
	parts         int // points in 2520ths
	days, longest int
	correct, of   int
}

// Points are worth 40 for the day and 60 times the share of what was right, counted in
// 2520ths: what 1 to 10 divide.
const part = 2520

func dayParts(correct, of int) int { return 40*part + 60*part/of*correct }

// season sums up the days of a year.
func (t *truth) season(year int) (s sums) {
	run, before := 0, quiz.Day(0)
	for _, d := range t.days {
		if y, _, _ := d.day.Civil(); y != year || !d.finished {
			continue
		}
		c := d.correct()
		s.parts += dayParts(c, int(d.of))
		s.days++
		s.correct += c
		s.of += int(d.of)
		if run++; d.day != before+1 {
			run = 1
		}
		before = d.day
		s.longest = max(s.longest, run)
	}
	return s
}

// better reports whether s stands before o in the ranking.
func (s sums) better(o sums) bool {
	if s.parts != o.parts {
		return s.parts > o.parts
	}
	if s.days != o.days {
		return s.days > o.days
	}
	return s.longest > o.longest
}

// streak walks through the calendar, day by day, up to the day before until: how many
// days in a row, and how many freezes are left.
func (t *truth) streak(until quiz.Day) (length, freezes int) {
	toward, begun := 0, quiz.Day(0)
	finished := map[quiz.Day]bool{}
	for _, d := range t.days {
		if d.finished {
			finished[d.day] = true
			if begun == 0 {
				begun = d.day
			}
		}
	}
	if begun == 0 {
		return 0, 0
	}
	for day := begun; day < until; day++ {
		switch {
		case finished[day]:
			length++
			if toward++; toward == 7 {
				toward = 0
				freezes = min(freezes+1, 2)
			}
		case freezes > 0:
			freezes--
		default:
			length, toward = 0, 0
		}
	}
	return length, freezes
}

// shown writes points as people read them: whole ones, or with one decimal that is
// never rounded up.
func shown(parts int) string {
	whole, tenth := parts/part, parts%part*10/part
	if tenth == 0 {
		return itoa(whole)
	}
	return itoa(whole) + "." + itoa(tenth)
}

func yearOf(d quiz.Day) int {
	year, _, _ := d.Civil()
	return year
}
