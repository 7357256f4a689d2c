package quiz

// Impact is what a correction, or a voided day, would change in one season.
type Impact struct {
	Season   string
	Finished int // members who finished a paper with the question, or on the day
	Gain     int // members who gain points
	Lose     int // members who lose points
	Up, Down int // members on the board whose place becomes better or worse
	Points   []PointsChange
	Movers   []Mover // some who move most, best first
	First    int     // so many first places are watched: ranks that equal ones share, so that all who are equal at the line are among them
	Enter    []Mover // some who come into the first places
	Leave    []Mover // some who leave them
	Entering int     // all of them
	Leaving  int
}

// PointsChange says how many members have their points changed by so much.
type PointsChange struct {
	Points  int // in 1/Unit points
	Members int
}

// Mover is one member whose place changes.
type Mover struct {
	Pseudonym     string
	Member        Member
	Before, After Place
}

// Place is where a member stands. With the score 0 it is on no board, and the rank
// is one behind all who are.
type Place struct {
	Rank  int
	Score int64
}

// Among reports whether a place is one of the first.
func (p Place) Among(first int) bool { return p.Score > 0 && p.Rank <= first }

// Moved is by how many places a member moves, up or down.
func (m Mover) Moved() int { return max(m.Before.Rank-m.After.Rank, m.After.Rank-m.Before.Rank) }
