package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"dangshi/bot"
	"dangshi/bot/setup"
	"dangshi/web/today"
)

// An apiRight is something that an account may be allowed to do.
type apiRight struct {
	name  string
	paths []string // of the API, which it takes
}

// channelRights are what each channel of the push takes.
var channelRights = map[string]apiRight{
	"draft":   {"草稿", []string{"/cgi-bin/draft/add", "/cgi-bin/material/add_material"}},
	"mass":    {"群发", []string{"/cgi-bin/message/mass/sendall"}},
	"article": {"群发图文", []string{"/cgi-bin/draft/add", "/cgi-bin/material/add_material", "/cgi-bin/message/mass/sendall"}},
	"notice":  {"订阅通知", []string{"/cgi-bin/message/subscribe/bizsend"}},
	"custom":  {"客服消息", []string{"/cgi-bin/message/custom/send"}},
}

// What else is used where the account may. Mass messages tell whether WeChat has
// verified it, codes to scan whether it is a service account.
var (
	toMass   = channelRights["mass"]
	toRemind = apiRight{"提醒（客服消息）", []string{"/cgi-bin/message/custom/send"}}
	toMenu   = apiRight{"菜单", []string{"/cgi-bin/menu/create"}}
	toScan   = apiRight{"支部二维码", []string{"/cgi-bin/qrcode/create"}}
)

// rights are about what the account may do, of what is used.
func (c *checkup) rights() {
	const about = "接口权限"
	if c.api == nil {
		if c.real() {
			c.say(unseen, about, "没有检查：请先改好接口凭据。")
		}
		return
	}
	asked := map[string]bool{}
	guessed := map[string]bool{}
	var failed error
	may := func(r apiRight) bool {
		for _, path := range r.paths {
			ok, known := asked[path]
			if !known && failed == nil {
				var sure bool
				ok, sure, failed = c.api.May(c.ctx, path)
				asked[path], guessed[path] = ok, !sure
			}
			if !ok {
				return false
			}
		}
		return true
	}
	var lacks []string
	open := false
	for _, name := range c.channelNames() {
		r, known := channelRights[name]
		switch {
		case !known:
		case may(r):
			open = true
		default:
			lacks = append(lacks, r.name+"（推送）")
		}
	}
	for _, r := range []apiRight{toRemind, toMenu} {
		if !may(r) {
			lacks = append(lacks, r.name)
		}
	}
	kind := "看来没有认证"
	if verified, service := may(toMass), may(toScan); verified && service {
		kind = "看来是已认证的服务号"
	} else if verified {
		kind = "看来是已认证的订阅号（微信现在叫“公众号”）"
	}
	if guessed[toMass.paths[0]] {
		kind = "看不出认证了没有"
	}
	const see = "请在微信开发者平台“接口管理－接口权限与额度”核对"
	switch {
	case failed != nil:
		c.say(doubt, about, "问不到：%v。%s。", failed, see)
	case !open:
		c.say(wrong, about, "%s，没有这些权限：%s。推送的渠道一个也用不了，学员仍可以答题；多半要先完成微信认证，%s。", kind, strings.Join(slices.Compact(lacks), "、"), see)
	case len(lacks) > 0:
		c.say(doubt, about, "%s，没有这些权限：%s。其余照常；%s。", kind, strings.Join(slices.Compact(lacks), "、"), see)
	default:
		c.say(fine, about, "%s，用到的接口都有权限。", kind)
	}
}

// visitPatience bounds one look at the public address.
const visitPatience = 6 * time.Second

// outside looks at the public address: at the webhook, as WeChat does when the
// server address is submitted, and at the pages to which messages lead.
func (c *checkup) outside() {
	const about = "服务器地址"
	u, err := url.Parse(c.BaseURL)
	switch {
	case !c.real():
		return
	case err != nil || !httpURL(c.BaseURL):
		c.say(unseen, about, "没有检查：要先设好 DANGSHI_BASE_URL。")
		return
	case local(u.Hostname()) && !loops(u.Hostname()):
		c.say(unseen, about, "没有检查：DANGSHI_BASE_URL 不是公网地址。")
		return
	}
	visitor := setup.NewVisitor(visitPatience)
	err = setup.CheckServer(c.ctx, visitor, c.BaseURL, c.token(), time.Now())
	c.visited(about, "像微信那样去验证 %s/wechat，通过了。", err)
	if fault, ok := errors.AsType[*setup.ServerError](err); err == nil || ok && fault.Reached {
		err = setup.CheckPage(c.ctx, visitor, c.BaseURL, today.Path)
		c.visited("条目页", "%s"+today.Path+" 打得开。", err)
		if setup.CheckPage(c.ctx, visitor, c.BaseURL, "/metrics") == nil {
			c.say(doubt, "监控", "%s/metrics 从外面打得开，谁都看得到用量。请让反向代理不转 /metrics 和 /readyz。", strings.TrimRight(c.BaseURL, "/"))
		}
	}
}

// loops reports whether a host is this machine.
func loops(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// visited says what a look at the public address has found. What could not be
// reached from here may be reached by WeChat.
func (c *checkup) visited(about, passed string, err error) {
	fault, ok := errors.AsType[*setup.ServerError](err)
	switch {
	case err == nil:
		c.say(fine, about, passed, strings.TrimRight(c.BaseURL, "/"))
	case ok && fault.Reached:
		c.say(wrong, about, "%s。", fault.Why)
	case ok:
		c.say(doubt, about, "%s。", fault.Why)
	default:
		c.unread(about, err)
	}
}

// console is about what the account's editors have made in WeChat's console: it
// ends when the server address is switched on.
func (c *checkup) console() {
	const about = "原有的自动回复"
	if c.api == nil {
		return // which the account's own line explains
	}
	replies, err := c.api.AutoReplies(c.ctx)
	switch {
	case err != nil:
		c.say(doubt, about, "问不到：%v。", err)
	case replies.Open || replies.FollowOpen:
		c.say(doubt, about, "公众号后台还开着自动回复（%d 条关键词规则）。启用服务器配置以后它们就停了：请先用 menu import 取来，抄进 %s；已经抄过就不用再管。", len(replies.Rules), c.Config)
	default:
		c.say(fine, about, "公众号后台没有开着的自动回复。")
	}
}

// installed is about the account's menu.
func (c *checkup) installed() {
	const about = "菜单"
	if c.stock != nil {
		if missing := bot.MissingSeries(c.menu(), c.stock.library); len(missing) > 0 {
			c.say(doubt, about, "设置的菜单里有还没有已批准的集的系列：%s。点了没有内容；请载入、批准，或从菜单里去掉。", some(missing))
		}
	}
	if c.api == nil {
		return
	}
	has, err := c.api.OwnMenu(c.ctx)
	if err != nil {
		c.say(doubt, about, "问不到：%v。", err)
		return
	}
	d := setup.Compare(c.menu(), has)
	switch {
	case d.None():
		c.say(fine, about, "和设置的一样。")
	case !has.Open || len(has.Buttons) == 0:
		c.say(doubt, about, "公众号现在没有菜单。用 menu push 装上；没有也不要紧，学员发“答题”就行。")
	case len(d.Lost) > 0:
		c.say(doubt, about, "公众号的菜单和设置的不一样，有 %d 项是设置里没有的：%s。要留着的先用 menu import 取来；看过 menu show 再用 menu push 装上。", len(d.Lost), some(d.Lost))
	default:
		c.say(doubt, about, "公众号的菜单和设置的不一样。用 menu show 看差别，用 menu push 装上。")
	}
}

// A step of connecting an account, and what is told about it.
type step struct {
	name   string
	abouts []string
}

// connecting are the steps of docs/wechat.md, in its order.
var connecting = []step{
	{"设置和密钥", []string{"设置", "安全模式", "话术"}},
	{"数据存得住", []string{"磁盘", "Redis", "Redis 的内存", "内置存储", "数据", "沙盒与真实", "赛季"}},
	{"AppID、AppSecret 和 IP 白名单", []string{"接口凭据和 IP 白名单"}},
	{"公网地址和反向代理", []string{"公网地址", "服务器地址", "条目页"}},
	{"取来原有的自动回复", []string{"原有的自动回复"}},
	{"公众号的权限", []string{"接口权限"}},
	{"菜单", []string{"菜单"}},
	{"题库和条目", []string{"题库和条目", "自带的内容", "题库", "党史上的今天"}},
	{"每日推送", []string{"每日推送"}},
}

// steps show how far the connection of an account has come, where one is under
// way.
func (c *checkup) steps() {
	if c.Sandbox || c.WechatAppid+c.WechatSecret+c.WechatToken+c.WechatAeskey == "" {
		return
	}
	worst := make([]grade, len(connecting))
	next := 0
	for i, s := range connecting {
		worst[i] = fine + 1
		for _, f := range c.findings {
			if slices.Contains(s.abouts, f.about) {
				worst[i] = min(worst[i], f.grade)
			}
		}
		if worst[i] > fine {
			worst[i] = unseen
		}
		if worst[i] < worst[next] {
			next = i
		}
	}
	fmt.Fprintln(c.out, "\n接入公众号的各步，做法见 docs/wechat.md：")
	for i, s := range connecting {
		mark := ""
		if i == next && worst[i] < fine {
			mark = "   ← 先看这一步"
		}
		fmt.Fprintf(c.out, "%s %d %s%s\n", worst[i], i+1, s.name, mark)
	}
}

// replicas is about members who would be told nothing.
func (c *checkup) replicas() {
	const about = "从节点"
	if c.RedisWait == 0 || c.data == nil {
		return
	}
	warning, err := c.data.Unanswerable(c.ctx)
	switch {
	case err != nil:
		c.unread(about, err)
	case warning != "":
		c.say(wrong, about, "%s。", warning)
	default:
		c.say(fine, about, "每个主节点都有，答案传到了才告诉学员。")
	}
}
