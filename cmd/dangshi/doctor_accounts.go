package main

import (
	"net/url"
	"strings"

	"dangshi/admin/account"
)

// signIn is about who can sign in to the console, and whether anybody can read their
// password on its way.
func (c *checkup) signIn() {
	const about = "管理台"
	if !c.needData(about) {
		return
	}
	all, err := newDesk(c.data).Accounts(c.ctx)
	if err != nil {
		c.unread(about, err)
		return
	}
	now, err := c.data.now(c.ctx)
	if err != nil {
		c.unread(about, err)
		return
	}
	open, governs := 0, false
	for _, a := range all {
		if !a.Closed && !a.Expired(now) {
			open++
			governs = governs || a.Role.May(account.Govern)
		}
	}
	u, err := url.Parse(c.BaseURL)
	switch {
	case len(all) == 0:
		c.say(fine, about, "还没有账号。要用管理台，先运行 dangshi admin add 名字，见 docs/console.md。")
	case !governs:
		c.say(doubt, about, "没有一个能登录的管理员。请用 dangshi admin reset 名字给一个新的一次性密码，或用 dangshi admin add 名字另开一个。")
	case c.BaseURL != "" && err == nil && !strings.EqualFold(u.Scheme, "https") && !local(u.Hostname()):
		c.say(doubt, about, "有 %d 个账号能登录，DANGSHI_BASE_URL 却不是 https：密码会在网络上被看到，所以从别的机器登录会被拒绝。请在反向代理上配好证书，见 docs/console.md。", open)
	default:
		c.say(fine, about, "有 %d 个账号能登录。", open)
	}
}
