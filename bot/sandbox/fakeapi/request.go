package fakeapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxJSON   = 10 << 20 // bytes of a body: eight articles of 1 MB each
	maxUpload = 12 << 20 // bytes of an upload: 10 MB and what is around them
)

// call is one request as the handlers see it.
type call struct {
	ctx         context.Context
	method      string
	path        string
	query       url.Values
	now         time.Time
	contentType string
	body        []byte
	upload      *upload // of a route that takes a file
	events      []Event // caused by the call, for Config.Event
}

// upload is a file that was sent as multipart/form-data.
type upload struct {
	name        string
	data        []byte
	description []byte // JSON that comes with a video
}

// read reads the body within its limit.
func (c *call) read(w http.ResponseWriter, r *http.Request, rt route) error {
	switch {
	case rt.post && r.Method != http.MethodPost:
		drain(r)
		return refuse(codeNeedPost)
	case !rt.post && r.Method != http.MethodGet && r.Method != http.MethodPost:
		// WeChat's clients send either: the documents say GET, not a word of what else is taken.
		drain(r)
		return refuse(codeNeedGet)
	}
	limit := int64(maxJSON)
	if rt.upload {
		limit = maxUpload
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		var over *http.MaxBytesError
		if errors.As(err, &over) {
			return tooLarge
		}
		return refuse(codeBodyEmpty) // it broke off: nobody reads the answer
	}
	c.body, c.contentType = body, r.Header.Get("Content-Type")
	return nil
}

// readUpload takes the first file of a form for the media, whatever its field is called, as
// WeChat does; a description may be a field or a file.
func readUpload(contentType string, body []byte) (*upload, error) {
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || parameters["boundary"] == "" {
		return nil, refuse(codeMediaMissing)
	}
	form := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
	var u *upload
	var description []byte
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refuse(codeMediaMissing)
		}
		data, err := io.ReadAll(part)
		switch {
		case err != nil:
			return nil, refuse(codeMediaMissing)
		case part.FormName() == "description":
			description = data
		case u == nil && part.FileName() != "":
			u = &upload{name: part.FileName(), data: data}
		}
	}
	if u == nil {
		return nil, refuse(codeMediaMissing)
	}
	if len(u.data) == 0 {
		return nil, refuse(codeMediaEmpty)
	}
	u.description = description
	return u, nil
}

// decode reads the body's JSON into v.
func (c *call) decode(v any) error {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return refuse(codeBodyEmpty)
	}
	if !utf8.Valid(c.body) || json.Unmarshal(c.body, v) != nil {
		return refuse(codeFormat)
	}
	return nil
}

// number takes a number written as such or as a string: WeChat's documents write ids both ways.
type number int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	switch s {
	case "", "null", "false":
		*n = 0
		return nil
	case "true":
		*n = 1
		return nil
	}
	v, err := strconv.ParseInt(s, 10, 64)
	*n = number(v)
	return err
}

// text takes a string, or a number written as such: the ids of a msgmenu come both ways.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9') {
		*t = text(b)
		return nil
	}
	return json.Unmarshal(b, (*string)(t))
}

// flag takes true, false, 1, 0 and their strings.
type flag bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *flag) UnmarshalJSON(b []byte) error {
	var n number
	if err := n.UnmarshalJSON(b); err != nil {
		return err
	}
	*f = n != 0
	return nil
}
