package push

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"strings"

	"dangshi/bot"
)

// Article is one article of a draft.
type Article struct {
	Title   string // at most 64 characters
	Digest  string // at most 120 characters
	Content string // HTML
	Source  string // address of 阅读原文; may be empty
	Cover   string // media id of a permanent picture (thumb_media_id)
}

// DraftAPI puts drafts into the account's drafts box (草稿箱).
type DraftAPI interface {
	// UploadImage keeps a picture among the account's permanent material.
	UploadImage(ctx context.Context, name string, data []byte) (mediaID string, err error)
	// AddDraft adds a draft. ErrCoverGone: the cover is not there any more.
	AddDraft(ctx context.Context, a Article) (mediaID string, err error)
}

// ErrCoverGone: nothing was added, since the cover's media id is not valid
// (40007): an editor may have deleted the picture.
var ErrCoverGone = errors.New("the cover picture is gone")

//go:embed cover.jpg
var cover []byte

// Draft is the channel that puts the day's article before the editors, who
// publish it or not.
type Draft struct {
	api    DraftAPI
	shelf  *Shelf
	covers *Covers
}

// NewDraft makes the channel. covers nil: each article has the cover that is shipped.
func NewDraft(api DraftAPI, shelf *Shelf, covers *Covers) *Draft {
	return &Draft{api, shelf, covers}
}

// Name is part of Channel.
func (d *Draft) Name() string { return "draft" }

// Audience is part of Channel.
func (d *Draft) Audience() string { return "存入草稿箱，由编辑审核后发布" }

// Repeatable is part of Channel: nothing tells a second draft from the first.
func (d *Draft) Repeatable() bool { return false }

// Send is part of Channel.
func (d *Draft) Send(ctx context.Context, _ Send, b bot.Bulletin) (Receipt, error) {
	for fresh := false; ; fresh = true {
		picture, err := d.picture(ctx, b, fresh)
		if err != nil {
			return Receipt{}, harmless(err)
		}
		id, err := d.api.AddDraft(ctx, Article{Title: b.Title, Digest: b.Digest, Content: b.HTML, Source: b.Link, Cover: picture})
		switch {
		case errors.Is(err, ErrCoverGone) && !fresh:
			continue
		case errors.Is(err, ErrCoverGone): // uploaded just now: WeChat may not know it everywhere yet
			return Receipt{}, &failure{reason: "微信还不认识刚上传的封面", cause: err}
		case err != nil:
			return Receipt{}, err
		}
		return Receipt{MessageID: id}, nil
	}
}

// coverShelf is under which the media id of the last cover is kept, behind a digest
// of it: what is uploaded once is used as long as it stays the same.
const coverShelf = "cover"

// picture is the cover's media id; the picture is uploaded where it is not there
// yet. A crash behind the upload means one more picture in the material.
func (d *Draft) picture(ctx context.Context, b bot.Bulletin, fresh bool) (string, error) {
	data := cover
	if d.covers != nil {
		data, _ = d.covers.Cover(ctx, b) // there always is one
	}
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:6])
	kept, err := d.shelf.Get(ctx, coverShelf)
	if err != nil {
		return "", err
	}
	if of, id, ok := strings.Cut(kept, " "); ok && of == digest && !fresh {
		return id, nil
	}
	id, err := d.api.UploadImage(ctx, "cover.jpg", data) // the client knows a PNG by its bytes
	if err != nil {
		return "", err
	}
	return id, d.shelf.Put(ctx, coverShelf, digest+" "+id)
}
