package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dangshi/bot"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/web/certificate"
)

// Settings are shared by all commands. Each can be given as a flag, as an
// environment variable or in dangshi.yaml, in this order of preference.
type Settings struct {
	Config string `help:"设置文件。" default:"dangshi.yaml" placeholder:"FILE"`

	Addr    string        `help:"监听地址。" default:":8080" placeholder:"HOST:PORT"`
	Drain   time.Duration `help:"收到停止信号后，/readyz 先报 503，再照常回答这么久，好让负载均衡换走。" default:"0s" placeholder:"10s"`
	BaseURL string        `name:"base-url" help:"公网地址，消息里的链接以它开头；不设则不发链接。" placeholder:"URL"`

	TrustedProxies string `name:"trusted-proxies" help:"别的机器上的反向代理，地址或网段，几个用逗号隔开；它们说的来访地址和 https 才算数。本机的总是算数。" placeholder:"ADDR,…"`

	Pprof string `help:"Go 性能剖析（pprof）的监听地址，只能是本机的，例如 127.0.0.1:6060；不设则没有。" placeholder:"HOST:PORT"`

	VerifyFiles string `name:"verify-files" help:"微信校验域名的文件（MP_verify_….txt）所在的目录；不设则为数据目录下的 verify。" placeholder:"DIR"`

	RedisURL  string `name:"redis-url" help:"Redis：redis://…，集群：redis://h1,h2,h3/?cluster=true；不设则用内置存储。" placeholder:"URL"`
	RedisWait int    `name:"redis-wait" help:"一个答案要有几个从节点也收到了，才告诉学员；0 为不等。" default:"0" placeholder:"N"`
	Data      string `help:"内置存储和备份的目录。" default:"data" placeholder:"DIR"`

	WechatAppid  string `name:"wechat-appid" help:"公众号 AppID。" placeholder:"ID"`
	WechatSecret string `name:"wechat-secret" help:"公众号 AppSecret。" placeholder:"…"`
	WechatToken  string `name:"wechat-token" help:"服务器配置里的令牌（Token）；沙盒默认 sandbox。" placeholder:"…"`
	WechatAeskey string `name:"wechat-aeskey" help:"消息加解密密钥（EncodingAESKey，43位）；设置后只收安全模式的消息。" placeholder:"…"`
	WechatAPI    string `name:"wechat-api" help:"微信接口地址；不设则用官方地址（沙盒里用模拟器）。" placeholder:"URL"`
	Sandbox      bool   `help:"有凭据时也启动沙盒（凭据归模拟器所有）。"`
	SandboxOpen  bool   `help:"沙盒页面也给别的机器打开（默认只给本机）。"`

	PushAt     string `name:"push-at" help:"每日推送时间。" default:"07:30" placeholder:"HH:MM"`
	BackupAt   string `name:"backup-at" help:"serve 每天自动备份的时间，off 为不备份；不设则真实公众号 03:30，沙盒不备份。" placeholder:"HH:MM"`
	BackupKeep int    `name:"backup-keep" help:"自动备份留最近几份。" default:"14" placeholder:"N"`
	Questions  int    `help:"每份题的题数（1到10）。" default:"5" placeholder:"N"`
	Wording    string `help:"替换全部话术的文件；不设则用自带的。" placeholder:"FILE"`
	Font       string `help:"证书用的字体文件，几个用逗号隔开；不设则找系统里的 Noto Serif CJK。" placeholder:"FILE"`

	MemberBurst int     `name:"member-burst" help:"一个学员可以一口气发多少条消息。" default:"100" placeholder:"N"`
	MemberRate  float64 `name:"member-rate" help:"此后每秒可以发多少条；0 为不限。" default:"2" placeholder:"N"`

	MaxMessages    int `name:"max-messages" help:"同时处理多少条消息，再多的请学员过一会儿再发。" default:"2000" placeholder:"N"`
	MaxConnections int `name:"max-connections" help:"同时接受多少个连接，再多的要等。" default:"20000" placeholder:"N"`

	file fileSettings
}

// fileSettings are those that only dangshi.yaml can hold.
type fileSettings struct {
	Seasons  quiz.Seasons      `yaml:"seasons"`
	Weights  *quiz.Weights     `yaml:"weights"`
	Branches map[string]string `yaml:"branches"` // code → name
	Honours  quiz.Prizes       `yaml:"honours"`  // see prizes

	Units     bool            `yaml:"units"` // members may see how the branches stand
	Answers   []bot.Answer    `yaml:"answers"`
	Otherwise bot.Otherwise   `yaml:"otherwise"`
	Menu      []bot.MenuEntry `yaml:"menu"`
	Push      pushSettings    `yaml:"push"`
	Review    reviewSettings  `yaml:"review"`

	Certificate certificate.Wording `yaml:"certificate"`

	Simulator simulatorSettings `yaml:"simulator"`
}

// fields are where the keys of dangshi.yaml go that are no flags.
func (s *fileSettings) fields() map[string]any {
	return map[string]any{
		"seasons": &s.Seasons, "weights": &s.Weights, "branches": &s.Branches, "honours": &s.Honours,
		"units": &s.Units, "answers": &s.Answers, "otherwise": &s.Otherwise, "menu": &s.Menu, "push": &s.Push,
		"certificate": &s.Certificate, "review": &s.Review, "simulator": &s.Simulator,
	}
}

// reviewSettings say who may approve.
type reviewSettings struct {
	Signatures int `yaml:"signatures"` // different people who must sign; 0: one
}

// signatures is how many different people must sign before members get something.
func (s *Settings) signatures() int { return max(s.file.Review.Signatures, 1) }

// real reports whether a real account is served; otherwise it is the sandbox.
func (s *Settings) real() bool {
	return !s.Sandbox && s.WechatAppid != "" && s.WechatToken != ""
}

// token is the webhook's token.
func (s *Settings) token() string {
	if s.WechatToken != "" {
		return s.WechatToken
	}
	return "sandbox"
}

// verifyFiles is the folder of the files with which WeChat checks the domain.
func (s *Settings) verifyFiles() string {
	return cmp.Or(s.VerifyFiles, filepath.Join(s.Data, "verify"))
}

func (s *Settings) weights() quiz.Weights {
	if s.file.Weights != nil {
		return *s.file.Weights
	}
	return quiz.DefaultWeights
}

// wording is the organisation's file or the one that is shipped.
func (s *Settings) wording() (*bot.Wording, error) {
	if s.Wording == "" {
		return bot.DefaultWording()
	}
	data, err := os.ReadFile(s.Wording)
	if err != nil {
		return nil, usagef("读不到话术文件：%w", err)
	}
	w, err := bot.ParseWording(data)
	if err != nil {
		return nil, usagef("话术文件 %s：%w", s.Wording, err)
	}
	return w, nil
}

// maxDrain is longer than any balancer takes to notice, and short of what a service
// manager waits before it kills.
const maxDrain = time.Minute

// maxRedisWait is more replicas than a master of Redis ever has.
const maxRedisWait = 9

// check names every setting that can't be used.
func (s *Settings) check() error {
	var errs []error
	fault := func(flag, format string, args ...any) {
		errs = append(errs, fmt.Errorf("--%s（DANGSHI_%s）：%w", flag, envName(flag), fmt.Errorf(format, args...)))
	}
	if _, _, err := net.SplitHostPort(s.Addr); err != nil {
		fault("addr", "%q 不是监听地址，例如 :8080 或 127.0.0.1:8080", s.Addr)
	}
	if s.Drain < 0 || s.Drain > maxDrain {
		fault("drain", "应为 0s 到 %v，现在是 %v", maxDrain, s.Drain)
	}
	if s.Pprof != "" {
		if err := checkLoopback(s.Pprof); err != nil {
			fault("pprof", "%w", err)
		}
	}
	if s.BaseURL != "" && !httpURL(s.BaseURL) {
		fault("base-url", "%q 不是 http(s) 地址", s.BaseURL)
	}
	if _, err := parseProxies(s.TrustedProxies); err != nil {
		fault("trusted-proxies", "%w", err)
	}
	if s.WechatAPI != "" && !httpURL(s.WechatAPI) {
		fault("wechat-api", "%q 不是 http(s) 地址", s.WechatAPI)
	}
	if s.RedisURL != "" {
		if err := store.CheckURL(s.RedisURL); err != nil {
			fault("redis-url", "%w", err)
		}
	}
	if s.RedisWait < 0 || s.RedisWait > maxRedisWait {
		fault("redis-wait", "应为 0 到 %d，现在是 %d", maxRedisWait, s.RedisWait)
	}
	if s.RedisWait > 0 && s.RedisURL == "" {
		fault("redis-wait", "内置存储没有从节点，请设为 0，或设置 DANGSHI_REDIS_URL")
	}
	if s.WechatAeskey != "" && len(s.WechatAeskey) != 43 {
		fault("wechat-aeskey", "应为43个字符，现在是%d个", len(s.WechatAeskey))
	}
	if s.WechatAppid != "" && s.WechatToken == "" && !s.Sandbox {
		fault("wechat-token", "设了 AppID，还须设令牌（公众号后台“服务器配置”里的 Token）")
	}
	if !clockTime(s.PushAt) {
		fault("push-at", "%q 不是时间，例如 07:30", s.PushAt)
	}
	if s.BackupAt != "" && s.BackupAt != noBackups && !clockTime(s.BackupAt) {
		fault("backup-at", "%q 不是时间，例如 03:30；不要自动备份写 off", s.BackupAt)
	}
	if s.BackupKeep < 1 {
		fault("backup-keep", "应为 1 或更多，现在是 %d", s.BackupKeep)
	}
	if s.Questions < quiz.MinQuestions || s.Questions > quiz.MaxQuestions {
		fault("questions", "应为 %d 到 %d，现在是 %d", quiz.MinQuestions, quiz.MaxQuestions, s.Questions)
	}
	if s.MemberBurst < 1 || s.MemberBurst > 1_000_000 {
		fault("member-burst", "应为 1 到 1000000，现在是 %d", s.MemberBurst)
	}
	if r := s.MemberRate; r != 0 && !(r >= 0.01 && r <= 1_000_000) {
		fault("member-rate", "应为 0（不限）或 0.01 到 1000000，现在是 %v", r)
	}
	if s.MaxMessages < 1 || s.MaxMessages > 1_000_000 {
		fault("max-messages", "应为 1 到 1000000，现在是 %d", s.MaxMessages)
	}
	if s.MaxConnections < 1 || s.MaxConnections > 1_000_000 {
		fault("max-connections", "应为 1 到 1000000，现在是 %d", s.MaxConnections)
	}
	if err := s.file.Seasons.Check(); err != nil {
		errs = append(errs, fmt.Errorf("%s 的 seasons：%w", s.Config, err))
	}
	if err := s.weights().Check(); err != nil {
		errs = append(errs, fmt.Errorf("%s 的 weights：%w", s.Config, err))
	}
	if err := s.file.Certificate.Check(); err != nil {
		errs = append(errs, fmt.Errorf("%s 的 certificate：%w", s.Config, err))
	}
	if n := s.file.Review.Signatures; n < 0 || n > 2 {
		errs = append(errs, fmt.Errorf("%s 的 review：signatures 应为 1（一个人批准）或 2（两个不同的人签名），现在是 %d", s.Config, n))
	}
	if err := s.prizes().Check(); err != nil {
		errs = append(errs, fmt.Errorf("%s 的 honours：%w", s.Config, err))
	}
	errs = append(errs, s.branches()...)
	return errors.Join(append(errs, s.conversation()...)...)
}

// conversation checks what the organisation has added to the chat.
func (s *Settings) conversation() (errs []error) {
	fault := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf(s.Config+" 的 "+format, args...))
	}
	for i, a := range s.file.Answers {
		words := 0
		for _, w := range a.Words {
			if content.Normalise(w) != "" {
				words++
			}
		}
		if words == 0 {
			fault("answers：第%d条没有 words", i+1)
		} else if err := a.Check(); err != nil {
			fault("answers：第%d条（%s）%w", i+1, a.Words[0], err)
		}
	}
	switch s.file.Otherwise {
	case "", bot.HelpOnce, bot.Service, bot.Silence:
	default:
		fault("otherwise：%q 不是 help、service、silence 之一", string(s.file.Otherwise))
	}
	s.file.Push.check(fault, s.notices())
	s.file.Simulator.check(fault)
	if err := bot.CheckMenu(s.file.Menu, s.file.Answers); err != nil {
		fault("menu：%w", err)
	}
	return errs
}

// branches brings the codes of branches to the form in which messages are
// compared, and names each that would be taken for something else in the chat.
func (s *Settings) branches() (errs []error) {
	codes := make(map[string]string, len(s.file.Branches))
	for code, name := range s.file.Branches {
		plain, ok := content.BranchCode(code)
		_, twice := codes[plain]
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("%s 的 branches：编号 %q %s", s.Config, code, content.BranchCodeForm))
		case twice:
			errs = append(errs, fmt.Errorf("%s 的 branches：编号 %q 写了两次（不分大小写）", s.Config, code))
		case strings.TrimSpace(name) == "":
			errs = append(errs, fmt.Errorf("%s 的 branches：编号 %q 没有名称", s.Config, code))
		}
		codes[plain] = name
	}
	s.file.Branches = codes
	return errs
}

func httpURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// clockTime reports whether s is a time of day from 00:00 to 23:59.
func clockTime(s string) bool {
	var h, m int
	n, err := fmt.Sscanf(s, "%d:%d", &h, &m)
	return err == nil && n == 2 && fmt.Sprintf("%02d:%02d", h, m) == s && h >= 0 && h < 24 && m >= 0 && m < 60
}

func envName(flag string) string { return strings.ToUpper(strings.ReplaceAll(flag, "-", "_")) }
