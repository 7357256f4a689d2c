package bot

import (
	"context"
	"strconv"
	"strings"
	"time"

	"dangshi/quiz"
)

// mine shows a member's own record: streak, the month, points day by day,
// accuracy, freezes, and a receipt number for each day.
func (b *Bot) mine(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	loaded, err := b.load(ctx, m.From, m.Key())
	if err != nil {
		return "", err
	}
	member := loaded.Record.Member
	if member.Last.Day == 0 {
		return b.Wording.MineNone.String(), nil
	}
	voids, err := b.Papers.Voids(ctx)
	if err != nil {
		return "", err
	}
	season, ok := b.Seasons.At(quiz.DayOf(now))
	if !ok {
		return compose("", "", b.Wording.OffSeason.String(), b.streakText(now, member, voids)), nil
	}
	head, err := b.mineHead(ctx, now, season, member, voids)
	if err != nil {
		return "", err
	}
	days, err := b.month(ctx, m.From, member.Self(m.From), now, season)
	if err != nil {
		return "", err
	}
	// Days before the member joined or the season began are no days missed.
	first := max(monthStart(quiz.DayOf(now)), season.From, member.Joined)
	return b.tell(ctx, m, now, member, b.mineText(now, first, head, days, voids))
}

// mineHead are the sums of the season.
func (b *Bot) mineHead(ctx context.Context, now time.Time, season quiz.Season, m quiz.Member, voids quiz.Voids) (string, error) {
	w, totals := b.Wording, m.Totals
	if totals.Season != season.ID {
		totals = quiz.Totals{Season: season.ID} // a new season in which nothing is finished yet
	}
	var rank, branch, accuracy string
	if totals.Days > 0 && !m.OptOut {
		n, of, err := b.Boards.Rank(ctx, season.ID, totals.Rank())
		if err != nil {
			return "", err
		}
		rank = w.MineRank.With("rank", strconv.Itoa(n), "of", strconv.Itoa(of))
	}
	if totals.Asked > 0 {
		percent := strconv.Itoa(100 * totals.Correct / totals.Asked)
		accuracy = w.MineAccuracy.With("percent", percent, "correct", strconv.Itoa(totals.Correct), "of", strconv.Itoa(totals.Asked))
	}
	d, err := b.directory(ctx)
	if err != nil {
		return "", err
	}
	if name := d.unitName(m.Branch); name != "" {
		branch = w.MineBranch.With("branch", name)
	}
	return lines(
		w.Mine.With("season", season.ID),
		branch,
		w.MineTotal.With("points", quiz.Score(totals.Points), "days", strconv.Itoa(totals.Days)),
		rank,
		w.MineLongest.With("longest", strconv.Itoa(totals.Longest)),
		b.streakText(now, m, voids),
		accuracy,
	), nil
}

// streakText is the streak as it stands today, and the freezes.
func (b *Bot) streakText(now time.Time, m quiz.Member, voids quiz.Voids) string {
	w := b.Wording
	streak, _ := m.Streak.At(quiz.DayOf(now), voids)
	freezes := w.MineFreezes.With("freezes", strconv.Itoa(streak.Freezes), "toward", strconv.Itoa(quiz.FreezeEvery-streak.Toward))
	if streak.Freezes == quiz.MaxFreezes {
		freezes = w.MineFreezesFull.With("freezes", strconv.Itoa(streak.Freezes))
	}
	return lines(w.MineStreak.With("streak", strconv.Itoa(streak.Length)), freezes)
}

// dayDone is one finished day of the month.
type dayDone struct {
	result  quiz.Result
	receipt string
}

// month reads the finished days of the current month from the log, graded again
// by their frozen papers.
func (b *Bot) month(ctx context.Context, id string, self quiz.Self, now time.Time, season quiz.Season) ([]dayDone, error) {
	entries, err := b.entries(ctx, id, season)
	if err != nil {
		return nil, err
	}
	first := monthStart(quiz.DayOf(now))
	var days []dayDone
	for _, e := range entries {
		if e.Lapsed || e.Day < first {
			continue
		}
		p, err := b.paperOf(ctx, e)
		if err != nil {
			return nil, err
		}
		days = append(days, dayDone{p.Result(e.Given), quiz.Receipt(b.Secret, self, season.From, e)})
	}
	return days, nil
}

func monthStart(d quiz.Day) quiz.Day {
	y, m, _ := d.Civil()
	return quiz.Date(y, m, 1)
}

// mineText puts the parts together; where a month is too long for a message the
// oldest days are left out of the list, never out of the calendar.
func (b *Bot) mineText(now time.Time, first quiz.Day, head string, days []dayDone, voids quiz.Voids) string {
	w := b.Wording
	today := quiz.DayOf(now)
	_, month, _ := today.Civil()
	calendar := lines(w.MineMonth.With("month", strconv.Itoa(int(month))), b.calendar(first, today, days, voids))
	if len(days) == 0 {
		return compose("", "", head, calendar)
	}
	for skip := 0; ; skip++ {
		list := w.MineDays.String()
		for i := len(days) - 1; i >= skip; i-- {
			r := days[i].result
			if voids[r.Day] == quiz.Dropped {
				r.Points = 0
			}
			list = lines(list, w.MineDay.With("date", r.Day.MonthDay(), "points", quiz.Score(r.Points), "receipt", days[i].receipt))
		}
		if skip > 0 {
			list = lines(list, w.MineMore.With("n", strconv.Itoa(skip)))
		}
		if text := compose("", "", head, calendar, list); len(text) <= MaxReply || skip == len(days) {
			return text
		}
	}
}

// calendar draws the month's days from first on in rows of seven: full-width marks
// stand in line on every phone, digits do not.
func (b *Bot) calendar(first, today quiz.Day, days []dayDone, voids quiz.Voids) string {
	w, done := b.Wording, make(map[quiz.Day]bool, len(days))
	for _, d := range days {
		done[d.result.Day] = true
	}
	var out strings.Builder
	for d := first; d <= today; d++ {
		if d > first && (d-first)%7 == 0 {
			out.WriteByte('\n')
		}
		switch {
		case voids[d] != quiz.Stands:
			out.WriteString(w.CalendarVoid.String())
		case done[d]:
			out.WriteString(w.CalendarDone.String())
		default:
			out.WriteString(w.CalendarMissed.String())
		}
	}
	return out.String()
}
