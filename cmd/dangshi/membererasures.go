package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"dangshi/store"
)

// memberErasuresCmd writes the journal of erasures, or applies one.
type memberErasuresCmd struct {
	Output string `short:"o" help:"写到文件；不设则写到标准输出。" placeholder:"FILE" xor:"way"`
	Apply  string `help:"执行一份注销记录：这里的数据比它旧的人再删一遍。" placeholder:"FILE" xor:"way"`
}

// Run is the command. Applying may be done again.
func (c *memberErasuresCmd) Run(a *app) (err error) {
	var journal *os.File
	if c.Apply != "" {
		if journal, err = os.Open(c.Apply); err != nil {
			return usagef("--apply：读不了文件：%w", err)
		}
		defer journal.Close()
	}
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if journal == nil {
		return c.write(a, d)
	}
	erased, err := d.ApplyErasures(a.ctx, journal)
	switch {
	case errors.Is(err, store.ErrJournal), errors.Is(err, store.ErrOtherJournal):
		return usagef("--apply：%s：%w，什么也没有做", c.Apply, err)
	case err != nil:
		return fmt.Errorf("已再删 %d 人，还没有做完；再运行一次同样的命令，会接着做：%w", erased, err)
	}
	fmt.Fprintf(a.out, "已再删 %d 人；其余的人没有变化。\n", erased)
	return nil
}

func (c *memberErasuresCmd) write(a *app, d *data) error {
	written := 0
	err := writeOutput(c.Output, a.out, func(w io.Writer) (err error) {
		written, err = d.WriteErasures(a.ctx, w)
		return err
	})
	if err == nil {
		fmt.Fprintf(a.errs, "导出 %d 次注销。\n", written)
	}
	return err
}
