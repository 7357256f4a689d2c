package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"dangshi/admin/banks"
	"dangshi/content"
	"dangshi/content/loading"
	"dangshi/quiz"
	"dangshi/store"
)

// loadFlags are those of the commands that load files.
type loadFlags struct {
	DryRun     bool     `help:"只检查，列出会有什么变化，什么也不写。"`
	SkipFaulty bool     `help:"跳过有问题的行，载入其余的；不加则有一行有问题就什么也不载入。"`
	By         string   `help:"谁载入的，记入历史；文件里写“已批准”“已审”的由他署名。不设则为系统用户名。" placeholder:"NAME"`
	Files      []string `arg:"" optional:"" name:"file" help:"要载入的文件，可以写几个；- 为标准输入。"`
}

const (
	// loadGrowth and loadMemory keep a load of 100,000 questions below 300 MB: how
	// much garbage there may be, in percent of what is in use, and the bytes from
	// which on it is looked for all the time.
	loadGrowth = 40
	loadMemory = 220 << 20
	// embeddedMemory is that where the bank lies in this process as well: what is in
	// use does not fit into loadMemory, and looking for garbage would never end.
	embeddedMemory = 330 << 20
	// maxListed is how many lines of one kind a load prints; the rest are counted.
	maxListed = 50
)

// load is the whole of both commands: all files are read first, and what they
// would change is told, before anything is written.
func (f *loadFlags) load(a *app, kind fileKind) (err error) {
	// Many questions pass through memory: what is done with is given back sooner.
	defer debug.SetGCPercent(debug.SetGCPercent(loadGrowth))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(loadMemory))
	if len(f.Files) == 0 {
		return usagef("请在命令后面写上要载入的文件，例如 题库.csv；从标准输入读，请写 -")
	}
	found, err := a.readFiles(f.Files, kind)
	if err != nil {
		return err
	}
	refused := found.Unread || found.Faulty > 0 && (!f.SkipFaulty || len(found.Items)+len(found.Questions) == 0)
	if found.Unread || refused && !f.DryRun {
		return refusal(found)
	}
	a.begins = !f.DryRun
	lib, err := a.openLibrary()
	if err != nil {
		if refused { // the faults are what the operator must know first
			return errors.Join(refusal(found), err)
		}
		return err
	}
	defer func() { err = errors.Join(err, lib.close()) }()
	if lib.data != nil && lib.data.embedded != nil {
		debug.SetMemoryLimit(embeddedMemory)
	}
	hand := content.Hand{By: strings.TrimSpace(cmp.Or(f.By, systemUser())), Signatures: a.signatures()}
	if err := hand.Check(); err != nil {
		return usagef("--by：%w", err)
	}
	a.step(len(found.Items)+len(found.Questions), "正在和题库比较")
	p, err := loading.New(found, lib.items, lib.questions, hand, lib.sheets(a))
	if err != nil {
		return err
	}
	found.Items, found.Questions = nil, nil // the plan has them: they are many
	printLoad(a.out, p)
	switch {
	case refused:
		return refusal(found)
	case found.Faulty > 0:
		fmt.Fprintf(a.errs, "\n跳过 %d 行：\n%s\n", found.Faulty, found.Err())
	}
	if f.DryRun {
		fmt.Fprintln(a.out, "\n这是试运行，什么也没有写。")
		return nil
	}
	items, questions := content.ToLoad(p.Items), content.ToLoad(p.Questions)
	if len(items)+len(questions) == 0 {
		fmt.Fprintln(a.out, "\n没有变化，什么也没有写。")
		return nil
	}
	if hand.At, err = lib.data.handTime(a); err != nil {
		return err
	}
	if lib.data.embedded == nil { // what this process holds by itself forgets how to undo when it ends
		if hand, err = banks.OwnSecond(a.ctx, lib.data.Store, hand); err != nil {
			return err
		}
	}
	told := loadOutcome(p)
	p.Items, p.Questions = nil, nil // a store in this process needs the room
	lib.items, lib.questions = nil, nil
	a.step(len(items)+len(questions), "正在写入")
	if err := put(a.ctx, lib.data.Store, store.Loading{Hand: hand, Items: items, Questions: questions}); err != nil {
		return err
	}
	told.after(a, lib.data)
	if hand.Act != "" {
		a.tellUndo(lib.data, hand)
	}
	return nil
}

// refusal is the error of files with faults.
func refusal(found *content.File) error {
	if found.Unread {
		return fmt.Errorf("有文件载入不了，什么也没有写：\n%w", found.Err())
	}
	return fmt.Errorf("%d 行有问题，什么也没有写。改好后再载入，或加 --skip-faulty 跳过它们：\n%w", found.Faulty, found.Err())
}

// library is what is there before a load.
type library struct {
	data      *data // nil: nothing was ever begun here, and nothing is to be written
	items     []content.Item
	questions []content.Question
}

func (l *library) close() error {
	if l.data == nil {
		return nil
	}
	return l.data.Close()
}

// openLibrary reads items and questions. Where no data are yet and none are to be
// begun, they are those with which an installation begins.
func (a *app) openLibrary() (*library, error) {
	d, err := a.openData(a.ctx)
	if errors.Is(err, store.ErrNoData) {
		items, questions, err := starterPack(!a.real())
		return &library{items: items, questions: questions}, err
	}
	if err != nil {
		return nil, err
	}
	l := &library{data: d}
	if l.items, err = d.Items(a.ctx); err == nil {
		l.questions, err = d.Questions(a.ctx)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return l, nil
}

// A very large load can take Redis longer than one call waits: then the outcome
// is looked up by the same call, for at most this long.
const (
	putTries = 30
	putPause = time.Second
)

// put writes what is new or changed, all of it or nothing.
func put(ctx context.Context, d *store.Store, l store.Loading) error {
	for try, unknown := 1, false; ; try++ {
		_, _, err := d.LoadLibrary(ctx, l)
		unknown = unknown || errors.Is(err, quiz.ErrUnknown)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, quiz.ErrConflict):
			return err
		case !unknown:
			return fmt.Errorf("没有写成，什么也没有载入：%w", err)
		}
		ended := try == putTries
		if !ended {
			select {
			case <-ctx.Done():
				ended = true
			case <-time.After(putPause):
			}
		}
		if ended {
			return fmt.Errorf("不知道是否已经写入，请再载入一次（写过的不会重复）：%w", err)
		}
	}
}
