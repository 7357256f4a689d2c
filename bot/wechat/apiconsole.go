package wechat

import (
	"context"
	"errors"
)

// OwnMenu is the menu that members see, wherever it was made.
type OwnMenu struct {
	Open    bool // members see it: not so once the server address is on, of a menu made in the console
	Buttons []OwnButton
}

// OwnButton is an entry of it. Those made in the console have types that the API cannot make:
// text (Value is what is said), img and voice (Value is a media id that soon ends), video (Value
// is an address) and news (News).
type OwnButton struct {
	Button
	Value string
	News  []News
	Sub   []OwnButton // takes the place of Button's
}

// News is an article of the account.
type News struct {
	Title string `json:"title"`
	URL   string `json:"content_url"`
}

// newsList is how WeChat writes articles here.
type newsList struct {
	List []News `json:"list"`
}

// rawButton is an entry as WeChat writes it here: other than in the answer of menu/get, what is
// below it stands in a list of its own.
type rawButton struct {
	Button
	Value string   `json:"value"`
	News  newsList `json:"news_info"`
	Sub   struct {
		List []rawButton `json:"list"`
	} `json:"sub_button"`
}

func ownButtons(raw []rawButton) []OwnButton {
	var all []OwnButton
	for _, r := range raw {
		b := OwnButton{Button: r.Button, Value: r.Value, News: r.News.List, Sub: ownButtons(r.Sub.List)}
		b.Button.Sub = nil
		all = append(all, b)
	}
	return all
}

// OwnMenu is the account's menu, made in its console or through the API; every account may ask.
// https://developers.weixin.qq.com/doc/service/api/custommenu/api_getcurrentselfmenuinfo
func (a *API) OwnMenu(ctx context.Context) (OwnMenu, error) {
	var answer struct {
		Open *int `json:"is_menu_open"`
		Info struct {
			Buttons []rawButton `json:"button"`
		} `json:"selfmenu_info"`
	}
	err := a.call(ctx, request{path: "/cgi-bin/get_current_selfmenu_info", asks: true, answer: &answer,
		complete: func() bool { return answer.Open != nil }})
	if err != nil {
		return OwnMenu{}, err
	}
	return OwnMenu{Open: *answer.Open != 0, Buttons: ownButtons(answer.Info.Buttons)}, nil
}

// AutoReplies are the automatic replies that were made in the account's console.
type AutoReplies struct {
	FollowOpen bool       // new followers are greeted
	Open       bool       // the others are on
	Follow     *AutoReply // to new followers; nil: none
	Default    *AutoReply // to messages that no rule knows, once an hour; nil: none
	Rules      []ReplyRule
}

// AutoReply is one reply.
type AutoReply struct {
	Type    string // text, img, voice, video, news
	Content string // of text what is said; else a media id that soon ends, or an address
	News    []News
}

// ReplyRule is a rule of keywords.
type ReplyRule struct {
	Name     string
	All      bool // all replies are given; else one of them by chance
	Keywords []Keyword
	Replies  []AutoReply
}

// Keyword is a word of a rule.
type Keyword struct {
	Text  string
	Whole bool // the message must be this word; else it must hold it
}

type rawReply struct {
	Type    string   `json:"type"`
	Content string   `json:"content"`
	News    newsList `json:"news_info"`
}

func (r *rawReply) reply() *AutoReply {
	if r == nil || r.Type == "" {
		return nil
	}
	return &AutoReply{Type: r.Type, Content: r.Content, News: r.News.List}
}

type rawRule struct {
	Name     string `json:"rule_name"`
	Mode     string `json:"reply_mode"`
	Keywords []struct {
		Mode string `json:"match_mode"`
		Text string `json:"content"`
	} `json:"keyword_list_info"`
	Replies []rawReply `json:"reply_list_info"`
}

func (r rawRule) rule() ReplyRule {
	rule := ReplyRule{Name: r.Name, All: r.Mode == "reply_all"}
	for _, k := range r.Keywords {
		rule.Keywords = append(rule.Keywords, Keyword{Text: k.Text, Whole: k.Mode == "equal"})
	}
	for i := range r.Replies {
		if reply := r.Replies[i].reply(); reply != nil {
			rule.Replies = append(rule.Replies, *reply)
		}
	}
	return rule
}

// AutoReplies are those of the account's console; every account may ask. What a program answers
// is not among them.
// https://developers.weixin.qq.com/doc/subscription/api/notify/autoreplies/api_getcurrentautoreplyinfo
func (a *API) AutoReplies(ctx context.Context) (AutoReplies, error) {
	var answer struct {
		FollowOpen *int      `json:"is_add_friend_reply_open"`
		Open       int       `json:"is_autoreply_open"`
		Follow     *rawReply `json:"add_friend_autoreply_info"`
		Default    *rawReply `json:"message_default_autoreply_info"`
		Keywords   struct {
			List []rawRule `json:"list"`
		} `json:"keyword_autoreply_info"`
	}
	err := a.call(ctx, request{path: "/cgi-bin/get_current_autoreply_info", asks: true, answer: &answer,
		complete: func() bool { return answer.FollowOpen != nil }})
	if err != nil {
		return AutoReplies{}, err
	}
	all := AutoReplies{FollowOpen: *answer.FollowOpen != 0, Open: answer.Open != 0, Follow: answer.Follow.reply(), Default: answer.Default.reply()}
	for _, r := range answer.Keywords.List {
		all.Rules = append(all.Rules, r.rule())
	}
	return all, nil
}

// SceneCode makes a permanent QR code whose scan tells the scene, of 1 to 64 bytes, and returns
// the address that its picture holds. ErrRights where the account is no verified service account.
// An account can have 100,000.
// https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode
func (a *API) SceneCode(ctx context.Context, scene string) (address string, err error) {
	if n := len(scene); n == 0 || n > 64 || scene != sendable(scene) {
		return "", errors.New("wechat: the scene of a QR code has 1 to 64 bytes")
	}
	var content struct {
		Action string `json:"action_name"`
		Info   struct {
			Scene struct {
				Text string `json:"scene_str"`
			} `json:"scene"`
		} `json:"action_info"`
	}
	content.Action, content.Info.Scene.Text = "QR_LIMIT_STR_SCENE", scene
	body, err := encodeJSON(content)
	if err != nil {
		return "", err
	}
	var answer struct {
		URL string `json:"url"`
	}
	err = a.call(ctx, request{path: "/cgi-bin/qrcode/create", body: body, answer: &answer,
		complete: func() bool { return answer.URL != "" }})
	return answer.URL, err
}

// codeNoRight is what the question for a quota is refused with where the account has no right to
// the path.
const codeNoRight = 76022

// May reports whether the account has the right to call a path of the API, by asking for its
// quota: nothing is called. sure is false where WeChat names no quota, which it keeps elsewhere
// for some paths.
// https://developers.weixin.qq.com/doc/service/api/apimanage/api_getapiquota
func (a *API) May(ctx context.Context, path string) (may, sure bool, err error) {
	body, err := encodeJSON(map[string]string{"cgi_path": path})
	if err != nil {
		return false, false, err
	}
	var answer struct {
		Quota *struct {
			Limit int64 `json:"daily_limit"`
		} `json:"quota"`
	}
	err = a.call(ctx, request{path: "/cgi-bin/openapi/quota/get", body: body, asks: true, answer: &answer,
		complete: func() bool { return answer.Quota != nil }})
	if refused, ok := errors.AsType[*APIError](err); ok && refused.Code == codeNoRight {
		return false, true, nil
	}
	if err != nil {
		return false, false, err
	}
	return true, answer.Quota.Limit > 0, nil
}
