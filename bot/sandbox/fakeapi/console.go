package fakeapi

import (
	"context"
	"encoding/json"
)

// Console is what the account's editors have made by hand in WeChat's own console. Both go on
// working until the server address is switched on.
type Console struct {
	Menu    json.RawMessage `json:"menu,omitempty"`    // selfmenu_info, as get_current_selfmenu_info shows it; empty: none
	Replies json.RawMessage `json:"replies,omitempty"` // the answer of get_current_autoreply_info; empty: none
}

// SetConsole replaces what the editors have made. A menu that was made through the API afterwards
// takes the place of theirs.
func (a *API) SetConsole(ctx context.Context, made Console) error {
	return a.change(ctx, func(acc *account) error {
		acc.Console = made
		return nil
	})
}

// consoleMenu is get_current_selfmenu_info of an account without a menu from the API.
func (a *API) consoleMenu(c *call) (any, error) {
	acc, err := a.account(c.ctx)
	if err != nil {
		return nil, err
	}
	if acc.Console.Menu == nil {
		return object{"is_menu_open": 0}, nil
	}
	return object{"is_menu_open": 1, "selfmenu_info": acc.Console.Menu}, nil
}

// replyRules is GET /cgi-bin/get_current_autoreply_info.
func (a *API) replyRules(c *call) (any, error) {
	acc, err := a.account(c.ctx)
	if err != nil {
		return nil, err
	}
	if acc.Console.Replies == nil {
		return object{"is_add_friend_reply_open": 0, "is_autoreply_open": 0}, nil
	}
	return acc.Console.Replies, nil
}
