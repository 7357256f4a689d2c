package main

import (
	"path/filepath"
	"time"

	"dangshi/quiz"
	"dangshi/store"
)

// oldBackup is from what age on the last backup is one to worry about.
const oldBackup = 48 * time.Hour

// lastBackup is the newest automatic backup in the data folder, or "". Where there are
// no data, it tells a loss from a first start: serve would begin anew over it.
func (c *checkup) lastBackup() string {
	files, err := filepath.Glob(filepath.Join(c.Data, store.BackupsFolder, "dangshi-*.resp.gz"))
	if err != nil || len(files) == 0 {
		return ""
	}
	return files[len(files)-1]
}

// backups is about how much would be lost with the data.
func (c *checkup) backups() {
	const about = "备份"
	if c.data == nil || c.data.Sandbox() { // nothing to lose
		return
	}
	note, err := c.data.Backups(c.ctx)
	if err != nil {
		c.unread(about, err)
		return
	}
	const todo = "请运行 dangshi backup，并复制到别的机器；serve 每天自动备份的时间是 DANGSHI_BACKUP_AT"
	at, daily := c.backupAt()
	when := note.Last.In(quiz.Zone).Format("2006-01-02 15:04")
	switch since := time.Since(note.Last); {
	case note.Last.IsZero() && time.Since(c.data.Created()) < oldBackup:
		c.say(fine, about, "刚安装，还没有备份。")
	case note.Last.IsZero():
		c.say(doubt, about, "从来没有备份过，数据一旦丢失就找不回来。%s。", todo)
	case since > oldBackup:
		c.say(doubt, about, "上一次备份是 %s（%s 上的 %s），已有 %d 天；数据一旦丢失，这些天的答题就找不回来。%s。", when, note.Host, note.File, int(since.Hours()/24), todo)
	case !daily:
		c.say(fine, about, "上一次是 %s（%s 上的 %s）；没有每天自动备份。", when, note.Host, note.File)
	default:
		c.say(fine, about, "上一次是 %s（%s 上的 %s）；每天 %s 自动备份。", when, note.Host, note.File, at)
	}
}
