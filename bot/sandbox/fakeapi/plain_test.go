package fakeapi_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
)

// plainClient calls the API as WeChat's documents say, with net/http and nothing else. It gets a
// token when it has none or the API says that it is of no use, as they recommend.
type plainClient struct {
	base, token string
	http        *http.Client
	called      map[string]bool // paths
}

func newPlainClient(t *testing.T, w *world) *plainClient {
	t.Helper()
	return &plainClient{base: w.server.URL + prefix, http: w.server.Client(), called: map[string]bool{}}
}

// call makes a call; one that does not name its token gets the client's.
func (c *plainClient) call(t *testing.T, method, target, body string) answer {
	t.Helper()
	return c.send(t, method, target, "application/json", []byte(body))
}

func (c *plainClient) upload(t *testing.T, target, name string, data []byte) answer {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="media"; filename="` + name + `"`}, "Content-Type": {"application/octet-stream"},
	})
	no(t, err)
	_, _ = part.Write(data) // a buffer takes all
	no(t, form.Close())
	return c.send(t, "POST", target, form.FormDataContentType(), b.Bytes())
}

func (c *plainClient) send(t *testing.T, method, target, contentType string, body []byte) answer {
	t.Helper()
	path, query, _ := strings.Cut(target, "?")
	c.called[path] = true
	if strings.Contains(query, "access_token=") || strings.Contains(query, "secret=") || path == "/cgi-bin/stable_token" {
		return c.do(t, method, target, contentType, body)
	}
	for try := 0; ; try++ {
		if c.token == "" {
			c.token = c.newToken(t)
		}
		glue := "?"
		if query != "" {
			glue = "&"
		}
		a := c.do(t, method, target+glue+"access_token="+url.QueryEscape(c.token), contentType, body)
		if code := a.code(); try > 0 || code != 40001 && code != 42001 {
			return a
		}
		c.token = ""
	}
}

func (c *plainClient) newToken(t *testing.T) string {
	t.Helper()
	a := c.do(t, "POST", "/cgi-bin/stable_token", "application/json",
		[]byte(`{"grant_type":"client_credential","appid":"`+appID+`","secret":"`+secret+`"}`))
	if a.text("access_token") == "" {
		t.Fatalf("no token: %s", a.body)
	}
	return a.text("access_token")
}

func (c *plainClient) do(t *testing.T, method, target, contentType string, body []byte) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.base+target, bytes.NewReader(body))
	no(t, err)
	if len(body) > 0 {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := c.http.Do(req)
	no(t, err)
	a, err := answered(res)
	no(t, err)
	return a
}
