package fakeapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
)

const publishFirst = 2247483648 // where WeChat's publish_id are

// publications are what was published, oldest first.
type publications struct {
	All []publication `json:"all"`
}

type publication struct {
	ID        int64  `json:"publish_id"`
	ArticleID string `json:"article_id"`
	MediaID   string `json:"media_id"` // of the draft that it was
	Count     int    `json:"count"`
	At        int64  `json:"at"`                // Unix seconds
	Deleted   []int  `json:"deleted,omitempty"` // numbers of articles, the first being 1
}

const publishedName = "published"

// articleURL is the page of an article. It belongs to WeChat: nothing is served there.
func articleURL(id int64, index int) string {
	sum := sha256.Sum256([]byte(strconv.FormatInt(id, 10) + " " + strconv.Itoa(index)))
	return "http://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMA==&mid=" + strconv.FormatInt(id, 10) +
		"&idx=" + strconv.Itoa(index) + "&sn=" + hex.EncodeToString(sum[:16]) + "#rd"
}

// publish is POST /cgi-bin/freepublish/submit. It is done at once, and nobody is told but by
// the event.
func (a *API) publish(c *call) (any, error) {
	id, err := c.mediaID()
	if err != nil {
		return nil, err
	}
	articles, err := a.draft(c.ctx, id)
	if err != nil {
		return nil, err
	}
	p := publication{ArticleID: newID(43), MediaID: id, Count: len(articles), At: c.now.Unix()}
	err = a.change(c.ctx, func(acc *account) error {
		acc.Seq++
		p.ID = publishFirst + acc.Seq
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Out of the box first: of two calls for one draft only one goes on. A crash here leaves it
	// neither in the box nor published.
	if err := a.removeDraft(c.ctx, id); err != nil {
		return nil, err
	}
	err = change(c.ctx, &a.docs, publishedName, func(all *publications) error {
		all.All = append(all.All, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.events = append(c.events, p.finished())
	return ok().with(object{"publish_id": p.ID, "msg_data_id": p.ID}), nil
}

// finished is PUBLISHJOBFINISH.
func (p publication) finished() Event {
	const info = "PublishEventInfo."
	fields := map[string]string{
		"Event": "PUBLISHJOBFINISH", info + "publish_id": strconv.FormatInt(p.ID, 10), info + "publish_status": "0",
		info + "article_id": p.ArticleID, info + "article_detail.count": strconv.Itoa(p.Count),
	}
	for i := range p.Count {
		item := info + "article_detail.item[" + strconv.Itoa(i+1) + "]."
		fields[item+"idx"] = strconv.Itoa(i + 1)
		fields[item+"article_url"] = articleURL(p.ID, i+1)
	}
	return Event{OpenID: massHelper, Fields: fields}
}

// publishGet is POST /cgi-bin/freepublish/get. The documents write publish_id as a string in
// some places and as a number in others; it is answered as the number that clients read.
func (a *API) publishGet(c *call) (any, error) {
	var req struct {
		ID number `json:"publish_id"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	all, err := read[publications](c.ctx, &a.docs, publishedName)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all.All, func(p publication) bool { return p.ID == int64(req.ID) })
	if i < 0 {
		return nil, refuse(codeArgs)
	}
	p := all.All[i]
	items := []object{}
	for i := range p.Count {
		items = append(items, object{"idx": i + 1, "article_url": articleURL(p.ID, i+1)})
	}
	return object{
		"publish_id": p.ID, "publish_status": p.status(), "article_id": p.ArticleID, "fail_idx": []int{},
		"article_detail": object{"count": p.Count, "item": items},
	}, nil
}

// status is what the documents call publish_status.
func (p publication) status() int {
	if len(p.Deleted) >= p.Count {
		return 5
	}
	return 0
}

func (all *publications) find(articleID string) (*publication, error) {
	i := slices.IndexFunc(all.All, func(p publication) bool { return p.ArticleID == articleID })
	if i < 0 {
		return nil, refuse(codeArticleID)
	}
	return &all.All[i], nil
}

// published is what an article_id leads to.
func (a *API) published(ctx context.Context, articleID string) (*publication, []Article, error) {
	all, err := read[publications](ctx, &a.docs, publishedName)
	if err != nil {
		return nil, nil, err
	}
	p, err := all.find(articleID)
	if err != nil {
		return nil, nil, err
	}
	articles, err := a.articles(ctx, *p)
	return p, articles, err
}

func (a *API) articles(ctx context.Context, p publication) ([]Article, error) {
	body, err := read[draftBody](ctx, &a.docs, draftName(p.MediaID))
	if err != nil {
		return nil, err
	}
	for k := range body.Articles {
		body.Articles[k].URL = articleURL(p.ID, k+1)
	}
	return body.Articles, nil
}

// items are the articles as they are answered.
func (p publication) items(articles []Article, withContent bool) []object {
	items := newsItems(articles, withContent)
	for i := range items {
		items[i]["is_deleted"] = slices.Contains(p.Deleted, i+1)
	}
	return items
}

// tellPublished makes a message of what was published.
func (a *API) tellPublished(ctx context.Context, s *Sent, articleID string) error {
	_, articles, err := a.published(ctx, articleID)
	if err != nil {
		return err
	}
	s.cards(articles)
	return nil
}

// publishArticle is POST /cgi-bin/freepublish/getarticle.
func (a *API) publishArticle(c *call) (any, error) {
	var req struct {
		ID string `json:"article_id"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	p, articles, err := a.published(c.ctx, req.ID)
	if err != nil {
		return nil, err
	}
	return object{"news_item": p.items(articles, true)}, nil
}

// publishList is POST /cgi-bin/freepublish/batchget: newest first, at most 20.
func (a *API) publishList(c *call) (any, error) {
	var req page
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	all, err := read[publications](c.ctx, &a.docs, publishedName)
	if err != nil {
		return nil, err
	}
	left := slices.DeleteFunc(all.All, func(p publication) bool { return p.status() != 0 })
	slices.Reverse(left)
	from, to, err := req.of(len(left))
	if err != nil {
		return nil, err
	}
	items := []object{}
	for _, p := range left[from:to] {
		articles, err := a.articles(c.ctx, p)
		if err != nil {
			return nil, err
		}
		items = append(items, object{
			"article_id": p.ArticleID, "update_time": p.At,
			"content": object{"news_item": p.items(articles, !bool(req.NoContent)), "create_time": p.At, "update_time": p.At},
		})
	}
	return object{"total_count": len(left), "item_count": len(items), "item": items}, nil
}

// publishDelete is POST /cgi-bin/freepublish/delete: one article, or all.
func (a *API) publishDelete(c *call) (any, error) {
	var req struct {
		ID    string `json:"article_id"`
		Index number `json:"index"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	err := change(c.ctx, &a.docs, publishedName, func(all *publications) error {
		p, err := all.find(req.ID)
		if err != nil {
			return err
		}
		if req.Index < 0 || req.Index > number(p.Count) {
			return refuse(codeIndex)
		}
		for i := 1; i <= p.Count; i++ {
			if (req.Index == 0 || req.Index == number(i)) && !slices.Contains(p.Deleted, i) {
				p.Deleted = append(p.Deleted, i)
			}
		}
		return nil
	})
	return ok(), err
}
