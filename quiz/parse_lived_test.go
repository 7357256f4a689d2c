package quiz

import (
	"testing"

	"dangshi/content"
)

// TestNumbersAndOptions: a number that may mean another option is asked again.
func TestNumbersAndOptions(t *testing.T) {
	for _, c := range []struct {
		options []string
		text    string
		want    content.Letters
	}{
		{[]string{"四大", "六大", "五大", "七大"}, "四", 0},
		{[]string{"第三次", "第一次", "第二次", "第五次"}, "三", 0},
		{[]string{"第三次", "第一次", "第二次", "第五次"}, "第三个", 4}, // 个: a place
		{[]string{"第三次", "第一次", "第二次", "第五次"}, "C", 4},
		{[]string{"3月", "6月", "9月", "11月"}, "3", 0},
		{[]string{"1921年", "1922年", "1923年", "1924年"}, "2", 2},
		{[]string{"1921年", "1922年", "1923年", "1924年"}, "第二个", 2},
		{[]string{"十三大", "十四大", "十五大", "十六大"}, "三", 4},
		{[]string{"北京", "上海", "广州", "武汉"}, "3", 4},
	} {
		q := content.Question{Type: content.Single, Options: c.options, Answer: content.Key{Letters: 1}}
		got, ok := ParseAnswer(c.text, q)
		if got.Letters != c.want || ok != (c.want != 0) {
			t.Errorf("%q of %v gives %q, want %q", c.text, c.options, got.Letters, c.want)
		}
	}
}

// TestBlankInASentence: people answer in sentences, and say other things.
func TestBlankInASentence(t *testing.T) {
	q := content.Question{Type: content.Blank, Answer: content.Key{Accept: []string{"井冈山", "井岡山根据地"}}}
	for _, text := range []string{
		"井冈山", "是井冈山", "答井冈山", "填井冈山", "我觉得井冈山", "我觉得是井冈山", "可能井冈山", "应该是井冈山吧", "井冈山,对吗", "井冈山吧", "答案是井冈山。", "就是井冈山啊", "叫井冈山",
	} {
		c, ok := ParseAnswer(text, q)
		if !ok || !Right(q, c.given(q, nil, 0)) {
			t.Errorf("%q is taken for %q", text, c.Text)
		}
	}
	for _, text := range []string{"谢谢老师", "好的", "哈哈", "你好", "在吗", "这是什么意思?", "人工客服", "晚上好!", "可以问一下吗", "[强]"} {
		if c, ok := ParseAnswer(text, q); ok {
			t.Errorf("%q is taken for the word %q", text, c.Text)
		}
	}
	for _, text := range []string{"延安", "不知道", "瑞金吧"} {
		c, ok := ParseAnswer(text, q)
		if !ok || Right(q, c.given(q, nil, 0)) {
			t.Errorf("%q: %q, %v", text, c.Text, ok)
		}
	}
}
