package population

import (
	"strings"

	"dangshi/bot"
	"dangshi/bot/sandbox"
	"dangshi/bot/wechat"
	"dangshi/content"
)

// words are what members recognise of what the account says.
type words struct {
	heading, practice                              pattern
	wrong, heard                                   pattern
	finished, streak, total, alone, already        pattern
	lapsed                                         pattern
	mineTotal, mineRank, mineStreak, mineLongest   pattern
	mineAccuracy, board, place                     pattern
	right, stale, early, nothingOpen, noPaper      string
	unheard, eraseAsk, erased, bindCheck, bindDone string
	mineNone, picked, rankLeft, boardEmpty         string
	faults                                         []string
	bank                                           map[string]int // stem as it is printed → index of the question
	questions                                      []content.Question
}

func newWords(w *bot.Wording, questions []content.Question) *words {
	x := &words{
		heading: newPattern(w.Heading, "n", "of", "type"), practice: newPattern(w.PracticeHeading, "left", "type"),
		wrong: newPattern(w.Wrong, "key"), heard: newPattern(w.Heard, "text"),
		finished: newPattern(w.Finished, "day", "correct", "of", "points"), streak: newPattern(w.Streak, "streak"),
		total:   newPattern(w.Total, "points", "rank", "of"),
		alone:   newPattern(w.TotalUnranked, "points"),
		already: newPattern(w.Already, "correct", "of", "points"), lapsed: newPattern(w.Lapsed, "date"),
		mineTotal: newPattern(w.MineTotal, "points", "days"), mineRank: newPattern(w.MineRank, "rank", "of"),
		mineStreak: newPattern(w.MineStreak, "streak"), mineLongest: newPattern(w.MineLongest, "longest"),
		mineAccuracy: newPattern(w.MineAccuracy, "percent", "correct", "of"),
		board:        newPattern(w.Board, "season", "of"), place: newPattern(w.Place, "rank", "name", "points"),
		right: w.Right.String(), stale: w.Stale.String(), early: w.Early.String(),
		nothingOpen: w.NothingOpen.String(), noPaper: w.NoPaper.String(), unheard: w.Unheard.String(),
		eraseAsk: w.EraseAsk.String(), erased: w.Erased.String(), bindCheck: w.BindCheck.String(), bindDone: w.BindDone.String(),
		mineNone: w.MineNone.String(), picked: newPattern(w.Picked, "letters").parts[0],
		rankLeft: w.RankLeft.String(), boardEmpty: w.BoardEmpty.String(),
		faults: []string{w.Fault.String(), w.TooFast.String(), wechat.Sorry},
		bank:   make(map[string]int, len(questions)), questions: questions,
	}
	for i, q := range questions {
		x.bank[content.Plain(q.Stem)] = i
	}
	return x
}

// bubble is what a member reads in a reply.
type bubble struct {
	text     string
	graded   bool // there is a verdict
	right    bool
	asked    *asked  // the question that it ends with
	finished *result // the day's result
	already  *result // of today's paper, finished before
	ranked   found   // the rank told with a result
	stale    bool
	lapsed   bool
	taps     []sandbox.Tap
}

// asked is a question as it is shown.
type asked struct {
	n, of    int // n counts from 1; 0: a question of practice
	question int // index in the bank; -1: it is not there
	order    []int
	number   string // of a tap on an option
	taps     []sandbox.Tap
}

// result is a day's result as it is told.
type result struct {
	correct, of, streak int
	points, total       string
}

// read reads a reply.
func (w *words) read(text string) bubble {
	b := bubble{text: text}
	first, last := text, text
	if i := strings.Index(text, "\n\n"); i >= 0 {
		first = text[:i]
	}
	if i := strings.LastIndex(text, "\n\n"); i >= 0 {
		last = text[i+2:]
	}
	if strings.HasPrefix(first, w.heard.parts[0]) {
		_, first, _ = strings.Cut(first, "\n")
	}
	b.right = strings.HasPrefix(first, w.right)
	b.graded = b.right || strings.HasPrefix(first, w.wrong.parts[0])
	b.stale = strings.HasPrefix(first, w.stale)
	if f, ok := w.already.find(first); ok {
		b.already = &result{correct: f.number("correct"), of: f.number("of"), points: f.text("points")}
	}
	_, b.lapsed = w.lapsed.find(first)
	if strings.Contains(text, "<a ") {
		b.taps = sandbox.Taps(text)
	}
	b.asked = w.question(last, b.taps)
	if f, ok := w.finished.find(last); ok {
		r := result{correct: f.number("correct"), of: f.number("of"), points: f.text("points"), streak: -1}
		if f, ok := w.streak.find(last); ok {
			r.streak = f.number("streak")
		}
		if b.ranked, ok = w.total.find(last); ok {
			r.total = b.ranked.text("points")
		} else if f, ok := w.alone.find(last); ok {
			r.total = f.text("points")
		}
		b.finished = &r
	}
	return b
}

// question reads the question at the end of a reply; nil if there is none. Something
// may stand on a line before it.
func (w *words) question(text string, taps []sandbox.Tap) *asked {
	a := &asked{question: -1, taps: taps}
	for line := range strings.Lines(text) {
		text = text[len(line):]
		if f, ok := w.heading.find(line); ok && strings.HasPrefix(line, w.heading.parts[0]) {
			a.n, a.of = f.number("n"), f.number("of")
			return w.options(a, text)
		}
		if _, ok := w.practice.find(line); ok {
			return w.options(a, text)
		}
	}
	return nil
}

// options finds the question in the bank by its stem, and which option stands where.
func (w *words) options(a *asked, text string) *asked {
	stem, _, _ := strings.Cut(text, "\n")
	i, ok := w.bank[stem]
	if !ok {
		return a
	}
	choices := w.questions[i].Choices()
	for _, tap := range a.taps {
		_, words, ok := strings.Cut(tap.Words, ". ")
		if !ok || len(a.order) == len(choices) {
			continue
		}
		for canonical, choice := range choices {
			if content.Plain(choice) == words {
				a.order, a.number = append(a.order, canonical), tap.MenuID
				break
			}
		}
	}
	if len(a.order) == len(choices) {
		a.question = i
	}
	return a
}

// fault reports whether a reply is an apology.
func (w *words) fault(text string) bool {
	for _, f := range w.faults {
		if text == f {
			return true
		}
	}
	return false
}

// steady is a reply without the ranks of others, which depend on who was faster.
func (w *words) steady(b bubble) string {
	if b.finished == nil || b.ranked.names == nil {
		return b.text
	}
	before, after, _ := strings.Cut(b.text, w.total.parts[0]+b.ranked.values[0])
	_, after, _ = strings.Cut(after, "\n")
	return before + "\n" + after
}
