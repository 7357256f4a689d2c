package fakeapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"dangshi/quiz"
)

// mediaLife is how long temporary media live.
const mediaLife = 3 * 24 * time.Hour

// mediaIndex lists what was uploaded. The files are documents of their own, by their hash: what
// is uploaded again takes no more room.
type mediaIndex struct {
	Files []mediaFile `json:"files"`
}

type mediaFile struct {
	ID          string    `json:"media_id"`
	Type        string    `json:"type"` // image, voice, video, thumb
	Format      string    `json:"format"`
	Name        string    `json:"name,omitempty"` // of permanent material
	Hash        string    `json:"hash"`
	Created     time.Time `json:"created"`
	Permanent   bool      `json:"permanent,omitempty"`
	Title       string    `json:"title,omitempty"` // of a video
	Description string    `json:"description,omitempty"`
}

const mediaName = "media"

func blobName(hash string) string { return "file-" + hash }

// url is where a picture is shown. It belongs to WeChat: nothing is served there.
func (m *mediaFile) url() string {
	return "http://mmbiz.qpic.cn/mmbiz_" + m.Format + "/" + m.Hash[:32] + "/0?wx_fmt=" + m.Format
}

// find is the file of that id unless it has expired; else nil.
func (x *mediaIndex) find(id string, now time.Time) *mediaFile {
	i := slices.IndexFunc(x.Files, func(m mediaFile) bool { return m.ID == id })
	if i < 0 || x.Files[i].expired(now) {
		return nil
	}
	return &x.Files[i]
}

func (m *mediaFile) expired(now time.Time) bool {
	return !m.Permanent && now.Sub(m.Created) >= mediaLife
}

func (a *API) files(ctx context.Context) (*mediaIndex, error) {
	return read[mediaIndex](ctx, &a.docs, mediaName)
}

// mediaKind is a type of media with its limits:
// developers.weixin.qq.com/doc/service/api/material.
type mediaKind struct {
	max     int // bytes
	size    int // errcode of one that is larger
	formats []string
}

var (
	temporaryKinds = map[string]mediaKind{
		"image": {10 << 20, codeImageSize, []string{"png", "jpeg", "gif"}},
		"voice": {2 << 20, codeVoiceSize, []string{"amr", "mp3"}},
		"video": {10 << 20, codeVideoSize, []string{"mp4"}},
		"thumb": {64 << 10, codeThumbSize, []string{"jpeg"}},
	}
	permanentKinds = map[string]mediaKind{
		"image": {10 << 20, codeImageSize, []string{"bmp", "png", "jpeg", "gif"}},
		"voice": {2 << 20, codeVoiceSize, []string{"mp3", "wma", "wav", "amr"}},
		"video": {10 << 20, codeVideoSize, []string{"mp4"}},
		"thumb": {64 << 10, codeThumbSize, []string{"jpeg"}},
	}
	articleImage = mediaKind{1 << 20, codeImageSize, []string{"jpeg", "png"}}
)

// format tells from its first bytes what a file is; "" where it is none of WeChat's.
func format(data []byte) string {
	has := func(at int, magic string) bool { return len(data) >= at && bytes.HasPrefix(data[at:], []byte(magic)) }
	switch {
	case has(0, "\x89PNG\r\n\x1a\n"):
		return "png"
	case has(0, "\xff\xd8\xff"):
		return "jpeg"
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return "gif"
	case has(0, "BM"):
		return "bmp"
	case has(0, "#!AMR"):
		return "amr"
	case has(0, "ID3"), len(data) > 1 && data[0] == 0xff && data[1]&0xe0 == 0xe0:
		return "mp3"
	case has(0, "RIFF") && has(8, "WAVE"):
		return "wav"
	case has(0, "\x30\x26\xb2\x75"):
		return "wma"
	case has(4, "ftyp"):
		return "mp4"
	}
	return ""
}

func (k mediaKind) check(data []byte) (string, error) {
	f := format(data)
	switch {
	case !slices.Contains(k.formats, f):
		return "", refuse(codeFileType)
	case len(data) > k.max:
		return "", refuse(k.size)
	}
	return f, nil
}

// keep stores a file and lists it. Temporary ones that have expired are forgotten.
func (a *API) keep(c *call, m mediaFile, data []byte) error {
	sum := sha256.Sum256(data)
	m.Hash = hex.EncodeToString(sum[:])
	if err := a.setBlob(c.ctx, m.Hash, data); err != nil {
		return err
	}
	var gone []mediaFile
	err := change(c.ctx, &a.docs, mediaName, func(x *mediaIndex) error {
		gone = nil
		x.Files = append(x.Files, m)
		x.Files = slices.DeleteFunc(x.Files, func(old mediaFile) bool {
			if old.expired(c.now) {
				gone = append(gone, old)
			}
			return old.expired(c.now)
		})
		gone = slices.DeleteFunc(gone, func(old mediaFile) bool { return x.has(old.Hash) })
		return nil
	})
	for _, old := range gone {
		a.emptyBlob(c.ctx, old.Hash)
	}
	return err
}

func (x *mediaIndex) has(hash string) bool {
	return slices.ContainsFunc(x.Files, func(m mediaFile) bool { return m.Hash == hash })
}

// setBlob stores bytes under their hash: whoever is faster stores the same.
func (a *API) setBlob(ctx context.Context, hash string, data []byte) error {
	for range attempts {
		old, version, err := a.cfg.Store.Load(ctx, blobName(hash))
		if err != nil || bytes.Equal(old, data) {
			return err
		}
		_, err = a.cfg.Store.Save(ctx, blobName(hash), data, version)
		if err == nil || !errors.Is(err, quiz.ErrConflict) && !errors.Is(err, quiz.ErrUnknown) {
			return err
		}
	}
	return fmt.Errorf("fakeapi: a file: %w", quiz.ErrConflict)
}

// emptyBlob frees the room of a file to which no media_id leads any more. That it fails harms
// nobody.
func (a *API) emptyBlob(ctx context.Context, hash string) {
	if err := a.setBlob(ctx, hash, nil); err != nil {
		a.cfg.Logger.Warn("微信模拟接口：已删除的素材仍占着空间", "error", err)
	}
}

// mediaUpload is POST /cgi-bin/media/upload.
func (a *API) mediaUpload(c *call) (any, error) {
	kind := c.query.Get("type")
	limits, known := temporaryKinds[kind]
	if !known {
		return nil, refuse(codeMediaType)
	}
	f, err := limits.check(c.upload.data)
	if err != nil {
		return nil, err
	}
	m := mediaFile{ID: newID(64), Type: kind, Format: f, Created: c.now}
	if err := a.keep(c, m, c.upload.data); err != nil {
		return nil, err
	}
	id := "media_id"
	if kind == "thumb" {
		id = "thumb_media_id"
	}
	return object{"type": kind, id: m.ID, "created_at": c.now.Unix(), "item": []object{}}, nil
}

// mediaImage is POST /cgi-bin/media/uploadimg: a picture within an article, no material.
func (a *API) mediaImage(c *call) (any, error) {
	f, err := articleImage.check(c.upload.data)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(c.upload.data)
	m := mediaFile{Format: f, Hash: hex.EncodeToString(sum[:])}
	return ok().with(object{"url": m.url()}), nil
}

// mediaGet is GET /cgi-bin/media/get. Permanent material is not to be had here.
func (a *API) mediaGet(c *call) (any, error) {
	files, err := a.files(c.ctx)
	if err != nil {
		return nil, err
	}
	m := files.find(c.query.Get("media_id"), c.now)
	if m == nil || m.Permanent {
		return nil, refuse(codeMediaID)
	}
	if m.Type == "video" {
		return object{"video_url": "http://203.205.158.83/" + m.Hash}, nil
	}
	return a.file(c.ctx, m)
}

// file is the answer that has a file's bytes.
func (a *API) file(ctx context.Context, m *mediaFile) (any, error) {
	data, _, err := a.cfg.Store.Load(ctx, blobName(m.Hash))
	if err != nil {
		return nil, err
	}
	return file{contentType: contentType(m.Format, data), name: m.ID + "." + extension(m.Format), data: data}, nil
}

// Picture is a picture that was uploaded, with its content type; ok is false where
// there is none, or none any more.
func (a *API) Picture(ctx context.Context, mediaID string) (data []byte, kind string, ok bool, err error) {
	files, err := a.files(ctx)
	if err != nil {
		return nil, "", false, err
	}
	m := files.find(mediaID, a.cfg.Now())
	if m == nil || m.Type != "image" {
		return nil, "", false, nil
	}
	data, _, err = a.cfg.Store.Load(ctx, blobName(m.Hash))
	return data, contentType(m.Format, data), err == nil, err
}

func contentType(f string, data []byte) string {
	if f == "amr" {
		return "audio/amr"
	}
	kind, _, _ := strings.Cut(http.DetectContentType(data), ";")
	return kind
}

func extension(f string) string {
	if f == "jpeg" {
		return "jpg"
	}
	return f
}
