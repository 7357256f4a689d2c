package quiz

import "slices"

// The words of the grammar. All are in folded form (half-width, simplified,
// lower case, no spaces) and the longest that fits wins. To teach the parser a
// new way of saying something, add the phrase here and lines to
// testdata/answers.tsv: some that are answers, and some like them that are not.

// leads may stand before letters, numbers and the text of an option.
var leads = slices.Concat(fillers, hedges, followed(hedges, "是"), answerTopics, answerVerbs, []string{
	"就", "是", "那就", "就是", "我要", "我答", "填", "我填", "还是选", "我还是选", "正确的是", "对的是",
})

// fillers mean nothing.
var fillers = []string{
	"嗯", "嗯嗯", "恩", "哦", "噢", "呃", "额", "啊", "唔", "那", "那么", "好的", "你好", "您好", "老师", "老师好",
}

// hedges say how sure somebody is.
var hedges = []string{
	"应该", "应当", "可能", "大概", "好像", "也许", "估计", "肯定", "一定", "当然", "绝对", "必须", "我觉得", "我认为", "我想",
	"我猜", "我看", "我感觉", "我估计", "个人认为", "感觉", "觉得",
}

// answerTopics speak of the answer or of the question, not of the statement.
var answerTopics = []string{
	"答案", "我的答案", "正确答案", "我的选择", "这题", "这道题", "这一题", "这个题", "本题", "此题", "这题我", "这道题我",
}

// answerVerbs lead to the answer itself.
var answerVerbs = []string{
	"选", "选择", "选项", "我选", "我选择", "我要选", "我就选", "我想选", "就选", "那就选", "那我选", "要选", "应选", "应该选", "应该选择",
	"应当选", "可能选", "肯定选", "答", "答案是", "答案为", "答案选", "我的答案是", "正确答案是", "我的选择是", "回答", "我回答", "我的回答是",
}

// ordinals make a number a place.
var ordinals = []string{"第"}

// What may follow an item. A number needs 第 or a list before it takes a
// classifier: 三个 counts, it names no place.
var (
	letterWords      = slices.Concat(judgeLetterWords, []string{"√", "✓", "✔"}) // B√ on a judge question contradicts itself
	judgeLetterWords = []string{"选项", "答案", "项", "这个", "那个", "这项", "那项", "这个选项"}
	numberWords      = []string{"个", "项", "条", "种", "号", "个选项", "个答案", "项答案", "选项", "答案", "号选项", "种说法"}
	plainNumberWords = []string{"选项", "答案", "号选项", "号答案"}
	classifiers      = []string{"个", "项", "条", "种", "个选项", "个答案"}
)

// joiners stand between two items; either order is fine around them.
var (
	joiners       = []string{"和", "跟", "与", "及", "以及", "还有", "加", "加上", "再加", "再加上", "同", "&", "+"}
	letterJoiners = slices.Concat(joiners, []string{"选", "和选", "还选", "再选", "也选", "选项", "和选项", "and"})
)

// spanWords begin a run of options from either end; spanOne are those that make
// sense with one.
var (
	spanWords = []string{"前", "前面", "头", "后", "后面", "最后", "最后面", "最前面", "最上面", "最下面"}
	spanOne   = []string{"最后", "最后面", "最前面", "最上面", "最下面", "头"}
)

// everyWords choose everything that was named, or all options.
var everyWords = []string{
	"全选", "都选", "全部", "全部都选", "全部选", "全都选", "全都要", "都要", "都对", "全对", "全部都对", "全都对", "全部对", "都是", "全是", "全部都是",
	"都正确", "全正确", "全部正确", "全都正确", "全部都正确", "都是对的", "全是对的", "都是正确的", "全都是", "均正确", "均对", "都没错", "都是正确答案", "皆是", "皆对", "均是",
}

// verdicts say of the option that it is right.
var verdicts = []string{"对", "对的", "正确", "没错", "是对的", "是正确的", "是正确答案", "是答案", "是对", "是正确"}

// tails are polite endings. 吗, 呢, 嘛 and 么 ask: they are not among them.
var tails = slices.Concat(thanks, []string{
	"吧", "呀", "啊", "哦", "噢", "喔", "哈", "呗", "咯", "啦", "哟", "嘞", "哒", "滴",
})

var thanks = []string{"谢谢", "谢谢你", "谢谢您", "谢谢老师", "谢谢啦", "多谢", "辛苦了", "感谢"}

// tagQuestions ask for agreement: B对吧.
var tagQuestions = []string{"对吧", "是吧", "没错吧", "正确吧", "的吧"}

// blankLeads lead to the word for a blank, normalised.
var blankLeads = []string{
	"答案", "答案是", "答案为", "我的答案是", "正确答案是", "应该是", "应当是", "可能是", "大概是", "好像是", "我觉得是", "我认为是", "我想是", "我猜是", "我填", "应该填", "我觉得", "我认为", "我想", "我猜",
}

// blankShortLeads lead to the word, too, but may belong to it: they are taken off
// only where an accepted answer is left.
var blankShortLeads = []string{"是", "答", "填", "叫", "为", "选", "可能", "应该", "大概", "好像", "也许", "一定是", "肯定是", "就是", "那就"}

// blankSentence are all of them, and what means nothing before them.
var blankSentence = slices.Concat(blankLeads, blankShortLeads, fillers, []string{"我", "就", "可能是", "谢谢"})

// blankTails end a sentence whose word is an accepted answer.
var blankTails = []string{"吧", "谢谢", "谢谢老师", "老师", "的", "哦", "呗", "啦", "对吗", "对吧", "是吗", "是吧", "对不对", "是不是", "啊", "呀", "呢", "吗", "了"}

// Signs with which people tick and cross.
const (
	tickMarks  = "√✓✔☑✅○◯⭕"
	crossMarks = "×✗✘✕✖❌❎☒"
)

// bareNo answers only by itself.
const bareNo = "不"

// judgeFillers may stand before a yes, judgeLeads before what is said of the
// statement.
var (
	judgeFillers = []string{"嗯", "嗯嗯", "恩"}
	judgeLeads   = slices.Concat(hedges, []string{
		"这句话", "这句", "这话", "这个说法", "这种说法", "该说法", "此说法", "说法", "题目说法", "本题说法", "这个观点", "该观点", "这个判断", "此判断", "表述", "该表述", "这是", "这个是", "完全",
	})
)

// judgeTopics with one of topicVerbs or a colon, and judgeVerbs, stand before a
// noun. 选项, 回答 and 答 are not among the verbs: 选项错误 complains, 答错
// confesses.
var (
	judgeTopics = []string{"答", "答案", "我的答案", "正确答案"}
	topicVerbs  = []string{"是", "为", "选", "应该是", "应该选"}
	judgeVerbs  = []string{
		"选", "选择", "我选", "我选择", "我要选", "我就选", "就选", "那就选", "应该选", "应选",
		"这题选", "这道题选", "本题选", "这题我选",
	}
)

// yesTails may follow a yes without a hedge; 对吧, 对哦 and 是哈 are chat.
var yesTails = slices.Concat(thanks, []string{"啊", "呀", "嘞", "啦"})

// Words for a judge question. Nouns can also follow 选 and 答案是.
var (
	yesNouns = slices.Concat(spelled(tickMarks), []string{
		"对", "正确", "是", "真", "勾", "钩", "对勾", "对号", "t", "true", "y", "yes", "v", "a", "right",
	})
	noNouns = slices.Concat(spelled(crossMarks), []string{
		"错", "错误", "否", "假", "叉", "叉叉", "错号", "叉号", "f", "false", "n", "no", "x", "b", "wrong",
	})
	yesWords = slices.Concat(yesNouns, []string{
		"对的", "正确的", "是的", "没错", "没有错", "没错的", "没有错误", "是对", "是对的", "是正确", "是正确的", "是真的", "是没错的", "属实", "成立", "对滴", "对哒", "对头", "对喽", "对咯", "是滴", "木有错",
	})
	noWords = slices.Concat(noNouns, []string{
		"不对", "不对的", "不是", "不是的", "不正确", "不正确的", "错的", "错误的", "假的", "是错", "是错的", "是错误", "是错误的", "是不对的",
		"是不正确的", "是假的", "不属实", "不准确", "不成立", "错滴", "错哒", "不对滴",
	})

	// drawn are the ways to say that a sign is put down.
	yesDrawn = []string{"打勾", "打钩", "打√", "打✓", "打✔", "打对勾", "打对号", "打个勾", "打个钩", "打个√", "画勾", "画钩", "画√", "划勾", "划钩", "划√"}
	noDrawn  = []string{"打叉", "打叉叉", "打×", "打x", "打❌", "打错号", "打叉号", "打个叉", "打个×", "画叉", "画×", "划叉", "划×"}
)

// spelled gives the signs of a table one by one.
func spelled(signs string) []string {
	var each []string
	for _, r := range signs {
		each = append(each, string(r))
	}
	return each
}

// followed gives each word with an ending.
func followed(words []string, ending string) []string {
	each := make([]string, len(words))
	for i, w := range words {
		each[i] = w + ending
	}
	return each
}
