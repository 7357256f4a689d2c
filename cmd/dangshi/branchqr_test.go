package main

import (
	"os"
	"strings"
	"testing"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/store/storetest"
)

const twoBranches = "branches:\n  zb1: 城关第一支部\n  zb2: 城关第二支部\n"

func filesAt(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// TestBranchQR: codes to scan where the account may have them, codes to send
// where it may not, before there are any data.
func TestBranchQR(t *testing.T) {
	storetest.InTurn(t)
	for _, c := range []struct {
		name   string
		cfg    fakeapi.Config
		made   string
		codes  int // that were got from WeChat
		reason string
	}{
		{"a service account", fakeapi.Config{Service: true}, "二维码", 2, ""},
		{"a subscription account", fakeapi.Config{}, "编号卡片", 0, "只有已认证的服务号能做"},
	} {
		t.Run(c.name, func(t *testing.T) {
			api := newAccount(t, c.cfg)
			mustFail(t, exitUsage, []string{"branch", "qr", "-o", "cards"}, "还没有支部")
			write(t, "dangshi.yaml", twoBranches)
			out, errs := mustRun(t, "branch", "qr", "-o", "cards", "--pdf", "all.pdf")
			mustSay(t, out, "做了 2 个支部的"+c.made, "all.pdf")
			mustSay(t, errs, c.reason)
			want := "zb1.png zb2.png"
			if c.codes > 0 {
				want = "codes.jsonl " + want
			}
			if got := filesAt(t, "cards"); got != want {
				t.Errorf("the cards are %s", got)
			}
			mustRun(t, "branch", "qr", "-o", "cards") // no code is got twice
			if pdf, err := os.ReadFile("all.pdf"); err != nil || !strings.HasPrefix(string(pdf), "%PDF") {
				t.Errorf("the PDF: %v", err)
			}
			made := 0
			for _, call := range api.Calls() {
				if call.Path == "/cgi-bin/qrcode/create" && call.Code == 0 {
					made++
				}
			}
			if made != c.codes {
				t.Errorf("%d codes were got, want %d", made, c.codes)
			}
		})
	}
}

// TestBranchQRChosen: some branches only, and what is wrong is told before
// anything is written.
func TestBranchQRChosen(t *testing.T) {
	storetest.InTurn(t)
	api := newAccount(t, fakeapi.Config{Service: true})
	write(t, "dangshi.yaml", twoBranches)
	mustRun(t, "branch", "qr", "-o", "one", "--text", "ZB2")
	if got := filesAt(t, "one"); got != "zb2.png" || len(api.Calls()) > 0 {
		t.Errorf("%s; %v", got, api.Calls())
	}
	mustFail(t, exitUsage, []string{"branch", "qr", "-o", "none", "zb9"}, "zb9")
	mustFail(t, exitUsage, []string{"branch", "qr"}, "--output")
	mustFail(t, exitUsage, []string{"branch", "qr", "-o", "none", "--pdf", "a.png"}, "--pdf")
	mustFail(t, exitFailed, []string{"branch", "qr", "-o", "none", "--text", "--font", "none.ttf"}, "none.ttf")
	api.Fail(fakeapi.Fault{Path: "/cgi-bin/qrcode/create", Code: 45009, Times: -1})
	mustFail(t, exitFailed, []string{"branch", "qr", "-o", "none"}, "zb1", "已用完")
	t.Setenv("DANGSHI_WECHAT_SECRET", "")
	_, errs := mustRun(t, "branch", "qr", "-o", "text", "zb1")
	mustSay(t, errs, "DANGSHI_WECHAT_SECRET", "编号卡片")
	if got := filesAt(t, "none"); got != "" {
		t.Errorf("something was written: %s", got)
	}
}
