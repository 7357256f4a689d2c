package bot

import (
	"strings"

	"dangshi/content"
)

// wishes are other ways to say a command, all normalised: they are no commands of
// their own, so that a bank need not shun them.
var wishes = map[string][]string{
	"答题": {
		"做题", "做题目", "答卷", "答题目", "今天的题", "今天的题目", "今日一题", "今日题目", "今日答卷", "看题", "看题目", "题目", "试题", "出题", "来题", "去答题", "参加答题", "参与答题", "进入答题",
		"接着答", "接着答题", "接着做", "接着做题", "开始做题", "开始答", "党史答题", "答党史题", "每日一题", "重新答题", "再答一次", "回到答题", "返回答题", "答题答题", "签到", "打卡", "做今天的题", "答今天的题", "我的题呢",
	},
	"今天": {"今日党史", "今天党史", "今天的党史", "党史今天", "历史上的今天", "党史上的今日", "今天学什么"},
	"百问": {"百问百答", "党史百问百答", "党史问答"},
	"故事": {"讲故事", "讲个故事", "看故事", "红色故事", "革命故事", "听故事"},
	"听":  {"听音频", "听一听", "听听", "收听", "听一段"},
	"排行": {"我的排名", "我的名次", "我的排行", "榜单", "光荣榜", "排第几", "我排第几", "第几名", "我第几名", "我排第几名", "排第几名", "我排多少名", "排多少名", "我是第几名", "排行情况", "排名情况", "积分排行", "积分榜", "积分排名"},
	"支部": {"支部排名", "支部名次", "支部排行榜", "各支部", "支部情况", "支部积分"},
	"我的": {
		"成绩", "积分", "分数", "得分", "我的分数", "我的得分", "我的分", "多少分", "我多少分", "我有多少分", "我得了多少分", "答题记录", "我的答题记录", "学习记录", "我的学习记录", "连续天数", "补签卡", "补签", "回执", "回执号", "我的回执", "今天得了多少分",
	},
	"错题": {"练错题", "练习错题", "做错题", "错题练习", "复习错题", "错题集", "答错的题"},
	"绑定": {
		"登记", "登记姓名", "实名", "实名登记", "改名", "改名字", "改一下名字", "改下名字", "改个名字", "改姓名", "改一下支部", "换个支部", "修改名字", "修改姓名", "修改支部", "改支部", "换支部", "更改支部", "更改姓名", "填写姓名", "填姓名", "绑定姓名", "绑定支部", "绑定姓名支部", "绑定姓名和支部", "怎么绑定", "如何绑定",
		"怎么登记", "绑定账号", "加入支部", "重新绑定", "解绑", "解除绑定", "绑定成功了吗", "绑定了吗", "绑定了没有",
	},
	"确认绑定": {"绑定确认", "确认登记", "确定绑定", "确认无误", "没错确认绑定"},
	"提醒":   {"设置提醒", "设提醒", "怎么提醒", "提醒时间", "改提醒", "修改提醒", "提醒我", "提醒我答题", "每天提醒", "每天提醒我", "每天提醒我答题", "定时提醒"},
	"取消提醒": {"不要提醒", "不要提醒我", "不用提醒", "不用提醒我", "别提醒", "别提醒我", "停止提醒", "关掉提醒", "关了提醒", "提醒取消", "提醒关闭", "提醒关掉", "不提醒", "不再提醒", "别再提醒", "别再提醒我", "不要再提醒", "不要再提醒我", "删除提醒"},
	"退出排行": {"退出排行榜", "不参加排行", "不参加排名", "不想参加排行", "不想参加排名", "不要排名", "不要排行", "不想排名", "不想排行", "不想上榜", "不上榜", "取消排名", "取消排行", "退榜", "不参与排名", "不参与排行"},
	"加入排行": {"加入排行榜", "参加排行", "参加排名", "参与排名", "恢复排行", "恢复排名", "重新加入排行", "上榜", "回到排行"},
	"证书": {
		"荣誉证书", "我的荣誉证书", "电子证书", "获奖证书", "证书图片", "奖状图片", "领证书", "领取证书", "领我的证书", "领奖状", "领取奖状", "查证书", "证书查询", "下载证书", "下载奖状", "证书下载", "怎么领证书", "怎么领取证书", "证书怎么领", "证书怎么领取", "在哪里领证书", "证书在哪里领",
		"什么时候发证书", "证书什么时候发", "什么时候有证书", "有没有证书", "有证书", "证书呢", "我获奖", "我有没有获奖", "我有没有奖状",
	},
	"我的数据": {"导出数据", "导出我的数据", "下载我的数据", "查看我的数据", "我的信息", "个人信息", "我的资料", "个人资料", "我的个人信息"},
	"注销": {
		"注销账号", "注销帐号", "注销账户", "注销帐户", "删除账号", "删除帐号", "删除数据", "删除我的数据", "清除数据", "清除我的数据", "清空数据", "清空我的数据", "删除我的信息", "删除记录", "删除我的记录", "删号", "销号", "销户", "删除个人信息", "注销我的账号",
	},
	"确认注销": {"注销确认", "确定注销", "确认注销全部删除"},
	"规则":   {"怎么算分", "怎么计分", "怎么得分", "计分规则", "积分规则", "活动规则", "比赛规则", "竞赛规则", "怎么积分", "算分规则"},
	"申诉":   {"怎么申诉", "如何申诉", "我要申诉", "提异议", "有异议", "题目错了", "题错了", "答案错了", "判错了", "分数不对", "得分不对", "成绩不对"},
	"帮助": {
		"说明", "使用说明", "怎么使用", "如何使用", "使用方法", "怎么玩", "怎么操作", "怎么参加", "怎么参与", "怎么答题", "怎么答", "怎么做题", "如何答题", "菜单", "功能", "有什么功能", "不会用", "我不会用", "不会操作", "口令", "有哪些口令", "指令", "帮忙", "求助", "怎么用啊", "怎么弄", "这个怎么用", "这个怎么弄", "怎么发",
	},
}

// What may stand around a command and changes nothing: 我想看排行, 答题吧谢谢.
var (
	wishLeads = []string{
		"我", "我要", "我想", "我想要", "我来", "我去", "我要来", "请", "请问", "帮我", "请帮我", "麻烦", "麻烦你", "麻烦您", "麻烦帮我", "给我", "老师", "老师好", "你好", "您好", "谢谢", "那", "那就", "那我", "好的", "嗯", "嗯嗯", "哦", "现在", "现在就", "就", "问一下", "想问一下", "想问", "问问", "请问一下", "请教",
		"要", "想", "想要", "去", "来", "来个", "看", "看看", "看下", "看一下", "看一看", "查", "查看", "查一下", "查查", "查询", "打开", "进入", "点", "点开", "点击", "回复", "输入", "发送", "发", "开始", "可以", "能", "让我",
	}
	wishTails = []string{
		"吧", "了", "啊", "呀", "哦", "噢", "哈", "啦", "嘛", "呢", "吗", "哟", "咯", "谢谢", "谢谢你", "谢谢您", "谢谢老师", "一下", "是多少", "多少", "是几", "怎么样", "情况", "可以吗", "好吗", "行吗", "好不好", "行不行", "看看", "怎么看", "在哪里", "在哪", "在哪里看", "在哪看", "老师",
	}
)

// wishTable gives the command for each of wishes.
func wishTable(commands map[string]*command) map[string]*command {
	table := map[string]*command{}
	for word, others := range wishes {
		for _, other := range others {
			table[content.Normalise(other)] = commands[word]
		}
	}
	return table
}

// wish finds the command that a message means which is none as it stands. It
// comes after the commands themselves.
func (b *Bot) wish(text string) (c *command, rest string, ok bool) {
	word := content.Normalise(text)
	if len(word) < minWish || len(word) > maxWish {
		return nil, "", false
	}
	if c, ok := b.reminding(text, word); ok {
		return c, text, true
	}
	for lead := ""; ; {
		if c, ok = b.meant(word[len(lead):]); ok {
			return c, "", true
		}
		if c, rest, ok = b.withMore(text, word, lead); ok {
			return c, rest, true
		}
		more := longestPrefix(word[len(lead):], wishLeads)
		if more == "" {
			return nil, "", false
		}
		lead += more
	}
}

// reminding finds the wish for a reminder at a time, as in 晚上八点提醒我, or for
// none: 把每天的提醒关掉.
func (b *Bot) reminding(text, word string) (c *command, ok bool) {
	about := strings.Contains(word, "提醒")
	if _, isTime := timeOfDay(text); isTime && (about || longestSuffix(word, []string{"叫我", "喊我", "通知我", "叫我答题", "喊我答题", "叫我一声"}) != "") {
		return b.commands["提醒"], true
	}
	if !about || len(word) > len("请帮我把每天晚上八点的提醒关掉吧") || strings.Contains(word, "忘") {
		return nil, false
	}
	stops := longestSuffix(word, []string{"提醒关掉", "提醒关了", "提醒取消", "提醒关掉吧", "提醒取消吧", "提醒关了吧", "提醒停了", "提醒去掉"}) != "" ||
		longestPrefix(word, []string{"关", "取消", "停", "不要", "不用", "不需要", "不想", "别", "去掉"}) != ""
	return b.commands["取消提醒"], stops
}

// Bounds, in bytes, of a message that is read as a wish: letters and digits that
// answer a question are not looked at, nor is what would be work.
const (
	minWish = len("签到")
	maxWish = 240
)

// meant is the command of a word, perhaps with polite endings.
func (b *Bot) meant(word string) (c *command, ok bool) {
	for word != "" {
		if c, ok = b.commands[word]; ok {
			return c, true
		}
		if c, ok = b.wishes[word]; ok {
			return c, true
		}
		tail := longestSuffix(word, wishTails)
		if tail == "" {
			return nil, false
		}
		word = strings.TrimSuffix(word, tail)
	}
	return nil, false
}

func longestPrefix(s string, table []string) (longest string) {
	for _, w := range table {
		if len(w) > len(longest) && strings.HasPrefix(s, w) {
			longest = w
		}
	}
	return longest
}

func longestSuffix(s string, table []string) (longest string) {
	for _, w := range table {
		if len(w) > len(longest) && strings.HasSuffix(s, w) {
			longest = w
		}
	}
	return longest
}
