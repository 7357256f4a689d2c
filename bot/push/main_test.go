package push_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"dangshi/store/storetest"
)

var servers storetest.Shared

// TestMain runs the tests and then sees that nothing is left running: no replica,
// no call, no wait for one.
func TestMain(m *testing.M) {
	code := servers.Run(m)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}
