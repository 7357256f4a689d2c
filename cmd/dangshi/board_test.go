package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
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
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	s := defaults()
	s.file.Branches = map[string]string{"zb1": "=HYPERLINK(\"x\")"}
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
	f, err := excelize.OpenFile("board.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fromXLSX, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(fromCSV) != fmt.Sprint(fromXLSX) {
		t.Errorf("CSV:\n%v\nXLSX:\n%v", fromCSV, fromXLSX)
	}
	// Scores are 100, 100, 88, 88, 76, …: two members share each rank.
	if len(fromCSV) != 1+10 {
		t.Fatalf("%d rows", len(fromCSV))
	}
	for i, row := range fromCSV[1:] {
		wantRank := strconv.Itoa(i/2*2 + 1)
		if row[0] != wantRank || row[10] != ids[i] && row[10] != ids[i^1] || row[2] != "'=张三" {
			t.Errorf("row %d: rank %s of %s, want rank %s of %s", i+1, row[0], row[10], wantRank, ids[i])
		}
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
	day := quiz.DayOf(r.bot.Now())
	p, err := r.bot.IssuePaper(t.Context(), day)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		id := fmt.Sprintf("oRank%02d", i)
		ids = append(ids, id)
		var m quiz.Member
		s := quiz.Situation{ID: quiz.Self(id), Now: r.bot.Now(), Today: p}
		m, _ = quiz.Step(m, quiz.Begin{}, s)
		m.Branch, m.Name = "zb1", "=张三"
		s.Open = p
		var out quiz.Outcome
		for k, q := range p.Questions {
			c := quiz.Choice{Text: "不知道", Letters: quiz.ShownLetters(q.Answer.Letters, p.Order(quiz.Self(id), k))}
			if q.Answer.Accept != nil && k >= i/2 {
				c.Text = q.Answer.Accept[0]
			}
			if k < i/2 && q.Answer.Accept == nil {
				if c.Letters ^= 1; c.Letters == 0 { // one more or one less: wrong
					c.Letters = 2
				}
			}
			m, out = quiz.Step(m, quiz.Answer{Choice: c}, s)
		}
		if _, err := r.data.Commit(t.Context(), id, quiz.Change{Record: quiz.Record{Member: m}, Log: out.Log, Board: out.Board}); err != nil {
			t.Fatal(err)
		}
	}
	return ids
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

// TestHarmless: text that others chose is no formula in a sheet.
func TestHarmless(t *testing.T) {
	rows := []boardRow{{Rank: 1, Name: "@x", Branch: "=cmd|' /C calc'!A0", ID: "-oDash"}}
	var b bytes.Buffer
	if err := writeBoardCSV(&b, quiz.Season{ID: "2026"}, rows); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "'@x") || !strings.Contains(b.String(), "'=cmd") || !strings.Contains(b.String(), "'-oDash") {
		t.Error(b.String())
	}
	b.Reset()
	if err := writeBoardXLSX(&b, quiz.Season{ID: "2026"}, rows); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, cell := range []string{"C2", "D2", "K2"} {
		if formula, err := f.GetCellFormula(f.GetSheetName(0), cell); err != nil || formula != "" {
			t.Errorf("%s: a formula %q, %v", cell, formula, err)
		}
		if text, err := f.GetCellValue(f.GetSheetName(0), cell); err != nil || !strings.HasPrefix(text, "'") {
			t.Errorf("%s: %q, %v", cell, text, err)
		}
	}
}
