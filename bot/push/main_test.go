package push_test

import (
	"os"
	"testing"

	"dangshi/store/storetest"
)

var servers storetest.Shared

// TestMain sees, too, that nothing is left running: no replica, no call, no wait for one.
func TestMain(m *testing.M) { os.Exit(servers.Run(m)) }
