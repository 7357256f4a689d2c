package board

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dangshi/quiz"
)

// notes explain a ranking to who has nothing but the sheet.
func (h Head) notes() [][2]string {
	who := fmt.Sprintf("前 %d 名，和末位并列的都列出", h.Top)
	if h.Top == 0 {
		who = "全部上榜的人"
	}
	if h.Within != "" {
		who += "，只列“" + h.Branches.Path(h.Within) + "”和它的下级；名次是全体的名次"
	}
	return [][2]string{
		{"赛季", h.season()},
		{"这份表", fmt.Sprintf("%s 导出：%s。退出排行的人不在其中。", h.At.In(quiz.Zone).Format("2006-01-02 15:04"), who)},
		{"编号", "每个赛季一个，由系统按学员算出，不能倒推出是谁。对外公布时用编号，姓名和支部不公布。"},
		{"姓名、支部", "学员自己登记的；没有登记就是空的。"},
		{"积分", fmt.Sprintf("每天一份卷子，满分 100：答完得 %d 分，另按答对的比例得 %d 分；没有答完的不得分。赛季积分是每天之和，表里写到一位小数，舍去后面的。本赛季一直用这个权重。", h.Weights.Finish, h.Weights.Correct)},
		{"完成天数", "答完卷子的天数。"},
		{"正确率", "答对的题 ÷ 答完的卷子里全部的题。只供参考，不参加排名。"},
		{"最长连续天数", "本赛季里连着答完的天数，不算补签卡顶替的日子。"},
		{"名次", "先比积分，再比完成天数，再比最长连续天数；三样都相同就并列。答题快慢、登录时长、转发都不算。"},
		{"抽签", h.draw()},
		{"补签卡", "连续每满 7 天得一张，最多留两张，漏一天自动用一张：只保住显示的连续天数，不加积分，也不进“最长连续天数”。"},
		{"取消的日子", h.voided()},
		{"更正过的答案", fmt.Sprintf("共 %d 处，已按更正后的答案重算（命令 bank rulings 看全部经过）。", h.Rulings)},
		{"支部", h.branchesNote()},
		{"怎样核对", "一、管理员运行 board verify：由每个人的答题日志把积分重算一遍，和排行榜逐人比较。二、学员在公众号里发“我的”，看每天的得分和回执号；管理员用 member find 回执号、board explain 编号 查到每一天、每一题。三、结赛以后，任何人用 season verify 和公布的文件重算积分和抽签，不需要数据库。"},
	}
}

func (h Head) season() string {
	text := h.Season.ID + "：" + h.Season.From.String() + " 起"
	if h.Season.To > h.Season.From {
		text += "，到 " + h.Season.To.String() + " 止"
	}
	if h.Closed {
		return text + "。已经结赛，名次以公布的荣誉名单为准。"
	}
	return text + "。还没有结赛，名次还会变。"
}

func (h Head) draw() string {
	text := "结赛时三样都相同的人抽签定先后：用事先公布过摘要的种子和事先说好的公开随机数，对每个编号算出一个数，小的在前，局外人可以重算。"
	if h.Closed {
		return text + "表里是抽到的数；空的是没有人和他并列，不用抽。"
	}
	return text + "还没有结赛，这一列是空的。"
}

func (h Head) voided() string {
	var dropped, kept []string
	days := make([]quiz.Day, 0, len(h.Voids))
	for day := range h.Voids {
		days = append(days, day)
	}
	slices.Sort(days)
	for _, day := range days {
		switch {
		case day < h.Season.From || h.Season.To > h.Season.From && day > h.Season.To:
		case h.Voids[day] == quiz.Dropped:
			dropped = append(dropped, day.String())
		case h.Voids[day] == quiz.Kept:
			kept = append(kept, day.String())
		}
	}
	text := "出了故障或卷子有问题的日子，谁的连续天数也不断。"
	if len(dropped)+len(kept) == 0 {
		return text + "本赛季没有。"
	}
	if len(dropped) > 0 {
		text += "积分都不算的：" + strings.Join(dropped, "、") + "。"
	}
	if len(kept) > 0 {
		text += "已经得到的积分照算的：" + strings.Join(kept, "、") + "。"
	}
	return text
}

func (h Head) branchesNote() string {
	if h.Tally.At == 0 {
		return "还没有支部，或还没有统计。"
	}
	return fmt.Sprintf("“支部”这张表里，每个支部连同它的全部下级；参与人数是本赛季答完过题、没有退出排行的人。统计于 %s。人数很少的支部，请不要公布；只有一个这样的，连人数第二少的也不要公布，免得从上级减出来。",
		time.Unix(h.Tally.At, 0).In(quiz.Zone).Format("2006-01-02 15:04"))
}
