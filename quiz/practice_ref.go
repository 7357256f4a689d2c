package quiz

// PracticeRef names one asking of a question in practice in the menu number of a
// tappable option, as Ref does for a question of the day: a tap on an old bubble
// is never graded against another question, nor against the same one asked again.
type PracticeRef struct {
	Asked  int64 // Practice.Asked, of which the number keeps the rest modulo practiceAskings
	Submit bool  // the options are complete; see Ref
}

// The numbers of practice lie below all of Ref and have as many digits, so that
// a question takes the same room; they stay below 2^31, since nobody says how
// large a menu number may be.
const (
	practiceNumber  = 1_000_000_000
	practiceAskings = 500_000_000 // seconds: a number comes again after 15 years
)

// Number is the reference as WeChat's numeric msgmenuid: 1,000,000,000 and twice
// the time of asking, plus one where the answer is complete.
func (r PracticeRef) Number() int64 {
	n := practiceNumber + 2*(r.Asked%practiceAskings)
	if r.Submit {
		n++
	}
	return n
}

// ParsePracticeRef reads what Number gives; ok is false for all other numbers,
// those of Ref among them.
func ParsePracticeRef(n int64) (r PracticeRef, ok bool) {
	if n < practiceNumber || n >= practiceNumber+2*practiceAskings {
		return PracticeRef{}, false
	}
	n -= practiceNumber
	return PracticeRef{Asked: n / 2, Submit: n%2 == 1}, true
}

// Names reports whether r is a reference to the question asked at that time.
func (r PracticeRef) Names(asked int64) bool {
	return r.Asked%practiceAskings == asked%practiceAskings
}
