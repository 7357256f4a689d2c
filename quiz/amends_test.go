package quiz_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
)

// ruledLife is one member's days with rulings that are staged, replayed and
// published between any two answers.
type ruledLife struct {
	member  quiz.Member
	papers  map[quiz.Day]*quiz.Paper // frozen
	logs    map[string][]byte        // by season
	history []quiz.Correction
	staged  *quiz.Correction
	noted   bool // the member was replayed since the last ruling was staged
}

func (l *ruledLife) rulings() *quiz.Rulings { return quiz.NewRulings(l.history, l.staged) }

// firstRuledDay begins a season; each has three days.
const firstRuledDay = quiz.Day(20454)

func ruledSeason(day quiz.Day) quiz.Season {
	first := day - day%3
	return quiz.Season{ID: first.String(), From: first, To: first + 2}
}

func (l *ruledLife) paper(day quiz.Day) *quiz.Paper {
	if l.papers[day] == nil {
		season := ruledSeason(day)
		p := &quiz.Paper{Day: day, Version: 1, Season: season.ID, From: season.From, Weights: quiz.DefaultWeights, Fixed: make([]bool, 4)}
		for i := range 4 {
			p.Questions = append(p.Questions, content.Question{
				ID: string(rune('a' + (int(day)+i)%6)), Revision: 1, Type: content.Single, Options: []string{"甲", "乙", "丙"}, Answer: content.Key{Letters: 1},
			})
		}
		l.papers[day] = p
	}
	return l.papers[day]
}

// past is a season as it is replayed.
func (l *ruledLife) past(season quiz.Season, rulings *quiz.Rulings) quiz.Past {
	return quiz.Past{Season: season, Rulings: rulings, Paper: func(d quiz.Day, _ int) (*quiz.Paper, error) {
		p := l.paper(d).Under(rulings)
		if d%2 == 0 { // which makes no difference
			p = p.Prepared()
		}
		return p, nil
	}}
}

func (l *ruledLife) entries(t *rapid.T, season quiz.Season) []quiz.Entry {
	entries, err := quiz.ParseLog(l.logs[season.ID], season.From)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func (l *ruledLife) step(ev quiz.Event, day quiz.Day) quiz.Outcome {
	at := day.Start().Add(9 * time.Hour)
	m, out := quiz.Step(l.member, ev, quiz.Situation{ID: "m", Now: at, Today: l.paper(day), Open: l.papers[l.member.Open.Day], Rulings: l.rulings()})
	if out.Log != nil {
		l.logs[out.Log.Season] = append(l.logs[out.Log.Season], out.Log.Entry...)
	}
	if out.Changed {
		l.member = m
	}
	return out
}

// operate stages, replays or publishes, by chance.
func (l *ruledLife) operate(t *rapid.T, day quiz.Day) {
	switch rapid.IntRange(0, 5).Draw(t, "operate") {
	case 0:
		if l.staged == nil {
			r := rapid.SampledFrom([]quiz.Ruling{{Void: true}, {Keys: []content.Letters{1}}, {Keys: []content.Letters{2}}, {Keys: []content.Letters{1, 4}}}).Draw(t, "ruling")
			q := string(rune('a' + rapid.IntRange(0, 5).Draw(t, "question")))
			l.staged, l.noted = &quiz.Correction{AskedAs: quiz.AskedAs{Question: q, Revision: 1}, Ruling: r}, false
		}
	case 1, 2:
		if l.staged != nil {
			l.replay(t, day)
		}
	case 3:
		if l.staged != nil && l.noted {
			l.history, l.staged = append(l.history, *l.staged), nil
		}
	}
}

// replay is what a regrade does with the member, season by season.
func (l *ruledLife) replay(t *rapid.T, day quiz.Day) {
	for d := firstRuledDay; d <= day; d++ {
		season := ruledSeason(d)
		if l.logs[season.ID] == nil || d != season.From {
			continue
		}
		m, _, _, err := l.member.Mended(l.past(season, l.rulings()), l.entries(t, season))
		if err != nil {
			t.Fatal(err)
		}
		l.member = m
	}
	l.noted = true
}

// check: now and once the staged ruling is published, the record is what the log
// gives, and so is what the boards are given.
func (l *ruledLife) check(t *rapid.T, out quiz.Outcome) {
	id := l.member.Totals.Season
	if id == "" {
		return
	}
	first, err := quiz.ParseDay(id)
	if err != nil {
		t.Fatal(err)
	}
	season := ruledSeason(first)
	published := l.member.Amended(len(l.history))
	totals, err := quiz.Replay(season, l.entries(t, season), l.past(season, quiz.NewRulings(l.history, nil)).Paper, nil)
	if err != nil {
		t.Fatal(err)
	}
	if published.Totals != totals {
		t.Fatalf("the record has %+v, the log gives %+v", published.Totals, totals)
	}
	lines, shown, err := quiz.DayByDay(l.past(season, quiz.NewRulings(l.history, nil)), l.member.Carry, l.entries(t, season))
	if err != nil || shown != totals || len(lines) > 0 && lines[len(lines)-1].Streak != published.Streak {
		t.Fatalf("shown day by day as %+v %+v (%v), the record has %+v %+v", shown, lines, err, totals, published.Streak)
	}
	if out.Board != nil && out.Board.Score != totals.Rank() {
		t.Fatalf("the board is given %d, the log gives %d", out.Board.Score, totals.Rank())
	}
	if l.staged == nil || !l.noted {
		return
	}
	all := append(l.history[:len(l.history):len(l.history)], *l.staged)
	next, err := quiz.Replay(season, l.entries(t, season), l.past(season, quiz.NewRulings(all, nil)).Paper, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := l.member.Amended(len(all)); got.Totals != next || got.Last.Points != l.lastPoints(t, season, all) {
		t.Fatalf("once published the record has %+v and %+v, the log gives %+v", got.Totals, got.Last, next)
	}
	if out.Board != nil && out.Board.Score+out.Board.Amend != next.Rank() {
		t.Fatalf("the new board is given %d, the log gives %d", out.Board.Score+out.Board.Amend, next.Rank())
	}
}

func (l *ruledLife) lastPoints(t *rapid.T, season quiz.Season, history []quiz.Correction) int {
	entries := l.entries(t, season)
	e := entries[len(entries)-1]
	return l.paper(e.Day).Under(quiz.NewRulings(history, nil)).Result(e.Given).Points
}

// TestAmends: whatever is staged, replayed and published between any two answers,
// over the turn of seasons, the record is right at each moment: by the rulings in
// force, and by those that are about to be.
func TestAmends(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &ruledLife{papers: map[quiz.Day]*quiz.Paper{}, logs: map[string][]byte{}}
		for day := firstRuledDay; day < firstRuledDay+9; day++ {
			if rapid.IntRange(0, 4).Draw(t, "misses the day") == 0 {
				continue
			}
			out := l.step(quiz.Begin{}, day)
			for out.Asked != nil {
				l.operate(t, day)
				l.check(t, quiz.Outcome{})
				out = l.step(quiz.Answer{Choice: quiz.Choice{Letters: 1 << rapid.IntRange(0, 2).Draw(t, "answer")}}, day)
				l.check(t, out)
			}
			l.operate(t, day)
			l.check(t, quiz.Outcome{})
		}
	})
}
