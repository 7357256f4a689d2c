package setup

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"dangshi/bot/wechat/peer"
)

// ServerError is what stands between WeChat and the server address.
type ServerError struct {
	Reached bool   // something answered; else it may be this machine that cannot reach its own address
	Why     string // and what to do
}

func (e *ServerError) Error() string { return e.Why }

// NewVisitor is a client that looks at the public address as WeChat does: it waits
// no longer than patience and follows no redirection.
func NewVisitor(patience time.Duration) *http.Client {
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// CheckServer asks the webhook under a public address to verify itself, signed with
// the token, as WeChat does when the server address is submitted. Its error is a
// *ServerError, or ctx's.
func CheckServer(ctx context.Context, visitor *http.Client, base, token string, now time.Time) error {
	timestamp, nonce, echo := strconv.FormatInt(now.Unix(), 10), rand.Text(), rand.Text()
	q := url.Values{"signature": {peer.Sign(token, timestamp, nonce)}, "timestamp": {timestamp}, "nonce": {nonce}, "echostr": {echo}}
	found, err := visit(ctx, visitor, strings.TrimRight(base, "/")+"/wechat?"+q.Encode())
	switch {
	case err != nil:
		return err
	case found.status == http.StatusOK && found.body == echo:
		return nil
	case found.status == http.StatusForbidden:
		return &ServerError{true, "签名不被接受（403）：正在运行的 serve 用的令牌和这里的 DANGSHI_WECHAT_TOKEN 不一样，或服务器的时间差了 10 分钟以上"}
	}
	return answered(found.status, "/wechat")
}

// CheckPage looks whether a page under a public address can be opened, or leads to
// one below it. Errors as of CheckServer.
func CheckPage(ctx context.Context, visitor *http.Client, base, path string) error {
	found, err := visit(ctx, visitor, strings.TrimRight(base, "/")+path)
	if err != nil || found.status == http.StatusOK || found.status == http.StatusFound && strings.HasPrefix(found.location, path) {
		return err
	}
	return answered(found.status, path)
}

// answered says what an answer means that serve would not give.
func answered(status int, path string) error {
	var why string
	switch {
	case status == http.StatusNotFound:
		why = fmt.Sprintf("返回 404：反向代理没有把 %s 转到 serve", path)
	case status == http.StatusBadGateway, status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout:
		why = fmt.Sprintf("返回 %d：serve 没有运行，或反向代理转错了端口", status)
	case status >= 300 && status < 400:
		why = fmt.Sprintf("返回 %d，转到了别的地址，微信不会跟过去；请直接写最后的地址（多半是 https）", status)
	case status == http.StatusOK:
		why = "有回答，却不是 serve 的：反向代理转到了别的程序，或在前面加了验证、页面"
	default:
		why = fmt.Sprintf("返回 %d，不是 serve 的回答；请看反向代理的设置", status)
	}
	return &ServerError{true, why}
}

// maxVisit bounds what is read of a page, in bytes.
const maxVisit = 1 << 20

// found is what somebody got who looked at an address.
type found struct {
	status         int
	body, location string
}

func visit(ctx context.Context, visitor *http.Client, address string) (found, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return found{}, &ServerError{false, "地址写得不对"}
	}
	resp, err := visitor.Do(req)
	if err == nil {
		defer resp.Body.Close()
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(resp.Body, maxVisit)); err == nil {
			return found{resp.StatusCode, string(text), resp.Header.Get("Location")}, nil
		}
	}
	if ctx.Err() != nil {
		return found{}, ctx.Err()
	}
	return found{}, &ServerError{false, unreachable(err)}
}

// unreachable says why nothing answers. It quotes no address, which holds a
// signature.
func unreachable(err error) string {
	var name *net.DNSError
	var invalid *tls.CertificateVerificationError
	var stranger x509.UnknownAuthorityError
	var timeout net.Error
	switch {
	case errors.As(err, &name):
		return "域名解析不到：请看域名是否写对、解析是否已生效"
	case errors.As(err, &invalid), errors.As(err, &stranger):
		return "https 证书不被信任：请看证书是否过期、是否属于这个域名、证书链是否完整"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "没有等到回答：请看防火墙和安全组是否放开了 80、443 端口；有的网络从本机访问不到自己的公网地址，可以用手机打开试试"
	}
	return "连不上：请看 serve 和反向代理是否在运行、端口是否放开；有的网络从本机访问不到自己的公网地址，可以用手机打开试试"
}
