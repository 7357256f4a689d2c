package quiz

// Amends are what rulings change of a member's sums, as long as that is not in
// them, and what they changed that the member was not told. The replay of a
// regrade writes them before the ruling is published; the publishing itself
// touches no member: who reads a record together with the number of rulings in
// force knows its sums before and after that moment. The zero value is nothing.
type Amends struct {
	Ruling      int    // the number of the ruling that makes the change; 0: there is none
	Season      string // ID of the season that it changes
	Base        int    // its points before, where Totals are those of another season; else 0
	Points      int    // in 1/Unit point, added to the season's
	Correct     int    // right answers, added to the season's
	LastPoints  int    // in 1/Unit point, added to those of Member.Last
	LastCorrect int    // added to those of Member.Last
	Untold      Untold
}

// Untold is what was published and not told to the member.
type Untold struct {
	Rulings int // how many rulings it comes from
	Ruling  int // the number of the last of them
	Season  string
	Base    int // points of the season before, where Totals are those of another season; else 0
	Points  int // in 1/Unit point, by which the season changed
}

// Amended is m with what was published taken over into its sums.
func (m Member) Amended(published int) Member {
	if m.Amends.Ruling == 0 || m.Amends.Ruling > published { // most of the time; short, so that it costs no call
		return m
	}
	return m.amended()
}

func (m Member) amended() Member {
	a := m.Amends
	if m.Totals.Season == a.Season {
		m.Totals.Points += a.Points
		m.Totals.Correct += a.Correct
	}
	m.Last.Points += a.LastPoints
	m.Last.Correct += a.LastCorrect
	m.Amends = Amends{Untold: a.Untold.after(a)}
	return m
}

// after adds a change that was published. Of two seasons the later ruling's is
// kept, which is rare: one member who was told of neither.
func (u Untold) after(a Amends) Untold {
	if a.Points == 0 {
		return u
	}
	if u.Season != a.Season {
		u = Untold{Season: a.Season, Base: a.Base}
	}
	u.Rulings++
	u.Ruling = a.Ruling
	u.Points += a.Points
	return u
}

// Regraded is what a member is to be told once: that rulings changed the points
// of a season.
type Regraded struct {
	Season        string
	Ruling        int  // the number of the last ruling
	Several       bool // of more than one
	Before, After int  // points of the season, in 1/Unit point
}

// Regraded gives what m, which is Amended, was not told; ok is false where there
// is nothing.
func (m Member) Regraded() (r Regraded, ok bool) {
	u := m.Amends.Untold
	before := u.Base
	if u.Season == m.Totals.Season {
		before = m.Totals.Points - u.Points
	}
	return Regraded{u.Season, u.Ruling, u.Rulings > 1, before, before + u.Points}, u.Points != 0
}

// Told is m once it was told of what was regraded.
func (m Member) Told() Member {
	m.Amends.Untold = Untold{}
	return m
}

// leave keeps the points of the season that m leaves for another one, since its
// sums go.
func (a Amends) leave(t Totals) Amends {
	if a.Season == t.Season && a.Ruling != 0 {
		a.Base = t.Points
	}
	if u := &a.Untold; u.Season == t.Season && u.Rulings > 0 {
		u.Base = t.Points - u.Points
	}
	return a
}

// finish adds what the staged ruling will change of a day that was just finished,
// in the season of the member's sums or, where scored is false, in none.
func (a Amends) finish(staged int, season string, scored bool, c change) Amends {
	if staged == 0 {
		return a
	}
	if a.Ruling != staged || scored && a.Season != season {
		a = Amends{Ruling: staged, Season: season, Untold: a.Untold}
	}
	if scored {
		a.Points += c.points
		a.Correct += c.correct
	}
	a.LastPoints, a.LastCorrect = c.points, c.correct
	return a.kept(a.Untold)
}

// empty reports that the staged ruling changes nothing.
func (a Amends) empty() bool {
	return a.Points == 0 && a.Correct == 0 && a.LastPoints == 0 && a.LastCorrect == 0
}

// ahead is what the staged ruling adds to the packed score of the season of the
// member's sums.
func (m Member) ahead() int64 {
	if m.Amends.Ruling == 0 || m.Amends.Season != m.Totals.Season {
		return 0
	}
	return Totals{Points: m.Amends.Points}.Rank()
}
