package main

import (
	"slices"
	"strings"
	"testing"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/store/storetest"
)

// begunAccount is a real account in the environment, with data that were begun
// for it in an embedded store.
func begunAccount(t *testing.T) *fakeapi.API {
	t.Helper()
	s, api := realAccount(t)
	t.Chdir(t.TempDir())
	for name, value := range map[string]string{
		"APPID": s.WechatAppid, "SECRET": s.WechatSecret, "TOKEN": s.WechatToken, "AESKEY": s.WechatAeskey, "API": s.WechatAPI,
	} {
		t.Setenv("DANGSHI_WECHAT_"+name, value)
	}
	out, _ := mustRun(t, "bank", "load", fileOf(t, "bank.jsonl", bankLines))
	mustSay(t, out, "已按真实公众号建立")
	mustRun(t, "bank", "approve", "--starter", "--by", "审核员")
	mustRun(t, "content", "approve", "--starter", "--by", "审核员")
	return api
}

// TestDoctorAccount: a real account that works, with its push off and on.
func TestDoctorAccount(t *testing.T) {
	storetest.InTurn(t)
	wechat := begunAccount(t)
	code, about := doctor(t, "--base-url", "https://dangshi.invalid")
	if code != exitDone {
		t.Errorf("exit %d", code)
	}
	mustHold(t, about("安全模式"), "✔", "已打开")
	mustHold(t, about("接口凭据和 IP 白名单"), "✔", "凭据有效")
	mustHold(t, about("沙盒与真实"), "✔", "真实公众号")
	mustHold(t, about("内置存储"), "⚠", "断电", "DANGSHI_REDIS_URL")
	mustHold(t, about("每日推送"), "⚠", "没有打开", "push on")
	mustHold(t, about("公网地址"), "✔")
	mustHold(t, about("设置"), "⚠", "DANGSHI_WECHAT_API", "不是微信的地址")
	for url, want := range map[string]string{"": "没有设", "http://localhost:8080": "打不开", "http://10.0.0.2": "打不开", "http://dangshi.invalid": "https",
		"https://dangshi.invalid/wechat/": "不带 /wechat", "https://dangshi.invalid:8443": "443", "https://dangshi.invalid/?a=1": "不带 ?"} {
		_, about := doctor(t, "--base-url", url)
		mustHold(t, about("公网地址"), "⚠", want)
	}

	mustRun(t, "push", "on")
	_, about = doctor(t)
	mustHold(t, about("每日推送"), "✔", "已打开，每天 07:30")
	t.Setenv("DANGSHI_WECHAT_SECRET", "")
	code, about = doctor(t)
	mustHold(t, about("每日推送"), "✘", "DANGSHI_WECHAT_SECRET")
	mustHold(t, about("接口凭据和 IP 白名单"), "⚠", "没有设 DANGSHI_WECHAT_SECRET", "开发密钥")
	if code != exitFailed {
		t.Errorf("a push that cannot be sent: exit %d", code)
	}

	t.Setenv("DANGSHI_WECHAT_AESKEY", "")
	_, about = doctor(t)
	mustHold(t, about("安全模式"), "✘", "冒名答题", "EncodingAESKey", "DANGSHI_WECHAT_AESKEY")
	asks := []string{"/", "/cgi-bin/stable_token", "/cgi-bin/getcallbackip", "/cgi-bin/openapi/quota/get", "/cgi-bin/get_current_selfmenu_info", "/cgi-bin/get_current_autoreply_info"}
	for _, call := range wechat.Calls() {
		if !slices.Contains(asks, call.Path) {
			t.Errorf("doctor has called %s", call.Path)
		}
	}
}

// TestDoctorAPI: what WeChat answers is told with what to do, and no secret.
func TestDoctorAPI(t *testing.T) {
	storetest.InTurn(t)
	wechat := begunAccount(t)
	for _, c := range []struct {
		path  string
		code  int
		mark  string
		words []string
	}{
		{"/cgi-bin/stable_token", 40164, "✘", []string{"203.0.113.7", "IP 白名单", "微信开发者平台"}},
		{"/cgi-bin/stable_token", 40001, "✘", []string{"AppSecret", "DANGSHI_WECHAT_SECRET"}},
		{"/cgi-bin/stable_token", 40125, "✘", []string{"AppSecret", "DANGSHI_WECHAT_SECRET"}},
		{"/cgi-bin/stable_token", 40013, "✘", []string{"AppID"}},
		{"/cgi-bin/getcallbackip", 40001, "✘", []string{"凭据"}},
		{"/cgi-bin/getcallbackip", 48001, "✘", []string{"权限"}},
		{"/cgi-bin/stable_token", 45009, "✘", []string{"已用完"}},
		{"/cgi-bin/stable_token", 45011, "⚠", []string{"过快"}},
		{"/cgi-bin/stable_token", -1, "✘", []string{"微信"}},
	} {
		wechat.Fail(fakeapi.Fault{Path: c.path, Code: c.code, Times: -1})
		code, about := doctor(t)
		wechat.ClearFaults()
		line := about("接口凭据和 IP 白名单")
		mustHold(t, line, c.mark, c.words...)
		if (code == exitFailed) != (c.mark == "✘") {
			t.Errorf("%d: exit %d", c.code, code)
		}
		if strings.Contains(line, "a-secret") {
			t.Errorf("%d: the secret is told", c.code)
		}
	}
	_, about := doctor(t, "--wechat-secret", "a-secret-that-is-wrong")
	mustHold(t, about("接口凭据和 IP 白名单"), "✘", "AppSecret")
	_, about = doctor(t, "--wechat-api", "http://127.0.0.1:1")
	mustHold(t, about("接口凭据和 IP 白名单"), "✘", "没有联系上微信")
}

// TestMispasted: what was put in the wrong place is told, and what came along unseen
// with a copied value does no harm.
func TestMispasted(t *testing.T) {
	storetest.InTurn(t)
	begunAccount(t)
	id, secret := "wx0123456789abcdef", "0123456789abcdef0123456789abcdef"
	for _, c := range []struct{ id, secret, token, word string }{
		{secret, id, "tok123", "填反了"},
		{id, "tok123", secret, "AppSecret 和令牌"},
		{"gh_0123456789ab", secret, "tok123", "原始 ID"},
		{id + "0", secret, "tok123", "有 19 个"},
		{id, secret[1:], "tok123", "有 31 个字符"},
	} {
		_, about := doctor(t, "--wechat-appid", c.id, "--wechat-secret", c.secret, "--wechat-token", c.token)
		line := about("接口凭据和 IP 白名单")
		mustHold(t, line, "✘", c.word)
		if strings.Contains(line, c.secret) {
			t.Errorf("the secret is told: %s", line)
		}
	}
	_, about := doctor(t, "--wechat-appid", " "+id+"\n", "--wechat-secret", "a-secret\r", "--wechat-token", "\u3000a-token\u200b", "--push-at", "07:30 ")
	mustHold(t, about("接口凭据和 IP 白名单"), "✔")
}

// TestDoctorOtherAccount: data of one kind, settings of the other.
func TestDoctorOtherAccount(t *testing.T) {
	storetest.InTurn(t)
	begunAccount(t)
	t.Setenv("DANGSHI_SANDBOX", "true")
	code, about := doctor(t)
	mustHold(t, about("沙盒与真实"), "✘", "数据属于真实公众号，设置却是沙盒的", "DANGSHI_SANDBOX")
	mustHold(t, about("每日推送"), "–", "数据属于真实公众号")
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	t.Setenv("DANGSHI_DATA", "other")
	mustRun(t, "bank", "load", "bank.jsonl")
	_, about = doctor(t)
	mustHold(t, about("沙盒与真实"), "✔")
	mustHold(t, about("接口凭据和 IP 白名单"), "✔") // the sandbox that was told which API to use
	t.Setenv("DANGSHI_SANDBOX", "false")
	_, about = doctor(t)
	mustHold(t, about("沙盒与真实"), "✘", "数据属于沙盒，设置却是真实公众号的", "bank export")
}
