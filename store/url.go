package store

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// address is what a Redis URL says.
type address struct {
	hosts    []string // host:port; one, unless cluster
	user     string
	password string
	db       int
	cluster  bool
	tls      bool
}

const defaultPort = "6379"

// badURL says what is wrong with an address, for the operator.
func badURL(problem string) error { return errors.New("Redis 地址不对：" + problem) }

// CheckURL says what is wrong with the address of a Redis; see parseURL.
func CheckURL(raw string) error {
	_, err := parseURL(raw)
	return err
}

// parseURL reads
//
//	redis://[user:password@]host[:port][/db]
//	redis://[user:password@]host1[:port],host2[:port],…/?cluster=true
//
// or the same with rediss:// for TLS. It is read by hand, since net/url refuses
// several hosts with ports and puts the password into its errors; ours name
// neither user nor password. An unescaped @, / or : in the password is
// understood, only % must be written as %25.
func parseURL(raw string) (address, error) {
	var a address
	rest, ok := strings.CutPrefix(raw, "redis://")
	if !ok {
		if rest, ok = strings.CutPrefix(raw, "rediss://"); !ok {
			return address{}, badURL("要以 redis:// 或 rediss:// 开头")
		}
		a.tls = true
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		if err := a.readUser(rest[:at]); err != nil {
			return address{}, err
		}
		rest = rest[at+1:]
	}
	rest, query, _ := strings.Cut(rest, "?")
	hosts, path, _ := strings.Cut(rest, "/")
	if err := a.readQuery(query); err != nil {
		return address{}, err
	}
	if err := a.readHosts(hosts); err != nil {
		return address{}, err
	}
	return a, a.readDB(path)
}

// shards is into how many shards data are parted there.
func (a address) shards() int {
	if a.cluster {
		return ClusterShards
	}
	return 1
}

func (a *address) readUser(info string) error {
	user, password, both := strings.Cut(info, ":")
	if !both {
		return badURL("@ 前面要写成“用户名:密码”，没有用户名时写成“:密码”")
	}
	var err1, err2 error
	a.user, err1 = url.PathUnescape(user)
	a.password, err2 = url.PathUnescape(password)
	if err1 != nil || err2 != nil { // the errors hold a piece of the password
		return badURL("用户名或密码里的 % 要写成 %25")
	}
	return nil
}

func (a *address) readQuery(query string) error {
	for pair := range strings.SplitSeq(query, "&") {
		switch pair {
		case "", "cluster=false":
		case "cluster=true":
			a.cluster = true
		default:
			return badURL("? 后面只能是 cluster=true")
		}
	}
	return nil
}

func (a *address) readHosts(hosts string) error {
	for host := range strings.SplitSeq(hosts, ",") {
		h, err := readHost(host)
		if err != nil {
			return err
		}
		a.hosts = append(a.hosts, h)
	}
	if len(a.hosts) > 1 && !a.cluster {
		return badURL("写了多台主机，集群请在最后加上 /?cluster=true")
	}
	return nil
}

func readHost(s string) (string, error) {
	host, port := s, defaultPort
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		host, port = s[:i], s[i+1:]
	}
	if inner, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(inner, "]") {
		host = strings.TrimSuffix(inner, "]")
		if net.ParseIP(host) == nil {
			return "", badURL("方括号里要是一个 IPv6 地址")
		}
	} else if strings.ContainsAny(host, ":[]") {
		return "", badURL("主机写法不对，IPv6 地址要放在方括号里，例如 [::1]:6379")
	}
	if host == "" || strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' || r == '#' || r == '%' }) {
		return "", badURL("缺少主机名，或者主机名里有不能用的字符")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", badURL("端口要是 1 到 65535 的数字")
	}
	return net.JoinHostPort(host, port), nil
}

func (a *address) readDB(path string) error {
	if path == "" {
		return nil
	}
	db, err := strconv.ParseUint(path, 10, 16)
	if err != nil {
		return badURL("/ 后面要是数据库的编号，例如 /0")
	}
	if a.cluster && db != 0 {
		return badURL("集群只有 0 号数据库，/ 后面请不要写别的编号")
	}
	a.db = int(db)
	return nil
}
