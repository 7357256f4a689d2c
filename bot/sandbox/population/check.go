package population

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"dangshi/content"
	"dangshi/quiz"
)

// Violation is something that must not be.
type Violation struct {
	Member int      `json:"member"` // counts from 1; 0: of all together
	Day    quiz.Day `json:"day"`
	Rule   string   `json:"rule"`
	Want   string   `json:"want"`
	Got    string   `json:"got"`
}

// maxNamed is how many violations are named: after the first the others often follow.
const maxNamed = 20

// findings are the violations so far.
type findings struct {
	mu    sync.Mutex
	total int64
	first []Violation
}

func (f *findings) count() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.total
}

func (w *world) violate(m *member, day quiz.Day, rule, want, got string) {
	f, n := &w.found, 0
	if m != nil {
		n = m.n + 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.total++
	if len(f.first) == maxNamed {
		return
	}
	found := Violation{n, day, rule, want, got}
	f.first = append(f.first, found)
	if w.cfg.Found != nil {
		w.cfg.Found(found)
	}
}

// compare compares what is stored with what members were told.
func (w *world) compare(ctx context.Context) error {
	// A busy Redis costs some their rank; as a rule it is told.
	if unranked, finished := w.unranked.Load(), w.finished.Load(); unranked > finished/100 {
		w.violate(nil, w.cfg.From, "答完几乎都应说名次", "最多百分之一没有", itoa(int(unranked))+"/"+itoa(int(finished)))
	}
	for _, season := range w.seasons() {
		c := comparison{world: w, season: season, papers: map[paperName]*quiz.Paper{}, board: map[string]int64{}}
		top, err := w.cfg.Records.Top(ctx, season.ID, w.cfg.Members+1)
		if err != nil {
			return err
		}
		for _, s := range top {
			c.board[s.ID] = s.Score
		}
		for _, m := range w.members {
			if err := c.member(ctx, m); err != nil {
				return err
			}
		}
		for range maps.Keys(c.board) { // whoever is left is nobody's
			w.violate(nil, season.To, "排行榜上不能有不该在的人", "没有", itoa(len(c.board))+"人")
			break
		}
		different, err := w.cfg.Records.Differences(ctx, season)
		if err != nil {
			return err
		}
		for _, d := range different {
			w.violate(nil, season.To, "board verify 应当一致", "一致", d)
		}
	}
	return nil
}

// seasons are the years that were lived.
func (w *world) seasons() (all []quiz.Season) {
	first, _, _ := w.cfg.From.Civil()
	last, _, _ := (w.cfg.From + quiz.Day(w.cfg.Days) - 1).Civil()
	for year := first; year <= last; year++ {
		s, _ := quiz.Seasons(nil).ByID(itoa(year))
		all = append(all, s)
	}
	return all
}

type paperName struct {
	day     quiz.Day
	version int
}

// comparison compares one season.
type comparison struct {
	*world
	season quiz.Season
	papers map[paperName]*quiz.Paper
	board  map[string]int64 // score by openid; who was compared is taken out
}

// member compares one member: log, place on the board, streak.
func (c *comparison) member(ctx context.Context, m *member) error {
	log, err := c.cfg.Records.Log(ctx, m.id, c.season.ID)
	if err != nil {
		return err
	}
	entries, err := quiz.ParseLog(log, c.season.From)
	if err != nil {
		c.violate(m, c.season.To, "答题日志应当读得出", "", err.Error())
		return nil
	}
	var days []sheet
	for _, d := range m.truth.days {
		if c.season.Contains(d.day) {
			days = append(days, d)
		}
	}
	for i := range max(len(days), len(entries)) {
		want, got := "没有", "没有"
		day := c.season.To
		if i < len(days) {
			want, day = c.sheet(days[i]), days[i].day
		}
		if i < len(entries) {
			if got, err = c.entry(ctx, entries[i]); err != nil {
				return err
			}
		}
		if want != got {
			c.violate(m, day, "答题日志应是学员听到的", want, got)
			break
		}
	}
	c.score(m)
	return c.record(ctx, m)
}

// score compares a place on the board.
func (c *comparison) score(m *member) {
	s := m.truth.season(yearOf(c.season.From))
	points, days, longest := quiz.UnpackRank(c.board[m.id])
	delete(c.board, m.id)
	want := sums{parts: s.parts, days: s.days, longest: s.longest}
	if m.truth.optOut {
		want = sums{}
	}
	if got := (sums{parts: points, days: days, longest: longest}); got != want {
		c.violate(m, c.season.To, "排行榜上的成绩", fmt.Sprintf("%s分 %d天 最长%d天", shown(want.parts), want.days, want.longest),
			fmt.Sprintf("%s分 %d天 最长%d天", shown(got.parts), got.days, got.longest))
	}
}

// record compares the streak of a member who is known.
func (c *comparison) record(ctx context.Context, m *member) error {
	loaded, err := c.cfg.Records.Load(ctx, m.id, 0)
	if err != nil {
		return err
	}
	last := m.truth.last()
	length, freezes := m.truth.streak(last.day + 1)
	if last.day == 0 {
		length, freezes = 0, 0
	}
	s := loaded.Record.Member.Streak
	if s.Length != length || s.Freezes != freezes || s.Last != last.day {
		c.violate(m, last.day, "记录里的连续天数和补签卡", fmt.Sprintf("%d天 %d张 %s", length, freezes, last.day), fmt.Sprintf("%d天 %d张 %s", s.Length, s.Freezes, s.Last))
	}
	return nil
}

// sheet writes a day as the simulator knows it: which options, by their words.
func (c *comparison) sheet(d sheet) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s 答完%t", d.day, d.finished)
	for _, a := range d.given {
		c.line(&b, c.cfg.Questions[a.question], a.letters, a.right)
	}
	return b.String()
}

// entry writes a day as the log has it.
func (c *comparison) entry(ctx context.Context, e quiz.Entry) (string, error) {
	name := paperName{e.Day, e.Version}
	p := c.papers[name]
	if p == nil {
		var err error
		if p, err = c.cfg.Records.Paper(ctx, e.Day, e.Version); err != nil || p == nil {
			return "没有这份卷子", err
		}
		c.papers[name] = p
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s 答完%t", e.Day, !e.Lapsed)
	for i, g := range e.Given[:min(len(e.Given), len(p.Questions))] {
		q := p.Questions[i]
		right := g.Letters == q.Answer.Letters
		if q.Type == content.Blank {
			right = slices.ContainsFunc(q.Answer.Accept, func(word string) bool { return quiz.BlankHash(word) == g.Hash })
		}
		c.line(&b, q, g.Letters, right)
	}
	return b.String(), nil
}

func (c *comparison) line(b *strings.Builder, q content.Question, letters content.Letters, right bool) {
	if q.Type == content.Blank {
		letters = 0
	}
	fmt.Fprintf(b, "；%s %s %t", content.Plain(q.Stem), letters, right)
}
