package quiz

import (
	"cmp"
	"slices"
	"strings"

	fsrs "github.com/open-spaced-repetition/go-fsrs/v3"
)

// MaxCards bounds what one member practises.
const MaxCards = 100

// Card is one question that a member got wrong, with the memory state of FSRS
// (Ye, Su and Cao, 2022): the free spaced repetition scheduler, which asks again
// about when the answer is about to be forgotten.
type Card struct {
	ID         string  // of the question
	Stability  float32 // days after which 9 of 10 such answers are still known
	Difficulty float32 // 1 to 10
	Last       Day     // last review: practised, or answered wrong in a paper; never 0
	Due        Day     // the first day on which it is to be asked again, from Last on
	Lapses     int     // times that it was wrong in a review
}

// Mistake is a wrong answer in a paper.
type Mistake struct {
	ID  string // of the question
	Day Day    // of the paper
}

// newCard makes a card of a mistake: for FSRS its first review, which failed.
func newCard(m Mistake) Card { return Card{ID: m.ID}.fail(m.Day) }

// fail reviews the card by a wrong answer in a paper. It may be practised at
// once: the member has just read what is right and may want to see it stick.
func (c Card) fail(day Day) Card {
	c = c.Review(false, day)
	c.Due = c.Last
	return c
}

// Review is the card after it was answered on a day. The next day on which it is
// due is never the same one, so that a day's practice comes to an end. A day
// before the last review (the clock was set back) counts as that one.
func (c Card) Review(right bool, day Day) Card {
	if c.Last != 0 {
		day = max(day, c.Last)
	}
	before := fsrs.Card{}
	if c.Last != 0 {
		before = fsrs.Card{
			State: fsrs.Review, LastReview: c.Last.utc(),
			Stability: float64(c.Stability), Difficulty: float64(c.Difficulty),
		}
	}
	rating := fsrs.Again
	if right {
		rating = fsrs.Good
	}
	after := scheduler().Next(before, day.utc(), rating).Card
	if !right {
		c.Lapses++
	}
	c.Stability = float32(min(max(after.Stability, minStability), maxStability))
	c.Difficulty = float32(after.Difficulty)
	c.Last, c.Due = day, day+Day(after.ScheduledDays)
	return c
}

// FSRS itself keeps no bound below which a stability that shrinks again and
// again would end in a division by zero.
const (
	minStability = 0.1
	maxStability = 36500
)

// scheduler is FSRS by whole days, without its steps of minutes: people practise
// once a day. It draws nothing (no fuzz), so that a card's next day follows from
// its reviews alone. Each review needs one of its own: Next writes to it.
func scheduler() *fsrs.FSRS {
	p := fsrs.DefaultParam()
	p.EnableShortTerm = false
	p.EnableFuzz = false
	return fsrs.NewFSRS(p)
}

// urgency orders cards as they are to be asked: those due first, of them those
// that are known worst.
func urgency(a, b Card) int {
	return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Stability, b.Stability), strings.Compare(a.ID, b.ID))
}

// known orders cards by how well they are known, best first; of equal ones
// those not seen for longest.
func known(a, b Card) int {
	return cmp.Or(cmp.Compare(b.Stability, a.Stability), cmp.Compare(a.Last, b.Last), strings.Compare(a.ID, b.ID))
}

// collect adds mistakes to a pile of cards, which it does not change in place.
// Where there are more than MaxCards those known best go.
func collect(cards []Card, mistakes []Mistake) []Card {
	cards = slices.Clone(cards)
	at := make(map[string]int, len(cards)+len(mistakes))
	for i, c := range cards {
		at[c.ID] = i
	}
	for _, m := range mistakes {
		i, ok := at[m.ID]
		switch {
		case !ok:
			at[m.ID] = len(cards)
			cards = append(cards, newCard(m))
		case m.Day >= cards[i].Last: // a later review says more than the mistake
			cards[i] = cards[i].fail(m.Day)
		}
	}
	if over := len(cards) - MaxCards; over > 0 {
		slices.SortFunc(cards, known)
		cards = slices.Clone(cards[over:])
	}
	slices.SortFunc(cards, urgency)
	return cards
}

// valid reports whether a card is one that Review could have made.
func (c Card) valid() bool {
	return c.ID != "" && c.Last != 0 && c.Due >= c.Last && c.Lapses >= 0 &&
		c.Stability >= minStability && c.Stability <= maxStability && c.Difficulty >= 1 && c.Difficulty <= 10
}
