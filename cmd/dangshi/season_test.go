package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
	"dangshi/store"
)

// TestYearsEnd: a whole year's end by commands, as an organisation goes through it:
// what is refused, what is published, what an outsider checks.
func TestYearsEnd(t *testing.T) {
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

// TestVoidByCommand: a preview writes nothing and is what comes; taken back, all is
// as it was; a closed season's days stay.
func TestVoidByCommand(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	rank(t, r, 30)
	today := quiz.DayOf(r.bot.Now())
	season, _ := quiz.Seasons(nil).At(today)
	r.stop()
	board := func() string {
		out, _ := mustRun(t, "board", "export", "--format", "csv", "--top", "0", "--season", season.ID)
		return out
	}
	before := board()
	mustFail(t, exitUsage, []string{"season", "void", today.String()}, "--drop", "--stand")
	mustFail(t, exitUsage, []string{"season", "void", "2026-02-30", "--drop"}, "不是日期")
	preview, _ := mustRun(t, "season", "void", today.String(), "--drop")
	for _, want := range []string{"答完这一天的卷子的 30 人", "减少 30 人", "前100名：进入 0 人，退出 30 人", "什么也没有写"} {
		if !strings.Contains(preview, want) {
			t.Errorf("the preview does not say %q:\n%s", want, preview)
		}
	}
	if board() != before {
		t.Error("the preview changed the board")
	}
	mustRun(t, "season", "void", today.String(), "--drop", "--publish", "--reason", "停电", "--by", "李四")
	if out := board(); strings.Count(out, "\n") != 1 {
		t.Errorf("voided, the board is\n%s", out)
	}
	if out, _ := mustRun(t, "board", "verify", "--season", season.ID); !strings.Contains(out, "0 人不一致") {
		t.Errorf("voided: %s", out)
	}
	if out, _ := mustRun(t, "season", "void", today.String(), "--drop", "--publish"); !strings.Contains(out, "没有什么要改") {
		t.Errorf("voided again:\n%s", out)
	}
	mustRun(t, "season", "void", today.String(), "--keep", "--publish")
	mustRun(t, "season", "void", today.String(), "--stand", "--publish")
	if out := board(); out != before {
		t.Errorf("taken back, the board is\n%s\nbefore\n%s", out, before)
	}
}

// TestSeasonDates: a season may be prolonged, until another one has begun on the
// way or it is closed.
func TestSeasonDates(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	rank(t, r, 4)
	today := quiz.DayOf(r.bot.Now())
	season, _ := quiz.Seasons(nil).At(today)
	set := func(from, to quiz.Day) {
		write(t, "dangshi.yaml", "seasons:\n- {id: \""+season.ID+"\", from: "+from.String()+", to: "+to.String()+"}\n")
	}
	r.stop()
	set(season.From, season.To+9)
	if out, _ := mustRun(t, "season", "show"); !strings.Contains(out, (season.To + 9).String()) {
		t.Errorf("prolonged:\n%s", out)
	}
	set(season.From+1, season.To)
	mustFail(t, exitUsage, []string{"season", "show"}, "不能改起始日")
	write(t, "dangshi.yaml", "seasons:\n- {id: before, from: "+(season.From-30).String()+", to: "+(season.From+3).String()+"}\n")
	mustFail(t, exitUsage, []string{"season", "show"}, "不能延长到")

	set(season.From, today)
	s := defaults()
	r = start(t, s)
	if err := r.data.SetClockOffset(t.Context(), time.Until((today + 1).Start().Add(quiz.Grace+3*time.Minute))); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if _, out, _ := run(t, "doctor"); !strings.Contains(out, "还没有结赛") {
		t.Errorf("doctor says\n%s", out)
	}
	mustRun(t, "season", "commit")
	mustRun(t, "season", "close", "--entropy", "1")
	set(season.From, today+1)
	mustFail(t, exitUsage, []string{"board", "verify", "--season", season.ID}, "已经结赛", today.String())
	if _, out, _ := run(t, "doctor"); !strings.Contains(out, "已经结赛，最后一天是 "+today.String()) {
		t.Errorf("doctor says\n%s", out)
	}
	set(season.From, today)
	mustFail(t, exitUsage, []string{"season", "void", today.String(), "--drop"}, "已经结赛")
}

// TestOverTheTurnOfTheYear: a paper of the last evening counts for the old season
// until half past midnight, and not a minute longer; what comes after the close
// belongs to the new one.
func TestOverTheTurnOfTheYear(t *testing.T) {
	t.Chdir(t.TempDir())
	r := start(t, defaults())
	wording, err := r.app.wording()
	if err != nil {
		t.Fatal(err)
	}
	last := quiz.Date(2030, 12, 31)
	now := last.Start()
	b := r.app.newBot(r.data, wording, func() time.Time { return now }, func(string) {})
	sent := int64(0)
	say := func(from, text string) string {
		sent++
		return b.Handle(t.Context(), bot.Message{From: from, Kind: bot.Text, Text: text, Sent: now.Unix(), ID: sent}).Text
	}
	// answer goes on until the paper is finished, and gives the last words.
	answer := func(from string, times int) (words string) {
		for range times {
			if words = say(from, "A"); strings.Contains(words, "完整作答") || strings.Contains(words, "答完") {
				return words
			}
			now = now.Add(time.Second)
		}
		return words
	}
	totals := func(id, season string) quiz.Totals {
		accounts, err := r.data.Accounts(t.Context(), quiz.Season{ID: season, From: quiz.Date(map[string]int{"2030": 2030, "2031": 2031}[season], 1, 1)}, []string{id})
		if err != nil || accounts[0].Fault != nil {
			t.Fatal(err, accounts)
		}
		return accounts[0].Totals
	}
	close := func() error {
		season, _ := quiz.Seasons(nil).ByID("2030")
		if _, err := r.data.CommitSeason(t.Context(), season, now.Unix(), "test", nil); err != nil {
			t.Fatal(err)
		}
		_, err := r.data.CloseSeason(t.Context(), store.CloseRequest{Season: season, Entropy: "1", Prizes: quiz.DefaultPrizes, Now: now}, store.RebuildOptions{Alone: true})
		return err
	}
	now = (last + 1).Start().Add(-5 * time.Minute)
	for _, id := range []string{"early", "late"} {
		say(id, "答题")
		answer(id, 2)
	}
	now = (last + 1).Start().Add(quiz.Grace - time.Minute)
	answer("early", 10)
	if got := totals("early", "2030"); got.Days != 1 {
		t.Errorf("finished at 00:29: %+v", got)
	}
	if err := close(); !errors.Is(err, store.ErrSeasonOpen) {
		t.Errorf("closed at 00:29: %v", err)
	}
	now = (last + 1).Start().Add(quiz.Grace + time.Minute)
	answer("late", 3)
	if err := close(); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"early", "late"} {
		say(id, "答题")
		answer(id, 10)
	}
	if got := totals("late", "2030"); got.Days != 0 {
		t.Errorf("finished at 00:31: %+v", got)
	}
	for _, id := range []string{"early", "late"} {
		if got := totals(id, "2031"); got.Days != 1 {
			t.Errorf("%s in the new season: %+v", id, got)
		}
	}
	awards, err := r.data.Awards(t.Context(), "2030")
	if err != nil || len(awards) != 1 {
		t.Errorf("%+v, %v", awards, err)
	}
	var old bytes.Buffer
	sum, err := r.data.WriteLedger(t.Context(), awards[0].Season, func(write func(io.Writer) error) error { old.Reset(); return write(&old) }, nil)
	if err != nil || !sum.Closed || sum.Ranked != 1 {
		t.Errorf("what came after the close changed the ledger: %+v, %v", sum, err)
	}
}
