package quiz_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
)

var ledgerSeason = quiz.Season{ID: "2026", From: 20454, To: 20484}

// ledgerPapers are papers of each type of question, some days with two versions.
func ledgerPapers() (papers []*quiz.Paper) {
	for day := range quiz.Day(6) {
		for version := range 1 + int(day)%2 {
			p := &quiz.Paper{Day: ledgerSeason.From + day, Version: version + 1, Season: "2026", From: ledgerSeason.From, Weights: quiz.DefaultWeights}
			for i, q := range []content.Question{
				{ID: "单", Type: content.Single, Answer: content.Key{Letters: 2}},
				{ID: "多", Type: content.Multiple, Answer: content.Key{Letters: 5}},
				{ID: "判", Type: content.Judge, Answer: content.Key{Letters: 1}},
				{ID: "空", Type: content.Blank, Answer: content.Key{Accept: []string{"南昌", "<南昌市>"}}},
			} {
				q.Revision = version + 1
				if i <= int(day) {
					p.Questions, p.Fixed = append(p.Questions, q), append(p.Fixed, false)
				}
			}
			papers = append(papers, p)
		}
	}
	return papers
}

// ledger writes a ledger of some members as a store does.
func ledgerText(t *rapid.T, head quiz.LedgerHead, past quiz.Past, logs [][]quiz.Entry, outs int) []byte {
	text, err := head.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var scores []int64
	lines := make([]quiz.LedgerLine, len(logs))
	for i, log := range logs {
		totals, err := quiz.Replay(past.Season, log, past.Paper, past.Voids)
		if err != nil {
			t.Fatal(err)
		}
		lines[i] = quiz.LedgerLine{Pseudonym: fmt.Sprintf("%010d", i), Points: totals.Points, Days: totals.Days, Longest: totals.Longest, Entries: log}
		scores = append(scores, totals.Rank())
	}
	ranked := 0
	for i := range lines {
		lines[i].Rank = 1
		for _, s := range scores {
			if s > scores[i] {
				lines[i].Rank++
			}
		}
		if lines[i].Days > 0 {
			ranked++
			text = lines[i].Append(text, past.Season.From)
		}
	}
	for i := range outs {
		text = quiz.LedgerLine{Pseudonym: fmt.Sprintf("Z%09d", i), Out: true}.Append(text, past.Season.From)
	}
	sum := sha256.Sum256(text)
	return append(text, quiz.LedgerEnd(ranked, outs, hex.EncodeToString(sum[:]))...)
}

func checkText(text []byte) (*quiz.LedgerCheck, []quiz.LedgerFault, error) {
	var faults []quiz.LedgerFault
	check := quiz.NewLedgerCheck(func(f quiz.LedgerFault) { faults = append(faults, f) })
	for line := range bytes.Lines(text) {
		if err := check.Line(line); err != nil {
			return nil, faults, err
		}
	}
	check.End()
	return check, faults, nil
}

// What was answered, voided and ruled in any way comes out of the ledger as the
// replay gives it; a change of any byte is found.
func TestLedgerRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		papers := ledgerPapers()
		voids := quiz.Voids{}
		if day := rapid.IntRange(0, 8).Draw(t, "void"); day < 6 {
			voids[ledgerSeason.From+quiz.Day(day)] = rapid.SampledFrom([]quiz.Void{quiz.Dropped, quiz.Kept}).Draw(t, "how")
		}
		var history []quiz.Correction
		for range rapid.IntRange(0, 3).Draw(t, "rulings") {
			r := rapid.SampledFrom([]quiz.Correction{
				{AskedAs: quiz.AskedAs{Question: "单", Revision: 1}, Ruling: quiz.Ruling{Keys: []content.Letters{1, 2}}},
				{AskedAs: quiz.AskedAs{Question: "单", Revision: 2}, Ruling: quiz.Ruling{Void: true}},
				{AskedAs: quiz.AskedAs{Question: "空", Revision: 1}, Ruling: quiz.Ruling{Accept: []string{"瑞金"}}},
				{AskedAs: quiz.AskedAs{Question: "别的", Revision: 1}, Ruling: quiz.Ruling{Void: true}},
			}).Draw(t, "ruling")
			r.By, r.Why = "李四", "张三说的"
			history = append(history, r)
		}
		rulings := quiz.NewRulings(history, nil)
		past := quiz.Past{Season: ledgerSeason, Voids: voids, Rulings: rulings, Paper: func(day quiz.Day, version int) (*quiz.Paper, error) {
			for _, p := range papers {
				if p.Day == day && p.Version == version {
					return p.Under(rulings), nil
				}
			}
			return nil, fmt.Errorf("no paper of %s", day)
		}}
		logs := make([][]quiz.Entry, rapid.IntRange(0, 8).Draw(t, "members"))
		for i := range logs {
			logs[i] = drawLog(t, papers)
		}
		head := quiz.NewLedgerHead(ledgerSeason, quiz.DefaultWeights, papers, voids, history)
		text := ledgerText(t, head, past, logs, rapid.IntRange(0, 2).Draw(t, "outs"))
		check, faults, err := checkText(text)
		if err != nil || len(faults) > 0 {
			t.Fatalf("%v, %v\n%s", faults, err, text)
		}
		for _, c := range check.Candidates {
			var i int
			fmt.Sscan(c.Pseudonym, &i)
			if totals, _ := quiz.Replay(past.Season, logs[i], past.Paper, past.Voids); totals.Rank() != c.Score {
				t.Fatalf("%s: %d in the ledger, %d by the replay", c.Pseudonym, c.Score, totals.Rank())
			}
		}
		if strings.Contains(string(text), "李四") || strings.Contains(string(text), "张三") {
			t.Fatalf("the ledger names somebody:\n%s", text)
		}
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		forged := bytes.Clone(text)
		forged[at] = rapid.SampledFrom([]byte("0129ABC \n,=\"}")).Draw(t, "byte")
		if bytes.Equal(forged, text) {
			return
		}
		if _, faults, err := checkText(forged); err == nil && len(faults) == 0 {
			t.Fatalf("byte %d changed, and nothing is found:\n%s", at, forged)
		}
	})
}

// drawLog answers some days, right or wrong.
func drawLog(t *rapid.T, papers []*quiz.Paper) (log []quiz.Entry) {
	last := quiz.Day(0)
	for _, p := range papers {
		if p.Day == last || rapid.IntRange(0, 2).Draw(t, "skip") == 0 {
			continue
		}
		last = p.Day
		e := quiz.Entry{Day: p.Day, Version: p.Version}
		for _, q := range p.Questions {
			g := quiz.Given{Letters: content.Letters(rapid.IntRange(1, 15).Draw(t, "letters"))}
			if q.Type == content.Blank {
				g = quiz.Given{Hash: quiz.BlankHash(rapid.SampledFrom([]string{"南昌", "瑞金", "井冈山"}).Draw(t, "word"))}
			}
			e.Given = append(e.Given, g)
		}
		log = append(log, e)
	}
	return log
}

// FuzzLedger: whatever the lines are, they are read, or refused with a sentence.
func FuzzLedger(f *testing.F) {
	head, err := quiz.NewLedgerHead(ledgerSeason, quiz.DefaultWeights, ledgerPapers(), quiz.Voids{ledgerSeason.From: quiz.Kept},
		[]quiz.Correction{{AskedAs: quiz.AskedAs{Question: "单", Revision: 1}, Ruling: quiz.Ruling{Void: true}}}).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(head, "{\"p\":\"0000000000\",\"rank\":1,\"points\":252000,\"days\":1,\"longest\":0,\"log\":\"0=B\"}\n{\"p\":\"0000000001\",\"out\":true}\n"...))
	f.Add([]byte("{\"p\":\"0000000000\",\"log\":\"1.2=A,-,#8fa3 500=H\"}\n"))
	f.Add([]byte("{\"end\":\"dangshi-ledger 1\"}\n{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		check, faults, err := checkText(text)
		if err == nil && len(faults) == 0 {
			// What passes is what the program writes, to the byte.
			again, err := check.Head.Encode()
			if err != nil || !bytes.HasPrefix(text, again) {
				t.Errorf("a head passes that is not written like this: %v", err)
			}
		}
		for _, fault := range faults {
			if fault.Line < 1 || fault.Problem == "" {
				t.Errorf("%+v", fault)
			}
		}
	})
}

// FuzzHonours: whatever the file is, it is read and checked, or refused with a
// sentence.
func FuzzHonours(f *testing.F) {
	h := quiz.Honours{Format: quiz.HonoursFormat, Season: ledgerSeason, Weights: quiz.DefaultWeights, Top: 1, Ties: quiz.TiesDraw,
		Commits: []quiz.Commitment{{At: 1, Seed: "a", List: "b", Members: 2}}, Seed: strings.Repeat("0", 64), Entropy: "1", Ranked: 2,
		Places: []quiz.Honour{{Place: 1, Pseudonym: "0000000000", Points: 252000, Days: 1, Longest: 1, Lot: "0"}},
		Line:   &quiz.Line{Points: 252000, Days: 1, Longest: 1, Named: 1, Drawn: []quiz.Drawn{{Pseudonym: "0000000000"}, {Pseudonym: "0000000001"}}},
	}
	text, err := h.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"format":"dangshi-honours 1","places":[{"place":1}],"line":{"named":9}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := quiz.ParseHonours(data)
		if err != nil {
			return
		}
		bad := 0
		for _, c := range h.Check() {
			if !c.OK() {
				bad++
			}
		}
		again, err := h.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if parsed, err := quiz.ParseHonours(again); err != nil || parsed.Seal == "" {
			t.Errorf("written again it cannot be read: %v", err)
		}
		check, _, err := checkText([]byte("{}"))
		if err == nil {
			h.CheckLedger(check)
		}
	})
}
