package main

import (
	"errors"
	"fmt"
	"io"

	"dangshi/content/files"
)

// contentExportCmd writes the items to a file that content load reads again.
type contentExportCmd struct {
	Format string `help:"jsonl、csv 或 xlsx。" enum:"jsonl,csv,xlsx" default:"jsonl" placeholder:"FORMAT"`
	Output string `short:"o" help:"写到文件；不设则写到标准输出。" placeholder:"FILE"`
}

// Run is the command.
func (c *contentExportCmd) Run(a *app) (err error) {
	if err := checkFormat(c.Output, c.Format, c.Format); err != nil {
		return err
	}
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	items, err := d.Items(a.ctx)
	if err != nil {
		return err
	}
	a.step(len(items), "正在导出")
	if err := writeOutput(c.Output, a.out, func(w io.Writer) error { return files.WriteItems(w, c.Format, items) }); err != nil {
		return err
	}
	fmt.Fprintf(a.errs, "导出 %d 条；其中的题在题库里，用 bank export 导出。\n", len(items))
	return nil
}
