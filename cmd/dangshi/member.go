package main

import (
	"errors"
	"fmt"
	"os/user"
	"strconv"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// memberCmd are the commands about one member.
type memberCmd struct {
	Find   memberFindCmd   `cmd:"" help:"找人：按姓名（整个或一部分）、支部、编号、回执号或 openid。"`
	Show   memberShowCmd   `cmd:"" help:"一名学员逐日的答题记录：答案、对错、得分、回执号，与排行榜是否一致。"`
	Unbind memberUnbindCmd `cmd:"" help:"删去登记错的姓名、支部；学员下次发消息时会收到一次说明。"`

	Rekey memberRekeyCmd `cmd:"" help:"公众号迁移以后，按新旧 openid 的表格把每个人的记录搬过去。"`

	Erasures memberErasuresCmd `cmd:"" help:"导出注销记录；恢复旧的备份以后用 --apply 再执行一遍。"`

	Objection  memberObjectionCmd  `cmd:"" help:"替学员记下一条申诉。"`
	Objections memberObjectionsCmd `cmd:"" help:"列出申诉和答复；--open 只列还没有答复的。"`
	Answer     memberAnswerCmd     `cmd:"" help:"答复一条申诉；学员下次发消息时会看到。"`
}

// maxFound is how many finds are listed.
const maxFound = 50

// memberFindCmd looks for members.
type memberFindCmd struct {
	Query      string    `arg:"" help:"姓名或其中一部分、支部名称或代码、编号、回执号、openid。"`
	Day        *quiz.Day `help:"回执号是哪一天的，例如 2026-01-31；写了会快得多。" placeholder:"DATE"`
	Season     string    `help:"列出哪个赛季的编号；不设则为当前赛季。" placeholder:"ID"`
	WithOpenid bool      `name:"with-openid" help:"也列出 openid。"`
}

// Run is the command. It fails where nobody is found.
func (c *memberFindCmd) Run(a *app) error {
	return a.withSeason(c.Season, func(d *data, season quiz.Season) error {
		found, total, err := d.Find(a.ctx, a.query(c.Query, c.Day, maxFound))
		if err != nil {
			return err
		}
		if total == 0 {
			return fmt.Errorf("没有找到“%s”。姓名可以只写一部分；回执号是8位，编号是10位，核对一下有没有抄错", content.Plain(c.Query))
		}
		head := []string{"编号", "姓名", "支部", "完成天数", "按什么找到"}
		if c.WithOpenid {
			head = append(head, "openid")
		}
		rows := [][]string{head}
		for _, f := range found {
			row := []string{
				quiz.Pseudonym(d.Secret(), season.ID, f.Self()), orDash(f.Member.Name), orDash(a.branchName(f.Member.Branch)),
				daysOf(f.Member, season), foundBy(f),
			}
			if c.WithOpenid {
				row = append(row, content.Plain(f.ID))
			}
			rows = append(rows, row)
		}
		printTable(a.out, rows)
		if total > len(found) {
			fmt.Fprintf(a.out, "共找到 %d 人，只列出前 %d 人；请写得更完整一些。\n", total, len(found))
		}
		return nil
	})
}

func (a *app) query(text string, day *quiz.Day, most int) store.Query {
	names := make(map[string]string, a.tree.Len())
	for _, x := range a.tree.All() {
		names[x.Code] = a.tree.Path(x.Code)
	}
	q := store.Query{Text: text, Branches: names, Most: most, Progress: a.every("已看 %d 人……\n")}
	if day != nil {
		q.Day = *day
	}
	return q
}

func orDash(text string) string {
	if text == "" {
		return "—"
	}
	return content.Plain(text)
}

// daysOf are the finished days of a season, as far as the record knows.
func daysOf(m quiz.Member, season quiz.Season) string {
	if m.Totals.Season != season.ID {
		return "0"
	}
	return strconv.Itoa(m.Totals.Days)
}

func foundBy(f store.Found) string {
	switch f.By {
	case store.ByReceipt:
		return "回执号（" + f.Day.String() + "）"
	case store.ByPseudonym:
		return "编号（" + f.Season + "赛季）"
	case store.ByName:
		return "姓名"
	case store.ByNamePart:
		return "姓名的一部分"
	case store.ByBranch:
		return "支部"
	}
	return "openid"
}

// member finds the one member whom a command is about.
func (a *app) member(d *data, season quiz.Season, text string) (store.Found, error) {
	found, total, err := d.Find(a.ctx, a.query(text, nil, maxFound))
	switch {
	case err != nil:
		return store.Found{}, err
	case total == 0:
		return store.Found{}, usagef("没有找到“%s”；请用 member find 查到编号，再写编号", content.Plain(text))
	case total == 1 || found[1].By > found[0].By && found[0].By <= store.ByPseudonym:
		return found[0], nil
	}
	list := ""
	for _, f := range found {
		list += fmt.Sprintf("\n  %s  %s  %s", quiz.Pseudonym(d.Secret(), season.ID, f.Self()), orDash(f.Member.Name), orDash(a.branchName(f.Member.Branch)))
	}
	return store.Found{}, usagef("“%s”有 %d 人，请写编号：%s", content.Plain(text), total, list)
}

// act is who makes a change, now by the clock of the data.
func (a *app) act(d *data, by, why string) (store.Act, error) {
	if u, err := user.Current(); by == "" && err == nil {
		by = u.Username
	}
	now, err := d.now(a.ctx)
	return store.Act{By: by, Why: why, At: now}, err
}

// memberUnbindCmd takes out a wrong binding.
type memberUnbindCmd struct {
	Member string `arg:"" help:"编号（见 member find）、整个姓名、回执号或 openid。"`
	Name   bool   `help:"只删姓名。"`
	Branch bool   `help:"只删支部。" env:"DANGSHI_MEMBER_UNBIND_BRANCH"`
	Season string `help:"操作记录里用哪个赛季的编号；不设则为当前赛季。" placeholder:"ID"`
	Reason string `help:"为什么，记入操作记录；不要写姓名。" required:"" placeholder:"TEXT"`
	By     string `help:"谁删的，记入操作记录；不设则为系统用户名。" placeholder:"NAME"`
	DryRun bool   `name:"dry-run" help:"只看会删什么，什么也不写。"`
}

// Run is the command. A second run finds nothing to take out.
func (c *memberUnbindCmd) Run(a *app) error {
	return a.withSeason(c.Season, func(d *data, season quiz.Season) error {
		f, err := a.member(d, season, c.Member)
		if err != nil {
			return err
		}
		what := quiz.Unbound{Name: c.Name || !c.Branch, Branch: c.Branch || !c.Name}
		name := quiz.Pseudonym(d.Secret(), season.ID, f.Self())
		fmt.Fprintf(a.out, "编号 %s：姓名 %s，支部 %s。\n", name, orDash(f.Member.Name), orDash(a.branchName(f.Member.Branch)))
		if c.DryRun {
			fmt.Fprintf(a.out, "会删去%s。这是预览，什么也没有写。\n", unboundText(what, f.Member))
			return nil
		}
		act, err := a.act(d, c.By, c.Reason)
		if err != nil {
			return err
		}
		before, changed, err := d.Unbind(a.ctx, season.ID, f.ID, what, act)
		switch {
		case errors.Is(err, store.ErrNames):
			return usagef("--reason：%w", err)
		case err != nil:
			return err
		case !changed:
			fmt.Fprintln(a.out, "没有什么要删。")
			return nil
		}
		fmt.Fprintf(a.out, "已删去%s。学员下次发消息时会收到一次说明，并告诉怎样重新登记。\n", unboundText(what, before))
		return nil
	})
}

// unboundText names what is taken out of a member's binding.
func unboundText(what quiz.Unbound, m quiz.Member) string {
	name, branch := what.Name && m.Name != "", what.Branch && m.Branch != ""
	switch {
	case name && branch:
		return "姓名和支部"
	case name:
		return "姓名"
	case branch:
		return "支部"
	}
	return "不了什么：没有登记"
}
