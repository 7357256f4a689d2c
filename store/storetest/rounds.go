package storetest

import (
	"flag"
	"strconv"
	"testing"
)

// Rounds is how often a test does what it does at random: n times, and a quarter
// of it under the race detector, which makes all ten times as slow and finds its
// faults in the lines that run, not in the numbers.
func Rounds(n int) int {
	if raced {
		return (n + 3) / 4
	}
	return n
}

// rapidRounds is Rounds for the properties of rapid, unless the command line says
// how many checks there are.
func rapidRounds() {
	const name = "rapid.checks"
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if f := flag.Lookup(name); f != nil && !given {
		if n, err := strconv.Atoi(f.DefValue); err == nil {
			_ = f.Value.Set(strconv.Itoa(Rounds(n)))
		}
	}
}

// InTurn skips a test under the race detector that does one thing after the other, as
// one who types commands: there the detector makes all ten times as slow and has
// nothing to find that it does not find in tests in which things meet. What such a test
// finds it finds in the run without the detector.
func InTurn(t testing.TB) {
	t.Helper()
	if raced {
		t.Skip("one thing after the other: nothing meets that could race")
	}
}
