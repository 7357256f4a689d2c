package store

import (
	"google.golang.org/protobuf/encoding/protowire"

	"dangshi/quiz"
)

// amendsPlaces are the numbers of an Amends in the order in which they are
// written; new ones come last. After them stand the two seasons.
func amendsPlaces(a *quiz.Amends) [10]*int {
	u := &a.Untold
	return [...]*int{
		&a.Ruling, &a.Base, &a.Points, &a.Correct, &a.LastPoints, &a.LastCorrect,
		&u.Rulings, &u.Ruling, &u.Base, &u.Points,
	}
}

// packAmends writes nothing for the zero value, which most members have.
func packAmends(a *quiz.Amends) []byte {
	if *a == (quiz.Amends{}) {
		return nil
	}
	var b []byte
	for _, n := range amendsPlaces(a) {
		b = protowire.AppendVarint(b, protowire.EncodeZigZag(int64(*n)))
	}
	b = protowire.AppendString(b, a.Season)
	return protowire.AppendString(b, a.Untold.Season)
}

func unpackAmends(b []byte, a *quiz.Amends) bool {
	*a = quiz.Amends{}
	for _, place := range amendsPlaces(a) {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return false
		}
		*place = int(protowire.DecodeZigZag(v))
		b = b[n:]
	}
	for _, place := range []*string{&a.Season, &a.Untold.Season} {
		text, n := protowire.ConsumeString(b)
		if n < 0 {
			return false
		}
		*place = text
		b = b[n:]
	}
	return true // what follows a newer program wrote
}
