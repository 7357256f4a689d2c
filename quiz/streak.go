package quiz

// FreezeEvery is the number of days in a row that earn a freeze (补签卡), and
// MaxFreezes how many can be held.
const (
	FreezeEvery = 7
	MaxFreezes  = 2
)

// Streak counts consecutive finished days. A freeze stands in for a missed day
// by itself: the streak on display goes on, points are never added.
type Streak struct {
	Length  int // days finished in a row
	Toward  int // days of the seven that earn the next freeze, 0 to 6
	Freezes int // held
	Last    Day // last finished day; 0: none
}

// StreakChange says what finishing a day did to the streak.
type StreakChange struct {
	Used   int  // freezes that stood in for missed days
	Broken bool // the streak before was lost
	Earned bool // a freeze was earned
}

// At is the streak as it stands at the start of day, before day is finished:
// missed days have used up freezes or broken it. Voided days break nothing.
func (s Streak) At(day Day, voids Voids) (Streak, StreakChange) {
	var c StreakChange
	if s.Last == 0 {
		return s, c
	}
	missed := voids.missed(s.Last, day)
	c.Used = min(missed, s.Freezes)
	s.Freezes -= c.Used
	if missed > c.Used {
		c.Broken = s.Length > 0
		s.Length, s.Toward = 0, 0
	}
	return s, c
}

// Finish is the streak after day is finished. Days must come in order. A day
// that was voided afterwards stays in the length, so that no one loses by it,
// and adds nothing to the seven.
func (s Streak) Finish(day Day, voids Voids) (Streak, StreakChange) {
	s, c := s.At(day, voids)
	s.Length++
	s.Last = day
	if voids[day] != Stands {
		return s, c
	}
	s.Toward++
	if s.Toward == FreezeEvery {
		s.Toward = 0
		if s.Freezes < MaxFreezes {
			s.Freezes++
			c.Earned = true
		}
	}
	return s, c
}
