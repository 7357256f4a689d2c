package certificate

import (
	"strings"
	"testing"
	"time"

	"dangshi/quiz"
)

func TestWordingIsChecked(t *testing.T) {
	for _, c := range []struct {
		w    Wording
		want string // in the error; "": none
	}{
		{Wording{}, ""},
		{Wording{Organisation: "中共江城区委党校", Honour: "学习标兵", Text: "在{season}活动中名列第{place}名，积{points}分、{days}天，被评为"}, ""},
		{Wording{Organisation: strings.Repeat("校", 31)}, "organisation 有 31 个字，最多 30 个"},
		{Wording{Honour: strings.Repeat("人", 15)}, "honour 有 15 个字，最多 14 个"},
		{Wording{Text: strings.Repeat("好", 91)}, "text 有 91 个字，最多 90 个"},
		{Wording{Text: "第{rank}名"}, "{rank} 不认识"},
		{Wording{Text: "第{place名"}, "花括号没有成对"},
		{Wording{Text: "一\n二"}, "应为一行"},
	} {
		err := c.w.Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.w, err, c.want)
		}
		if _, made := New(Config{Wording: c.w}); (made == nil) != (err == nil) {
			t.Errorf("%+v: New says %v, Check says %v", c.w, made, err)
		}
	}
}

func TestChineseDate(t *testing.T) {
	for want, at := range map[string]time.Time{
		"二〇二七年一月五日":    time.Date(2027, 1, 4, 16, 0, 0, 0, time.UTC), // midnight in Beijing
		"二〇二六年十二月三十一日": time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC),
		"二〇三〇年十月二十日":   time.Date(2030, 10, 20, 1, 0, 0, 0, time.UTC),
		"二〇二七年十一月十日":   time.Date(2027, 11, 10, 1, 0, 0, 0, time.UTC),
	} {
		if got := chineseDate(at.Unix()); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := (Wording{}).withDefaults().sentence(someAward(3, "张三")); !strings.HasPrefix(got, "在2026年度“党史上的今天”") || !strings.Contains(got, "坚持361天，积35612分，名列第3名") {
		t.Error(got)
	}
	if got := seasonName(quiz.Season{ID: "2026-1"}); got != "2026-1赛季" {
		t.Error(got)
	}
}

func TestLinesBreakAfterMarks(t *testing.T) {
	m := newMaker(t, someConfig())
	for _, place := range []int{1, 3, 88, 100} {
		l := layout(t, m, someAward(place, "张三"))
		var lines []string
		for i, b := range l.boxes {
			if b.field == "text" {
				lines = append(lines, l.texts[i])
			}
		}
		if len(lines) != 3 || !strings.HasSuffix(lines[0], "，") {
			t.Errorf("place %d: %q", place, lines)
		}
	}
}
