package quiz

// BranchTally are the sums of one branch (支部) in a season. Members who left the
// ranking are in none of them.
type BranchTally struct {
	Members int // who finished a paper this season
	Active  int // of those, who finished one within the last 7 days
	Points  int // of all of them together, in 1/Unit point
}

// Tally are the sums of all branches, as they were counted at a moment.
type Tally struct {
	At       int64                  // Unix seconds
	Season   string                 // ID
	Branches map[string]BranchTally // by code
}

// ActiveDays is how many days back, the present one included, a finished paper
// makes a member an active one.
const ActiveDays = 7

// Add counts one member, who must be added once, as things stand on a day. Who
// has no branch counts nowhere.
func (t *Tally) Add(m Member, today Day) {
	if m.Branch == "" || m.OptOut || m.Totals.Season != t.Season || m.Totals.Days == 0 {
		return
	}
	b := t.Branches[m.Branch]
	b.Members++
	b.Points += m.Totals.Points
	if m.Last.Day > today-ActiveDays && m.Last.Day <= today {
		b.Active++
	}
	if t.Branches == nil {
		t.Branches = map[string]BranchTally{}
	}
	t.Branches[m.Branch] = b
}
