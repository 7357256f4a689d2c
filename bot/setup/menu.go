// Package setup is what is done to the account itself when it is connected and
// later when its settings change: its menu, and what its editors had made in
// WeChat's console before.
package setup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"dangshi/bot"
	"dangshi/bot/wechat"
	"dangshi/content"
)

// Buttons are a menu as WeChat writes it.
func Buttons(entries []bot.MenuEntry) []wechat.Button {
	var all []wechat.Button
	for _, e := range entries {
		b := wechat.Button{Name: e.Name, Sub: Buttons(e.Items)}
		switch {
		case e.Says() != "":
			b.Type, b.Key = "click", e.Says()
		case e.AppID != "":
			b.Type, b.AppID, b.PagePath, b.URL = "miniprogram", e.AppID, e.Page, e.URL
		case e.URL != "":
			b.Type, b.URL = "view", e.URL
		}
		all = append(all, b)
	}
	return all
}

// own are buttons as OwnMenu tells of them.
func own(buttons []wechat.Button) []wechat.OwnButton {
	var all []wechat.OwnButton
	for _, b := range buttons {
		o := wechat.OwnButton{Button: b, Sub: own(b.Sub)}
		o.Button.Sub = nil
		all = append(all, o)
	}
	return all
}

// Mark says what becomes of an entry of the menu.
type Mark byte

// The marks.
const (
	Same    Mark = ' '
	Added   Mark = '+'
	Changed Mark = '~'
	Removed Mark = '-'
)

// Line is one entry, the ones below it follow.
type Line struct {
	Mark  Mark
	Depth int // 0: at the bar
	Name  string
	Does  string // what a tap does, in words; empty: it holds entries
	Was   string // of Changed: what it does now
}

// Diff is what installing a menu changes.
type Diff struct {
	Lines []Line
	Lost  []string // names of entries that only the account has, in no other place either
	Moved bool     // entries stand in another order
}

// None reports whether the account has the menu already.
func (d Diff) None() bool {
	return !d.Moved && !slices.ContainsFunc(d.Lines, func(l Line) bool { return l.Mark != Same })
}

// Compare says what installing a menu changes of what members see now.
func Compare(menu []bot.MenuEntry, has wechat.OwnMenu) Diff {
	now := has.Buttons
	if !has.Open {
		now = nil
	}
	var d Diff
	d.compare(own(Buttons(menu)), now, 0)
	for _, l := range d.Lines {
		stays := func(o Line) bool { return o.Mark != Removed && o.Does != "" && (o.Name == l.Name || o.Does == l.Does) }
		if l.Mark == Removed && l.Does != "" && !slices.ContainsFunc(d.Lines, stays) {
			d.Lost = append(d.Lost, content.Plain(l.Name))
		}
	}
	return d
}

func (d *Diff) compare(want, has []wechat.OwnButton, depth int) {
	used := make([]bool, len(has))
	last := -1
	for _, w := range want {
		at := slices.IndexFunc(has, func(h wechat.OwnButton) bool { return h.Name == w.Name })
		if at < 0 || used[at] {
			d.all(Added, w, depth)
			continue
		}
		used[at] = true
		d.Moved = d.Moved || at < last
		last = at
		h := has[at]
		line := Line{Same, depth, w.Name, does(w), ""}
		if does(h) != line.Does {
			line.Mark, line.Was = Changed, does(h)
		}
		d.Lines = append(d.Lines, line)
		d.compare(w.Sub, h.Sub, depth+1)
	}
	for i, h := range has {
		if !used[i] {
			d.all(Removed, h, depth)
		}
	}
}

// all is an entry that is new or goes, with those below it.
func (d *Diff) all(m Mark, b wechat.OwnButton, depth int) {
	d.Lines = append(d.Lines, Line{m, depth, b.Name, does(b), ""})
	for _, sub := range b.Sub {
		d.all(m, sub, depth+1)
	}
}

// typeNames are what kinds of entries are called that this menu cannot make.
var typeNames = map[string]string{
	"text": "回复一段文字", "news": "图文", "img": "图片", "voice": "语音", "video": "视频", "media_id": "素材",
	"view_limited": "图文", "article_id": "文章", "article_view_limited": "文章",
	"scancode_push": "扫一扫", "scancode_waitmsg": "扫一扫", "location_select": "发送位置",
	"pic_sysphoto": "拍照", "pic_photo_or_album": "拍照或相册", "pic_weixin": "相册",
}

// does says what a tap does; empty of one that holds entries.
func does(b wechat.OwnButton) string {
	var text string
	switch {
	case len(b.Sub) > 0:
		return ""
	case b.Type == "click":
		text = "发“" + b.Key + "”"
	case b.Type == "view":
		text = "打开 " + b.URL
	case b.Type == "miniprogram":
		text = "打开小程序 " + b.AppID + " " + b.PagePath
	case b.Type == "text":
		text = "回复“" + b.Value + "”"
	case typeNames[b.Type] != "":
		text = typeNames[b.Type]
	default:
		text = "“" + b.Type + "”类"
	}
	return shown(text)
}

// maxShown bounds, in bytes, what is shown of a text that came from elsewhere.
const maxShown = 150

// shown is a foreign text on one line, fit for a terminal. It stays as it is
// typed: an address is to be read as such.
func shown(text string) string {
	return content.CutSentence(strings.Join(strings.Fields(strings.Map(visible, text)), " "), maxShown)
}

func visible(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// Menus is the account's API, as far as its menu goes.
type Menus interface {
	OwnMenu(ctx context.Context) (wechat.OwnMenu, error)
	SetMenu(ctx context.Context, menu []wechat.Button) error
}

// LostError: nothing was installed, since the account has entries that would go.
type LostError struct{ Names []string }

func (e *LostError) Error() string {
	return fmt.Sprintf("公众号的菜单里有 %d 项是这边没有的：%s", len(e.Names), strings.Join(e.Names, "、"))
}

// Install gives the account a menu and says what that changed; nothing is sent
// where it has it already. A menu that takes entries away which only the account
// has is refused with a *LostError unless lose is set. Made again after an error
// it does no harm.
func Install(ctx context.Context, api Menus, menu []bot.MenuEntry, lose bool) (Diff, error) {
	has, err := api.OwnMenu(ctx)
	if err != nil {
		return Diff{}, err
	}
	d := Compare(menu, has)
	switch {
	case d.None():
		return d, nil
	case len(d.Lost) > 0 && !lose:
		return d, &LostError{d.Lost}
	}
	return d, api.SetMenu(ctx, Buttons(menu))
}
