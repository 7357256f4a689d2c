package fakeapi

import (
	"context"
	"net/url"
	"slices"
)

// Button is one of the menu. It has a Type or sub buttons.
type Button struct {
	Type      string   `json:"type,omitempty"`
	Name      string   `json:"name"`
	Key       string   `json:"key,omitempty"`
	URL       string   `json:"url,omitempty"`
	MediaID   string   `json:"media_id,omitempty"`
	ArticleID string   `json:"article_id,omitempty"`
	AppID     string   `json:"appid,omitempty"`
	PagePath  string   `json:"pagepath,omitempty"`
	SubButton []Button `json:"sub_button,omitempty"`
}

// Limits: developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu.
const (
	maxButtons    = 3
	maxSubButtons = 5
	maxName       = 16 // bytes
	maxSubName    = 60
	maxKey        = 128
	maxButtonURL  = 1024
)

// buttonCodes are the errcodes of one level of the menu.
type buttonCodes struct{ count, kind, name, key, url, domain int }

var (
	topCodes = buttonCodes{codeButtonCount, codeButtonType, codeButtonName, codeButtonKey, codeButtonURL, codeURLDomain}
	subCodes = buttonCodes{codeSubCount, codeSubType, codeSubName, codeSubKey, codeSubURL, codeSubURLDomain}
)

// keyTypes are the types of button whose tap is an event with a key.
var keyTypes = []string{"click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select"}

// Menu is what is installed, nil where nothing is.
func (a *API) Menu(ctx context.Context) ([]Button, error) {
	acc, err := a.account(ctx)
	if err != nil {
		return nil, err
	}
	return acc.Menu, nil
}

// menuCreate is POST /cgi-bin/menu/create.
func (a *API) menuCreate(c *call) (any, error) {
	var req struct {
		Button []Button `json:"button"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if n := len(req.Button); n == 0 || n > maxButtons {
		return nil, refuse(codeButtonCount)
	}
	for i := range req.Button {
		b := &req.Button[i]
		if err := a.checkTop(c, b); err != nil {
			return nil, err
		}
		for k := range b.SubButton {
			sub := &b.SubButton[k]
			if sub.Name == "" || len(sub.Name) > maxSubName {
				return nil, refuse(codeSubName)
			}
			if len(sub.SubButton) > 0 {
				return nil, refuse(codeSubType)
			}
			if err := a.checkButton(c, *sub, subCodes); err != nil {
				return nil, err
			}
			sub.SubButton = nil
		}
	}
	err := a.change(c.ctx, func(acc *account) error {
		acc.Menu = req.Button
		return nil
	})
	return ok(), err
}

func (a *API) checkTop(c *call, b *Button) error {
	switch {
	case b.Name == "" || len(b.Name) > maxName:
		return refuse(codeButtonName)
	case len(b.SubButton) > maxSubButtons:
		return refuse(codeSubCount)
	case len(b.SubButton) > 0:
		*b = Button{Name: b.Name, SubButton: b.SubButton} // the rest has no meaning then
		return nil
	}
	b.SubButton = nil
	return a.checkButton(c, *b, topCodes)
}

// checkButton checks what a button does.
func (a *API) checkButton(c *call, b Button, codes buttonCodes) error {
	switch {
	case slices.Contains(keyTypes, b.Type):
		if b.Key == "" || len(b.Key) > maxKey {
			return refuse(codes.key)
		}
	case b.Type == "view", b.Type == "miniprogram":
		if b.URL == "" || len(b.URL) > maxButtonURL {
			return refuse(codes.url)
		}
		if u, err := url.Parse(b.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return refuse(codes.domain)
		}
	case b.Type == "media_id", b.Type == "view_limited":
		files, err := a.files(c.ctx)
		if err != nil {
			return err
		}
		if m := files.find(b.MediaID, c.now); m == nil || !m.Permanent {
			return refuse(codeMediaID)
		}
	case b.Type == "article_id", b.Type == "article_view_limited":
		_, _, err := a.published(c.ctx, b.ArticleID)
		return err
	default:
		return refuse(codes.kind)
	}
	return nil
}

// menuDelete is GET /cgi-bin/menu/delete.
func (a *API) menuDelete(c *call) (any, error) {
	err := a.change(c.ctx, func(acc *account) error {
		acc.Menu = nil
		return nil
	})
	return ok(), err
}

// menuGet is GET /cgi-bin/menu/get.
func (a *API) menuGet(c *call) (any, error) {
	menu, err := a.Menu(c.ctx)
	if err != nil {
		return nil, err
	}
	if menu == nil {
		return nil, refuse(codeNoMenu)
	}
	return object{"menu": object{"button": buttons(menu, func(sub []object) any { return sub })}}, nil
}

// menuInfo is GET /cgi-bin/get_current_selfmenu_info.
func (a *API) menuInfo(c *call) (any, error) {
	menu, err := a.Menu(c.ctx)
	if err != nil {
		return nil, err
	}
	if menu == nil {
		return a.consoleMenu(c)
	}
	list := buttons(menu, func(sub []object) any {
		if len(sub) == 0 {
			return nil
		}
		return object{"list": sub}
	})
	return object{"is_menu_open": 1, "selfmenu_info": object{"button": list}}, nil
}

// buttons are a menu as it is answered; sub makes what stands for the sub buttons, nil for
// nothing.
func buttons(menu []Button, sub func([]object) any) []object {
	list := []object{}
	for _, b := range menu {
		o := object{"name": b.Name}
		for name, value := range map[string]string{
			"type": b.Type, "key": b.Key, "url": b.URL, "media_id": b.MediaID,
			"article_id": b.ArticleID, "appid": b.AppID, "pagepath": b.PagePath,
		} {
			if value != "" {
				o[name] = value
			}
		}
		if s := sub(buttons(b.SubButton, sub)); s != nil {
			o["sub_button"] = s
		}
		list = append(list, o)
	}
	return list
}
