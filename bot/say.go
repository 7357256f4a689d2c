package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// say puts the outcome of a step into words. It runs before the commit, so that
// the words can be kept with it; they are sent only after it.
func (b *Bot) say(ctx context.Context, m Message, now time.Time, before, after *quiz.Member, out *quiz.Outcome) (string, error) {
	w := b.Wording
	verdict, explain := b.verdict(&m, out.Graded)
	switch out.Status {
	case quiz.Asking:
		return b.composeAsked(verdict, explain, b.preface(before, out), out.Asked), nil
	case quiz.Stale:
		return b.composeAsked("", "", w.Stale.String(), out.Asked), nil
	case quiz.Early:
		return b.composeAsked("", "", w.Early.String(), out.Asked), nil
	case quiz.Finished:
		return compose(verdict, explain, b.finished(ctx, now, before, after, out)), nil
	case quiz.Already:
		r := out.Result
		return lines(w.Already.With("correct", strconv.Itoa(r.Correct), "of", strconv.Itoa(r.Questions), "points", quiz.Score(r.Points)), w.Tomorrow.String()), nil
	case quiz.NothingOpen:
		return w.NothingOpen.String(), nil
	case quiz.Lapsed:
		return w.Lapsed.With("date", b.date(before.Open.Day)), nil
	case quiz.Voided:
		return w.Voided.String(), nil
	case quiz.NoPaper:
		return w.NoPaper.String(), nil
	case quiz.Unasked:
		return w.EraseFirst.String(), nil
	}
	return "", fmt.Errorf("no words for status %d", out.Status)
}

// maxHeard is how many bytes of recognised speech are repeated to the speaker.
const maxHeard = 60

// verdict says what became of an answer.
func (b *Bot) verdict(m *Message, g *quiz.Graded) (verdict, explain string) {
	if g == nil {
		return "", ""
	}
	verdict = b.Wording.Right.String()
	switch {
	case g.Void:
		verdict = b.Wording.VoidQuestion.String()
	case !g.Right:
		verdict = b.Wording.Wrong.With("key", b.key(g))
	}
	return lines(b.heard(m), verdict), g.Question.Explain
}

// heard repeats what was recognised of speech; empty for everything else.
func (b *Bot) heard(m *Message) string {
	if m.Kind != Voice {
		return ""
	}
	text := strings.TrimRight(content.Plain(m.Text), "。．.，,！!、 ")
	return b.Wording.Heard.With("text", content.CutSentence(text, maxHeard))
}

// preface is what stands before a question that opens a paper: what is kept of
// the member comes before the first record.
func (b *Bot) preface(before *quiz.Member, out *quiz.Outcome) string {
	var privacy, late string
	if out.Fresh {
		privacy = b.privacy(*before)
	}
	if out.Late && out.Graded == nil {
		late = b.Wording.Late.With("date", b.date(out.Asked.Ref.Day))
	}
	return lines(privacy, late)
}

// privacy says what is kept and why, to whoever has no record yet.
func (b *Bot) privacy(m quiz.Member) string {
	if m.Known() {
		return ""
	}
	return b.Wording.Privacy.String()
}

// finished is the day's result. The rank is that of the score which the commit
// is about to set: members with a higher score are counted, so it is the same
// before and after. Where the boards cannot be read it is left out.
func (b *Bot) finished(ctx context.Context, now time.Time, before, after *quiz.Member, out *quiz.Outcome) string {
	w, r := b.Wording, out.Result
	var off string
	if out.Log == nil {
		off = w.OffSeason.String()
	}
	text := lines(
		w.Finished.With("day", b.date(r.Day), "correct", strconv.Itoa(r.Correct), "of", strconv.Itoa(r.Questions), "points", quiz.Score(r.Points)),
		w.Streak.With("streak", strconv.Itoa(after.Streak.Length)),
		off,
	)
	if off == "" {
		text = lines(text, b.total(ctx, before, after, out.Board))
	}
	if s := out.Streak; s.Earned || s.Used > 0 || s.Broken {
		text = lines(text, b.streakChange(after, s))
	}
	if r.Day < quiz.DayOf(now) {
		return lines(text, w.TodayNext.String())
	}
	return lines(text, w.Tomorrow.String())
}

func (b *Bot) total(ctx context.Context, before, after *quiz.Member, set *quiz.BoardSet) string {
	w, points := b.Wording, quiz.Score(after.Totals.Points)
	if set == nil {
		return w.TotalUnranked.With("points", points)
	}
	rank, of, err := b.Boards.Rank(ctx, set.Season, set.Score)
	if err != nil {
		b.Logger.WarnContext(ctx, "rank not told", "error", err)
		return w.TotalUnranked.With("points", points)
	}
	if before.Totals.Season != set.Season || before.Totals.Days == 0 {
		of++ // the commit puts the member on the board
	}
	return w.Total.With("points", points, "rank", strconv.Itoa(rank), "of", strconv.Itoa(of))
}

func (b *Bot) streakChange(after *quiz.Member, s quiz.StreakChange) string {
	var earned, used, broken string
	if s.Earned {
		earned = b.Wording.FreezeEarned.With("freezes", strconv.Itoa(after.Streak.Freezes))
	}
	if s.Broken {
		broken = b.Wording.Broken.String()
	} else if s.Used > 0 {
		used = b.Wording.FreezeUsed.With("used", strconv.Itoa(s.Used))
	}
	return lines(used, broken, earned)
}

// date writes a day as 11月22日.
func (b *Bot) date(d quiz.Day) string {
	_, month, day := d.Civil()
	return b.Wording.Date.With("month", strconv.Itoa(int(month)), "day", strconv.Itoa(day))
}
