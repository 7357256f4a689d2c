package content

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Hand is whose hand writes into the library, when, and by how many different
// people a revision must be signed before it is approved. Of zero Signatures
// states are taken as they are given: nobody is asked.
type Hand struct {
	By         string
	At         time.Time
	Signatures int
	Remark     string // with Reopen: what is to be changed
	Act        string // by which what is written can be undone for a day; "": it cannot
}

// MaxHand is the longest name of a person who signs, in characters.
const MaxHand = 40

// ErrHand means that a signature has no name that people could read.
var ErrHand = errors.New("审核要署名：请写 1 到 40 个字的姓名")

// Check refuses a name that is none.
func (h Hand) Check() error {
	if Normalise(h.By) == "" || utf8.RuneCountInString(h.By) > MaxHand || visible(h.By) != h.By || strings.Contains(h.By, "\n") {
		return ErrHand
	}
	return nil
}

// sign adds the hand's signature unless it is there: spaces, width and case do not
// make another person.
func (h Hand) sign(signed []Signature) (all []Signature, added bool) {
	me := Normalise(h.By)
	if slices.ContainsFunc(signed, func(s Signature) bool { return Normalise(s.By) == me }) {
		return signed, false
	}
	return append(slices.Clone(signed), Signature{h.By, h.At}), true
}

func (h Hand) review(signed []Signature) Review {
	if h.By == "" && h.At.IsZero() {
		return Review{Signed: signed}
	}
	return Review{By: h.By, At: h.At, Signed: signed}
}

// difference is how far two revisions differ.
type difference uint8

const (
	same      difference = iota // but for state and number
	rearrange                   // in what members neither read nor are judged by
	substance
)

// compared compares two revisions. Category and difficulty, and the day to which a
// question belongs, say where and when a thing is used, not what it says: nobody
// has to read it again for them.
func compared[T Material](a, b T) difference {
	for _, v := range []*T{&a, &b} {
		state, revision := faceOf(v)
		*state, *revision = "", 0
	}
	if equal(a, b) {
		return same
	}
	for _, v := range []*T{&a, &b} {
		switch v := any(v).(type) {
		case *Question:
			v.Category, v.Difficulty, v.Day = "", 0, ""
		case *Item:
			v.Category = ""
		}
	}
	if equal(a, b) {
		return rearrange
	}
	return substance
}

// Unedited reports whether two revisions differ in state and number at most.
func Unedited[T Material](a, b T) bool { return compared(a, b) == same }

// Write is what becomes of a sheet when somebody writes v; before is nil where
// there is none. The state of v is what the writer wishes:
//
//   - approved and reviewed are signed by the writer; where more have to sign,
//     approved becomes reviewed;
//   - a revision that differs in substance starts without signatures, and the
//     approved one before it stays in use until the new one is approved: members
//     are better served by what was approved than by nothing. Whoever wants it
//     gone at once retires it;
//   - the same text with a lower state is taken back at once.
//
// What changes nothing comes back as it was, signatures and all.
func Write[T Material](before *Sheet[T], v T, h Hand) Sheet[T] {
	wish, revision := faceOf(&v)
	if *revision = 1; before == nil {
		return settled(Sheet[T]{Value: v}, nil, *wish, h)
	}
	was, number := faceOf(&before.Value)
	*revision = *number
	differ := compared(before.Value, v)
	if differ == same && *wish == *was {
		return *before
	}
	next := Sheet[T]{Value: v}
	var signed []Signature
	if differ != substance && (*was == Reviewed || *wish == Approved) {
		signed = before.Review.Signed
	}
	if differ != same {
		_, n := faceOf(&next.Value)
		*n++
		if standing, ok := before.InUse(); ok {
			next.Standing = &standing
		}
	} else if *was != Approved {
		next.Standing = before.Standing // else it is taken back
	}
	if differ == rearrange && *wish == *was && (*was == Approved || *was == Reviewed) {
		next.Review = h.review(signed) // nobody read it again
		return next.without()
	}
	next = settled(next, signed, *wish, h)
	if differ == same && next.State() == *was && len(next.Review.Signed) == len(before.Review.Signed) {
		return *before // it still wants somebody else's signature
	}
	return next
}

// settled gives a sheet the state that is wished for, as far as enough have signed.
func settled[T Material](s Sheet[T], signed []Signature, wish State, h Hand) Sheet[T] {
	state, _ := faceOf(&s.Value)
	*state = wish
	if h.Signatures == 0 || wish != Approved && wish != Reviewed {
		if wish != Approved && wish != Reviewed {
			signed = nil
		}
		s.Review = h.review(signed)
		return s.without()
	}
	signed, _ = h.sign(signed)
	if len(signed) < h.Signatures {
		*state = Reviewed
	}
	s.Review = h.review(signed)
	return s.without()
}

// without forgets what stood in for a revision that is in use itself, or retired.
func (s Sheet[T]) without() Sheet[T] {
	if state := s.State(); state == Approved || state == Retired {
		s.Standing = nil
	}
	return s
}

// Act is what people do with a revision.
type Act string

// The acts.
const (
	Sign    Act = "review"  // I have read it, and it is right
	Approve Act = "approve" // the same, and it may be used once enough have signed
	Retire  Act = "retire"  // it is not used any more
	Reopen  Act = "reopen"  // it is a draft again, without signatures, with what is to be changed
)

// Verdict says what an act did with one sheet.
type Verdict uint8

// The verdicts.
const (
	Moved  Verdict = iota // its state changed
	Signed                // a signature was added, and its state is as before
	Idle                  // there was nothing to do
	Twice                 // who wants to approve it has signed already: another person must
	Barred                // the act does not fit its state
	Noted                 // a remark was added, and its state is as before
)

// Do is what becomes of a sheet by an act:
//
//	          draft               reviewed            approved   retired
//	review    reviewed            signed              –          –
//	approve   approved, or        approved, or        signed     –
//	          reviewed and signed signed
//	retire    retired             retired             retired    nothing to do
//	reopen    nothing to do, or   draft               draft      draft
//	          a remark is added
//
// Approving what is approved signs it: so an organisation makes what was shipped
// its own.
func (s Sheet[T]) Do(act Act, h Hand) (Sheet[T], Verdict) {
	next := s
	state, _ := faceOf(&next.Value)
	was := *state
	switch act {
	case Sign, Approve:
		return s.signed(act, h)
	case Retire:
		*state = Retired
	case Reopen:
		if *state = Draft; was != Reviewed {
			next.Standing = nil // it is taken back from members
		}
	}
	remark := ""
	if act == Reopen {
		remark = h.Remark
	}
	switch {
	case *state != was:
		next.Review = h.review(nil)
		next.Review.Remark = remark
		return next.without(), Moved
	case remark == "" || remark == s.Review.Remark:
		return s, Idle
	}
	s.Review.By, s.Review.At, s.Review.Remark = h.By, h.At, remark
	return s, Noted
}

func (s Sheet[T]) signed(act Act, h Hand) (Sheet[T], Verdict) {
	next := s
	state, _ := faceOf(&next.Value)
	was := *state
	if was == Retired || was == Approved && act == Sign {
		return s, Barred
	}
	signed, added := h.sign(s.Review.Signed)
	enough := len(signed) >= max(h.Signatures, 1)
	switch {
	case was == Approved && (!added || len(s.Review.Signed) >= max(h.Signatures, 1)):
		return s, Idle
	case was == Approved:
	case act == Approve && enough:
		*state = Approved
	case act == Approve && !added:
		return s, Twice
	default:
		*state = Reviewed
	}
	switch {
	case *state != was:
		next.Review = h.review(signed)
		return next.without(), Moved
	case !added:
		return s, Idle
	}
	next.Review = h.review(signed)
	return next, Signed
}
