package content

import (
	"fmt"
	"testing"
)

func TestAlike(t *testing.T) {
	choice := func(id, stem string, options ...string) Question {
		return Question{ID: id, Type: Single, Stem: stem, Options: options, Answer: Key{Letters: 1}, State: Approved}
	}
	current := []Question{
		choice("there", "中国共产党第一次全国代表大会是在哪一年召开的？", "1919年", "1921年", "1927年"),
		choice("short", "对吗？", "对", "错"),
		{ID: "retired", Type: Judge, Stem: "南昌起义打响了武装反抗国民党反动派的第一枪。", Answer: Key{Letters: 1}, State: Retired},
	}
	var entries []Entry[Question]
	for _, q := range []Question{
		choice("like", "中国共产党第一次全国代表大会在哪一年召开？", "1919年", "1921年", "1927年"),
		choice("options", "中国共产党第一次全国代表大会是在哪一年召开的？", "1919年", "1921年", "1927年", "1949年"),
		choice("same", "中国共产党第一次全国代表大会，是在哪一年召开的", "1927年", "1921年", "1919年"),
		choice("pattern", "中国共产党第二次全国代表大会是在哪里召开的？", "上海", "北京", "嘉兴"),
		choice("too short", "对么？", "对", "错"),
		{ID: "judge", Type: Judge, Stem: "南昌起义打响了武装反抗国民党反动派第一枪。", Answer: Key{Letters: 1}, State: Approved},
		{ID: "denied", Type: Judge, Stem: "南昌起义打响了武装反抗国民党反动派最后一枪。", Answer: Key{Letters: 2}, State: Approved},
	} {
		entries = append(entries, Entry[Question]{Value: q, File: "f", Row: 1, Stated: true})
	}
	want := map[string]string{"like": "there", "options": "there", "same": "", "pattern": "", "too short": "", "judge": "", "denied": "judge"}
	for _, s := range PlanQuestions(current, entries) {
		got := ""
		if s.Like != nil {
			got = s.Like.ID
		}
		if got != want[s.Value.ID] || (got != "") != (s.Alike >= alikeFrom) {
			t.Errorf("%s is like %q (%.2f), want %q", s.Value.ID, got, s.Alike, want[s.Value.ID])
		}
	}
	// Loaded again, nothing is said.
	bank := append(current, entries[0].Value)
	for _, s := range PlanQuestions(bank, entries[:1]) {
		if s.Fate != Unchanged || s.Like != nil {
			t.Errorf("%+v", s)
		}
	}
}

// many are questions of which every hundredth is almost the one before it.
func many(n int) []Entry[Question] {
	entries := make([]Entry[Question], n)
	for i := range entries {
		k := i
		stem := ""
		if i%100 == 99 {
			k--
			stem = "请问："
		}
		var text []rune
		for j, x := 0, mix(uint64(k)); j < 24; j, x = j+1, mix(x) {
			text = append(text, rune(0x4E00+x%3000))
		}
		entries[i] = Entry[Question]{Value: Question{ID: fmt.Sprint("q", i), Type: Judge, Stem: stem + string(text), Answer: Key{Letters: 1}, State: Draft}, File: "f", Row: i + 1}
	}
	return entries
}

func TestAlikeAmongMany(t *testing.T) {
	found := 0
	for i, s := range PlanQuestions(nil, many(5000)) {
		switch {
		case s.Like == nil:
		case i%100 == 99 && s.Like.ID == fmt.Sprint("q", i-1):
			found++
		default:
			t.Errorf("%s is like %s (%.2f)", s.Value.ID, s.Like.ID, s.Alike)
		}
	}
	if found != 50 {
		t.Errorf("%d of 50 were found", found)
	}
}

func BenchmarkPlan(b *testing.B) {
	entries := many(100_000)
	for b.Loop() {
		PlanQuestions(nil, entries)
	}
}
