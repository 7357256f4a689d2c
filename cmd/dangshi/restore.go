package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"dangshi/quiz"
	"dangshi/store"
)

// restoreCmd loads a backup into an empty place.
type restoreCmd struct {
	File      string `arg:"" help:"备份文件，压缩的和没有压缩的都可以；内置存储的 store.resp 也可以；- 为标准输入。"`
	Check     bool   `help:"只检查备份是否完好，里面是什么；什么也不写。"`
	Erasures  string `help:"注销记录（member erasures -o 写出的）：备份以后注销过的人再删一遍。" placeholder:"FILE"`
	NotPushed bool   `name:"not-pushed" help:"确知今天的推送还没有发过：照常发。不加则当作可能发过，今天不再发。"`
}

// Run is the command. One that was killed is run again, and begins anew.
func (c *restoreCmd) Run(a *app) (err error) {
	in := a.in
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return usagef("读不了备份：%w", err)
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return usagef("%s 是目录，请写备份文件的名字，例如 %s", c.File, filepath.Join(c.File, "dangshi-20260701-033000.resp.gz"))
		}
		in = f
	}
	if c.Check {
		info, err := store.CheckBackup(a.ctx, in, a.every("已读 %d 条……\n"))
		if err != nil {
			return c.refusal(a, err, false)
		}
		a.tellBackup(info)
		fmt.Fprintln(a.out, "备份完好。--check 只检查，什么也没有写。")
		return nil
	}
	o := store.RestoreOptions{Sandbox: !a.real(), Timeout: commandTimeout, Dial: a.dial, NotPushed: c.NotPushed, Progress: a.restoreProgress()}
	if c.Erasures != "" {
		journal, err := os.Open(c.Erasures)
		if err != nil {
			return usagef("--erasures：读不了文件：%w", err)
		}
		defer journal.Close()
		o.Erasures = journal
	}
	begun, tell := false, o.Progress
	o.Progress = func(step store.RestoreStep, done, total int) {
		begun = begun || step != store.Checking
		tell(step, done, total)
	}
	done, err := a.restore(in, o)
	if err != nil {
		return c.refusal(a, err, begun)
	}
	a.shown.clear()
	a.tellBackup(done.Backup)
	fmt.Fprintf(a.out, "已恢复，现在分为 %d 片。\n", done.Shards)
	if !c.NotPushed {
		fmt.Fprintln(a.out, "今天到了时间的推送和提醒，备份以后可能已经发过，不再发；确知没有发过的，恢复时加 --not-pushed。")
	}
	if o.Erasures != nil {
		fmt.Fprintf(a.out, "按注销记录又删了 %d 人。\n", done.Erased)
	} else {
		fmt.Fprintln(a.out, "备份以后有人注销过的，请再用 member erasures --apply 删一遍。")
	}
	return a.tellRestored(done)
}

// restore loads a backup into the Redis that is set, or into the data folder.
func (a *app) restore(in io.Reader, o store.RestoreOptions) (done store.Restored, err error) {
	var e *store.Embedded
	o.Target = func(ctx context.Context) (url string, err error) {
		if a.RedisURL != "" {
			return a.RedisURL, nil
		}
		if e, err = store.StartEmbedded(ctx, a.Data, store.EmbeddedOptions{Private: true, Report: a.saveFailed}); err != nil {
			return "", err
		}
		return e.URL(), nil
	}
	defer func() {
		if e != nil {
			err = errors.Join(err, e.Close())
		}
	}()
	return store.RestoreBackup(a.ctx, in, o)
}

// refusal says what to do about a restore that was not made; begun: its data were, at
// least in part.
func (c *restoreCmd) refusal(a *app, err error, begun bool) error {
	var damage *store.DumpError
	var full *store.NotEmptyError
	var inUse *store.InUseError
	switch {
	case errors.As(err, &damage):
		return usagef("备份 %s 不完整或已损坏，什么也没有写。%w。请换一份备份", c.File, damage)
	case errors.Is(err, store.ErrOtherKind):
		return usagef("这份备份是%s的，现在的设置却是%s的，什么也没有写。请检查公众号的凭据（DANGSHI_WECHAT_APPID、DANGSHI_WECHAT_TOKEN）和 DANGSHI_SANDBOX", accountWord(!a.real()), accountWord(a.real()))
	case errors.As(err, &full) && a.RedisURL == "":
		return usagef("数据目录 %s %w，什么也没有写。请用一个空的目录（DANGSHI_DATA），或先备份，再把里面的 store.resp 和 store.resp.1 移走", a.Data, full)
	case errors.As(err, &full):
		return usagef("这个 Redis %w，什么也没有写。请换一个空的（例如地址最后的库号改成 /1）；确实不要里面的数据，就先备份，再用 redis-cli 的 FLUSHDB 清空", full)
	case errors.Is(err, store.ErrServing):
		return usagef("%w；什么也没有写", err)
	case errors.As(err, &inUse):
		return usagef("%w，请先停下它；什么也没有写", inUse)
	case errors.Is(err, store.ErrJournal), errors.Is(err, store.ErrOtherJournal):
		return usagef("--erasures：%s：%w。恢复没有做完，请换一份注销记录再运行一次同样的命令", c.Erasures, err)
	}
	switch {
	case a.ctx.Err() != nil && !begun:
		return errors.New("中断了，什么也没有写")
	case a.ctx.Err() != nil:
		return errors.New("中断了，恢复没有做完，数据还不能用；再运行一次同样的命令，会从头做完")
	case c.Check:
		return fmt.Errorf("备份没有检查完：%w", err)
	case !begun:
		return fmt.Errorf("没有恢复：%w。改好以后再运行一次同样的命令", err)
	}
	return fmt.Errorf("恢复没有做完，数据还不能用；再运行一次同样的命令，会从头做完：%w", err)
}

// tellBackup says what a backup is.
func (a *app) tellBackup(info store.BackupInfo) {
	when := "（内置存储的文件，没有写时间）"
	if !info.At.IsZero() {
		when = info.At.In(quiz.Zone).Format("2006-01-02 15:04:05")
	}
	fmt.Fprintf(a.out, "备份：%s，%s的数据，%d 片，%d 名学员，共 %d 个键。\n", when, accountWord(!info.Sandbox), info.Shards, info.Members(), info.Keys)
}

// tellRestored says how the boards agree with the logs.
func (a *app) tellRestored(done store.Restored) (err error) {
	for _, s := range done.Seasons {
		err = errors.Join(err, a.tellVerified(s.ID, s.Verification))
	}
	if err != nil {
		return fmt.Errorf("数据已照备份恢复，可以启动；备份里就有 %d 人的记录或日志是坏的：%w", len(done.Damaged), err)
	}
	fmt.Fprintln(a.out, "可以启动 serve 了。")
	return nil
}

// restoreProgress says how far a restore is.
func (a *app) restoreProgress() func(step store.RestoreStep, done, total int) {
	formats := []string{"检查备份：已读 %d 条", "清理上一次没有做完的：%d 个键", "写入：%d 条", "重算排行榜：%d 人", "核对排行榜：%d 人"}
	now := store.RestoreStep(255)
	var tell func(int)
	return func(step store.RestoreStep, done, total int) {
		if step != now {
			now, tell = step, a.every(formats[step]+"……\n")
		}
		tell(done)
	}
}
