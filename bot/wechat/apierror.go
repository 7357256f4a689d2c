package wechat

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// The classes of errors of the API: an error of a call is one of them at most by errors.Is. The
// first two are about the way to WeChat, the others about what it answered.
var (
	// ErrUnreachable: nothing was changed, since the request did not leave or asked only.
	ErrUnreachable = errors.New("没有联系上微信接口，什么都没有发出")
	// ErrAmbiguous: the request may have been carried out. Who sends it again must be sure that a
	// second time does no harm.
	ErrAmbiguous = errors.New("请求可能已送达微信，但没有收到明确结果")

	ErrToken       = errors.New("接口凭据失效")        // although it was fetched once more
	ErrSecret      = errors.New("AppID 或密钥有误")   // nothing works until the settings are mended
	ErrWhitelist   = errors.New("本机不在 IP 白名单")   // nothing works until the address is listed
	ErrQuota       = errors.New("调用次数或群发次数已用完")  // until the next day, or month
	ErrPace        = errors.New("调用过快")          // again in a minute
	ErrRights      = errors.New("账号没有这项接口权限")    // or it was taken away
	ErrWindow      = errors.New("已不能给这位成员发客服消息") // until they write again
	ErrConsent     = errors.New("成员没有同意接收这类通知")  // or used the consent up
	ErrNotFollower = errors.New("这位成员没有关注公众号")   // or no longer
	ErrContent     = errors.New("微信不接受这份内容")     // too long, or against WeChat's rules
)

// codeDuplicate is clientmsgid exists: the message was sent before.
const codeDuplicate = 45065

// verdict is what an errcode means.
type verdict struct {
	class  error  // nil: none
	advice string // to the operator: what to do, and where
}

// console is where WeChat keeps an account's settings for developers since it moved
// them out of 公众平台 (设置与开发－开发接口管理):
// https://developers.weixin.qq.com/doc/subscription/guide/dev/migration.html
const console = "微信开发者平台“我的业务－公众号－基础信息”"

// verdicts knows the errcodes that calls of this package can meet.
// https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
var verdicts = map[int]verdict{
	-1: {ErrAmbiguous, "微信系统繁忙，请稍后再试"},

	40001: {ErrToken, "接口凭据无效，重新获取后仍被拒绝；请确认没有别的系统也在使用并刷新这个公众号的凭据"},
	40014: {ErrToken, "接口凭据无效，重新获取后仍被拒绝；请核对 AppID 与密钥属于同一个公众号"},
	42001: {ErrToken, "接口凭据已过期，重新获取后仍被拒绝；请核对服务器时间"},

	40002: {ErrSecret, "凭据类型不对；请核对 AppID 属于公众号，而不是小程序或企业微信"},
	40013: {ErrSecret, "AppID 无效；请从" + console + "重新复制到 DANGSHI_WECHAT_APPID"},
	40125: {ErrSecret, "密钥（AppSecret）无效；请核对 DANGSHI_WECHAT_SECRET，没有存下的请在" + console + "重置（别的系统里旧的随即失效）"},
	40243: {ErrSecret, "密钥（AppSecret）已被冻结；请由管理员在" + console + "解冻"},
	41002: {ErrSecret, "缺少 AppID；请设置 DANGSHI_WECHAT_APPID"},
	41004: {ErrSecret, "缺少密钥；请设置 DANGSHI_WECHAT_SECRET"},
	50004: {ErrSecret, "账号被禁止使用接口凭据；请登录公众平台查看“通知中心”"},
	50007: {ErrSecret, "账号已冻结；请登录公众平台查看“通知中心”"},
	61024: {ErrSecret, "账号已授权给第三方平台管理，不能用密钥取得凭据；请先取消授权"},

	40164: {ErrWhitelist, "请由管理员在" + console + "把本机的公网地址加入“IP 白名单”"},
	89501: {ErrWhitelist, "本机地址正在等待管理员确认；请管理员在微信中处理“公众平台安全助手”的通知"},
	89503: {ErrWhitelist, "本机地址需要管理员确认；请管理员在微信中处理“公众平台安全助手”的通知"},
	89506: {ErrWhitelist, "管理员已拒绝本机地址，24 小时内不能再用；请改用别的服务器，或次日再试"},
	89507: {ErrWhitelist, "管理员已拒绝本机地址，1 小时内不能再用；请与管理员确认后再试"},

	45009: {ErrQuota, "今天的接口调用次数已用完；请明天再试，急用时由管理员在微信开发者平台“接口管理”清零（每月 10 次）"},
	45028: {ErrQuota, "群发次数已用完（订阅号每天 1 次，服务号每月 4 次）；请下一周期再发，或改用草稿由编辑处理"},
	45011: {ErrPace, "调用过快；请一分钟后再试"},
	45066: {ErrPace, "同一条群发重试过快；请一分钟后再试"},

	48001: {ErrRights, "账号没有这项接口权限；请在微信开发者平台“接口管理－接口权限与额度”查看，多数发送类接口需要先完成微信认证"},
	48004: {ErrRights, "这项接口被微信封禁；请登录公众平台查看“通知中心”的原因"},
	50001: {ErrRights, "账号没有授权这项接口；请在微信开发者平台“接口管理－接口权限与额度”查看"},
	50002: {ErrRights, "账号受限，可能有违规记录；请登录公众平台查看“违规记录”"},
	50005: {ErrNotFollower, "这位成员没有关注公众号；不用处理，重新关注后即可收到"},

	45015: {ErrWindow, "这位成员 48 小时内没有与公众号互动，不能再发客服消息；不用处理，成员再来消息后即可"},
	45047: {ErrWindow, "这一轮能发给这位成员的客服消息已用完；不用处理，成员再来消息后即可"},
	43101: {ErrConsent, "成员没有同意接收这类通知，或同意的次数已用完；请引导成员重新订阅"},
	43004: {ErrNotFollower, "这位成员没有关注公众号；不用处理，重新关注后即可收到"},
	43019: {ErrNotFollower, "这位成员在公众号的黑名单中；请在公众平台“用户管理”查看"},
	40003: {ErrNotFollower, "成员的 OpenID 不属于这个公众号；账号迁移后所有 OpenID 都会改变，请核对 AppID"},

	40037: {ErrContent, "订阅通知的模板编号不对；请在公众平台“订阅通知”里复制"},
	47003: {ErrContent, "订阅通知的内容不合模板的要求；请检查设置里 push.notice 的 data，thing 最多 20 个字，phrase 最多 5 个"},

	40004: {ErrContent, "素材类型不对；封面请用 JPG 或 PNG 图片"},
	40005: {ErrContent, "文件类型不对；封面请用 JPG 或 PNG 图片"},
	40007: {ErrContent, "素材编号无效，可能已在公众平台“素材库”中删除；请重新上传封面"},
	40009: {ErrContent, "图片过大；请压缩到 10 MB 以内"},
	40137: {ErrContent, "图片格式不受支持；请用 JPG 或 PNG 图片"},
	44004: {ErrContent, "文字内容是空的"},
	45001: {ErrContent, "图片过大；请压缩到 10 MB 以内"},
	45002: {ErrContent, "文字过长；请缩短后再发"},
	45003: {ErrContent, "标题过长；请缩短到 32 个字以内"},
	45004: {ErrContent, "摘要过长；请缩短到 120 个字以内"},
	45005: {ErrContent, "链接过长；请缩短后再发"},
	45067: {ErrContent, "群发编号过长；这是程序的问题，请联系开发者"},
	45110: {ErrContent, "作者过长；请缩短到 16 个字以内"},
	45166: {ErrContent, "内容不符合微信的要求；请检查其中的链接与标记"},
	53503: {ErrContent, "草稿没有通过发布检查；请在公众平台“草稿箱”查看"},
	53504: {ErrContent, "这份草稿只能在公众平台上发布"},
	53505: {ErrContent, "这份草稿要先在公众平台上手动保存"},
	87014: {ErrContent, "微信认为内容可能违规；请修改后再发"},

	40052: {nil, "二维码的种类不对；这是程序的问题，请联系开发者"},
	40053: {nil, "二维码的编号不合要求"},
	45029: {nil, "永久二维码已有 10 万个，不能再做"},

	40015: {nil, "菜单的类型不对"},
	40016: {nil, "菜单栏要有 1 到 3 项"},
	40017: {nil, "菜单项的类型不对"},
	40018: {nil, "菜单栏的名称过长；最多 16 个字节（约 5 个汉字）"},
	40019: {nil, "菜单项的 KEY 过长"},
	40020: {nil, "菜单项的链接过长"},
	40023: {nil, "每个菜单栏下最多 5 项"},
	40024: {nil, "子菜单项的类型不对"},
	40025: {nil, "子菜单项的名称过长；最多 60 个字节（约 20 个汉字）"},
	40026: {nil, "子菜单项的 KEY 过长"},
	40027: {nil, "子菜单项的链接过长"},
	40054: {nil, "子菜单项的链接无效；要以 https:// 开头"},
	40055: {nil, "菜单项的链接无效；要以 https:// 开头"},
}

// APIError is WeChat's refusal of a call. It holds no token, secret or openid.
type APIError struct {
	Path    string // of the call, without its query
	Code    int    // errcode
	Message string // errmsg, cleaned

	asks bool // the call would have changed nothing
}

// Is reports whether the refusal belongs to a class.
func (e *APIError) Is(target error) bool {
	v := e.verdict()
	return v.class != nil && target == v.class
}

// Error says, to the operator, what WeChat answered and what to do about it.
func (e *APIError) Error() string {
	advice := e.verdict().advice
	if advice == "" {
		advice = "请在微信开发文档的“全局返回码”中查找这个编号"
	}
	if address := listed.FindStringSubmatch(e.Message); e.Code == 40164 && address != nil {
		advice += "（微信看到的本机地址是 " + address[1] + "）"
	}
	text := fmt.Sprintf("微信接口 %s 返回 %d：%s", e.Path, e.Code, advice)
	if e.Message != "" {
		text += "；微信的说明：" + e.Message
	}
	return text
}

// listed finds the address in the errmsg of 40164.
var listed = regexp.MustCompile(`invalid ip ([0-9a-fA-F.:]{3,45})`)

// verdict is the meaning of the code for this call: for a token nothing was asked with one, so
// that 40001 is about the secret.
func (e *APIError) verdict() verdict {
	switch {
	case e.Code == -1 && e.asks:
		return verdict{ErrUnreachable, verdicts[-1].advice}
	case e.Code == 40001 && e.Path == pathToken:
		return verdicts[40125]
	}
	return verdicts[e.Code]
}

// callError is a call without an answer that could be read.
type callError struct {
	class error // ErrUnreachable, ErrAmbiguous or ErrToken
	path  string
	why   string // cleaned
	cause error  // of context, or nil: no other is kept, since its text may hold the address
}

func (e *callError) Error() string {
	return fmt.Sprintf("微信接口 %s：%v（%s）", e.path, e.class, e.why)
}

func (e *callError) Unwrap() []error {
	if e.cause == nil {
		return []error{e.class}
	}
	return []error{e.class, e.cause}
}

// maxForeign is how much is repeated of a text that came from elsewhere, in characters.
const maxForeign = 200

// scrub makes a foreign text fit to be shown and logged: without secrets, on one line, short.
func scrub(text string, secrets ...string) string {
	text = oneLine(text)
	for _, secret := range secrets {
		if secret != "" {
			text = strings.NewReplacer(secret, "***", url.QueryEscape(secret), "***").Replace(text)
		}
	}
	return shorten(text, maxForeign)
}
