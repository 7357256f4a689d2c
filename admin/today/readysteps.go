package today

import (
	"fmt"
	"strings"

	"dangshi/admin/frame"
	"dangshi/quiz"
)

func (s Setup) bank(c Checkup) step {
	x := step{ID: "bank", Name: "题库审核", State: when(s.Approved >= s.Questions && c.Starter == 0), Links: []link{{"去题库", "/admin/banks"}}}
	if c.Waiting > 0 {
		x.Links = append([]link{{"去审核", "/admin/banks/review"}}, x.Links...)
	}
	x.Facts = []string{fmt.Sprintf("已批准 %s 道题，等着审核的 %s 道；每天一份题要 %d 道。", frame.Number(s.Approved), frame.Number(c.Waiting), s.Questions)}
	if c.Starter > 0 {
		x.Facts = append(x.Facts, fmt.Sprintf("自带的入门内容还有 %s 条（题和条目）本单位没有审核。", frame.Number(c.Starter)))
		if s.Sandbox && s.Approved >= s.Questions {
			x.State = maybe
			x.Facts = append(x.Facts, "沙盒里照用；正式使用以前请审核。")
		}
	}
	switch {
	case x.State != done && c.Waiting > 0:
		x.Todo = "一道一道看，或整份文件一起批准；也可以载入自己的题库。"
	case x.State != done:
		x.Todo = "在题库里看一看；也可以载入自己的题库。"
	}
	return x
}

func (s Setup) ahead() step {
	x := step{ID: "ahead", Name: fmt.Sprintf("今后 %d 天的“党史上的今天”", s.Ahead), State: when(s.Gaps == 0), Links: []link{{"去日历", "/admin/calendar"}}}
	if s.Gaps == 0 {
		x.Facts = []string{"每天都有已批准的条目。"}
		return x
	}
	x.Facts = []string{fmt.Sprintf("有 %d 天还没有已批准的条目；那几天会改发百问或小故事，都没有就不发。", s.Gaps)}
	x.Todo = "在日历里补上，或批准等着审核的。"
	return x
}

func (s Setup) branches() step {
	x := step{ID: "branches", Name: "支部", State: done}
	if s.Branches > 0 {
		x.Facts = []string{fmt.Sprintf("已经载入 %s 个支部。", frame.Number(s.Branches))}
		return x
	}
	x.State = maybe
	x.Facts = []string{"还没有支部的名单：学员绑定时自己写支部的名字。"}
	x.Todo = "要按支部统计，请技术人员用 dangshi branch load 载入一份表（编号、名称、上级编号）。"
	return x
}

func (s Setup) push() step {
	x := step{ID: "push", Name: "每日推送", State: when(s.Push.Able && s.Push.On), Links: []link{{"去推送", "/admin/push"}}}
	switch {
	case !s.Push.Able:
		x.Facts, x.Todo = []string{"没有设 AppSecret，只能回答消息，不能推送。"}, "先做好第 1 步。"
	case !s.Push.On:
		x.Facts, x.Todo = []string{"没有打开。打开以后每天 " + s.Push.At + " 推送，渠道：" + s.Push.Channel + "。"}, "看过会发什么，再打开。"
	default:
		x.Facts = []string{"已打开，每天 " + s.Push.At + "，渠道：" + s.Push.Channel + "。"}
	}
	return x
}

func (s Setup) backup() step {
	x := step{ID: "backup", Name: "备份", State: when(s.BackupAt != "")}
	var facts []string
	if s.BackupAt != "" {
		facts = append(facts, "每天 "+s.BackupAt+" 自动备份。")
	}
	if s.Backup.IsZero() {
		facts = append(facts, "还没有备份过。")
	} else {
		facts = append(facts, "上一次备份是 "+s.Backup.In(quiz.Zone).Format("2006-01-02 15:04")+"。")
	}
	x.Facts = []string{strings.Join(facts, "")}
	switch {
	case s.Sandbox && s.BackupAt == "":
		x.State = maybe
		x.Facts = append(x.Facts, "沙盒里没有要紧的数据，可以不备份。")
	case x.State == todo:
		x.Todo = "请技术人员设 DANGSHI_BACKUP_AT，例如 03:30，重新启动。"
	default:
		x.Todo = "备份和数据在同一台机器上，请技术人员把它复制到别的机器（docs/operations.md）。"
	}
	return x
}
