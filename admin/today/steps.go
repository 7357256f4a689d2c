package today

import (
	"fmt"
	"net/url"
	"time"

	"dangshi/quiz"
)

// Setup is how far an installation is. No secret is in it.
type Setup struct {
	Sandbox bool
	AppID   string // public; empty: not set
	Secret  bool   // is set, as the next ones
	Token   bool
	AESKey  bool

	BaseURL string // public address; empty: not set
	Server  string // address of the webhook below it; empty: there is none

	LastMessage time.Time // zero: none within the last Listened days

	Approved  int // questions in use
	Questions int // of a paper

	Gaps  int // of the next Ahead days
	Ahead int

	Branches int

	Push Push

	Backup   time.Time // the last one; zero: none
	BackupAt string    // of the daily one; empty: there is none
}

// Listened is for how many days back the last message is looked for.
const Listened = 30

// state is how far a step is.
type state int

const (
	done  state = iota
	todo        // it is missing, or does not work
	maybe       // it may be left as it is
)

// Tag and Word are a state as it is shown.
func (s state) Tag() string  { return [...]string{"good", "bad", "soft"}[s] }
func (s state) Word() string { return [...]string{"已做好", "还没有", "可以不做"}[s] }

// link leads to where something is done.
type link struct{ Name, Path string }

// step is one step of the first start.
type step struct {
	ID, Name string
	State    state
	Facts    []string // how it is
	Todo     string   // what to do; empty: nothing
	Links    []link
	Findings []Finding // of the last examination, what is not in order
	Copy     string    // to be copied into WeChat's console
	Token    bool      // the token may be shown here
	Menu     bool      // the menu may be installed here
}

// steps are all, in their order.
func (s Setup) steps(c Checkup) []step {
	all := []step{s.account(), s.address(), s.server(), s.message(), s.menu(c), s.bank(c), s.ahead(), s.branches(), s.push(), s.backup()}
	for i, about := range [][]string{
		{"设置", "安全模式", "接口凭据和 IP 白名单", "接口权限"}, {"公网地址", "条目页"}, {"服务器地址"}, nil,
		{"菜单", "原有的自动回复"}, {"题库和条目", "题库", "自带的内容"}, {"党史上的今天"}, nil, {"每日推送"}, {"备份", "磁盘"},
	} {
		for _, f := range c.about(about...) {
			if f.Harm <= Doubt && !(f.Harm == Doubt && s.told(f.About)) {
				all[i].Findings = append(all[i].Findings, f)
			}
			if f.Harm <= Broken {
				all[i].State = todo
			}
		}
	}
	return all
}

// told reports whether a step says by itself what a doubt about something says.
func (s Setup) told(about string) bool {
	switch about {
	case "党史上的今天", "自带的内容":
		return true
	case "公网地址":
		return s.BaseURL == ""
	case "备份":
		return s.Backup.IsZero()
	case "每日推送":
		return !s.Push.On
	}
	return false
}

// missing counts the steps that are still to be done.
func missing(steps []step) (n int) {
	for _, s := range steps {
		if s.State == todo {
			n++
		}
	}
	return n
}

// when is done where something holds, else todo.
func when(ok bool) state {
	if ok {
		return done
	}
	return todo
}

func (s Setup) account() step {
	x := step{ID: "account", Name: "公众号的凭据", State: when(s.AppID != "" && s.Secret && s.Token && s.AESKey)}
	if s.Sandbox {
		x.State = done
		x.Facts = []string{"现在是沙盒：公众号由模拟器代替，不需要凭据，什么也不会发给真的学员。"}
		x.Todo = "要接真实的公众号，另用一个数据目录或 Redis，请技术人员照 docs/wechat.md 做；题库可以先导出，再载入到那边。"
		return x
	}
	x.Facts = append(x.Facts, "AppID："+set(s.AppID, s.AppID != ""), "令牌（Token）："+set("", s.Token), "消息加解密密钥（EncodingAESKey）："+set("", s.AESKey), "AppSecret："+set("", s.Secret))
	if x.State == todo {
		x.Todo = "在微信开发者平台“我的业务”里选公众号，从“基础信息”抄下 AppID 和 AppSecret，把服务器的公网 IP 加进“API IP 白名单”；令牌和密钥自己定。请技术人员填进 DANGSHI_WECHAT_APPID、_SECRET、_TOKEN、_AESKEY，重新启动。"
	}
	return x
}

// set says whether something is set, and what it is where that may be seen.
func set(value string, is bool) string {
	switch {
	case !is:
		return "没有设"
	case value != "":
		return value
	}
	return "已设"
}

func (s Setup) address() step {
	u, err := url.Parse(s.BaseURL)
	x := step{ID: "address", Name: "公网地址和 https", State: when(s.BaseURL != "" && err == nil && (u.Scheme == "https" || s.Sandbox))}
	switch {
	case s.BaseURL != "":
		x.Facts = []string{"消息里的链接以 " + s.BaseURL + " 开头。"}
	case s.Sandbox:
		x.State = maybe
		x.Facts = []string{"沙盒里不设也可以：消息里不带链接。"}
	default:
		x.Facts = []string{"还没有设，消息里不带链接，证书也查验不了。"}
	}
	if x.State == todo {
		x.Todo = "请技术人员给域名配好 https 证书和反向代理，把地址填进 DANGSHI_BASE_URL，例如 https://dangshi.example.cn，重新启动。"
	}
	return x
}

func (s Setup) server() step {
	x := step{ID: "server", Name: "服务器配置", Copy: s.Server, Token: !s.Sandbox && s.Token}
	switch {
	case s.Sandbox:
		x.State, x.Copy = done, ""
		x.Facts = []string{"沙盒里的手机页直接把消息送过来，不用填。"}
	case s.Server == "":
		x.State, x.Todo = todo, "先做好上一步，才知道该填什么地址。"
	default:
		x.State = when(!s.LastMessage.IsZero())
		x.Todo = "在微信开发者平台“基础信息－域名与消息推送配置”里填下面的地址和令牌，选安全模式和 XML，提交、启用。先做第 5 步：启用以后，公众号后台原有的菜单和自动回复就停了。"
		if x.State == done {
			x.Todo = ""
		}
	}
	return x
}

func (s Setup) message() step {
	x := step{ID: "message", Name: "收到测试消息", State: when(!s.LastMessage.IsZero())}
	switch {
	case x.State == done:
		x.Facts = []string{"最近一条消息是 " + s.LastMessage.In(quiz.Zone).Format("2006-01-02 15:04:05") + " 收到的。"}
	case s.Sandbox:
		x.Todo = "打开手机页，发“答题”试一试。"
	default:
		x.Facts = []string{fmt.Sprintf("%d 天里还没有收到过消息。", Listened)}
		x.Todo = "用自己的微信关注公众号，发“答题”，几秒后刷新这一页。"
	}
	if s.Sandbox {
		x.Links = []link{{"打开手机页", "/sandbox/"}}
	}
	return x
}

func (s Setup) menu(c Checkup) step {
	x := step{ID: "menu", Name: "菜单和原有的自动回复", State: done}
	switch {
	case s.Sandbox:
		x.Facts = []string{"沙盒的菜单已经自动装上。"}
	case len(c.about("菜单")) == 0:
		x.State = maybe
		x.Facts = []string{"要凭据有效才看得到公众号的菜单。"}
	default:
		for _, f := range c.about("菜单", "原有的自动回复") {
			if f.Harm != Fine {
				x.State = maybe
			}
			x.Menu = x.Menu || f.About == "菜单" && f.Harm != Fine
		}
	}
	if x.State == done && !s.Sandbox {
		x.Facts = []string{"公众号的菜单和设置的一样，后台没有开着的自动回复。"}
	}
	if x.State == maybe {
		x.Todo = "请技术人员在启用服务器配置以前运行 dangshi menu import，把原有的菜单和自动回复抄进设置；启用以后在这里装上菜单。没有菜单，学员发“答题”也行。"
	}
	return x
}
