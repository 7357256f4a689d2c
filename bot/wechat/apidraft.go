package wechat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/officialaccount/draft"
)

// Article is what AddDraft puts into the account's drafts.
type Article struct {
	Title        string // 1 to 32 characters
	Author       string // at most 16 characters; may be empty
	Digest       string // at most 120 characters; empty: WeChat takes the beginning of Content
	Content      string // HTML, fewer than 20,000 characters; WeChat drops scripts and pictures from elsewhere
	SourceURL    string // of 阅读原文, at most 1 KB; may be empty
	CoverMediaID string // of UploadImage
}

// The bounds of an article, in characters. The documents allow a digest of 128; 120 is what
// was seen to be taken.
// https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add
const (
	maxAuthor  = 16
	maxContent = 20_000 - 1
)

func (x Article) check() error {
	var errs []error
	for _, field := range []struct {
		name     string
		value    string
		min, max int
	}{
		{"标题", x.Title, 1, maxTitle},
		{"作者", x.Author, 0, maxAuthor},
		{"摘要", x.Digest, 0, maxDigest},
		{"正文", x.Content, 1, maxContent},
	} {
		if n := utf8.RuneCountInString(field.value); n < field.min || n > field.max {
			errs = append(errs, fmt.Errorf("草稿的%s应有 %d 到 %d 个字，现在有 %d 个", field.name, field.min, field.max, n))
		}
	}
	if x.SourceURL != "" && !webAddress(x.SourceURL) {
		errs = append(errs, errors.New("草稿的“阅读原文”应是 1 KB 以内的网页地址"))
	}
	if x.CoverMediaID == "" {
		errs = append(errs, errors.New("草稿缺少封面，请先上传封面图片"))
	}
	return errors.Join(errs...)
}

// AddDraft puts an article into the account's drafts, where editors see and send it, and
// returns its id. Made again after ErrAmbiguous it may be there twice.
func (a *API) AddDraft(ctx context.Context, x Article) (mediaID string, err error) {
	x.Title, x.Author, x.Digest, x.Content = oneLine(sendable(x.Title)), oneLine(sendable(x.Author)), sendable(x.Digest), sendable(x.Content)
	if err := x.check(); err != nil {
		return "", err
	}
	body, err := encodeJSON(map[string][]draft.Article{"articles": {{
		Title: x.Title, Author: x.Author, Digest: x.Digest, Content: x.Content, ContentSourceURL: x.SourceURL, ThumbMediaID: x.CoverMediaID,
	}}})
	if err != nil {
		return "", err
	}
	return a.media(ctx, request{path: "/cgi-bin/draft/add", body: body})
}

// maxImage is the bound of a picture, in bytes.
const maxImage = 10 << 20

// imageSuffix has the kinds of pictures that WeChat keeps, and the suffix by which it knows them.
var imageSuffix = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/bmp": ".bmp"}

// UploadImage keeps a picture (JPEG, PNG, GIF or BMP of at most 10 MB) in the account's
// material, for good, and returns its id. An account can keep 100,000.
func (a *API) UploadImage(ctx context.Context, name string, data []byte) (mediaID string, err error) {
	return a.upload(ctx, "/cgi-bin/material/add_material", name, data, "JPG、PNG、GIF 或 BMP", imageSuffix)
}

// temporarySuffix are the kinds of pictures that WeChat keeps for a while.
var temporarySuffix = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif"}

// UploadTemporary keeps a picture (JPEG, PNG or GIF of at most 10 MB) for three days and returns
// its id, with which replies show it.
// https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia
func (a *API) UploadTemporary(ctx context.Context, name string, data []byte) (mediaID string, err error) {
	return a.upload(ctx, "/cgi-bin/media/upload", name, data, "JPG、PNG 或 GIF", temporarySuffix)
}

// upload brings a picture to one of WeChat's shelves, which takes pictures of some kinds.
func (a *API) upload(ctx context.Context, path, name string, data []byte, kinds string, suffixes map[string]string) (mediaID string, err error) {
	if len(data) == 0 || len(data) > maxImage {
		return "", fmt.Errorf("图片应在 10 MB 以内且不为空，现在有 %d 个字节", len(data))
	}
	kind := http.DetectContentType(data)
	suffix, ok := suffixes[kind]
	if !ok {
		return "", fmt.Errorf("图片格式不受支持，请使用 %s", kinds)
	}
	body, contentType, err := pictureForm(name, suffix, kind, data)
	if err != nil {
		return "", fmt.Errorf("wechat: %w", err)
	}
	return a.media(ctx, request{path: path, query: url.Values{"type": {"image"}}, body: body, contentType: contentType})
}

// pictureForm is a form with one picture. WeChat goes by the suffix, which a name may lack or
// lie about.
func pictureForm(name, suffix, kind string, data []byte) (body []byte, contentType string, err error) {
	name = oneLine(path.Base(strings.ReplaceAll(name, `\`, "/")))
	name = strings.TrimSuffix(name, path.Ext(name)) + suffix
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("media", name)},
		"Content-Type":        {kind},
	})
	if err == nil {
		_, err = part.Write(data)
	}
	err = errors.Join(err, form.Close())
	return out.Bytes(), form.FormDataContentType(), err
}

// media makes a call that answers with the id of what it made.
func (a *API) media(ctx context.Context, r request) (mediaID string, err error) {
	var answer struct {
		MediaID string `json:"media_id"`
	}
	r.answer, r.complete = &answer, func() bool { return answer.MediaID != "" }
	if err := a.call(ctx, r); err != nil {
		return "", err
	}
	return answer.MediaID, nil
}
