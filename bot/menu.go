package bot

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// MenuEntry is one entry of the account's menu: it says a word, opens a page, or
// holds further entries.
type MenuEntry struct {
	Name  string      `yaml:"name"`
	Word  string      `yaml:"word"` // what a tap says, such as 答题
	URL   string      `yaml:"url"`  // https
	Items []MenuEntry `yaml:"items"`
}

// Limits of WeChat's menu: entries, and bytes of a name at the bar and below it.
const (
	menuBar      = 3
	menuItems    = 5
	menuBarName  = 16
	menuItemName = 60
)

// DefaultMenu is the menu where the settings have none.
func DefaultMenu() []MenuEntry {
	word := func(name string) MenuEntry { return MenuEntry{Name: name, Word: name} }
	return []MenuEntry{
		word("答题"),
		{Name: "学党史", Items: []MenuEntry{
			{Name: "党史上的今天", Word: "今天"}, {Name: "党史百问", Word: "百问"}, {Name: "党史小故事", Word: "故事"},
			{Name: "听党史", Word: "听"}, {Name: "练错题", Word: "错题"},
		}},
		{Name: "我的", Items: []MenuEntry{
			{Name: "我的记录", Word: "我的"}, {Name: "排行榜", Word: "排行"}, {Name: "我的数据", Word: "我的数据"},
			{Name: "答题规则", Word: "规则"}, word("帮助"),
		}},
	}
}

// CheckMenu names every entry that WeChat would refuse, or that would do nothing.
func CheckMenu(menu []MenuEntry) error {
	var errs []error
	if len(menu) > menuBar {
		errs = append(errs, fmt.Errorf("菜单栏最多 %d 项，现在有 %d 项", menuBar, len(menu)))
	}
	for _, e := range menu {
		errs = append(errs, e.check(menuBarName)...)
		if len(e.Items) > menuItems {
			errs = append(errs, fmt.Errorf("菜单“%s”下面最多 %d 项，现在有 %d 项", e.Name, menuItems, len(e.Items)))
		}
		for _, item := range e.Items {
			errs = append(errs, item.check(menuItemName)...)
			if len(item.Items) > 0 {
				errs = append(errs, fmt.Errorf("菜单“%s”已在第二层，下面不能再有", item.Name))
			}
		}
	}
	return errors.Join(errs...)
}

func (e MenuEntry) check(name int) (errs []error) {
	if n := len(e.Name); n == 0 || n > name {
		errs = append(errs, fmt.Errorf("菜单名称“%s”应为 1 到 %d 个字节（一个汉字 3 个字节），现在有 %d 个", e.Name, name, n))
	}
	does := 0
	for _, set := range []bool{e.Word != "", e.URL != "", len(e.Items) > 0} {
		if set {
			does++
		}
	}
	if does != 1 {
		errs = append(errs, fmt.Errorf("菜单“%s”应有 word、url、items 当中的一个", e.Name))
	}
	if _, known := commands()[e.Word]; e.Word != "" && !known {
		errs = append(errs, fmt.Errorf("菜单“%s”的 word“%s”不是这里的口令", e.Name, e.Word))
	}
	if u, err := url.Parse(e.URL); e.URL != "" && (err != nil || u.Scheme != "https" || u.Host == "" || strings.ContainsAny(e.URL, " \"<>")) {
		errs = append(errs, fmt.Errorf("菜单“%s”的 url 应是 https 地址", e.Name))
	}
	return errs
}
