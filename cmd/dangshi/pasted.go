package main

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"dangshi/bot/wechat"
)

// trim takes away what comes along unseen where a value is copied from a page, or read
// from a file of another system.
func (s *Settings) trim() {
	for _, v := range []*string{&s.Addr, &s.BaseURL, &s.RedisURL, &s.WechatAppid, &s.WechatSecret, &s.WechatToken, &s.WechatAeskey, &s.WechatAPI, &s.PushAt} {
		*v = strings.TrimFunc(*v, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
	}
}

// How WeChat's ids and secrets look.
var (
	appIDForm  = regexp.MustCompile(`^wx[0-9a-fA-F]{16}$`)
	secretForm = regexp.MustCompile(`^[0-9a-zA-Z]{32}$`)
)

// mispasted guesses, where WeChat does not know the credentials, what was put in the
// wrong place; empty: no guess. It quotes no secret.
func (s *Settings) mispasted(err error) string {
	if !errors.Is(err, wechat.ErrSecret) {
		return ""
	}
	id, secret := s.WechatAppid, s.WechatSecret
	switch {
	case appIDForm.MatchString(secret):
		return "AppID 和 AppSecret 看来填反了。"
	case strings.HasPrefix(id, "gh_"):
		return "DANGSHI_WECHAT_APPID 里的是原始 ID（gh_ 开头），应填 AppID（wx 开头）。"
	case !appIDForm.MatchString(id):
		return fmt.Sprintf("AppID 以 wx 开头，共 18 个字符，DANGSHI_WECHAT_APPID 里有 %d 个，请核对是否抄全。", utf8.RuneCountInString(id))
	case !secretForm.MatchString(secret) && secretForm.MatchString(s.WechatToken):
		return "AppSecret 和令牌看来填反了。"
	case !secretForm.MatchString(secret):
		return fmt.Sprintf("AppSecret 是 32 个字母和数字，DANGSHI_WECHAT_SECRET 里有 %d 个字符，请核对是否抄全。", utf8.RuneCountInString(secret))
	}
	return ""
}

// misaddressed says what of a public address WeChat cannot use; empty: nothing.
func misaddressed(u *url.URL) string {
	switch port := u.Port(); {
	case strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/wechat"):
		return "只写到域名为止，不带 /wechat：消息地址和各页都接在它后面"
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return "只写到域名为止，不带 ?、# 和密码"
	case port != "" && port != "80" && port != "443":
		return "微信只访问 80 和 443 端口，不能带端口 " + port
	}
	return ""
}
