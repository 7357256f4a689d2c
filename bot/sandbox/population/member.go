package population

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"math/rand/v2"
	"strconv"
)

func itoa(n int) string { return strconv.Itoa(n) }

// member is one person with a phone. All that it does follows from the seed and from
// what it is told, never from how fast that came.
type member struct {
	n     int // from 0
	id    string
	rng   *rand.Rand
	habit *habit
	skill float64 // the share of questions that it knows
	plan  plan
	sent  int64 // messages so far: their numbers

	truth truth
	shown *asked // the question on the screen; nil: none
	old   *asked // the last one of the paper that was finished last
	gone  bool   // has unfollowed

	digest hash.Hash // of all that was said
}

func newMember(n int, seed uint64) *member {
	rng := rand.New(rand.NewPCG(seed, uint64(n)+1))
	return &member{
		n: n, id: fmt.Sprintf("oSim-%023d", n), rng: rng, habit: habitOf(n),
		skill: 0.4 + 0.58*rng.Float64(), digest: sha256.New(),
	}
}

// note takes a message and its replies into the transcript.
func (m *member) note(said string, replies ...string) {
	m.digest.Write([]byte(said))
	for _, r := range replies {
		m.digest.Write([]byte{0})
		m.digest.Write([]byte(r))
	}
	m.digest.Write([]byte{1})
}
