package fakeapi

import "slices"

// userPage is how many openids one call of user/get answers.
const userPage = 10_000

// userList is GET /cgi-bin/user/get.
func (a *API) userList(c *call) (any, error) {
	all, err := a.followers(c.ctx)
	if err != nil {
		return nil, err
	}
	rest := all
	if after := c.query.Get("next_openid"); after != "" {
		i := slices.Index(all, after)
		if i < 0 {
			return nil, refuse(codeOpenID)
		}
		rest = all[i+1:]
	}
	rest = rest[:min(len(rest), userPage)]
	answer := object{"total": len(all), "count": len(rest), "next_openid": ""}
	if len(rest) > 0 {
		answer["data"] = object{"openid": rest}
		answer["next_openid"] = rest[len(rest)-1]
	}
	return answer, nil
}

// userInfo is GET /cgi-bin/user/info: since 2021 without nickname and portrait. When somebody
// followed is not known here, subscribe_time is 0. Somebody who does not follow is answered
// as one who has left: who never came cannot be told apart.
func (a *API) userInfo(c *call) (any, error) {
	openid := c.query.Get("openid")
	if openid == "" {
		return nil, refuse(codeOpenID)
	}
	follows, err := a.follows(c.ctx, openid)
	if err != nil {
		return nil, err
	}
	tags, err := read[tagList](c.ctx, &a.docs, tagsName)
	if err != nil {
		return nil, err
	}
	if !follows {
		return object{"subscribe": 0, "openid": openid, "tagid_list": []int64{}}, nil
	}
	return object{
		"subscribe": 1, "openid": openid, "language": "zh_CN", "subscribe_time": 0, "remark": "", "groupid": 0,
		"tagid_list": tags.of(openid), "subscribe_scene": "ADD_SCENE_OTHERS", "qr_scene": 0, "qr_scene_str": "",
	}, nil
}
