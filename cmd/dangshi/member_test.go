package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"dangshi/quiz"
)

// TestMemberWhoDidAnswer: somebody comes with a receipt from the chat; staff find
// the member, see the day, and take a wrong binding out.
func TestMemberWhoDidAnswer(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	ids := rank(t, r, 3)
	season, _ := quiz.Seasons(nil).At(quiz.DayOf(r.bot.Now()))
	c := r.client()
	say(t, c, ids[0], "绑定 李大钊 第一支部")
	say(t, c, ids[0], "确认绑定")
	mine := say(t, c, ids[0], "我的")
	receipt := regexp.MustCompile(`100分 ([0-9A-Z]{8})`).FindStringSubmatch(mine)
	if receipt == nil {
		t.Fatalf("no receipt in\n%s", mine)
	}
	name := quiz.Pseudonym(r.data.Secret(), season.ID, quiz.Self(ids[0]))
	today := quiz.DayOf(r.bot.Now()).String()

	for _, query := range [][]string{{"李大钊"}, {"大钊"}, {"第一支部"}, {name}, {ids[0]}, {strings.ToLower(receipt[1])}, {receipt[1], "--day", today}} {
		code, out, errs := run(t, append([]string{"member", "find"}, query...)...)
		if code != exitDone || strings.Count(out, "\n") != 2 || !strings.Contains(out, name) || !strings.Contains(out, "李大钊") || strings.Contains(out, ids[0]) {
			t.Errorf("find %v: exit %d\n%s%s", query, code, out, errs)
		}
	}
	if code, out, _ := run(t, "member", "find", "=张三"); code != exitDone || strings.Count(out, "\n") != 3 {
		t.Errorf("namesakes: exit %d\n%s", code, out)
	}
	for _, query := range [][]string{{"王二"}, {receipt[1], "--day", "2001-01-01"}} {
		if code, out, _ := run(t, append([]string{"member", "find"}, query...)...); code != exitFailed || out != "" {
			t.Errorf("find %v: exit %d\n%s", query, code, out)
		}
	}

	code, out, errs := run(t, "member", "show", receipt[1])
	if code != exitDone || !strings.Contains(out, receipt[1]) || !strings.Contains(out, "5/5") || !strings.Contains(out, "都与日志一致") {
		t.Errorf("show: exit %d\n%s%s", code, out, errs)
	}
	code, out, _ = run(t, "member", "show", name, "--day", today)
	if code != exitDone || strings.Count(out, " ✓ ") != 5 || !strings.Contains(out, "已答完") {
		t.Errorf("one day: exit %d\n%s", code, out)
	}
	if code, out, _ = run(t, "member", "show", "=张三"); code != exitUsage {
		t.Errorf("namesakes: exit %d\n%s", code, out)
	}

	if code, _, errs := run(t, "member", "unbind", name, "--reason", "李大钊登记错了"); code != exitUsage || !strings.Contains(errs, "姓名") {
		t.Errorf("a reason that names the member: exit %d %s", code, errs)
	}
	if code, out, _ := run(t, "member", "unbind", name, "--name", "--reason", "不是本人", "--dry-run"); code != exitDone || !strings.Contains(out, "会删去姓名。") {
		t.Errorf("dry run: exit %d\n%s", code, out)
	}
	if code, out, errs := run(t, "member", "unbind", name, "--name", "--reason", "不是本人", "--by", "王"); code != exitDone || !strings.Contains(out, "已删去姓名。") {
		t.Errorf("unbind: exit %d\n%s%s", code, out, errs)
	}
	if code, out, _ := run(t, "member", "unbind", name, "--name", "--reason", "不是本人"); code != exitDone || !strings.Contains(out, "没有什么要删") {
		t.Errorf("unbind again: exit %d\n%s", code, out)
	}
	if told := say(t, c, ids[0], "我的"); !strings.Contains(told, "姓名有误") || strings.Contains(say(t, c, ids[0], "我的"), "姓名有误") {
		t.Errorf("told:\n%s", told)
	}
	lines, err := r.data.Client().LRange(t.Context(), "{all}:audit", 0, -1).Result()
	if all := fmt.Sprint(lines); err != nil || len(lines) != 1 || !strings.Contains(all, name) || !strings.Contains(all, "member.unbind") || strings.Contains(all, ids[0]) || strings.Contains(all, "李大钊") {
		t.Errorf("audit: %v, %v", lines, err)
	}
}

// TestObjections: one of the chat and one that staff note are listed, answered
// once, and told once.
func TestObjections(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	ids := rank(t, r, 2)
	c, today := r.client(), quiz.DayOf(r.bot.Now()).String()
	if text := say(t, c, ids[0], "申诉 第1题不对"); !strings.Contains(text, "申诉号 1") {
		t.Fatal(text)
	}
	if code, out, errs := run(t, "member", "objection", ids[1], "--text", "电话里说没算分", "--day", today, "--by", "王"); code != exitDone || !strings.Contains(out, "申诉号 2") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if code, out, _ := run(t, "member", "objections", "--open"); code != exitDone || !strings.Contains(out, "第1题不对") || !strings.Contains(out, "电话里说没算分") ||
		strings.Count(out, "回执号："+today) != 2 || strings.Contains(out, ids[0]) {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, out, errs := run(t, "member", "answer", "2", "--text", "已核实，分数是对的"); code != exitDone {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	for _, number := range []string{"2", "9"} { // answered, and never noted
		if code, _, _ := run(t, "member", "answer", number, "--text", "再答一次"); code != exitUsage {
			t.Errorf("answer %s: exit %d", number, code)
		}
	}
	if _, out, _ := run(t, "member", "objections", "--open"); strings.Contains(out, "2号") {
		t.Errorf("still open:\n%s", out)
	}
	if text := say(t, c, ids[1], "我的"); !strings.Contains(text, "已核实，分数是对的") || strings.Contains(say(t, c, ids[1], "我的"), "已核实") {
		t.Errorf("told:\n%s", text)
	}
}

// TestRekeyCommand: the account was moved; everyone keeps days, place, pseudonym
// and receipt, and goes on answering.
func TestRekeyCommand(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	ids := rank(t, r, 3)
	c := r.client()
	mine := say(t, c, ids[0], "我的")
	write(t, "moves.csv", "旧openid,新openid\n"+ids[0]+",nA\n"+ids[1]+",nB\noGone,nC\n")
	write(t, "bad.csv", "旧openid,新openid\n"+ids[0]+",nA\n"+ids[1]+",nA\n")
	if code, _, errs := run(t, "member", "rekey", "bad.csv"); code != exitUsage || !strings.Contains(errs, "第3行 [新openid]") {
		t.Errorf("exit %d %s", code, errs)
	}
	if code, out, errs := run(t, "member", "rekey", "moves.csv", "--dry-run"); code != exitDone || !strings.Contains(out, "要搬 2 人") || !strings.Contains(out, "没有记录 1 人") || strings.Contains(out+errs, ids[0]) {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if again := say(t, c, ids[0], "我的"); again != mine {
		t.Errorf("the dry run changed\n%s\nto\n%s", mine, again)
	}
	say(t, c, "nB", "绑定 李四 第一支部")
	if code, out, errs := run(t, "member", "rekey", "moves.csv"); code != exitUsage || !strings.Contains(out, "moves.csv 第3行：旧的答完 1 天，新的答完 0 天") || !strings.Contains(errs, "1 个新 openid") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	say(t, c, "nB", "注销")
	say(t, c, "nB", "确认注销")
	if code, out, errs := run(t, "member", "rekey", "moves.csv"); code != exitDone || !strings.Contains(out, "已搬完") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if now := say(t, c, "nA", "我的"); now != mine {
		t.Errorf("before\n%s\nnow\n%s", mine, now)
	}
	if code, out, _ := run(t, "member", "rekey", "moves.csv"); code != exitDone || !strings.Contains(out, "什么也没有写") {
		t.Errorf("again: exit %d\n%s", code, out)
	}
	if code, out, errs := run(t, "board", "verify"); code != exitDone {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

// TestErasuresCommand: a journal is written and can be applied; another file is
// refused.
func TestErasuresCommand(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	ids := rank(t, r, 2)
	c := r.client()
	say(t, c, ids[0], "注销")
	say(t, c, ids[0], "确认注销")
	if code, out, errs := run(t, "member", "erasures", "-o", "erasures.jsonl"); code != exitDone || !strings.Contains(errs, "导出 1 次") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if code, out, _ := run(t, "member", "erasures", "--apply", "erasures.jsonl"); code != exitDone || !strings.Contains(out, "已再删 0 人") {
		t.Errorf("exit %d\n%s", code, out)
	}
	write(t, "other.jsonl", "{}\n")
	for _, name := range []string{"other.jsonl", "missing.jsonl"} {
		if code, _, errs := run(t, "member", "erasures", "--apply", name); code != exitUsage {
			t.Errorf("%s: exit %d %s", name, code, errs)
		}
	}
}
