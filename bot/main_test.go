package bot_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain runs the tests and then sees that nothing is left running, no
// wait for the store.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
