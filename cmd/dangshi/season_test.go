package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// TestYearsEnd: a whole year's end by commands, as an organisation goes through it:
// what is refused, what is published, what an outsider checks.
func TestYearsEnd(t *testing.T) {
	storetest.InTurn(t)
	for name, url := range map[string]string{"embedded": "", "redis": servers.Redis(t).URL} {
		t.Run(name, func(t *testing.T) { yearsEnd(t, url) })
	}
}

func yearsEnd(t *testing.T, url string) {
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	t.Setenv("DANGSHI_REDIS_URL", url)
	write(t, "dangshi.yaml", "honours: {top: 5}\n")
	s := defaults()
	s.RedisURL = url
	r := start(t, s)
	ids := rank(t, r, 30) // two members with each score: the fifth place is drawn
	season, _ := quiz.Seasons(nil).At(quiz.DayOf(r.bot.Now()))
	mustFail(t, exitFailed, []string{"season", "close", "--entropy", "1", "--season", season.ID}, "还没有结束", "00:30")
	mustFail(t, exitUsage, []string{"season", "close", "--entropy", "1"}, "没有结束了而还没有结赛的赛季")
	mustFail(t, exitUsage, []string{"season", "close", "--entropy", " "}, "空的")
	mustFail(t, exitUsage, []string{"season", "commit", "--season", "2999"}, "还没有人答过题")
	early, _ := mustRun(t, "season", "commit", "--season", season.ID)

	// The clock of the sandbox goes on to half past midnight, and some minutes.
	end := (season.To + 1).Start().Add(quiz.Grace + 3*time.Minute)
	if err := r.data.SetClockOffset(t.Context(), time.Until(end)); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if out, _ := mustRun(t, "season", "show"); !strings.Contains(out, "已结束，等待结赛") {
		t.Errorf("before the close:\n%s", out)
	}
	out, _ := mustRun(t, "season", "commit", "-o", "commit.json")
	for _, hash := range regexp.MustCompile(`[0-9a-f]{64}`).FindAllString(out, -1) {
		if !strings.Contains(early, hash) || !strings.Contains(document(t, "commit.json"), hash) {
			t.Errorf("the second commitment has %s, and the first or the file not", hash)
		}
	}
	if !strings.Contains(out, "公布") || !strings.Contains(out, "开奖") {
		t.Errorf("it does not say what to do:\n%s", out)
	}
	out, _ = mustRun(t, "season", "close", "--entropy", "双色球 2027001 期 03 09 27", "-o", "out", "--by", "李四")
	list, ledger := filepath.Join("out", "honours-"+season.ID+".json"), filepath.Join("out", "ledger-"+season.ID+".jsonl")
	for _, want := range []string{"上榜 30 人", "荣誉名单 5 人", "与末位并列的有 2 人，其中 1 人列入", list, ledger} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	for _, file := range []string{list, ledger} {
		text := document(t, file)
		for _, secret := range append([]string{"张三", "zb1"}, ids...) {
			if strings.Contains(text, secret) {
				t.Errorf("%s has %q", file, secret)
			}
		}
	}
	people := document(t, filepath.Join("out", "honours-"+season.ID+".csv"))
	if strings.Count(people, "\n") != 6 || strings.Count(people, "'=张三") != 5 {
		t.Errorf("the list for people:\n%s", people)
	}
	if sum, err := exec.LookPath("sha256sum"); err == nil {
		check := exec.Command(sum, "-c", filepath.Base(list)+".sha256")
		check.Dir = "out"
		if text, err := check.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, text)
		}
	}

	again, _ := mustRun(t, "season", "close", "--season", season.ID, "--entropy", "双色球 2027001 期 03 09 27 ", "-o", "again")
	if !strings.Contains(again, "早已结赛") {
		t.Errorf("the repeat:\n%s", again)
	}
	for _, file := range []string{list, ledger, list + ".sha256"} {
		if document(t, file) != document(t, filepath.Join("again", filepath.Base(file))) {
			t.Errorf("the repeat wrote another %s", file)
		}
	}
	mustFail(t, exitFailed, []string{"season", "close", "--season", season.ID, "--entropy", "04"}, "不能换")
	mustFail(t, exitFailed, []string{"season", "commit", "--season", season.ID}, "不能再改")
	mustRun(t, "board", "ledger", "--season", season.ID, "-o", "ledger.jsonl")
	if document(t, "ledger.jsonl") != document(t, ledger) {
		t.Error("board ledger wrote another ledger")
	}
	if out, _ := mustRun(t, "season", "show", "--season", season.ID); !strings.Contains(out, "已结赛") || !strings.Contains(out, "双色球") {
		t.Errorf("after the close:\n%s", out)
	}

	// An outsider has no data.
	t.Setenv("DANGSHI_DATA", "nowhere")
	t.Setenv("DANGSHI_REDIS_URL", "")
	if out, _ := mustRun(t, "season", "verify", list); !strings.Contains(out, "全部相符") || !strings.Contains(out, "没有给台账") {
		t.Errorf("the list alone:\n%s", out)
	}
	if out, _ := mustRun(t, "season", "verify", list, "--commit", "commit.json"); !strings.Contains(out, "✓ 承诺就是结赛前公布的那些") {
		t.Errorf("with the commitment:\n%s", out)
	}
	write(t, "other.json", strings.Replace(document(t, "commit.json"), `"members": 30`, `"members": 31`, 1))
	mustFail(t, exitFailed, []string{"season", "verify", list, "--commit", "other.json"}, "不能采信")
	mustFail(t, exitUsage, []string{"season", "verify", list, "--commit", list}, "不是 season commit 写的")
	if out, _ := mustRun(t, "season", "verify", list, "--ledger", ledger); strings.Count(out, "✓") < 15 || strings.Contains(out, "✗") {
		t.Errorf("with the ledger:\n%s", out)
	}
	if out, _ := mustRun(t, "board", "verify", "--file", ledger); !strings.Contains(out, "重算 30 人的成绩和名次，0 处不一致") {
		t.Errorf("the ledger alone:\n%s", out)
	}
	write(t, "forged.json", strings.Replace(document(t, list), `"days": 1`, `"days": 2`, 1))
	mustFail(t, exitFailed, []string{"season", "verify", "forged.json"}, "不能采信")
	write(t, "forged.jsonl", strings.Replace(document(t, ledger), `"days":1`, `"days":2`, 1))
	if code, out, _ := run(t, "board", "verify", "--file", "forged.jsonl"); code != exitFailed || !strings.Contains(out, "第2行：编号") {
		t.Errorf("a forged ledger: exit %d\n%s", code, out)
	}
	mustFail(t, exitUsage, []string{"season", "verify", ledger}, "不是一份可以核对的荣誉名单")
	mustFail(t, exitUsage, []string{"board", "verify", "--file", list}, "不是一份可以核对的成绩台账")
	mustFail(t, exitUsage, []string{"season", "verify", "missing.json"}, "读不到")
	t.Setenv("DANGSHI_DATA", "data")
	t.Setenv("DANGSHI_REDIS_URL", url)

	revoked(t, season.ID, list)
}

// revoked: the list stays as it was published, the list for people says so.
func revoked(t *testing.T, season, list string) {
	mustFail(t, exitUsage, []string{"season", "revoke", "6", "--season", season, "--reason", "代答"}, "没有第6名")
	mustFail(t, exitUsage, []string{"season", "revoke", "1", "--season", season}, "--reason")
	mustRun(t, "season", "revoke", "1", "--season", season, "--reason", "代答", "--by", "王五")
	if out, _ := mustRun(t, "season", "revoke", "1", "--season", season, "--reason", "代答"); !strings.Contains(out, "没有什么要改") {
		t.Errorf("revoked again:\n%s", out)
	}
	mustRun(t, "season", "close", "--season", season, "--entropy", "双色球 2027001 期 03 09 27", "-o", "third")
	if document(t, filepath.Join("third", filepath.Base(list))) != document(t, list) {
		t.Error("the revocation changed the published list")
	}
	if people := document(t, filepath.Join("third", "honours-"+season+".csv")); strings.Count(people, "已撤销：代答") != 1 {
		t.Errorf("the list for people:\n%s", people)
	}
	mustRun(t, "season", "revoke", "1", "--season", season, "--reason", "查无实据", "--restore")
	out, _ := mustRun(t, "season", "show", "--season", season)
	for _, want := range []string{"撤销第1名：代答（王五）", "恢复第1名：查无实据"} {
		if !strings.Contains(out, want) {
			t.Errorf("the history does not say %q:\n%s", want, out)
		}
	}
}

// TestForgedHonours: every value of a list and of a ledger that is changed is
// found.
func TestForgedHonours(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	write(t, "dangshi.yaml", "honours: {top: 5}\n")
	r := start(t, defaults())
	rank(t, r, 12)
	season, _ := quiz.Seasons(nil).At(quiz.DayOf(r.bot.Now()))
	if err := r.data.SetClockOffset(t.Context(), time.Until((season.To + 1).Start().Add(quiz.Grace+3*time.Minute))); err != nil {
		t.Fatal(err)
	}
	r.stop()
	mustRun(t, "season", "commit")
	mustRun(t, "season", "close", "--entropy", "7")
	list, ledger := "honours-"+season.ID+".json", "ledger-"+season.ID+".jsonl"
	tried := forge(t, document(t, list), func(forged, what string) {
		write(t, "forged.json", forged)
		if code, out, errs := run(t, "season", "verify", "forged.json", "--ledger", ledger); code == exitDone {
			t.Errorf("%s: not found\n%s%s", what, out, errs)
		}
	})
	lines := strings.SplitAfter(document(t, ledger), "\n")
	for i, line := range lines {
		if i > 2 && i < len(lines)-2 || line == "" {
			continue // one member's line is like another's
		}
		tried += forge(t, line, func(forged, what string) {
			write(t, "forged.jsonl", strings.Join(lines[:i], "")+forged+strings.Join(lines[i+1:], ""))
			if code, out, errs := run(t, "season", "verify", list, "--ledger", "forged.jsonl"); code == exitDone {
				t.Errorf("line %d, %s: not found by the list\n%s%s", i+1, what, out, errs)
			}
			if code, out, errs := run(t, "board", "verify", "--file", "forged.jsonl"); code == exitDone {
				t.Errorf("line %d, %s: not found\n%s%s", i+1, what, out, errs)
			}
		})
	}
	if tried < 100 {
		t.Errorf("only %d forgeries were tried", tried)
	}
	for what, forged := range map[string]string{"a line less": strings.Join(append(lines[:2:2], lines[3:]...), ""), "cut off": strings.Join(lines[:5], ""), "a line twice": strings.Join(append(lines[:3:3], lines[2:]...), "")} {
		write(t, "forged.jsonl", forged)
		mustFail(t, exitFailed, []string{"board", "verify", "--file", "forged.jsonl"}, "不一致")
		_ = what
	}
}

// value is one value in a JSON text: a string or a number behind a colon, comma or
// bracket.
var value = regexp.MustCompile(`([:\[,]\s*)("(?:[^"\\]|\\.)*"|-?[0-9]+)([,}\]\n])`)

// forge tries a text with each of its values changed, one at a time.
func forge(t *testing.T, text string, try func(forged, what string)) (n int) {
	t.Helper()
	for _, m := range value.FindAllStringSubmatchIndex(text, -1) {
		was := text[m[4]:m[5]]
		is := was + "1"
		if s, err := strconv.Unquote(was); err == nil {
			b := []byte(s)
			if len(b) == 0 {
				b = []byte("A")
			} else if last := &b[len(b)-1]; *last == '1' {
				*last = '2'
			} else {
				*last = '1'
			}
			encoded, err := json.Marshal(string(b))
			if err != nil {
				t.Fatal(err)
			}
			is = string(encoded)
		}
		try(text[:m[4]]+is+text[m[5]:], was+" made "+is)
		n++
	}
	return n
}
