package fakeapi

import (
	"encoding/json"
	"path"
	"slices"
)

// materialAdd is POST /cgi-bin/material/add_material.
func (a *API) materialAdd(c *call) (any, error) {
	kind := c.query.Get("type")
	limits, known := permanentKinds[kind]
	if !known {
		return nil, refuse(codeMediaType)
	}
	f, err := limits.check(c.upload.data)
	if err != nil {
		return nil, err
	}
	m := mediaFile{ID: newID(43), Type: kind, Format: f, Name: path.Base(c.upload.name), Created: c.now, Permanent: true}
	if kind == "video" {
		var about struct {
			Title        string `json:"title"`
			Introduction string `json:"introduction"`
		}
		if json.Unmarshal(c.upload.description, &about) != nil {
			return nil, refuse(codeFormat)
		}
		m.Title, m.Description = about.Title, about.Introduction
	}
	if err := a.keep(c, m, c.upload.data); err != nil {
		return nil, err
	}
	answer := object{"media_id": m.ID}
	if kind == "image" || kind == "thumb" {
		files, err := a.files(c.ctx)
		if err != nil {
			return nil, err
		}
		if kept := files.find(m.ID, c.now); kept != nil {
			answer["url"] = kept.url()
		}
	}
	return answer, nil
}

// materialGet is POST /cgi-bin/material/get_material; of a draft it gives the articles.
func (a *API) materialGet(c *call) (any, error) {
	id, err := c.mediaID()
	if err != nil {
		return nil, err
	}
	files, err := a.files(c.ctx)
	if err != nil {
		return nil, err
	}
	m := files.find(id, c.now)
	switch {
	case m == nil:
		articles, err := a.draft(c.ctx, id)
		if err != nil {
			return nil, err
		}
		return object{"news_item": newsItems(articles, true)}, nil
	case !m.Permanent:
		return nil, refuse(codeMediaID)
	case m.Type == "video":
		return object{"title": m.Title, "description": m.Description, "down_url": "http://203.205.158.83/" + m.Hash}, nil
	}
	return a.file(c.ctx, m)
}

// materialDelete is POST /cgi-bin/material/del_material. The file's bytes go with the last
// material that has them.
func (a *API) materialDelete(c *call) (any, error) {
	id, err := c.mediaID()
	if err != nil {
		return nil, err
	}
	orphan := ""
	err = change(c.ctx, &a.docs, mediaName, func(x *mediaIndex) error {
		m := x.find(id, c.now)
		if m == nil || !m.Permanent {
			return refuse(codeMediaID)
		}
		orphan = m.Hash
		x.Files = slices.DeleteFunc(x.Files, func(m mediaFile) bool { return m.ID == id })
		if x.has(orphan) {
			orphan = ""
		}
		return nil
	})
	if err == nil && orphan != "" {
		a.emptyBlob(c.ctx, orphan)
	}
	return ok(), err
}

// materialCount is GET /cgi-bin/material/get_materialcount.
func (a *API) materialCount(c *call) (any, error) {
	files, err := a.files(c.ctx)
	if err != nil {
		return nil, err
	}
	n := map[string]int{}
	for _, m := range files.Files {
		if m.Permanent {
			n[m.Type]++
		}
	}
	return object{"voice_count": n["voice"], "video_count": n["video"], "image_count": n["image"] + n["thumb"], "news_count": 0}, nil
}
