package main

import (
	"errors"
	"fmt"
	"time"

	"dangshi/admin/account"
	"dangshi/quiz"
)

// adminCmd are the commands about accounts of the console.
type adminCmd struct {
	Add    adminAddCmd    `cmd:"" help:"开一个管理台账号，给出一次性密码。"`
	List   adminListCmd   `cmd:"" help:"列出管理台的账号。"`
	Reset  adminResetCmd  `cmd:"" help:"忘了密码、试得太多被挡住：给一个新的一次性密码，别处的登录都退出。"`
	Role   adminRoleCmd   `cmd:"" help:"改一个账号的角色。"`
	Close  adminCloseCmd  `cmd:"" help:"停用一个账号：马上退出，不能再登录。"`
	Reopen adminReopenCmd `cmd:"" help:"恢复一个停用的账号，密码还是原来的。"`
}

type adminAddCmd struct {
	Name string `arg:"" help:"名字，也是操作记录里的署名。"`
	Role string `help:"角色：admin（管理员，什么都能做）、editor（编辑，题库和学习内容）、staff（工作人员，查看、导出、发奖）。" enum:"admin,editor,staff" default:"admin"`
}

type adminListCmd struct{}

type adminResetCmd struct {
	Name string `arg:"" help:"账号的名字。"`
}

type adminRoleCmd struct {
	Name string `arg:"" help:"账号的名字。"`
	Role string `arg:"" help:"admin（管理员）、editor（编辑）或 staff（工作人员）。" enum:"admin,editor,staff"`
}

type adminCloseCmd struct {
	Name string `arg:"" help:"账号的名字。"`
}

type adminReopenCmd struct {
	Name string `arg:"" help:"账号的名字。"`
}

// atDesk does something to accounts. What cannot be done to one is a fault of the
// command line.
func (a *app) atDesk(do func(*account.Desk, account.Act) error) (err error) {
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	now, err := d.now(a.ctx)
	if err != nil {
		return err
	}
	err = do(newDesk(d), account.Act{By: systemUser(), At: now, Seen: account.Any})
	var misnamed account.Misnamed
	for _, fault := range []error{account.ErrNobody, account.ErrClosed, account.ErrSame, account.ErrLast} {
		if errors.Is(err, fault) || errors.As(err, &misnamed) {
			return usagef("NAME：%w", err)
		}
	}
	return err
}

// Run is the command.
func (c *adminAddCmd) Run(a *app) error {
	a.begins = true
	return a.atDesk(func(desk *account.Desk, act account.Act) error {
		role := account.Role(c.Role)
		password, err := desk.Open(a.ctx, c.Name, role, act.By, act.At)
		if errors.Is(err, account.ErrTaken) {
			return usagef("NAME：已经有叫“%s”的账号。忘了密码，请用 dangshi admin reset", c.Name)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "账号“%s”已开，角色：%s。\n", account.CleanName(c.Name), role.Word())
		a.tellPassword(password)
		return nil
	})
}

// tellPassword prints a one-time password.
func (a *app) tellPassword(password string) {
	fmt.Fprintf(a.out, "一次性密码：%s\n请当面或用别的办法交给本人，%d 天内有效；在 /admin/ 第一次登录时要改成自己的。密码只显示这一次。\n", password, account.OneTimeLife/(24*time.Hour))
}

// Run is the command.
func (c *adminListCmd) Run(a *app) error {
	return a.atDesk(func(desk *account.Desk, act account.Act) error {
		all, err := desk.Accounts(a.ctx)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			fmt.Fprintln(a.out, "还没有账号。第一个用 dangshi admin add 名字 来开。")
			return nil
		}
		fmt.Fprintf(a.out, "%s  %s  %s  %s\n", padded("名字", 20, false), padded("角色", 8, false), padded("上次登录", 16, false), "状态")
		for _, x := range all {
			last := "没有登录过"
			if !x.SignIn.IsZero() {
				last = x.SignIn.In(quiz.Zone).Format("2006-01-02 15:04")
			}
			fmt.Fprintf(a.out, "%s  %s  %s  %s\n", padded(x.Name, 20, false), padded(x.Role.Word(), 8, false), padded(last, 16, false), x.State(act.At))
		}
		return nil
	})
}

// Run is the command.
func (c *adminResetCmd) Run(a *app) error {
	return a.atDesk(func(desk *account.Desk, act account.Act) error {
		password, err := desk.Reset(a.ctx, c.Name, act)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "账号“%s”有了新的密码，别处的登录都已退出。\n", account.CleanName(c.Name))
		a.tellPassword(password)
		return nil
	})
}

// Run is the command.
func (c *adminRoleCmd) Run(a *app) error {
	return a.atDesk(func(desk *account.Desk, act account.Act) error {
		role := account.Role(c.Role)
		was, err := desk.SetRole(a.ctx, c.Name, role, act)
		if err == nil {
			fmt.Fprintf(a.out, "账号“%s”的角色由%s改成%s，要重新登录。\n", account.CleanName(c.Name), was.Word(), role.Word())
		}
		return err
	})
}

// Run is the command.
func (c *adminCloseCmd) Run(a *app) error {
	return a.atDesk(func(desk *account.Desk, act account.Act) error {
		err := desk.Close(a.ctx, c.Name, act)
		if err == nil {
			fmt.Fprintf(a.out, "账号“%s”已停用。要恢复：dangshi admin reopen %[1]s\n", account.CleanName(c.Name))
		}
		return err
	})
}

// Run is the command.
func (c *adminReopenCmd) Run(a *app) error {
	return a.atDesk(func(desk *account.Desk, act account.Act) error {
		err := desk.Reopen(a.ctx, c.Name, act)
		if err == nil {
			fmt.Fprintf(a.out, "账号“%s”已恢复，密码还是原来的；忘了用 dangshi admin reset %[1]s\n", account.CleanName(c.Name))
		}
		return err
	})
}
