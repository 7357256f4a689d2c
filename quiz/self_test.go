package quiz_test

import (
	"slices"
	"testing"

	"dangshi/quiz"
)

// What was given out before the account moved stays true after it: however often
// it moves, a member is the one that began.
func TestSelfOutlastsMoves(t *testing.T) {
	secret := []byte("secret")
	began := quiz.Member{Joined: 1}
	moved := quiz.Member{Joined: 1, Former: []string{"oFirst", "oSecond"}}
	entry := quiz.Entry{Day: 20454, Version: 1}
	one, other := began.Self("oFirst"), moved.Self("oThird")
	if one != other {
		t.Fatalf("%q and %q", one, other)
	}
	if quiz.Receipt(secret, one, 20454, entry) == quiz.Receipt(secret, began.Self("oThird"), 20454, entry) ||
		quiz.Pseudonym(secret, "2026", one) == quiz.Pseudonym(secret, "2026", began.Self("oThird")) {
		t.Error("what was given out does not depend on who it was given to")
	}
	if former := slices.Clone(moved.Former); moved.Self("oFourth") != "oFirst" || !slices.Equal(former, moved.Former) {
		t.Error("the first openid is not who the member is")
	}
}
