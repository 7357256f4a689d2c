package bot

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"dangshi/content"
)

// MenuEntry is one entry of the account's menu: it says a word, opens a page or a
// mini program, or holds further entries.
type MenuEntry struct {
	Name   string      `yaml:"name"`
	Word   string      `yaml:"word,omitempty"`   // what a tap says: a command such as 答题, or a word of an Answer
	Series string      `yaml:"series,omitempty"` // name of a series of the content: a tap gives its next episode
	URL    string      `yaml:"url,omitempty"`    // https
	AppID  string      `yaml:"appid,omitempty"`  // of a mini program; URL is for phones that can't open it
	Page   string      `yaml:"page,omitempty"`   // of the mini program
	Items  []MenuEntry `yaml:"items,omitempty"`
}

// Says is what a tap says: the word, or the name of the series; empty: it says nothing.
func (e MenuEntry) Says() string { return cmp.Or(e.Word, e.Series) }

// Limits of WeChat's menu: entries, and bytes of a name at the bar and below it,
// of a word and of an address.
const (
	menuBar      = 3
	menuItems    = 5
	menuBarName  = 16
	menuItemName = 60
	menuWord     = 128
	menuURL      = 1024
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
// A word may be one of the organisation's own answers.
func CheckMenu(menu []MenuEntry, answers []Answer) error {
	var errs []error
	if len(menu) > menuBar {
		errs = append(errs, fmt.Errorf("菜单栏最多 %d 项，现在有 %d 项", menuBar, len(menu)))
	}
	for _, e := range menu {
		errs = append(errs, e.check(menuBarName, answers)...)
		if len(e.Items) > menuItems {
			errs = append(errs, fmt.Errorf("菜单“%s”下面最多 %d 项，现在有 %d 项", e.Name, menuItems, len(e.Items)))
		}
		for _, item := range e.Items {
			errs = append(errs, item.check(menuItemName, answers)...)
			if len(item.Items) > 0 {
				errs = append(errs, fmt.Errorf("菜单“%s”已在第二层，下面不能再有", item.Name))
			}
		}
	}
	return errors.Join(errs...)
}

func (e MenuEntry) check(name int, answers []Answer) (errs []error) {
	fault := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("菜单“%s”"+format, append([]any{e.Name}, args...)...))
	}
	if n := len(e.Name); n == 0 || n > name {
		errs = append(errs, fmt.Errorf("菜单名称“%s”应为 1 到 %d 个字节（一个汉字 3 个字节），现在有 %d 个", e.Name, name, n))
	}
	does := 0
	for _, set := range []bool{e.Says() != "", e.URL != "", len(e.Items) > 0} {
		if set {
			does++
		}
	}
	if does != 1 {
		fault("应有 word、series、url、items 当中的一个")
	}
	if e.Word != "" && e.Series != "" {
		fault("的 word 和 series 只能写一个")
	}
	if e.Series != "" && (Reserved(e.Series) || content.Normalise(e.Series) == "") {
		fault("的 series“%s”不能是系列的名字", e.Series)
	}
	if e.Word != "" && !Reserved(e.Word) && !slices.ContainsFunc(answers, func(a Answer) bool { return a.answers(e.Word) }) {
		fault("的 word“%s”不是这里的口令，answers 里也没有", e.Word)
	}
	if n := len(e.Says()); n > menuWord {
		fault("的 word 或 series 有 %d 个字节，最多 %d 个", n, menuWord)
	}
	u, err := url.Parse(e.URL)
	if e.URL != "" && (err != nil || u.Scheme != "https" || u.Host == "" || strings.ContainsAny(e.URL, " \"<>")) {
		fault("的 url 应是 https 地址")
	}
	if len(e.URL) > menuURL {
		fault("的 url 有 %d 个字节，最多 %d 个", len(e.URL), menuURL)
	}
	if (e.AppID == "") != (e.Page == "") || e.AppID != "" && e.URL == "" {
		fault("打开小程序要有 appid、page，还要有 url，给打不开小程序的手机用")
	}
	return errs
}

// Reserved reports whether a word is a command of the chat, which comes before
// whatever else it may mean.
func Reserved(word string) bool {
	_, known := commands()[content.Normalise(word)]
	return known
}

// MissingSeries are the series that a menu names and the content lacks: a tap on such
// an entry does nothing.
func MissingSeries(menu []MenuEntry, library *content.Library) (names []string) {
	for _, e := range menu {
		if e.Series != "" {
			if _, ok := library.Series(e.Series); !ok {
				names = append(names, e.Series)
			}
		}
		names = append(names, MissingSeries(e.Items, library)...)
	}
	return names
}
