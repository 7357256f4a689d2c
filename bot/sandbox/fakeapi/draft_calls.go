package fakeapi

import "slices"

// draftAdd is POST /cgi-bin/draft/add.
func (a *API) draftAdd(c *call) (any, error) {
	var req struct {
		Articles []articleRequest `json:"articles"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	switch n := len(req.Articles); {
	case n == 0:
		return nil, refuse(codeNewsEmpty)
	case n > maxArticles:
		return nil, refuse(codeArticleCount)
	}
	files, err := a.files(c.ctx)
	if err != nil {
		return nil, err
	}
	var body draftBody
	for _, r := range req.Articles {
		article, err := r.article(files, c.now)
		if err != nil {
			return nil, err
		}
		body.Articles = append(body.Articles, article)
	}
	id := newID(64)
	// The articles first: an entry in the box always has its document.
	err = change(c.ctx, &a.docs, draftName(id), func(b *draftBody) error {
		*b = body
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = change(c.ctx, &a.docs, draftsName, func(box *draftBox) error {
		box.Drafts = append(box.Drafts, draftEntry{ID: id, Created: c.now, Updated: c.now})
		return nil
	})
	return object{"media_id": id, "item": []object{}}, err
}

// mediaID reads the body of the many calls that have nothing but a media_id.
func (c *call) mediaID() (string, error) {
	var req struct {
		MediaID string `json:"media_id"`
	}
	if err := c.decode(&req); err != nil {
		return "", err
	}
	if req.MediaID == "" {
		return "", refuse(codeMediaIDMissing)
	}
	return req.MediaID, nil
}

// draftGet is POST /cgi-bin/draft/get.
func (a *API) draftGet(c *call) (any, error) {
	id, err := c.mediaID()
	if err != nil {
		return nil, err
	}
	articles, err := a.draft(c.ctx, id)
	if err != nil {
		return nil, err
	}
	return object{"news_item": newsItems(articles, true)}, nil
}

// draftUpdate is POST /cgi-bin/draft/update.
func (a *API) draftUpdate(c *call) (any, error) {
	var req struct {
		MediaID string         `json:"media_id"`
		Index   number         `json:"index"`
		Article articleRequest `json:"articles"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if _, err := a.draft(c.ctx, req.MediaID); err != nil {
		return nil, err
	}
	files, err := a.files(c.ctx)
	if err != nil {
		return nil, err
	}
	article, err := req.Article.article(files, c.now)
	if err != nil {
		return nil, err
	}
	err = change(c.ctx, &a.docs, draftName(req.MediaID), func(b *draftBody) error {
		if req.Index < 0 || int(req.Index) >= len(b.Articles) {
			return refuse(codeIndex)
		}
		b.Articles[req.Index] = article
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = change(c.ctx, &a.docs, draftsName, func(box *draftBox) error {
		if i := box.index(req.MediaID); i >= 0 {
			box.Drafts[i].Updated = c.now
		}
		return nil
	})
	return ok(), err
}

// draftDelete is POST /cgi-bin/draft/delete.
func (a *API) draftDelete(c *call) (any, error) {
	id, err := c.mediaID()
	if err != nil {
		return nil, err
	}
	if err := a.removeDraft(c.ctx, id); err != nil {
		return nil, err
	}
	return ok(), a.forgetArticles(c.ctx, id)
}

// draftCount is GET /cgi-bin/draft/count.
func (a *API) draftCount(c *call) (any, error) {
	box, err := read[draftBox](c.ctx, &a.docs, draftsName)
	if err != nil {
		return nil, err
	}
	return object{"total_count": len(box.Drafts)}, nil
}

// page is the body of the calls that list something.
type page struct {
	Type      string `json:"type"` // of material
	Offset    number `json:"offset"`
	Count     number `json:"count"`
	NoContent flag   `json:"no_content"`
}

// of is the part of so many entries that was asked for.
func (p page) of(total int) (from, to int, err error) {
	if p.Count < 1 || p.Count > 20 || p.Offset < 0 {
		return 0, 0, refuse(codeArgs)
	}
	from = int(min(int64(p.Offset), int64(total)))
	return from, min(total, from+int(p.Count)), nil
}

// draftList is POST /cgi-bin/draft/batchget: newest first, at most 20.
func (a *API) draftList(c *call) (any, error) {
	var req page
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	box, err := read[draftBox](c.ctx, &a.docs, draftsName)
	if err != nil {
		return nil, err
	}
	total := len(box.Drafts)
	slices.Reverse(box.Drafts)
	from, to, err := req.of(total)
	if err != nil {
		return nil, err
	}
	items := []object{}
	for _, d := range box.Drafts[from:to] {
		body, err := read[draftBody](c.ctx, &a.docs, draftName(d.ID))
		if err != nil {
			return nil, err
		}
		items = append(items, object{
			"media_id": d.ID, "update_time": d.Updated.Unix(),
			"content": object{"news_item": newsItems(body.Articles, !bool(req.NoContent)), "create_time": d.Created.Unix(), "update_time": d.Updated.Unix()},
		})
	}
	return object{"total_count": total, "item_count": len(items), "item": items}, nil
}
