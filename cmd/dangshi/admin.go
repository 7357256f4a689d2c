package main

import (
	"errors"
	"fmt"

	"dangshi/admin/account"
	"dangshi/store"
)

// adminCmd are the commands about accounts of the console.
type adminCmd struct {
	Add adminAddCmd `cmd:"" help:"开一个管理台账号，给出一次性密码。"`
}

type adminAddCmd struct {
	Name string `arg:"" help:"名字，也是操作记录里的署名。"`
	Role string `help:"角色：admin（管理员，什么都能做）、editor（编辑，题库和学习内容）、staff（工作人员，查看、导出、发奖）。" enum:"admin,editor,staff" default:"admin"`
}

// Run is the command.
func (c *adminAddCmd) Run(a *app) (err error) {
	a.begins = true
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	desk := account.NewDesk(accountBook{d.Store}, d)
	role := account.Role(c.Role)
	by := systemUser()
	password, err := desk.Open(a.ctx, c.Name, role, by, a.time())
	switch {
	case errors.Is(err, account.ErrTaken):
		return usagef("NAME：已经有叫“%s”的账号。忘了密码，请用 dangshi admin reset", c.Name)
	case err != nil:
		return err
	}
	name := account.CleanName(c.Name)
	if err := d.Audit(a.ctx, store.Audited{At: a.time(), By: by, Did: "account.open", On: name, More: c.Role}); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "账号“%s”已开，角色：%s。\n一次性密码：%s\n请当面或用别的办法交给本人；在 /admin/ 第一次登录时要改成自己的。密码只显示这一次。\n", name, role.Word(), password)
	return nil
}
