package content

import "slices"

// What people write for the values of a field, after Normalise; the first of
// each value is the one that is written.
var (
	typeWords = []wordFor[Type]{
		{Single, []string{"单选", "单选题", "单项选择", "单项选择题", "单项"}},
		{Multiple, []string{"多选", "多选题", "多项选择", "多项选择题", "不定项选择题", "不定项", "多项"}},
		{Judge, []string{"判断", "判断题", "是非题", "对错题"}},
		{Blank, []string{"填空", "填空题"}},
	}
	stateWords = []wordFor[State]{
		{Draft, []string{"草稿", "未审", "待审", "待审核"}},
		{Reviewed, []string{"已审", "已审核", "审核通过"}},
		{Approved, []string{"已批准", "批准", "可用", "启用", "已启用", "已发布"}},
		{Retired, []string{"停用", "已停用", "作废"}},
	}
	gradeWords = []wordFor[Grade]{
		{Official, []string{"权威", "权威来源", "官方"}},
		{Secondary, []string{"待核对", "有待核对", "二手"}},
	}
	verdictWords = []wordFor[Letters]{
		{1, []string{"对", "正确", "√", "✓", "✔", "是", "t", "true", "对的", "a"}},
		{2, []string{"错", "错误", "×", "✗", "✘", "x", "否", "f", "false", "不对", "不正确", "错的", "b"}},
	}
	levelWords = []wordFor[int]{
		{1, []string{"易", "容易", "简单"}}, {2, []string{"较易"}}, {3, []string{"中", "中等", "一般", "适中"}},
		{4, []string{"较难"}}, {5, []string{"难", "困难"}},
	}
)

type wordFor[T comparable] struct {
	value T
	words []string
}

// meaning finds the value that a word stands for.
func meaning[T comparable](table []wordFor[T], word string) (value T, ok bool) {
	word = Normalise(word)
	for _, w := range table {
		if slices.Contains(w.words, word) {
			return w.value, true
		}
	}
	return value, false
}

// wording is the word with which a value is written.
func wording[T ~string](table []wordFor[T], value T) string {
	for _, w := range table {
		if w.value == value {
			return w.words[0]
		}
	}
	return string(value)
}

// Word is how tables and lists name the state; unknown ones stay as they are.
func (s State) Word() string { return wording(stateWords, s) }

// Word is how tables and lists name the type.
func (t Type) Word() string { return wording(typeWords, t) }

// Word is how tables and lists name the kind.
func (k Kind) Word() string { return wording(kindWords, k) }
