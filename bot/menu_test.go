package bot

import (
	"slices"
	"strings"
	"testing"

	"dangshi/content"
)

func TestMenu(t *testing.T) {
	if err := CheckMenu(DefaultMenu(), nil); err != nil {
		t.Errorf("the menu that is shipped: %v", err)
	}
	word := MenuEntry{Name: "答题", Word: "答题"}
	phone := []MenuEntry{{Name: "电话", Word: "电话"}, {Name: "小程序", AppID: "wx1", Page: "pages/a", URL: "https://x.cn/"}, {Name: "百人百声", Series: "百人百声"}}
	if err := CheckMenu(phone, []Answer{{Words: []string{"电话"}, Reply: "0571"}}); err != nil {
		t.Errorf("an answer of the organisation's, a mini program: %v", err)
	}
	for says, menu := range map[string][]MenuEntry{
		"最多 3 项":  {word, word, word, word},
		"最多 5 项":  {{Name: "学", Items: []MenuEntry{word, word, word, word, word, word}}},
		"1 到 16":  {{Name: "党史上的今天", Word: "今天"}},
		"1 到 60":  {{Name: "学", Items: []MenuEntry{{Name: strings.Repeat("长", 21), Word: "今天"}}}},
		"当中的一个":   {{Name: "空"}},
		"只能写一个":   {{Name: "两", Word: "答题", Series: "百人百声"}},
		"不能是系列":   {{Name: "令", Series: "答题"}},
		"不是这里的口令": {{Name: "错", Word: "没有这个"}},
		"https":   {{Name: "网", URL: "http://x.cn/"}},
		"小程序":     {{Name: "小", AppID: "wx1", URL: "https://x.cn/"}},
		"最多 128":  {{Name: "长", Word: strings.Repeat("a", 129)}},
		"最多 1024": {{Name: "长", URL: "https://x.cn/" + strings.Repeat("a", 1024)}},
		"第二层":     {{Name: "学", Items: []MenuEntry{{Name: "深", Items: []MenuEntry{word}}}}},
	} {
		if err := CheckMenu(menu, []Answer{{Words: []string{"电话"}, Reply: "0571"}}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %s", err, says)
		}
	}
}

// TestMenuOfASeries: an entry that names a series gives its next episode, and what is
// named and not there is told.
func TestMenuOfASeries(t *testing.T) {
	library := content.NewLibrary([]content.Item{{ID: "s1", Kind: content.Story, Series: "百人百声", Episode: 1, State: content.Approved}}, nil)
	menu := []MenuEntry{{Name: "听", Items: []MenuEntry{{Name: "百人百声", Series: "百人百声"}, {Name: "别的", Series: "别的"}}}}
	if missing := MissingSeries(menu, library); !slices.Equal(missing, []string{"别的"}) {
		t.Errorf("missing: %v", missing)
	}
}
