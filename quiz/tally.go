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
