package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"dangshi/quiz"
	"dangshi/store"
)

// backupCmd writes a backup of everything that cannot be computed again.
type backupCmd struct {
	Output string `short:"o" help:"写到这个文件；以 .gz 结尾就压缩。- 为标准输出，不压缩；不设则写到数据目录的 backups 下，文件名里有时间。" placeholder:"FILE"`
	Keep   int    `help:"不设 -o 时，backups 里留最近几份，更早的删去；不设则照 DANGSHI_BACKUP_KEEP。" placeholder:"N" env:"DANGSHI_BACKUP_KEEP"`
}

// Run is the command.
func (c *backupCmd) Run(a *app) (err error) {
	if c.Keep < 0 {
		return usagef("--keep：应为 1 或更多，现在是 %d", c.Keep)
	}
	if info, err := os.Stat(c.Output); c.Output != "" && err == nil && !info.Mode().IsRegular() {
		return usagef("--output：%s 不是普通的文件，请写文件名", c.Output)
	}
	if c.Output != "" && c.Output != "-" {
		// A mistyped disk or share would otherwise become a folder of this one.
		if info, err := os.Stat(filepath.Dir(c.Output)); err != nil || !info.IsDir() {
			return usagef("--output：没有目录 %s，请先建好，或看看是不是写错了", filepath.Dir(c.Output))
		}
	}
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if c.Output == "-" {
		return c.stream(a, d)
	}
	made, err := a.backUp(a.ctx, d.Store, c.Output, cmp.Or(c.Keep, a.BackupKeep), a.every("已备份 %d 名学员……\n"))
	switch {
	case a.ctx.Err() != nil && made.size == 0:
		return errors.New("中断了，没有备份")
	case err != nil:
		return err
	}
	a.shown.clear()
	fmt.Fprintf(a.out, "已备份 %d 名学员，共 %d 个键：%s（%s）\n", made.Members(), made.Keys, made.path, byteText(made.size))
	for _, name := range made.removed {
		fmt.Fprintf(a.out, "删去旧的 %s\n", name)
	}
	fmt.Fprintln(a.out, "里面有学员的编号和登记的姓名，请像花名册一样保管，并复制一份到别的机器。")
	return nil
}

// stream writes to standard output, where nothing can be taken back: it is made once.
func (c *backupCmd) stream(a *app, d *data) error {
	if isTerminal(a.out) {
		return usagef("备份不能显示在屏幕上。请加 -o 文件名，写到文件里")
	}
	info, err := d.Backup(a.ctx, a.out, store.BackupOptions{At: time.Now()})
	if err != nil {
		return fmt.Errorf("备份没有写完，不能用：%w", err)
	}
	fmt.Fprintf(a.errs, "已备份 %d 名学员，共 %d 个键。\n", info.Members(), info.Keys)
	return nil
}

// madeBackup is a backup as it lies on the disk.
type madeBackup struct {
	store.BackupInfo
	path    string
	size    int64
	removed []string // older ones
}

// backUp makes a backup, in the data folder where no path is given, and notes it.
func (a *app) backUp(ctx context.Context, s *store.Store, path string, keep int, progress func(int)) (made madeBackup, err error) {
	at := time.Now()
	folder := filepath.Join(a.Data, store.BackupsFolder)
	if made.path = path; path == "" {
		made.path = filepath.Join(folder, store.BackupName(at, quiz.Zone))
	}
	made.BackupInfo, err = s.SaveBackup(ctx, made.path, store.BackupOptions{At: at, Progress: progress})
	if errors.Is(err, store.ErrMoving) {
		return made, fmt.Errorf("%w。请等它做完再备份", err)
	}
	if err != nil {
		return made, err
	}
	if info, err := os.Stat(made.path); err == nil {
		made.size = info.Size()
	}
	host, _ := os.Hostname() // it only tells people where to look
	if err := s.NoteBackup(ctx, at, host, filepath.Base(made.path), made.Members()); err != nil {
		return made, fmt.Errorf("备份已写好（%s），没有记下来：%w", made.path, err)
	}
	if path == "" {
		made.removed, err = store.PruneBackups(folder, keep)
	}
	return made, err
}

// byteText is a size for people.
func byteText(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
