package wechat

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain runs the tests and then sees that nothing is left running.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
