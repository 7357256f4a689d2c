// Package peer is the other side of the webhook: a client that signs, encrypts
// and sends messages as WeChat's servers do, and reads the answers as they do. It is written
// against WeChat's documents and shares no code with the webhook.
package peer

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Account is the ToUserName of a message where its fields name none.
const Account = "gh_0123456789ab"

// Client sends messages to one webhook. Its zero value with Token and, to send, URL
// works in plain mode.
type Client struct {
	URL        string // of the webhook
	Token      string
	AppID      string           // in safe and compatible mode
	AESKey     string           // EncodingAESKey, 43 characters; empty: plain mode
	Compatible bool             // with AESKey: the plain fields are sent as well
	HTTP       *http.Client     // nil: one that waits 5 s, as WeChat does
	Now        func() time.Time // of timestamps and CreateTime; nil: time.Now
}

// Answer is what the webhook answered.
type Answer struct {
	Status  int
	Body    []byte // as it came
	Success bool   // "success" or nothing: WeChat shows nothing to the member

	To, From string   // as in the reply: To is the member
	Type     string   // MsgType: TypeText, TypeNews, TypeImage or TypeService
	Text     string   // Content, of TypeText
	News     *Article // of TypeNews
	Image    string   // media_id, of TypeImage
	Created  int64    // CreateTime, Unix seconds
}

// The types of reply that a bot may give here.
const (
	TypeText    = "text"
	TypeNews    = "news"
	TypeImage   = "image"
	TypeService = "transfer_customer_service" // the account's customer service takes the message over
)

// Article is the card of a news reply: WeChat takes one.
type Article struct {
	Title, Description string
	PicUrl, Url        string // addresses; PicUrl may be empty
}

// ErrAnswer means that WeChat would not take the answer: the member would read that the
// service is out of order.
var ErrAnswer = errors.New("peer: WeChat would not take this answer")

// Send sends a message of the given fields and reads the answer. ToUserName, CreateTime
// and, but for events, MsgId are filled in where they are missing. An answer with another status than 200 is
// no error.
func (c *Client) Send(ctx context.Context, f Fields) (Answer, error) {
	return c.SendXML(ctx, f.xml(c.now()))
}

// SendXML sends document as the message; in safe mode encrypted.
func (c *Client) SendXML(ctx context.Context, document []byte) (Answer, error) {
	req, err := c.Request(ctx, document)
	if err != nil {
		return Answer{}, err
	}
	status, body, err := c.do(req)
	if err != nil {
		return Answer{}, err
	}
	return c.Read(status, body)
}

// Verify asks the webhook to verify itself and returns what it echoed.
func (c *Client) Verify(ctx context.Context, echo string) (string, error) {
	q := c.query()
	q.Set("echostr", echo)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"?"+q.Encode(), nil)
	if err != nil {
		return "", err
	}
	status, body, err := c.do(req)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("peer: verification: status %d", status)
	}
	return string(body), err
}

// Request is the signed request that delivers document.
func (c *Client) Request(ctx context.Context, document []byte) (*http.Request, error) {
	q := c.query()
	body := document
	if c.AESKey != "" {
		encrypted, err := Encrypt(c.AESKey, c.AppID, document)
		if err != nil {
			return nil, err
		}
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", Sign(c.Token, q.Get("timestamp"), q.Get("nonce"), encrypted))
		body = c.envelope(document, encrypted)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+"?"+q.Encode(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "text/xml")
	return req, nil
}

func (c *Client) envelope(document []byte, encrypted string) []byte {
	element := "<Encrypt><![CDATA[" + encrypted + "]]></Encrypt></xml>"
	if c.Compatible {
		plain, ok := bytes.CutSuffix(bytes.TrimSpace(document), []byte("</xml>"))
		if ok {
			return append(bytes.Clone(plain), element...)
		}
	}
	return []byte("<xml><ToUserName><![CDATA[" + Account + "]]></ToUserName>" + element)
}

func (c *Client) query() url.Values {
	timestamp := strconv.FormatInt(c.now().Unix(), 10)
	nonce := rand.Text()
	return url.Values{
		"signature": {Sign(c.Token, timestamp, nonce)},
		"timestamp": {timestamp},
		"nonce":     {nonce},
	}
}

func (c *Client) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c *Client) do(req *http.Request) (status int, body []byte, err error) {
	client := c.HTTP
	if client == nil {
		client = &http.Client{Timeout: 5 * time.Second}
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("peer: %w", err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	if err != nil {
		return 0, nil, fmt.Errorf("peer: %w", err)
	}
	return resp.StatusCode, body, nil
}

// Read reads an answer as WeChat does. Its error is ErrAnswer where status is 200
// and WeChat would still not take the body.
func (c *Client) Read(status int, body []byte) (Answer, error) {
	a := Answer{Status: status, Body: body}
	if status != http.StatusOK {
		return a, nil
	}
	if len(body) == 0 || string(body) == "success" {
		a.Success = true
		return a, nil
	}
	if c.AESKey != "" {
		var err error
		if body, err = c.unseal(body); err != nil {
			return a, fmt.Errorf("%w: %w", ErrAnswer, err)
		}
	}
	var reply struct {
		XMLName                           xml.Name `xml:"xml"`
		ToUserName, FromUserName, MsgType string
		Content                           string
		CreateTime                        int64
		ArticleCount                      int
		Articles                          []Article `xml:"Articles>item"`
		Image                             string    `xml:"Image>MediaId"`
	}
	if err := xml.Unmarshal(body, &reply); err != nil {
		return a, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	a.To, a.From, a.Type = reply.ToUserName, reply.FromUserName, reply.MsgType
	a.Text, a.Created = reply.Content, reply.CreateTime
	switch {
	case a.To == "" || a.From == "" || a.Type == "" || a.Created == 0:
		return a, fmt.Errorf("%w: a field is missing", ErrAnswer)
	case len(a.Text) > 2048:
		return a, fmt.Errorf("%w: its text has %d bytes", ErrAnswer, len(a.Text))
	}
	switch a.Type {
	case TypeText, TypeService:
	case TypeImage:
		if a.Image = reply.Image; a.Image == "" {
			return a, fmt.Errorf("%w: it names no picture", ErrAnswer)
		}
	case TypeNews:
		if len(reply.Articles) != 1 || reply.ArticleCount != 1 {
			return a, fmt.Errorf("%w: it has %d articles and counts %d", ErrAnswer, len(reply.Articles), reply.ArticleCount)
		}
		a.News = &reply.Articles[0]
		if a.News.Title == "" || a.News.Url == "" {
			return a, fmt.Errorf("%w: its article lacks a title or an address", ErrAnswer)
		}
	default:
		return a, fmt.Errorf("%w: its type is unknown", ErrAnswer)
	}
	return a, nil
}

func (c *Client) unseal(body []byte) ([]byte, error) {
	var sealed struct {
		XMLName                                 xml.Name `xml:"xml"`
		Encrypt, MsgSignature, TimeStamp, Nonce string
	}
	if err := xml.Unmarshal(body, &sealed); err != nil {
		return nil, err
	}
	if sealed.MsgSignature != Sign(c.Token, sealed.TimeStamp, sealed.Nonce, sealed.Encrypt) {
		return nil, errors.New("its signature does not hold")
	}
	return Decrypt(c.AESKey, c.AppID, sealed.Encrypt)
}
