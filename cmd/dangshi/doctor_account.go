package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"dangshi/bot"
	"dangshi/bot/push"
	"dangshi/bot/wechat"
)

// settings are about what each is and whether they fit together.
func (c *checkup) settings() {
	const about = "设置"
	before := len(c.findings)
	for _, err := range apart(c.misfits) {
		c.say(wrong, about, "%v。改好以前 serve 不能启动。", err)
	}
	if !c.real() && c.WechatAppid == "" && c.WechatSecret+c.WechatAeskey != "" {
		c.say(doubt, about, "设了公众号的密钥，却没有设 DANGSHI_WECHAT_APPID，仍按沙盒运行。要接公众号请补上 AppID 和令牌。")
	}
	if !c.real() && c.SandboxOpen {
		c.say(doubt, about, "沙盒页面别的机器也能打开（DANGSHI_SANDBOX_OPEN），谁都能冒充学员；只在试用时这样设。")
	}
	if u, err := url.Parse(c.WechatAPI); c.real() && err == nil && c.WechatAPI != "" && !strings.HasSuffix("."+u.Hostname(), ".weixin.qq.com") {
		c.say(doubt, about, "DANGSHI_WECHAT_API 指向 %s，不是微信的地址，密钥会发到那里；不是自己的代理就请删去。", u.Host)
	}
	if c.misfits == nil {
		if _, err := wechat.New(wechat.Config{Token: c.token(), AppID: c.appID(), AESKey: c.WechatAeskey, Timeout: answerTimeout}, unanswered); err != nil {
			c.say(wrong, about, "%v。改好以前 serve 不能启动。", err)
		}
	}
	if len(c.findings) == before {
		c.say(fine, about, "都合用。")
	}
}

// apart takes apart what errors.Join has put together.
func apart(err error) []error {
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		return all.Unwrap()
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

// unanswered answers nothing: it stands where only settings are looked at.
func unanswered(context.Context, bot.Message) bot.Reply { return bot.Reply{} }

// consoleServer is where the account's console has the address of the webhook.
const consoleServer = "微信开发者平台“基础信息－域名与消息推送配置”"

// safeMode is about the encryption of messages.
func (c *checkup) safeMode() {
	const about = "安全模式"
	switch {
	case c.WechatAeskey != "":
		c.say(fine, about, "已打开，只收加密的消息。")
	case c.real():
		c.say(wrong, about, "没有打开：明文模式的签名不保护消息正文，别人可以冒名答题。请在%s选安全模式，把 EncodingAESKey 填入 DANGSHI_WECHAT_AESKEY。", consoleServer)
	default:
		c.say(unseen, about, "沙盒不需要；接公众号时要设 DANGSHI_WECHAT_AESKEY。")
	}
}

// account asks WeChat whether the credentials work from this machine.
func (c *checkup) account() {
	const about = "接口凭据和 IP 白名单"
	if !c.needSettings(about) {
		return
	}
	switch {
	case !c.real() && c.WechatAPI == "":
		c.say(unseen, about, "没有检查：沙盒没有公众号，接口由模拟器代替。")
		return
	case c.real() && c.WechatSecret == "":
		c.say(doubt, about, "没有设 DANGSHI_WECHAT_SECRET，只能回答消息，不能推送，也不能发提醒。请从微信开发者平台“基础信息－开发密钥”复制 AppSecret。")
		return
	}
	api, err := c.freshAPI("", slog.New(slog.DiscardHandler))
	if err != nil {
		c.say(wrong, about, "%v。", err)
		return
	}
	if err = api.Check(c.ctx); err != nil {
		api.Close()
	}
	switch {
	case err == nil:
		c.api = api
		c.say(fine, about, "凭据有效，微信接受本机的地址。")
	case errors.Is(err, wechat.ErrPace):
		c.say(doubt, about, "%v。", err)
	default:
		c.say(wrong, about, "%s%v。改好以前不能推送，也不能发提醒。", c.mispasted(err), err)
	}
}

// push is about the daily push: whether it is on, and how the last days went.
func (c *checkup) push() {
	const about = "每日推送"
	if !c.needSettings(about) || !c.needData(about) {
		return
	}
	if c.data.Sandbox() == c.real() {
		c.say(unseen, about, "没有检查：数据属于%s。", accountWord(!c.real()))
		return
	}
	now, err := c.data.now(c.ctx)
	if err != nil {
		c.unread(about, err)
		return
	}
	p, err := c.newPush(c.data, nil, nil, func() time.Time { return now }, nil)
	if err != nil {
		c.say(wrong, about, "%v。改好以前 serve 不能启动。", err)
		return
	}
	set, err := p.Setting(c.ctx)
	if err != nil {
		c.unread(about, err)
		return
	}
	switch {
	case c.real() && !set.On:
		c.say(doubt, about, "没有打开。请在管理台的“推送”里看会发什么，再打开；或用 push --dry-run 看，用 push on 打开。")
	case set.Baseline != 0 && !set.On:
		c.say(doubt, about, "被关闭了。可以在管理台的“推送”里或用 push on 打开。")
	case c.real() && c.WechatSecret == "":
		c.say(wrong, about, "已打开，但没有设 DANGSHI_WECHAT_SECRET，发不出去。")
	default:
		c.say(fine, about, "已打开，每天 %s。", p.At)
	}
	days, err := p.Status(c.ctx, daysBack)
	if err != nil {
		c.unread(about, err)
		return
	}
	var gone []string
	for _, d := range days {
		switch d.Outcome {
		case push.DayRefused, push.DayUnknown, push.DayMissed, push.DayNothing:
			gone = append(gone, fmt.Sprintf("%s %s", d.Day, outcomeWords[d.Outcome]))
		}
	}
	if len(gone) > 0 {
		c.say(doubt, about, "最近 %d 天里：%s。用 push status 看原因。", daysBack, some(gone))
	}
}

// daysBack is how many days of the push are looked at.
const daysBack = 7

// links is about the address by which members reach this installation.
func (c *checkup) links() {
	const about = "公网地址"
	u, err := url.Parse(c.BaseURL)
	switch {
	case c.BaseURL == "":
		c.say(doubt, about, "没有设 DANGSHI_BASE_URL，消息里不带链接。请填手机能打开的地址，例如 https://dangshi.example.org。")
	case err != nil || !httpURL(c.BaseURL):
		c.say(unseen, about, "没有检查：请先改好设置。")
	case c.real() && local(u.Hostname()):
		c.say(doubt, about, "DANGSHI_BASE_URL 是 %s，学员的手机打不开。请填公网地址。", c.BaseURL)
	case c.real() && misaddressed(u) != "":
		c.say(doubt, about, "DANGSHI_BASE_URL 是 %s，%s。", c.BaseURL, misaddressed(u))
	case c.real() && u.Scheme != "https":
		c.say(doubt, about, "DANGSHI_BASE_URL 没有使用 https，微信会提示有风险。请给网站配好证书后改成 https 地址。")
	default:
		c.say(fine, about, "消息里的链接以 %s 开头。", c.BaseURL)
	}
}

// local reports whether only machines near by can reach a host.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsUnspecified() || ip.IsLinkLocalUnicast())
}
