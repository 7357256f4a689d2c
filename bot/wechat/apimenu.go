package wechat

import (
	"context"
	"errors"
)

// Button is an entry of the account's menu, as WeChat writes it: of the bar, with Sub or with a
// Type, or below it. Which of the other fields are set depends on Type.
// https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
type Button struct {
	Type      string   `json:"type,omitempty"` // click, view, location_select, …; empty with Sub
	Name      string   `json:"name"`
	Key       string   `json:"key,omitempty"`
	URL       string   `json:"url,omitempty"`
	MediaID   string   `json:"media_id,omitempty"`
	ArticleID string   `json:"article_id,omitempty"`
	AppID     string   `json:"appid,omitempty"` // of a mini program, with URL for those who can't open it
	PagePath  string   `json:"pagepath,omitempty"`
	Sub       []Button `json:"sub_button,omitempty"`
}

// SetMenu replaces the account's menu; members see it within five minutes, or at once after
// following anew. An empty menu is refused: nobody means to lose it that way.
func (a *API) SetMenu(ctx context.Context, menu []Button) error {
	if len(menu) == 0 {
		return errors.New("菜单是空的，没有提交")
	}
	body, err := encodeJSON(map[string][]Button{"button": sendableButtons(menu)})
	if err != nil {
		return err
	}
	return a.call(ctx, request{path: "/cgi-bin/menu/create", body: body})
}

func sendableButtons(menu []Button) []Button {
	all := make([]Button, len(menu))
	for i, b := range menu {
		b.Name, b.Key, b.URL = sendable(b.Name), sendable(b.Key), sendable(b.URL)
		b.Sub = sendableButtons(b.Sub)
		all[i] = b
	}
	return all
}

// codeNoMenu: the account has none that was made through the API.
const codeNoMenu = 46003

// Menu is the menu that was set through the API; nil where there is none. A menu that was made
// in the account's console is not seen.
func (a *API) Menu(ctx context.Context) ([]Button, error) {
	var answer struct {
		Menu *struct {
			Buttons []Button `json:"button"`
		} `json:"menu"`
	}
	err := a.call(ctx, request{path: "/cgi-bin/menu/get", asks: true, answer: &answer,
		complete: func() bool { return answer.Menu != nil }})
	var refused *APIError
	if errors.As(err, &refused) && refused.Code == codeNoMenu {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return answer.Menu.Buttons, nil
}
