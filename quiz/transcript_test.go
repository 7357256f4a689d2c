package quiz_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

var update = flag.Bool("update", false, "rewrite the transcripts by what happens now")

// TestTranscripts plays the stories of testdata/transcripts. A line that is not
// indented is what happens; the indented lines below it are what comes of it.
//
//	DATE TIME begin          asks for the open question
//	DATE TIME right|wrong    answers it
//	DATE TIME tap N          taps an option of question N of that day
//	DATE TIME whole [K]      begins and answers all, K of them right (default all)
//	each day FROM TO TIME    a whole paper, all right, on each day
//	void DATE dropped|kept   voids a day
//	season ID FROM TO        sets seasons instead of calendar years
//	show                     prints the record
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/transcripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("it went another way; with -update the file shows how:\n%s", got)
			}
		})
	}
}

func play(t *testing.T, script string) string {
	w := newWorld(t)
	var out strings.Builder
	lines := bufio.NewScanner(strings.NewReader(script))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if strings.HasPrefix(line, "  ") {
			continue // what came of it, last time
		}
		out.WriteString(line + "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		for _, said := range w.do(n, strings.Fields(line)) {
			out.WriteString("  " + said + "\n")
		}
		w.check(n)
	}
	return out.String()
}

// world is one member and all that the shell would keep.
type world struct {
	t       *testing.T
	member  quiz.Member
	bank    []content.Question
	papers  map[quiz.Day]*quiz.Paper
	voids   quiz.Voids
	seasons quiz.Seasons
	logs    map[string][]byte
	boards  map[string]int64
}

func newWorld(t *testing.T) *world {
	return &world{
		t: t, bank: testBank(400), papers: map[quiz.Day]*quiz.Paper{}, voids: quiz.Voids{},
		logs: map[string][]byte{}, boards: map[string]int64{},
	}
}

// testBank is a bank of all four types.
func testBank(n int) []content.Question {
	bank := make([]content.Question, n)
	for i := range bank {
		q := content.Question{ID: fmt.Sprintf("q-%06d", i), State: content.Approved, Stem: fmt.Sprintf("第%d问", i), Explain: "见原文。"}
		switch i % 8 {
		case 0:
			q.Type, q.Answer.Letters = content.Judge, content.Letters(1+i/8%2)
		case 1:
			q.Type, q.Answer.Accept = content.Blank, []string{fmt.Sprint("词", i), fmt.Sprint("詞", i, "号")}
		case 2, 3:
			q.Type, q.Options, q.Answer.Letters = content.Multiple, []string{"春", "夏", "秋", "冬"}, 0b1011
		case 4:
			q.Type, q.Options, q.Answer.Letters = content.Single, []string{"东", "南", "西", "北", "中"}, 1<<4
		default:
			q.Type, q.Options, q.Answer.Letters = content.Single, []string{"红", "黄", "蓝", "绿"}, 1<<(i%4)
		}
		bank[i] = q
	}
	return bank
}

func (w *world) fatal(line int, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("line %d: %v", line, err)
	}
}

func (w *world) do(line int, words []string) []string {
	switch words[0] {
	case "void":
		day, err := quiz.ParseDay(words[1])
		w.fatal(line, err)
		w.voids[day] = map[string]quiz.Void{"dropped": quiz.Dropped, "kept": quiz.Kept}[words[2]]
		return nil
	case "season":
		from, err := quiz.ParseDay(words[2])
		w.fatal(line, err)
		to, err := quiz.ParseDay(words[3])
		w.fatal(line, err)
		w.seasons = append(w.seasons, quiz.Season{ID: words[1], From: from, To: to})
		w.fatal(line, w.seasons.Check())
		return nil
	case "show":
		return w.show()
	case "each":
		return w.each(line, words)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", words[0]+" "+words[1], quiz.Zone)
	w.fatal(line, err)
	return w.act(at, words[2], words[3:])
}

func (w *world) each(line int, words []string) []string {
	from, err := quiz.ParseDay(words[2])
	w.fatal(line, err)
	to, err := quiz.ParseDay(words[3])
	w.fatal(line, err)
	var last []string
	for day := from; day <= to; day++ {
		at, err := time.ParseInLocation("2006-01-02 15:04", day.String()+" "+words[4], quiz.Zone)
		w.fatal(line, err)
		last = w.act(at, "whole", nil)
		w.check(line)
	}
	return last
}

func (w *world) act(at time.Time, verb string, args []string) []string {
	switch verb {
	case "begin":
		return []string{w.tell(w.step(at, quiz.Begin{}))}
	case "right", "wrong":
		return []string{w.tell(w.step(at, quiz.Answer{Choice: w.choice(at, verb == "right")}))}
	case "tap":
		n, _ := strconv.Atoi(args[0])
		ref := &quiz.Ref{Day: quiz.DayOf(at), Question: n - 1}
		return []string{w.tell(w.step(at, quiz.Answer{Ref: ref, Choice: w.choice(at, true)}))}
	case "whole":
		right := quiz.MaxQuestions
		if len(args) > 0 {
			right, _ = strconv.Atoi(args[0])
		}
		out := w.step(at, quiz.Begin{})
		for i := 0; out.Asked != nil; i++ {
			out = w.step(at, quiz.Answer{Choice: w.choice(at, i < right)})
		}
		return []string{w.tell(out)}
	}
	w.t.Fatalf("what is %q?", verb)
	return nil
}

// choice is the right or a wrong answer to the open question, in the letters
// that the member sees.
func (w *world) choice(at time.Time, right bool) quiz.Choice {
	asked, open := w.situation(at).Asked(w.member)
	if !open {
		return quiz.Choice{Letters: 1}
	}
	q := asked.Question
	if q.Type == content.Blank {
		if right {
			return quiz.Choice{Text: q.Answer.Accept[1]}
		}
		return quiz.Choice{Text: "不知"}
	}
	canonical := q.Answer.Letters
	if !right {
		canonical ^= 3
	}
	order := w.papers[w.member.Open.Day].Order("member", asked.Ref.Question)
	return quiz.Choice{Letters: quiz.ShownLetters(canonical, order)}
}

func (w *world) situation(at time.Time) quiz.Situation {
	return quiz.Situation{
		ID: "member", Now: at, Voids: w.voids,
		Open: w.papers[w.member.Open.Day], Today: w.papers[quiz.DayOf(at)],
	}
}

// step does what the shell does: freeze the day's paper, step, keep what comes.
func (w *world) step(at time.Time, ev quiz.Event) quiz.Outcome {
	day := quiz.DayOf(at)
	if w.papers[day] == nil {
		d := quiz.Drawing{Day: day, Size: 5, Bank: w.bank, Seed: []byte("seed"), Weights: quiz.DefaultWeights, Asked: map[string]quiz.Day{}}
		for past, p := range w.papers {
			for _, q := range p.Questions {
				d.Asked[q.ID] = max(d.Asked[q.ID], past)
			}
		}
		if s, ok := w.seasons.At(day); ok {
			d.Season = s
		}
		p, err := quiz.Draw(d)
		w.fatal(0, err)
		w.papers[day] = p
	}
	m, out := quiz.Step(w.member, ev, w.situation(at))
	if !out.Changed && (out.Log != nil || out.Board != nil) {
		w.t.Errorf("a step that changes nothing would write: %+v", out)
	}
	w.member = m
	if out.Log != nil {
		w.logs[out.Log.Season] = append(w.logs[out.Log.Season], out.Log.Entry...)
	}
	if out.Board != nil {
		w.boards[out.Board.Season] = out.Board.Score
	}
	return out
}

// check replays every season's log: it must give the board to the unit.
func (w *world) check(line int) {
	w.t.Helper()
	for id, log := range w.logs {
		season, ok := w.seasons.ByID(id)
		if !ok {
			w.t.Fatalf("line %d: no season %s", line, id)
		}
		entries, err := quiz.ParseLog(log, season.From)
		w.fatal(line, err)
		totals, err := quiz.Replay(season, entries, func(d quiz.Day, _ int) (*quiz.Paper, error) { return w.papers[d], nil }, w.voids)
		w.fatal(line, err)
		if len(w.voids) == 0 && totals.Rank() != w.boards[id] {
			w.t.Fatalf("line %d: season %s replays to %d, the board says %d", line, id, totals.Rank(), w.boards[id])
		}
		if len(w.voids) == 0 && w.member.Totals.Season == id && w.member.Totals != totals {
			w.t.Fatalf("line %d: season %s replays to %+v, the record says %+v", line, id, totals, w.member.Totals)
		}
		past := quiz.Past{Season: season, Voids: w.voids, Paper: func(d quiz.Day, _ int) (*quiz.Paper, error) { return w.papers[d], nil }}
		_, shown, err := quiz.DayByDay(past, w.member.Carry, entries)
		w.fatal(line, err)
		if shown != totals {
			w.t.Fatalf("line %d: season %s is shown as %+v and replays to %+v", line, id, shown, totals)
		}
	}
}

var statusNames = map[quiz.Status]string{
	quiz.Done: "done", quiz.Asking: "asks", quiz.Finished: "finished", quiz.Already: "already finished", quiz.NoPaper: "no paper",
	quiz.Voided: "the day is voided", quiz.NothingOpen: "nothing is open", quiz.Lapsed: "lapsed", quiz.Stale: "stale tap", quiz.Early: "sent too early",
}

func (w *world) tell(out quiz.Outcome) string {
	var parts []string
	if g := out.Graded; g != nil {
		parts = append(parts, map[bool]string{true: "right", false: "wrong"}[g.Right])
	}
	status := statusNames[out.Status]
	if a := out.Asked; a != nil {
		status += fmt.Sprintf(" %s %d/%d", a.Ref.Day, a.Ref.Question+1, a.Of)
	}
	if out.Late {
		status += " (late)"
	}
	parts = append(parts, status)
	if out.Status == quiz.Finished {
		r, m := out.Result, w.member
		parts = append(parts, fmt.Sprintf("%s %d/%d %s points", r.Day, r.Correct, r.Questions, quiz.Score(r.Points)),
			fmt.Sprintf("streak %d", m.Streak.Length), fmt.Sprintf("freezes %d", m.Streak.Freezes),
			fmt.Sprintf("season %s: %s points, %d days, longest %d", m.Totals.Season, quiz.Score(m.Totals.Points), m.Totals.Days, m.Totals.Longest))
		if out.Streak.Used > 0 {
			parts = append(parts, fmt.Sprintf("used %d", out.Streak.Used))
		}
		if out.Streak.Broken {
			parts = append(parts, "the streak was broken")
		}
		if out.Streak.Earned {
			parts = append(parts, "earned a freeze")
		}
	}
	return strings.Join(parts, "; ")
}

func (w *world) show() []string {
	m := w.member
	lines := []string{fmt.Sprintf("joined %s; streak %d, toward %d, freezes %d", m.Joined, m.Streak.Length, m.Streak.Toward, m.Streak.Freezes)}
	for _, id := range []string{"2024", "2025", "2026", "2027", "2028", "trial"} {
		if log := w.logs[id]; log != nil {
			points, days, longest := quiz.UnpackRank(w.boards[id])
			season, _ := w.seasons.ByID(id)
			entries, _ := quiz.ParseLog(log, season.From)
			lines = append(lines, fmt.Sprintf("season %s: %s points, %d days, longest %d; log %d entries, %d bytes", id, quiz.Score(points), days, longest, len(entries), len(log)))
		}
	}
	return lines
}
