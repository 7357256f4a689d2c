package fakeapi

import (
	"context"
	"slices"
)

const (
	tagsName     = "tags"
	maxTags      = 100
	maxTagName   = 30 // bytes
	firstTag     = 100
	maxTagOpenID = 50 // openids of one call
)

// tagList is all tags, in order of their ids.
type tagList struct {
	Next int64 `json:"next,omitempty"` // how many were ever made
	Tags []tag `json:"tags,omitempty"`
}

type tag struct {
	ID      int64    `json:"id"`
	Name    string   `json:"name"`
	OpenIDs []string `json:"openids,omitempty"`
}

// find is the tag of that id, or nil.
func (l *tagList) find(id int64) *tag {
	i := slices.IndexFunc(l.Tags, func(t tag) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return &l.Tags[i]
}

func (l *tagList) of(openid string) []int64 {
	ids := []int64{}
	for _, t := range l.Tags {
		if slices.Contains(t.OpenIDs, openid) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// tagged are the openids with a tag; refused where there is no such tag.
func (a *API) tagged(ctx context.Context, id int64) ([]string, error) {
	l, err := read[tagList](ctx, &a.docs, tagsName)
	if err != nil {
		return nil, err
	}
	t := l.find(id)
	if t == nil {
		return nil, refuse(codeGroupID)
	}
	return append([]string{}, t.OpenIDs...), nil
}

// tagRequest is the body of create and delete.
type tagRequest struct {
	Tag struct {
		ID   number `json:"id"`
		Name string `json:"name"`
	} `json:"tag"`
}

// tagCreate is POST /cgi-bin/tags/create.
func (a *API) tagCreate(c *call) (any, error) {
	var req tagRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	name := req.Tag.Name
	if len(name) > maxTagName {
		return nil, refuse(codeTagNameSize)
	}
	var id int64
	err := change(c.ctx, &a.docs, tagsName, func(l *tagList) error {
		switch {
		case name == "" || slices.ContainsFunc(l.Tags, func(t tag) bool { return t.Name == name }):
			return refuse(codeTagName)
		case len(l.Tags) >= maxTags:
			return refuse(codeTagCount)
		}
		id = firstTag + l.Next
		l.Next++
		l.Tags = append(l.Tags, tag{ID: id, Name: name})
		return nil
	})
	return object{"tag": object{"id": id, "name": name}}, err
}

// tagList is GET /cgi-bin/tags/get.
func (a *API) tagList(c *call) (any, error) {
	l, err := read[tagList](c.ctx, &a.docs, tagsName)
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, t := range l.Tags {
		list = append(list, object{"id": t.ID, "name": t.Name, "count": len(t.OpenIDs)})
	}
	return object{"tags": list}, nil
}

// tagDelete is POST /cgi-bin/tags/delete.
func (a *API) tagDelete(c *call) (any, error) {
	var req tagRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	err := change(c.ctx, &a.docs, tagsName, func(l *tagList) error {
		id := int64(req.Tag.ID)
		switch {
		case id >= 0 && id <= 2:
			return refuse(codeSystemTag)
		case l.find(id) == nil:
			return refuse(codeTagID)
		}
		l.Tags = slices.DeleteFunc(l.Tags, func(t tag) bool { return t.ID == id })
		return nil
	})
	return ok(), err
}

// tagMembers is POST /cgi-bin/tags/members/batchtagging.
func (a *API) tagMembers(c *call) (any, error) { return a.setTag(c, true) }

// untagMembers is POST /cgi-bin/tags/members/batchuntagging.
func (a *API) untagMembers(c *call) (any, error) { return a.setTag(c, false) }

func (a *API) setTag(c *call, on bool) (any, error) {
	var req struct {
		OpenIDs []string `json:"openid_list"`
		TagID   number   `json:"tagid"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if n := len(req.OpenIDs); n == 0 || n > maxTagOpenID {
		return nil, refuse(codeOpenIDCount)
	}
	followers, err := a.followers(c.ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range req.OpenIDs {
		if !slices.Contains(followers, id) {
			return nil, refuse(codeOpenID)
		}
	}
	err = change(c.ctx, &a.docs, tagsName, func(l *tagList) error {
		t := l.find(int64(req.TagID))
		if t == nil {
			return refuse(codeTagID)
		}
		t.OpenIDs = slices.DeleteFunc(t.OpenIDs, func(id string) bool { return slices.Contains(req.OpenIDs, id) })
		if on {
			t.OpenIDs = append(t.OpenIDs, req.OpenIDs...)
		}
		return nil
	})
	return ok(), err
}

// tagMembersList is POST /cgi-bin/user/tag/get. It answers all at once.
func (a *API) tagMembersList(c *call) (any, error) {
	var req struct {
		TagID number `json:"tagid"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	l, err := read[tagList](c.ctx, &a.docs, tagsName)
	if err != nil {
		return nil, err
	}
	t := l.find(int64(req.TagID))
	if t == nil {
		return nil, refuse(codeTagID)
	}
	answer := object{"count": len(t.OpenIDs), "next_openid": ""}
	if n := len(t.OpenIDs); n > 0 {
		answer["data"] = object{"openid": t.OpenIDs}
		answer["next_openid"] = t.OpenIDs[n-1]
	}
	return answer, nil
}
