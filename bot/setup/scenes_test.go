package setup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/bot/wechat"
)

// made is how many codes the account has given.
func made(fake *fakeapi.API) (n int) {
	for _, c := range fake.Calls() {
		if c.Path == "/cgi-bin/qrcode/create" && c.Code == 0 {
			n++
		}
	}
	return n
}

// TestScenesGoOn: WeChat's quota of a minute is waited out, what was got before an
// error is not got again, and a line that a crash cut off is.
func TestScenesGoOn(t *testing.T) {
	fake, api := account(t, fakeapi.Config{Service: true})
	path := filepath.Join(t.TempDir(), "codes.jsonl")
	scenes := []string{"zb1", "zb2", "zb3"}
	var waits []time.Duration
	run := func(fail error) map[string]string {
		t.Helper()
		kept, err := OpenSceneFile(path, "wx0123456789abcdef")
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := Scenes(t.Context(), api, scenes, SceneOptions{Kept: kept, Sleep: func(_ context.Context, d time.Duration) error {
			waits = append(waits, d)
			return nil
		}})
		if !errors.Is(err, fail) || ok != (fail == nil) {
			t.Fatalf("%v %v, want %v", ok, err, fail)
		}
		return got
	}
	path1 := "/cgi-bin/qrcode/create"
	fake.Fail(fakeapi.Fault{Path: path1, Code: 45011, Times: 2})
	first := run(nil)
	if len(first) != 3 || made(fake) != 3 || !slices.Equal(waits, []time.Duration{5 * time.Second, 10 * time.Second}) {
		t.Errorf("%d codes, %d made, waits %v", len(first), made(fake), waits)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text[:len(text)-5], 0o644); err != nil { // a crash
		t.Fatal(err)
	}
	scenes = append(scenes, "zb4")
	fake.Fail(fakeapi.Fault{Path: path1, Code: 45009, Times: 1})
	run(wechat.ErrQuota)
	second := run(nil)
	if made(fake) != 5 || second["zb1"] != first["zb1"] || second["zb2"] != first["zb2"] || second["zb3"] == first["zb3"] || second["zb4"] == "" {
		t.Errorf("%d made; %v, then %v", made(fake), first, second)
	}
	if again := run(nil); made(fake) != 5 || again["zb3"] != second["zb3"] {
		t.Errorf("%d made; %v", made(fake), again)
	}
	if other, err := OpenSceneFile(path, "wxother"); err != nil || len(other.codes) != 0 {
		t.Errorf("another account has %v, %v", other.codes, err)
	}
	// In the end it gives up; what waits for nobody is told at once.
	waits, scenes = nil, []string{"zb5"}
	fake.Fail(fakeapi.Fault{Path: path1, Code: 45011, Times: -1})
	if run(wechat.ErrPace); len(waits) != maxWaits || waits[maxWaits-1] != longWait {
		t.Errorf("waits %v", waits)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Scenes(ctx, api, scenes, SceneOptions{}); err == nil || !strings.Contains(err.Error(), "zb5") {
		t.Errorf("%v", err)
	}
}
