package main

import (
	"strings"
	"testing"

	"dangshi/store/storetest"
)

// TestDoctorLooksAtAccounts: who can sign in, and over which ways.
func TestDoctorLooksAtAccounts(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	look := func(says string, args ...string) {
		t.Helper()
		_, out, errs := run(t, append([]string{"doctor"}, args...)...)
		for line := range strings.Lines(out) {
			if strings.Contains(line, " 管理台：") {
				mustSay(t, line, says)
				return
			}
		}
		t.Errorf("no word of it: %s%s", out, errs)
	}
	look("没有检查")
	for _, args := range [][]string{{"add", "张三"}, {"add", "李四", "--role", "staff"}} {
		if code, _, errs := run(t, append([]string{"admin"}, args...)...); code != exitDone {
			t.Fatal(errs)
		}
	}
	look("✔ 管理台：有 2 个账号能登录")
	look("⚠ 管理台：有 2 个账号能登录，DANGSHI_BASE_URL 却不是 https", "--base-url", "http://dangshi.example.cn")
	look("✔", "--base-url", "https://dangshi.example.cn")
	look("✔", "--base-url", "http://localhost:8080")
}
