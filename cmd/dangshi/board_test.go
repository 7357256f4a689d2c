package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// TestBoardExport: members of different scores, some equal; both formats hold
// the same ranking, also while serve runs.
func TestBoardExport(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	s := defaults()
	if err := os.WriteFile("dangshi.yaml", []byte("branches: {zb1: '=HYPERLINK(\"x\")'}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, s)
	ids := rank(t, r, 30)

	code, _, errs := run(t, "board", "export", "--top", "10", "-o", "board.xlsx")
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, errs)
	}
	code, out, errs := run(t, "board", "export", "--top", "10", "--format", "csv")
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, errs)
	}
	text, bom := strings.CutPrefix(out, "\ufeff")
	fromCSV, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !bom {
		t.Fatalf("byte order mark %v, %v", bom, err)
	}
	if fromXLSX := sheetOf(t, "board.xlsx", 0); fmt.Sprint(padRows(fromCSV)) != fmt.Sprint(padRows(fromXLSX)) {
		t.Errorf("CSV:\n%v\nXLSX:\n%v", fromCSV, fromXLSX)
	}
	// Scores are 100, 100, 88, 88, 76, …: two members share each rank.
	if len(fromCSV) != 1+10 {
		t.Fatalf("%d rows", len(fromCSV))
	}
	for i, row := range fromCSV[1:] {
		wantRank := strconv.Itoa(i/2*2 + 1)
		names := []string{pseudonym(r, ids[i]), pseudonym(r, ids[i^1])}
		if row[0] != wantRank || !slices.Contains(names, row[1]) || row[2] != "'=张三" || row[3] != "'=HYPERLINK(\"x\")" {
			t.Errorf("row %d: %v, want rank %s of %v", i+1, row, wantRank, names)
		}
	}
	if strings.Contains(out, ids[0]) || strings.Contains(out, "openid") {
		t.Error("openids left without being asked for")
	}
	if _, out, _ := run(t, "board", "export", "--top", "1", "--format", "csv", "--with-openid"); !strings.Contains(out, "抽签,openid") || !strings.Contains(out, ids[0]) {
		t.Errorf("with openids:\n%s", out)
	}
	branches := sheetOf(t, "board.xlsx", 1)
	if len(branches) != 2 || fmt.Sprint(branches[1][:5]) != `[zb1 '=HYPERLINK("x")  1 30]` {
		t.Errorf("branches %q", branches)
	}
	if notes := fmt.Sprint(sheetOf(t, "board.xlsx", 2)); !strings.Contains(notes, "board verify") || !strings.Contains(notes, "season verify") {
		t.Errorf("notes %s", notes)
	}
	if info, err := os.Stat("board.xlsx"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file that names people has mode %v, %v", info.Mode(), err)
	}
	// Everyone tied with the last place is listed.
	if _, out, _ := run(t, "board", "export", "--top", "9", "--format", "csv"); strings.Count(out, "\n") != 11 {
		t.Errorf("with a tie at the line:\n%s", out)
	}
	if _, out, _ := run(t, "board", "export", "--top", "0", "--format", "csv"); strings.Count(out, "\n") != 31 {
		t.Errorf("all:\n%s", out)
	}
	if code, out, errs := run(t, "board", "verify"); code != exitDone || !strings.Contains(out, "其中 30 人上榜，0 人不一致") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	// One damaged record keeps nobody from being listed.
	if err := r.data.Client().Set(t.Context(), "{s00}:member:"+ids[3], "?", 0).Err(); err != nil {
		t.Fatal(err)
	}
	code, out, errs = run(t, "board", "export", "--format", "csv")
	season, _ := quiz.Seasons(nil).At(quiz.DayOf(r.bot.Now()))
	if code != exitDone || strings.Count(out, "\n") != 31 || !strings.Contains(errs, quiz.Pseudonym(r.data.Secret(), season.ID, quiz.Self(ids[3]))) {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

// rank puts n members on the board, two with each score, best first.
func rank(t *testing.T, r *replica, n int) (ids []string) {
	t.Helper()
	return rankDays(t, r, n, 1)
}

// rankDays is rank after so many days, today the last of them, on each of which all
// answered.
func rankDays(t *testing.T, r *replica, n, days int) (ids []string) {
	t.Helper()
	records := make([]quiz.Record, n)
	for i := range n {
		ids = append(ids, fmt.Sprintf("oRank%02d", i))
		records[i].Member.Branch, records[i].Member.Name = "zb1", "=张三"
	}
	for ago := days - 1; ago >= 0; ago-- {
		now := r.bot.Now().AddDate(0, 0, -ago)
		p, err := r.bot.IssuePaper(t.Context(), quiz.DayOf(now))
		if err != nil {
			t.Fatal(err)
		}
		for i, id := range ids {
			m, out := answerPaper(records[i].Member, quiz.Situation{ID: quiz.Self(id), Now: now, Today: p}, i/2)
			records[i].Member = m
			l, err := r.data.Commit(t.Context(), id, quiz.Change{Record: records[i], Log: out.Log, Board: out.Board})
			if err != nil {
				t.Fatal(err)
			}
			records[i] = l.Record
		}
	}
	return ids
}

// answerPaper answers today's paper, the first few questions wrong.
func answerPaper(m quiz.Member, s quiz.Situation, wrong int) (quiz.Member, quiz.Outcome) {
	m, out := quiz.Step(m, quiz.Begin{}, s)
	p := s.Today
	s.Open = p
	for k, q := range p.Questions {
		c := quiz.Choice{Text: "不知道", Letters: quiz.ShownLetters(q.Answer.Letters, p.Order(s.ID, k))}
		if q.Answer.Accept != nil && k >= wrong {
			c.Text = q.Answer.Accept[0]
		}
		if k < wrong && q.Answer.Accept == nil {
			if c.Letters ^= 1; c.Letters == 0 { // one more or one less: wrong
				c.Letters = 2
			}
		}
		m, out = quiz.Step(m, quiz.Answer{Choice: c}, s)
	}
	return m, out
}

// TestVerifyFindsADifference: a board that was tampered with is reported.
func TestVerifyFindsADifference(t *testing.T) {
	server := servers.Redis(t)
	s := defaults()
	s.RedisURL = server.URL
	r := start(t, s)
	ids := rank(t, r, 4)
	season, _ := quiz.Seasons(nil).At(quiz.DayOf(r.bot.Now()))
	data, err := store.Open(t.Context(), store.Options{URL: server.URL, Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	if err := data.Client().ZIncrBy(t.Context(), "{s00}:board:"+season.ID+":1", 1<<20, ids[0]).Err(); err != nil {
		t.Fatal(err)
	}
	code, out, errs := run(t, "board", "verify", "--redis-url", server.URL)
	if code != exitFailed || !strings.Contains(out, "1 人不一致") || strings.Contains(out, ids[0]) {
		t.Errorf("exit %d:\n%s%s", code, out, errs)
	}
}

// TestSlowRedis: a command for which nobody waits in the chat is patient.
func TestSlowRedis(t *testing.T) {
	server := servers.Redis(t)
	s := defaults()
	s.RedisURL = server.URL
	rank(t, start(t, s), 2)
	proxy := storetest.FlakyProxy(t, server.Addr, 1)
	proxy.BlackHole()
	var wg sync.WaitGroup
	wg.Go(func() {
		if code, out, errs := run(t, "board", "verify", "--redis-url", proxy.URL); code != exitDone || !strings.Contains(out, "2 人上榜") {
			t.Errorf("exit %d: %s%s", code, out, errs)
		}
	})
	time.Sleep(1500 * time.Millisecond) // an answer in the chat would have been given up
	proxy.Heal(t)
	wg.Wait()
}

// sheetOf reads one sheet of a workbook.
func sheetOf(t *testing.T, file string, sheet int) [][]string {
	t.Helper()
	f, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(sheet))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// padRows gives all rows as many cells as the first one has: those of a sheet end
// with the last that holds something.
func padRows(rows [][]string) [][]string {
	for i := range rows {
		for len(rows[i]) < len(rows[0]) {
			rows[i] = append(rows[i], "")
		}
	}
	return rows
}

func pseudonym(r *replica, id string) string {
	season, _ := quiz.Seasons(nil).At(quiz.DayOf(r.bot.Now()))
	return quiz.Pseudonym(r.data.Secret(), season.ID, quiz.Self(id))
}
