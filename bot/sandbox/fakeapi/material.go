package fakeapi

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

const (
	// maxVideoText bounds what is said about a video, in bytes. The documents name no bound.
	maxVideoText = 2048
	maxFileName  = 255 // bytes
)

// fileName is the last part of a name that came with a file.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.ToValidUTF8(name[:min(len(name), maxFileName)], "")
}

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
	m := mediaFile{ID: newID(43), Type: kind, Format: f, Name: fileName(c.upload.name), Created: c.now, Permanent: true}
	if kind == "video" {
		var about struct {
			Title        string `json:"title"`
			Introduction string `json:"introduction"`
		}
		if json.Unmarshal(c.upload.description, &about) != nil {
			return nil, refuse(codeFormat)
		}
		switch {
		case len(about.Title) > maxVideoText:
			return nil, refuse(codeTitleSize)
		case len(about.Introduction) > maxVideoText:
			return nil, refuse(codeDigestSize)
		}
		m.Title, m.Description = about.Title, about.Introduction
	}
	if err := a.keep(c, m, c.upload.data); err != nil {
		return nil, err
	}
	answer := object{"media_id": m.ID, "item": []object{}}
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

// materialList is POST /cgi-bin/material/batchget_material: newest first, at most 20. There is no
// material of the type news: that is what drafts are for.
func (a *API) materialList(c *call) (any, error) {
	var req page
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if _, known := permanentKinds[req.Type]; !known && req.Type != "news" {
		return nil, refuse(codeMediaType)
	}
	files, err := a.files(c.ctx)
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(files.Files, func(m mediaFile) bool { return !m.Permanent || m.Type != req.Type })
	slices.Reverse(kept)
	from, to, err := req.of(len(kept))
	if err != nil {
		return nil, err
	}
	items := []object{}
	for _, m := range kept[from:to] {
		item := object{"media_id": m.ID, "name": m.Name, "update_time": m.Created.Unix()}
		if m.Type == "image" || m.Type == "thumb" {
			item["url"] = m.url()
		}
		items = append(items, item)
	}
	return object{"total_count": len(kept), "item_count": len(items), "item": items}, nil
}
