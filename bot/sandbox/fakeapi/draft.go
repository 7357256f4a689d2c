package fakeapi

import (
	"context"
	"regexp"
	"slices"
	"time"

	"dangshi/quiz"
)

// Article is one article of a draft or message.
type Article struct {
	Title            string   `json:"title"`
	Author           string   `json:"author,omitempty"`
	Digest           string   `json:"digest,omitempty"`
	Content          string   `json:"content,omitempty"` // HTML; not in the outbox
	ContentSourceURL string   `json:"content_source_url,omitempty"`
	ThumbMediaID     string   `json:"thumb_media_id,omitempty"`
	Images           []string `json:"images,omitempty"`  // media ids of an article of type newspic
	URL              string   `json:"url,omitempty"`     // of the page; of a draft none
	PicURL           string   `json:"pic_url,omitempty"` // of a link in a customer message
	NeedOpenComment  int      `json:"need_open_comment,omitempty"`
	OnlyFansComment  int      `json:"only_fans_can_comment,omitempty"`
	ShowCover        int      `json:"show_cover_pic,omitempty"`
}

// Draft is one that is still in the draft box.
type Draft struct {
	MediaID  string    `json:"media_id"`
	Created  time.Time `json:"created"` // Asia/Shanghai, the sandbox's clock
	Updated  time.Time `json:"updated"`
	Articles []Article `json:"articles"`
}

// Limits of an article, in characters: developers.weixin.qq.com/doc/service/api/draftbox.
const (
	maxArticles  = 8
	maxTitle     = 32
	maxAuthor    = 16
	maxDigest    = 128
	maxContent   = 20_000
	maxSourceURL = 1024 // bytes
	autoDigest   = 54   // characters of the content that become the digest where there is none
	maxImages    = 20
)

// draftBox lists the drafts, oldest first; the articles are documents of their own.
type draftBox struct {
	Drafts []draftEntry `json:"drafts"`
}

type draftEntry struct {
	ID      string    `json:"media_id"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

// draftBody is the document of one draft or of what was published.
type draftBody struct {
	Articles []Article `json:"articles,omitempty"`
}

const draftsName = "drafts"

func draftName(mediaID string) string { return "draft-" + mediaID }

func (b *draftBox) index(mediaID string) int {
	return slices.IndexFunc(b.Drafts, func(d draftEntry) bool { return d.ID == mediaID })
}

// draft is what a draft holds; refused where it is not in the box.
func (a *API) draft(ctx context.Context, mediaID string) ([]Article, error) {
	box, err := read[draftBox](ctx, &a.docs, draftsName)
	if err != nil {
		return nil, err
	}
	if box.index(mediaID) < 0 {
		return nil, refuse(codeMediaID)
	}
	body, err := read[draftBody](ctx, &a.docs, draftName(mediaID))
	if err != nil {
		return nil, err
	}
	return body.Articles, nil
}

// removeDraft takes a draft out of the box; refused where it is not in it.
func (a *API) removeDraft(ctx context.Context, mediaID string) error {
	return change(ctx, &a.docs, draftsName, func(box *draftBox) error {
		i := box.index(mediaID)
		if i < 0 {
			return refuse(codeMediaID)
		}
		box.Drafts = slices.Delete(box.Drafts, i, i+1)
		return nil
	})
}

// forgetArticles empties the document of a draft that is gone.
func (a *API) forgetArticles(ctx context.Context, mediaID string) error {
	return change(ctx, &a.docs, draftName(mediaID), func(b *draftBody) error {
		*b = draftBody{}
		return nil
	})
}

// dropDraft removes a draft that was sent, as the platform does. The message is sent already:
// what fails here leaves a draft behind, no more.
func (a *API) dropDraft(ctx context.Context, mediaID string) {
	err := a.removeDraft(ctx, mediaID)
	if err == nil {
		err = a.forgetArticles(ctx, mediaID)
	}
	if err != nil {
		a.cfg.Logger.Warn("微信模拟接口：已群发的草稿没有移出草稿箱", "error", err)
	}
}

// Drafts are those in the draft box, oldest first.
func (a *API) Drafts(ctx context.Context) ([]Draft, error) {
	box, err := read[draftBox](ctx, &a.docs, draftsName)
	if err != nil {
		return nil, err
	}
	drafts := []Draft{}
	for _, d := range box.Drafts {
		body, err := read[draftBody](ctx, &a.docs, draftName(d.ID))
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, Draft{MediaID: d.ID, Created: d.Created.In(quiz.Zone), Updated: d.Updated.In(quiz.Zone), Articles: body.Articles})
	}
	return drafts, nil
}

// articleRequest is an article as it is sent to the API.
type articleRequest struct {
	Type             string `json:"article_type"`
	Title            string `json:"title"`
	Author           string `json:"author"`
	Digest           string `json:"digest"`
	Content          string `json:"content"`
	ContentSourceURL string `json:"content_source_url"`
	ThumbMediaID     string `json:"thumb_media_id"`
	ShowCover        number `json:"show_cover_pic"`
	NeedOpenComment  number `json:"need_open_comment"`
	OnlyFansComment  number `json:"only_fans_can_comment"`
	Images           struct {
		List []struct {
			ID string `json:"image_media_id"`
		} `json:"image_list"`
	} `json:"image_info"`
}

var (
	scripts = regexp.MustCompile(`(?is)<script\b.*?</script\s*>`)
	tags    = regexp.MustCompile(`(?s)<[^>]*>`)
)

// article checks an article; its pictures must be permanent material.
func (r articleRequest) article(files *mediaIndex, now time.Time) (Article, error) {
	r.Content = scripts.ReplaceAllString(r.Content, "")
	switch {
	case characters(r.Title) > maxTitle || r.Title == "":
		return Article{}, refuse(codeTitleSize)
	case characters(r.Author) > maxAuthor:
		return Article{}, refuse(codeAuthorSize)
	case characters(r.Digest) > maxDigest:
		return Article{}, refuse(codeDigestSize)
	case r.Content == "":
		return Article{}, refuse(codeContentEmpty)
	case characters(r.Content) > maxContent:
		return Article{}, refuse(codeContentSize)
	case len(r.ContentSourceURL) > maxSourceURL:
		return Article{}, refuse(codeURLSize)
	}
	pictures := []string{r.ThumbMediaID}
	var images []string
	if r.Type == "newspic" {
		for _, image := range r.Images.List {
			images = append(images, image.ID)
		}
		if len(images) == 0 || len(images) > maxImages {
			return Article{}, refuse(codeMediaID)
		}
		pictures = images
	}
	for _, id := range pictures {
		if m := files.find(id, now); m == nil || !m.Permanent || m.Type != "image" && m.Type != "thumb" {
			return Article{}, refuse(codeMediaID)
		}
	}
	if r.Digest == "" {
		text := []rune(tags.ReplaceAllString(r.Content, ""))
		r.Digest = string(text[:min(len(text), autoDigest)])
	}
	return Article{
		Title: r.Title, Author: r.Author, Digest: r.Digest, Content: r.Content, ContentSourceURL: r.ContentSourceURL,
		ThumbMediaID: r.ThumbMediaID, Images: images, ShowCover: int(r.ShowCover),
		NeedOpenComment: int(r.NeedOpenComment), OnlyFansComment: int(r.OnlyFansComment),
	}, nil
}

// object is an article as the API answers it.
func (a Article) object(withContent bool) object {
	o := object{
		"article_type": "news", "title": a.Title, "author": a.Author, "digest": a.Digest, "content_source_url": a.ContentSourceURL,
		"thumb_media_id": a.ThumbMediaID, "show_cover_pic": a.ShowCover, "need_open_comment": a.NeedOpenComment,
		"only_fans_can_comment": a.OnlyFansComment, "url": a.URL,
	}
	if len(a.Images) > 0 {
		list := []object{}
		for _, id := range a.Images {
			list = append(list, object{"image_media_id": id})
		}
		o["article_type"], o["image_info"] = "newspic", object{"image_list": list}
	}
	if withContent {
		o["content"] = a.Content
	}
	return o
}

func newsItems(articles []Article, withContent bool) []object {
	items := []object{}
	for _, a := range articles {
		items = append(items, a.object(withContent))
	}
	return items
}
