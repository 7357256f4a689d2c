package sandbox

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/bot/wechat/peer"
)

// How WeChat delivers.
const (
	deliveries   = 3
	deliveryTime = 5 * time.Second
	maxReply     = 1 << 20 // bytes of an answer that are read
)

var errNotDelivered = errors.New("the webhook did not take the message")

// newWire talks to the webhook itself, whatever proxy the environment names.
func newWire() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil
	return t
}

// Deliver posts an event of WeChat to the webhook: its elements by name, an inner
// one by the way to it, as in fakeapi.Event. CreateTime is the sandbox's time and
// the sender WeChat's own account where fields name none.
func (p *Phone) Deliver(ctx context.Context, fields map[string]string) error {
	e := fakeapi.Event{OpenID: "mphelper", Fields: fields}
	if from := fields["FromUserName"]; from != "" {
		e.OpenID = from
	}
	document := e.XML(peer.Account, p.cfg.Clock.Now())
	_, err := p.deliver(ctx, message{
		from: e.OpenID, what: "event " + fields["Event"],
		send: func(ctx context.Context, c *peer.Client) (peer.Answer, error) {
			return c.SendXML(ctx, document)
		},
	})
	return err
}

// message is what WeChat posts, the same in each delivery.
type message struct {
	from string // openid
	what string // its type, for the technician
	send func(context.Context, *peer.Client) (peer.Answer, error)
}

func messageOf(f peer.Fields) message {
	return message{f["FromUserName"], strings.TrimSpace(f["MsgType"] + " " + f["Event"]),
		func(ctx context.Context, c *peer.Client) (peer.Answer, error) { return c.Send(ctx, f) }}
}

// deliver posts a message until it is answered, at most three times, and gives
// the entry of the reply; its Kind is empty where the account says nothing.
func (p *Phone) deliver(ctx context.Context, m message) (entry, error) {
	x := exchange{At: p.cfg.Clock.Now().UnixMilli(), From: m.from, What: m.what}
	defer func() { p.trace.add(x) }()
	for range deliveries {
		d := &delivery{Wall: time.Now().UnixMilli()}
		reply, err := p.attempt(ctx, m, d)
		p.open(d)
		if err != nil {
			d.Error = why(err)
		}
		x.Deliveries = append(x.Deliveries, d)
		switch {
		case err == nil:
			return reply, nil
		case errors.Is(err, peer.ErrAnswer): // an answer, if a wrong one: not asked again
			p.log.WarnContext(ctx, "sandbox: WeChat would not take the webhook's answer", "kind", m.what)
			return entry{}, err
		case ctx.Err() != nil:
			return entry{}, ctx.Err()
		}
	}
	p.log.WarnContext(ctx, "sandbox: the webhook did not answer", "kind", m.what, "deliveries", deliveries)
	return entry{}, errNotDelivered
}

// why says to the technician what was wrong with a delivery.
func why(err error) string {
	var wire net.Error
	switch {
	case errors.Is(err, peer.ErrAnswer):
		return "微信不会接受这个答复：" + strings.TrimPrefix(err.Error(), peer.ErrAnswer.Error()+": ")
	case errors.Is(err, errNotDelivered):
		return "状态码不是 200，微信会再投递"
	case errors.As(err, &wire) && wire.Timeout():
		return "没有及时答复，微信会再投递"
	}
	return "没有连上，或连接中途断开，微信会再投递"
}

// attempt is one delivery. The signature's time is the wall's, which the webhook
// compares.
func (p *Phone) attempt(ctx context.Context, m message, d *delivery) (entry, error) {
	client := &peer.Client{
		URL: p.cfg.Webhook, Token: p.cfg.Token, AppID: p.cfg.AppID, AESKey: p.cfg.AESKey,
		HTTP: &http.Client{
			Timeout:       p.patience,
			Transport:     &recorder{wire: p.wire, into: d},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	a, err := m.send(ctx, client)
	switch {
	case err != nil:
		return entry{}, err
	case a.Status != http.StatusOK:
		return entry{}, fmt.Errorf("%w: status %d", errNotDelivered, a.Status)
	case a.Success:
		return entry{}, nil
	case a.To != m.from:
		return entry{}, fmt.Errorf("%w: it is for somebody else", peer.ErrAnswer)
	}
	plain, err := p.plain(a.Body)
	if err != nil {
		return entry{}, fmt.Errorf("%w: %w", peer.ErrAnswer, err)
	}
	return readReply(plain)
}

// plain opens a body in safe mode.
func (p *Phone) plain(body []byte) ([]byte, error) {
	if p.cfg.AESKey == "" {
		return body, nil
	}
	var sealed struct {
		XMLName xml.Name `xml:"xml"`
		Encrypt string
	}
	if err := xml.Unmarshal(body, &sealed); err != nil {
		return nil, err
	}
	return peer.Decrypt(p.cfg.AESKey, p.cfg.AppID, sealed.Encrypt)
}

// readReply makes the entry of a reply's XML. A kind that the phone cannot show
// is named.
func readReply(document []byte) (entry, error) {
	var reply struct {
		XMLName  xml.Name `xml:"xml"`
		MsgType  string
		Content  string
		Image    string `xml:"Image>MediaId"`
		Articles struct {
			Item []struct{ Title, Description, Url string } `xml:"item"`
		}
	}
	if err := xml.Unmarshal(document, &reply); err != nil {
		return entry{}, fmt.Errorf("%w: %w", peer.ErrAnswer, err)
	}
	e := entry{Side: fromAccount, Kind: "text", Text: reply.Content}
	switch reply.MsgType {
	case "text":
		if e.Text == "" {
			return entry{}, fmt.Errorf("%w: it has no words", peer.ErrAnswer)
		}
	case "news":
		e.Kind = "news"
		if len(reply.Articles.Item) != 1 { // a passive reply has one
			return entry{}, fmt.Errorf("%w: it has %d articles", peer.ErrAnswer, len(reply.Articles.Item))
		}
		for _, a := range reply.Articles.Item {
			e.Articles = append(e.Articles, article{Title: a.Title, Description: a.Description, URL: webURL(a.Url)})
		}
	case "image":
		if reply.Image == "" {
			return entry{}, fmt.Errorf("%w: it names no picture", peer.ErrAnswer)
		}
		return entry{Side: fromAccount, Kind: "image", Media: reply.Image}, nil
	case "transfer_customer_service":
		return entry{Side: fromWeChat, Kind: "line", Text: "已转给人工客服"}, nil
	default:
		return entry{Side: fromWeChat, Kind: "line", Text: "收到一条“" + reply.MsgType + "”消息，沙盒不能显示"}, nil
	}
	return e, nil
}

// recorder writes down what goes over the wire.
type recorder struct {
	wire http.RoundTripper
	into *delivery
}

// RoundTrip sends the request and reads the answer whole.
func (c *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.GetBody != nil {
		if body, err := r.GetBody(); err == nil {
			sent, _ := io.ReadAll(body) // it lies in memory
			c.into.Request = string(sent)
		}
	}
	c.into.Method, c.into.URL = r.Method, r.URL.String()
	c.into.Header = headerLines(r.Header, "Host: "+r.URL.Host, "Content-Length: "+strconv.FormatInt(r.ContentLength, 10))
	resp, err := c.wire.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return nil, err
	}
	c.into.Status, c.into.Reply = resp.StatusCode, string(body)
	c.into.ReplyHeader = headerLines(resp.Header)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
