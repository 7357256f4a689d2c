package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"dangshi/bot/setup"
	"dangshi/bot/wechat"
	"dangshi/quiz"
)

// withAccount calls the API of the account: a real one's needs no data, so that it
// works before the first serve; a sandbox's lies in them.
func (a *app) withAccount(do func(*wechat.API) error) (err error) {
	if a.real() || a.WechatAPI != "" {
		if a.real() && a.WechatSecret == "" {
			return usagef("没有设置 DANGSHI_WECHAT_SECRET（公众号的 AppSecret），不能调用公众号的接口")
		}
		api, err := a.freshAPI("", slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		defer api.Close()
		return do(api)
	}
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if !d.Sandbox() {
		return usagef("这里的数据属于%s，设置却是%s的；请用 serve 的那一份设置", accountWord(true), accountWord(false))
	}
	simulator, err := a.newSimulator(a.ctx, d)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, simulator.close()) }()
	if err := simulator.openPhone(a, d, loopback(a.Addr), nil); err != nil {
		return err
	}
	api, err := a.freshAPI(simulator.url, a.logger)
	if err != nil {
		return err
	}
	defer api.Close()
	return do(api)
}

// menuShowCmd compares the menu of the settings with the account's.
type menuShowCmd struct{}

// Run is the command.
func (menuShowCmd) Run(a *app) error {
	return a.withAccount(func(api *wechat.API) error {
		has, err := api.OwnMenu(a.ctx)
		if err != nil {
			return err
		}
		a.tellMenu(setup.Compare(a.menu(), has))
		return nil
	})
}

// menuPushCmd installs the menu of the settings.
type menuPushCmd struct {
	DryRun bool `help:"只列出有什么变化，不装。"`
	Yes    bool `help:"去掉公众号里有、设置里没有的各项。"`
}

// Run is the command.
func (c *menuPushCmd) Run(a *app) error {
	if c.DryRun {
		return menuShowCmd{}.Run(a)
	}
	return a.withAccount(func(api *wechat.API) error {
		d, err := setup.Install(a.ctx, api, a.menu(), c.Yes)
		if d.Lines != nil {
			a.tellMenu(d)
		}
		if lost, ok := errors.AsType[*setup.LostError](err); ok {
			return usagef("%w。什么也没有装。要留着的先用 menu import 取来，写进 %s 的 menu；照搬不了的、不要了的，加 --yes 去掉", lost, a.Config)
		}
		if err == nil && !d.None() {
			fmt.Fprintln(a.out, "已装上。学员几分钟内就会看到；取消关注再关注，马上就能看到。")
		}
		return err
	})
}

// tellMenu shows a difference as a small tree.
func (a *app) tellMenu(d setup.Diff) {
	widest := 0
	for _, l := range d.Lines {
		widest = max(widest, 2*l.Depth+cells(l.Name))
	}
	for _, l := range d.Lines {
		does := l.Does
		if l.Mark == setup.Changed {
			does = orEntries(l.Was) + " → " + orEntries(l.Does)
		}
		line := fmt.Sprintf("%c %s  %s", l.Mark, padded(strings.Repeat("  ", l.Depth)+l.Name, widest, false), does)
		fmt.Fprintln(a.out, strings.TrimRight(line, " "))
	}
	switch {
	case d.None():
		fmt.Fprintln(a.out, "公众号现在的菜单就是这样，没有变化。")
	case d.Moved:
		fmt.Fprintln(a.out, "+ 新增，~ 改动，- 去掉；次序也有变化。")
	default:
		fmt.Fprintln(a.out, "+ 新增，~ 改动，- 去掉。")
	}
}

// orEntries says what a tap does also of an entry that holds others.
func orEntries(does string) string {
	if does == "" {
		return "打开下一层"
	}
	return does
}

// menuImportCmd writes what the account's editors have made as settings.
type menuImportCmd struct {
	Output string `short:"o" help:"写到新的文件；不设则写到标准输出。" placeholder:"FILE"`
}

// Run is the command.
func (c *menuImportCmd) Run(a *app) error {
	if _, err := os.Lstat(c.Output); c.Output != "" && c.Output != "-" && !errors.Is(err, fs.ErrNotExist) {
		return usagef("--output：%s 已经有了，没有动它；请另起一个文件名，看过以后再抄进 %s", c.Output, a.Config)
	}
	return a.withAccount(func(api *wechat.API) error {
		menu, err := api.OwnMenu(a.ctx)
		if err != nil {
			return err
		}
		replies, err := api.AutoReplies(a.ctx)
		if err != nil {
			return err
		}
		carried := setup.Carry(menu, replies)
		text, err := carried.YAML(time.Now().In(quiz.Zone))
		if err != nil {
			return err
		}
		if err := writeOutput(c.Output, a.out, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
			return err
		}
		fmt.Fprintf(a.errs, "取来菜单 %d 栏、自动回复 %d 条", len(carried.Menu), len(carried.Answers))
		if n := len(carried.Left); n > 0 {
			fmt.Fprintf(a.errs, "；另有 %d 处要留意，写在开头的注释里", n)
		}
		fmt.Fprintln(a.errs, "。")
		return nil
	})
}
