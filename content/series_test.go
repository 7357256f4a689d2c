package content

import (
	"fmt"
	"strings"
	"testing"
)

func episodeOf(n int, date string) Item {
	return Item{ID: fmt.Sprintf("e%02d", n), Kind: Audio, Series: "百人百声", Episode: n, Date: date, State: Approved}
}

// TestNextOf: who comes each day hears one after another, and what is new.
func TestNextOf(t *testing.T) {
	all := []Item{episodeOf(1, ""), episodeOf(2, ""), episodeOf(10, "")}
	dated := []Item{episodeOf(1, "2026-11-24"), episodeOf(2, "2026-11-25"), episodeOf(3, "2026-11-26"), episodeOf(4, "2026-11-28")}
	plain := []Item{{ID: "a"}, {ID: "c"}, {ID: "d"}}
	for _, c := range []struct {
		items     []Item
		last, day string
		want      string
	}{
		{all, "", "2026-11-26", "e01"},
		{all, "e02", "2026-11-26", "e10"},
		{all, "e10", "2026-11-26", "e01"}, // after the end the beginning
		{dated, "", "2026-11-26", "e01"},
		{dated, "e01", "2026-11-26", "e02"},
		{dated, "e02", "2026-11-26", "e03 then 2026-11-28"},
		{dated, "e03", "2026-11-26", "e03 then 2026-11-28"}, // not the first again
		{dated, "e03", "2026-11-28", "e04"},
		{dated, "e04", "2026-11-28", "e01"},
		{dated, "", "2026-11-23", "nothing then 2026-11-24"},
		{nil, "", "2026-11-23", "nothing"},
		{plain, "b", "2026-11-23", "c"}, // taken away meanwhile
		{plain, "x", "2026-11-23", "a"},
	} {
		turn, ok := NextOf(c.items, c.last, c.day)
		got := turn.Item.ID
		if !ok {
			got = "nothing"
		}
		if turn.Coming != "" {
			got += " then " + turn.Coming
		}
		if got != c.want {
			t.Errorf("after %q on %s: %s, want %s", c.last, c.day, got, c.want)
		}
	}
}

func TestSeriesOfALibrary(t *testing.T) {
	draft := episodeOf(3, "")
	draft.State = Draft
	lib := NewLibrary([]Item{episodeOf(10, ""), draft, episodeOf(2, ""), {ID: "a", Kind: Audio, State: Approved}}, nil)
	ids := func(items []Item) (s string) {
		for _, it := range items {
			s += it.ID + " "
		}
		return s
	}
	if got := ids(lib.Items(Audio)); got != "a e02 e10 " {
		t.Error(got)
	}
	episodes, ok := lib.Series(" 百人 百聲！")
	if got := ids(episodes); !ok || got != "e02 e10 " {
		t.Error(got, ok)
	}
	if _, ok := lib.Series("千人千声"); ok {
		t.Error("there is another series")
	}
}

// TestEpisodesInTables: usual names of columns, ids of their own, and what is
// wrong with an episode.
func TestEpisodesInTables(t *testing.T) {
	f, err := ReadItemsFile("f", strings.NewReader("系列,第几集,标题,正文,音频,播出日期\n百人百声,第3集,三,文,https://a.cn/3.mp3,2026年7月1日\n百人百声,4,四,文,https://a.cn/4.mp3,\n"))
	if err != nil || f.Err() != nil {
		t.Fatal(err, f.Err())
	}
	a, b := f.Items[0].Value, f.Items[1].Value
	if a.Kind != Audio || a.Series != "百人百声" || a.Episode != 3 || a.Date != "2026-07-01" || !strings.HasPrefix(a.ID, "audio-") || !strings.HasSuffix(a.ID, "-0003") || a.ID >= b.ID {
		t.Errorf("%+v %+v", a, b)
	}
	f, err = ReadItemsFile("f", strings.NewReader(`编号,种类,系列,集数,日期,标题,正文,音频
a,听,,3,,一,文,
b,听,百人百声,,,二,文,
c,今天,百人百声,1,07-01,三,文,
d,听,abc,1,,四,文,
e,听,听党史,1,,五,文,
f,听,百人百声,2,07-01,六,文,
g,听,百人百声,2,,七,文,http://a.cn/1.mp3
h,听,百人百声,第二集,,八,文,
`))
	if err != nil {
		t.Fatal(err)
	}
	sameFaults(t, f.Err(), []string{
		"f 第2行 [系列]: 写了集数，请写明是哪个系列",
		"f 第3行 [集数]: 集数是 0，请填 1 到 9999",
		"f 第4行 [系列]: “今天”不分系列",
		"f 第5行 [系列]: 系列名“abc”至少要有两个汉字",
		"f 第6行 [系列]: 系列名“听党史”是聊天里的口令",
		"f 第7行 [日期]: 这一集从哪一天起播出，请写明年份",
		"f 第8行 [音频]: 网址“http://a.cn/1.mp3”不合要求",
		"f 第8行 [集数]: “百人百声”第 2 集在第 7 行已经有了",
		"f 第9行 [集数]: 应是整数，现在是“第二集”",
	})
}
