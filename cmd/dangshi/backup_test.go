package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// TestBackupAndRestore: an installation that runs in its folder is backed up, goes to
// a real Redis and comes back to a folder. The ranking and the members are the same
// everywhere, and what is no fit place for it is refused with nothing written.
func TestBackupAndRestore(t *testing.T) {
	t.Chdir(t.TempDir())
	s := defaults()
	r := start(t, s)
	advance(t, r, (quiz.DayOf(r.now()) + 1).Start().Add(8*time.Hour).Sub(r.now()).String())
	ids := []string{"oBackA", "oBackB", "oBackC"}
	for _, id := range ids {
		answerAll(t, r.client(), id)
	}
	mustSay(t, say(t, r.client(), "oBackA", "提醒 20:00"), "20:00")
	ranking, own := say(t, r.client(), "oBackA", "排行"), say(t, r.client(), "oBackA", "我的")
	out, _ := mustRun(t, "backup")
	mustSay(t, out, "已备份 3 名学员", "花名册")
	files := backupFiles(t)
	if len(files) != 1 {
		t.Fatalf("backups: %v", files)
	}
	file := files[0]
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	mustRefuse(t, []string{"restore", file}, "正由另一个进程", "停下") // serve runs
	r.stop()
	mustRefuse(t, []string{"restore", file}, "已经有", "移走")

	out, _ = mustRun(t, "restore", "--check", file)
	mustSay(t, out, "沙盒的数据，1 片，3 名学员", "备份完好")
	s.RedisURL = storetest.Redis(t).URL
	out, _ = mustRun(t, "restore", file, "--redis-url", s.RedisURL)
	mustSay(t, out, "核对 3 人，其中 3 人上榜，0 人不一致", "可以启动 serve 了", "member erasures --apply", "--not-pushed")
	mustRefuse(t, []string{"restore", file, "--redis-url", s.RedisURL}, "已经有", "FLUSHDB")
	r = start(t, s)
	if after := say(t, r.client(), "oBackA", "排行"); after != ranking {
		t.Errorf("the ranking was\n%s\nand is now\n%s", ranking, after)
	}
	if after := say(t, r.client(), "oBackA", "我的"); after != own {
		t.Errorf("the member's record was\n%s\nand is now\n%s", own, after)
	}
	if !reminded(t, r, 20*60, "oBackA") {
		t.Error("nobody is reminded any more")
	}
	advance(t, r, "24h")
	mustSay(t, answerAll(t, r.client(), "oBackA"), "已连续 2 天")
	mustRun(t, "backup", "-o", "again.resp", "--redis-url", s.RedisURL)
	r.stop()

	out, _ = mustRun(t, "restore", "again.resp", "--data", "second", "--not-pushed")
	mustSay(t, out, "核对 3 人，其中 3 人上榜，0 人不一致")
	s.RedisURL, s.Data = "", "second"
	r = start(t, s)
	mustSay(t, say(t, r.client(), "oBackA", "我的"), "2 天")
}

// TestRestoreRefusesFiles: exit 2, what is wrong, and nothing in the folder.
func TestRestoreRefusesFiles(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	start(t, defaults()).stop()
	mustRun(t, "backup", "-o", "b.resp.gz")
	text, errs := mustRun(t, "backup", "-o", "-")
	mustSay(t, errs, "已备份 0 名学员")
	whole := []byte(text)
	write(t, "b.resp", text)
	mustRun(t, "restore", "--check", "b.resp")
	write(t, "short.resp", string(whole[:len(whole)/2]))
	write(t, "newer.resp", strings.Replace(string(whole), "dangshi-dump 2 ", "dangshi-dump 3 ", 1))
	write(t, "changed.resp", strings.Replace(string(whole), "sandbox", "Sandbox", 1))
	write(t, "bank.csv", "题干,答案\n")
	for file, says := range map[string]string{
		"short.resp": "不完整", "newer.resp": "更新的版本", "changed.resp": "不对", "bank.csv": "不完整或已损坏", "none.resp": "没有这个文件", ".": "是目录",
	} {
		mustRefuse(t, []string{"restore", file, "--data", "fresh"}, says)
	}
	mustRefuse(t, []string{"restore", "b.resp.gz", "--data", "fresh", "--wechat-appid", "wx1", "--wechat-token", "x"}, "沙盒的", "真实公众号")
	mustRefuse(t, []string{"restore", "b.resp.gz", "--data", "fresh", "--erasures", "none.jsonl"}, "--erasures")
	mustRefuse(t, []string{"restore", "--check", "."}, "是目录")
	mustFail(t, exitFailed, []string{"restore", "b.resp", "--redis-url", "redis://127.0.0.1:1/0"}, "没有恢复", "没有程序在听", "再运行一次")
	mustRefuse(t, []string{"backup", "-o", "."}, "--output")
	mustRefuse(t, []string{"backup", "-o", filepath.Join("nowhere", "b.resp")}, "--output", "没有目录 nowhere")
	if _, err := os.Stat("nowhere"); !os.IsNotExist(err) {
		t.Errorf("a folder was made: %v", err)
	}
	mustRefuse(t, []string{"backup", "--keep=-1"}, "--keep")
	mustRefuse(t, []string{"serve", "--backup-at", "3:30"}, "--backup-at", "off")
	mustRefuse(t, []string{"serve", "--backup-keep", "0"}, "--backup-keep")
	if _, err := os.Stat("fresh"); !os.IsNotExist(err) {
		t.Errorf("something was written: %v", err)
	}
}

// mustRefuse runs a command that is to do nothing.
func mustRefuse(t *testing.T, args []string, says ...string) {
	t.Helper()
	code, out, errs := run(t, args...)
	if code != exitUsage || out != "" {
		t.Errorf("%v: exit %d: %s", args, code, out)
	}
	mustSay(t, errs, says...)
}

func backupFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("data/backups/*")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestDailyBackup: of two replicas one makes the day's backup, also where the one that
// began it fails, and the oldest gives way; what is no automatic backup stays.
func TestDailyBackup(t *testing.T) {
	t.Chdir(t.TempDir())
	s := defaults()
	s.RedisURL, s.BackupAt, s.BackupKeep = servers.Redis(t).URL, "03:30", 2
	if err := os.MkdirAll("data/backups", 0o700); err != nil {
		t.Fatal(err)
	}
	mine := "data/backups/mine.resp.gz"
	for _, name := range []string{"data/backups/dangshi-20200101-033000.resp.gz", "data/backups/dangshi-20200102-033000.resp.gz", mine} {
		write(t, name, "old")
	}
	a, b := start(t, s), start(t, s)
	due := (quiz.DayOf(a.now()) + 1).Start().Add(3*time.Hour + 30*time.Minute)
	folder := a.app.Data
	a.app.Data = mine // no folder
	if err := a.backUp(t.Context(), due); err == nil {
		t.Error("it is made into a file")
	}
	a.app.Data = folder
	for _, r := range []*replica{b, a} {
		if err := r.backUp(t.Context(), due); err != nil {
			t.Error(err)
		}
	}
	files := backupFiles(t)
	if len(files) != 3 || files[0] != "data/backups/dangshi-20200102-033000.resp.gz" || files[2] != mine {
		t.Fatalf("backups: %v", files)
	}
	note, err := a.data.Backups(t.Context())
	if err != nil || note.File != filepath.Base(files[1]) || note.Day != quiz.DayOf(due) {
		t.Errorf("%+v, %v", note, err)
	}
	mustRun(t, "restore", "--check", files[1])
	jobs := 0
	for _, j := range a.jobs() {
		if j.name == "backup" && j.spec == "30 3 * * *" {
			jobs++
		}
	}
	if jobs != 1 {
		t.Errorf("%d jobs make a backup", jobs)
	}
	for _, c := range []struct {
		set  Settings
		want string
	}{
		{Settings{}, ""}, {Settings{BackupAt: "04:05"}, "5 4 * * *"},
		{Settings{WechatAppid: "wx", WechatToken: "t"}, "30 3 * * *"}, {Settings{WechatAppid: "wx", WechatToken: "t", BackupAt: "off"}, ""},
	} {
		if spec, ok := c.set.backupSpec(); spec != c.want || ok != (c.want != "") {
			t.Errorf("%+v: %q", c.set, spec)
		}
	}
}

// TestDoctorOnLostData: where backups are and no data, serve would begin anew.
func TestDoctorOnLostData(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	start(t, defaults()).stop()
	mustRun(t, "backup")
	for _, name := range []string{"data/store.resp", "data/store.resp.1"} {
		if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{nil, {"--redis-url", storetest.Redis(t).URL}} {
		code, about := doctor(t, args...)
		if code != exitFailed {
			t.Errorf("%v: exit %d", args, code)
		}
		mustHold(t, about("数据"), "✘", backupFiles(t)[0], "先别启动 serve", "restore")
	}
}

// TestDoctorOnBackups: of a real account it says how old the last one is.
func TestDoctorOnBackups(t *testing.T) {
	t.Chdir(t.TempDir())
	url := servers.Redis(t).URL
	d, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, c := range []struct {
		age  time.Duration
		mark string
		says []string
	}{
		{0, "✔", []string{"刚安装"}},
		{47 * time.Hour, "✔", []string{"主机1", "a.resp.gz", "03:30"}},
		{73 * time.Hour, "⚠", []string{"已有 3 天", "dangshi backup", "DANGSHI_BACKUP_AT"}},
	} {
		if c.age > 0 {
			if err := d.NoteBackup(t.Context(), time.Now().Add(-c.age), "主机1", "a.resp.gz", 7); err != nil {
				t.Fatal(err)
			}
		}
		_, out, _ := run(t, "doctor", "--redis-url", url, "--wechat-appid", "wx1", "--wechat-token", "x", "--wechat-api", "http://127.0.0.1:1")
		mustHold(t, reportOf(out)("备份"), c.mark, c.says...)
	}
}
