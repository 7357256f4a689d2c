package wechat

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Publish publishes the articles of a draft (发布): they can be read at an address for good,
// nobody is told of them, and no mass message is used up. The draft is none afterwards. It takes
// WeChat a while: Published tells what became of it. Made again after ErrAmbiguous it does no
// harm: the draft is either still there or refused.
// https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_submit
func (a *API) Publish(ctx context.Context, draftID string) (publishID string, err error) {
	if draftID == "" {
		return "", errors.New("发布的图文没有草稿编号")
	}
	body, err := encodeJSON(map[string]string{"media_id": draftID})
	if err != nil {
		return "", err
	}
	var answer struct {
		ID looseID `json:"publish_id"`
	}
	err = a.call(ctx, request{path: "/cgi-bin/freepublish/submit", body: body, answer: &answer,
		complete: func() bool { return answer.ID != "" }})
	return string(answer.ID), err
}

// Publication is what became of a draft that was published.
type Publication struct {
	Done bool   // WeChat is finished with it
	URL  string // of the first article, for good; empty: not published
	Why  string // it was not published, in Chinese
}

// refusedPublications are the values of publish_status besides 0, published, and 1, under way.
var refusedPublications = map[int]string{
	2: "原创校验没有通过", 3: "微信没有发布成", 4: "平台审核没有通过", 5: "文章已被删除", 6: "文章已被微信封禁",
}

// Published asks what became of it.
// https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_get
func (a *API) Published(ctx context.Context, publishID string) (Publication, error) {
	body, err := encodeJSON(map[string]string{"publish_id": publishID})
	if err != nil {
		return Publication{}, err
	}
	var answer struct {
		Status *int `json:"publish_status"`
		Detail struct {
			Items []struct {
				URL string `json:"article_url"`
			} `json:"item"`
		} `json:"article_detail"`
	}
	err = a.call(ctx, request{path: "/cgi-bin/freepublish/get", body: body, asks: true, answer: &answer,
		complete: func() bool { return answer.Status != nil }})
	if err != nil {
		return Publication{}, err
	}
	switch status := *answer.Status; {
	case status == 1:
		return Publication{}, nil
	case status != 0:
		why, known := refusedPublications[status]
		if !known {
			why = fmt.Sprintf("微信没有发布，状态 %d", status)
		}
		return Publication{Done: true, Why: why}, nil
	case len(answer.Detail.Items) == 0 || !webAddress(answer.Detail.Items[0].URL):
		return Publication{Done: true, Why: "微信没有给出文章的地址"}, nil
	}
	address := answer.Detail.Items[0].URL
	if rest, plain := strings.CutPrefix(address, "http://mp.weixin.qq.com/"); plain { // as it still writes them
		address = "https://mp.weixin.qq.com/" + rest
	}
	return Publication{Done: true, URL: address}, nil
}

// looseID is an id that WeChat writes now as a number, now as a string.
type looseID string

// UnmarshalJSON is part of json.Unmarshaler.
func (id *looseID) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" || strings.Trim(text, "0123456789") != "" || len(text) > 20 {
		return errors.New("wechat: no id")
	}
	*id = looseID(text)
	return nil
}
